"""What a change changes in dgg:inferred: the rules are asked of what it touches, and of all only in need."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from diplograph.incremental.matching import Clauses, Match
from diplograph.incremental.query_reads import UnboundedError
from diplograph.incremental.walk import Key, Routes, term
from diplograph.namespaces import DGG
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.rdf.terms import OxigraphTerm
from diplograph.reasoning import Rule as Axiom
from diplograph.reasoning.reciprocity import INFERRED, INFERRED_PAIR, Rule, elsewhere, inferred, made

MOST = 300
"""From how many touched acts on the rules are asked of everything."""
_CLOSURE = NamedNode(str(DGG.closure))
Keys = Mapping[Rule, frozenset[Key]]


class EntangledError(Exception):
    """Statements that rules infer and that also follow from others: all has to be inferred anew."""


@dataclass(frozen=True)
class Inferring:
    """What rules infer, before a change: `keys` are what it touches, None for everything.

    `before` is what the rules construct of what is touched.
    """

    keys: Keys | None
    before: frozenset[Triple]
    paths: Sequence[Path]

    @classmethod
    def of(cls, dataset: Dataset, delta: Delta, paths: Sequence[Path]) -> "Inferring":
        """Look at a dataset before a change, which has all that it entails."""
        keys = touched(dataset, delta, paths)
        return cls(keys, constructed(dataset, keys or {}), paths)

    def change(self, dataset: Dataset, axioms: Sequence[Axiom]) -> Delta:
        """Return the change of dgg:inferred in a dataset that has the change, without what it entails.

        Raises EntangledError, also where rules read what follows from statements of their own.
        """
        if self.keys is not None and not any(self.keys.values()):
            return Delta()
        if not is_apart(axioms, [Rule.read(path) for path in self.paths]):
            raise EntangledError
        after = constructed(dataset, self.keys or {})
        if self.keys is None or self.before - after:
            return self._whole(dataset, axioms)
        fresh = after - self.before
        about = (triple for rule in self.keys for triple in rule.about()) if fresh else ()
        new = {inferred(t) for t in {*fresh, *about} if not _elsewhere(dataset, t)}
        return Delta(frozenset(quad for quad in new if quad not in dataset))

    def _whole(self, dataset: Dataset, axioms: Sequence[Axiom]) -> Delta:
        """Return the same by asking the rules of everything."""
        if any(_named(dataset, quad.triple) for quad in dataset.matching(None, INFERRED_PAIR, None)):
            raise EntangledError  # pairs that are asserted entail others, which are not inferred
        now = {inferred(triple) for triple in made(dataset, self.paths) if not _elsewhere(dataset, triple)}
        before = set(dataset.quads(INFERRED.value))
        triples, clauses = {quad.triple for quad in now}, Clauses(axioms)
        gone = (quad for quad in before - now if not _follows(quad.triple, clauses, triples))
        return Delta(frozenset(now - before), frozenset(gone))


def touched(dataset: Dataset, delta: Delta, paths: Sequence[Path]) -> Keys | None:
    """Tell of what a change may change what each rule infers; None where that is not plain.

    The dataset is as it was before the change, dgg:inferred included; the change has all that it entails.
    """
    new = Dataset.memory()
    new.extend(delta.added)
    changed = {quad.triple for quad in delta.added | delta.removed}
    rules = [Rule.read(path) for path in paths]
    own = {INFERRED_PAIR, *(rule.iri for rule in rules)}
    if any(triple.predicate in own or triple.subject in own for triple in changed):
        return None
    if any(quad.graph_name == INFERRED for triple in changed for quad in dataset.matching(*triple)):
        return None
    match = _finder(dataset, new)
    try:
        return {rule: _reached(rule, changed, match) for rule in rules}
    except UnboundedError:
        return None


def _reached(rule: Rule, changed: set[Triple], match: Match) -> frozenset[Key]:
    routes = _routes(rule.text)
    if routes.is_made(changed, match):
        raise UnboundedError
    found = routes.reached(changed, match)
    if len(found) > MOST:
        raise UnboundedError
    return frozenset(found)


def constructed(dataset: Dataset, keys: Keys) -> frozenset[Triple]:
    """Return what rules construct for some values of their keys, from the triples that matter to them."""
    found: set[Triple] = set()
    match = _finder(dataset)
    for rule, own in keys.items():
        around = {triple for key in own for triple in _routes(rule.text).around(key, match)}
        part = Dataset.memory()
        part.fill(quad for triple in around for quad in _named(dataset, triple))
        for name, value in own:
            found.update(part.construct(rule.text, {name: value}, default=False))
    return frozenset(found)


def is_apart(axioms: Iterable[Axiom], rules: Sequence[Rule]) -> bool:
    """Tell whether no rule reads what axioms make of statements of the rules."""
    axioms, found = list(axioms), set[str]()
    fresh = {name for rule in rules for name in _routes(rule.text).makes | _terms(rule.about())}
    while fresh:
        fresh = {axiom.makes for axiom in axioms if axiom.reads & fresh} - found
        found |= fresh
    return not any(found & _routes(rule.text).reads for rule in rules)


def _terms(triples: Iterable[Triple]) -> set[str]:
    return {name for t in triples if (name := term((t.subject, t.predicate, t.object))) is not None}


@lru_cache(maxsize=16)
def _routes(text: str) -> Routes:
    """Read a rule once: that takes longer than to follow a small change."""
    return Routes(text, INFERRED_PAIR)


def _elsewhere(dataset: Dataset, triple: Triple) -> bool:
    """Tell whether a graph of its own holds a triple that rules construct."""
    graphs = elsewhere(dataset, triple)
    if _CLOSURE in graphs:
        raise EntangledError
    return bool(graphs)


def _follows(triple: Triple, clauses: Clauses, triples: set[Triple]) -> bool:
    """Tell whether a triple follows in one step from one of some others."""

    def match(s: OxigraphTerm | None, p: OxigraphTerm | None, o: OxigraphTerm | None) -> list[Triple]:
        if not isinstance(s, NamedNode | BlankNode) or not isinstance(p, NamedNode) or o is None:
            return []
        found = Triple(s, p, o)
        return [found] if found in triples else []

    return any(True for _ in clauses.premises(triple, match))


def _finder(*datasets: Dataset) -> Match:
    def match(s: OxigraphTerm | None, p: OxigraphTerm | None, o: OxigraphTerm | None) -> Iterator[Triple]:
        return (quad.triple for held in datasets for quad in held.matching(s, p, o))

    return match


def _named(dataset: Dataset, triple: Triple) -> list[Quad]:
    """The quads of a triple in the graphs that rules read."""
    left_out = (INFERRED, DefaultGraph())
    return [quad for quad in dataset.matching(*triple) if quad.graph_name not in left_out]
