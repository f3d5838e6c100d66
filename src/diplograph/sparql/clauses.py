"""Clauses of a query's text: VALUES, LIMIT and OFFSET, the columns; told by tokens, never inside a string."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from diplograph.errors import InvalidParameter, MalformedQuery
from diplograph.sparql.lexer import Lexer, Token


def page(text: str, size: int, offset: int) -> str:
    """Return the query with `LIMIT size OFFSET offset`.

    Raises InvalidParameter for a query without ORDER BY, whose pages could overlap, and for one that has a
    LIMIT or OFFSET of its own.
    """
    if size < 1:
        raise InvalidParameter("A page has at least one row.", parameters=["size"])
    end = _top_level(text)
    return f"{text[:end]}\nLIMIT {size} OFFSET {offset}\n{text[end:]}"


def _top_level(text: str) -> int:
    """Return where the solution modifiers of a query end."""
    lexer = Lexer(text)
    ordered = False
    before: Token | None = None
    for token in lexer:
        if not lexer.depth and token.says("limit", "offset"):
            raise InvalidParameter("The query has a LIMIT or OFFSET of its own.", parameters=["text"])
        if not lexer.depth and before is not None and before.says("order") and token.says("by"):
            ordered = True
        if not lexer.depth and ordered and token.says("values"):
            return token.start
        before = token
    if not ordered:
        raise InvalidParameter("A query that is read page by page needs an ORDER BY.", parameters=["text"])
    return len(text)


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


def with_columns_named(text: str, columns: Callable[[str], Iterable[str]]) -> str:
    """Return the query with the columns of its `SELECT *` written out, in the order of their first mention.

    SPARQL gives `*` no order (1.1, 16.1.2), and engines take the alphabet's. `columns` tells the names for a
    text. A text that selects otherwise, or that cannot be read, comes back as it is.
    """
    try:
        stream = list(Lexer(text)) if "*" in text else []
    except MalformedQuery:
        return text
    star = _star(stream)
    if star is None:
        return text
    told = list(columns(text))
    mentioned = dict.fromkeys(token.text[1:] for token in stream if token.kind == "variable")
    ordered = [name for name in mentioned if name in told]
    if ordered == told or len(ordered) < len(told):
        return text
    return f"{text[: star.start]} {' '.join(f'?{name}' for name in ordered)} {text[star.start + 1 :]}"


def _star(stream: list[Token]) -> Token | None:
    """Return the `*` that a query itself selects, not one of its sub-selects."""
    form = next((i for i, token in enumerate(stream) if token.text == "{" or token.says("select")), None)
    if form is None or not stream[form].says("select"):
        return None
    return next((t for t in stream[form + 1 : form + 3] if t.text == "*"), None)
