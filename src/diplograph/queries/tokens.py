"""SPARQL text as tokens: enough to find clauses without ever matching inside a string, a comment or an IRI.

The names of the tokens are those of the grammar (https://www.w3.org/TR/sparql11-query/#sparqlGrammar).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<comment>\#[^\n\r]*)
      | (?P<string>'''(?:'{0,2}(?:[^'\\]|\\.))*''' | \"\"\"(?:"{0,2}(?:[^"\\]|\\.))*\"\"\"
                 | '(?:[^'\\\n\r]|\\.)*' | "(?:[^"\\\n\r]|\\.)*")
      | (?P<iri><[^\x00-\x20<>"{}|^`\\]*>)
      | (?P<variable>[?$]\w+)
      | (?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-])* | [^\W\d]\w*)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One lexical unit and where it stands: `text == query[start:end]`."""

    kind: str
    text: str
    start: int
    end: int

    def is_word(self, word: str) -> bool:
        """Whether this is the keyword, in either case."""
        return self.kind == "name" and self.text.upper() == word


def tokens(text: str) -> Iterator[Token]:
    """The tokens that carry meaning: white space and comments are left out."""
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind not in {"space", "comment"}:
            yield Token(kind, match.group(), match.start(), match.end())


@dataclass(frozen=True, slots=True)
class Clause:
    """One `VALUES ?name { … }`: its whole extent, and the extent of what is between the braces."""

    variable: str
    start: int
    end: int
    inner_start: int
    inner_end: int


def values_clauses(text: str) -> list[Clause]:
    """Every VALUES clause over a single variable, in the order of the text."""
    found = []
    stream = list(tokens(text))
    for index, token in enumerate(stream[:-2]):
        variable, opening = stream[index + 1 : index + 3]
        if token.is_word("VALUES") and variable.kind == "variable" and opening.text == "{":
            closing = next((other for other in stream[index + 3 :] if other.text == "}"), None)
            if closing is not None:
                name = variable.text[1:]
                found.append(Clause(name, token.start, closing.end, opening.end, closing.start))
    return found


def selected_variables(text: str) -> tuple[str, ...]:
    """The columns of a SELECT query, in order; empty for `SELECT *`."""
    names: list[str] = []
    depth = 0
    selecting = False
    for previous, token in pairwise(tokens(text)):
        if not selecting:
            selecting = previous.is_word("SELECT")
        if not selecting:
            continue
        if depth == 0 and (token.text == "{" or token.is_word("WHERE") or token.is_word("FROM")):
            break
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and (token.kind == "variable" or token.text == ")"):
            names.append((token if token.kind == "variable" else previous).text[1:])
    return tuple(names)
