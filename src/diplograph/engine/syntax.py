"""What is wrong with a text that the engine does not take, where, and what to write instead."""

import re

from diplograph.engine import grammar, hints, meaning
from diplograph.engine.lexer import Lexer, excerpt, position_of
from diplograph.engine.tokens import Stuck
from diplograph.errors import MalformedQuery

_ERROR = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_REASON = re.compile(r"[A-Z][a-z]+ .+|The .+|SELECT \* .+|IRI parsing failed")


def not_sparql(error: SyntaxError, text: str) -> MalformedQuery:
    """Return the error with the place of the first token that cannot stand, and a hint for the usual slips.

    Where the grammar is right the engine's own reason is told, without its list of what it tried last.
    """
    try:
        tokens = list(Lexer(text))
        stuck = grammar.first_wrong(tokens)
    except MalformedQuery as found:
        return found
    except RecursionError:
        stuck = None
    if stuck is not None:
        return _misplaced(stuck, text)
    return meaning.fault(tokens, text) or _as_the_engine_says(error, text)


def _misplaced(stuck: Stuck, text: str) -> MalformedQuery:
    start = stuck.token.start if stuck.token else len(text.rstrip())
    found = f"{stuck.token.text[:40]!r}" if stuck.token else "the end of the query"
    position = position_of(text, start)
    where = f"line {position['line']}, column {position['column']}"
    detail = f"Not valid SPARQL 1.1 at {where}: {found} stands where {stuck.expected} was expected."
    hint = hints.for_slip(stuck)
    facts = {"hint": hint} if hint else {}
    return MalformedQuery(detail, position=position, excerpt=excerpt(text, start), **facts)


def _as_the_engine_says(error: SyntaxError, text: str) -> MalformedQuery:
    match = _ERROR.match(str(error))
    if match is None:
        return MalformedQuery(f"Not valid SPARQL 1.1: {error}")
    line, column = int(match[1]), int(match[2])
    reasons = [word for word in match[3].split(", ") if _REASON.fullmatch(word)]
    reason = f": {reasons[0]}" if reasons else ""
    start = sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1
    return MalformedQuery(
        f"Not valid SPARQL 1.1 at line {line}, column {column}{reason}.",
        position={"line": line, "column": column},
        excerpt=excerpt(text, start),
    )
