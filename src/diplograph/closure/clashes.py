"""What contradicts itself: things that are members of disjoint classes."""

from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import NamedNode
from rdflib import Graph

from diplograph.closure.rules import disjoint_classes
from diplograph.store import Dataset


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """A thing that is a member of two disjoint classes, all three by IRI."""

    individual: str
    first: str
    second: str


def clashes(dataset: Dataset, ontology: Graph) -> list[Clash]:
    """Return the members of disjoint classes (rule cax-dw); the dataset holds its closure."""
    disjoint = disjoint_classes(ontology)
    types: dict[str, set[str]] = {}
    for row in dataset.select("SELECT DISTINCT ?x ?c WHERE { GRAPH ?g { ?x a ?c } }"):
        if isinstance(row["x"], NamedNode) and isinstance(row["c"], NamedNode):
            types.setdefault(row["x"].value, set()).add(row["c"].value)
    return sorted(
        Clash(individual, first, second)
        for individual, kinds in types.items()
        for first, second in combinations(sorted(kinds), 2)
        if (first, second) in disjoint
    )
