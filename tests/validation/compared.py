"""A report by queries and pySHACL, beside a report by pySHACL alone."""

from pyoxigraph import Triple
from pyshacl.errors import ConstraintLoadError, ValidationFailure
from rdflib import Graph

from diplograph.errors import TooComplex
from diplograph.rdf.terms import to_rdflib
from diplograph.validation.shacl import run, validate_all
from diplograph.validation.shapes import Shapes
from diplograph.validation.validation_graph import ValidationGraph

REFUSED = (TooComplex, ConstraintLoadError, ValidationFailure, NotImplementedError)
Outcome = set[tuple[str | None, ...]] | str


def both(shapes: Shapes, triples: list[Triple]) -> tuple[Outcome, Outcome]:
    """What is found by queries first, and by pySHACL alone on the rdflib graph of the same triples."""
    graph = Graph()
    for triple in triples:
        graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    return outcome(lambda: run(ValidationGraph.of(triples), shapes)), outcome(
        lambda: validate_all(graph, shapes)
    )


def outcome(judge) -> Outcome:
    """The findings, or that pySHACL refuses the shapes or the data."""
    try:
        return {(f.shape, f.component, f.focus, f.path, f.value, f.severity) for f in judge()}
    except REFUSED:
        return "refused"
