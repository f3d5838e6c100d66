"""Facts about a thing for its page: statements with labels and sources, key facts by kind, coordinates."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from diplograph.documents import Link, Property, ResourceView, Value
from diplograph.documents.provenance import REMARKS, EvidenceItem, Passage, Source, Statement
from diplograph.evidence.records import Quotation
from diplograph.namespaces import DCTERMS, DG, DGV, PREFIXES, RDF, SCHEMA, XSD, kind_of, split
from diplograph.translations import gettext, gettext_noop, ngettext, number
from diplograph.web import links

GEOMETRIES = {f"{PREFIXES['geo']}wktLiteral", "http://www.openlinksw.com/schemas/virtrdf#Geometry"}
"""The datatypes of points in WKT: that of GeoSPARQL, and what Virtuoso makes of it."""
POINT = re.compile(r"\s*POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)\s*", re.IGNORECASE)
DECIMALS = 5
"""A metre on the ground; an engine may have kept a point in single precision."""
KEY_FACTS: Mapping[str, Mapping[str, str]] = gettext_noop(
    {
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
            "changeKind": "What happened",
            "changes": "What it changes",
            "changedFrom": "Before",
            "changedTo": "After",
            "movedFrom": "Moved from",
            "movedTo": "Moved to",
            "participant": "Who took part",
            "outcome": "Outcome",
            "countInFavour": "Votes in favour",
            "countAgainst": "Votes against",
            "countAbstaining": "Abstentions",
            "countNotVoting": "Members not voting",
            "aidType": "Kind of aid",
            "amount": "Amount",
            "currency": "Currency",
            "form": "Form",
            "stance": "Stance",
            "discontinues": "What it ends or suspends",
            "concerns": "What it is about",
            "supportsClaim": "Claim it supports",
            "expresses": "What it expresses",
            "validUntil": "Valid until",
            "programme": "Under which programme",
            "legalBasis": "Legal basis",
            "referenceNumber": "Reference number",
            "topic": "Topic",
            "eventCode": "PLOVER",
        },
        "claim": {
            "claimedBy": "Who says so",
            "reportedBy": "Reported by",
            "epistemicStatus": "Status",
            "claimedTime": "Time that it gives",
            "claimedNumber": "Number that it gives",
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
        "body": {
            "organOf": "Organ of",
            "accreditedTo": "Accredited to",
            "represents": "Represents",
            "basedAt": "Based at",
            "sector": "Sector",
        },
        "person": {"represents": "Represents", "role": "Role", "basedAt": "Based at"},
        "group": {
            "memberCount": "How many",
            "represents": "Represents",
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
            "amount": "Amount",
            "currency": "Currency",
            "validUntil": "Valid until",
            "programme": "Under which programme",
            "legalBasis": "Legal basis",
            "referenceNumber": "Reference number",
            "wording": "Words of the source",
        },
        "asset": {"assetKind": "Kind", "flag": "Flag"},
        "list": {"completeness": "The entries are"},
        "document": {"published": "Published", "relays": "Relays"},
    }
)
"""What stands at the top of a page: properties of ours in their order, and how each is called there."""
OTHERS = gettext_noop(
    {
        "document": {
            "foaf:page": "Address",
            "dcterms:publisher": "Publisher",
            "dcterms:creator": "Author",
            "dcterms:issued": "Issued",
            "schema:inLanguage": "Language",
            "schema:copyrightNotice": "Rights",
            "dg:sentenceCount": "Sentences",
            "dg:codePointLength": "Characters",
            "schema:sha256": "SHA-256",
        }
    }
)

COUNTS = frozenset(str(DG[name]) for name in ("memberCount", "targetCount", "partCount", "claimedNumber"))
"""What a count qualifier of the same graph makes at least, at most or about."""
STATEMENTS_SHOWN = 5
"""How much of what rests on a passage is told away from its own page."""
RECORDS = frozenset({"group", "measure", "name", "time"})
OF_RECORDS = {
    *map(str, (DG.evidence, DG.codePointLength, DG.sentenceCount, SCHEMA.sha256)),
    *map(str, (DCTERMS.identifier, DCTERMS["format"])),
}
"""Properties that say what was recorded of a source, and rest on no passage of it."""
EMPTY: Mapping[str, Proof] = MappingProxyType({})


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
class Proof:
    """A link from a fact to the passage that it rests on, or to all of them; `title` names both."""

    text: str
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a property: how it is shown, which graphs state it, and what it rests on.

    `built` is "inferred" or "computed" where only the build does, and leads to what says from what.
    """

    cell: links.Cell
    graphs: tuple[links.Cell, ...]
    built: links.Cell | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A property with its values."""

    predicate: links.Cell
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class StatementItem:
    """What rests on a passage, as pages print it: in our words, whose it is, how surely it was read."""

    thing: links.Cell
    claimants: tuple[links.Cell, ...]
    statuses: tuple[links.Cell, ...]
    wordings: tuple[links.Cell, ...]
    certainty: links.Cell | None
    evidence: links.Cell
    note: links.Cell | None
    is_remark: bool


@dataclass(frozen=True, slots=True)
class PassageItem:
    """A passage as pages print it: where it stands, what it says; `more` is how much is not shown of that."""

    place: links.Cell
    name: links.Cell
    statements: tuple[StatementItem, ...]
    more: int
    characters: str
    sha256: str
    quotation: Quotation | None

    @property
    def is_quoted(self) -> bool:
        """Whether its words stand on the page."""
        return self.quotation is not None and self.quotation.status == "matching"


@dataclass(frozen=True, slots=True)
class SourceItem:
    """A document as pages print it, with those of its passages that are told."""

    title: links.Cell
    authors: tuple[links.Cell, ...]
    publishers: tuple[links.Cell, ...]
    published: links.Cell | None
    address: links.Cell | None
    passages: tuple[PassageItem, ...]


def source_items(
    passages: Iterable[Passage],
    quotations: Mapping[str, Quotation],
    first: Collection[str] = (),
    shown: int = STATEMENTS_SHOWN,
) -> list[SourceItem]:
    """Return passages under their documents, of each as many statements as are shown, some things `first`."""
    found: dict[str, list[Passage]] = {}
    for one in passages:
        found.setdefault(one.source.link.iri, []).append(one)
    return [
        _source_item(of[0].source, tuple(_passage_item(one, quotations, first, shown) for one in of))
        for of in found.values()
    ]


def _source_item(source: Source, passages: tuple[PassageItem, ...]) -> SourceItem:
    name, language = source.name
    return SourceItem(
        replace(link_cell(source.link), text=name, lang=language or None),
        tuple(map(value_cell, source.authors)),
        tuple(map(value_cell, source.publishers)),
        value_cell(source.published) if source.published else None,
        links.iri_cell(source.address) if source.address else None,
        passages,
    )


def _passage_item(
    one: Passage, quotations: Mapping[str, Quotation], first: Collection[str], shown: int
) -> PassageItem:
    statements = sorted(one.statements, key=lambda each: each.thing.iri not in first)
    most = max(shown, sum(each.thing.iri in first for each in statements))
    return PassageItem(
        links.iri_cell(one.target, one.place),
        links.Cell(one.name, lang=one.language or None),
        tuple(map(_statement_item, statements[:most])),
        max(len(statements) - most, 0),
        "" if one.start is None else f"{one.start}–{one.end}",
        one.sha256,
        quotations.get(one.target),
    )


def _statement_item(one: Statement) -> StatementItem:
    return StatementItem(
        replace(link_cell(one.thing), text=one.says, lang=one.language or None),
        tuple(map(link_cell, one.claimants)),
        tuple(map(link_cell, one.statuses)),
        tuple(map(value_cell, one.wordings)),
        link_cell(one.certainty) if one.certainty else None,
        links.iri_cell(one.evidence.iri, gettext("evidence %(name)s", name=split(one.evidence.iri)[1])),
        value_cell(one.note) if one.note else None,
        one.kind in REMARKS,
    )


def proofs(items: Iterable[EvidenceItem]) -> dict[str, Proof]:
    """Return where the evidence of things stands, by their IRIs: the one passage, or all of them."""
    found: dict[str, dict[str, EvidenceItem]] = {}
    for one in items:
        found.setdefault(one.thing, {}).setdefault(one.target, one)
    return {thing: _proof(thing, list(targets.values())) for thing, targets in found.items()}


def _proof(thing: str, found: Sequence[EvidenceItem]) -> Proof:
    if len(found) > 1:
        text = ngettext("%(n)s passage", "%(n)s passages", len(found))
        href = f"{links.iri_cell(thing).href}#evidence"
    else:
        text, href = found[0].spoken, links.iri_cell(found[0].target).href or ""
    return Proof(text, href, gettext("Evidence of %(thing)s: %(place)s", thing=split(thing)[1], place=text))


def own_proof(view: ResourceView, proven: Mapping[str, Proof]) -> Proof | None:
    """Return where the evidence of a thing stands, seen from its own page."""
    own = proven.get(view.iri)
    return replace(own, href="#evidence") if own and "#" in own.href else own


def page(view: ResourceView, proven: Mapping[str, Proof]) -> Mapping[str, object]:
    """What the page of a thing shows; `proven` has what things rest on."""
    return {
        "iri": view.iri,
        "label": view.label,
        "label_language": view.told[1],
        "names": [
            links.Cell(text, lang=language or None)
            for language, text in sorted(view.labels.items())
            if view.kind != "time"
        ],
        "types": [link_cell(found) for found in _stated_types(view)],
        "outgoing": rows(stated(view.outgoing), proven, own_proof(view, proven)),
        "incoming": rows(stated(view.incoming), proven, of=True),
        "computed": rows(computed(view.outgoing)),
        "summarised": rows(computed(view.incoming), of=True),
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


def rows(
    properties: Iterable[Property],
    proven: Mapping[str, Proof] = EMPTY,
    own: Proof | None = None,
    *,
    of: bool = False,
) -> list[Row]:
    """Properties with their values, as the page prints them; time spans by what they date where `of`.

    What points here, and a record, rests on evidence of its own (`proven`), all else on that of the thing
    itself (`own`).
    """
    return [
        Row(
            link_cell(entry.predicate),
            tuple(fact(value, _bearing(entry.predicate.iri, proven), own, of=of) for value in entry.values),
        )
        for entry in properties
    ]


def _bearing(predicate: str, proven: Mapping[str, Proof]) -> Mapping[str, Proof] | None:
    return None if predicate in OF_RECORDS else proven


def fact(
    value: Value, proven: Mapping[str, Proof] | None = EMPTY, own: Proof | None = None, *, of: bool = False
) -> Fact:
    """One value with the graphs that state it, and what it rests on; nothing where `proven` is None."""
    graphs = tuple(links.iri_cell(graph) for graph in value.graphs)
    built = gettext("computed") if value.computed else gettext("inferred") if value.inferred else ""
    shown = value_cell(value)
    if of and value.link is not None and value.link.of:
        text, language = value.link.told
        shown = replace(shown, text=text, lang=language or None)
    if built:
        return Fact(shown, graphs, replace(graphs[0], text=built))
    mine = proven.get(value.link.iri) if proven and value.link and (of or _is_record(value.link)) else None
    return Fact(shown, graphs, None, None if proven is None else mine or own)


def _is_record(link: Link) -> bool:
    """Whether a thing is only there to tell one fact of another, and has the evidence of that fact."""
    return kind_of(link.iri) in RECORDS


def value_cell(value: Value) -> links.Cell:
    """A link under its label, or a literal; a point by its latitude and longitude."""
    if value.link is not None:
        return link_cell(value.link)
    if value.datatype in GEOMETRIES:
        return links.Cell(degrees(value.text), title=value.text)
    if value.edtf:
        return links.Cell(value.text, title=value.edtf)
    return links.literal_cell(value.text, value.language or None, value.datatype or None)


def link_cell(link: Link) -> links.Cell:
    """A link under its label; a date in words has the date as written for its title."""
    found = links.iri_cell(link.iri, link.label, link.language or None)
    return replace(found, title=link.edtf) if link.edtf else found


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


def key_facts(view: ResourceView, proven: Mapping[str, Proof] = EMPTY) -> list[Row]:
    """The properties that a page begins with, under the names that they have there."""
    wanted = {str(DG[name]): title for name, title in KEY_FACTS.get(view.kind or "", {}).items()}
    wanted |= {_expanded(name): title for name, title in OTHERS.get(view.kind or "", {}).items()}
    found = {entry.predicate.iri: entry.values for entry in view.outgoing}
    qualifiers = found.get(str(DG.countQualifier), ())
    found |= {iri: _qualified(found[iri], qualifiers) for iri in COUNTS & found.keys() if qualifiers}
    own = own_proof(view, proven)
    return [
        Row(
            links.Cell(gettext(title), title=iri),
            tuple(fact(value, _bearing(iri, proven), own) for value in found[iri]),
        )
        for iri, title in wanted.items()
        if iri in found
    ]


def _qualified(counts: Iterable[Value], qualifiers: Iterable[Value]) -> tuple[Value, ...]:
    """Counts as each graph gives them: in words where the graph says that they are not exact."""
    by_graph = {graph: each.link.iri for each in qualifiers if each.link for graph in each.graphs or ("",)}
    found = []
    for count in counts:
        graphs: dict[str, list[str]] = {}
        for graph in count.graphs or ("",):
            graphs.setdefault(by_graph.get(graph, ""), []).append(graph)
        for qualifier, where in graphs.items():
            stated = replace(count, graphs=tuple(filter(None, where)))
            if qualifier and count.text.isdecimal():
                stated = replace(stated, text=_in_words(int(count.text), qualifier), datatype=str(XSD.string))
            found.append(stated)
    return tuple(found)


def _in_words(count: int, qualifier: str) -> str:
    least = None if qualifier == str(DGV["at-most"]) else count
    most = None if qualifier == str(DGV["at-least"]) else count
    return amount(least, most, is_about=qualifier == str(DGV.about))


def amount(least: int | None, most: int | None, *, is_about: bool = False) -> str:
    """A number in words, as far as its bounds are known; empty where neither is."""
    first, last = (None if bound is None else number(bound) for bound in (least, most))
    if is_about and (first or last):
        about = gettext("about %(number)s", number=first or last)
        first, last = (about, last) if first else (None, about)
    if first is None:
        return gettext("at most %(most)s", most=last) if last else ""
    if last is None:
        return gettext("at least %(least)s", least=first)
    return first if least == most else gettext("%(least)s to %(most)s", least=first, most=last)


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local
