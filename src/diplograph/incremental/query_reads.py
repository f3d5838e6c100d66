"""What a SPARQL query reads, from its algebra."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import count, product
from typing import Any, NamedTuple

from rdflib import URIRef, Variable, paths
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from diplograph.incremental.patterns import Group, Pattern, Read, Slot, UnboundedError, each, slot
from diplograph.incremental.walk import Footprint
from diplograph.sparql.paths import Either, Path, Repeated, Step, joined

_THROUGH = (
    *("Filter", "Extend", "Graph", "OrderBy", "Distinct", "Reduced", "Slice", "SelectQuery"),
    *("AggregateJoin", "Group", "ToMultiSet"),
)
_LIMIT = 64
"""How many alternatives of a group are told apart."""


class QueryReads(NamedTuple):
    """What a query looks for, the alternatives of what every solution matches, and what CONSTRUCT makes."""

    reads: tuple[Read, ...]
    certain: tuple[Group, ...]
    template: Group

    @classmethod
    def of(cls, text: str) -> "QueryReads":
        """Read a query that the engine takes. Raises UnboundedError for LIMIT, and for what is not read."""
        algebra = translateQuery(parseQuery(text)).algebra
        groups = dict.fromkeys(group for scope in _scopes(algebra.p, [()], _Fresh()) for group in scope)
        reads = dict.fromkeys(read for group in groups for read in each(group))
        template = _group(algebra.template or ())
        return cls(tuple(reads), tuple(dict.fromkeys(_certain(algebra.p, _Fresh()))), template)


@lru_cache(maxsize=64)
def footprint(text: str, key: str) -> Footprint:
    """Return, once for each text, what matters to the solutions with a value. Raises UnboundedError."""
    found = QueryReads.of(text)
    return Footprint(found.reads, (key,), found.certain)


Renaming = Callable[[Iterable[Group]], list[Group]]
"""Gives the variables of patterns the names that they have outside the sub-selects around them."""


class _Fresh:
    """New names for variables that are not seen outside a sub-select."""

    def __init__(self) -> None:
        self._numbers = count()

    def renaming(self, kept: set[str], outer: Renaming = list) -> Renaming:
        suffix = f".{next(self._numbers)}"

        def name(end: Slot) -> Slot:
            return f"{end}{suffix}" if isinstance(end, str) and end not in kept else end

        return lambda groups: outer([tuple(Pattern(name(s), p, name(o)) for s, p, o in g) for g in groups])


def _certain(node: Any, fresh: _Fresh) -> list[Group]:
    """Return the alternatives of what every solution of a node matches."""
    name = node.name if isinstance(node, CompValue) else ""
    found: list[Group] = [()]
    if name == "BGP":
        found = [_group(node.triples)]
    elif name == "Join":
        found = _both(_certain(node.p1, fresh), _certain(node.p2, fresh))
    elif name == "Union":
        groups = [*_certain(node.p1, fresh), *_certain(node.p2, fresh)]
        found = groups if len(groups) <= _LIMIT else found
    elif name in ("LeftJoin", "Minus"):
        found = _certain(node.p1, fresh)
    elif name == "Project":
        found = fresh.renaming(set(map(str, node.PV)))(_certain(node.p, fresh))
    elif name in _THROUGH and not (name == "Group" and not node.expr):  # it has a row over nothing
        found = _certain(node.p, fresh)
    return found


def _scopes(node: Any, beside: list[Group], fresh: _Fresh, names: Renaming = list) -> Iterator[list[Group]]:
    """Return each basic pattern of a node with what holds beside it, in its alternatives."""
    if not isinstance(node, CompValue):
        return
    if node.name == "BGP":
        yield _both(names([_group(node.triples)]), beside)
    elif node.name in ("Join", "LeftJoin", "Minus", "Union"):
        first, second = beside, beside
        if node.name != "Union":
            second = _both(beside, names(_certain(node.p1, fresh)))
        if node.name == "Join":
            first = _both(beside, names(_certain(node.p2, fresh)))
        yield from _scopes(node.p1, first, fresh, names)
        yield from _scopes(node.p2, second, fresh, names)
    else:
        if node.name == "Slice":  # a row may push any other one out
            raise UnboundedError
        inner = fresh.renaming(set(map(str, node.PV)), names) if node.name == "Project" else names
        yield from _scopes(node.p, beside, fresh, inner)
    for group in _tested(node):
        yield from _scopes(group, _both(beside, names(_certain(node.p, fresh))), fresh, names)


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


def _group(triples: Iterable[tuple[Node, Any, Node]]) -> Group:
    return tuple(Pattern.of(slot(subject), _path(path), slot(value)) for subject, path, value in triples)


def _path(path: Any) -> Path | None:
    """Return a path of the algebra as a value, None for a variable. Raises UnboundedError."""
    if isinstance(path, Variable):
        return None
    if isinstance(path, URIRef):
        return Step(str(path))
    if isinstance(path, paths.InvPath):
        return _parts(path.arg)[0].inverse()
    if isinstance(path, paths.SequencePath):
        return joined(*_parts(*path.args))
    if isinstance(path, paths.AlternativePath):
        return Either(_parts(*path.args))
    if isinstance(path, paths.MulPath):
        return Repeated(_parts(path.path)[0], path.mod)
    raise UnboundedError


def _parts(*found: Any) -> tuple[Path, ...]:
    return tuple(part for path in found if (part := _path(path)) is not None)
