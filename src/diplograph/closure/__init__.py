"""The OWL 2 RL closure of a dataset: rules run on a store to a fixed point, and what contradicts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import NamedNode, Quad, Triple
from rdflib import RDF, Graph

from diplograph.closure.rules import Rule, compile_rules, disjoint_classes
from diplograph.store import Dataset
from diplograph.vocab import DGG

__all__ = ["Clash", "Closure", "Rule", "clashes", "close", "compile_rules", "disjoint_classes"]

CLOSURE = NamedNode(str(DGG.closure))
TYPE = NamedNode(str(RDF.type))


@dataclass(frozen=True, slots=True)
class Closure:
    """What follows from a dataset and stands in none of its graphs, as quads of dgg:closure.

    `validation` is the part that the restricted rules yield by themselves; `quads` holds that part too.
    """

    quads: list[Quad]
    validation: list[Quad]


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """A thing that is a member of two disjoint classes, all three by IRI."""

    individual: str
    first: str
    second: str


def close(dataset: Dataset, rules: Sequence[Rule]) -> Closure:
    """Run the rules on the merge of all graphs until nothing new follows; the dataset stays as it is.

    The restricted rules come first, to a fixed point of their own, then all of them.
    """
    working = Dataset.memory()
    working.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in dataset.quads())
    validation = _to_fixed_point(working, [rule for rule in rules if rule.validation])
    rest = _to_fixed_point(working, rules)
    quads = [Quad(triple.subject, triple.predicate, triple.object, CLOSURE) for triple in validation + rest]
    return Closure(quads=quads, validation=quads[: len(validation)])


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


def _to_fixed_point(working: Dataset, rules: Sequence[Rule]) -> list[Triple]:
    """Add what follows to the default graph, round by round, and return it.

    After the first round only those rules run that read a term of what the round before has added.
    """
    added: list[Triple] = []
    due = list(rules)
    while due:
        fresh = {triple for rule in due for triple in working.construct(rule.text)}
        working.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in fresh)
        added += fresh
        touched = {_touches(triple) for triple in fresh}
        due = [rule for rule in rules if rule.reads & touched]
    return added


def _touches(triple: Triple) -> str:
    """Return the class of a type statement and the property of any other."""
    if triple.predicate == TYPE and isinstance(triple.object, NamedNode):
        return triple.object.value
    return triple.predicate.value
