"""Lexer of SPARQL: tokens, read the way the engine reads them.

Oxigraph's grammar has no lexer: a keyword may touch the name that follows it, and `<` opens an IRI or
compares, depending on what stands before it. A reader that splits text otherwise could be shown a harmless
string where the engine sees SERVICE; so this one tracks whether it stands in an expression, and refuses
what it cannot tell apart.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from unicodedata import east_asian_width

from diplograph.errors import MalformedQuery

Kind = Literal["iri", "name", "variable", "blank", "string", "language", "number", "word", "mark"]

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_LATER = r"0-9\u00b7\u0300-\u036f\u203f\u2040"
_CHAR = f"[{_BASE}_{_LATER}-]"
_PLX = r"(?:%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-])"
# bounded: a text of `a.a.a.` must not cost its square
_PREFIX = f"(?:[{_BASE}](?:(?:{_CHAR}|\\.){{0,98}}{_CHAR})?)?"
_LOCAL = f"(?:[{_BASE}_0-9:]|{_PLX})(?:(?:{_CHAR}|[.:]|{_PLX})*(?:{_CHAR}|:|{_PLX}))?"
_ESCAPE = r"""(?:\\[tbnrf"'\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})"""
_STRING = "|".join(
    [
        f'"""(?:"{{0,2}}(?:[^"\\\\]|{_ESCAPE}))*"""',
        f"'''(?:'{{0,2}}(?:[^'\\\\]|{_ESCAPE}))*'''",
        f'"(?!"")(?:[^"\\\\\\r\\n]|{_ESCAPE})*"',
        f"'(?!'')(?:[^'\\\\\\r\\n]|{_ESCAPE})*'",
    ]
)

_GAP = r"(?:[ \t\r\n]+|#[^\r\n]*)*+"
_SPACE = re.compile(_GAP)
_IRI = re.compile(rf'(<(?:[^<>"{{}}|^`\\\x00-\x20]++|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>){_GAP}')
_TOKEN = re.compile(
    "(?:"
    + "|".join(
        [
            f"(?P<name>{_PREFIX}:(?:{_LOCAL})?)",
            f"(?P<blank>_:[{_BASE}_0-9](?:(?:{_CHAR}|\\.)*{_CHAR})?)",
            f"(?P<variable>[?$][{_BASE}_0-9][{_BASE}_{_LATER}]*)",
            f"(?P<string>{_STRING})",
            r"(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)",
            r"(?P<number>(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)",
            r"(?P<word>[A-Za-z][A-Za-z0-9_]*)",
            r"(?P<mark>\^\^|&&|\|\||!=|>=|[{}()\[\]=>!+*/^|.,;?-])",
        ]
    )
    + f"){_GAP}"
)
_OPERANDS = {"iri", "name", "variable", "blank", "string", "language", "number"}
_PAIRS = {")": "(", "]": "[", "}": "{"}
_CLOSE = "A text ends with the quotation mark that it begins with, on the same line."
_STRAIGHT = "SPARQL knows straight quotation marks only: \" or '."
_STRANGE = dict.fromkeys("\"'", _CLOSE) | dict.fromkeys("“”„‘’«»", _STRAIGHT)
_EXCERPT = 100


@dataclass(slots=True)
class Token:
    """A piece of the text; `start` is its offset in code points."""

    kind: Kind
    text: str
    start: int

    def says(self, *words: str) -> bool:
        """Tell whether this is one of some keywords or marks, given in lower case."""
        return self.kind in ("word", "mark") and self.text.lower() in words


@dataclass(slots=True)
class _Frame:
    """An open bracket, and how `<` and parentheses are to be read inside it."""

    token: Token
    mode: Literal["pattern", "clause", "expression"]


@dataclass(slots=True)
class Lexer:
    """Reads tokens one after the other; `depth` is the number of brackets open at the last one."""

    text: str
    _frames: list[_Frame] = field(default_factory=list)
    _before: deque[Token] = field(default_factory=lambda: deque(maxlen=2))

    @property
    def depth(self) -> int:
        """Count the brackets that are open."""
        return len(self._frames)

    def __iter__(self) -> Iterator[Token]:
        """Yield every token but spaces and comments; MalformedQuery for what is not SPARQL."""
        position = self._past_space(0)
        while position < len(self.text):
            token, position = self._next(position)
            self._follow(token)
            yield token
            self._before.append(token)
        if self._frames:
            opened = self._frames[-1].token
            closing = next(mark for mark, other in _PAIRS.items() if other == opened.text)
            hint = f"Write {closing} where it ends."
            raise self.error(f"This {opened.text} is never closed.", opened.start, hint)

    def error(self, detail: str, start: int, hint: str | None = None) -> MalformedQuery:
        """Return the error that something at an offset is not right."""
        facts = {"hint": hint} if hint else {}
        where = position_of(self.text, start)
        return MalformedQuery(detail, position=where, excerpt=excerpt(self.text, start), **facts)

    def _past_space(self, start: int) -> int:
        match = _SPACE.match(self.text, start)
        return match.end() if match else start

    def _next(self, start: int) -> tuple[Token, int]:
        """Return the token that starts here, and where the next one does."""
        if self.text[start] == "<":
            return self._angle(start)
        match = _TOKEN.match(self.text, start)
        if match is None or match.lastgroup is None:
            found = self.text[start]
            detail = f"Nothing in SPARQL starts like this: {self.text[start : start + 10]!r}"
            raise self.error(detail, start, _STRANGE.get(found))
        return Token(match.lastgroup, match[match.lastgroup], start), match.end()  # type: ignore[arg-type]

    def _angle(self, start: int) -> tuple[Token, int]:
        """Read `<`: a comparison after an operand of an expression, an IRI everywhere else."""
        if self._in_expression() and self._after_operand():
            end = start + (2 if self.text.startswith("<=", start) else 1)
            return Token("mark", self.text[start:end], start), self._past_space(end)
        match = _IRI.match(self.text, start)
        if match is None:
            detail = "This is not an IRI; triple terms are not part of SPARQL 1.1."
            raise self.error(detail, start, "An IRI ends with > and holds no space.")
        return Token("iri", match[1], start), match.end()

    def _in_expression(self) -> bool:
        return bool(self._frames) and self._frames[-1].mode == "expression"

    def _after_operand(self) -> bool:
        if not self._before:
            return False
        last = self._before[-1]
        if last.kind == "word":
            return last.text.lower().endswith(("true", "false"))
        return last.kind in _OPERANDS or last.text in (")", "}", "]")

    def _follow(self, token: Token) -> None:
        """Keep the stack of brackets, and notice where a sub-select begins."""
        if token.kind == "word" and token.text.lower().startswith("select") and self._frames:
            self._frames[-1].mode = "clause"
        if token.kind != "mark":
            return
        if token.text in ("(", "[", "{"):
            self._frames.append(_Frame(token, self._mode(token.text)))
        elif token.text in _PAIRS:
            self._close(token)

    def _close(self, token: Token) -> None:
        if not self._frames or self._frames[-1].token.text != _PAIRS[token.text]:
            raise self.error(f"This {token.text} closes nothing.", token.start, self._pairing(token))
        self._frames.pop()

    def _pairing(self, token: Token) -> str:
        """Say what is open where something else is closed."""
        if not self._frames:
            return f"Take it away, or open {_PAIRS[token.text]} before."
        opened = self._frames[-1].token
        where = position_of(self.text, opened.start)
        return f"The {opened.text} of line {where['line']}, column {where['column']} is still open."

    def _mode(self, bracket: str) -> Literal["pattern", "clause", "expression"]:
        """Tell how the inside of a bracket that opens here is read."""
        if bracket != "(":
            return "pattern"
        last = self._before[-1] if self._before else None
        if last is not None and last.says("values"):
            return "pattern"
        around = self._frames[-1].mode if self._frames else "clause"
        if around != "pattern":
            return "expression"
        if last is not None and last.kind == "word":
            return "pattern" if last.text == "a" else "expression"
        return "expression" if self._calls(last) else "pattern"

    def _calls(self, last: Token | None) -> bool:
        """Tell whether a function is called by name after FILTER; refuse what could be read both ways."""
        if last is None or last.kind not in ("iri", "name"):
            return False
        if "filter" in last.text.partition(":")[0].lower() and last.kind == "name":
            raise self.error("Choose another prefix: this one can be read as FILTER.", last.start)
        return len(self._before) > 1 and self._before[-2].text.lower().endswith("filter")


def excerpt(text: str, start: int) -> str:
    """Return the line of an offset and, below it, a caret at the offset; a long line is cut around it."""
    begin = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    line = text[begin : end if end >= 0 else len(text)]
    column = start - begin
    cut = max(0, column - _EXCERPT * 2 // 3)
    shown = "".join(each if each.isprintable() else " " for each in line[cut : cut + _EXCERPT])
    width = sum(2 if east_asian_width(each) in "WF" else 1 for each in shown[: column - cut])
    return f"{shown.rstrip()}\n{' ' * width}^"


def position_of(text: str, start: int) -> dict[str, int]:
    """Return line and column, from 1, of an offset in code points."""
    return {"line": text.count("\n", 0, start) + 1, "column": start - text.rfind("\n", 0, start)}
