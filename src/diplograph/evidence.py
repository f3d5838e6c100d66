"""Whether the passages that the evidence points to still stand in the sources.

Offsets count Unicode code points of the file as it is: bytes are decoded strictly and nothing is translated.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal as OneOf

from rdflib import Graph, Literal
from rdflib.term import Node

from diplograph.errors import BadRequest, DoesNotConform
from diplograph.vocab import DCTERMS, DG, OA, SCHEMA

Status = OneOf["matching", "moved", "changed", "absent"]

SEARCHED = 200_000
"""How many code points to either side a passage is looked for before it counts as changed."""

_WHOLE = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class SpanStatus:
    """What became of one recorded passage.

    `matching`: it stands where it was; `moved`: it stands at `found` now; `changed`: it is not in the file;
    `absent`: the file is not at hand, so nothing is known. `as_recorded` says whether the whole file is still
    the one that was read, or None when it is absent.
    """

    span: str
    document: str
    file: str
    start: int
    end: int
    status: Status
    found: tuple[int, int] | None = None
    as_recorded: bool | None = None


@dataclass(frozen=True, slots=True)
class _Document:
    """A source as recorded: its file, and the hash and length that say which text was read."""

    iri: Node
    file: str
    digest: str
    length: int


@dataclass(frozen=True, slots=True)
class _Span:
    """A passage as recorded, in code points, end exclusive."""

    iri: Node
    start: int
    end: int
    digest: str


def check(graph: Graph, sources: Path | None) -> list[SpanStatus]:
    """Compares every recorded passage of a graph with the files in a folder.

    Files are found by the `dcterms:identifier` of their document, inside the folder and nowhere else.
    Raises DoesNotConform when the records cannot be used, BadRequest when a source is not UTF-8.
    """
    spans = _spans(graph)
    documents = sorted((_document(graph, iri) for iri in spans), key=lambda known: known.file)
    return [status for known in documents for status in _check_document(known, spans[known.iri], sources)]


def _check_document(document: _Document, spans: list[_Span], sources: Path | None) -> Iterator[SpanStatus]:
    text = _text(document, sources)
    same = None if text is None else _is_recorded(document, text)
    for span in sorted(spans, key=lambda known: (known.start, known.end)):
        status, found = _locate(span, text)
        names = (str(span.iri), str(document.iri), document.file)
        yield SpanStatus(*names, span.start, span.end, status, found, same)


def _locate(span: _Span, text: str | None) -> tuple[Status, tuple[int, int] | None]:
    """Says where a passage stands in a text."""
    if text is None:
        return "absent", None
    width = span.end - span.start
    if _stands(span, text, span.start):
        return "matching", (span.start, span.end)
    for start in _nearest_first(span.start, len(text) - width):
        if _stands(span, text, start):
            return "moved", (start, start + width)
    return "changed", None


def _stands(span: _Span, text: str, start: int) -> bool:
    passage = text[start : start + span.end - span.start]
    return len(passage) == span.end - span.start and _digest(passage) == span.digest


def _nearest_first(origin: int, last: int) -> Iterator[int]:
    """Other places to look, the nearest to the old one first."""
    for distance in range(1, min(max(origin, last - origin), SEARCHED) + 1):
        yield from (start for start in (origin - distance, origin + distance) if 0 <= start <= last)


def _text(document: _Document, sources: Path | None) -> str | None:
    """Reads a source to the code point, or returns None when it is not there."""
    path = sources / document.file if sources else None
    if path is None or not path.is_file():
        return None
    try:
        return path.read_bytes().decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{document.file} is not UTF-8: {error.reason} at byte {error.start}.") from error


def _is_recorded(document: _Document, text: str) -> bool:
    return len(text) == document.length and _digest(text) == document.digest


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()


def _spans(graph: Graph) -> dict[Node, list[_Span]]:
    """The recorded passages by their document."""
    found: dict[Node, list[_Span]] = {}
    for iri, document in graph.subject_objects(OA.hasSource):
        found.setdefault(document, []).append(_span(graph, iri))
    return found


def _span(graph: Graph, iri: Node) -> _Span:
    selector = _value(graph, iri, OA.hasSelector)
    start, end = (_number(graph, selector, bound) for bound in (OA.start, OA.end))
    if not 0 <= start < end:
        raise DoesNotConform(f"{iri} goes from {start} to {end}, which is no passage.", span=str(iri))
    return _Span(iri, start, end, str(_value(graph, iri, SCHEMA.sha256)))


def _document(graph: Graph, iri: Node) -> _Document:
    file = str(_value(graph, iri, DCTERMS.identifier))
    if not _is_plain_name(file):
        raise DoesNotConform(f"{iri} is not identified by a plain file name: {file!r}.", document=str(iri))
    digest = str(_value(graph, iri, SCHEMA.sha256))
    return _Document(iri, file, digest, _number(graph, iri, DG.codePointLength))


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
