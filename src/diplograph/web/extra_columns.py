"""Tables as they are asked for: columns added, rows chosen and sorted; and CSV for spreadsheets.

A program gets the CSV of the specification as it is. A spreadsheet takes a cell that begins with = + - or @
for a formula, so in the download for people such a cell begins with an apostrophe, unless it is a number; and
a byte order mark says that the file is UTF-8. Which cells are numbers is known from the types, which CSV has
not: the rows are taken from the result in TSV (https://www.w3.org/TR/sparql11-results-csv-tsv/).
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyoxigraph
from flask import Response
from pyoxigraph import Literal, NamedNode, QueryResultsFormat

from diplograph import media
from diplograph.documents import naming, provenance
from diplograph.documents.dates import DATATYPES, LANGUAGES, in_words
from diplograph.engine import operations
from diplograph.engine.protocol import Answer, Engine, Operation, Spool
from diplograph.errors import InvalidParameter, ResultTooLarge
from diplograph.namespaces import XSD, is_ours, short
from diplograph.queries.canned import LABEL, CannedQuery, Column
from diplograph.sparql import results
from diplograph.web import answers, parameters, request_parsing

Rows = list[list[results.Term | None]]
LITERAL = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?:@\S+|\^\^<(?P<datatype>[^>]*)>)?', re.DOTALL)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
SPECIAL = re.compile('[",\r\n]')
NUMBER_TYPES = frozenset(
    f"{XSD}{name}"
    for name in (
        *("integer", "decimal", "double", "float", "long", "int", "short", "byte", "nonNegativeInteger"),
        *("positiveInteger", "negativeInteger", "nonPositiveInteger", "unsignedLong", "unsignedInt"),
        *("unsignedShort", "unsignedByte"),
    )
)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Which rows are wanted of the answer to a canned query, in which order, and which columns.

    A row is wanted that has `text` in a cell of the columns `within`. The rows are sorted by `by`, where that
    is a column, from the greatest down where `is_reversed`; things by their labels, in the first of the
    languages that will do. `columns` are those that stay, None for all.
    """

    text: str = ""
    within: tuple[Column, ...] = ()
    by: Column | None = None
    is_reversed: bool = False
    columns: tuple[Column, ...] | None = None
    languages: tuple[str, ...] = LANGUAGES

    @classmethod
    def of(cls, given: request_parsing.Fields, query: CannedQuery) -> Arrangement:
        """Read `_columns`, `_sort`, `_filter` and `_filter_in`.

        Raises InvalidParameter, naming what was expected.
        """
        every = query.table(every=True)
        by = request_parsing.value(given, parameters.SORT) or ""
        within = request_parsing.value(given, parameters.FILTER_IN) or ""
        chosen = request_parsing.value(given, parameters.COLUMNS) == "headline"
        return cls(
            (request_parsing.value(given, parameters.FILTER) or "").strip().casefold(),
            tuple(_named(every, within, parameters.FILTER_IN) if within else every),
            next(iter(_named(every, by.removeprefix("-"), parameters.SORT)), None) if by else None,
            by.startswith("-"),
            tuple(query.table()) if chosen else None,
        )

    @property
    def moves_rows(self) -> bool:
        """Whether rows go, or change their places."""
        return bool(self.text or self.by)

    def __bool__(self) -> bool:
        """Whether anything is other than in the answer itself."""
        return self.moves_rows or self.columns is not None

    def arrange(self, engine: Engine, table: ExtendedTable) -> None:
        """Leave in a table what is wanted, in its order; rows with nothing to sort by come last."""
        if self.text:
            texts = [column for one in self.within for column in _texts(engine, table, one)]
            found = [any(self.text in text for text in row) for row in zip(*texts, strict=True)]
            table.rows = [row for row, is_found in zip(table.rows, found, strict=True) if is_found]
        if self.by:
            columns = [_keys(engine, table, name, self.languages) for name in _leading(self.by)]
            keys = list(zip(*columns, strict=True))
            order = sorted(range(len(keys)), key=keys.__getitem__, reverse=self.is_reversed)
            blank = [place for place in order if not any(keys[place])]
            table.rows = [table.rows[place] for place in [*(p for p in order if any(keys[p])), *blank]]
        if self.columns is not None:
            table.keep([name for column in self.columns for name in column.variables])


AS_IT_IS = Arrangement()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a table: labels in languages and evidence of columns beside them, and which rows."""

    languages: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    arrangement: Arrangement = AS_IT_IS

    @classmethod
    def of(cls, given: request_parsing.Fields, statements: Sequence[str] | None = None) -> Wanted:
        """Read `_labels`, and `_evidence` where there are columns that may carry some.

        Raises InvalidParameter, naming what was expected.
        """
        asked = request_parsing.value(given, parameters.LABELS) or ""
        languages = tuple(tag.strip() for tag in asked.split(",") if tag)
        evidence = request_parsing.value(given, parameters.EVIDENCE)
        if evidence == "1" and statements is None:
            name = parameters.EVIDENCE.name
            raise InvalidParameter(
                f"{name} goes with a canned query whose answer is a table.", parameters=[name]
            )
        return cls(languages, tuple(statements or ()) if evidence == "1" else ())

    def __bool__(self) -> bool:
        """Whether anything is."""
        return bool(self.languages or self.statements or self.arrangement)


@dataclass(slots=True)
class ExtendedTable:
    """Columns and rows that grow."""

    names: list[str]
    rows: Rows

    def add(self, after: str, name: str, values: Iterable[results.Term | None]) -> None:
        """Put a column behind another one."""
        place = self.names.index(after) + 1
        self.names.insert(place, name)
        for row, value in zip(self.rows, values, strict=True):
            row.insert(place, value)

    def put(self, after: str, name: str, values: Sequence[results.Term | None]) -> None:
        """The same; of a column that is there already the values that are given take the place."""
        if name not in self.names:
            self.add(after, name, values)
            return
        place = self.names.index(name)
        for row, value in zip(self.rows, values, strict=True):
            row[place] = value or row[place]

    def keep(self, names: Sequence[str]) -> None:
        """Leave out every column but some, which are put in this order."""
        places = [self.names.index(name) for name in names if name in self.names]
        self.names = [self.names[place] for place in places]
        self.rows = [[row[place] for place in places] for row in self.rows]

    def column(self, name: str | None) -> Sequence[results.Term | None]:
        """The terms of a column, none of one that is not there."""
        if name not in self.names:
            return [None] * len(self.rows)
        place = self.names.index(name)
        return [row[place] for row in self.rows]

    def iris(self, name: str) -> list[str | None]:
        """The IRIs of ours in a column, None for what else stands there."""
        place = self.names.index(name)
        cells = (row[place] for row in self.rows)
        return [c.value if isinstance(c, NamedNode) and is_ours(c.value) else None for c in cells]


def _named(columns: Sequence[Column], name: str, parameter: parameters.ServiceParameter) -> list[Column]:
    """The one column of a name. Raises InvalidParameter, with those that there are."""
    found = [column for column in columns if column.name == name]
    if not found:
        expected = ", ".join(column.name for column in columns)
        detail = f"{parameter.name} is {name[:40]!r}. Expected: {expected}."
        raise InvalidParameter(detail, parameters=[parameter.name], expected=expected)
    return found


def _leading(column: Column) -> Sequence[str]:
    """What a column is sorted by: a date by its first day, then its last."""
    return column.bounds or (column.name,)


def _keys(engine: Engine, table: ExtendedTable, name: str, languages: Sequence[str]) -> list[Any]:
    """What the cells of a column are sorted by, numbers before texts; empty for a cell without anything."""
    labels = _labels(engine, table, name)
    return [_key(term, labels, languages) for term in table.column(name)]


def _key(
    term: results.Term | None, labels: naming.Labels, languages: Sequence[str]
) -> tuple[()] | tuple[int, float, str]:
    if term is None:
        return ()
    if isinstance(term, NamedNode):
        return 1, 0.0, naming.best(labels.get(term.value, {}), term.value, languages)[0].casefold()
    if isinstance(term, Literal) and term.datatype.value in NUMBER_TYPES:
        with suppress(ValueError):
            return 0, float(term.value), ""
    text = term.value.lstrip("[./") if isinstance(term, Literal) else str(term)
    return 1, 0.0, text.casefold()


def _texts(engine: Engine, table: ExtendedTable, column: Column) -> Iterator[list[str]]:
    """What stands in the cells of a column, for each of its variables: values, labels, dates in words."""
    for name in column.variables:
        labels = _labels(engine, table, name)
        yield [" ".join(_spellings(term, labels)).casefold() for term in table.column(name)]


def _spellings(term: results.Term | None, labels: naming.Labels) -> Iterator[str]:
    if isinstance(term, NamedNode):
        yield from (short(term.value), *labels.get(term.value, {}).values())
    elif isinstance(term, Literal):
        yield term.value
        if term.datatype.value in DATATYPES:
            yield from (in_words(term.value, language) for language in LANGUAGES)


def _labels(engine: Engine, table: ExtendedTable, name: str) -> naming.Labels:
    iris = table.iris(name) if name in table.names else []
    return naming.labels(engine, dict.fromkeys(iri for iri in iris if iri))


def evaluate(
    engine: Engine, operation: Operation, media_type: str, policy: answers.Policy, wanted: Wanted
) -> Answer:
    """The answer to a SELECT query with the rows and columns that are wanted. Raises ResultTooLarge."""
    limit = policy.limit
    if wanted.arrangement.moves_rows:
        policy = dataclasses.replace(policy, limit=None)
    answer = answers.evaluate(engine, operation, media.RESULTS_JSON, policy)
    if answer.size > operations.MAX_READ:
        answer.close()
        detail = f"Columns are added to answers of up to {operations.MAX_READ} bytes."
        raise ResultTooLarge(detail, limit=operations.MAX_READ)
    found = pyoxigraph.parse_query_results(answer.body, QueryResultsFormat.JSON)
    if not isinstance(found, pyoxigraph.QuerySolutions):
        return answers.evaluate(engine, operation, media_type, policy)
    table = ExtendedTable([variable.value for variable in found.variables], [list(row) for row in found])
    wanted.arrangement.arrange(engine, table)
    complete = answer.complete and (limit is None or len(table.rows) <= limit)
    del table.rows[len(table.rows) if limit is None else limit :]
    _add_evidence(engine, table, wanted.statements)
    _add_labels(engine, table, wanted.languages)
    content = _written(table, media_type, complete=complete)
    return dataclasses.replace(answer, content=content, media=media_type, complete=complete)


def _add_labels(engine: Engine, table: ExtendedTable, languages: Sequence[str]) -> None:
    iris = {name: table.iris(name) for name in table.names} if languages else {}
    labels = naming.labels(engine, {iri for column in iris.values() for iri in column if iri})
    for name, column in iris.items():
        if any(column):
            found = [_label(labels.get(iri or "", {}), languages) for iri in column]
            table.put(name, f"{name}{LABEL}", found)


def _label(found: Mapping[str, str], languages: Sequence[str]) -> Literal | None:
    best = next((language for language in languages if language in found), None)
    return None if best is None else Literal(found[best], language=best)


def _add_evidence(engine: Engine, table: ExtendedTable, statements: Sequence[str]) -> None:
    columns = {name: table.iris(name) for name in statements if name in table.names}
    passages: dict[str, list[str]] = {}
    for one in provenance.evidence_of(engine, {iri for column in columns.values() for iri in column if iri}):
        passages.setdefault(one.thing, []).append(one.address)
    for name, column in columns.items():
        texts = (" ".join(dict.fromkeys(passages.get(iri or "", ()))) for iri in column)
        table.add(name, f"{name}Evidence", [Literal(text) if text else None for text in texts])


def _written(table: ExtendedTable, media_type: str, *, complete: bool) -> bytes:
    """The table in a media type; where rows were cut it is marked as the engine marks it."""
    caps = results.Caps(1 << 62, limit=None if complete else len(table.rows))
    rows: Rows = table.rows if complete else [*table.rows, [None] * len(table.names)]
    return b"".join(results.bindings(table.names, rows, media_type, caps))


def offered(given: request_parsing.Fields, offers: Mapping[str, str]) -> Mapping[str, str]:
    """What there is to negotiate: CSV alone where the result is to be opened in a spreadsheet."""
    is_asked = request_parsing.value(given, parameters.SPREADSHEET) == "1"
    return {media.CSV: offers[media.CSV]} if is_asked and media.CSV in offers else offers


def is_spreadsheet(given: request_parsing.Fields, media_type: str) -> bool:
    """Whether the result is to be opened in a spreadsheet. Raises InvalidParameter for another format."""
    is_asked = request_parsing.value(given, parameters.SPREADSHEET) == "1"
    if is_asked and media_type != media.CSV:
        name = parameters.SPREADSHEET.name
        raise InvalidParameter(f"{name} goes with CSV, not with {media_type}.", parameters=[name])
    return is_asked


def before_spreadsheet(operation: Operation) -> str:
    """The media type from which CSV for a spreadsheet is made: of a table the one that has types."""
    return media.TSV if operation.form == "select" else media.CSV


def for_spreadsheet(answer: Answer) -> Answer:
    """An answer in TSV as CSV for a spreadsheet; one in CSV gets its byte order mark."""
    content = Spool()
    content.write(codecs.BOM_UTF8)
    is_table = answer.media == media.TSV
    for piece in (line.encode("utf-8") for line in converted(lines(answer))) if is_table else answer:
        content.write(piece)
    answer.close()
    return dataclasses.replace(answer, content=content, media=media.CSV)


def attach(response: Response, name: str) -> Response:
    """Let a browser keep the answer as a file of this name."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def lines(answer: Iterable[bytes]) -> Iterator[str]:
    """The lines of an answer in TSV without their ends."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    rest = ""
    for piece in answer:
        *whole, rest = (rest + decoder.decode(piece)).split("\n")
        yield from whole
    if rest:
        yield rest


def converted(rows: Iterable[str]) -> Iterator[str]:
    """Rows of TSV, the head first, as rows of CSV."""
    for number, row in enumerate(rows):
        cells = row.split("\t")
        shown = map(text_of, cells) if number else (cell.removeprefix("?") for cell in cells)
        yield ",".join(map(_quoted, shown)) + "\r\n"


def text_of(term: str) -> str:
    """A term of TSV as the text of a cell, with an apostrophe where a spreadsheet would take it otherwise."""
    literal = LITERAL.fullmatch(term)
    if literal is None:  # an IRI, a blank node, a bare number or boolean, or nothing
        return term[1:-1] if term.startswith("<") else term
    text = ESCAPE.sub(lambda found: ESCAPES.get(found[1], found[1]), literal["text"])
    return text if literal["datatype"] in NUMBER_TYPES else results.spreadsheet_text(text)


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""')) if SPECIAL.search(text) else text
