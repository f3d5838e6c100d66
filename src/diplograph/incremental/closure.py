"""What a change of a few triples changes in a closure: delete what lost its support, derive it again, add.

Delete and rederive (Gupta, Mumick and Subrahmanian 1993), with a short look for another proof before
anything is deleted, as in the backward and forward algorithm (Motik and others 2015).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from diplograph import summary
from diplograph.incremental.patterns import (
    Bindings,
    Index,
    Match,
    TriplePattern,
    finder,
    joined,
    slot,
    value_of,
)
from diplograph.namespaces import BUILT_GRAPHS, DGG
from diplograph.rdf import Dataset, GraphName
from diplograph.rdf.dataset import Delta
from diplograph.reasoning.closure import CLOSURE
from diplograph.reasoning.owl_rl import Rule
from diplograph.summary.accounts import Thing
from diplograph.summary.acts import STAGE, SUMMARY

STEPS = 2
"""How many steps a proof may have that saves a triple from deletion; longer ones are found afterwards."""
_CLOSURE, _ONTOLOGY = NamedNode(CLOSURE), NamedNode(str(DGG.ontology))
_NOT_ASSERTED = {_CLOSURE, DefaultGraph()}
_DERIVED = {DefaultGraph(), *map(NamedNode, BUILT_GRAPHS)}
Test = Callable[[Triple], bool]


def update(dataset: Dataset, rules: Sequence[Rule], delta: Delta) -> Delta:
    """Return the change of dgg:closure that a change of the other named graphs brings about.

    The dataset holds the graphs and their closure by the rules as they were before; it stays as it is. The
    rules are the same before and after.
    """
    state = _State(dataset, [dataset], delta)

    def is_held(triple: Triple) -> bool:
        return state.held_before(triple) and not state.asserted_before(triple)

    def holds(triple: Triple) -> bool:
        return triple in state and not state.asserting(triple)

    return _difference(_Update(state, Clauses(rules)).run(), is_held, holds, _CLOSURE)


def followed(dataset: Dataset, rules: Sequence[Rule], delta: Delta) -> tuple[Delta, set[Thing]]:
    """Return a change of named graphs with that of dgg:closure and dgg:summary, and the acts it touches.

    Pairs are left out: they depend on what rules infer. The dataset stays as it is.
    """
    acts = summary.touched(dataset, delta)
    first = delta.then(summary.withdrawn(dataset, acts))  # or a summary would hold up what it rests on
    whole = first.then(update(dataset, rules, first))
    acts |= summary.touched(dataset, whole)
    applied = dataset.apply_merged(whole)
    try:
        acts |= summary.touched(dataset, whole)
        change = summary.acts_change(dataset, acts)
        change = change.then(update(dataset, rules, change))
    finally:
        dataset.apply(applied.inverse)
    return whole.then(change), acts


def is_judged(quad: Quad) -> bool:
    """Tell whether shapes judge a quad of a release: what is curated, and of what is derived the stages."""
    return quad.graph_name not in _DERIVED or (quad.predicate == STAGE and quad.graph_name == SUMMARY)


def judged_quads(dataset: Dataset) -> Iterator[Quad]:
    """Yield the quads of a release that shapes judge: graph by graph, so that no other one is touched."""
    for graph in map(NamedNode, dataset.graph_names()):
        if graph == SUMMARY:
            yield from dataset.matching(None, STAGE, None, graph)
        elif graph not in _DERIVED:
            yield from dataset.matching(None, None, None, graph)


def validation_graph_change(loaded: Dataset, judged: Dataset, rules: Sequence[Rule], delta: Delta) -> Delta:
    """Return the change of the validation graph, which holds no axiom and is closed by fewer rules.

    `loaded` holds the named graphs before the change, with their closure, and `judged` what is judged of
    them; both stay as they are. Of the change only what shapes judge counts.
    """
    axioms = Dataset.memory()
    axioms.extend(loaded.quads(_ONTOLOGY.value))
    added, removed = (frozenset(filter(is_judged, quads)) for quads in (delta.added, delta.removed))
    state = _State(loaded, [judged, axioms], Delta(added, removed), is_judged)

    def holds(triple: Triple) -> bool:
        return triple in state and state.asserting(triple) != {_ONTOLOGY}

    restricted = Clauses([rule for rule in rules if rule.validation])
    return _difference(_Update(state, restricted).run(), judged.holds, holds, DefaultGraph())


def _difference(
    triples: Iterable[Triple], before: Test, after: Test, graph: NamedNode | DefaultGraph
) -> Delta:
    """Return, as quads of a graph, which of some triples it comes to hold and which it loses."""
    added: set[Quad] = set()
    removed: set[Quad] = set()
    for triple in triples:
        is_there = after(triple)
        if before(triple) != is_there:
            (added if is_there else removed).add(Quad(triple.subject, triple.predicate, triple.object, graph))
    return Delta(frozenset(added), frozenset(removed))


class Clauses:
    """The rules of a set, found by the triples that they speak of."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Index the rules by each pattern."""
        self._readers = Index[tuple[tuple[TriplePattern, ...], TriplePattern]]()
        self._makers = Index[tuple[TriplePattern, ...]]()
        for rule in rules:
            head, *body = ((slot(s), slot(p), slot(o)) for s, p, o in (rule.head, *rule.body))
            self._makers.add(head, tuple(body))
            for place, pattern in enumerate(body):
                self._readers.add(pattern, ((*body[:place], *body[place + 1 :]), head))

    def conclusions(self, triple: Triple, match: Match) -> Iterator[Triple]:
        """Return what follows in one step from a triple and others that match."""
        for found, (rest, head) in self._readers.matching(triple):
            for bindings in joined(rest, found, match):
                conclusion = _filled(head, bindings)
                if conclusion is not None:
                    yield conclusion

    def premises(self, triple: Triple, match: Match) -> Iterator[list[Triple]]:
        """Return the sets of triples that match and from which a triple follows in one step."""
        for found, body in self._makers.matching(triple):
            for bindings in joined(body, found, match):
                yield [held for p in body if (held := _filled(p, bindings)) is not None]


def _filled(pattern: TriplePattern, bindings: Bindings) -> Triple | None:
    """Return the triple of a pattern, None for one with a literal as its subject."""
    subject, predicate, value = (value_of(slot, bindings) for slot in pattern)
    if not isinstance(subject, NamedNode | BlankNode) or not isinstance(predicate, NamedNode):
        return None
    return None if value is None else Triple(subject, predicate, value)


class _State:
    """What holds while the change is worked out: at first what held before it, which `held` have together."""

    def __init__(
        self,
        dataset: Dataset,
        held: Sequence[Dataset],
        delta: Delta,
        is_asserted: Callable[[Quad], bool] = lambda quad: quad.graph_name not in _NOT_ASSERTED,
    ) -> None:
        self._dataset, self._held, self._is_asserted = dataset, held, is_asserted
        self._added, self._removed = _stored(delta.added), _stored(delta.removed)
        self._come = Dataset.memory()
        self.match = finder(*held, self._come, without=(gone := set[Triple]()))
        self.gone = gone
        self.new: set[Triple] = set()

    def changed(self) -> set[Triple]:
        """Return the triples that the change asserts or no longer asserts in some graph."""
        return {quad.triple for quad in (*self._added.quads(), *self._removed.quads())}

    def held_before(self, triple: Triple) -> bool:
        return any(dataset.holds(triple) for dataset in self._held)

    def asserted_before(self, triple: Triple) -> bool:
        return any(map(self._is_asserted, self._dataset.matching(*triple)))

    def asserting(self, triple: Triple) -> set[GraphName]:
        """Return the graphs but the closure that hold a triple after the change."""
        before, gone, come = (
            {quad.graph_name for quad in dataset.matching(*triple) if self._is_asserted(quad)}
            for dataset in (self._dataset, self._removed, self._added)
        )
        return before - gone | come

    def add(self, triple: Triple) -> None:
        self.gone.discard(triple)
        self.new.add(triple)
        self._come.extend([Quad(triple.subject, triple.predicate, triple.object)])

    def __contains__(self, triple: Triple) -> bool:
        return triple in self.new or (triple not in self.gone and self.held_before(triple))


class _Update:
    """One run over a state."""

    def __init__(self, state: _State, clauses: Clauses) -> None:
        self._state, self._clauses = state, clauses
        self._proved: set[Triple] = set()
        self._lost: set[Triple] = set()

    def run(self) -> set[Triple]:
        """Bring the state about that the change makes; return all triples for which it may differ."""
        state, changed = self._state, self._state.changed()
        self._lose(triple for triple in changed if state.asserted_before(triple))
        state.gone |= self._lost
        found = [triple for triple in changed if state.asserting(triple) and triple not in state]
        found += [triple for triple in self._lost if any(True for _ in self._premises(triple))]
        self._gain(found)
        return changed | self._lost | state.new

    def _lose(self, triples: Iterable[Triple]) -> None:
        """Collect what no longer stands and what followed from it, unless another proof is at hand."""
        due = deque(triple for triple in triples if self._is_lost(triple))
        self._lost.update(due)
        while due:
            for head in self._clauses.conclusions(due.popleft(), self._state.match):
                if head not in self._lost and self._is_lost(head):
                    self._lost.add(head)
                    due.append(head)

    def _is_lost(self, triple: Triple) -> bool:
        return not self._is_proved(triple, STEPS, frozenset())

    def _is_proved(self, triple: Triple, steps: int, path: frozenset[Triple]) -> bool:
        """Tell whether a triple follows from what is asserted after the change, by a short proof."""
        if triple in self._lost or triple in path:
            return False
        if triple in self._proved or self._state.asserting(triple):
            return True
        if not steps:
            return False
        path |= {triple}
        for premises in self._premises(triple):
            if all(self._is_proved(premise, steps - 1, path) for premise in premises):
                self._proved.add(triple)
                return True
        return False

    def _premises(self, triple: Triple) -> Iterator[list[Triple]]:
        return self._clauses.premises(triple, self._state.match)

    def _gain(self, triples: Iterable[Triple]) -> None:
        """Add triples and whatever follows from them."""
        due = deque(dict.fromkeys(triples))
        for triple in due:
            self._state.add(triple)
        while due:
            for head in list(self._clauses.conclusions(due.popleft(), self._state.match)):
                if head not in self._state:
                    self._state.add(head)
                    due.append(head)


def _stored(quads: Iterable[Quad]) -> Dataset:
    """Return quads with the lexical forms of a store."""
    made = Dataset.memory()
    made.extend(quads)
    return made
