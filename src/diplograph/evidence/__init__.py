"""Evidence: passages of sources by offsets and hash, checked, made, and what rests on them."""

from diplograph.evidence.adding import Addition, add, attached, by_phrase, by_range
from diplograph.evidence.checking import Reopened, SpanStatus, Status, check, reopened

__all__ = [
    "Addition",
    "Reopened",
    "SpanStatus",
    "Status",
    "add",
    "attached",
    "by_phrase",
    "by_range",
    "check",
    "reopened",
]
