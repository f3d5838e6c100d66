"""A thing as a page: its facts with labels, what points at it, where it is said and what was inferred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from diplograph.resources import EvidenceRow, Link, Property, ResourceView, Value
from diplograph.web import links


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a property: how it is shown, and which graphs state it."""

    cell: links.Cell
    graphs: tuple[links.Cell, ...]
    inferred: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A property with its values."""

    predicate: links.Cell
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """Where something is said."""

    evidence: links.Cell
    document: links.Cell | None
    start: int | None
    end: int | None
    sha256: str
    certainty: links.Cell | None
    note: str


def page(view: ResourceView) -> Mapping[str, object]:
    """What the page of a thing shows."""
    return {
        "iri": view.iri,
        "label": view.label,
        "names": [links.Cell(text, lang=language or None) for language, text in sorted(view.labels.items())],
        "types": [_link(found) for found in view.types],
        "outgoing": _rows(view.outgoing),
        "incoming": _rows(view.incoming),
        "evidence": [_proof(row) for row in view.evidence],
        "complete": view.complete,
    }


def _rows(properties: Iterable[Property]) -> list[Row]:
    return [
        Row(_link(entry.predicate), tuple(_fact(value) for value in entry.values)) for entry in properties
    ]


def _fact(value: Value) -> Fact:
    if value.link is not None:
        cell = _link(value.link)
    else:
        cell = links.literal_cell(value.text, value.language or None, value.datatype or None)
    return Fact(cell, tuple(links.iri_cell(graph) for graph in value.graphs), value.inferred)


def _proof(row: EvidenceRow) -> Proof:
    return Proof(
        _link(row.evidence),
        _maybe(row.document),
        row.start,
        row.end,
        row.sha256,
        _maybe(row.certainty),
        row.note,
    )


def _link(link: Link) -> links.Cell:
    return links.iri_cell(link.iri, link.label, link.language or None)


def _maybe(link: Link | None) -> links.Cell | None:
    return _link(link) if link else None
