"""Assembly of the dataset: files parsed, closed under the ontology, summed up, extended by rules, merged."""

from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import cast

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, Quad
from rdflib import Graph

from diplograph import summary
from diplograph.errors import BuildFailed, MalformedRdf
from diplograph.incremental.closure import update
from diplograph.namespaces import DGG, split
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.reasoning import Rule, compile_rules
from diplograph.reasoning.construct_rules import INFERRED_PAIR, infer
from diplograph.sources import KnowledgeBase


def load_graphs(knowledge_base: KnowledgeBase, dataset: Dataset, only: Container[str] | None = None) -> None:
    """Loads the graphs of a knowledge base, or `only` some; the next build gives blank nodes the same labels.

    Raises BuildFailed with a line `file:line:column: what is wrong` for every file that cannot be read.
    """
    problems: list[str] = []
    for graph, paths in sorted(knowledge_base.graphs().items()):
        if only is not None and graph not in only:
            continue
        for path in paths:
            try:
                dataset.load(path, graph=graph, bulk=True)
            except MalformedRdf as error:
                problems.append(_problem(knowledge_base.shown(path), error))
        if dataset.has_blank_nodes(graph):
            quads = list(dataset.quads(graph))
            dataset.remove(quads)
            dataset.extend(with_stable_labels(quads, split(graph)[1]))
    if problems:
        raise BuildFailed("Files that cannot be read as RDF.", problems=problems)


def _problem(path: str, error: MalformedRdf) -> str:
    position = cast("dict[str, int]", error.facts.get("position", {}))
    where = "".join(f":{position[key]}" for key in ("line", "column") if key in position)
    return f"{path}{where}: {error.detail}"


def with_stable_labels(quads: Iterable[Quad], scope: str) -> list[Quad]:
    """The quads of one graph with canonical blank node labels (RDFC-1.0) that no other graph has."""
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return [_relabelled(quad, scope) for quad in dataset]


def _relabelled(quad: Quad, scope: str) -> Quad:
    subject, value = quad.subject, quad.object
    if isinstance(subject, BlankNode):
        subject = BlankNode(f"{scope}-{subject.value}")
    if isinstance(value, BlankNode):
        value = BlankNode(f"{scope}-{value.value}")
    return Quad(subject, quad.predicate, value, quad.graph_name)


def ontology_rules(dataset: Dataset) -> list[Rule]:
    """The closure's rules, compiled from the axioms that the dataset holds."""
    ontology: Graph = dataset.to_rdflib([str(DGG.ontology), str(DGG.vocab)])
    return compile_rules(ontology)


def add_derived(dataset: Dataset, rules: Sequence[Rule], rule_files: Sequence[Path]) -> None:
    """Adds the summaries of acts, what the rule files infer, and the pairs, to their graphs and the merge.

    The dataset holds its closure and, as the default graph, its merge; what the ontology entails of the
    additions joins both.
    """
    told = summary.add_acts(dataset, rules)
    add_inferences(dataset, rules, rule_files)
    summary.add_pairs(dataset, told)


def add_inferences(dataset: Dataset, rules: Sequence[Rule], rule_files: Sequence[Path]) -> None:
    """Adds what the rule files infer, and what the ontology entails of that, to their graphs and the merge.

    The dataset holds its closure and the summaries of acts. The inferred pairs hold both ways in
    dgg:inferred; all else that is entailed joins dgg:closure.
    """
    found = infer(dataset, rule_files)
    entailed = update(dataset, rules, Delta(frozenset(found), frozenset())) if found else Delta()
    quads = [*found, *map(placed, entailed.added)]
    dataset.extend(quads)
    dataset.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)


def placed(quad: Quad) -> Quad:
    """A quad that is entailed by what was inferred, in the graph where a release has it."""
    graph = DGG.inferred if quad.predicate == INFERRED_PAIR else DGG.closure
    return Quad(quad.subject, quad.predicate, quad.object, NamedNode(str(graph)))
