"""Terms and marks of a Turtle or TriG text with their places: names in full, literals in N-Triples."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from diplograph.errors import MalformedRdf
from diplograph.turtle.tokens import Token, string, tokens, unescaped
from diplograph.vocab import RDF, XSD

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
