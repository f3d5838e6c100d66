"""Facts about a thing for its page: statements with labels and sources, key facts by kind, coordinates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from diplograph.documents import EvidenceRow, Link, Property, ResourceView, Value
from diplograph.evidence.records import Quotation
from diplograph.namespaces import DG, PREFIXES, RDF
from diplograph.web import links

GEOMETRIES = {f"{PREFIXES['geo']}wktLiteral", "http://www.openlinksw.com/schemas/virtrdf#Geometry"}
"""The datatypes of points in WKT: that of GeoSPARQL, and what Virtuoso makes of it."""
POINT = re.compile(r"\s*POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)\s*", re.IGNORECASE)
DECIMALS = 5
"""A metre on the ground; an engine may have kept a point in single precision."""
KEY_FACTS: Mapping[str, Mapping[str, str]] = {
    "act": {
        "actor": "Who",
        "actingBody": "Through",
        "speaker": "Spoken by",
        "visitor": "Traveller",
        "target": "Against or to whom",
        "targetCount": "How many of these, by the source",
        "affects": "Whom it affects",
        "when": "When",
        "realisation": "Stage",
        "occursAt": "Where",
        "form": "Form",
        "stance": "Stance",
        "discontinues": "What it ends or suspends",
        "supportsClaim": "Claim it supports",
        "expresses": "What it expresses",
        "topic": "Topic",
        "eventCode": "PLOVER",
    },
    "claim": {
        "claimedBy": "Who says so",
        "epistemicStatus": "Status",
        "claimedTime": "Time that it gives",
        "saidWhen": "Said when",
        "claimedFor": "For whom",
        "claimedTerritory": "Territory",
        "claimedAdministrator": "Who is in control, it says",
        "claimedResponse": "The answer",
        "claimedCause": "What it answers",
        "asserts": "Act that it reports",
        "contradicts": "Contradicts",
        "proposition": "What is said",
        "wording": "Words of the source",
    },
    "body": {"organOf": "Organ of", "represents": "From", "basedAt": "Based at", "sector": "Sector"},
    "person": {"represents": "From", "role": "Role", "basedAt": "Based at"},
    "group": {
        "memberCount": "How many",
        "represents": "From",
        "relativesOf": "Relatives of",
        "role": "Role",
        "sector": "Sector",
    },
    "matter": {"hasParty": "Parties", "disputeOver": "Over what", "stage": "Stage", "topic": "Topic"},
    "name": {"nameText": "Name", "nameUsedBy": "Used by"},
    "tenure": {
        "holder": "Who",
        "tenureOffice": "Office",
        "when": "When",
        "attestedAt": "Attested at",
    },
    "time": {
        "notBefore": "Not before",
        "notAfter": "Not after",
        "wording": "Words of the source",
        "dateBasis": "How it is known",
        "anchoredTo": "Counted from",
    },
    "office": {"officeIn": "Office in"},
    "place": {"placeKind": "Kind of place", "partCount": "Parts that a source counts"},
    "measure": {
        "measureType": "Kind",
        "coversGoods": "Goods it covers",
        "exemptsGoods": "Goods it exempts",
        "completeness": "The list of these is",
        "currency": "Currency",
        "wording": "Words of the source",
    },
    "list": {"completeness": "The entries are"},
    "document": {"published": "Published", "relays": "Relays"},
}
"""What stands at the top of a page: properties of ours in their order, and how each is called there."""
OTHERS = {
    "document": {
        "foaf:page": "Address",
        "dcterms:publisher": "Publisher",
        "dcterms:creator": "Author",
        "dcterms:issued": "Issued",
        "schema:inLanguage": "Language",
        "schema:copyrightNotice": "Rights",
        "dg:codePointLength": "Characters",
        "schema:sha256": "SHA-256",
    }
}


def degrees(text: str) -> str:
    """A point in WKT, longitude first, as latitude and longitude in degrees; any other text as it is."""
    found = POINT.fullmatch(text)
    if found is None:
        return text
    longitude, latitude = (round(float(number), DECIMALS) for number in found.groups())
    return f"{_side(latitude, 'N', 'S')}, {_side(longitude, 'E', 'W')}"


def _side(number: float, positive: str, negative: str) -> str:
    return f"{abs(number):.8g}° {negative if number < 0 else positive}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a property: how it is shown, and which graphs state it.

    `built` is "inferred" or "computed" where only the build does.
    """

    cell: links.Cell
    graphs: tuple[links.Cell, ...]
    built: str = ""


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
        "outgoing": rows(stated(view.outgoing)),
        "incoming": rows(stated(view.incoming)),
        "computed": rows(computed(view.outgoing)),
        "summarised": rows(computed(view.incoming)),
        "evidence": [_proof(row, quotations or {}) for row in view.evidence],
        "complete": view.complete,
    }


def stated(properties: Iterable[Property]) -> list[Property]:
    """Properties with those of their values that are not only in the summary of all sources."""
    return _with(properties, lambda value: not value.computed)


def computed(properties: Iterable[Property]) -> list[Property]:
    """Properties with those of their values that only the summary of all sources has."""
    return _with(properties, lambda value: value.computed)


def _with(properties: Iterable[Property], wanted: Callable[[Value], bool]) -> list[Property]:
    found = (Property(e.predicate, tuple(filter(wanted, e.values))) for e in properties)
    return [entry for entry in found if entry.values]


def rows(properties: Iterable[Property]) -> list[Row]:
    """Properties with their values, as the page prints them."""
    return [
        Row(link_cell(entry.predicate), tuple(fact(value) for value in entry.values)) for entry in properties
    ]


def fact(value: Value) -> Fact:
    """One value with the graphs that state it."""
    built = "computed" if value.computed else "inferred" if value.inferred else ""
    return Fact(value_cell(value), tuple(links.iri_cell(graph) for graph in value.graphs), built)


def value_cell(value: Value) -> links.Cell:
    """A link under its label, or a literal; a point by its latitude and longitude."""
    if value.link is not None:
        return link_cell(value.link)
    if value.datatype in GEOMETRIES:
        return links.Cell(degrees(value.text), title=value.text)
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


def key_facts(view: ResourceView) -> list[Row]:
    """The properties that a page begins with, under the names that they have there."""
    wanted = {str(DG[name]): title for name, title in KEY_FACTS.get(view.kind or "", {}).items()}
    wanted |= {_expanded(name): title for name, title in OTHERS.get(view.kind or "", {}).items()}
    found = {entry.predicate.iri: entry.values for entry in view.outgoing}
    return [
        Row(links.Cell(title, title=iri), tuple(fact(value) for value in found[iri]))
        for iri, title in wanted.items()
        if iri in found
    ]


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local
