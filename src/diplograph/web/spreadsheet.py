"""A CSV result for people who open it in a spreadsheet: text stays text, whatever it begins with.

A program gets the specification's CSV as it is. A spreadsheet takes a cell that begins with = + - or @ for a
formula, so in the download for people such a cell begins with an apostrophe, unless it is a number; and a
byte order mark says that the file is UTF-8. Which cells are numbers is known from the types, which CSV has
not: the rows are taken from the result in TSV (https://www.w3.org/TR/sparql11-results-csv-tsv/).
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Iterable, Iterator

from flask import Response

from diplograph import media
from diplograph.engine.protocol import Answer, Engine, Operation
from diplograph.engine.spool import Spool
from diplograph.errors import InvalidParameter
from diplograph.vocab import XSD
from diplograph.web import answers, bodies

NAME = "_spreadsheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LITERAL = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?:@\S+|\^\^<(?P<datatype>[^>]*)>)?', re.DOTALL)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
SPECIAL = re.compile('[",\r\n]')
NUMBERS = frozenset(
    f"{XSD}{name}"
    for name in (
        *("integer", "decimal", "double", "float", "long", "int", "short", "byte", "nonNegativeInteger"),
        *("positiveInteger", "negativeInteger", "nonPositiveInteger", "unsignedLong", "unsignedInt"),
        *("unsignedShort", "unsignedByte"),
    )
)


def is_wanted(given: bodies.Fields, media_type: str) -> bool:
    """Whether the result is to be opened in a spreadsheet. Raises InvalidParameter for another format."""
    value = bodies.single(given, NAME)
    if value not in (None, "0", "1"):
        raise InvalidParameter(f"{NAME} is {value[:40]!r}: expected 1 or 0.", parameters=[NAME])
    if value == "1" and media_type != media.CSV:
        raise InvalidParameter(f"{NAME} goes with CSV, not with {media_type}.", parameters=[NAME])
    return value == "1"


def evaluate(engine: Engine, operation: Operation, policy: answers.Policy) -> Answer:
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
    return f"'{text}" if text.startswith(FORMULA) and literal["datatype"] not in NUMBERS else text


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""')) if SPECIAL.search(text) else text
