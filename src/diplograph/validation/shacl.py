"""SHACL by pySHACL: a graph and shapes in, findings out.

The whole of the data is looked through by queries first; pySHACL judges the focus nodes that they single
out, and its word is what the report says. With `everything` it judges all of them: the same report, slowly.
"""

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rdflib import RDFS, BNode, Graph, Literal, Variable
from rdflib.query import Result
from rdflib.term import Node

from diplograph.errors import TooComplex
from diplograph.namespaces import RDF, SH
from diplograph.rdf.terms import to_oxigraph
from diplograph.validation.report import Finding, Severity, Timing
from diplograph.validation.shapes import Shapes
from diplograph.validation.validation_graph import ValidationGraph, View

if TYPE_CHECKING:
    from rdflib.plugins.sparql.sparql import Query

_SEVERITIES: Mapping[Node, Severity] = {
    SH.Violation: "violation",
    SH.Warning: "warning",
    SH.Info: "info",
}
_VARIABLE = re.compile(r"\{[?$](\w+)\}")


class DataGraph(Graph):
    """A graph that parses each query once: pySHACL sends the same text for every focus node.

    `suspects` holds, while one SPARQL constraint is judged, the only solutions that it may have for a node.
    """

    suspects: Mapping[Node, Sequence[Mapping[str, Any]]] = MappingProxyType({})

    def query(  # noqa: PLR0913, PLR0917 - as rdflib has it
        self,
        query_object: Any,
        processor: Any = "sparql",
        result: Any = "sparql",
        initNs: Any = None,  # noqa: N803
        initBindings: Any = None,  # noqa: N803
        use_store_provided: bool = True,
        **options: Any,
    ) -> Result:
        """Answer a query, given as text or parsed."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        given: dict[str, Any] = dict(initBindings or {})
        ask = partial(super().query, prepared, processor, result, initNs)
        suspected = self.suspects.get(given["this"], ()) if "this" in given else ()
        found = [ask({**one, **given}, use_store_provided, **options) for one in suspected or ({},)]
        return found[0] if len(found) == 1 else _joined(found)


def _joined(results: Sequence[Result]) -> Result:
    """Return the solutions of several results in one."""
    joint = Result("SELECT")
    joint.vars = results[0].vars
    joint.bindings = [row for result in results for row in result.bindings]
    return joint


@cache
def _prepared(text: str) -> "Query":
    from rdflib.plugins.sparql import prepareQuery  # noqa: PLC0415 - its grammar is slow to load
    from rdflib.plugins.sparql.algebra import traverse  # noqa: PLC0415

    query = prepareQuery(text)
    traverse(query.algebra, visitPre=_begin_at_focus)
    return query


def _begin_at_focus(part: Any) -> None:
    """Put the triple patterns of a query in an order that begins at $this, which pySHACL binds.

    rdflib orders them when it reads the query, and does not know then that $this is bound.
    """
    if getattr(part, "name", None) != "BGP":
        return
    known: set[Node] = {Variable("this")}
    waiting, ordered = list(part.triples), []
    while waiting:
        chosen = min(waiting, key=lambda pattern: len(_open(pattern) - known))
        waiting.remove(chosen)
        ordered.append(chosen)
        known |= _open(chosen)
    part["triples"] = ordered


def _open(pattern: tuple[Node, Node, Node]) -> set[Node]:
    return {term for term in pattern if isinstance(term, Variable | BNode)}


def run(judged: ValidationGraph, shapes: Shapes, timings: dict[str, Timing] | None = None) -> list[Finding]:
    """Return what the shapes find in a graph, which is taken as it is: nothing is inferred or fetched.

    `timings` takes up what each shape cost. Raises TooComplex when the data drives pySHACL too
    deep.
    """
    found: dict[Finding, None] = {}
    view = DataGraph(store=View(judged), bind_namespaces="none")
    _ = shapes.plan.units  # compiled once, and on no shape's account
    for unit, candidates, seconds in shapes.plan.candidates(judged):
        began = time.perf_counter()
        if candidates:
            view.suspects = candidates
            found |= dict.fromkeys(judge(view, shapes, shapes.alone(unit.shape, candidates)))
        if timings is not None:
            spent = seconds + time.perf_counter() - began
            timings[str(unit.shape)] = Timing(spent, len(candidates))
    return list(found)


def validate_all(data: Graph, shapes: Shapes) -> list[Finding]:
    """Return the same by pySHACL alone: the measure of `run`."""
    return list(dict.fromkeys(judge(data, shapes, shapes.graph)))


def judge(data: Graph, shapes: Shapes, chosen: Graph) -> Iterator[Finding]:
    """Yield what pySHACL finds with some of the shapes."""
    if not isinstance(data, Graph):
        raise TypeError("pySHACL would read text as a path or an address: pass a graph")
    import pyshacl  # noqa: PLC0415 - half a second that only those who validate should pay
    from pyshacl.errors import ReportableRuntimeError  # noqa: PLC0415

    try:
        _, report, _ = pyshacl.validate(
            data,
            shacl_graph=chosen,
            advanced=False,
            js=False,
            inference="none",
            do_owl_imports=False,
            inplace=True,
        )
    except RecursionError as error:
        raise TooComplex("The data is nested too deeply to be validated.") from error
    except ReportableRuntimeError as error:
        raise TooComplex(f"The data cannot be validated: {error}") from error
    if not isinstance(report, Graph):
        raise TooComplex(f"The data cannot be validated: {report}")
    results = (
        result
        for parent in report.subjects(RDF.type, SH.ValidationReport)
        for result in report.objects(parent, SH.result)
    )
    yield from _once(_finding(report, result, shapes, data) for result in results)


def _once(found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what is said of a value in the same words once, by its datatype where that is wrong."""
    told: dict[Finding, Finding] = {}
    for one in found:
        same = replace(one, component="") if one.message else one
        told[same] = min(told.get(same, one), one, key=_precedence)
    yield from told.values()


def _precedence(one: Finding) -> tuple[bool, str]:
    return one.component != str(SH.DatatypeConstraintComponent), one.component


def _finding(report: Graph, result: Node, shapes: Shapes, data: Graph) -> Finding:
    shape = report.value(result, SH.sourceShape) or BNode()
    focus, value = report.value(result, SH.focusNode), report.value(result, SH.value)
    path = report.value(result, SH.resultPath)
    names = {"this": readable(focus, data), "value": readable(value, data)}
    return Finding(
        severity=_SEVERITIES.get(report.value(result, SH.resultSeverity) or SH.Violation, "violation"),
        shape=str(shape),
        component=str(report.value(result, SH.sourceConstraintComponent)),
        focus=written(focus),
        path=shapes.path(path if not isinstance(path, BNode) else shapes.graph.value(shape, SH.path)),
        value=written(value),
        message=worded(shapes.text(shape, SH.message), names),
        cure=shapes.text(shape, SH.description),
    )


def worded(message: str, names: Mapping[str, str]) -> str:
    """Return a message with the names of what its variables stand for."""
    return _VARIABLE.sub(lambda found: names.get(found[1], "it"), message)


def written(term: Node | None) -> str | None:
    """Return a term as findings write it: a plain IRI, `_:name`, or a literal in N-Triples."""
    if term is None:
        return None
    if isinstance(term, Literal):
        return str(to_oxigraph(term))
    return term.n3() if isinstance(term, BNode) else str(term)


def readable(term: Node | None, data: Graph) -> str:
    """Return the English label of a term, or the last part of its IRI."""
    if term is None:
        return "nothing"
    if isinstance(term, Literal):
        return str(term)
    labels = [str(o) for o in data.objects(term, RDFS.label) if isinstance(o, Literal) and o.language == "en"]
    return min(labels) if labels else re.split(r"[/#]", str(term))[-1]
