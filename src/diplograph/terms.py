"""Terms of pyoxigraph as terms of rdflib and back, with lexical forms kept as they are."""

import logging

import pyoxigraph
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from diplograph.errors import MalformedRdf

# rdflib prints a traceback for each ill-typed literal; here they are data, and shapes judge them.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

OxigraphTerm = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def to_rdflib(term: OxigraphTerm) -> Node:
    """Return the term for rdflib; MalformedRdf for what RDF 1.1 does not have."""
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(term.value)
    if isinstance(term, pyoxigraph.Literal) and term.direction is None:
        return _literal(term)
    raise MalformedRdf(f"RDF 1.1 has no triple terms and no text direction: {term}")


def _literal(term: pyoxigraph.Literal) -> Literal:
    if term.language:
        return Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    return Literal(term.value, datatype=None if datatype == _STRING else URIRef(datatype), normalize=False)


def to_oxigraph(term: Node) -> pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal:
    """Return the term for pyoxigraph; ValueError for an IRI or language tag that is not well formed."""
    if isinstance(term, URIRef):
        return pyoxigraph.NamedNode(str(term))
    if isinstance(term, BNode):
        return pyoxigraph.BlankNode(str(term))
    if not isinstance(term, Literal):
        raise TypeError(f"not an RDF term: {term!r}")
    if term.language:
        return pyoxigraph.Literal(str(term), language=term.language)
    return pyoxigraph.Literal(str(term), datatype=pyoxigraph.NamedNode(term.datatype or _STRING))
