"""Which changes of a dataset can change the answer of a query: a test that never says no in error.

A changed triple matters only where it matches a pattern of the query together with the patterns that are
asked beside it. Filters and the names of graphs are ignored, so that more seems to matter than does.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count, product
from typing import Any

from pyoxigraph import NamedNode, Triple
from rdflib import RDF, BNode, Variable
from rdflib.paths import AlternativePath, InvPath, Path
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from diplograph.incremental.matching import Bindings, Match, Slots, joined, slots, unified
from diplograph.rdf.terms import OxigraphTerm

Pattern = tuple[Any, Any, Any]
_TYPE = NamedNode(str(RDF.type))
Group = tuple[Pattern, ...]
"""Patterns that hold together."""
_THROUGH = (
    *("Filter", "Extend", "Graph", "OrderBy", "Distinct", "Reduced", "Slice", "SelectQuery"),
    *("AggregateJoin", "Group", "ToMultiSet"),
)
_LIMIT = 64
"""How many alternatives of a group are told apart."""


@dataclass(frozen=True)
class Parts:
    """The groups of patterns that a query looks for, those of every solution, and those of its template."""

    groups: tuple[list[Slots], ...]
    required: tuple[list[Slots], ...]
    template: tuple[list[Slots], ...]

    @classmethod
    def of(cls, text: str) -> "Parts":
        """Read a query that the engine takes. Raises UnboundedError when anything may matter to it."""
        algebra = translateQuery(parseQuery(text)).algebra
        return cls(
            _distinct(group for scope in _scopes(algebra.p, [()], _Fresh()) for group in scope),
            _distinct(_required(algebra.p, _Fresh())),
            _distinct(_alternatives(tuple(algebra.template or ()))),
        )


def _distinct(groups: Iterable[Group]) -> tuple[list[Slots], ...]:
    return tuple([slots(pattern) for pattern in group] for group in dict.fromkeys(groups))


class Asked:
    """Groups of patterns, found by the properties that they ask for."""

    def __init__(self, groups: Iterable[list[Slots]]) -> None:
        """Index each pattern with those beside it."""
        self._asked: defaultdict[object, list[tuple[Slots, list[Slots]]]] = defaultdict(list)
        for patterns in groups:
            for place, pattern in enumerate(patterns):
                rest = patterns[:place] + patterns[place + 1 :]
                self._asked[None if isinstance(pattern[1], str) else pattern[1]].append((pattern, rest))

    def is_touched(self, changed: Iterable[Triple], match: Match) -> bool:
        """Whether a triple that is added or removed may matter; `match` finds all that is or was there."""
        return any(any(True for _ in joined(rest, found, match)) for found, rest in self._met(changed))

    def bound(self, name: str, changed: Iterable[Triple], match: Match) -> Iterator[OxigraphTerm | None]:
        """Yield what a variable may be bound to where a changed triple may matter, None for anything."""
        for found, rest in self._met(changed):
            yield from _towards(name, rest, found, match)

    def _met(self, changed: Iterable[Triple]) -> Iterator[tuple[Bindings, list[Slots]]]:
        """Yield how a changed triple binds the variables of a pattern, with the patterns beside it."""
        for triple in changed:
            for pattern, rest in (*self._asked.get(triple.predicate, ()), *self._asked.get(None, ())):
                found = unified(pattern, triple, {})
                if found is not None:
                    yield found, rest


class Footprint(Asked):
    """The groups of patterns of a query, the template of CONSTRUCT among them."""

    def __init__(self, text: str) -> None:
        """Read a query that the engine takes. Raises UnboundedError when anything may matter to it."""
        parts = Parts.of(text)
        super().__init__((*parts.groups, *parts.template))


def _towards(
    name: str, patterns: list[Slots], bindings: Bindings, match: Match
) -> Iterator[OxigraphTerm | None]:
    """Follow patterns from what is bound to a variable and no further; classes lead to too much."""
    if name in bindings:
        yield bindings[name]
        return
    tied = [p for p in patterns if p[0] in bindings] + [p for p in patterns if p[2] in bindings]
    chosen = next((p for p in tied if p[1] != _TYPE), None)
    if chosen is None:
        yield None
        return
    rest = [pattern for pattern in patterns if pattern is not chosen]
    for triple in match(*(bindings.get(slot) if isinstance(slot, str) else slot for slot in chosen)):
        found = unified(chosen, triple, bindings)
        if found is not None:
            yield from _towards(name, rest, found, match)


Renaming = Callable[[Iterable[Group]], list[Group]]
"""Gives the variables of patterns the names that they have outside the sub-selects around them."""


class _Fresh:
    """New names for variables that are not seen outside a sub-select."""

    def __init__(self) -> None:
        self._numbers = count()

    def renaming(self, kept: set[Variable], outer: Renaming = list) -> Renaming:
        suffix = f".{next(self._numbers)}"

        def name(term: Any) -> Any:
            if isinstance(term, Variable) and term not in kept:
                return Variable(f"{term}{suffix}")
            return term

        return lambda groups: outer([tuple((name(s), p, name(o)) for s, p, o in group) for group in groups])


def _required(node: Any, fresh: _Fresh) -> list[Group]:
    """Return the alternatives of what every solution of a node matches."""
    name = node.name if isinstance(node, CompValue) else ""
    found: list[Group] = [()]
    if name == "BGP":
        found = _alternatives(tuple(node.triples))
    elif name == "Join":
        found = _both(_required(node.p1, fresh), _required(node.p2, fresh))
    elif name == "Union":
        groups = [*_required(node.p1, fresh), *_required(node.p2, fresh)]
        found = groups if len(groups) <= _LIMIT else found
    elif name in ("LeftJoin", "Minus"):
        found = _required(node.p1, fresh)
    elif name == "Project":
        found = fresh.renaming(set(node.PV))(_required(node.p, fresh))
    elif name in _THROUGH and not (name == "Group" and not node.expr):  # it has a row over nothing
        found = _required(node.p, fresh)
    return found


def _scopes(node: Any, beside: list[Group], fresh: _Fresh, names: Renaming = list) -> Iterator[list[Group]]:
    """Return each basic pattern of a node with what holds beside it, in its alternatives."""
    if not isinstance(node, CompValue):
        return
    if node.name == "BGP":
        yield _both(names(_alternatives(tuple(node.triples))), beside)
    elif node.name in ("Join", "LeftJoin", "Minus", "Union"):
        first, second = beside, beside
        if node.name != "Union":
            second = _both(beside, names(_required(node.p1, fresh)))
        if node.name == "Join":
            first = _both(beside, names(_required(node.p2, fresh)))
        yield from _scopes(node.p1, first, fresh, names)
        yield from _scopes(node.p2, second, fresh, names)
    else:
        if node.name == "Slice":  # a row may push another one out
            beside = [()]
        inner = fresh.renaming(set(node.PV), names) if node.name == "Project" else names
        yield from _scopes(node.p, beside, fresh, inner)
    for group in _tested(node):
        yield from _scopes(group, _both(beside, names(_required(node.p, fresh))), fresh, names)


def _tested(node: CompValue) -> Iterator[Any]:
    """Return the groups that EXISTS and NOT EXISTS in the expressions of a node look for."""
    due = [value for name, value in node.items() if name not in ("p", "p1", "p2")]
    while due:
        value = due.pop()
        if isinstance(value, CompValue) and value.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            yield value.graph
        elif isinstance(value, CompValue):
            due += value.values()
        elif isinstance(value, list | tuple):
            due += value


def _both(one: list[Group], other: list[Group]) -> list[Group]:
    """Return what holds where both hold; only the first where that would be too many alternatives."""
    return [a + b for a, b in product(one, other)] if len(one) * len(other) <= _LIMIT else one


def _alternatives(patterns: Group) -> list[Group]:
    """Return patterns without property paths, one group for each way through them."""
    found: list[Group] = [()]
    for subject, predicate, value in patterns:
        found = [(*group, way) for group in found for way in _ways(subject, predicate, value)]
        if len(found) > _LIMIT:
            raise UnboundedError
    return found


def _ways(subject: Node, predicate: Any, value: Node) -> list[Pattern]:
    if isinstance(predicate, AlternativePath):
        return [way for part in predicate.args for way in _ways(subject, part, value)]
    if isinstance(predicate, InvPath):
        return _ways(value, predicate.arg, subject)
    if isinstance(predicate, Path):
        raise UnboundedError
    return [(_variable(subject), predicate, _variable(value))]


def _variable(term: Node) -> Node:
    return Variable(f"_:{term}") if isinstance(term, BNode) else term


class UnboundedError(Exception):
    """A query of which it cannot be told what may matter: it has paths of several steps, or too many ways."""
