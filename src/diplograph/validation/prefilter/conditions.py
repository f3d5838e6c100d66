"""Shapes as SPARQL expressions over a node: true where the node may break the shape, or surely does.

Constraint components on sets of value nodes count or compare them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, count

from rdflib import XSD, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.namespaces import SH
from diplograph.sparql import paths
from diplograph.sparql.paths import InexpressibleError, Path, Step
from diplograph.validation.prefilter.value_constraints import (
    LEAVES,
    Scope,
    both,
    either,
    integer,
    negation,
    reached,
    suspected,
    term,
    unknown,
)

TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
_DEEPEST = 5
_MANY = 4
_PROSE = {SH.path, SH.name, SH.description, SH.message, SH.severity, SH.deactivated, SH.order, SH.group}
_SILENT = {*TARGETS, *_PROSE, SH.defaultValue, SH.flags, SH.ignoredProperties, SH.prefixes, SH.declare}
_COUNTS = {SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.qualifiedValueShapesDisjoint}
SINGLE = {SH.datatype, SH.nodeKind, SH["in"], SH.minLength, SH.maxLength, SH.languageIn, SH.uniqueLang}
SINGLE |= {SH.minCount, SH.maxCount, SH.closed}
Nested = Callable[["Conditions", Scope, Node, str, bool], str]
Sets = Callable[["Conditions", Scope, Node, bool], str]


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
            place = Scope(shape, node, self._path(shape), depth)
            if self._is_off(shape):
                return "false"
        except InexpressibleError:
            return unknown(sure=sure)
        return either([self._values(place, sure), *self._sets(place, sure)])

    def _parameters(self, place: Scope) -> Iterator[tuple[Node, Node]]:
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

    def apart_from_values(self, shape: Node) -> tuple[str, str] | None:
        """Return what is asked of the values of a property, and the expression for all else.

        The first is a query whether the data has a value that may break what the shape says of each, whatever
        has it: many things have few values in common. Shapes that ask the same ask it in the same
        words. None for a shape of no single property.
        """
        try:
            place = Scope(shape, "?this", self._path(shape), 0)
        except InexpressibleError:
            return None
        if not isinstance(place.path, Step) or self._is_off(shape):
            return None
        value = "?value"
        condition = replace(self, _numbers=count(1)).said_of(place, value, sure=False)
        if condition in ("true", "false"):
            return None
        values = f"SELECT DISTINCT {value} WHERE {{ ?any {place.path.text} {value} }}"
        return f"ASK {{ {{ {values} }} FILTER({condition}) }}", either(self._sets(place, sure=False))

    def _values(self, place: Scope, sure: bool) -> str:
        """Return the expression that some value node breaks what is said of each."""
        value = place.focus if place.path is None else self.fresh()
        return self._some(place, value, self.said_of(place, value, sure))

    def said_of(self, place: Scope, value: str, sure: bool) -> str:
        """Return the expression that a value node, named by a variable, breaks what is said of it."""
        parts = []
        for predicate, parameter in self._parameters(place):
            if predicate in LEAVES or predicate in NESTED:
                parts.append(self._value(place, predicate, parameter, value, sure))
        return either(parts)

    def _value(self, place: Scope, predicate: Node, parameter: Node, value: str, sure: bool) -> str:
        try:
            self._hold_single(place.shape, predicate)
            if predicate in LEAVES:
                return LEAVES[predicate](self.shapes, place.shape, parameter, value, sure)
            return NESTED[predicate](self, place, parameter, value, sure)
        except InexpressibleError:
            return unknown(sure=sure)

    def _sets(self, place: Scope, sure: bool) -> Iterator[str]:
        """Yield the expressions that the set of value nodes breaks what is said of it."""
        for predicate, parameter in self._parameters(place):
            if predicate in LEAVES or predicate in NESTED:
                continue
            try:
                self._hold_single(place.shape, predicate)
                yield SETS.get(predicate, inexpressible)(self, place, parameter, sure)
            except InexpressibleError:
                yield unknown(sure=sure)

    def _hold_single(self, shape: Node, predicate: Node) -> None:
        if predicate in SINGLE and len(list(self.shapes.objects(shape, predicate))) > 1:
            raise InexpressibleError

    def fresh(self) -> str:
        """Return a variable that no expression has yet."""
        return f"?v{next(self._numbers)}"

    def _some(self, place: Scope, value: str, condition: str) -> str:
        """Return the expression that a value node meets a condition on a variable."""
        if place.path is None or condition == "false":
            return condition
        return reached(place, value, condition)

    def at_least(self, place: Scope, number: int, condition: Callable[[str], str]) -> str:
        """Return the expression that so many different value nodes meet a condition."""
        if number == 0:
            return "true"
        if place.path is None:
            return condition(place.focus) if number == 1 else "false"
        if number > _MANY:
            raise InexpressibleError
        found = [self.fresh() for _ in range(number)]
        text = "true"
        for position, value in reversed(list(enumerate(found))):
            tests = [f"!sameTerm({value}, {other})" for other in found[:position]]
            tests += [test for test in (condition(value), text) if test != "true"]
            text = reached(place, value, " && ".join(tests) or "true")
        return text

    def nested(self, parameter: Node, value: str, depth: int, sure: bool) -> str:
        """Return the expression that a value breaks another shape; InexpressibleError too far inside."""
        if depth >= _DEEPEST:
            raise InexpressibleError
        return self.breaks(parameter, value, depth + 1, sure=sure)

    def is_disjoint(self, shape: Node) -> bool:
        """Tell whether a qualified value counts only where it meets none of its siblings."""
        return (shape, SH.qualifiedValueShapesDisjoint, None) in self.shapes

    def on_property(self, place: Scope) -> Path:
        """Return the path of a property shape; InexpressibleError for a node shape."""
        if place.path is None:
            raise InexpressibleError
        return place.path


def by_shape(conditions: "Conditions", place: Scope, parameter: Node, value: str, sure: bool) -> str:
    """sh:node and sh:property: the value breaks the other shape."""
    return conditions.nested(parameter, value, place.depth, sure)


def by_not(conditions: "Conditions", place: Scope, parameter: Node, value: str, sure: bool) -> str:
    """sh:not: the value conforms."""
    return negation(conditions.nested(parameter, value, place.depth, not sure))


def by_and(conditions: "Conditions", place: Scope, parameter: Node, value: str, sure: bool) -> str:
    """sh:and: the value breaks one of the shapes."""
    parts = paths.members(conditions.shapes, parameter)
    return either(conditions.nested(part, value, place.depth, sure) for part in parts)


def by_or(conditions: "Conditions", place: Scope, parameter: Node, value: str, sure: bool) -> str:
    """sh:or: the value breaks all of the shapes."""
    parts = paths.members(conditions.shapes, parameter)
    return both(conditions.nested(part, value, place.depth, sure) for part in parts)


def by_xone(conditions: "Conditions", place: Scope, parameter: Node, value: str, sure: bool) -> str:
    """sh:xone: the value conforms to none of the shapes or to two."""
    parts = paths.members(conditions.shapes, parameter)
    conform = [negation(conditions.nested(part, value, place.depth, not sure)) for part in parts]
    two = [both(pair) for pair in combinations(conform, 2)]
    return either([by_or(conditions, place, parameter, value, sure), *two])


def by_closed(conditions: "Conditions", place: Scope, parameter: Node, value: str, sure: bool) -> str:
    """sh:closed: the value has a property that is not listed."""
    if sure or not isinstance(parameter, Literal):
        raise InexpressibleError
    if not parameter.value:
        return "false"
    known: set[Node] = set()
    for head in conditions.shapes.objects(place.shape, SH.ignoredProperties):
        known |= set(paths.members(conditions.shapes, head))
    for member in conditions.shapes.objects(place.shape, SH.property):
        known |= set(conditions.shapes.objects(member, SH.path))
    listed = ", ".join(sorted(term(one) for one in known if isinstance(one, URIRef)))
    predicate, other = conditions.fresh(), conditions.fresh()
    test = f" FILTER({predicate} NOT IN ({listed}))" if listed else ""
    return f"EXISTS {{ {value} {predicate} {other} .{test} }}"


NESTED: Mapping[Node, Nested] = {
    SH.node: by_shape,
    SH.property: by_shape,
    SH["not"]: by_not,
    SH["and"]: by_and,
    SH["or"]: by_or,
    SH.xone: by_xone,
    SH.closed: by_closed,
}


def by_min_count(conditions: "Conditions", place: Scope, parameter: Node, sure: bool) -> str:  # noqa: ARG001
    """sh:minCount: there are too few values."""
    conditions.on_property(place)
    return negation(conditions.at_least(place, integer(parameter), anything))


def by_max_count(conditions: "Conditions", place: Scope, parameter: Node, sure: bool) -> str:  # noqa: ARG001
    """sh:maxCount: there are too many values."""
    conditions.on_property(place)
    return conditions.at_least(place, integer(parameter) + 1, anything)


def by_has_value(conditions: "Conditions", place: Scope, parameter: Node, sure: bool) -> str:  # noqa: ARG001
    """sh:hasValue: the value is missing."""
    wanted = term(parameter)
    if place.path is None:
        return f"!sameTerm({place.focus}, {wanted})"
    return f"NOT EXISTS {{ {place.focus} {place.path.text} {wanted} }}"


def by_unique_lang(conditions: "Conditions", place: Scope, parameter: Node, sure: bool) -> str:  # noqa: ARG001
    """sh:uniqueLang: two values have one language."""
    if not isinstance(parameter, Literal) or not isinstance(parameter.value, bool):
        raise InexpressibleError
    if not parameter.value:
        return "false"
    one, other = conditions.fresh(), conditions.fresh()
    conditions.on_property(place)
    same = f"LCASE(LANG({one})) = LCASE(LANG({other})) && !sameTerm({one}, {other})"
    tagged = f'isLiteral({one}) && LANG({one}) != ""'
    return reached(place, one, f"{tagged} && {reached(place, other, same)}")


def by_equals(conditions: "Conditions", place: Scope, parameter: Node, sure: bool) -> str:  # noqa: ARG001
    """sh:equals: a value of either property is none of the other."""
    other, value = term(parameter), conditions.fresh()
    if place.path is None:
        one = f"NOT EXISTS {{ {place.focus} {other} {place.focus} }}"
        return either(
            [one, f"EXISTS {{ {place.focus} {other} {value} FILTER(!sameTerm({value}, {place.focus})) }}"]
        )
    here, there = f"{place.focus} {place.path.text} {value}", f"{place.focus} {other} {value}"
    return either(
        f"EXISTS {{ {one} FILTER NOT EXISTS {{ {two} }} }}" for one, two in ((here, there), (there, here))
    )


def by_disjoint(conditions: "Conditions", place: Scope, parameter: Node, sure: bool) -> str:  # noqa: ARG001
    """sh:disjoint: both properties have a value."""
    other, value = term(parameter), conditions.fresh()
    if place.path is None:
        return f"EXISTS {{ {place.focus} {other} {place.focus} }}"
    return reached(place, value, f"EXISTS {{ {place.focus} {other} {value} }}")


def _less(conditions: "Conditions", place: Scope, parameter: Node, mark: str, sure: bool) -> str:
    conditions.on_property(place)
    if sure:
        raise InexpressibleError
    one, other = conditions.fresh(), conditions.fresh()
    days = suspected(one, mark, other, XSD.date)
    numbers = suspected(one, mark, other, XSD.integer)
    also = suspected(other, ">=" if mark == "<=" else ">", one, XSD.date)
    also_numbers = suspected(other, ">=" if mark == "<=" else ">", one, XSD.integer)
    test = either([both([days, numbers]), both([also, also_numbers])])
    return reached(place, one, f"EXISTS {{ {place.focus} {term(parameter)} {other} . FILTER({test}) }}")


def by_less_than(conditions: "Conditions", place: Scope, parameter: Node, sure: bool) -> str:
    """sh:lessThan: a value is not less, or cannot be compared."""
    return _less(conditions, place, parameter, "<", sure)


def by_less_than_or_equals(conditions: "Conditions", place: Scope, parameter: Node, sure: bool) -> str:
    """sh:lessThanOrEquals: a value is greater, or cannot be compared."""
    return _less(conditions, place, parameter, "<=", sure)


def by_qualified(conditions: "Conditions", place: Scope, parameter: Node, sure: bool) -> str:
    """sh:qualifiedValueShape: too few values conform, or too many."""
    if place.path is None:
        return "false"
    if conditions.is_disjoint(place.shape):
        raise InexpressibleError
    parts = [
        negation(_conforming(conditions, place, parameter, integer(least), not sure))
        for least in conditions.shapes.objects(place.shape, SH.qualifiedMinCount)
    ]
    parts += [
        _conforming(conditions, place, parameter, integer(most) + 1, sure)
        for most in conditions.shapes.objects(place.shape, SH.qualifiedMaxCount)
    ]
    if not parts:
        raise InexpressibleError
    return either(parts)


def _conforming(conditions: "Conditions", place: Scope, parameter: Node, number: int, sure: bool) -> str:
    """Return the expression that so many values may conform to a shape, or surely do."""
    return conditions.at_least(
        place, number, lambda value: negation(conditions.nested(parameter, value, place.depth, not sure))
    )


def anything(_: str) -> str:
    """Return the expression that any value is true of."""
    return "true"


def inexpressible(conditions: "Conditions", place: Scope, parameter: Node, sure: bool) -> str:  # noqa: ARG001
    """Raise InexpressibleError: what a component says that is not known."""
    raise InexpressibleError


SETS: Mapping[Node, Sets] = {
    SH.minCount: by_min_count,
    SH.maxCount: by_max_count,
    SH.hasValue: by_has_value,
    SH.uniqueLang: by_unique_lang,
    SH.equals: by_equals,
    SH.disjoint: by_disjoint,
    SH.lessThan: by_less_than,
    SH.lessThanOrEquals: by_less_than_or_equals,
    SH.qualifiedValueShape: by_qualified,
}
