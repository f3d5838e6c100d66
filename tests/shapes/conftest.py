"""The shapes, and examples validated on top of the ontology, its schemes and the entities."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from closures import entailed
from diplograph.incremental.revalidation import after
from diplograph.incremental.state import State, validation_graph_of
from diplograph.namespaces import DG, DGG
from diplograph.rdf.dataset import Delta
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, Shapes, in_context, validate
from diplograph.validation.inputs import Graphs, dataset, of_files, ontology
from diplograph.validation.rdf_parsing import parse

CONTEXT = tuple(str(DGG[name]) for name in ("ontology", "vocab", "entities"))
REFERENCE = str(DGG.reference)
HAS_NAME = NamedNode(str(DG.hasName))

Judge = Callable[[Path], Report]


@pytest.fixture(scope="session")
def kb(root: Path) -> KnowledgeBase:
    return KnowledgeBase(root)


@pytest.fixture(scope="session")
def shapes(kb: KnowledgeBase) -> Shapes:
    return Shapes.of(kb)


@pytest.fixture(scope="session")
def base(kb: KnowledgeBase) -> Graphs:
    """The graphs that examples come to; of the reference entities only those that a source names."""
    known = of_files(kb)
    sources = [known[str(DGG[name])] for name in ("a1", "a2", "background", "entities")]
    named = {term for graph in sources for triple in graph for term in (triple.subject, triple.object)}
    kept = [triple for triple in known[REFERENCE] if triple.subject in named and triple.predicate != HAS_NAME]
    return {graph: known[graph] for graph in CONTEXT} | {REFERENCE: kept}


@pytest.fixture(scope="session")
def standing(base: Graphs, shapes: Shapes) -> Report:
    """The report on these graphs alone."""
    return validate(base, shapes, {})


@pytest.fixture(scope="session")
def judge(base: Graphs, shapes: Shapes, standing: Report) -> Judge:
    """What an example changes: the report on it beside the entities."""

    def judged(path: Path) -> Report:
        return in_context(base, submitted(path), shapes, against="release", standing=standing)

    return judged


@pytest.fixture(scope="session")
def judge_change(base: Graphs, shapes: Shapes, standing: Report) -> Judge:
    """The report on the entities with an example, of which only what it can touch is judged."""
    loaded = dataset(base)
    entailed(loaded, ontology(base))
    state = State.of(loaded, validation_graph_of(loaded))

    def judged(path: Path) -> Report:
        quads = {
            Quad(t.subject, t.predicate, t.object, NamedNode(graph))
            for graph, triples in submitted(path).items()
            for t in triples
        }
        delta = Delta(frozenset(quads), frozenset())
        return after(state, delta, shapes, standing.findings, [quad.triple for quad in quads])

    return judged


def submitted(path: Path) -> Graphs:
    """Return the graphs of an example."""
    return parse(path.read_bytes(), path.suffix, f"urn:example:{path.stem}")
