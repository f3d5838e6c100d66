"""What a release holds, ready to be changed and put back: its graphs with their closure, what is judged."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import Literal, NamedNode, Quad, Triple
from rdflib import Graph

from diplograph.incremental.closure import followed, is_judged, judged_quads, validation_graph_change
from diplograph.incremental.patterns import UnboundedError
from diplograph.namespaces import DGG, RDFS
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.reasoning import Rule, compile_rules, saturate
from diplograph.validation import inputs
from diplograph.validation.validation_graph import ValidationGraph, is_kept

SCRATCH = ".judging-"
"""How the folders begin that copies of a release's stores are changed in."""
OLD = 3600.0
"""After how many seconds such a folder is what a killed process left."""
_CLOSURE, _ONTOLOGY = NamedNode(str(DGG.closure)), NamedNode(str(DGG.ontology))
_SUBCLASS = NamedNode(str(RDFS.subClassOf))


@dataclass(frozen=True)
class Changed:
    """A change while it is applied: triples of the validation graph and of all graphs that differ."""

    judged: frozenset[Triple]
    named: frozenset[Triple]
    gone: Dataset


@dataclass
class State:
    """Named graphs with their closure, and the graph that the shapes judge."""

    loaded: Dataset
    judged: ValidationGraph
    axioms: Graph
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, loaded: Dataset, judged: Dataset) -> "State":
        """Read what a dataset with its closure has for axioms; `judged` is its validation graph."""
        axioms = axioms_of(loaded)
        return cls(loaded, ValidationGraph(judged), axioms, tuple(compile_rules(axioms)))

    @contextmanager
    def changed(self, delta: Delta) -> Iterator[Changed]:
        """Apply a change, with what it changes in the closures, for as long as a block runs.

        Raises UnboundedError for a change of what everything is judged by: axioms, subclasses, or literals
        that the store rewrites.
        """
        self._require_plain(delta)
        delta = self._fresh(delta)
        whole, _ = followed(self.loaded, self.rules, delta)
        judged = validation_graph_change(self.loaded, self.judged.data, self.rules, whole)
        if any(quad.predicate == _SUBCLASS for quad in judged.added | judged.removed):
            raise UnboundedError
        try:
            self.loaded.apply(whole)
            self.judged.data.apply(judged)
            gone = Dataset.memory()
            gone.extend(whole.removed | judged.removed)
            yield Changed(_triples(judged), _triples(whole), gone)
        finally:
            self.judged.data.apply(judged.inverse)
            self.loaded.apply(whole.inverse)

    def _require_plain(self, delta: Delta) -> None:
        quads = delta.added | delta.removed
        if str(DGG.ontology) in delta.graphs:
            raise UnboundedError
        if any(isinstance(quad.object, Literal) and not is_kept(quad.object) for quad in quads):
            raise UnboundedError

    def _fresh(self, delta: Delta) -> Delta:
        """Return what of a change is one: nothing is added that is there, or removed that is not."""
        return Delta(
            frozenset(quad for quad in delta.added if quad not in self.loaded),
            frozenset(quad for quad in delta.removed if quad in self.loaded),
        )


def _triples(delta: Delta) -> frozenset[Triple]:
    return frozenset(quad.triple for quad in delta.added | delta.removed)


def validation_graph_of(dataset: Dataset) -> Dataset:
    """Return the graph that shapes judge of named graphs: all but the axioms, closed by the rules for it."""
    made = Dataset.memory()
    made.fill(Quad(quad.subject, quad.predicate, quad.object) for quad in judged_quads(dataset))
    saturate(made, [rule for rule in compile_rules(axioms_of(dataset)) if rule.validation])
    made.remove(list(made.quads(_CLOSURE.value)))
    for axiom in dataset.quads(_ONTOLOGY.value):
        names = {quad.graph_name for quad in dataset.matching(*axiom.triple) if is_judged(quad)}
        if names == {_ONTOLOGY}:
            made.remove([Quad(axiom.subject, axiom.predicate, axiom.object)])
    made.drop_empty([_CLOSURE.value])
    return made


def axioms_of(dataset: Dataset) -> Graph:
    """Return the axioms that a dataset holds."""
    name = _ONTOLOGY.value
    return inputs.ontology({name: [quad.triple for quad in dataset.quads(name)]})


@contextmanager
def opened(release: Path, prefix: str = SCRATCH) -> Iterator[State]:
    """Give the state of a release, by its folder, to be changed while a block runs.

    Copies are changed, which share with the release all that stays as it is. Raises EngineUnavailable where
    a store cannot be opened, and OSError where there is no room for a copy.
    """
    with ExitStack() as held:
        beside = release.parent if os.access(release.parent, os.W_OK) else None
        folder = Path(held.enter_context(TemporaryDirectory(prefix=prefix, dir=beside)))
        copies = [copied(release / name, folder / name) for name in ("store", "judged")]
        for copy in copies:
            held.callback(copy.close)
        axioms, rules = _axioms_at(release / "store")
        yield State(copies[0], ValidationGraph(copies[1]), axioms, rules)


def copied(store: Path, to: Path) -> Dataset:
    """Return a copy of a store that is never written, to be written; only what changes takes room."""
    original = Dataset.open_read_only(store)
    try:
        original.backup(to)
    finally:
        original.close()
    return Dataset.create(to)


@lru_cache(maxsize=2)
def _axioms_at(store: Path) -> tuple[Graph, tuple[Rule, ...]]:
    """Read once what the store of a release, which never changes, has for axioms, and their rules."""
    dataset = Dataset.open_read_only(store)
    axioms = axioms_of(dataset)
    dataset.close()
    return axioms, tuple(compile_rules(axioms))


def leftovers(folder: Path) -> Iterator[Path]:
    """Yield what killed processes left in a folder of releases."""
    for path in folder.glob(f"{SCRATCH}*"):
        if path.is_dir() and time.time() - path.stat().st_mtime > OLD:
            yield path
