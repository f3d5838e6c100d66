"""Where a query's VALUES clauses, its cut and its columns stand: told by tokens, never inside a string."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from diplograph.engine.lexer import Lexer, Token

_CUT = re.compile(r"^[ \t]*(#\+ limit)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Clause:
    """One `VALUES ?name { … }`: its whole extent, and where what is between the braces starts."""

    variable: str
    start: int
    end: int
    inner_start: int


def values_clauses(text: str) -> list[Clause]:
    """Every VALUES clause over a single variable, in the order of the text."""
    found = []
    stream = list(Lexer(text))
    for index, token in enumerate(stream[:-2]):
        variable, opening = stream[index + 1 : index + 3]
        if token.says("values") and variable.kind == "variable" and opening.text == "{":
            closing = _closing(stream[index + 3 :])
            found.append(Clause(variable.text[1:], token.start, closing.start + 1, opening.start + 1))
    return found


def _closing(stream: list[Token]) -> Token:
    return next(token for token in stream if token.says("}"))


def cuts(text: str) -> Iterator[tuple[int, int]]:
    """Where comments `#+ limit` stand, each alone on its line: its start and its end."""
    for token, following in pairwise(Lexer(text)):
        for mark in _CUT.finditer(text, token.start + len(token.text), following.start):
            yield mark.span(1)


def counting(text: str) -> str:
    """The query that tells in `?rows` how many rows a SELECT query without a FROM clause has."""
    start = next(token.start for token in Lexer(text) if token.says("select"))
    return f"{text[:start]}SELECT (COUNT(*) AS ?rows) WHERE {{ {{\n{text[start:]}\n}} }}"


def selected_variables(text: str) -> tuple[str, ...]:
    """The columns of a SELECT query, in order; empty for `SELECT *`."""
    names: list[str] = []
    depth = 0
    selecting = False
    for previous, token in pairwise(Lexer(text)):
        selecting = selecting or previous.says("select")
        if not selecting:
            continue
        if depth == 0 and token.says("{", "where", "from"):
            break
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and (token.kind == "variable" or token.text == ")"):
            names.append((token if token.kind == "variable" else previous).text[1:])
    return tuple(names)
