"""Queries whose grammar is right and that mean nothing: variables beside groups, or given two values."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from diplograph.engine.expressions import AGGREGATES
from diplograph.engine.lexer import Token, excerpt, position_of
from diplograph.errors import MalformedQuery

_AFTER_GROUPS = ("having", "order", "limit", "offset", "values", "}")


def fault(tokens: Sequence[Token], text: str) -> MalformedQuery | None:
    """Return the fault of a query that the engine refuses, None when it is none of those known here."""
    if ungrouped := _ungrouped(tokens):
        what = f"{ungrouped.text} is selected beside groups and is not grouped itself."
        hint = f"Add it to GROUP BY, or put it into an aggregate such as (SAMPLE({ungrouped.text}) AS ?any)."
        return _error(ungrouped, text, what, hint)
    if star := _star_of_groups(tokens):
        what = "SELECT * does not go with GROUP BY."
        return _error(star, text, what, "Name the variables that you group by, and the aggregates.")
    if twice := _bound_twice(tokens):
        what = f"{twice.text} has a value already and cannot be given another by AS."
        return _error(twice, text, what, "Choose a variable that is not in use before.")
    return None


def _error(token: Token, text: str, what: str, hint: str) -> MalformedQuery:
    position = position_of(text, token.start)
    detail = f"Not valid SPARQL 1.1 at line {position['line']}, column {position['column']}: {what}"
    return MalformedQuery(detail, position=position, excerpt=excerpt(text, token.start), hint=hint)


def _ungrouped(tokens: Sequence[Token]) -> Token | None:
    """Return the variable that a SELECT with groups shows as it is, without grouping by it."""
    for start, token in enumerate(tokens):
        if not token.says("select"):
            continue
        columns = list(_selected(tokens, start + 1))
        plain = [each for depth, each in columns if not depth and each.kind == "variable"]
        grouped = _grouped(tokens, start + 1 + len(columns))
        if grouped is None and not any(each.says(*AGGREGATES) for _, each in columns):
            continue
        for column in plain:
            if column.text[1:] not in (grouped or set()):
                return column
    return None


def _star_of_groups(tokens: Sequence[Token]) -> Token | None:
    """Return the star of a SELECT whose solutions are grouped."""
    for start, (token, following) in enumerate(pairwise(tokens)):
        if token.says("select") and following.says("*") and _grouped(tokens, start + 2) is not None:
            return following
    return None


def _selected(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Token]]:
    """Yield the tokens of a SELECT clause, each with the number of brackets around it."""
    depth = 0
    for token in tokens[start:]:
        if not depth and token.says("where", "from", "{"):
            return
        depth += token.says("(") - token.says(")")
        yield depth, token


def _grouped(tokens: Sequence[Token], start: int) -> set[str] | None:
    """Return the names of the variables in the GROUP BY that follows the next group, None without one."""
    depth, at = 0, start
    while at < len(tokens):
        depth += tokens[at].says("{") - tokens[at].says("}")
        at += 1
        if not depth and tokens[at - 1].says("}"):
            break
    if at >= len(tokens) or not tokens[at].says("group"):
        return None
    found = set()
    for token in tokens[at:]:
        if token.says(*_AFTER_GROUPS):
            break
        if token.kind == "variable":
            found.add(token.text[1:])
    return found


def _bound_twice(tokens: Sequence[Token]) -> Token | None:
    """Return the variable that an AS binds although it stands before."""
    seen: set[str] = set()
    for before, token in pairwise(tokens):
        if before.says("as") and token.kind == "variable" and token.text[1:] in seen:
            return token
        if token.kind == "variable":
            seen.add(token.text[1:])
    return None
