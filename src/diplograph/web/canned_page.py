"""The page of a canned query: its parameters, permalink, evidence, downloads and citations."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from urllib.parse import parse_qsl, urlencode

from diplograph import media
from diplograph.documents import naming, provenance
from diplograph.documents.dates import between
from diplograph.documents.provenance import EvidenceItem, Passage
from diplograph.engine import operations
from diplograph.engine.protocol import Engine, Operation
from diplograph.errors import (
    InvalidParameter,
    MalformedQuery,
    MemoryLimit,
    QueryTimeout,
    ResultTooLarge,
    TooComplex,
    UnknownResource,
)
from diplograph.evidence.records import Quotation
from diplograph.namespaces import short
from diplograph.queries import CannedQuery, Parameter, canned
from diplograph.queries.canned import Column, Reason, UnknownName
from diplograph.queries.parameters import quoted
from diplograph.release import Release
from diplograph.sparql.clauses import counting
from diplograph.translations import LANGUAGE, gettext, listed, translated
from diplograph.web import request_parsing, responses
from diplograph.web.addresses import address
from diplograph.web.answers import Shown
from diplograph.web.links import Cell
from diplograph.web.parameters import (
    COLUMNS,
    EVIDENCE,
    FILTER,
    FILTER_IN,
    LABELS,
    LANG,
    LIMIT,
    REWRITE,
    SORT,
    SPREADSHEET,
    TIMEOUT,
    VERSION,
)
from diplograph.web.thing_facts import SourceItem, source_items

OF_TABLES = (COLUMNS, EVIDENCE, FILTER, FILTER_IN, LABELS, SORT, SPREADSHEET)
"""Parameters of the service that mean something only where the answer is a table."""
SERVICE = (*OF_TABLES, LANG, LIMIT, REWRITE, TIMEOUT, VERSION)
"""The service's own parameters, which every canned query takes."""
RESERVED = tuple(parameter.name for parameter in SERVICE)
COUNT_SECONDS = 2.0
MOST_THINGS = 500
"""The most things of an answer that a page shows the evidence of."""
LEAST_SHOWN = 3
"""How much of what rests on a passage is told at least, what the answer has of it first."""
FIRST = (media.CSV, media.TURTLE)
CSL = "application/vnd.citationstyles.csl+json"
AUTHOR = "The diplograph authors"
PUBLISHER = "diplograph, a knowledge graph of diplomatic acts"
LATEX: Mapping[int, str] = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        '"': r"\textquotedbl{}",
        **{character: f"\\{character}" for character in "%&#_$"},
        **dict.fromkeys("\r\n\t", " "),
    }
)


def parameters(given: request_parsing.Fields) -> dict[str, list[str]]:
    """The query's own parameters; names that begin with an underscore are the service's."""
    unknown = sorted(name for name in given if name.startswith("_") and name not in RESERVED)
    if unknown:
        raise InvalidParameter(
            f"{unknown[0][:40]!r} is not a parameter. Expected: {', '.join(RESERVED)}.",
            parameters=unknown,
        )
    return {name: values for name, values in given.items() if name not in RESERVED}


def stated(query: CannedQuery, given: request_parsing.Fields) -> dict[str, list[str]]:
    """The query's own parameters without what a form sends of fields that were left empty.

    An empty value stays where it says something: that a default is not wanted.
    """
    found = {}
    for name, values in parameters(given).items():
        parameter = query.parameters.get(name)
        filled = [value for value in values if value]
        says_something = parameter is not None and parameter.optional and parameter.default
        if filled or says_something:
            found[name] = filled or [""]
    return found


def query_string(query: CannedQuery, given: request_parsing.Fields, **more: str) -> str:
    """What was asked as a query string, in ASCII as it may stand in a header.

    `more` are parameters of the service in the place of those that were given; an empty one is left out.
    """
    own = [(name, value) for name, values in stated(query, given).items() for value in values]
    ours = [(name, value) for name in RESERVED for value in given.get(name, ()) if name not in more]
    return urlencode([*own, *ours, *(pair for pair in more.items() if pair[1])])


def path(query: CannedQuery, values: Mapping[str, Sequence[str]]) -> str:
    """The path of a query's page with some values."""
    return f"/queries/{query.name}" + (f"?{urlencode(values, doseq=True)}" if values else "")


def permalink(query: CannedQuery, values: Mapping[str, Sequence[str]], release: str) -> str:
    """The path under which a release gives the same answer as long as it is kept."""
    return path(query, {**values, VERSION.name: [release]})


def needs_values(query: CannedQuery, given: request_parsing.Fields) -> bool:
    """Whether nothing was filled in yet and something has to be."""
    required = [p for p in query.parameters.values() if not (p.optional or p.default)]
    return bool(required) and not parameters(given)


def summary(query: CannedQuery) -> dict[str, object]:
    """What the list says about a query."""
    return {
        "name": query.name,
        "address": address(path(query, {})),
        "summary": query.summary,
        "question": query.question,
        "description": query.description,
        "tags": list(query.tags),
        "form": query.form,
        "columns": list(query.columns),
        "key": list(query.key),
        "parameters": [describe(parameter) for parameter in query.parameters.values()],
    }


def describe(parameter: Parameter) -> dict[str, object]:
    """What the list says about a parameter."""
    return {
        "name": parameter.name,
        "type": parameter.type,
        "label": parameter.label,
        "description": parameter.description,
        "expected": parameter.expected,
        "default": list(parameter.default),
        "example": list(parameter.example),
        "multiple": parameter.multiple,
        "optional": parameter.optional,
    }


@dataclass(frozen=True, slots=True)
class Why:
    """What a value does to an answer without rows, with a link to the page without it."""

    reason: Reason
    without: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that names nothing: what is said of it, and the page with each near name in its place."""

    name: UnknownName
    near: Sequence[Cell]

    @property
    def missing(self) -> str:
        """What is not there, in words without a full stop."""
        text = quoted(self.name.text)
        kinds = _kinds(self.name.parameter)
        if not self.name.is_slug:
            return gettext("nothing in this release is named %(text)s", text=text)
        if kinds:
            return gettext("no thing of kind %(kinds)s is called %(text)s", kinds=kinds, text=text)
        return gettext("no concept is called %(text)s", text=text)


@dataclass(frozen=True, slots=True)
class Download:
    """A link to the whole answer; `rows` is how many it will hold, None where that is not known."""

    address: str
    name: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: its words, how the rows are sorted by it, and the page that sorts them anew."""

    name: str
    text: str
    order: str | None
    address: str
    is_dated: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """How a page shows the table of an answer: which columns, sorted by which, and only rows with which text.

    `given` are the parameters of the request, of which links to other views keep the rest.
    """

    query: CannedQuery
    given: request_parsing.Fields
    text: str
    within: str
    order: str
    is_whole: bool

    @classmethod
    def of(cls, query: CannedQuery, given: request_parsing.Fields) -> TableView:
        """Read the parameters. Raises InvalidParameter, naming what was expected."""
        text, within, order = (request_parsing.value(given, one) or "" for one in (FILTER, FILTER_IN, SORT))
        return cls(query, given, text, within, order, request_parsing.value(given, COLUMNS) == "all")

    @property
    def columns(self) -> list[Column]:
        """The columns that the page shows."""
        return self.query.table(every=self.is_whole)

    @property
    def every(self) -> list[Column]:
        """All columns that there are."""
        return self.query.table(every=True)

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns; a second click turns the order round."""
        order = "descending" if self.order.startswith("-") else "ascending"
        by = self.order.removeprefix("-")
        return [
            Head(
                column.name,
                column.head,
                order if column.name == by else None,
                self.elsewhere(_sort=f"-{column.name}" if column.name == self.order else column.name),
                column.bounds is not None,
            )
            for column in self.columns
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters that the form of the filter sends along, by name and text."""
        return parse_qsl(query_string(self.query, self.given, _filter="", _filter_in="", _sort="", _lang=""))

    def elsewhere(self, **more: str) -> str:
        """The address of the page with other parameters of the service; an empty one is left out."""
        asked = query_string(self.query, self.given, **more)
        return address(path(self.query, {}) + (f"?{asked}" if asked else ""))

    def tabled(self, shown: Shown, languages: Sequence[str]) -> Shown:
        """The table with its columns in their order, things by their labels, and dates in words."""
        if shown.boolean is not None or shown.text is not None:
            return shown
        named, language = shown.labelled(languages), LANGUAGE.get()
        rows = [dict(zip(named.variables, row, strict=True)) for row in named.rows]
        columns = self.columns
        told = [[_told(row, column, language) for column in columns] for row in rows]
        names = [column.name for column in columns]
        return dataclasses.replace(named, variables=names, rows=told).dated(language)


def _told(row: Mapping[str, Cell | None], column: Column, language: str) -> Cell | None:
    """A cell; a date of which only the bounds are known is told by them."""
    days = [cell.text if (cell := row.get(name)) else "" for name in column.bounds or ()]
    if row.get(column.name) is None and any(days):
        return Cell(between(days[0], days[1], language), title="..".join(days))
    return row.get(column.name)


def rows_of(engine: Engine, shown: Shown, operation: Operation, limit: int | None) -> int | None:
    """How many rows a download has: counted by the engine where the page shows only the first."""
    if shown.boolean is not None or shown.text is not None:
        return None
    if shown.complete:
        return len(shown.rows)
    try:
        found = operations.select(engine, counting(operation.text), operation.base, COUNT_SECONDS)
    except (QueryTimeout, MemoryLimit, MalformedQuery, TooComplex):
        return None
    whole = int(str(found.rows[0]["rows"]))
    return whole if limit is None else min(whole, limit)


def why(engine: Engine, query: CannedQuery, values: Mapping[str, list[str]]) -> list[Why]:
    """Why an answer has no rows, parameter by parameter."""
    return [
        Why(
            reason,
            address(path(query, {n: texts for n, texts in values.items() if n != reason.parameter.name})),
        )
        for reason in canned.reasons(engine, query, values)
    ]


def unknown(
    engine: Engine,
    query: CannedQuery,
    values: Mapping[str, list[str]],
    error: UnknownResource,
    languages: Sequence[str],
) -> list[Unknown]:
    """What an error says of each value that names nothing."""
    found = cast("Sequence[UnknownName]", error.facts.get("unknown", ()))
    labels = naming.labels(engine, [iri for one in found for iri in one.near])
    return [
        Unknown(
            one,
            [
                _instead(query, values, one, iri, naming.best(labels.get(iri, {}), iri, languages))
                for iri in one.near
            ],
        )
        for one in found
    ]


def _instead(
    query: CannedQuery, values: Mapping[str, list[str]], one: UnknownName, iri: str, named: tuple[str, str]
) -> Cell:
    name = one.parameter.name
    texts = [short(iri) if text == one.text else text for text in values[name]]
    label, language = named
    return Cell(label, address(path(query, {**values, name: texts})), title=short(iri), lang=language or None)


def _kinds(parameter: Parameter) -> str:
    """The kinds of things that a parameter takes, concepts left out, as a list in words."""
    return listed([translated(kind) for kind in parameter.kinds if kind != "vocab"], "or")


def downloads(variants: responses.Variants, rows: int | None) -> list[Download]:
    """Every other format of the answer, the one that most people want first."""
    offered = sorted(variants.alternates(media.HTML), key=lambda pair: pair[1] not in FIRST)
    return [
        Download(link, responses.FORMAT_NAMES.get(name, name), rows if name == media.CSV else None)
        for link, name in offered
    ]


def spreadsheet(variants: responses.Variants) -> str | None:
    """The address of the table for a spreadsheet; None for an answer that is no table."""
    if media.CSV not in variants.offers:
        return None
    table = variants.address(media.CSV)
    return f"{table}{'&' if '?' in table else '?'}{urlencode({'_spreadsheet': 1})}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the things in the columns of an answer that carry evidence rest on."""

    found: Sequence[EvidenceItem]
    passages: Mapping[str, Passage]

    @classmethod
    def of(cls, engine: Engine, query: CannedQuery, shown: Shown, languages: Sequence[str]) -> Evidence:
        """Look the evidence up; too much of it for a page is none."""
        things = named(shown, query.statements)[:MOST_THINGS]
        try:
            found = provenance.evidence_of(engine, things) if things else []
            passages = provenance.passages(engine, {one.target for one in found}, languages)
        except ResultTooLarge:
            return cls([], {})
        return cls(found, passages)

    def sources(self, quotations: Mapping[str, Quotation]) -> list[SourceItem]:
        """The passages under their documents, with what they say."""
        return source_items(
            self.passages.values(), quotations, {one.thing for one in self.found}, LEAST_SHOWN
        )

    def placed(self, shown: Shown) -> Shown:
        """The same table, each span in it named by its document and its place there."""
        places: dict[str | None, str] = {one.target: one.spoken for one in self.found}
        rows = [[_placed(cell, places) for cell in row] for row in shown.rows]
        return dataclasses.replace(shown, rows=rows)


def named(shown: Shown, columns: Sequence[str]) -> list[str]:
    """The IRIs of ours in some columns of a table, each once, in their order."""
    places = [shown.variables.index(name) for name in columns if name in shown.variables]
    cells = (cell for row in shown.rows for place in places if (cell := row[place]) is not None)
    terms = (term for cell in cells for term in (cell, *cell.parts))
    return list(dict.fromkeys(term.iri for term in terms if term.iri))


def _placed(cell: Cell | None, places: dict[str | None, str]) -> Cell | None:
    if cell is None:
        return None
    if cell.parts:
        return dataclasses.replace(cell, parts=tuple(_placed(part, places) or part for part in cell.parts))
    if cell.iri not in places or cell.lang:  # a document has a label
        return cell
    return dataclasses.replace(cell, text=places[cell.iri], title=cell.title or cell.text)


@dataclass(frozen=True, slots=True)
class Citation:
    """What a canned query answered on one release.

    `values` are the parameters that were given, `text` is the query with them in it, `address` the absolute
    address that gives the same answer as long as the release is kept.
    """

    query: CannedQuery
    values: Mapping[str, Sequence[str]]
    text: str
    release: Release
    address: str

    @property
    def key(self) -> str:
        """A name for the entry: the same query with the same values on the same release has the same."""
        digest = hashlib.sha256(f"{self.release.id} {self.text}".encode()).hexdigest()
        return f"diplograph-{self.query.name}-{digest[:8]}"

    @property
    def day(self) -> date:
        """The day the release was first built."""
        return datetime.fromisoformat(str(self.release.manifest["created"])).date()

    @property
    def note(self) -> str:
        """Query, parameters and the hash of the text that was asked."""
        given = "; ".join(f"{name} = {', '.join(values)}" for name, values in self.values.items())
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return f"Canned query {self.query.name}; {given or 'no parameters'}; SHA-256 of its text {digest}"

    def csl(self) -> dict[str, object]:
        """The entry in CSL-JSON (citationstyles.org, schema 1.0.2)."""
        return {
            "id": self.key,
            "type": "dataset",
            "title": self.query.summary,
            "author": [{"literal": AUTHOR}],
            "issued": {"date-parts": [[self.day.year, self.day.month, self.day.day]]},
            "publisher": PUBLISHER,
            "version": self.release.name,
            "URL": self.address,
            "note": self.note,
        }

    def bibtex(self) -> str:
        """The entry in BibTeX, every character of its fields kept."""
        fields = {
            "author": f"{{{latex(AUTHOR)}}}",
            "title": f"{{{latex(self.query.summary)}}}",
            "year": str(self.day.year),
            "month": str(self.day.month),
            "howpublished": latex(f"{PUBLISHER}, release {self.release.name}"),
            "url": self.address,
            "note": latex(self.note),
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@misc{{{self.key},\n{lines}}}\n"


def latex(text: str) -> str:
    """Text as LaTeX sets it, with nothing that opens or closes a group of its own."""
    return text.translate(LATEX)
