"""Records of sources and passages, and quotations: shown only when the passage is still the same."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal as OneOf

from rdflib import Graph, Literal
from rdflib.term import Node

from diplograph.errors import BadRequest, DoesNotConform
from diplograph.namespaces import DCTERMS, DG, OA, SCHEMA

_WHOLE = re.compile(r"[0-9]{1,12}")
_SENTENCE_ENDS = re.compile(r"""(?<![.!?…])[.!?…]++["”’»)\]]*+\s++(?![a-zа-яё])|[。！？]+[」』）]*|\n\s*""")
LONGEST_QUOTATION = 500
"""How many code points of a passage are quoted; a longer one says how long it is."""


@dataclass(frozen=True, slots=True)
class Document:
    """A source as recorded: its file, and the hash and length that say which text was read."""

    iri: Node
    file: str
    digest: str
    length: int


@dataclass(frozen=True, slots=True)
class Span:
    """A passage as recorded, in code points, end exclusive."""

    iri: Node
    start: int
    end: int
    digest: str


def text_of(document: Document, sources: Path | None) -> str | None:
    """Return a source to the code point, None when it is not there; BadRequest when it is not UTF-8."""
    path = sources / document.file if sources else None
    if path is None or not path.is_file():
        return None
    try:
        return path.read_bytes().decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{document.file} is not UTF-8: {error.reason} at byte {error.start}.") from error


def is_recorded(document: Document, text: str) -> bool:
    """Return whether a text is, to the code point, the one that was read."""
    return len(text) == document.length and digest_of(text) == document.digest


def digest_of(text: str) -> str:
    """Return the SHA-256 in hex of a text in UTF-8."""
    return sha256(text.encode("utf-8")).hexdigest()


def sentences(text: str) -> list[int]:
    """Return where the sentences of a text begin, in code points.

    A line ends one, and so does a full stop with a space and no small letter after it. What has no letter,
    such as a row of dots, is none.
    """
    starts, start = [], 0
    for end in [*(found.end() for found in _SENTENCE_ENDS.finditer(text)), len(text)]:
        if any(letter.isalpha() for letter in text[start:end]):
            starts.append(start)
        start = end
    return starts


def sentence_of(starts: Sequence[int], start: int, end: int) -> int | None:
    """Return which sentence a passage is part of, the first being 1; None where it is not part of one."""
    first, last = bisect_right(starts, start), bisect_left(starts, end)
    return first if first == last else None


def spans_of(graph: Graph) -> dict[Node, list[Span]]:
    """Return the recorded passages by their document; DoesNotConform when one is no passage."""
    found: dict[Node, list[Span]] = {}
    for iri, document in graph.subject_objects(OA.hasSource):
        found.setdefault(document, []).append(_span(graph, iri))
    return found


def _span(graph: Graph, iri: Node) -> Span:
    selector = _value(graph, iri, OA.hasSelector)
    start, end = (_number(graph, selector, bound) for bound in (OA.start, OA.end))
    if not 0 <= start < end:
        raise DoesNotConform(f"{iri} goes from {start} to {end}, which is no passage.", span=str(iri))
    return Span(iri, start, end, str(_value(graph, iri, SCHEMA.sha256)))


def document(graph: Graph, iri: Node) -> Document:
    """Return what is recorded of a source; DoesNotConform when that cannot be used."""
    file = str(_value(graph, iri, DCTERMS.identifier))
    if not _is_plain_name(file):
        raise DoesNotConform(f"{iri} is not identified by a plain file name: {file!r}.", document=str(iri))
    digest = str(_value(graph, iri, SCHEMA.sha256))
    return Document(iri, file, digest, _number(graph, iri, DG.codePointLength))


def _is_plain_name(file: str) -> bool:
    """Whether a name means a file of the folder itself, whatever the system."""
    plain = PurePosixPath(file).name == file == PureWindowsPath(file).name
    return plain and file not in {"", ".", ".."} and file.isprintable()


def _number(graph: Graph, subject: Node, predicate: Node) -> int:
    term = _value(graph, subject, predicate)
    if not isinstance(term, Literal) or not _WHOLE.fullmatch(term):
        raise DoesNotConform(f"{predicate} of {subject} is not a whole number: {term}.", subject=str(subject))
    return int(str(term))


def _value(graph: Graph, subject: Node, predicate: Node) -> Node:
    """The one value of a record; anything else cannot be checked."""
    values = list(set(graph.objects(subject, predicate)))
    if len(values) != 1:
        detail = f"{subject} has {len(values)} values of {predicate}; one is needed."
        raise DoesNotConform(detail, subject=str(subject))
    return values[0]


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words of a passage, or why there are none.

    `matching`: `text` is what was read, to the SHA-256, cut where it is longer than LONGEST_QUOTATION;
    `changed`: other words stand there now; `absent`: the source is not at hand. `length` counts code points.
    `before` and `after` are what stands on either side, a sentence or two.
    """

    status: OneOf["matching", "changed", "absent"]
    text: str = ""
    length: int = 0
    language: str = ""
    before: str = ""
    after: str = ""

    @property
    def cut(self) -> bool:
        """Whether the passage goes on after what is quoted."""
        return self.length > len(self.text)


def quote(span: Span, source: str | None, language: str = "", starts: Sequence[int] = ()) -> Quotation:
    """Return a passage of a source by its bounds, once its hash was compared; None is an absent source.

    `starts` are where sentences begin, of a source of which the whole is as recorded: nothing else vouches
    for what stands beside the passage, and without them that is left out.
    """
    if source is None:
        return Quotation("absent")
    passage = source[span.start : span.end]
    if len(passage) != span.end - span.start or digest_of(passage) != span.digest:
        return Quotation("changed")
    before, after = _context(span, source, starts) if starts else ("", "")
    return Quotation("matching", passage[:LONGEST_QUOTATION], len(passage), language, before, after)


def _context(span: Span, source: str, starts: Sequence[int]) -> tuple[str, str]:
    """Return what stands before, from where a sentence begins, and after, to where one ends."""
    before = source[starts[max(bisect_left(starts, span.start) - 1, 0)] : span.start]
    following = bisect_right(starts, span.end) + 1
    after = source[span.end : starts[following] if following < len(starts) else len(source)]
    return before[-LONGEST_QUOTATION:].strip(), after[:LONGEST_QUOTATION].strip()
