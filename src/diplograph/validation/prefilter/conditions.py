"""A shape as one SPARQL expression over a node: true where the node may break it, or surely does.

The expression is put together like the shape itself: value nodes become EXISTS, `sh:not` and the counts turn
"may" into "surely" and back, and what cannot be said becomes "may" as a whole. So a node for which the
expression is false conforms, whatever is in the data.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, count

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.validation.prefilter import paths
from diplograph.validation.prefilter.leaves import (
    LEAVES,
    either,
    integer,
    negation,
    suspected,
    term,
    unknown,
)
from diplograph.validation.prefilter.paths import InexpressibleError, Path
from diplograph.validation.prefilter.patterns import Pattern, chain
from diplograph.vocab import SH, XSD

TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
_DEEPEST = 5
_MANY = 4
_PROSE = {SH.path, SH.name, SH.description, SH.message, SH.severity, SH.deactivated, SH.order, SH.group}
_SILENT = {*TARGETS, *_PROSE, SH.defaultValue, SH.flags, SH.ignoredProperties, SH.prefixes, SH.declare}
_COUNTS = {SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.qualifiedValueShapesDisjoint}
SINGLE = {SH.datatype, SH.nodeKind, SH["in"], SH.minLength, SH.maxLength, SH.languageIn, SH.uniqueLang}
SINGLE |= {SH.minCount, SH.maxCount, SH.closed}


@dataclass(frozen=True)
class Place:
    """A shape at a node: the variable of the node, and the path to its value nodes if it has one."""

    shape: Node
    focus: str
    path: Path | None
    depth: int


@dataclass
class Conditions:
    """Writes conditions for the shapes of a graph."""

    shapes: Graph
    apart: frozenset[Node] = frozenset()
    """Constraints of the outermost shape that others judge."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def breaks(self, shape: Node, node: str = "?this", depth: int = 0, *, sure: bool = False) -> str:
        """Return the expression that a node breaks a shape; SPARQL constraints are left to others."""
        try:
            place = Place(shape, node, self._path(shape), depth)
            if self._is_off(shape):
                return "false"
        except InexpressibleError:
            return unknown(sure=sure)
        return either([self._values(place, sure), *self._sets(place, sure)])

    def _parameters(self, place: Place) -> Iterator[tuple[Node, Node]]:
        """Yield the constraints of a shape, each with one of its values."""
        silent = _SILENT | _COUNTS | (self.apart if place.depth == 0 else frozenset())
        for predicate, value in self.shapes.predicate_objects(place.shape):
            if predicate not in silent and str(predicate).startswith(SH):
                yield predicate, value

    def _path(self, shape: Node) -> Path | None:
        found = list(self.shapes.objects(shape, SH.path))
        if len(found) > 1 or (shape, None, None) not in self.shapes:
            raise InexpressibleError
        return paths.read(self.shapes, found[0]) if found else None

    def _is_off(self, shape: Node) -> bool:
        found = list(self.shapes.objects(shape, SH.deactivated))
        if len(found) > 1 or not all(isinstance(value, Literal) for value in found):
            raise InexpressibleError
        return bool(found) and bool(getattr(found[0], "value", False))

    def _values(self, place: Place, sure: bool) -> str:
        """Return the expression that some value node breaks what is said of each."""
        value = place.focus if place.path is None else self._fresh()
        parts = []
        for predicate, parameter in self._parameters(place):
            if predicate in LEAVES or predicate in _NESTED:
                parts.append(self._value(place, predicate, parameter, value, sure))
        return self._some(place, value, either(parts))

    def _value(self, place: Place, predicate: Node, parameter: Node, value: str, sure: bool) -> str:
        try:
            self._hold_single(place.shape, predicate)
            if predicate in LEAVES:
                return LEAVES[predicate](self.shapes, place.shape, parameter, value, sure)
            return _NESTED[predicate](self, place, parameter, value, sure)
        except InexpressibleError:
            return unknown(sure=sure)

    def _sets(self, place: Place, sure: bool) -> Iterator[str]:
        """Yield the expressions that the set of value nodes breaks what is said of it."""
        for predicate, parameter in self._parameters(place):
            if predicate in LEAVES or predicate in _NESTED:
                continue
            try:
                self._hold_single(place.shape, predicate)
                yield _SETS.get(predicate, _inexpressible)(self, place, parameter, sure)
            except InexpressibleError:
                yield unknown(sure=sure)

    def _hold_single(self, shape: Node, predicate: Node) -> None:
        if predicate in SINGLE and len(list(self.shapes.objects(shape, predicate))) > 1:
            raise InexpressibleError

    def _fresh(self) -> str:
        return f"?v{next(self._numbers)}"

    def _some(self, place: Place, value: str, condition: str) -> str:
        """Return the expression that a value node meets a condition on a variable."""
        if place.path is None or condition == "false":
            return condition
        return _reached(place, value, condition)

    def at_least(self, place: Place, number: int, condition: Callable[[str], str]) -> str:
        """Return the expression that so many different value nodes meet a condition."""
        if number == 0:
            return "true"
        if place.path is None:
            return condition(place.focus) if number == 1 else "false"
        if number > _MANY:
            raise InexpressibleError
        found = [self._fresh() for _ in range(number)]
        text = "true"
        for position, value in reversed(list(enumerate(found))):
            tests = [f"!sameTerm({value}, {other})" for other in found[:position]]
            tests += [test for test in (condition(value), text) if test != "true"]
            text = _reached(place, value, " && ".join(tests) or "true")
        return text

    def nested(self, parameter: Node, value: str, depth: int, sure: bool) -> str:
        """Return the expression that a value breaks another shape; InexpressibleError too far inside."""
        if depth >= _DEEPEST:
            raise InexpressibleError
        return self.breaks(parameter, value, depth + 1, sure=sure)

    def by_shape(self, place: Place, parameter: Node, value: str, sure: bool) -> str:
        """sh:node and sh:property: the value breaks the other shape."""
        return self.nested(parameter, value, place.depth, sure)

    def by_not(self, place: Place, parameter: Node, value: str, sure: bool) -> str:
        """sh:not: the value conforms."""
        return negation(self.nested(parameter, value, place.depth, not sure))

    def by_and(self, place: Place, parameter: Node, value: str, sure: bool) -> str:
        """sh:and: the value breaks one of the shapes."""
        parts = paths.members(self.shapes, parameter)
        return either(self.nested(part, value, place.depth, sure) for part in parts)

    def by_or(self, place: Place, parameter: Node, value: str, sure: bool) -> str:
        """sh:or: the value breaks all of the shapes."""
        parts = paths.members(self.shapes, parameter)
        return both(self.nested(part, value, place.depth, sure) for part in parts)

    def by_xone(self, place: Place, parameter: Node, value: str, sure: bool) -> str:
        """sh:xone: the value conforms to none of the shapes or to two."""
        parts = paths.members(self.shapes, parameter)
        conform = [negation(self.nested(part, value, place.depth, not sure)) for part in parts]
        two = [both(pair) for pair in combinations(conform, 2)]
        return either([self.by_or(place, parameter, value, sure), *two])

    def by_closed(self, place: Place, parameter: Node, value: str, sure: bool) -> str:
        """sh:closed: the value has a property that is not listed."""
        if sure or not isinstance(parameter, Literal):
            raise InexpressibleError
        if not parameter.value:
            return "false"
        known: set[Node] = set()
        for head in self.shapes.objects(place.shape, SH.ignoredProperties):
            known |= set(paths.members(self.shapes, head))
        for member in self.shapes.objects(place.shape, SH.property):
            known |= set(self.shapes.objects(member, SH.path))
        listed = ", ".join(sorted(term(one) for one in known if isinstance(one, URIRef)))
        predicate, other = self._fresh(), self._fresh()
        test = f" FILTER({predicate} NOT IN ({listed}))" if listed else ""
        return f"EXISTS {{ {value} {predicate} {other} .{test} }}"

    def by_min_count(self, place: Place, parameter: Node, sure: bool) -> str:  # noqa: ARG002
        """sh:minCount: there are too few values."""
        self._on_property(place)
        return negation(self.at_least(place, integer(parameter), _any))

    def by_max_count(self, place: Place, parameter: Node, sure: bool) -> str:  # noqa: ARG002
        """sh:maxCount: there are too many values."""
        self._on_property(place)
        return self.at_least(place, integer(parameter) + 1, _any)

    def by_has_value(self, place: Place, parameter: Node, sure: bool) -> str:  # noqa: ARG002
        """sh:hasValue: the value is missing."""
        wanted = term(parameter)
        if place.path is None:
            return f"!sameTerm({place.focus}, {wanted})"
        return f"NOT EXISTS {{ {place.focus} {place.path.text} {wanted} }}"

    def by_unique_lang(self, place: Place, parameter: Node, sure: bool) -> str:  # noqa: ARG002
        """sh:uniqueLang: two values have one language."""
        if not isinstance(parameter, Literal) or not isinstance(parameter.value, bool):
            raise InexpressibleError
        if not parameter.value:
            return "false"
        one, other = self._fresh(), self._fresh()
        self._on_property(place)
        same = f"LCASE(LANG({one})) = LCASE(LANG({other})) && !sameTerm({one}, {other})"
        tagged = f'isLiteral({one}) && LANG({one}) != ""'
        return _reached(place, one, f"{tagged} && {_reached(place, other, same)}")

    def by_equals(self, place: Place, parameter: Node, sure: bool) -> str:  # noqa: ARG002
        """sh:equals: a value of either property is none of the other."""
        other, value = term(parameter), self._fresh()
        if place.path is None:
            one = f"NOT EXISTS {{ {place.focus} {other} {place.focus} }}"
            return either(
                [one, f"EXISTS {{ {place.focus} {other} {value} FILTER(!sameTerm({value}, {place.focus})) }}"]
            )
        here, there = f"{place.focus} {place.path.text} {value}", f"{place.focus} {other} {value}"
        return either(
            f"EXISTS {{ {one} FILTER NOT EXISTS {{ {two} }} }}" for one, two in ((here, there), (there, here))
        )

    def by_disjoint(self, place: Place, parameter: Node, sure: bool) -> str:  # noqa: ARG002
        """sh:disjoint: both properties have a value."""
        other, value = term(parameter), self._fresh()
        if place.path is None:
            return f"EXISTS {{ {place.focus} {other} {place.focus} }}"
        return _reached(place, value, f"EXISTS {{ {place.focus} {other} {value} }}")

    def _less(self, place: Place, parameter: Node, mark: str, sure: bool) -> str:
        self._on_property(place)
        if sure:
            raise InexpressibleError
        one, other = self._fresh(), self._fresh()
        days = suspected(one, mark, other, XSD.date)
        numbers = suspected(one, mark, other, XSD.integer)
        also = suspected(other, ">=" if mark == "<=" else ">", one, XSD.date)
        also_numbers = suspected(other, ">=" if mark == "<=" else ">", one, XSD.integer)
        test = either([both([days, numbers]), both([also, also_numbers])])
        return _reached(place, one, f"EXISTS {{ {place.focus} {term(parameter)} {other} . FILTER({test}) }}")

    def by_less_than(self, place: Place, parameter: Node, sure: bool) -> str:
        """sh:lessThan: a value is not less, or cannot be compared."""
        return self._less(place, parameter, "<", sure)

    def by_less_than_or_equals(self, place: Place, parameter: Node, sure: bool) -> str:
        """sh:lessThanOrEquals: a value is greater, or cannot be compared."""
        return self._less(place, parameter, "<=", sure)

    def by_qualified(self, place: Place, parameter: Node, sure: bool) -> str:
        """sh:qualifiedValueShape: too few values conform, or too many."""
        if place.path is None:
            return "false"
        if self._is_disjoint(place.shape):
            raise InexpressibleError
        parts = [
            negation(self._conforming(place, parameter, integer(least), not sure))
            for least in self.shapes.objects(place.shape, SH.qualifiedMinCount)
        ]
        parts += [
            self._conforming(place, parameter, integer(most) + 1, sure)
            for most in self.shapes.objects(place.shape, SH.qualifiedMaxCount)
        ]
        if not parts:
            raise InexpressibleError
        return either(parts)

    def _conforming(self, place: Place, parameter: Node, number: int, sure: bool) -> str:
        """Return the expression that so many values may conform to a shape, or surely do."""
        return self.at_least(
            place, number, lambda value: negation(self.nested(parameter, value, place.depth, not sure))
        )

    def _is_disjoint(self, shape: Node) -> bool:
        return (shape, SH.qualifiedValueShapesDisjoint, None) in self.shapes

    def _on_property(self, place: Place) -> Path:
        if place.path is None:
            raise InexpressibleError
        return place.path


def _reached(place: Place, value: str, condition: str) -> str:
    """Return the expression that a value node, named by a variable, meets a condition."""
    test = "" if condition == "true" else f"FILTER({condition})"
    steps = [Pattern(place.focus, place.path or paths.HERE, value)]
    return f"EXISTS {{ {chain(steps, frozenset({place.focus}), test)} }}"


def both(parts: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    """Return the expression that all of some expressions are true."""
    return negation(either(negation(part) for part in parts))


def _inexpressible(conditions: "Conditions", place: Place, parameter: Node, sure: bool) -> str:  # noqa: ARG001
    raise InexpressibleError


def _any(_: str) -> str:
    return "true"


Nested = Callable[[Conditions, Place, Node, str, bool], str]
Sets = Callable[[Conditions, Place, Node, bool], str]
_NESTED: Mapping[Node, Nested] = {
    SH.node: Conditions.by_shape,
    SH.property: Conditions.by_shape,
    SH["not"]: Conditions.by_not,
    SH["and"]: Conditions.by_and,
    SH["or"]: Conditions.by_or,
    SH.xone: Conditions.by_xone,
    SH.closed: Conditions.by_closed,
}
_SETS: Mapping[Node, Sets] = {
    SH.minCount: Conditions.by_min_count,
    SH.maxCount: Conditions.by_max_count,
    SH.hasValue: Conditions.by_has_value,
    SH.uniqueLang: Conditions.by_unique_lang,
    SH.equals: Conditions.by_equals,
    SH.disjoint: Conditions.by_disjoint,
    SH.lessThan: Conditions.by_less_than,
    SH.lessThanOrEquals: Conditions.by_less_than_or_equals,
    SH.qualifiedValueShape: Conditions.by_qualified,
}
