"""What a change changes in dgg:inferred: the rules are asked of what it touches, and of all only in need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from diplograph.incremental.closure import Clauses
from diplograph.incremental.patterns import (
    Group,
    Index,
    Pattern,
    Read,
    TriplePattern,
    UnboundedError,
    finder,
    joined,
    triggers,
    variables,
)
from diplograph.incremental.query_reads import QueryReads
from diplograph.incremental.walk import Footprint, Key, Walk
from diplograph.namespaces import DGG, RDF
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.rdf.terms import OxigraphTerm
from diplograph.reasoning import Rule as Axiom
from diplograph.reasoning.construct_rules import INFERRED, INFERRED_PAIR, Rule, elsewhere, inferred, made
from diplograph.sparql.paths import Step

MOST = 300
"""From how many touched acts on the rules are asked of everything."""
_CLOSURE, _TYPE = NamedNode(str(DGG.closure)), NamedNode(str(RDF.type))
Keys = Mapping[Rule, frozenset[Key]]


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

        Raises UnboundedError where all has to be inferred anew: what rules infer follows from others as well,
        or rules read what follows from statements of their own.
        """
        if self.keys is not None and not any(self.keys.values()):
            return Delta()
        if not is_apart(axioms, [Rule.read(path) for path in self.paths]):
            raise UnboundedError
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
            raise UnboundedError  # pairs that are asserted entail others, which are not inferred
        now = {inferred(triple) for triple in made(dataset, self.paths) if not _elsewhere(dataset, triple)}
        before = set(dataset.quads(INFERRED.value))
        triples, clauses = {quad.triple for quad in now}, Clauses(axioms)
        gone = (quad for quad in before - now if not _follows(quad.triple, clauses, triples))
        return Delta(frozenset(now - before), frozenset(gone))


@dataclass(frozen=True)
class _Joining:
    """A rule by what it reads, with what it joins as keys, and by what it makes."""

    footprint: Footprint
    template: Group
    reads: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "_Joining":
        """Read a rule. Raises UnboundedError where it cannot be told what depends on which key."""
        found = QueryReads.of(text)
        keys = sorted(variables(p for p in found.template if p.path == Step(INFERRED_PAIR.value)))
        if not keys or not all(set(keys) <= variables(group) for group in found.certain):
            raise UnboundedError
        reads = _terms(read.pattern for read in found.reads)
        return cls(Footprint(found.reads, keys, found.certain), found.template, reads)

    def is_made(self, walk: Walk) -> bool:
        """Tell whether a triple that is added or removed may be one that the rule makes."""
        made = [made for p in self.template for made, _ in triggers(Read(p, ()))]
        index = Index[tuple[TriplePattern, ...]]()
        for place, pattern in enumerate(made):
            index.add(pattern, (*made[:place], *made[place + 1 :]))
        bound = (found for triple in walk.changed for found in index.matching(triple))
        return any(True for found, rest in bound for _ in joined(rest, found, walk.match))


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
    walk = Walk(finder(dataset, new), changed)
    try:
        return {rule: _reached(rule, walk) for rule in rules}
    except UnboundedError:
        return None


def _reached(rule: Rule, walk: Walk) -> frozenset[Key]:
    joining = _joining(rule.text)
    if joining.is_made(walk):
        raise UnboundedError
    found = joining.footprint.reached(walk)
    if len(found) > MOST:
        raise UnboundedError
    return frozenset(found)


def constructed(dataset: Dataset, keys: Keys) -> frozenset[Triple]:
    """Return what rules construct for some values of their keys, from the triples that matter to them."""
    found: set[Triple] = set()
    walk = Walk(finder(dataset))
    for rule, own in keys.items():
        around = {triple for key in own for triple in _joining(rule.text).footprint.triples_read(key, walk)}
        part = Dataset.memory()
        part.fill(quad for triple in around for quad in _named(dataset, triple))
        for name, value in own:
            found.update(part.construct(rule.text, {name: value}, default=False))
    return frozenset(found)


def is_apart(axioms: Iterable[Axiom], rules: Sequence[Rule]) -> bool:
    """Tell whether no rule reads what axioms make of statements of the rules."""
    axioms, found = list(axioms), set[str]()
    fresh = {name for r in rules for name in _terms([*_joining(r.text).template, *_about(r)])}
    while fresh:
        fresh = {axiom.makes for axiom in axioms if axiom.reads & fresh} - found
        found |= fresh
    return not any(found & _joining(rule.text).reads for rule in rules)


@lru_cache(maxsize=16)
def _joining(text: str) -> _Joining:
    """Read a rule once: that takes longer than to follow a small change."""
    return _Joining.of(text)


def _terms(group: Iterable[Pattern]) -> frozenset[str]:
    """Return the class that each pattern names, or else its property. Raises UnboundedError for any."""
    found = set[str]()
    for pattern in group:
        for (_, predicate, value), _ in triggers(Read(pattern, ())):
            term = value if predicate == _TYPE else predicate
            if not isinstance(term, NamedNode):
                raise UnboundedError
            found.add(term.value)
    return frozenset(found)


def _about(rule: Rule) -> list[Pattern]:
    return [Pattern(t.subject, Step(t.predicate.value), t.object) for t in rule.about()]


def _elsewhere(dataset: Dataset, triple: Triple) -> bool:
    """Tell whether a graph of its own holds a triple that rules construct."""
    graphs = elsewhere(dataset, triple)
    if _CLOSURE in graphs:
        raise UnboundedError
    return bool(graphs)


def _follows(triple: Triple, clauses: Clauses, triples: set[Triple]) -> bool:
    """Tell whether a triple follows in one step from one of some others."""

    def match(s: OxigraphTerm | None, p: OxigraphTerm | None, o: OxigraphTerm | None) -> list[Triple]:
        if not isinstance(s, NamedNode | BlankNode) or not isinstance(p, NamedNode) or o is None:
            return []
        found = Triple(s, p, o)
        return [found] if found in triples else []

    return any(True for _ in clauses.premises(triple, match))


def _named(dataset: Dataset, triple: Triple) -> list[Quad]:
    """The quads of a triple in the graphs that rules read."""
    left_out = (INFERRED, DefaultGraph())
    return [quad for quad in dataset.matching(*triple) if quad.graph_name not in left_out]
