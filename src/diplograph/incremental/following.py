"""What a change of the named graphs changes in the graph that shapes judge."""

from collections.abc import Sequence

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from diplograph.closure import Rule
from diplograph.delta import Delta
from diplograph.incremental.closure import update
from diplograph.store import Dataset
from diplograph.vocab import DGG

CLOSURE, ONTOLOGY = NamedNode(str(DGG.closure)), NamedNode(str(DGG.ontology))
_ELSEWHERE = {CLOSURE, ONTOLOGY, DefaultGraph()}


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
