"""The shapes as pySHACL runs them fastest, with the same results.

pySHACL evaluates a property shape of a node shape anew for each focus node, and reads prefixes and
constraints each time. A node shape that has nothing but targets and `sh:property` says the same as its
property shapes with those targets themselves; so rewritten, each is evaluated once for all focus nodes.
"""

from collections.abc import Iterator

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.vocab import RDF, RDFS, SH

TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
_FRAME = {RDF.type, RDFS.label, RDFS.comment, RDFS.isDefinedBy, *TARGETS}
_PROSE = {RDFS.label, RDFS.comment, RDFS.isDefinedBy, SH.name, SH.description, SH.message, SH.prefixes}


def compiled(shapes: Graph) -> Graph:
    """Return shapes that yield the same results, texts left out and prefixes written into the queries."""
    graph = Graph(bind_namespaces="none")
    plain = set(_plain_node_shapes(shapes))
    for shape, predicate, value in shapes:
        if shape not in plain and predicate not in _PROSE:
            graph.add((shape, predicate, _with_prefixes(shapes, shape, value, predicate)))
    for node in plain:
        for member in shapes.objects(node, SH.property):
            for target in TARGETS:
                for value in shapes.objects(node, target):
                    graph.add((member, target, value))
    return graph


def _plain_node_shapes(shapes: Graph) -> Iterator[Node]:
    """Yield the node shapes with a target, no constraint but `sh:property`, and no other use."""
    for node in shapes.subjects(RDF.type, SH.NodeShape):
        predicates = set(shapes.predicates(node))
        if predicates & set(TARGETS) and predicates <= {*_FRAME, SH.property} and not _is_used(shapes, node):
            yield node


def _is_used(shapes: Graph, node: Node) -> bool:
    return any(True for _ in shapes.subjects(None, node))


def _with_prefixes(shapes: Graph, query: Node, value: Node, predicate: Node) -> Node:
    if predicate != SH.select:
        return value
    return Literal(prologue(shapes, query) + str(value))


def prologue(shapes: Graph, query: Node) -> str:
    """Return the PREFIX lines that the `sh:prefixes` of a query stand for."""
    declared = [
        (str(shapes.value(item, SH.prefix)), URIRef(str(shapes.value(item, SH.namespace))))
        for source in shapes.objects(query, SH.prefixes)
        for item in shapes.objects(source, SH.declare)
    ]
    return "".join(f"PREFIX {prefix}: {namespace.n3()}\n" for prefix, namespace in sorted(declared))
