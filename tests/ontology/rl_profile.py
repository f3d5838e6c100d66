"""OWL 2 RL: the grammar of its axioms, class expressions and data ranges (OWL 2 Profiles, section 4.2)."""

from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from ontology.expressions import (
    CARDINALITIES,
    RL_DATATYPES,
    is_named,
    literal_datatypes,
    members,
    name,
)

FORBIDDEN_TYPES = {
    OWL.ReflexiveProperty: "reflexive property",
    URIRef(OWL + "DataRange"): "data range of OWL 1",
}
FORBIDDEN_PREDICATES = {OWL.disjointUnionOf: "disjoint union"}


def rl_violations(graph: Graph) -> list[str]:
    """Return what keeps an ontology out of OWL 2 RL, one sentence each, sorted."""
    return sorted(set(_violations(graph)))


def _violations(graph: Graph) -> Iterator[str]:
    yield from _forbidden(graph)
    yield from _class_axioms(graph)
    yield from _property_axioms(graph)
    yield from _assertions(graph)
    for datatype in literal_datatypes(graph) - RL_DATATYPES:
        yield f"literal of datatype {name(datatype)}"


def _forbidden(graph: Graph) -> Iterator[str]:
    for kind, words in FORBIDDEN_TYPES.items():
        yield from (f"{words}: {name(term)}" for term in graph.subjects(RDF.type, kind))
    for predicate, words in FORBIDDEN_PREDICATES.items():
        yield from (f"{words}: {name(term)}" for term in graph.subjects(predicate))


def _class_axioms(graph: Graph) -> Iterator[str]:
    yield from _inclusions(graph)
    for one, other in graph.subject_objects(OWL.equivalentClass):
        if not (is_equivalent_expression(graph, one) and is_equivalent_expression(graph, other)):
            yield f"equivalentClass of {name(one)}: not an equivalence of OWL 2 RL"
    for axiom in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        for part in members(graph, graph.value(axiom, OWL.members)):
            if not is_subclass_expression(graph, part):
                yield f"disjoint classes: {name(part)} is no subclass expression"
    for term in graph.subjects(OWL.hasKey):
        if not is_subclass_expression(graph, term):
            yield f"key of {name(term)}: no subclass expression"


def _inclusions(graph: Graph) -> Iterator[str]:
    for predicate, right_side, words in INCLUSIONS:
        for one, other in graph.subject_objects(predicate):
            if not is_subclass_expression(graph, one):
                yield f"{name(predicate)} of {name(other)}: the left side is no subclass expression"
            if not right_side(graph, other):
                yield f"{name(predicate)} of {name(one)}: the right side is no {words} expression"


def _property_axioms(graph: Graph) -> Iterator[str]:
    for prop, domain in graph.subject_objects(RDFS.domain):
        if not is_superclass_expression(graph, domain):
            yield f"domain of {name(prop)}: {name(domain)} is no superclass expression"
    for prop, value_range in graph.subject_objects(RDFS.range):
        if (prop, RDF.type, OWL.DatatypeProperty) in graph:
            if not is_data_range(graph, value_range):
                yield f"range of {name(prop)}: {name(value_range)} is no data range of OWL 2 RL"
        elif not is_superclass_expression(graph, value_range):
            yield f"range of {name(prop)}: {name(value_range)} is no superclass expression"


def _assertions(graph: Graph) -> Iterator[str]:
    for individual, kind in graph.subject_objects(RDF.type):
        if not is_named(kind) and not is_superclass_expression(graph, kind):
            yield f"type of {name(individual)}: no superclass expression"


def is_subclass_expression(graph: Graph, term: Node) -> bool:
    """Whether the term may stand on the left of a subclass axiom."""
    if is_named(term):
        return term != OWL.Thing
    if graph.value(term, OWL.hasValue) is not None:
        return True
    for predicate in (OWL.intersectionOf, OWL.unionOf):
        if parts := members(graph, graph.value(term, predicate)):
            return all(is_subclass_expression(graph, part) for part in parts)
    if graph.value(term, OWL.oneOf) is not None:
        return True
    filler = graph.value(term, OWL.someValuesFrom)
    return filler is not None and _is_filler(graph, term, filler, is_subclass_expression)


def is_superclass_expression(graph: Graph, term: Node) -> bool:
    """Whether the term may stand on the right of a subclass axiom."""
    if is_named(term):
        return term != OWL.Thing
    if graph.value(term, OWL.hasValue) is not None:
        return True
    if parts := members(graph, graph.value(term, OWL.intersectionOf)):
        return all(is_superclass_expression(graph, part) for part in parts)
    if (complement := graph.value(term, OWL.complementOf)) is not None:
        return is_subclass_expression(graph, complement)
    if (filler := graph.value(term, OWL.allValuesFrom)) is not None:
        return _is_filler(graph, term, filler, is_superclass_expression, thing=False)
    return _is_small_maximum(graph, term)


def is_equivalent_expression(graph: Graph, term: Node) -> bool:
    """Whether the term may stand in an equivalence of classes."""
    if is_named(term):
        return term != OWL.Thing
    if graph.value(term, OWL.hasValue) is not None:
        return True
    parts = members(graph, graph.value(term, OWL.intersectionOf))
    return bool(parts) and all(is_equivalent_expression(graph, part) for part in parts)


def is_data_range(graph: Graph, term: Node) -> bool:
    """Whether the term is a datatype of OWL 2 RL or an intersection of data ranges."""
    if is_named(term):
        return term in RL_DATATYPES
    parts = members(graph, graph.value(term, OWL.intersectionOf))
    return bool(parts) and all(is_data_range(graph, part) for part in parts)


def _is_filler(graph: Graph, restriction: Node, filler: Node, check, *, thing: bool = True) -> bool:
    prop = graph.value(restriction, OWL.onProperty)
    if (prop, RDF.type, OWL.DatatypeProperty) in graph:
        return is_data_range(graph, filler)
    return (thing and filler == OWL.Thing) or check(graph, filler)


def _is_small_maximum(graph: Graph, term: Node) -> bool:
    """Whether the term is a maximal cardinality of 0 or 1, qualified by nothing but a subclass expression."""
    used = {predicate for predicate in graph.predicates(term) if predicate in CARDINALITIES}
    if not used or used - {OWL.maxCardinality, OWL.maxQualifiedCardinality}:
        return False
    number = graph.value(term, used.pop())
    on_class = graph.value(term, OWL.onClass)
    small = isinstance(number, Literal) and int(number) in (0, 1)
    return small and (on_class in (None, OWL.Thing) or is_subclass_expression(graph, on_class))


INCLUSIONS = (
    (RDFS.subClassOf, is_superclass_expression, "superclass"),
    (OWL.disjointWith, is_subclass_expression, "subclass"),
)
