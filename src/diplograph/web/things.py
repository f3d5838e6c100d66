"""A thing as a page: its facts with labels, what points at it, where it is said and what was inferred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from diplograph.resources import EvidenceRow, Link, Property, ResourceView, Value
from diplograph.vocab import ID, RDF
from diplograph.web import links

TIME = f"{ID}time/"


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


def page(view: ResourceView, dates: Mapping[str, str]) -> Mapping[str, object]:
    """What the page of a thing shows; `dates` are the expressions of the time spans that it mentions."""
    show = _Shown(dates)
    return {
        "iri": view.iri,
        "label": view.label,
        "names": [links.Cell(text, lang=language or None) for language, text in sorted(view.labels.items())],
        "types": [show.link(found) for found in _stated_types(view)],
        "outgoing": show.rows(view.outgoing),
        "incoming": show.rows(view.incoming),
        "evidence": [show.proof(row) for row in view.evidence],
        "complete": view.complete,
    }


def time_spans(view: ResourceView) -> list[str]:
    """The time spans that a page mentions, which have no label but a date."""
    found = {
        value.link.iri
        for entry in (*view.outgoing, *view.incoming)
        for value in entry.values
        if value.link is not None and value.link.iri.startswith(TIME)
    }
    return sorted(found)


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


@dataclass(frozen=True, slots=True)
class _Shown:
    """Turns the parts of a view into what the page prints."""

    dates: Mapping[str, str]

    def rows(self, properties: Iterable[Property]) -> list[Row]:
        return [
            Row(self.link(entry.predicate), tuple(self.fact(value) for value in entry.values))
            for entry in properties
        ]

    def fact(self, value: Value) -> Fact:
        if value.link is not None:
            cell = self.link(value.link)
        else:
            cell = links.literal_cell(value.text, value.language or None, value.datatype or None)
        return Fact(cell, tuple(links.iri_cell(graph) for graph in value.graphs), value.inferred)

    def proof(self, row: EvidenceRow) -> Proof:
        return Proof(
            self.link(row.evidence),
            self.maybe(row.document),
            row.start,
            row.end,
            row.sha256,
            self.maybe(row.certainty),
            row.note,
        )

    def link(self, link: Link) -> links.Cell:
        return links.iri_cell(link.iri, self.dates.get(link.iri, link.label), link.language or None)

    def maybe(self, link: Link | None) -> links.Cell | None:
        return self.link(link) if link else None
