"""What stands, ready to be changed and put back: named graphs with their closure, the judged graph."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import Literal, NamedNode, Quad, Triple
from rdflib import Graph

from diplograph.closure import Rule, compile_rules
from diplograph.delta import Delta
from diplograph.incremental.closure import update
from diplograph.incremental.following import judged_change
from diplograph.incremental.matching import Match
from diplograph.store import Dataset
from diplograph.terms import OxigraphTerm
from diplograph.validation import material
from diplograph.validation.judged import Judged
from diplograph.validation.lexical import is_kept
from diplograph.validation.material import Graphs
from diplograph.vocab import DGG, RDFS

_SUBCLASS = NamedNode(str(RDFS.subClassOf))


class TooFarError(Exception):
    """A change of what everything is judged by: axioms, subclasses, or literals that the store rewrites."""


@dataclass(frozen=True)
class Changed:
    """A change while it is applied: the triples of the judged graph, and those of all graphs, that differ."""

    judged: frozenset[Triple]
    named: frozenset[Triple]
    gone: Dataset


@dataclass
class State:
    """Named graphs with their closure, and the graph that the shapes judge."""

    loaded: Dataset
    judged: Judged
    axioms: Graph
    rules: list[Rule]

    @classmethod
    def of(cls, graphs: Graphs) -> "State":
        """Work out what follows from named graphs; dgg:closure is none of them."""
        axioms = material.ontology(graphs)
        loaded = material.dataset(graphs)
        closure = material.entailed(loaded, axioms)
        world = (triples for name, triples in graphs.items() if name != str(DGG.ontology))
        judged = Judged.of(chain(*world, (quad.triple for quad in closure.validation)))
        return cls(loaded, judged, axioms, compile_rules(axioms))

    @contextmanager
    def changed(self, delta: Delta) -> Iterator[Changed]:
        """Apply a change, with what it changes in the closures, for as long as a block runs.

        Raises TooFarError where the parts cannot be told apart that it leaves as they are.
        """
        self._require_plain(delta)
        delta = self._fresh(delta)
        whole = delta.then(update(self.loaded, self.rules, delta))
        judged = judged_change(self.loaded, self.judged.data, self.rules, delta)
        if any(quad.predicate == _SUBCLASS for quad in judged.added | judged.removed):
            raise TooFarError
        try:
            _apply(self.loaded, whole)
            _apply(self.judged.data, judged)
            gone = Dataset.memory()
            gone.extend(whole.removed | judged.removed)
            yield Changed(_triples(judged), _triples(whole), gone)
        finally:
            _apply(self.judged.data, judged.inverse)
            _apply(self.loaded, whole.inverse)

    def _require_plain(self, delta: Delta) -> None:
        quads = delta.added | delta.removed
        if self.judged.altered or str(DGG.ontology) in delta.graphs:
            raise TooFarError
        if any(isinstance(quad.object, Literal) and not is_kept(quad.object) for quad in quads):
            raise TooFarError

    def _fresh(self, delta: Delta) -> Delta:
        """Return what of a change is one: nothing is added that is there, or removed that is not."""

        def held(quad: Quad) -> bool:
            return any(
                True for _ in self.loaded.matching(quad.subject, quad.predicate, quad.object, quad.graph_name)
            )

        return Delta(
            frozenset(quad for quad in delta.added if not held(quad)),
            frozenset(quad for quad in delta.removed if held(quad)),
        )


def _triples(delta: Delta) -> frozenset[Triple]:
    return frozenset(quad.triple for quad in delta.added | delta.removed)


def _apply(dataset: Dataset, delta: Delta) -> None:
    dataset.remove(delta.removed)
    dataset.extend(delta.added)


def finder(*datasets: Dataset) -> Match:
    """Return how triples are found in several datasets, each once."""

    def match(
        subject: OxigraphTerm | None, predicate: OxigraphTerm | None, value: OxigraphTerm | None
    ) -> Iterator[Triple]:
        seen: set[Triple] = set()
        for dataset in datasets:
            for quad in dataset.matching(subject, predicate, value):
                if quad.triple not in seen:
                    seen.add(quad.triple)
                    yield quad.triple

    return match
