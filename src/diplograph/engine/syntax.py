"""The engine's syntax errors in words that a reader of SPARQL knows."""

import re

from diplograph.errors import MalformedQuery

_ERROR = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_REASON = re.compile(r"[A-Z][a-z]+ .+|The .+|IRI parsing failed")


def not_sparql(error: SyntaxError, text: str) -> MalformedQuery:
    """Return the error with its position, from the message of the engine's grammar.

    Its list of what could stand there instead is left out: it names every rule that was tried last.
    """
    match = _ERROR.match(str(error))
    if match is None:
        return MalformedQuery(f"Not valid SPARQL 1.1: {error}")
    line, column = int(match[1]), int(match[2])
    detail = f"Not valid SPARQL 1.1 at line {line}, column {column}, {_place(text, line, column)}."
    reasons = [word for word in match[3].split(", ") if _REASON.fullmatch(word)]
    if reasons:
        detail = f"{detail} {reasons[0]}."
    return MalformedQuery(detail, position={"line": line, "column": column})


def _place(text: str, line: int, column: int) -> str:
    """Return what stands at the position, up to the next space."""
    lines = text.split("\n")
    rest = lines[line - 1][column - 1 :].split() if line <= len(lines) else []
    return f"before {rest[0][:40]!r}" if rest else "at the end of the line"
