"""The OWL 2 RL closure of a dataset: every rule as an update of the store, and what contradicts itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode
from rdflib import Graph

from diplograph.namespaces import DGG, RDF
from diplograph.rdf import Dataset
from diplograph.rdf.terms import OxigraphTerm
from diplograph.reasoning.owl_rl import Rule, disjoint_classes

_TYPE = NamedNode(str(RDF.type))
CLOSURE = str(DGG.closure)


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


def saturate(dataset: Dataset, rules: Iterable[Rule]) -> None:
    """Add what follows from the default graph to it, and to dgg:closure, until nothing new follows."""
    ordered = _ordered(list(rules))
    readers = _readers(ordered)
    due = set(range(len(ordered)))
    first = True
    while due:
        again: set[int] = set()
        for place, rule in enumerate(ordered):
            if place not in due:
                continue
            fed = readers.get(rule.makes, [])
            back = [reader for reader in fed if reader <= place]
            if (first and not back) or dataset.ask(f"ASK {rule.news}"):
                dataset.update(rule.insertion(CLOSURE))
                again.update(back)
                due.update(reader for reader in fed if reader > place)
        due, first = again, False


def _readers(rules: list[Rule]) -> dict[str, list[int]]:
    """Return the places of the rules that read a term, by the term."""
    found: dict[str, list[int]] = {}
    for place, rule in enumerate(rules):
        for term in rule.reads:
            found.setdefault(term, []).append(place)
    return found


def _ordered(rules: list[Rule]) -> list[Rule]:
    """Return the rules so that each comes after those whose conclusions it reads, but for circles."""
    makers: dict[str, list[int]] = {}
    for place, rule in enumerate(rules):
        makers.setdefault(rule.makes, []).append(place)
    found: list[Rule] = []
    begun: set[int] = set()

    def visit(place: int) -> None:
        if place not in begun:
            begun.add(place)
            for term in sorted(rules[place].reads):
                for maker in makers.get(term, ()):
                    visit(maker)
            found.append(rules[place])

    for place in range(len(rules)):
        visit(place)
    return found
