"""Datasets as a release has them: with what follows from their graphs."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import Quad
from rdflib import Graph

from diplograph import summary
from diplograph.rdf import Dataset
from diplograph.reasoning import Rule, compile_rules, saturate
from diplograph.reasoning.closure import CLOSURE


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


def entailed(loaded: Dataset, axioms: Graph) -> None:
    """Add to named graphs what follows from them by axioms, and the summaries of acts."""
    rules = compile_rules(axioms)
    whole = Dataset.memory()
    whole.fill(loaded.quads())
    whole.write_default_merge()
    saturate(whole, rules)
    summary.add_acts(whole, rules)
    for name in whole.graph_names():
        loaded.extend(whole.quads(name))
