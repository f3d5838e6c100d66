"""The shapes as they are judged: one by one, each for the focus nodes that may break it.

pySHACL evaluates a property shape of a node shape anew for each focus node. A node shape that has nothing
but targets and `sh:property` says the same as its property shapes with those targets themselves; so
rewritten, each is evaluated once for all focus nodes.
"""

from collections.abc import Iterable, Iterator

from rdflib import Graph
from rdflib.term import Node

from diplograph.vocab import RDF, RDFS, SH

TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
_FRAME = {RDF.type, RDFS.label, RDFS.comment, RDFS.isDefinedBy, *TARGETS}
_PROSE = {RDFS.label, RDFS.comment, RDFS.isDefinedBy, SH.name, SH.description, SH.message}


def compiled(shapes: Graph) -> Graph:
    """Return shapes that yield the same results, texts left out."""
    graph = Graph(bind_namespaces="none")
    plain = set(_plain_node_shapes(shapes))
    for shape, predicate, value in shapes:
        if shape not in plain and predicate not in _PROSE:
            graph.add((shape, predicate, value))
    for node in plain:
        for member in shapes.objects(node, SH.property):
            for target in TARGETS:
                for value in shapes.objects(node, target):
                    graph.add((member, target, value))
    return graph


def alone(shapes: Graph, shape: Node, focus: Iterable[Node], classes: Iterable[Node]) -> Graph:
    """Return one of the shapes, with all that it refers to, for some focus nodes and no others.

    `classes` are the shapes that target their own members.
    """
    graph = Graph(bind_namespaces="none")
    own = set(classes)
    for triple in _referred(shapes, shape):
        if triple[1] not in TARGETS and not (triple[0] in own and _makes_class(shapes, triple)):
            graph.add(triple)
    for node in focus:
        graph.add((shape, SH.targetNode, node))
    return graph


def _referred(shapes: Graph, shape: Node) -> Iterator[tuple[Node, Node, Node]]:
    """Yield the triples of a shape and of what they name, or all where a shape depends on its neighbours."""
    if any((None, one, None) in shapes for one in (SH.qualifiedValueShapesDisjoint, SH.parameter)):
        yield from shapes
        return
    seen, waiting = {shape}, [shape, *shapes.subjects(SH.declare)]
    while waiting:
        for triple in shapes.triples((waiting.pop(), None, None)):
            yield triple
            if triple[2] not in seen and triple[1] not in TARGETS:
                seen.add(triple[2])
                waiting.append(triple[2])


def _makes_class(shapes: Graph, triple: tuple[Node, Node, Node]) -> bool:
    _, predicate, kind = triple
    return predicate == RDF.type and (kind == RDFS.Class or (kind, RDFS.subClassOf, RDFS.Class) in shapes)


def _plain_node_shapes(shapes: Graph) -> Iterator[Node]:
    """Yield the node shapes with a target, no constraint but `sh:property`, and no other use."""
    disjoint = set(shapes.subjects(SH.qualifiedValueShapesDisjoint))
    for node in shapes.subjects(RDF.type, SH.NodeShape):
        predicates = set(shapes.predicates(node))
        if (
            not predicates & set(TARGETS)
            or not predicates <= {*_FRAME, SH.property}
            or _is_used(shapes, node)
        ):
            continue
        if _is_class(shapes, node) or disjoint & set(shapes.objects(node, SH.property)):
            continue
        yield node


def _is_class(shapes: Graph, node: Node) -> bool:
    return any(_makes_class(shapes, (node, RDF.type, kind)) for kind in shapes.objects(node, RDF.type))


def _is_used(shapes: Graph, node: Node) -> bool:
    return any(True for _ in shapes.subjects(None, node))
