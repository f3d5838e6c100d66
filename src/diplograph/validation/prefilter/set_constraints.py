"""Constraint components on sets of value nodes: an expression for each that counts or compares them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rdflib import XSD, Literal
from rdflib.term import Node

from diplograph.namespaces import SH
from diplograph.sparql.paths import InexpressibleError
from diplograph.validation.prefilter.value_constraints import (
    Scope,
    both,
    either,
    integer,
    negation,
    reached,
    suspected,
    term,
)

if TYPE_CHECKING:
    from diplograph.validation.prefilter.conditions import Conditions

Sets = Callable[["Conditions", Scope, Node, bool], str]


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
