"""The closure of a whole dataset: every rule as an update that the store carries out by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import Quad

from diplograph.closure.rules import Rule
from diplograph.store import Dataset
from diplograph.vocab import DGG

CLOSURE = str(DGG.closure)


@dataclass(frozen=True, slots=True)
class Closure:
    """What follows from a dataset and stands in none of its graphs, as quads of dgg:closure.

    `validation` is the part that the restricted rules yield by themselves; `quads` holds that part too.
    """

    quads: list[Quad]
    validation: list[Quad]


def close(dataset: Dataset, rules: Sequence[Rule]) -> Closure:
    """Run the rules on the merge of all graphs until nothing new follows; the dataset stays as it is.

    The restricted rules come first, to a fixed point of their own, then all of them.
    """
    working = Dataset.memory()
    working.fill(Quad(quad.subject, quad.predicate, quad.object) for quad in dataset.quads())
    saturate(working, [rule for rule in rules if rule.validation])
    validation = list(working.quads(CLOSURE))
    saturate(working, rules)
    return Closure(quads=list(working.quads(CLOSURE)), validation=validation)


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
