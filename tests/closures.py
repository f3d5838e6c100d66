"""Datasets as a release has them: with what follows from their graphs."""

from rdflib import Graph

from diplograph import summary
from diplograph.rdf import Dataset
from diplograph.reasoning import compile_rules, saturate


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
