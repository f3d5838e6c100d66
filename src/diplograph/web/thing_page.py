"""The page about a thing: one template, filled from the questions that its kind asks, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request

from diplograph import media, resources
from diplograph.evidence.quoting import Quotation
from diplograph.publication import Publication
from diplograph.queries import CannedQuery
from diplograph.resources import ResourceView
from diplograph.resources.questions import BY_KIND
from diplograph.resources.quotations import quotations
from diplograph.resources.sections import Entry, Question, Section, sections
from diplograph.vocab import ID
from diplograph.web import around, atlas, bodies, glances, headers, languages, links, rdf, represent, things


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a section: the cells of each column, by its variable."""

    cells: Mapping[str, tuple[links.Cell, ...]]
    inferred: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows under one value, or all of them; `more` is how many are not shown."""

    of: links.Cell | None
    rows: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A section ready to print: the columns with something in them by variable; `all` leads to every row."""

    name: str
    heading: str
    note: str
    columns: tuple[tuple[str, str], ...]
    parts: tuple[Lines, ...]
    complete: bool
    late: bool
    all: str | None


def respond(publication: Publication, iri: str, variants: represent.Variants | None) -> Response:
    """The page about an IRI. Raises UnknownResource when nothing is known about it."""
    given = bodies.fields(request.query_string)
    spoken = languages.preferred(given)
    engine = publication.engine
    view = resources.view(engine, iri, spoken)
    answers = sections(engine, iri, BY_KIND.get(view.kind or "", ()), spoken)
    words = _words(publication, [*things.spans_of(view), *_spans(answers)])
    response = represent.page(
        "thing.html",
        variants,
        title=view.label,
        general=rdf.embedded(resources.describe(engine, iri, "schema")),
        glance=glances.glance(view),
        sections={
            answer.question.name: shown(answer, view, publication.queries.values()) for answer in answers
        },
        neighbourhood=around.around(engine, view),
        places=atlas.of_things(engine, [iri]) if view.kind == "place" else [],
        places_name=view.slug,
        words={links.page_of(span): one for span, one in words.items()},
        choices=languages.choices(variants.address(media.HTML), spoken) if variants else [],
        **things.page(view, words),
    )
    if any(answer.late for answer in answers):
        response.headers["Cache-Control"] = headers.NO_STORE
    return languages.mark(response, given)


def shown(answer: Section, view: ResourceView, queries: Iterable[CannedQuery]) -> Shown:
    """A section as its template prints it."""
    question = answer.question
    parts = tuple(
        Lines(
            things.value_cell(part.of) if part.of else None,
            tuple(_line(question, entry) for entry in part.entries),
            part.total - len(part.entries),
        )
        for part in answer.parts
    )
    filled = {name for part in parts for line in part.rows for name, cells in line.cells.items() if cells}
    return Shown(
        question.name,
        question.heading,
        question.note,
        tuple((name, heading) for name, heading in question.columns.items() if name in filled),
        parts,
        answer.complete,
        answer.late,
        _all(question, view, queries),
    )


def _line(question: Question, entry: Entry) -> Line:
    cells = (tuple(things.value_cell(value) for value in values) for values in entry.cells)
    return Line(dict(zip(question.columns, cells, strict=True)), entry.inferred)


def _all(question: Question, view: ResourceView, queries: Iterable[CannedQuery]) -> str | None:
    """The address of the canned query that says in its header that it lists every row."""
    section = f"{view.kind}/{question.name}"
    for query in queries:
        if section in query.pages:
            return f"/queries/{query.name}?{urlencode({query.pages[section]: view.iri})}"
    return None


def _words(publication: Publication, spans: list[str]) -> dict[str, Quotation]:
    """The words of passages, when the service was started with the sources."""
    folder = publication.settings.passages
    return quotations(publication.engine, folder, spans) if folder and spans else {}


def _spans(answers: Iterable[Section]) -> list[str]:
    """The spans that the sections of a document list."""
    return [
        value.link.iri
        for answer in answers
        if answer.question.name == "spans"
        for part in answer.parts
        for entry in part.entries
        for value in entry.cells[0]
        if value.link is not None and value.link.iri.startswith(f"{ID}span/")
    ]
