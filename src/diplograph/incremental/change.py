"""A change to a dataset, judged together with what it changes."""

from collections import defaultdict

from pyoxigraph import NamedNode, Triple

from diplograph.delta import Delta
from diplograph.incremental.revalidation import after
from diplograph.incremental.state import State, TooFarError
from diplograph.store import Dataset
from diplograph.validation import material
from diplograph.validation.context import validate
from diplograph.validation.report import Report, compared
from diplograph.validation.shapes import Shapes
from diplograph.vocab import DGG


def changed(base: Dataset | State, delta: Delta, shapes: Shapes, standing: Report) -> Report:
    """Return what a change adds to the findings, repairs of them and leaves.

    `base` holds the named graphs before the change, dgg:closure among them or not; `standing` is the whole
    report on them. Only what the change can touch is judged. Uncovered are triples that the change adds.
    """
    state = base if isinstance(base, State) else State.of(material.graphs(base))
    added: dict[str, list[Triple]] = defaultdict(list)
    for quad in delta.added:
        added[_graph(quad.graph_name)].append(quad.triple)
    submitted = material.described(added)
    try:
        triples = [triple for graph in submitted.values() for triple in graph]
        report = after(state, delta, shapes, standing.findings, triples)
    except TooFarError:
        report = validate(
            _applied(material.graphs(state.loaded), delta), shapes, submitted, standing.findings
        )
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
