"""Reading OWL 2 axioms and class expressions from their RDF form (OWL 2 Mapping to RDF Graphs)."""

from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

XSD_NAMES = """
    decimal integer nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger long int short byte
    unsignedLong unsignedInt unsignedShort unsignedByte double float string normalizedString token language
    Name NCName NMTOKEN boolean hexBinary base64Binary anyURI dateTime dateTimeStamp
"""
RL_DATATYPES = {
    *(XSD[name] for name in XSD_NAMES.split()),
    *(URIRef(RDF + name) for name in ("PlainLiteral", "XMLLiteral", "langString")),
    RDFS.Literal,
}
"""The datatypes of OWL 2 RL: those of OWL 2 without owl:real and owl:rational."""
OWL_DATATYPES = RL_DATATYPES | {URIRef(OWL + "real"), URIRef(OWL + "rational")}

CARDINALITIES = {
    *(OWL[name] for name in ("cardinality", "minCardinality", "maxCardinality")),
    *(OWL[name] for name in ("qualifiedCardinality", "minQualifiedCardinality", "maxQualifiedCardinality")),
}
RESERVED = tuple(str(namespace) for namespace in (OWL, RDF, RDFS, XSD))


def members(graph: Graph, head: Node | None) -> list[Node]:
    return [] if head is None else list(Collection(graph, head))


def literal_datatypes(graph: Graph) -> set[URIRef]:
    return {value.datatype for value in graph.objects() if isinstance(value, Literal) and value.datatype}


def is_reserved(term: Node) -> bool:
    return isinstance(term, URIRef) and str(term).startswith(RESERVED)


def restrictions(graph: Graph) -> Iterator[tuple[Node, Node]]:
    """Yield each restriction with its property."""
    yield from graph.subject_objects(OWL.onProperty)


def is_named(term: Node | None) -> bool:
    return isinstance(term, URIRef)


def is_blank(term: Node | None) -> bool:
    return isinstance(term, BNode)


def name(term: Node | None) -> str:
    """Return the part of an IRI that a reader of a message knows it by."""
    return "an unnamed expression" if is_blank(term) else str(term).rsplit("#", 1)[-1].rsplit("/", 1)[-1]
