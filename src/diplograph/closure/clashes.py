"""What contradicts itself: things that are members of disjoint classes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

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
    types: dict[str, set[str]] = {}
    for thing, kind in _typed(dataset, among):
        if isinstance(thing, NamedNode) and isinstance(kind, NamedNode):
            types.setdefault(thing.value, set()).add(kind.value)
    return sorted(
        Clash(individual, first, second)
        for individual, kinds in types.items()
        for first, second in combinations(sorted(kinds), 2)
        if (first, second) in disjoint
    )


def _typed(
    dataset: Dataset, among: Iterable[OxigraphTerm] | None
) -> Iterator[tuple[OxigraphTerm, OxigraphTerm]]:
    if among is None:
        rows = dataset.select("SELECT DISTINCT ?x ?c WHERE { GRAPH ?g { ?x a ?c } }")
        yield from ((row["x"], row["c"]) for row in rows)
        return
    for thing in among:
        quads = dataset.matching(thing, _TYPE, None)
        yield from ((thing, quad.object) for quad in quads if quad.graph_name != DefaultGraph())
