"""OWL 2 DL: declarations, typing and global restrictions.

See the Structural Specification, sections 3, 5 and 11.
"""

from collections import Counter
from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.term import Node

from ontology.expressions import (
    CARDINALITIES,
    OWL_DATATYPES,
    is_blank,
    is_named,
    is_reserved,
    literal_datatypes,
    members,
    name,
    restrictions,
)

PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
BUILT_IN_ANNOTATIONS = {
    *(RDFS[term] for term in ("label", "comment", "seeAlso", "isDefinedBy")),
    *(
        OWL[term]
        for term in (
            "deprecated",
            "versionInfo",
            "priorVersion",
            "backwardCompatibleWith",
            "incompatibleWith",
        )
    ),
}
SIMPLE_ONLY = (
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
    OWL.IrreflexiveProperty,
    OWL.AsymmetricProperty,
)


def dl_violations(graph: Graph) -> list[str]:
    """Return what keeps one ontology, its imports merged in, out of OWL 2 DL, one sentence each, sorted."""
    return sorted(set(_violations(graph)))


def _violations(graph: Graph) -> Iterator[str]:
    yield from _vocabulary(graph)
    yield from _typing(graph)
    yield from _punning(graph)
    yield from _simple_properties(graph)
    yield from _regularity(graph)
    yield from _forest(graph)
    for datatype in literal_datatypes(graph) - OWL_DATATYPES:
        yield f"literal of datatype {name(datatype)}"


def _vocabulary(graph: Graph) -> Iterator[str]:
    """Reserved terms are not redefined, and only reserved terms have a meaning in the language itself."""
    for subject in set(graph.subjects()):
        if is_reserved(subject):
            yield f"statement about the reserved term {name(subject)}"
    for individual, kind in graph.subject_objects(RDF.type):
        if is_reserved(kind) and kind not in _LANGUAGE_TYPES:
            yield f"{name(individual)} has the type {name(kind)}, which OWL 2 DL does not know"


def _typing(graph: Graph) -> Iterator[str]:
    declared = {kind: set(graph.subjects(RDF.type, kind)) for kind in (OWL.Class, *PROPERTY_KINDS)}
    properties = set().union(*(declared[kind] for kind in PROPERTY_KINDS)) | BUILT_IN_ANNOTATIONS
    for predicate in set(graph.predicates()):
        if not is_reserved(predicate) and predicate not in properties:
            yield f"undeclared property {name(predicate)}"
    for term in _class_positions(graph):
        if is_named(term) and not is_reserved(term) and term not in declared[OWL.Class]:
            yield f"undeclared class {name(term)}"
    for prop in set(graph.subjects(RDF.type, OWL.DatatypeProperty)):
        for value_range in graph.objects(prop, RDFS.range):
            if is_named(value_range) and value_range not in OWL_DATATYPES:
                yield f"range of {name(prop)}: {name(value_range)} is no datatype of OWL 2"


def _class_positions(graph: Graph) -> set[Node]:
    """Return the terms that stand where only a class may stand."""
    objects = set(graph.subjects(RDF.type, OWL.ObjectProperty))
    found = set(graph.objects(None, RDF.type))
    for predicate in (RDFS.subClassOf, OWL.disjointWith, OWL.equivalentClass):
        found |= {term for pair in graph.subject_objects(predicate) for term in pair}
    found |= set(graph.objects(None, RDFS.domain)) | set(graph.objects(None, OWL.onClass))
    found |= {kind for prop in objects for kind in graph.objects(prop, RDFS.range)}
    for restriction, prop in restrictions(graph):
        if prop in objects:
            found |= {
                *graph.objects(restriction, OWL.someValuesFrom),
                *graph.objects(restriction, OWL.allValuesFrom),
            }
    return found


def _punning(graph: Graph) -> Iterator[str]:
    """No name is used for two kinds of things, individuals included (stricter than OWL 2 DL)."""
    kinds: dict[Node, set[str]] = {}
    for kind in (OWL.Class, RDFS.Datatype, *PROPERTY_KINDS):
        for term in graph.subjects(RDF.type, kind):
            kinds.setdefault(term, set()).add(name(kind))
    for term in _individuals(graph):
        kinds.setdefault(term, set()).add("individual")
    for term, used in kinds.items():
        if len(used) > 1:
            yield f"{name(term)} is at once {' and '.join(sorted(used))}"


def _individuals(graph: Graph) -> set[Node]:
    classes = set(graph.subjects(RDF.type, OWL.Class))
    found = {term for term, kind in graph.subject_objects(RDF.type) if kind in classes}
    for prop in graph.subjects(RDF.type, OWL.ObjectProperty):
        found |= {term for pair in graph.subject_objects(prop) for term in pair}
    for prop in graph.subjects(RDF.type, OWL.DatatypeProperty):
        found |= set(graph.subjects(prop))
    return {term for term in found if is_named(term)}


def _simple_properties(graph: Graph) -> Iterator[str]:
    composite = composite_properties(graph)
    for prop in composite:
        for kind in SIMPLE_ONLY:
            if (prop, RDF.type, kind) in graph:
                yield f"{name(prop)} is not simple and may not be {name(kind)}"
    for restriction, prop in restrictions(graph):
        counts = set(graph.predicates(restriction)) & (CARDINALITIES | {OWL.hasSelf})
        if prop in composite and counts:
            yield f"{name(prop)} is not simple and may not stand in a cardinality"
    for pair in graph.subject_objects(OWL.propertyDisjointWith):
        if composite & set(pair):
            yield f"{name(pair[0])}: disjoint properties must be simple"


def composite_properties(graph: Graph) -> set[Node]:
    """Return the properties that are not simple: transitive, implied by a chain, or above such a one."""
    found = set(graph.subjects(RDF.type, OWL.TransitiveProperty)) | set(
        graph.subjects(OWL.propertyChainAxiom)
    )
    while True:
        above = {sup for sub, sup in graph.subject_objects(RDFS.subPropertyOf) if sub in found}
        above |= {b for pair in graph.subject_objects(OWL.inverseOf) for b in pair if found & set(pair)}
        if above <= found:
            return found
        found |= above


def _regularity(graph: Graph) -> Iterator[str]:
    """Property chains are ordered: no property comes before itself."""
    strict, weak = set(), set(graph.subject_objects(RDFS.subPropertyOf))
    for pair in graph.subject_objects(OWL.inverseOf):
        weak |= {pair, pair[::-1]}
    for head, chain in graph.subject_objects(OWL.propertyChainAxiom):
        strict |= {(step, head) for step in _ordered_steps(members(graph, chain), head)}
    edges = strict | weak
    for lower, upper in strict:
        if lower in _reachable(upper, edges):
            yield f"irregular chains: {name(lower)} comes before and after {name(upper)}"


def _ordered_steps(steps: list[Node], head: Node) -> list[Node]:
    """Return the steps that must come before the head: all but one copy of it at an end."""
    if steps == [head, head]:
        return []
    if steps and steps[0] == head:
        return steps[1:]
    return steps[:-1] if steps and steps[-1] == head else steps


def _reachable(start: Node, edges: set[tuple[Node, Node]]) -> set[Node]:
    found, due = {start}, [start]
    while due:
        here = due.pop()
        fresh = {upper for lower, upper in edges if lower == here} - found
        found |= fresh
        due += fresh
    return found


def _forest(graph: Graph) -> Iterator[str]:
    """Class expressions are trees: no unnamed node is used twice or stands inside itself."""
    uses = Counter(term for term in graph.objects() if is_blank(term))
    if any(count > 1 for count in uses.values()):
        yield "an unnamed expression is used twice"
    for node in {term for term in graph.subjects() if is_blank(term)}:
        if node in _reachable_blank(graph, node):
            yield "an unnamed expression stands inside itself"


def _reachable_blank(graph: Graph, start: Node) -> set[Node]:
    found: set[Node] = set()
    due = [start]
    while due:
        fresh = {term for term in graph.objects(due.pop()) if is_blank(term)} - found
        found |= fresh
        due += fresh
    return found


_LANGUAGE_TYPES: set[URIRef] = {
    OWL.Ontology,
    OWL.Class,
    OWL.Thing,
    OWL.Restriction,
    RDFS.Datatype,
    OWL.NamedIndividual,
    OWL.AllDisjointClasses,
    OWL.AllDisjointProperties,
    OWL.AllDifferent,
    OWL.NegativePropertyAssertion,
    OWL.Axiom,
    OWL.Annotation,
    OWL.SymmetricProperty,
    OWL.TransitiveProperty,
    OWL.ReflexiveProperty,
    *SIMPLE_ONLY,
    *PROPERTY_KINDS,
}
