"""Property paths as values: read from shapes, written as SPARQL, taken apart into the triples they read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pyoxigraph import NamedNode
from rdflib import RDF, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from diplograph.vocab import SH

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
