"""A change to a dataset as a value: what is added to and what is removed from its named graphs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Triple


@dataclass(frozen=True, slots=True)
class Delta:
    """The quads that a change adds and those that it removes; none stands on both sides."""

    added: frozenset[Quad] = frozenset()
    removed: frozenset[Quad] = frozenset()

    @classmethod
    def between(cls, before: Iterable[Quad], after: Iterable[Quad]) -> "Delta":
        """Return the change that turns one set of quads into another."""
        old, new = frozenset(before), frozenset(after)
        return cls(new - old, old - new)

    @classmethod
    def of_graphs(
        cls, before: Mapping[str, Iterable[Triple]], after: Mapping[str, Iterable[Triple]]
    ) -> "Delta":
        """Return the change that turns named graphs, by IRI, into others; a graph left out is empty."""
        return cls.between(_quads(before), _quads(after))

    @property
    def inverse(self) -> "Delta":
        """The change that undoes this one."""
        return Delta(self.removed, self.added)

    def then(self, other: "Delta") -> "Delta":
        """Return the change that this one and then the other make together."""
        return Delta(
            (self.added - other.removed) | (other.added - self.removed),
            (self.removed - other.added) | (other.removed - self.added),
        )

    @property
    def graphs(self) -> frozenset[str]:
        """The IRIs of the named graphs that change."""
        names = (quad.graph_name for quad in self.added | self.removed)
        return frozenset(name.value for name in names if isinstance(name, NamedNode))

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.added or self.removed)


def _quads(graphs: Mapping[str, Iterable[Triple]]) -> Iterable[Quad]:
    for graph, triples in graphs.items():
        name = NamedNode(graph)
        for triple in triples:
            yield Quad(triple.subject, triple.predicate, triple.object, name)
