"""Checking on top of a release: files, uploads and changes, judged where they can matter.

The one place that chooses between judging everything and judging what a change touches.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from diplograph.incremental import kept
from diplograph.incremental.revalidation import after
from diplograph.incremental.state import State, TooFarError
from diplograph.namespaces import BUILT_GRAPHS, DGG
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.sources import KnowledgeBase
from diplograph.validation import checks, context, fixes, inputs, uploads
from diplograph.validation.context import Against, in_context, validate, world
from diplograph.validation.inputs import READ, Graphs, LabelIndex, every
from diplograph.validation.locate import Text, located
from diplograph.validation.report import Report, Timing, compared
from diplograph.validation.shapes import Shapes

MOST = 20_000
"""Of how many quads a change is judged by all that there is: following each would take longer."""
_BUILT = {NamedNode(name) for name in BUILT_GRAPHS} | {DefaultGraph()}
Payload = dict[str, Any]


def check(  # noqa: PLR0913 - each is an option of the command
    kb: KnowledgeBase,
    files: Sequence[Path],
    *,
    against: Against = "release",
    graph: str | None = None,
    standing: Report | None = None,
    limit: int | None = 1000,
    base: Path | None = None,
) -> Report:
    """Check files in the context of a knowledge base, on top of a release of it where there is one.

    `base` is the folder of a release of the knowledge base as it is without the files, and then `standing`
    its report; all else is as for `validation.check`. Raises MalformedRdf with the file.
    """
    if base is None or standing is None or against == "none":
        return context.check(kb, files, against=against, graph=graph, standing=standing, limit=limit)
    shapes = Shapes.of(kb)
    texts, submitted = context.read(kb, files, graph)
    report = onto(base, submitted, context.world(submitted), shapes, standing)
    if report is None:
        report = context.in_context(
            inputs.of_files(kb), submitted, shapes, against=against, standing=standing
        )
    known = LabelIndex(chain(told_of(base / "store"), every(submitted)))
    return fixes.proposed(context.placed_in(report, texts, limit), texts, shapes.graph, known)


def onto(release: Path, submitted: Graphs, world: Graphs, shapes: Shapes, standing: Report) -> Report | None:
    """Return what graphs that are added to a release, or replace its own, add to its findings and repair.

    `release` is its folder, `standing` is the whole report on it, `world` are the graphs among those
    submitted that have to be covered by shapes. None where everything has to be judged.
    """
    if not (release / "judged").is_dir() or not submitted.keys().isdisjoint(BUILT_GRAPHS):
        return None
    timings: dict[str, Timing] = {}
    triples = [triple for graph in world.values() for triple in graph]
    try:
        with kept.opened(release / "store", release / "judged") as state:
            delta = _change(state.loaded, submitted)
            if delta is None:
                return None
            report = after(state, delta, shapes, standing.findings, triples, timings=timings)
    except (TooFarError, OSError):  # or there is no room for copies of the stores
        return None
    empty = checks.nothing(triple for graph in submitted.values() for triple in graph)
    found = compared([*report.findings, *empty], standing.findings)
    return replace(Report.of(found, report.uncovered, labels=report.labels), timings=timings)


def _change(loaded: Dataset, submitted: Graphs) -> Delta | None:
    """Return what of the graphs is a change; None where nodes have no names to compare, or for too much."""
    before: list[Quad] = []
    after: list[Quad] = []
    for graph, triples in submitted.items():
        held = list(loaded.quads(graph))
        if held and any(map(_is_nameless, chain(triples, (quad.triple for quad in held)))):
            return None
        name = NamedNode(graph)
        before += held
        after += (Quad(t.subject, t.predicate, t.object, name) for t in triples)
    delta = Delta.between(before, after)
    return delta if len(delta.added) + len(delta.removed) <= MOST else None


def _is_nameless(triple: Triple) -> bool:
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)


def told_of(store: Path) -> Iterator[Triple]:
    """Yield what the graphs of a release's store that come from files say of the names of things."""
    dataset = Dataset.open_read_only(store)
    for predicate in READ:
        for quad in dataset.matching(None, predicate, None):
            if quad.graph_name not in _BUILT:
                yield quad.triple
    dataset.close()


def changed(base: Dataset | State, delta: Delta, shapes: Shapes, standing: Report) -> Report:
    """Return what a change adds to the findings, repairs of them and leaves.

    `base` holds the named graphs before the change, dgg:closure among them or not; `standing` is the whole
    report on them. Only what the change can touch is judged. Uncovered are triples that the change adds.
    """
    state = base if isinstance(base, State) else State.of(inputs.graphs(base))
    added: dict[str, list[Triple]] = defaultdict(list)
    for quad in delta.added:
        added[_graph(quad.graph_name)].append(quad.triple)
    submitted = inputs.described(added)
    try:
        triples = [triple for graph in submitted.values() for triple in graph]
        report = after(state, delta, shapes, standing.findings, triples)
    except TooFarError:
        report = validate(_applied(inputs.graphs(state.loaded), delta), shapes, submitted, standing.findings)
    return Report.of(
        compared(report.findings, standing.findings), report.uncovered, standing.release, labels=report.labels
    )


def _applied(graphs: inputs.Graphs, delta: Delta) -> dict[str, list[Triple]]:
    found = {name: dict.fromkeys(triples) for name, triples in graphs.items()}
    for quad in delta.removed:
        found.get(_graph(quad.graph_name), {}).pop(quad.triple, None)
    for quad in delta.added:
        found.setdefault(_graph(quad.graph_name), {})[quad.triple] = None
    found.pop(str(DGG.closure), None)
    return {name: list(triples) for name, triples in found.items()}


def _graph(name: object) -> str:
    return name.value if isinstance(name, NamedNode) else ""


def validate_task(payload: Payload) -> dict[str, Any]:
    """Validate an upload against a release; the answer is the report's JSON with `labels` of what it names.

    The payload holds `rdf` (bytes), `media` (a media type) and `release` (the release's folder); it may hold
    `name` (of the release), `against` ("release" or "none"), `graph` (the named graph that the upload is),
    `max_bytes`, `max_triples` and `max_findings`. Raises the errors of `uploads.parse`.
    """
    folder = Path(payload["release"])
    graph = payload.get("graph") or uploads.UPLOAD
    submitted = uploads.parse(
        payload["rdf"],
        payload["media"],
        graph,
        payload.get("max_bytes", uploads.MAX_BYTES),
        payload.get("max_triples", uploads.MAX_TRIPLES),
    )
    shapes, standing = _release(folder)
    against = payload.get("against", "release")
    report = None
    if against == "release" and standing is not None:
        report = onto(folder, submitted, world(submitted), shapes, standing)
    if report is None:
        base = inputs.of_store(folder / "store")
        report = in_context(base, submitted, shapes, against=against, standing=standing)
    limited = Report.of(
        report.findings, report.uncovered, payload.get("name"), payload.get("max_findings", 1000)
    )
    texts = [Text(None, payload["rdf"], payload["media"], graph, submitted)]
    known = LabelIndex(chain(told_of(folder / "store"), every(submitted)))
    placed = fixes.proposed(located(limited, texts), texts, shapes.graph, known)
    return placed.to_dict() | {"labels": placed.names()}


@lru_cache(maxsize=2)
def _release(folder: Path) -> tuple[Shapes, Report | None]:
    """Read once what a release holds beside its graphs: its shapes and its own report."""
    report = folder / "report.json"
    standing = Report.from_json(report.read_text(encoding="utf-8")) if report.is_file() else None
    return Shapes.of(KnowledgeBase(folder)), standing
