"""What a change of a few triples changes in a closure: delete what lost its support, derive it again, add.

Delete and rederive (Gupta, Mumick and Subrahmanian 1993), with a short look for another proof before
anything is deleted, as in the backward and forward algorithm (Motik and others 2015).
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from diplograph.incremental.matching import Clauses
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.rdf.terms import OxigraphTerm
from diplograph.reasoning.closure import CLOSURE
from diplograph.reasoning.rules import Rule

STEPS = 2
"""How many steps a proof may have that saves a triple from deletion; longer ones are found afterwards."""
_GRAPH = NamedNode(CLOSURE)
_NOT_ASSERTED = {_GRAPH, DefaultGraph()}


def update(
    dataset: Dataset, rules: Sequence[Rule], delta: Delta, *, held: Sequence[Dataset] | None = None
) -> Delta:
    """Return the change of dgg:closure that a change of the other named graphs brings about.

    The dataset holds the graphs and their closure by the rules as they were before; it stays as it is. For
    a closure by other rules than that of its dgg:closure, `held` are the datasets that together hold the
    asserted triples and what follows from them by these rules. The rules are the same before and after.
    """
    return _Update(_State(dataset, held or [dataset], delta), Clauses(rules)).run()


class _State:
    """What holds while the change is worked out: at first what held before it."""

    def __init__(self, dataset: Dataset, held: Sequence[Dataset], delta: Delta) -> None:
        self._dataset, self._held = dataset, held
        self._added, self._removed = _stored(delta.added), _stored(delta.removed)
        self._come = Dataset.memory()
        self.gone: set[Triple] = set()
        self.new: set[Triple] = set()

    def changed(self) -> set[Triple]:
        """Return the triples that the change asserts or no longer asserts in some graph."""
        return {quad.triple for quad in (*self._added.quads(), *self._removed.quads())}

    def held_before(self, triple: Triple) -> bool:
        return any(dataset.holds(triple) for dataset in self._held)

    def asserted_before(self, triple: Triple) -> bool:
        return any(q.graph_name not in _NOT_ASSERTED for q in self._dataset.matching(*triple))

    def is_asserted(self, triple: Triple) -> bool:
        """Whether some graph but the closure holds the triple after the change."""
        left = {q.graph_name for q in self._dataset.matching(*triple)} - _NOT_ASSERTED
        left -= {q.graph_name for q in self._removed.matching(*triple)}
        return bool(left) or self._added.holds(triple)

    def add(self, triple: Triple) -> None:
        self.gone.discard(triple)
        self.new.add(triple)
        self._come.extend([Quad(triple.subject, triple.predicate, triple.object)])

    def __contains__(self, triple: Triple) -> bool:
        return triple in self.new or (triple not in self.gone and self.held_before(triple))

    def match(
        self, subject: OxigraphTerm | None, predicate: OxigraphTerm | None, value: OxigraphTerm | None
    ) -> Iterator[Triple]:
        """Return the triples of a pattern, each once."""
        seen: set[Triple] = set()
        for dataset in (*self._held, self._come):
            for quad in dataset.matching(subject, predicate, value):
                triple = quad.triple
                if triple not in seen and triple not in self.gone:
                    seen.add(triple)
                    yield triple


class _Update:
    """One run over a state."""

    def __init__(self, state: _State, clauses: Clauses) -> None:
        self._state, self._clauses = state, clauses
        self._proved: set[Triple] = set()
        self._lost: set[Triple] = set()

    def run(self) -> Delta:
        state, changed = self._state, self._state.changed()
        self._lose(triple for triple in changed if state.asserted_before(triple))
        state.gone |= self._lost
        found = [triple for triple in changed if state.is_asserted(triple) and triple not in state]
        found += [triple for triple in self._lost if any(True for _ in self._premises(triple))]
        self._gain(found)
        return self._difference(changed | self._lost | state.new)

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
        if triple in self._proved or self._state.is_asserted(triple):
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

    def _difference(self, triples: Iterable[Triple]) -> Delta:
        """Return the change of the closure among triples: it holds what follows and is not asserted."""
        added: set[Quad] = set()
        removed: set[Quad] = set()
        for triple in triples:
            before = self._state.held_before(triple) and not self._state.asserted_before(triple)
            after = triple in self._state and not self._state.is_asserted(triple)
            if before != after:
                quad = Quad(triple.subject, triple.predicate, triple.object, _GRAPH)
                (added if after else removed).add(quad)
        return Delta(frozenset(added), frozenset(removed))


def _stored(quads: Iterable[Quad]) -> Dataset:
    """Return quads with the lexical forms of a store."""
    made = Dataset.memory()
    made.extend(quads)
    return made
