"""Things: one 303 from a name to the right document, and the page about a thing with its neighbourhood."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

import pyoxigraph
from flask import Blueprint, Response, request

from diplograph import documents, media
from diplograph.documents import Link, ResourceView, Value, naming, provenance
from diplograph.documents.neighbourhood import neighbourhood
from diplograph.documents.provenance import Passage, Statement
from diplograph.documents.questions import BY_KIND, WORDS
from diplograph.documents.sections import Question, Section, SectionItem, sections
from diplograph.errors import BadRequest, InvalidParameter, WithdrawnResource
from diplograph.namespaces import OA, kind_of
from diplograph.queries import CannedQuery
from diplograph.repository import Repository
from diplograph.translations import gettext, gettext_noop
from diplograph.web import (
    answers,
    between,
    headers,
    languages,
    links,
    request_parsing,
    responses,
    thing_facts,
    thing_summary,
)
from diplograph.web.addresses import address
from diplograph.web.links import Cell
from diplograph.web.parameters import IRI, LANG, PROFILE, ServiceParameter
from diplograph.web.pictures import canvas
from diplograph.web.thing_facts import STATEMENTS_SHOWN, Proof, proofs, source_items

AMOUNT = re.compile(r"(at least |at most )?(about )?(\d+)(?: to (\d+))?", re.ASCII)
"""A number as our own queries tell it."""
HOW = gettext_noop({"asserted": "asserted", "claimed": "claimed", "inferred": "inferred"})
"""How an edge is known, in words."""
PASSAGES = ("span", "evidence")
"""Kinds whose page is about a passage."""
MOST_STATEMENTS = 200
"""How many of the things that rest on a passage its own page tells."""
OF_DOCUMENTS = (LANG, PROFILE)
"""What a document may be asked for with, beside `version`."""
URI = ServiceParameter("uri", IRI, "an absolute IRI", "The thing to describe.", required=True)


@dataclass(frozen=True, slots=True)
class End:
    """One end of an edge."""

    iri: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Edge:
    """One row of the table."""

    source: End
    target: End
    relations: tuple[str, ...]
    how: str
    how_told: str
    is_answer: bool


@dataclass(frozen=True, slots=True)
class NeighbourhoodTable:
    """What the page shows: the thing, a name for files, the edges, how many neighbours are not among them."""

    this: str
    name: str
    edges: tuple[Edge, ...]
    left_out: int


def neighbourhood_table(repository: Repository, view: ResourceView) -> NeighbourhoodTable:
    """What stands around the thing of a view; around what a source mentions nothing that none does."""
    found = neighbourhood(repository.engine, view, repository.unmentioned)
    edges = tuple(
        Edge(_end(one.source), _end(one.target), one.relations, one.how, gettext(HOW[one.how]), one.is_answer)
        for one in found.edges
    )
    return NeighbourhoodTable(view.iri, f"around-{view.slug or 'thing'}", edges, found.left_out)


def _end(link: Link) -> End:
    return End(link.iri, links.iri_cell(link.iri, link.label, link.language or None))


@dataclass(frozen=True, slots=True)
class PageRow:
    """One row of a section: the cells of each column, by its variable, and what it rests on."""

    cells: Mapping[str, tuple[links.Cell, ...]]
    inferred: bool
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class PageTable:
    """The rows under one value, or all of them; `more` is how many are not shown."""

    of: links.Cell | None
    rows: tuple[PageRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A section ready to print: the columns with something in them by variable; `all` leads to every row."""

    name: str
    heading: str
    note: str
    columns: tuple[tuple[str, str], ...]
    parts: tuple[PageTable, ...]
    complete: bool
    late: bool
    all: str | None


def respond(repository: Repository, iri: str, variants: responses.Variants | None) -> Response:
    """The page about an IRI. Raises UnknownResource when nothing is known about it."""
    given = request_parsing.fields(request.query_string)
    spoken = languages.preferred(given)
    engine = repository.engine
    view = documents.view(engine, iri, spoken)
    answers = sections(engine, iri, BY_KIND.get(view.kind or "", ()), spoken)
    items = provenance.evidence_of(engine, _things(view, answers))
    proven, mine = proofs(items), [one.target for one in items if one.thing == iri]
    targets = dict.fromkeys([*_passages_told(view, answers), *mine])
    more = provenance.passages(engine, targets.keys() - view.passages.keys(), spoken)
    found = {**view.passages, **more}
    passages = {iri: found[iri] for iri in targets if iri in found}
    words = provenance.quotations(engine, repository.settings.passages, passages)
    response = responses.page(
        "thing.html",
        variants,
        title=thing_summary.heading(view),
        title_language=view.told[1],
        is_passage=view.kind in PASSAGES and bool(passages),
        sources=source_items(
            _under_evidence(view, passages, mine),
            words,
            {iri},
            MOST_STATEMENTS if view.kind in PASSAGES else STATEMENTS_SHOWN,
        ),
        general=responses.embedded(documents.describe(engine, iri, "schema")),
        key_facts=thing_summary.beside(view, proven),
        summary=thing_summary.summary(view),
        sections={
            answer.question.name: shown(answer, view, repository.queries.values(), proven)
            for answer in answers
        },
        neighbourhood=neighbourhood_table(repository, view),
        places=canvas.of_things(engine, [iri]) if view.kind == "place" else [],
        places_name=view.slug,
        passages={
            one.place.iri: one for source in source_items(passages.values(), words) for one in source.passages
        },
        stories=between.stories(engine, view, spoken),
        is_state=view.kind == "state",
        is_mentioned=iri not in repository.unmentioned,
        **thing_facts.page(view, proven),
    )
    if any(answer.late for answer in answers):
        response.headers["Cache-Control"] = headers.NO_STORE
    return response


def shown(
    answer: Section, view: ResourceView, queries: Iterable[CannedQuery], proven: Mapping[str, Proof]
) -> Shown:
    """A section as its template prints it."""
    question = answer.question
    parts = tuple(
        PageTable(
            _cell(part.of) if part.of else None,
            tuple(_line(question, entry, proven) for entry in part.entries),
            part.total - len(part.entries),
        )
        for part in answer.parts
    )
    filled = {name for part in parts for line in part.rows for name, cells in line.cells.items() if cells}
    return Shown(
        question.name,
        gettext(question.heading),
        gettext(question.note) if question.note else "",
        tuple((name, gettext(heading)) for name, heading in question.columns.items() if name in filled),
        parts,
        answer.complete,
        answer.late,
        _all(question, view, queries),
    )


def _line(question: Question, entry: SectionItem, proven: Mapping[str, Proof]) -> PageRow:
    cells = (tuple(map(_cell, values)) for values in entry.cells)
    found = (proven[iri] for iri in _bearers(question, entry) if iri in proven)
    proof = None if entry.inferred else next(found, None)
    return PageRow(dict(zip(question.columns, cells, strict=True)), entry.inferred, proof)


def _cell(value: Value) -> Cell:
    """A value; a text that is of the question itself, not of the data, in the language that is spoken."""
    shown = thing_facts.value_cell(value)
    if value.link is not None or value.language:
        return shown
    if (found := AMOUNT.fullmatch(value.text)) and not value.text.isdecimal():
        bound, about, first, last = found.groups()
        least = None if bound == "at most " else int(first)
        most = None if bound == "at least " else int(last or first)
        return replace(shown, text=thing_facts.amount(least, most, is_about=bool(about)), lang=None)
    return replace(shown, text=gettext(value.text), lang=None) if value.text in WORDS else shown


def _bearers(question: Question, entry: SectionItem) -> list[str]:
    """The things of a row that what it says may rest on, who carries or claims it before what it is about."""
    columns = dict(zip(question.columns, entry.cells, strict=True))
    values = (*columns.get("carrier", ()), *columns.get("claim", ()), *entry.cells[0])
    return [value.link.iri for value in values if value.link is not None]


def _all(question: Question, view: ResourceView, queries: Iterable[CannedQuery]) -> str | None:
    """The address of the canned query that says in its header that it lists every row."""
    section = f"{view.kind}/{question.name}"
    for query in queries:
        if section in query.pages:
            return address(f"/queries/{query.name}?{urlencode({query.pages[section]: view.iri})}")
    return None


def _things(view: ResourceView, answers: Iterable[Section]) -> set[str]:
    """The things whose evidence a page leads to: its own, and those that its facts and rows name."""
    facts = (value for entry in (*view.outgoing, *view.incoming) for value in entry.values)
    rows = (
        iri
        for answer in answers
        if answer.question.name != "spans"
        for part in answer.parts
        for entry in part.entries
        for iri in _bearers(answer.question, entry)
    )
    named = {*(value.link.iri for value in facts if value.link is not None), *rows}
    return {view.iri, *(iri for iri in named if kind_of(iri))}


def _passages_told(view: ResourceView, answers: Iterable[Section]) -> list[str]:
    """The passages that a page tells beside those that the thing rests on: itself, its own, what it lists."""
    if view.kind == "span":
        return [view.iri]
    targets = (entry.values for entry in view.outgoing if entry.predicate.iri == str(OA.hasTarget))
    own = [value.link.iri for values in targets for value in values if value.link is not None]
    return own + _spans(answers)


def _under_evidence(
    view: ResourceView, passages: Mapping[str, Passage], mine: Collection[str]
) -> list[Passage]:
    """The passages under the heading of evidence: those of the thing, or the one that the page is about."""
    if view.kind == "evidence":
        return [replace(one, statements=_of_evidence(one, view.iri)) for one in passages.values()]
    return [one for one in passages.values() if view.kind == "span" or one.target in mine]


def _of_evidence(passage: Passage, evidence: str) -> tuple[Statement, ...]:
    return tuple(one for one in passage.statements if one.evidence.iri == evidence)


def _spans(answers: Iterable[Section]) -> list[str]:
    """The spans that the sections of a document list."""
    return [
        value.link.iri
        for answer in answers
        if answer.question.name == "spans"
        for part in answer.parts
        for entry in part.entries
        for value in entry.cells[0]
        if value.link is not None
    ]


@dataclass(frozen=True, slots=True)
class ThingDocuments:
    """Publishes every thing of the release under the name that the data gives it."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount names and documents."""
        pages = Blueprint("resources", __name__)
        pages.add_url_rule("/id/<kind>/<slug>", view_func=self.thing)
        pages.add_url_rule("/doc/<kind>/<slug>", view_func=self.document)
        for name, view in (("vocab", self.concept), ("graph", self.graph), ("rule", self.rule)):
            pages.add_url_rule(f"/{name}/<name>", endpoint=name, view_func=view)
        for suffix in ("", *(f".{suffix}" for suffix in media.DOCUMENT_TYPES.values())):
            pages.add_url_rule(f"/dataset{suffix}", view_func=self.dataset, defaults={"suffix": suffix})
        pages.add_url_rule("/describe", view_func=self.describe)
        return pages

    def thing(self, kind: str, slug: str) -> Response:
        """Redirects from a thing to the document about it, straight to the right format.

        A thing that was merged into another redirects to that one for good; one that was withdrawn is gone.
        """
        iri = links.thing(self.repository.engine, kind, slug)
        self._exists(iri)
        if (replacement := self._replacement(iri)) is not None:
            return responses.moved(_of(links.path_of(replacement), replacement))
        chosen = responses.accept(media.DOCUMENT_TYPES)
        return responses.see_other(responses.Variants(_path("doc", kind, slug), media.DOCUMENT_TYPES), chosen)

    def document(self, kind: str, slug: str) -> Response:
        """Sends the document about a thing; the suffix wins over Accept."""
        stem, chosen = responses.split(slug, media.DOCUMENT_TYPES)
        iri = links.thing(self.repository.engine, kind, stem)
        self._exists(iri)
        if (replacement := self._replacement(iri)) is not None:
            return responses.moved(_of(links.page_of(replacement), replacement) + slug.removeprefix(stem))
        return self._document(
            iri, chosen, responses.Variants(_path("doc", kind, stem), media.DOCUMENT_TYPES, iri=iri)
        )

    def concept(self, name: str) -> Response:
        """Redirects from a concept to its document, or sends that by its suffix."""
        return self._named("vocab", name)

    def graph(self, name: str) -> Response:
        """Redirects from a named graph to its description, or sends that by its suffix."""
        return self._named("graph", name)

    def rule(self, name: str) -> Response:
        """Redirects from a rule of inference to its description, or sends that by its suffix."""
        return self._named("rule", name)

    def dataset(self, suffix: str) -> Response:
        """Redirects from the dataset to the document about it, or sends that by its suffix."""
        return self._named("", f"dataset{suffix}")

    def describe(self) -> Response:
        """Sends a document about any IRI that the graph mentions."""
        given = request_parsing.fields(request.query_string)
        answers.this_release(given, self.repository.release.id, "version", "_version")
        iri = request_parsing.value(given, URI)
        if iri is None:
            raise BadRequest("There is no IRI to describe.", parameters=["uri"], hint="Send ?uri=.")
        self._exists(checked(iri))
        chosen = responses.accept(media.DOCUMENT_TYPES)
        return self._document(iri, chosen, None)

    def _named(self, collection: str, name: str) -> Response:
        stem, chosen = responses.split(name, media.DOCUMENT_TYPES)
        iri = links.named(self.repository.engine, *filter(None, (collection, stem)))
        self._exists(iri)
        variants = responses.Variants(_path(collection, stem), media.DOCUMENT_TYPES, iri=iri)
        return (
            responses.see_other(variants, chosen) if stem == name else self._document(iri, chosen, variants)
        )

    def _document(self, iri: str, chosen: str, variants: responses.Variants | None) -> Response:
        given = request_parsing.fields(request.query_string)
        request_parsing.check(given, OF_DOCUMENTS)
        answers.this_release(given, self.repository.release.id, "version", "_version")
        if chosen == media.HTML:
            return respond(self.repository, iri, variants)
        profile = request_parsing.value(given, PROFILE) or documents.PROFILES[0]
        graph = documents.describe(self.repository.engine, iri, profile)
        return responses.send(responses.serialise(graph, chosen, iri), chosen, variants)

    def _replacement(self, iri: str) -> str | None:
        """The IRI of what took a thing's place, None for one that stands. Raises WithdrawnResource."""
        found = naming.withdrawal(self.repository.engine, iri)
        if found is None:
            return None
        if found.replacement is None:
            raise WithdrawnResource(f"{iri} was withdrawn. {found.reason}".strip())
        return found.replacement

    def _exists(self, iri: str) -> None:
        """Raises UnknownResource, with near names, for an IRI that no triple mentions."""
        if not naming.exists(self.repository.engine, iri):
            raise naming.unknown(self.repository.engine, iri, self.repository.named)


def checked(iri: str) -> str:
    """An IRI that a caller sent. Raises InvalidParameter for what is none."""
    try:
        return pyoxigraph.NamedNode(iri).value
    except ValueError as error:
        raise InvalidParameter("uri has to be an absolute IRI.", parameters=["uri"]) from error


def _of(path: str | None, iri: str) -> str:
    """The address of what has a path here; the IRI itself of anything else."""
    return iri if path is None else address(path)


def _path(*parts: str) -> str:
    return "/" + "/".join(quote(part, safe="") for part in parts if part)
