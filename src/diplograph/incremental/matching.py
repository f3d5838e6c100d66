"""Rules applied to single triples: what follows from one, and what one may follow from.

A rule set on a store is run by queries; a change of a few triples is followed faster pattern by pattern.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Triple
from rdflib import Variable
from rdflib.term import Node

from diplograph.rdf.dataset import as_stored
from diplograph.rdf.terms import OxigraphTerm, to_oxigraph
from diplograph.reasoning.rules import Pattern, Rule

Bindings = dict[str, OxigraphTerm]
Match = Callable[[OxigraphTerm | None, OxigraphTerm | None, OxigraphTerm | None], Iterable[Triple]]
"""How the triples of a pattern are found; None stands for any term."""
Slots = tuple[OxigraphTerm | str, OxigraphTerm | str, OxigraphTerm | str]
"""A pattern in the engine's terms; a string is a variable."""
_Key = tuple[OxigraphTerm | str, OxigraphTerm | None]


@dataclass(frozen=True, slots=True)
class _Clause:
    """A rule in the engine's terms."""

    body: tuple[Slots, ...]
    head: Slots

    @classmethod
    def of(cls, rule: Rule) -> "_Clause":
        return cls(tuple(map(slots, rule.body)), slots(rule.head))


class Clauses:
    """The rules of a set, found by the triples that they speak of."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Index the rules by the property, and the object where it is fixed, of each pattern."""
        self._readers: defaultdict[_Key, list[tuple[_Clause, int]]] = defaultdict(list)
        self._makers: defaultdict[_Key, list[_Clause]] = defaultdict(list)
        for clause in map(_Clause.of, rules):
            self._makers[_key(clause.head)].append(clause)
            for place, pattern in enumerate(clause.body):
                self._readers[_key(pattern)].append((clause, place))

    def conclusions(self, triple: Triple, match: Match) -> Iterator[Triple]:
        """Return what follows in one step from a triple and others that match."""
        for key in _keys(triple):
            for clause, place in self._readers.get(key, ()):
                found = unified(clause.body[place], triple, {})
                if found is None:
                    continue
                rest = clause.body[:place] + clause.body[place + 1 :]
                for bindings in joined(rest, found, match):
                    head = _filled(clause.head, bindings)
                    if head is not None:
                        yield head

    def premises(self, triple: Triple, match: Match) -> Iterator[list[Triple]]:
        """Return the sets of triples that match and from which a triple follows in one step."""
        for key in _keys(triple):
            for clause in self._makers.get(key, ()):
                found = unified(clause.head, triple, {})
                if found is None:
                    continue
                for bindings in joined(clause.body, found, match):
                    yield [held for p in clause.body if (held := _filled(p, bindings)) is not None]


def joined(patterns: Sequence[Slots], bindings: Bindings, match: Match) -> Iterator[Bindings]:
    """Return the bindings under which all patterns match, the most definite pattern asked first."""
    if not patterns:
        yield bindings
        return
    chosen = max(patterns, key=lambda pattern: _definite(pattern, bindings))
    rest = [pattern for pattern in patterns if pattern is not chosen]
    for triple in match(*(_value(slot, bindings) for slot in chosen)):
        found = unified(chosen, triple, bindings)
        if found is not None:
            yield from joined(rest, found, match)


def _definite(pattern: Slots, bindings: Bindings) -> tuple[bool, int]:
    """Return what tells how few triples a pattern matches: one that is tied to what is known has fewest."""
    is_tied = any(isinstance(slot, str) and slot in bindings for slot in pattern)
    return is_tied, sum(_value(slot, bindings) is not None for slot in pattern)


def unified(pattern: Slots, triple: Triple, bindings: Bindings) -> Bindings | None:
    """Return the bindings under which a pattern is a triple, None when there are none."""
    found = dict(bindings)
    for slot, term in zip(pattern, (triple.subject, triple.predicate, triple.object), strict=True):
        if isinstance(slot, str):
            if found.setdefault(slot, term) != term:
                return None
        elif slot != term:
            return None
    return found


def _filled(pattern: Slots, bindings: Bindings) -> Triple | None:
    """Return the triple of a pattern, None for one with a literal as its subject."""
    subject, predicate, value = (_value(slot, bindings) for slot in pattern)
    if not isinstance(subject, NamedNode | BlankNode) or not isinstance(predicate, NamedNode):
        return None
    return None if value is None else Triple(subject, predicate, value)


def _value(slot: OxigraphTerm | str, bindings: Bindings) -> OxigraphTerm | None:
    return bindings.get(slot) if isinstance(slot, str) else slot


def slots(pattern: Pattern) -> Slots:
    """Return a pattern of rdflib's terms in the engine's."""
    subject, predicate, value = pattern
    return _slot(subject), _slot(predicate), _slot(value)


def _slot(term: Node) -> OxigraphTerm | str:
    return str(term) if isinstance(term, Variable) else as_stored(to_oxigraph(term))


def _key(pattern: Slots) -> _Key:
    _, predicate, value = pattern
    return predicate, None if isinstance(value, str) else value


def _keys(triple: Triple) -> tuple[_Key, _Key]:
    return (triple.predicate, None), (triple.predicate, triple.object)
