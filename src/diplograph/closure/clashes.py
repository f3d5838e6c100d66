"""What contradicts itself: things that are members of disjoint classes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode
from rdflib import Graph

from diplograph.closure.rules import disjoint_classes
from diplograph.store import Dataset
from diplograph.terms import OxigraphTerm
from diplograph.vocab import RDF

_TYPE = NamedNode(str(RDF.type))


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """A thing that is a member of two disjoint classes, all three by IRI."""

    individual: str
    first: str
    second: str


def clashes(dataset: Dataset, ontology: Graph, among: Iterable[OxigraphTerm] | None = None) -> list[Clash]:
    """Return the members of disjoint classes (rule cax-dw), or those among some terms.

    The dataset holds its closure.
    """
    disjoint = disjoint_classes(ontology)
    members = {kind: set[str]() for pair in disjoint for kind in pair}
    for thing, kind in _typed(dataset, members, among):
        members[kind].add(thing)
    return sorted(
        Clash(individual, first, second)
        for first, second in disjoint
        for individual in members[first] & members[second]
    )


def _typed(
    dataset: Dataset, kinds: Iterable[str], among: Iterable[OxigraphTerm] | None
) -> Iterator[tuple[str, str]]:
    """Yield the members of some classes with the class, from named graphs, but for blank nodes."""
    asked = ((thing, NamedNode(kind)) for thing in ([None] if among is None else among) for kind in kinds)
    for thing, kind in asked:
        for quad in dataset.matching(thing, _TYPE, kind):
            if isinstance(quad.subject, NamedNode) and not isinstance(quad.graph_name, DefaultGraph):
                yield quad.subject.value, kind.value
