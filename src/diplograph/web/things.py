"""A thing as a page: its facts with labels, what points at it, where it is said and what was inferred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from diplograph.evidence.quoting import Quotation
from diplograph.resources import EvidenceRow, Link, Property, ResourceView, Value
from diplograph.vocab import RDF
from diplograph.web import coordinates, links


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
    """Where something is said, with the words themselves where the sources are at hand."""

    evidence: links.Cell
    document: links.Cell | None
    span: links.Cell | None
    sha256: str
    certainty: links.Cell | None
    note: str
    quotation: Quotation | None = None


def page(view: ResourceView, quotations: Mapping[str, Quotation] | None = None) -> Mapping[str, object]:
    """What the page of a thing shows; `quotations` are the words of passages by the IRI of their span."""
    return {
        "iri": view.iri,
        "label": view.label,
        "language": view.language,
        "names": [links.Cell(text, lang=language or None) for language, text in sorted(view.labels.items())],
        "types": [link_cell(found) for found in _stated_types(view)],
        "outgoing": rows(view.outgoing),
        "incoming": rows(view.incoming),
        "evidence": [_proof(row, quotations or {}) for row in view.evidence],
        "complete": view.complete,
    }


def rows(properties: Iterable[Property]) -> list[Row]:
    """Properties with their values, as the page prints them."""
    return [
        Row(link_cell(entry.predicate), tuple(fact(value) for value in entry.values)) for entry in properties
    ]


def fact(value: Value) -> Fact:
    """One value with the graphs that state it."""
    return Fact(value_cell(value), tuple(links.iri_cell(graph) for graph in value.graphs), value.inferred)


def value_cell(value: Value) -> links.Cell:
    """A link under its label, or a literal; a point by its latitude and longitude."""
    if value.link is not None:
        return link_cell(value.link)
    if value.datatype in coordinates.GEOMETRIES:
        return links.Cell(coordinates.degrees(value.text), title=value.text)
    return links.literal_cell(value.text, value.language or None, value.datatype or None)


def link_cell(link: Link) -> links.Cell:
    """A link under its label."""
    return links.iri_cell(link.iri, link.label, link.language or None)


def spans_of(view: ResourceView) -> list[str]:
    """The passages that the evidence of a thing points to."""
    return [row.target.iri for row in view.evidence if row.target is not None and row.start is not None]


def _proof(row: EvidenceRow, quotations: Mapping[str, Quotation]) -> Proof:
    place = "whole document" if row.start is None else f"{row.start}–{row.end}"
    return Proof(
        link_cell(row.evidence),
        link_cell(row.document) if row.document else None,
        links.iri_cell(row.target.iri, place) if row.target else None,
        row.sha256,
        link_cell(row.certainty) if row.certainty else None,
        row.note,
        quotations.get(row.target.iri) if row.target else None,
    )


def _stated_types(view: ResourceView) -> list[Link]:
    """The types that a source gives a thing; all of them when only the build did."""
    stated = {
        value.link.iri
        for entry in view.outgoing
        if entry.predicate.iri == str(RDF.type)
        for value in entry.values
        if value.link is not None and not value.inferred
    }
    return [found for found in view.types if not stated or found.iri in stated]
