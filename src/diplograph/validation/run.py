"""The door to pySHACL: a graph and shapes in, findings out."""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from rdflib import RDFS, BNode, Graph, Literal
from rdflib.query import Result
from rdflib.term import Node

from diplograph.errors import TooComplex
from diplograph.validation.report import Finding, Severity
from diplograph.validation.shapes import Shapes
from diplograph.vocab import RDF, SH

if TYPE_CHECKING:
    from rdflib.plugins.sparql.sparql import Query

_SEVERITIES: Mapping[Node, Severity] = {
    SH.Violation: "violation",
    SH.Warning: "warning",
    SH.Info: "info",
}
_VARIABLE = re.compile(r"\{[?$](\w+)\}")


class DataGraph(Graph):
    """A graph that parses each query once: pySHACL sends the same text for every focus node."""

    def query(self, query_object: Any, *args: Any, **options: Any) -> Result:
        """Answer a query, given as text or parsed."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **options)


@cache
def _prepared(text: str) -> "Query":
    from rdflib.plugins.sparql import prepareQuery  # noqa: PLC0415 - its grammar is slow to load

    return prepareQuery(text)


def run(data: Graph, shapes: Shapes) -> list[Finding]:
    """Return what the shapes find in the data, which is taken as it is: nothing is inferred or fetched.

    Raises TooComplex when the data drives pySHACL too deep.
    """
    if not isinstance(data, Graph):
        raise TypeError("pySHACL would read text as a path or an address: pass a graph")
    try:
        import pyshacl  # noqa: PLC0415 - half a second that only those who validate should pay

        _, report, _ = pyshacl.validate(
            data,
            shacl_graph=shapes.compiled,
            advanced=False,
            js=False,
            inference="none",
            do_owl_imports=False,
            inplace=True,
        )
    except RecursionError as error:
        raise TooComplex("The data is nested too deeply to be validated.") from error
    if not isinstance(report, Graph):
        raise TooComplex(f"The data cannot be validated: {report}")
    return [
        _finding(report, result, shapes, data)
        for parent in report.subjects(RDF.type, SH.ValidationReport)
        for result in report.objects(parent, SH.result)
    ]


def _finding(report: Graph, result: Node, shapes: Shapes, data: Graph) -> Finding:
    shape = report.value(result, SH.sourceShape) or BNode()
    focus, value = report.value(result, SH.focusNode), report.value(result, SH.value)
    path = report.value(result, SH.resultPath)
    names = {"this": readable(focus, data), "value": readable(value, data)}
    return Finding(
        severity=_SEVERITIES[report.value(result, SH.resultSeverity) or SH.Violation],
        shape=str(shape),
        component=str(report.value(result, SH.sourceConstraintComponent)),
        focus=written(focus),
        path=shapes.path(path if not isinstance(path, BNode) else shapes.graph.value(shape, SH.path)),
        value=written(value),
        message=_VARIABLE.sub(lambda found: names.get(found[1], "it"), shapes.text(shape, SH.message)),
        cure=shapes.text(shape, SH.description),
    )


def written(term: Node | None) -> str | None:
    """Return a term as findings write it: a plain IRI, `_:name`, or a literal in N-Triples."""
    if term is None:
        return None
    return term.n3() if isinstance(term, Literal | BNode) else str(term)


def readable(term: Node | None, data: Graph) -> str:
    """Return the English label of a term, or the last part of its IRI."""
    if term is None:
        return "nothing"
    if isinstance(term, Literal):
        return str(term)
    labels = [str(o) for o in data.objects(term, RDFS.label) if isinstance(o, Literal) and o.language == "en"]
    return min(labels) if labels else re.split(r"[/#]", str(term))[-1]
