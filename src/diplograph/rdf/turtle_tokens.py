"""Tokens and terms of Turtle, TriG, N-Triples and N-Quads with their positions.

Source: https://www.w3.org/TR/trig/#sec-grammar.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from diplograph.errors import MalformedRdf
from diplograph.namespaces import RDF, XSD

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
_TYPE = str(RDF.type)
_WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!.*/\.)", re.DOTALL)
_LOCAL = re.compile(r"\\(.)")
_DATATYPES = {
    "integer": NamedNode(str(XSD.integer)),
    "decimal": NamedNode(str(XSD.decimal)),
    "double": NamedNode(str(XSD.double)),
    "true": NamedNode(str(XSD.boolean)),
    "false": NamedNode(str(XSD.boolean)),
}


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


class Item(NamedTuple):
    """A term, or a mark such as `;`, with its offsets.

    A term is an IRI as it is, `_:label`, or a literal in N-Triples.
    """

    text: str
    start: int
    end: int
    is_mark: bool = False


def items(text: str, base: str | None = None) -> Iterator[Item]:
    """Yield the terms and marks of a text, directives followed; MalformedRdf for what RDF 1.1 has not."""
    names = _Names(base)
    stream = tokens(text)
    token = next(stream)
    while token.kind != "end":
        if token.kind in ("short", "long"):
            item, token = _literal(token, stream, names)
            yield item
            continue
        if token.kind == "mark":
            yield Item(token.text, token.start, token.end, is_mark=True)
        elif (word := token.text.upper().removeprefix("@")) in ("PREFIX", "BASE"):
            names.declare(word, stream)
        elif word != "GRAPH" or token.kind != "word":
            yield Item(_term(token, names), token.start, token.end)
        token = next(stream)


@dataclass(slots=True)
class _Names:
    """What relative and prefixed names stand for at a place in the text."""

    base: str | None
    prefixes: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def declare(self, word: str, stream: Iterator[Token]) -> None:
        """Follow a directive whose keyword has been read."""
        if word == "PREFIX":
            prefix = next(stream).text
            self.prefixes[prefix[:-1]] = self.iri(next(stream))
        else:
            self.base = self.iri(next(stream))
        self.known.clear()

    def iri(self, token: Token) -> str:
        """Return the IRI that a token in angle brackets or with a prefix stands for."""
        if token.text not in self.known:
            self.known[token.text] = self._whole(token)
        return self.known[token.text]

    def _whole(self, token: Token) -> str:
        if token.kind == "iri":
            return resolved(unescaped(token.text[1:-1]), self.base)
        prefix, _, local = token.text.partition(":")
        if token.kind != "pname" or prefix not in self.prefixes:
            raise _unreadable(token)
        return self.prefixes[prefix] + _LOCAL.sub(r"\1", local)


def resolved(iri: str, base: str | None) -> str:
    """Resolve an IRI reference as the engine does: it alone knows how it treats each kind of base."""
    if _WHOLE.match(iri):
        return iri
    line = f"<{iri}> <urn:p> <urn:o> ."
    quad = next(iter(pyoxigraph.parse(line, pyoxigraph.RdfFormat.TURTLE, base_iri=base)))
    return str(quad.subject.value)


def _literal(token: Token, stream: Iterator[Token], names: _Names) -> tuple[Item, Token]:
    """Return the literal that a string begins, and the token after it."""
    following = next(stream)
    value, end = string(token), token.end
    if following.kind == "at":
        literal, end = Literal(value, language=following.text[1:]), following.end
    elif following.text == "^^":
        datatype = next(stream)
        literal, end = Literal(value, datatype=NamedNode(names.iri(datatype))), datatype.end
    else:
        return Item(str(Literal(value)), token.start, end), following
    return Item(str(literal), token.start, end), next(stream)


def _term(token: Token, names: _Names) -> str:
    if token.kind in ("iri", "pname"):
        return names.iri(token)
    if token.kind == "label":
        return token.text
    if token.text == "a":
        return _TYPE
    datatype = _DATATYPES.get(token.text if token.kind == "word" else token.kind)
    if datatype is None:
        raise _unreadable(token)
    return str(Literal(token.text, datatype=datatype))


def _unreadable(token: Token) -> MalformedRdf:
    return MalformedRdf(f"RDF 1.1 has no place for {token.text!r} here.", offset=token.start)
