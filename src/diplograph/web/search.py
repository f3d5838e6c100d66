"""Search page: things found by name, those of each kind under one heading, each with its date and context."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import pyoxigraph
from flask import Blueprint, Response, request
from rdflib import Literal
from rdflib.term import Node

from diplograph import media
from diplograph.documents import naming
from diplograph.documents.dates import in_words
from diplograph.engine import operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Operation
from diplograph.errors import BadRequest
from diplograph.namespaces import DCTERMS, DG, GEO, OWL, SKOS, XSD
from diplograph.repository import Repository
from diplograph.search import EXCLUDED, Appellation, Candidate, Scope
from diplograph.search.index import LONGEST, MOST, Found
from diplograph.translations import LANGUAGE, gettext, gettext_noop, translated
from diplograph.web import answers, languages, links, request_parsing, responses
from diplograph.web.addresses import address
from diplograph.web.links import Cell
from diplograph.web.parameters import LANG, ServiceParameter
from diplograph.web.thing_facts import KEY_FACTS

HEADINGS: Mapping[str, str] = {
    "state": gettext_noop("States"),
    "polity": gettext_noop("Unions and regions"),
    "body": gettext_noop("Bodies"),
    "person": gettext_noop("People"),
    "group": gettext_noop("Groups"),
    "agent": gettext_noop("Other parties"),
    "office": gettext_noop("Offices"),
    "place": gettext_noop("Places"),
    "act": gettext_noop("Acts"),
    "measure": gettext_noop("Measures"),
    "matter": gettext_noop("Disputes, talks and agreements"),
    "asset": gettext_noop("Vessels, aircraft and sites"),
    "pair": gettext_noop("Pairs of acts"),
    "claim": gettext_noop("Claims"),
    "discrepancy": gettext_noop("Contradictions"),
    "gap": gettext_noop("Gaps"),
    "list": gettext_noop("Lists"),
    "tenure": gettext_noop("Tenures"),
    "document": gettext_noop("Documents"),
    "term": gettext_noop("Terms of the ontology"),
    "point": gettext_noop("Points on the map"),
    "name": gettext_noop("Names"),
    "time": gettext_noop("Dates"),
    "account": gettext_noop("Accounts"),
    "evidence": gettext_noop("Evidence"),
    "span": gettext_noop("Passages"),
    "activity": gettext_noop("Work on the data"),
}
"""What the things of each kind are called, in the order of the page: who acts first, evidence last.

Points are the geometries among places; terms are all that has no identifier of ours.
"""
FIRST = 10
"""How many things of a kind the page shows where it shows all kinds."""
MOST_NAMES = 6


def _facts(kind: str, *names: str) -> tuple[tuple[Node, str], ...]:
    """Properties of ours under the heads that the page of a thing has for them."""
    return tuple((DG[name], KEY_FACTS[kind][name]) for name in names)


CONTEXT: Mapping[str, tuple[tuple[Node, str], ...]] = {
    "act": _facts("act", "actor", "target", "realisation"),
    "asset": _facts("asset", "assetKind", "flag"),
    "body": (
        *_facts("body", "organOf", "represents", "sector"),
        (DCTERMS.publisher, gettext_noop("Publisher of")),
    ),
    "claim": _facts("claim", "claimedBy", "epistemicStatus"),
    "discrepancy": ((DG.concerns, gettext_noop("Concerns")),),
    "document": ((DCTERMS.publisher, gettext_noop("Publisher")),),
    "gap": ((DG.concerns, gettext_noop("Concerns")),),
    "group": _facts("group", "represents", "role"),
    "matter": _facts("matter", "hasParty", "disputeOver", "stage"),
    "measure": _facts("measure", "measureType"),
    "name": _facts("name", "nameUsedBy"),
    "office": _facts("office", "officeIn"),
    "person": (*_facts("tenure", "tenureOffice"), *_facts("person", "represents", "role")),
    "place": (*_facts("place", "placeKind"), (DG.within, gettext_noop("Part of"))),
    "tenure": _facts("tenure", "holder", "tenureOffice"),
}
"""What is told of a thing of each kind."""
MOST_VALUES = 3
"""How many values of a property are shown."""
DATES = (DG.summaryDate, DG.when, DG.claimedTime, DG.saidWhen, DG.published, DCTERMS.issued, DG.edtf)
"""Where the date of a thing stands: the first that it has."""
TEXTS = (DG.proposition, DG.nameText, SKOS.definition)
"""What is told of a thing in a sentence."""
SOUGHT = ServiceParameter(
    "q",
    {"type": "string", "pattern": r"\S", "maxLength": LONGEST},
    f"a part of a name, of {LONGEST} characters at most",
    "What to search for: a part of a name in any language, spelling mistakes forgiven, or a whole code, such "
    "as JP or Q17.",
    required=True,
)
KIND = ServiceParameter(
    "kind",
    {"type": "string", "enum": list(HEADINGS)},
    f"one of {', '.join(HEADINGS)}",
    "Which kind of thing to search for; without it, all of them.",
)
DECIMAL = pyoxigraph.NamedNode(f"{XSD}decimal")
RESULT = (
    "SELECT ?thing ?label ?name ?score ?mentioned WHERE {{ "
    "VALUES (?thing ?label ?name ?score ?mentioned) {{ {rows} }} }}"
)
BOOLEAN = pyoxigraph.NamedNode(f"{XSD}boolean")
GEOMETRY = str(GEO.Geometry)
TERM_KINDS: Mapping[str, str] = {
    str(OWL.Class): gettext_noop("class"),
    str(OWL.ObjectProperty): gettext_noop("property"),
    str(OWL.DatatypeProperty): gettext_noop("property"),
    str(SKOS.Concept): gettext_noop("concept"),
    str(SKOS.ConceptScheme): gettext_noop("list of concepts"),
    GEOMETRY: gettext_noop("point"),
}
"""What those are whose class is none of ours."""
STAGES = {str(DG.RealisedAct), str(DG.UnrealisedAct)}
"""Classes that say how far an act got, which stands beside what it is."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: what it is, its date, other names, and what is told of it."""

    thing: Cell
    kind: Cell | None
    date: Cell | None
    names: Sequence[Cell]
    facts: Sequence[tuple[str, Sequence[Cell]]]
    text: Cell | None
    is_mentioned: bool


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The things of one kind, of which `count` were found; `address` leads to all of them."""

    kind: str
    heading: str
    count: int
    hits: Sequence[Hit]
    address: str


@dataclass(frozen=True, slots=True)
class SearchPages:
    """Finds things by name."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the page."""
        pages = Blueprint("search", __name__)
        pages.add_url_rule("/search", view_func=self.search)
        return pages

    def search(self) -> Response:
        """Finds things by a name or a part of it, in any language and in spite of spelling, or by a code."""
        given = request_parsing.fields(request.query_string)
        text = (request_parsing.single(given, "q") or "").strip()
        kind = request_parsing.value(given, KIND)
        spoken = languages.preferred(given)
        chosen = responses.accept(media.SELECT_TYPES)
        if chosen == media.HTML:
            return self._page(text, kind, given, spoken)
        if not text:
            raise BadRequest(
                "There is nothing to search for.", parameters=["q"], hint="Send ?q= with a part of a name."
            )
        found = self.repository.names.find_all(text, _scope(kind))
        operation = search_result(found.things[:MOST])
        answer = answers.evaluate(self.repository.engine, operation, chosen, answers.Policy())
        return answers.mark(answers.send(answer, chosen), operation, complete=len(found.things) <= MOST)

    def _page(
        self, text: str, kind: str | None, given: request_parsing.Fields, spoken: tuple[str, ...]
    ) -> Response:
        if not text:
            return responses.page("search.html", title=gettext("Search"), q="", found=None)
        names = self.repository.names
        everything = names.find_all(text)
        found = names.find_all(text, _scope(kind)) if kind else everything
        counts = Counter(map(kind_of, everything.things))
        suggested = [] if everything.things else names.suggest(text, Scope(without=EXCLUDED))
        return responses.page(
            "search.html",
            title=gettext("Search: %(text)s", text=text),
            q=text,
            found=found,
            kind=kind,
            facets=[
                (translated(heading), counts[one], _at(given, one), one == kind)
                for one, heading in HEADINGS.items()
                if counts[one]
            ],
            everything=(len(everything.things), everything.complete, _at(given)),
            groups=self._groups(found, MOST if kind else FIRST, given, spoken),
            suggested=self._hits(suggested, spoken),
        )

    def _groups(
        self, found: Found, most: int, given: request_parsing.Fields, spoken: Sequence[str]
    ) -> list[HitGroup]:
        """The things found by kind, of each so many at most."""
        by_kind = {kind: [one for one in found.things if kind_of(one) == kind] for kind in HEADINGS}
        shown = {kind: of_kind[:most] for kind, of_kind in by_kind.items() if of_kind}
        hits = iter(self._hits([one for of_kind in shown.values() for one in of_kind], spoken))
        return [
            HitGroup(
                kind,
                translated(HEADINGS[kind]),
                len(by_kind[kind]),
                [next(hits) for _ in of_kind],
                _at(given, kind),
            )
            for kind, of_kind in shown.items()
        ]

    def _hits(self, found: Sequence[Candidate], spoken: Sequence[str]) -> list[Hit]:
        """What is shown of each thing, in the languages that the reader likes best."""
        told = self._told([one.iri for one in found])
        classes = {group for one in found for group in one.classes}
        iris = {
            *(one.iri for one in found),
            *classes,
            *(one.name.scheme for one in found if one.name.scheme),
            *naming.iris_in(row for rows in told.values() for row in rows),
        }
        namer = naming.Namer.of(self.repository.engine, iris, spoken)
        return [self._hit(one, told.get(one.iri, ()), namer) for one in found]

    def _hit(self, found: Candidate, told: Sequence[Row], namer: naming.Namer) -> Hit:
        thing = _cell(namer.link(found.iri))
        group = next((group for group in found.classes if group.startswith(DG) and group not in STAGES), None)
        facts = ((head, _values(told, name)) for name, head in CONTEXT.get(found.kind, ()))
        return Hit(
            thing=thing,
            kind=_cell(namer.link(group)) if group else _term_kind(found),
            date=_date(told),
            names=_others(found, self.repository.names.names(found.iri), thing.text, namer),
            facts=[
                (translated(head), [_cell(namer.link(str(value))) for value in values[:MOST_VALUES]])
                for head, values in facts
                if values
            ],
            text=_sentence(told, namer.languages),
            is_mentioned=found.is_mentioned,
        )

    def _told(self, iris: Iterable[str]) -> Mapping[str, list[Row]]:
        """What the graph says of some things on the properties that the page shows, by thing."""
        names = {name for told in CONTEXT.values() for name, _ in told} | {*DATES, *TEXTS}
        found: dict[str, list[Row]] = {}
        for batch in naming.batches(iris):
            things = operations.values("thing", batch)
            text = f"""PREFIX dcterms: <{DCTERMS}> PREFIX dg: <{DG}>
                SELECT ?thing ?property ?value ?edtf WHERE {{
                {{ {things} {operations.values("property", sorted(map(str, names)))}
                  ?thing ?property ?value OPTIONAL {{ ?value dg:edtf ?edtf }} }} UNION
                {{ {things} ?tenure dg:holder ?thing ; dg:tenureOffice ?value
                  BIND(dg:tenureOffice AS ?property) }} UNION
                {{ {things} ?value dcterms:publisher ?thing BIND(dcterms:publisher AS ?property) }}
                }} ORDER BY ?thing ?property ?value"""
            for row in operations.select(self.repository.engine, text).rows:
                found.setdefault(str(row["thing"]), []).append(row)
        return found


def _term_kind(found: Candidate) -> Cell | None:
    return next(
        (Cell(translated(name)) for group, name in TERM_KINDS.items() if group in found.classes), None
    )


def kind_of(found: Candidate) -> str:
    """Return under which heading a thing stands."""
    if GEOMETRY in found.classes:
        return "point"
    return found.kind if found.kind in HEADINGS else "term"


def _scope(kind: str | None) -> Scope:
    """The things that stand under a heading; all of them without one."""
    if kind is None:
        return Scope()
    if kind == "point":
        return Scope(classes=(GEOMETRY,))
    return Scope(kinds=("" if kind == "term" else kind,), without=(GEOMETRY,))


def _at(given: request_parsing.Fields, kind: str | None = None) -> str:
    """The address of the same search for another kind, or for all."""
    kept = {name: given[name][0] for name in ("q", LANG.name) if name in given}
    return f"{address('/search')}?{urlencode(kept | ({'kind': kind} if kind else {}))}"


def _cell(link: naming.Link) -> Cell:
    return links.iri_cell(link.iri, link.label, link.language or None)


def _date(told: Sequence[Row]) -> Cell | None:
    """The date of a thing in words."""
    found = (str(row.get("edtf", row["value"])) for name in DATES for row in _rows(told, name))
    edtf = next(found, None)
    return Cell(in_words(edtf, LANGUAGE.get()), title=edtf) if edtf else None


def _rows(told: Sequence[Row], name: Node) -> list[Row]:
    return [row for row in told if row["property"] == name]


def _values(told: Sequence[Row], name: Node) -> list[Node]:
    return [row["value"] for row in _rows(told, name)]


def _sentence(told: Sequence[Row], languages: Sequence[str]) -> Cell | None:
    """What a thing says, in the language that the reader likes best."""
    texts = [text for name in TEXTS for text in _values(told, name) if isinstance(text, Literal)]
    spoken = {text.language: text for text in reversed(texts)}
    chosen = next((spoken[language] for language in languages if language in spoken), None)
    return links.term_cell(chosen or texts[0]) if texts else None


def _others(found: Candidate, names: Iterable[Appellation], shown: str, namer: naming.Namer) -> list[Cell]:
    """The other names of a thing, first the one that it was found by; of a code with whose it is."""
    others = sorted((name for name in names if name.text != shown), key=lambda name: name != found.name)
    cells = {name.text: Cell(name.text, lang=name.language or None) for name in others}
    if found.name.scheme:
        scheme = namer.link(found.name.scheme)
        cells[found.name.text] = Cell(f"{scheme.label} {found.name.text}", lang=scheme.language or None)
    return list(cells.values())[:MOST_NAMES]


def search_result(found: Iterable[Candidate]) -> Operation:
    """The things found as a query that lists them, so that they come in every format of results."""
    rows = (
        (
            pyoxigraph.NamedNode(one.iri),
            _literal(one.label, one.language),
            _literal(one.name.text, one.name.language),
            pyoxigraph.Literal(str(one.score), datatype=DECIMAL),
            pyoxigraph.Literal(str(one.is_mentioned).lower(), datatype=BOOLEAN),
        )
        for one in found
    )
    listed = " ".join(f"({' '.join(map(str, row))})" for row in rows)
    return Operation(RESULT.format(rows=listed), "select", ours=True)


def _literal(text: str, language: str) -> pyoxigraph.Literal:
    return pyoxigraph.Literal(text, language=language or None)
