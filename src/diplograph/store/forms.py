"""Terms, lines and syntaxes as a store writes and reads them."""

from collections.abc import Iterable
from typing import TypeVar

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat

from diplograph.errors import MalformedRdf
from diplograph.terms import OxigraphTerm

Term = TypeVar("Term", bound=OxigraphTerm)


def canonical_lines(quads: Iterable[Quad]) -> list[bytes]:
    """Return the sorted canonical N-Triples lines of one graph (RDFC-1.0, SHA-256)."""
    dataset = pyoxigraph.Dataset(Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    text = pyoxigraph.serialize((quad.triple for quad in dataset), format=RdfFormat.N_TRIPLES) or b""
    return sorted(text.splitlines(keepends=True))


def as_stored(term: Term) -> Term:
    """Return a term as a store gives it back: numbers, booleans and times in canonical form."""
    if not isinstance(term, Literal):
        return term
    anything = NamedNode("urn:x")
    store = pyoxigraph.Store()
    store.add(Quad(anything, anything, term))
    return next(store.quads_for_pattern(None, None, None)).object  # type: ignore[return-value]


def rdf_format(name: RdfFormat | str) -> RdfFormat:
    """Return the RDF syntax of a media type or a file suffix; MalformedRdf when there is none."""
    if isinstance(name, RdfFormat):
        return name
    found = (
        RdfFormat.from_media_type(name) if "/" in name else RdfFormat.from_extension(name.removeprefix("."))
    )
    if found is None:
        raise MalformedRdf(f"No RDF syntax is known as {name}.")
    return found
