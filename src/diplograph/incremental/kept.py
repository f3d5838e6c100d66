"""The judged graph as a store that a release keeps, so that a change is judged without making it anew."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import DefaultGraph, Quad
from rdflib import Graph

from diplograph.incremental.state import CLOSURE, ONTOLOGY, State
from diplograph.rdf import Dataset
from diplograph.reasoning import Rule, compile_rules, saturate
from diplograph.validation import inputs
from diplograph.validation.validation_graph import ValidationGraph

SCRATCH = ".judging-"
"""How the folders begin that copies of a release's stores are changed in."""
OLD = 3600.0
"""After how many seconds such a folder is what a killed process left."""
_NOT_ASSERTED = {CLOSURE, DefaultGraph()}


def judged_of(dataset: Dataset) -> Dataset:
    """Return the graph that shapes judge of named graphs: all but the axioms, closed by the rules for it."""
    made = Dataset.memory()
    asserted = (quad for quad in dataset.quads() if quad.graph_name not in _NOT_ASSERTED)
    made.fill(Quad(quad.subject, quad.predicate, quad.object) for quad in asserted)
    saturate(made, [rule for rule in compile_rules(axioms_of(dataset)) if rule.validation])
    made.remove(list(made.quads(CLOSURE.value)))
    for axiom in dataset.quads(ONTOLOGY.value):
        names = {quad.graph_name for quad in dataset.matching(*axiom.triple)} - _NOT_ASSERTED
        if names == {ONTOLOGY}:
            made.remove([Quad(axiom.subject, axiom.predicate, axiom.object)])
    made.drop_empty([CLOSURE.value])
    return made


def axioms_of(dataset: Dataset) -> Graph:
    """Return the axioms that a dataset holds."""
    name = ONTOLOGY.value
    return inputs.ontology({name: [quad.triple for quad in dataset.quads(name)]})


@contextmanager
def opened(store: Path, judged: Path, prefix: str = SCRATCH) -> Iterator[State]:
    """Give the state of a release, by its store and its judged graph, to be changed while a block runs.

    Copies are changed, which share with the release all that stays as it is. Raises EngineUnavailable where
    a store cannot be opened, and OSError where there is no room for a copy.
    """
    with ExitStack() as held:
        parent = store.parent.parent
        beside = parent if os.access(parent, os.W_OK) else None
        folder = Path(held.enter_context(TemporaryDirectory(prefix=prefix, dir=beside)))
        loaded, default = (held.enter_context(_copied(path, folder)) for path in (store, judged))
        axioms, rules = _axioms_at(store)
        yield State(loaded, ValidationGraph(default), axioms, list(rules))


@lru_cache(maxsize=2)
def _axioms_at(store: Path) -> tuple[Graph, tuple[Rule, ...]]:
    """Read once what the store of a release, which never changes, has for axioms, and their rules."""
    dataset = Dataset.open_read_only(store)
    axioms = axioms_of(dataset)
    dataset.close()
    return axioms, tuple(compile_rules(axioms))


@contextmanager
def _copied(path: Path, folder: Path) -> Iterator[Dataset]:
    original = Dataset.open_read_only(path)
    try:
        original.backup(folder / path.name)
        copy = Dataset.create(folder / path.name)
    finally:
        original.close()
    try:
        yield copy
    finally:
        copy.close()


def leftovers(folder: Path) -> Iterator[Path]:
    """Yield what killed processes left in a folder of releases."""
    for path in folder.glob(f"{SCRATCH}*"):
        if path.is_dir() and time.time() - path.stat().st_mtime > OLD:
            yield path
