"""Extra columns of a result: labels and evidence; and CSV for spreadsheets, where text stays text.

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
from dataclasses import dataclass

import pyoxigraph
from flask import Response
from pyoxigraph import Literal, NamedNode, QueryResultsFormat

from diplograph import media
from diplograph.documents import naming, provenance
from diplograph.engine import operations
from diplograph.engine.protocol import Answer, Engine, Operation, Spool
from diplograph.errors import InvalidParameter, ResultTooLarge
from diplograph.namespaces import BASE, XSD
from diplograph.sparql import results
from diplograph.web import answers, parameters, request_parsing

Rows = list[list[results.Term | None]]
FORMULA = re.compile(
    r"[\t\r]|[\s\u200b-\u200f\u2060\ufeff]*[=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-]"
)
"""How a formula begins: spreadsheets pass over white space, and take the signs of East Asian widths too."""
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
class Wanted:
    """What is wanted beside the columns of the query: labels in languages, evidence of columns."""

    languages: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()

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
        return bool(self.languages or self.statements)


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

    def iris(self, name: str) -> list[str | None]:
        """The IRIs of ours in a column, None for what else stands there."""
        place = self.names.index(name)
        cells = (row[place] for row in self.rows)
        return [c.value if isinstance(c, NamedNode) and c.value.startswith(BASE) else None for c in cells]


def evaluate(
    engine: Engine, operation: Operation, media_type: str, policy: answers.Policy, wanted: Wanted
) -> Answer:
    """The answer to a SELECT query with the columns that are wanted. Raises ResultTooLarge."""
    answer = answers.evaluate(engine, operation, media.RESULTS_JSON, policy)
    if answer.size > operations.MAX_READ:
        answer.close()
        detail = f"Columns are added to answers of up to {operations.MAX_READ} bytes."
        raise ResultTooLarge(detail, limit=operations.MAX_READ)
    found = pyoxigraph.parse_query_results(answer.body, QueryResultsFormat.JSON)
    if not isinstance(found, pyoxigraph.QuerySolutions):
        return answers.evaluate(engine, operation, media_type, policy)
    table = ExtendedTable([variable.value for variable in found.variables], [list(row) for row in found])
    _add_evidence(engine, table, wanted.statements)
    _add_labels(engine, table, wanted.languages)
    content = _written(table, media_type, complete=answer.complete)
    return dataclasses.replace(answer, content=content, media=media_type)


def _add_labels(engine: Engine, table: ExtendedTable, languages: Sequence[str]) -> None:
    iris = {name: table.iris(name) for name in table.names} if languages else {}
    labels = naming.labels(engine, {iri for column in iris.values() for iri in column if iri})
    for name, column in iris.items():
        if any(column):
            found = [_label(labels.get(iri or "", {}), languages) for iri in column]
            table.put(name, f"{name}{answers.LABEL}", found)


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


def evaluate_for_spreadsheet(engine: Engine, operation: Operation, policy: answers.Policy) -> Answer:
    """The answer as CSV for a spreadsheet."""
    if operation.form != "select":
        answer = answers.evaluate(engine, operation, media.CSV, policy)
        return dataclasses.replace(answer, content=codecs.BOM_UTF8 + answer.body)
    answer = answers.evaluate(engine, operation, media.TSV, policy)
    content = Spool()
    content.write(codecs.BOM_UTF8)
    for line in converted(lines(answer)):
        content.write(line.encode("utf-8"))
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
    return f"'{text}" if FORMULA.match(text) and literal["datatype"] not in NUMBER_TYPES else text


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""')) if SPECIAL.search(text) else text
