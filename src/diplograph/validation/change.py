"""A change to a dataset, judged together with what it changes."""

from collections import defaultdict

from pyoxigraph import NamedNode, Triple

from diplograph.delta import Delta
from diplograph.store import Dataset
from diplograph.validation import material
from diplograph.validation.context import validate
from diplograph.validation.report import Report, compared
from diplograph.validation.shapes import Shapes
from diplograph.vocab import DGG


def changed(base: Dataset, delta: Delta, shapes: Shapes, standing: Report) -> Report:
    """Return what a change adds to the findings, repairs of them and leaves.

    `base` holds the named graphs before the change, dgg:closure among them or not; `standing` is the report
    on them. Uncovered are triples that the change adds.
    """
    before = material.graphs(base)
    after = _applied(before, delta)
    submitted: dict[str, list[Triple]] = defaultdict(list)
    for quad in delta.added:
        submitted[_graph(quad.graph_name)].append(quad.triple)
    report = validate(after, shapes, material.described(submitted))
    return Report.of(
        compared(report.findings, standing.findings), report.uncovered, standing.release, labels=report.labels
    )


def _applied(graphs: material.Graphs, delta: Delta) -> dict[str, list[Triple]]:
    found = {name: dict.fromkeys(triples) for name, triples in graphs.items()}
    for quad in delta.removed:
        found.get(_graph(quad.graph_name), {}).pop(quad.triple, None)
    for quad in delta.added:
        found.setdefault(_graph(quad.graph_name), {})[quad.triple] = None
    found.pop(str(DGG.closure), None)
    return {name: list(triples) for name, triples in found.items()}


def _graph(name: object) -> str:
    return name.value if isinstance(name, NamedNode) else ""
