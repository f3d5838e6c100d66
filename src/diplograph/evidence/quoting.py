"""A recorded passage as it stands in its source, shown only when it is still the one that was read."""

from dataclasses import dataclass
from typing import Literal as OneOf

from diplograph.evidence.records import Span, digest_of

LONGEST = 500
"""How many code points of a passage are quoted; a longer one says how long it is."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words of a passage, or why there are none.

    `matching`: `text` is what was read, to the SHA-256, cut where it is longer than LONGEST; `changed`: other
    words stand there now; `absent`: the source is not at hand. `length` counts code points.
    """

    status: OneOf["matching", "changed", "absent"]
    text: str = ""
    length: int = 0
    language: str = ""

    @property
    def cut(self) -> bool:
        """Whether the passage goes on after what is quoted."""
        return self.length > len(self.text)


def quote(span: Span, source: str | None, language: str = "") -> Quotation:
    """Return a passage of a source by its bounds, once its hash was compared; None is an absent source."""
    if source is None:
        return Quotation("absent")
    passage = source[span.start : span.end]
    if len(passage) != span.end - span.start or digest_of(passage) != span.digest:
        return Quotation("changed")
    return Quotation("matching", passage[:LONGEST], len(passage), language)
