"""Report in RDF: the sh:ValidationReport of SHACL (https://www.w3.org/TR/shacl/#validation-report)."""

import re

import pyoxigraph
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from diplograph.namespaces import DCTERMS, PREFIXES, RDF, SH
from diplograph.rdf.terms import to_rdflib
from diplograph.validation.renderings import wording
from diplograph.validation.report import Finding, Report

_SEVERITY = {"violation": SH.Violation, "warning": SH.Warning, "info": SH.Info}
_STEP = re.compile(r"<[^>]*>|[|/^]")


def to_turtle(report: Report) -> str:
    """Return the report in Turtle; findings that were repaired are no results."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    node = BNode("report")
    graph.add((node, RDF.type, SH.ValidationReport))
    graph.add((node, SH.conforms, Literal(report.conforms)))
    for number, finding in enumerate(report.findings):
        if finding.change != "repaired":
            graph.add((node, SH.result, _result(graph, finding, BNode(f"result{number:06}"))))
    for triple in report.uncovered:
        graph.add((node, DCTERMS.description, Literal(f"No shape covers: {triple}", lang="en")))
    if report.uncovered_omitted:
        left = wording.uncovered_left_out(report)
        graph.add((node, DCTERMS.description, Literal(left, lang="en")))
    if report.consequences:
        graph.add((node, DCTERMS.description, Literal(wording.consequences(report), lang="en")))
    return graph.serialize(format="longturtle")  # canonical blank nodes take half a minute for 1,000


def _result(graph: Graph, finding: Finding, node: BNode) -> BNode:
    graph.add((node, RDF.type, SH.ValidationResult))
    graph.add((node, SH.resultSeverity, _SEVERITY[finding.severity]))
    graph.add((node, SH.sourceShape, URIRef(finding.shape)))
    graph.add((node, SH.sourceConstraintComponent, URIRef(finding.component)))
    graph.add((node, SH.resultMessage, Literal(finding.message, lang="en")))
    for predicate, term in ((SH.focusNode, finding.focus), (SH.value, finding.value)):
        if term is not None:
            graph.add((node, predicate, _term(term)))
    if finding.path is not None:
        graph.add((node, SH.resultPath, _path(graph, finding.path)))
    return node


def _term(text: str) -> Node:
    """Return the term that a finding writes as text."""
    if text.startswith("_:"):
        return BNode(text[2:])
    if not text.startswith('"'):
        return URIRef(text)
    line = f"<urn:s> <urn:p> {text} ."
    quad = next(pyoxigraph.parse(line, format=pyoxigraph.RdfFormat.N_TRIPLES))
    return to_rdflib(quad.object)


def _path(graph: Graph, text: str) -> Node:
    """Return the node of a path: alternatives of sequences of steps, each forward or inverse."""
    if "<" not in text:
        return URIRef(text)
    tokens = _STEP.findall(text)
    alternatives = [_sequence(graph, part) for part in _split(tokens, "|")]
    if len(alternatives) == 1:
        return alternatives[0]
    node = BNode()
    graph.add((node, SH.alternativePath, Collection(graph, BNode(), alternatives).uri))
    return node


def _sequence(graph: Graph, tokens: list[str]) -> Node:
    steps = [_step(graph, part) for part in _split(tokens, "/")]
    return steps[0] if len(steps) == 1 else Collection(graph, BNode(), steps).uri


def _step(graph: Graph, tokens: list[str]) -> Node:
    predicate = URIRef(tokens[-1][1:-1])
    if tokens[0] != "^":
        return predicate
    node = BNode()
    graph.add((node, SH.inversePath, predicate))
    return node


def _split(tokens: list[str], mark: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == mark:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
