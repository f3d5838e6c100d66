"""The tokens of Turtle, TriG, N-Triples and N-Quads with their places (https://www.w3.org/TR/trig/#sec-grammar).

It reads what a parser has accepted: each token ends where it must, and escapes and IRIs are not judged again.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHARS = _BASE + r"_\-0-9\u00b7\u0300-\u036f\u203f\u2040"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\."
_PATTERN = re.compile(
    rf"""(?:[ \t\r\n]++|\#[^\n\r]*+)*
    (?:
      (?P<iri><[^\x00-\x20<>"{{}}|^`]*+>)
    | (?P<label>_:[{_BASE}_0-9](?:[{_CHARS}]|\.++(?=[{_CHARS}]))*)
    | (?P<pname>(?:[{_BASE}](?:[{_CHARS}]|\.++(?=[{_CHARS}]))*)?:
        (?:(?:[{_BASE}_:0-9]|{_ESCAPED})(?:[{_CHARS}:]|{_ESCAPED}|\.++(?=[{_CHARS}:%\\]))*)?)
    | (?P<long>\"\"\"(?:"{{0,2}}+(?:[^"\\]++|\\.))*\"\"\"|'''(?:'{{0,2}}+(?:[^'\\]++|\\.))*''')
    | (?P<short>"(?:[^"\\\n\r]++|\\.)*"|'(?:[^'\\\n\r]++|\\.)*')
    | (?P<double>[+-]?(?:[0-9]++\.[0-9]*+|\.?[0-9]++)[eE][+-]?[0-9]++)
    | (?P<decimal>[+-]?[0-9]*+\.[0-9]++)
    | (?P<integer>[+-]?[0-9]++)
    | (?P<at>@[A-Za-z]++(?:-[A-Za-z0-9]++)*)
    | (?P<word>[A-Za-z]++)
    | (?P<mark>\^\^|[.;,()\[\]{{}}])
    | (?P<end>\Z)
    | (?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CHARACTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Token(NamedTuple):
    """A token: its kind, its text and where it stands in the text, in code points from zero."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, the last of kind `end`; what no token begins with is of kind `other`."""
    for found in _PATTERN.finditer(text):
        kind = found.lastgroup or "other"
        start, end = found.span(kind)
        yield Token(kind, text[start:end], start, end)
        if kind == "end":
            return


def string(token: Token) -> str:
    """Return the characters that a quoted string stands for."""
    quotes = 3 if token.kind == "long" else 1
    return unescaped(token.text[quotes:-quotes])


def unescaped(text: str) -> str:
    """Return a text with its escapes replaced by the characters they stand for."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _CHARACTERS.get(found[3], found[3])
