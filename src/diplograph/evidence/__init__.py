"""Evidence: passages of sources by offsets and hash, checked, made, and what rests on them."""

from diplograph.evidence.adding import Addition, add
from diplograph.evidence.checking import SpanStatus, Status, check
from diplograph.evidence.passages import by_phrase, by_range
from diplograph.evidence.revision import Reopened, reopened

__all__ = [
    "Addition",
    "Reopened",
    "SpanStatus",
    "Status",
    "add",
    "by_phrase",
    "by_range",
    "check",
    "reopened",
]
