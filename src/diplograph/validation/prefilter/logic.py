"""What other shapes say of a value node, and which properties it may have: one expression each."""

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from rdflib import Literal, URIRef
from rdflib.term import Node

from diplograph.validation.prefilter import paths
from diplograph.validation.prefilter.leaves import either, negation, term
from diplograph.validation.prefilter.paths import InexpressibleError
from diplograph.validation.prefilter.place import Place, both
from diplograph.vocab import SH

if TYPE_CHECKING:
    from diplograph.validation.prefilter.conditions import Conditions

Nested = Callable[["Conditions", Place, Node, str, bool], str]


def by_shape(conditions: "Conditions", place: Place, parameter: Node, value: str, sure: bool) -> str:
    """sh:node and sh:property: the value breaks the other shape."""
    return conditions.nested(parameter, value, place.depth, sure)


def by_not(conditions: "Conditions", place: Place, parameter: Node, value: str, sure: bool) -> str:
    """sh:not: the value conforms."""
    return negation(conditions.nested(parameter, value, place.depth, not sure))


def by_and(conditions: "Conditions", place: Place, parameter: Node, value: str, sure: bool) -> str:
    """sh:and: the value breaks one of the shapes."""
    parts = paths.members(conditions.shapes, parameter)
    return either(conditions.nested(part, value, place.depth, sure) for part in parts)


def by_or(conditions: "Conditions", place: Place, parameter: Node, value: str, sure: bool) -> str:
    """sh:or: the value breaks all of the shapes."""
    parts = paths.members(conditions.shapes, parameter)
    return both(conditions.nested(part, value, place.depth, sure) for part in parts)


def by_xone(conditions: "Conditions", place: Place, parameter: Node, value: str, sure: bool) -> str:
    """sh:xone: the value conforms to none of the shapes or to two."""
    parts = paths.members(conditions.shapes, parameter)
    conform = [negation(conditions.nested(part, value, place.depth, not sure)) for part in parts]
    two = [both(pair) for pair in combinations(conform, 2)]
    return either([by_or(conditions, place, parameter, value, sure), *two])


def by_closed(conditions: "Conditions", place: Place, parameter: Node, value: str, sure: bool) -> str:
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
