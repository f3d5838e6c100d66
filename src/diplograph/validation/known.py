"""What the graphs that are judged say about names: things, concepts and their schemes."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain

from pyoxigraph import NamedNode, Triple

from diplograph.vocab import RDF, SKOS

_TYPE = NamedNode(str(RDF.type))
_IN_SCHEME, _BROADER = NamedNode(str(SKOS.inScheme)), NamedNode(str(SKOS.broader))
READ = (_TYPE, _IN_SCHEME, _BROADER)
"""The properties that are read."""


class Known:
    """What the graphs that were judged say about names: read when the first fix asks."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Take every triple of the base and of what is submitted."""
        self._triples = triples

    @cached_property
    def things(self) -> frozenset[str]:
        """The IRIs that are said to be something."""
        return frozenset(
            t.subject.value for t in self._all if isinstance(t.subject, NamedNode) and t.predicate == _TYPE
        )

    @cached_property
    def schemes(self) -> Mapping[str, list[str]]:
        """The concepts of each scheme."""
        found: dict[str, list[str]] = {}
        for triple in self._all:
            if triple.predicate == _IN_SCHEME and isinstance(triple.subject, NamedNode):
                found.setdefault(str(triple.object)[1:-1], []).append(triple.subject.value)
        return found

    @cached_property
    def narrower(self) -> Mapping[str, list[str]]:
        """The concepts under each heading."""
        found: dict[str, list[str]] = {}
        for triple in self._all:
            if triple.predicate == _BROADER and isinstance(triple.subject, NamedNode):
                found.setdefault(str(triple.object)[1:-1], []).append(triple.subject.value)
        return found

    @cached_property
    def _all(self) -> list[Triple]:
        return list(self._triples)


def every(*graphs: Mapping[str, Iterable[Triple]]) -> Iterator[Triple]:
    """Yield the triples of several sets of named graphs."""
    return chain.from_iterable(triples for named in graphs for triples in named.values())
