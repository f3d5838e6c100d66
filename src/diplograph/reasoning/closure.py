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
    due = dict.fromkeys(ordered)
    first = True
    while due:
        again: dict[Rule, None] = {}
        for place, rule in enumerate(ordered):
            if rule not in due:
                continue
            back = [r for r in ordered[: place + 1] if rule.makes in r.reads]
            if (first and not back) or dataset.ask(f"ASK {rule.news}"):
                dataset.update(rule.insertion(CLOSURE))
                again |= dict.fromkeys(back)
                due |= dict.fromkeys(r for r in ordered[place + 1 :] if rule.makes in r.reads)
        due, first = again, False


def _ordered(rules: list[Rule]) -> list[Rule]:
    """Return the rules so that each comes after those whose conclusions it reads, but for circles."""
    makers: dict[str, list[Rule]] = {}
    for rule in rules:
        makers.setdefault(rule.makes, []).append(rule)
    found: dict[Rule, None] = {}
    begun: set[Rule] = set()

    def visit(rule: Rule) -> None:
        if rule not in begun:
            begun.add(rule)
            for term in sorted(rule.reads):
                for maker in makers.get(term, ()):
                    visit(maker)
            found[rule] = None

    for rule in rules:
        visit(rule)
    return list(found)
