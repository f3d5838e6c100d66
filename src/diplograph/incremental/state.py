"""The state that a change is applied to, and put back: named graphs, their closure, the validated graph."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple
from rdflib import Graph

from diplograph.incremental.closure import update
from diplograph.incremental.matching import Match
from diplograph.namespaces import DGG, RDFS
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.rdf.terms import OxigraphTerm
from diplograph.reasoning import Rule, compile_rules
from diplograph.validation import inputs
from diplograph.validation.inputs import Graphs
from diplograph.validation.validation_graph import ValidationGraph, is_kept

CLOSURE, ONTOLOGY = NamedNode(str(DGG.closure)), NamedNode(str(DGG.ontology))
_ELSEWHERE = {CLOSURE, ONTOLOGY, DefaultGraph()}
_SUBCLASS = NamedNode(str(RDFS.subClassOf))


def judged_change(loaded: Dataset, judged: Dataset, rules: Sequence[Rule], delta: Delta) -> Delta:
    """Return the change of the judged graph, which holds no axiom and is closed by fewer rules.

    `loaded` holds the named graphs before the change, with their closure, and `judged` what is judged of
    them; both stay as they are. The change is one of named graphs other than dgg:closure.
    """
    axioms = Dataset.memory()
    axioms.extend(loaded.quads(ONTOLOGY.value))
    restricted = [rule for rule in rules if rule.validation]
    entailed = update(loaded, restricted, delta, held=[judged, axioms])
    come, gone = {q.triple for q in entailed.added}, {q.triple for q in entailed.removed}
    now = _Asserted(loaded, delta)
    added: set[Quad] = set()
    removed: set[Quad] = set()
    for triple in {quad.triple for quad in delta.added | delta.removed} | come | gone:
        before = judged.holds(triple)
        follows = triple in come or (before and not now.held(triple) and triple not in gone)
        after = follows or now.holds(triple)
        if before != after:
            quad = Quad(triple.subject, triple.predicate, triple.object)
            (added if after else removed).add(quad)
    return Delta(frozenset(added), frozenset(removed))


class _Asserted:
    """Which triples some graph of the world asserts, before and after a change."""

    def __init__(self, loaded: Dataset, delta: Delta) -> None:
        self._loaded, self._delta = loaded, delta
        self._come: dict[Triple, set[object]] = {}
        for quad in delta.added:
            self._come.setdefault(quad.triple, set()).add(quad.graph_name)

    def held(self, triple: Triple) -> bool:
        return bool({quad.graph_name for quad in self._loaded.matching(*triple)} - _ELSEWHERE)

    def holds(self, triple: Triple) -> bool:
        quads = set(self._loaded.matching(*triple)) - self._delta.removed
        names = {quad.graph_name for quad in quads} | self._come.get(triple, set())
        return bool(names - _ELSEWHERE)


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
    judged: ValidationGraph
    axioms: Graph
    rules: list[Rule]

    @classmethod
    def of(cls, graphs: Graphs) -> "State":
        """Work out what follows from named graphs; dgg:closure is none of them."""
        axioms = inputs.ontology(graphs)
        loaded = inputs.dataset(graphs)
        closure = inputs.entailed(loaded, axioms)
        world = (triples for name, triples in graphs.items() if name != str(DGG.ontology))
        judged = ValidationGraph.of(chain(*world, (quad.triple for quad in closure.validation)))
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
