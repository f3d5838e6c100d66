"""Verification of recorded passages against their sources, and what a revised source re-opens."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal as OneOf

from rdflib import RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.evidence.records import Document, Span, digest_of, document, is_recorded, spans_of, text_of
from diplograph.namespaces import DG, OA, kind_of, short

Status = OneOf["matching", "moved", "changed", "absent"]

SEARCHED = 200_000
"""How many code points to either side a passage is looked for before it counts as changed."""
FIRST = ("act", "claim")
"""The kinds that are listed before the others."""


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


def check(graph: Graph, sources: Path | None) -> list[SpanStatus]:
    """Compares every recorded passage of a graph with the files in a folder.

    Files are found by the `dcterms:identifier` of their document, inside the folder and nowhere else.
    Raises DoesNotConform when the records cannot be used, BadRequest when a source is not UTF-8.
    """
    spans = spans_of(graph)
    documents = sorted((document(graph, iri) for iri in spans), key=lambda known: known.file)
    return [status for known in documents for status in _check_document(known, spans[known.iri], sources)]


def _check_document(document: Document, spans: list[Span], sources: Path | None) -> Iterator[SpanStatus]:
    text = text_of(document, sources)
    same = None if text is None else is_recorded(document, text)
    for span in sorted(spans, key=lambda known: (known.start, known.end)):
        status, found = _locate(span, text)
        names = (str(span.iri), str(document.iri), document.file)
        yield SpanStatus(*names, span.start, span.end, status, found, same)


def _locate(span: Span, text: str | None) -> tuple[Status, tuple[int, int] | None]:
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


def _stands(span: Span, text: str, start: int) -> bool:
    passage = text[start : start + span.end - span.start]
    return len(passage) == span.end - span.start and digest_of(passage) == span.digest


def _nearest_first(origin: int, last: int) -> Iterator[int]:
    """Other places to look, the nearest to the old one first."""
    for distance in range(1, min(max(origin, last - origin), SEARCHED) + 1):
        yield from (start for start in (origin - distance, origin + distance) if 0 <= start <= last)


@dataclass(frozen=True, slots=True)
class Reopened:
    """A thing whose review is open again, with the passages or documents it rests on that have changed."""

    thing: str
    label: str
    changed: tuple[str, ...]


def reopened(graph: Graph, statuses: Iterable[SpanStatus]) -> list[Reopened]:
    """Return the things that rest on a passage that is not in its source any more, acts and claims first.

    What rests on a source as a whole, such as the statement that it is silent on something, is open again
    after any change to it. A passage that only moved says what it said.
    """
    changed = {target for status in statuses for target in _changed(status)}
    reasons: dict[Node, set[str]] = {}
    for target in changed:
        for evidence in graph.subjects(OA.hasTarget, URIRef(target)):
            for thing in graph.subjects(DG.evidence, evidence):
                reasons.setdefault(thing, set()).add(target)
    found = [Reopened(str(thing), _label(graph, thing), tuple(sorted(why))) for thing, why in reasons.items()]
    return sorted(found, key=_order)


def _changed(status: SpanStatus) -> Iterator[str]:
    if status.status == "changed":
        yield status.span
    if status.as_recorded is False:
        yield status.document


def _label(graph: Graph, thing: Node) -> str:
    labels = (label for label in graph.objects(thing, RDFS.label) if isinstance(label, Literal))
    return next(
        (str(label) for label in sorted(labels, key=lambda label: label.language != "en")), short(str(thing))
    )


def _order(found: Reopened) -> tuple[int, str]:
    kind = kind_of(found.thing)
    return (FIRST.index(kind) if kind in FIRST else len(FIRST)), found.thing
