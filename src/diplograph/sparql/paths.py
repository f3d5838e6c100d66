"""Property paths as values: read from shapes and from queries, written as SPARQL, taken apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pyoxigraph import NamedNode
from rdflib import RDF, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from diplograph.namespaces import SH
from diplograph.sparql.lexer import Token

Mark = Literal["*", "+", "?"]
_REPEATS: dict[Node, Mark] = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}
_DEEPEST = 6


class InexpressibleError(Exception):
    """Something of a shape that no query of ours says; pySHACL judges it for every focus node."""


@dataclass(frozen=True)
class Path:
    """A property path; `text` is how SPARQL writes it, in brackets where it has parts."""

    @cached_property
    def text(self) -> str:
        """Write the path."""
        raise NotImplementedError

    def inverse(self) -> "Path":
        """Return the way back."""
        raise NotImplementedError

    def reads(self) -> Iterator[tuple["Path", str]]:
        """Yield each property that the path reads, after the way from the start to the triple's subject."""
        raise NotImplementedError


@dataclass(frozen=True)
class Step(Path):
    """A property, followed forwards or backwards."""

    iri: str
    backwards: bool = False

    @cached_property
    def text(self) -> str:
        """Write the path."""
        return f"^<{self.iri}>" if self.backwards else f"<{self.iri}>"

    def inverse(self) -> Path:
        """Return the way back."""
        return Step(self.iri, not self.backwards)

    def reads(self) -> Iterator[tuple[Path, str]]:
        """Yield the property; backwards, its subject lies at the end of the step."""
        yield (self if self.backwards else HERE), self.iri


@dataclass(frozen=True)
class Sequential(Path):
    """Paths one after the other; none is the path that stays where it is."""

    parts: tuple[Path, ...]

    @cached_property
    def text(self) -> str:
        """Write the path."""
        return f"({'/'.join(part.text for part in self.parts)})"

    def inverse(self) -> Path:
        """Return the way back."""
        return Sequential(tuple(part.inverse() for part in reversed(self.parts)))

    def reads(self) -> Iterator[tuple[Path, str]]:
        """Yield what each part reads, after the parts before it."""
        for number, part in enumerate(self.parts):
            for way, iri in part.reads():
                yield joined(*self.parts[:number], way), iri


@dataclass(frozen=True)
class Either(Path):
    """One path or another."""

    parts: tuple[Path, ...]

    @cached_property
    def text(self) -> str:
        """Write the path."""
        return f"({'|'.join(part.text for part in self.parts)})"

    def inverse(self) -> Path:
        """Return the way back."""
        return Either(tuple(part.inverse() for part in self.parts))

    def reads(self) -> Iterator[tuple[Path, str]]:
        """Yield what each part reads."""
        for part in self.parts:
            yield from part.reads()


@dataclass(frozen=True)
class Repeated(Path):
    """A path any number of times, at least once, or at most once."""

    part: Path
    mark: Mark

    @cached_property
    def text(self) -> str:
        """Write the path."""
        return f"({self.part.text}){self.mark}"

    def inverse(self) -> Path:
        """Return the way back."""
        return Repeated(self.part.inverse(), self.mark)

    def reads(self) -> Iterator[tuple[Path, str]]:
        """Yield what the part reads, after any number of rounds before."""
        for way, iri in self.part.reads():
            yield (way if self.mark == "?" else joined(Repeated(self.part, "*"), way)), iri


HERE = Sequential(())


def joined(*parts: Path) -> Path:
    """Return paths one after the other, those that stay where they are left out."""
    flat: list[Path] = []
    for part in parts:
        flat += part.parts if isinstance(part, Sequential) else [part]
    return flat[0] if len(flat) == 1 else Sequential(tuple(flat))


def read(shapes: Graph, node: Node | None, depth: int = 0) -> Path:
    """Return the path at a node of a shapes graph (SHACL, 2.3.1).

    Raises InexpressibleError for what is malformed, and for the inverse of a sequence, whose steps pySHACL
    follows in their own order.
    """
    if isinstance(node, URIRef):
        return Step(iri(node))
    if not isinstance(node, BNode) or depth > _DEEPEST:
        raise InexpressibleError
    if (node, RDF.first, None) in shapes:
        return Sequential(_members(shapes, node, depth))
    predicate, value = _one(list(shapes.predicate_objects(node)))
    if predicate == SH.inversePath:
        path = read(shapes, value, depth + 1)
        if _has_sequence(path):
            raise InexpressibleError
        return path.inverse()
    if predicate == SH.alternativePath:
        return Either(_members(shapes, value, depth))
    if predicate in _REPEATS:
        return Repeated(read(shapes, value, depth + 1), _REPEATS[predicate])
    raise InexpressibleError


def iri(node: Node) -> str:
    """Return an IRI that may be written in angle brackets; InexpressibleError for one that may not."""
    try:
        return NamedNode(str(node)).value
    except ValueError as error:
        raise InexpressibleError from error


def members(shapes: Graph, head: Node) -> list[Node]:
    """Return the members of a list; InexpressibleError when it is none."""
    try:
        return list(Collection(shapes, head))
    except ValueError as error:  # it runs in a circle
        raise InexpressibleError from error


def _members(shapes: Graph, head: Node, depth: int) -> tuple[Path, ...]:
    found = tuple(read(shapes, member, depth + 1) for member in members(shapes, head))
    if len(found) < 2:
        raise InexpressibleError
    return found


def _one(found: Sequence[tuple[Node, Node]]) -> tuple[Node, Node]:
    if len(found) != 1:
        raise InexpressibleError
    return found[0]


def _has_sequence(path: Path) -> bool:
    if isinstance(path, Either):
        return any(_has_sequence(part) for part in path.parts)
    return isinstance(path, Sequential) or (isinstance(path, Repeated) and _has_sequence(path.part))


@dataclass
class PatternReader:
    """Reads terms and paths from the front of some tokens."""

    tokens: Sequence[Token]
    prefixes: Mapping[str, str]
    property_path: Path | None
    at: int = 0

    @property
    def token(self) -> Token:
        """The next token."""
        if self.at >= len(self.tokens):
            raise InexpressibleError
        return self.tokens[self.at]

    def says(self, *words: str) -> bool:
        """Tell whether the next token is one of some words."""
        return self.at < len(self.tokens) and self.token.says(*words)

    def take(self, *words: str) -> Token:
        """Pass the next token, which has to be one of some words if any are given."""
        token = self.token
        if words and not token.says(*words):
            raise InexpressibleError
        self.at += 1
        return token

    def term(self) -> str:
        """Read a variable, an IRI or a literal."""
        token = self.take()
        if token.kind == "variable":
            return variable(token)
        if token.kind in ("iri", "name"):
            return f"<{self.iri(token)}>"
        if token.kind == "string" and self.at < len(self.tokens) and self.token.kind == "language":
            return token.text + self.take().text
        if token.kind == "string" and not self.says("^^"):
            return token.text
        raise InexpressibleError

    def iri(self, token: Token) -> str:
        """Return the IRI that a token stands for."""
        if token.kind == "iri" and "\\" not in token.text:
            return token.text[1:-1]
        prefix, colon, local = token.text.partition(":")
        if token.kind != "name" or not colon or prefix not in self.prefixes or "\\" in local:
            raise InexpressibleError
        return self.prefixes[prefix] + local

    def path(self) -> Path:
        """Read a property path."""
        parts = [self._sequence()]
        while self.says("|"):
            self.take()
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._step()]
        while self.says("/"):
            self.take()
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else Sequential(tuple(parts))

    def _step(self) -> Path:
        backwards = self.says("^")
        if backwards:
            self.take()
        path = self._primary()
        for mark in ("*", "+", "?"):
            if self.says(mark):
                self.take()
                path = Repeated(path, mark)
                break
        return path.inverse() if backwards else path

    def _primary(self) -> Path:
        token = self.take()
        if token.says("("):
            path = self.path()
            self.take(")")
            return path
        if token.kind == "word" and token.text == "a":
            return Step(str(RDF.type))
        if token.kind == "variable" and token.text[1:] == "PATH" and self.property_path is not None:
            return self.property_path
        return Step(self.iri(token))


def variable(token: Token) -> str:
    """Write a variable with a question mark."""
    return f"?{token.text[1:]}"


def written(token: Token, prefixes: Mapping[str, str]) -> str:
    """Write a token so that it means the same without prefixes."""
    if token.kind == "variable":
        return variable(token)
    if token.kind == "name":
        return f"<{PatternReader([], prefixes, None).iri(token)}>"
    return token.text
