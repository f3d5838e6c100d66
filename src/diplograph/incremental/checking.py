"""The one place that chooses: whether what a change touches is judged, or everything is judged again."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from diplograph.incremental import state
from diplograph.incremental.patterns import UnboundedError
from diplograph.incremental.revalidation import after
from diplograph.namespaces import BUILT_GRAPHS, in_space
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta, by_graph
from diplograph.sources import KnowledgeBase
from diplograph.sparql.rewriting.statistics import FILE, Statistics
from diplograph.validation import checks, fixes, inputs, jsonld_keys, rdf_parsing, validator
from diplograph.validation.inputs import READ, Graphs, LabelIndex, every
from diplograph.validation.locate import Text, located
from diplograph.validation.report import Report, compared
from diplograph.validation.shapes import Shapes
from diplograph.validation.validator import Against

LEAST = 25_000
"""From how many triples of a release (its merge, what is entailed included) on a change of it is followed.

Measured with an article of 200 triples on generated graphs, seconds of the fastest of four runs, everything
against followed. `check FILE` in a new process: 1.06 against 1.72 at 12,000 triples (the curated graph), 1.05
against 1.08 at 22,000, 1.33 against 1.26 at 29,000, 1.77 against 1.26 at 53,000, 2.52 against 1.35 at
100,000. A release made with it, processor time: 0.91 against 0.90, 1.06 against 1.06, 1.18 against 1.20, 2.2
against 1.7, 4.3 against 3.0. `python -m benchmarks intake --acts N` times both ways.
"""
MOST = 20_000
"""Up to how many quads a change is followed: following each of more would take longer."""
_BUILT = {NamedNode(name) for name in BUILT_GRAPHS} | {DefaultGraph()}
Payload = dict[str, Any]


def is_followed(release: Path, least: int) -> bool:
    """Choose by size: whether a release, by its folder, has the graph and the triples to follow a change."""
    if not (release / "judged").is_dir():
        return False
    counted = Statistics.read(release / FILE) if least else None
    return not least or (counted is not None and counted.triples >= least)


def is_small(delta: Delta) -> bool:
    """Tell whether a change is one to follow."""
    return len(delta.added) + len(delta.removed) <= MOST


def check(  # noqa: PLR0913 - each is an option of the command
    kb: KnowledgeBase,
    files: Sequence[Path],
    *,
    against: Against = "release",
    graph: str | None = None,
    add: bool = False,
    standing: Report | None = None,
    limit: int | None = 1000,
    base: Path | None = None,
    least: int = LEAST,
) -> Report:
    """Check files in the context of a knowledge base, on top of a release of it where there is one.

    `base` is the folder of a release of the knowledge base as it is without the files, and then `standing`
    its report; `least` is from how many triples on it is used; all else is as for `validation.check`. Raises
    MalformedRdf with the file.
    """
    if base is None or standing is None or against == "none" or not is_followed(base, least):
        return validator.check(
            kb, files, against=against, graph=graph, add=add, standing=standing, limit=limit
        )
    shapes = Shapes.of(kb)
    texts, submitted = validator.read(kb, files, graph, add=add)
    report = validate_on_release(base, submitted, shapes, standing) or validator.in_context(
        inputs.of_files(kb), submitted, shapes, against=against, standing=standing
    )
    placed = validator.placed_in(report, texts, limit)
    return fixes.proposed(placed, texts, shapes.graph, _labels(base, submitted))


def validate_task(payload: Payload) -> dict[str, Any]:
    """Validate an upload against a release; the answer is the report's JSON with `labels` of what it names.

    The payload holds `rdf` (bytes), `media` (a media type) and `release` (the release's folder); it may hold
    `name` (of the release), `against` ("release" or "none"), `graph` (the named graph that the upload is),
    `max_bytes`, `max_triples`, `max_findings` and `least`, from how many triples on a change of the release
    is followed. Raises the errors of `rdf_parsing.parse`.
    """
    folder = Path(payload["release"])
    with in_space(KnowledgeBase(folder).base):
        return _validated(folder, payload)


def _validated(folder: Path, payload: Payload) -> dict[str, Any]:
    graph = payload.get("graph") or rdf_parsing.UPLOAD
    submitted = rdf_parsing.parse(
        payload["rdf"],
        payload["media"],
        graph,
        payload.get("max_bytes", rdf_parsing.MAX_BYTES),
        payload.get("max_triples", rdf_parsing.MAX_TRIPLES),
    )
    shapes, standing = _release(folder)
    against = payload.get("against", "release")
    report = None
    if against == "release" and standing is not None and is_followed(folder, payload.get("least", LEAST)):
        report = validate_on_release(folder, submitted, shapes, standing)
    if report is None:
        base = inputs.of_store(folder / "store")
        report = validator.in_context(base, submitted, shapes, against=against, standing=standing)
    texts = [Text(None, payload["rdf"], payload["media"], graph, submitted)]
    found = [*report.findings, *jsonld_keys.dropped(texts)]
    limited = report.revised(found, payload.get("name"), payload.get("max_findings", 1000))
    placed = fixes.proposed(located(limited, texts), texts, shapes.graph, _labels(folder, submitted))
    return placed.to_dict() | {"labels": placed.names()}


@lru_cache(maxsize=2)
def _release(folder: Path) -> tuple[Shapes, Report | None]:
    """Read once what a release holds beside its graphs: its shapes and its own report."""
    report = folder / "report.json"
    standing = Report.from_json(report.read_text(encoding="utf-8")) if report.is_file() else None
    return Shapes.of(KnowledgeBase(folder)), standing


def changed(  # noqa: PLR0913 - what stands, what comes, and how
    release: Path,
    delta: Delta,
    shapes: Shapes,
    standing: Report,
    *,
    least: int = LEAST,
    prefix: str = state.SCRATCH,
) -> Report:
    """Return what a change adds to the findings on a release, repairs of them and leaves.

    `release` is its folder and `standing` the whole report on it; uncovered are triples that the change adds.
    A change is followed from `least` triples on, in a folder whose name begins with a prefix.
    """
    submitted = inputs.described(by_graph(delta.added))
    report = None
    if is_followed(release, least):
        report = _followed(release, delta, submitted, shapes, standing, prefix)
    if report is None:
        graphs = _applied(inputs.of_store(release / "store"), delta)
        report = validator.validate(graphs, shapes, submitted, standing.findings)
    return report.revised(compared(report.findings, standing.findings), standing.release)


def validate_on_release(release: Path, submitted: Graphs, shapes: Shapes, standing: Report) -> Report | None:
    """Return what graphs that are added to a release, or replace its own, add to its findings and repair.

    `release` is its folder and `standing` the whole report on it. None where everything has to be judged.
    """
    delta, world = _change(release / "store", submitted), validator.world(submitted)
    report = None if delta is None else _followed(release, delta, world, shapes, standing)
    if report is None:
        return None
    empty = checks.nothing(triple for graph in submitted.values() for triple in graph)
    return report.revised(compared([*report.findings, *empty], standing.findings))


def _followed(  # noqa: PLR0913, PLR0917 - what stands, what comes, and where
    release: Path,
    delta: Delta,
    submitted: Graphs,
    shapes: Shapes,
    standing: Report,
    prefix: str = state.SCRATCH,
) -> Report | None:
    """Return the report on what a change leaves, graphs that have to be covered among it.

    None where everything has to be judged, or there is no room for copies of the stores.
    """
    if not is_small(delta):
        return None
    try:
        with state.opened(release, prefix) as held:
            return after(held, delta, shapes, standing.findings, chain.from_iterable(submitted.values()))
    except (UnboundedError, OSError):
        return None


def _change(store: Path, submitted: Graphs) -> Delta | None:
    """Return what of the graphs is a change; None where nodes have no names, or of what is built."""
    if not submitted.keys().isdisjoint(BUILT_GRAPHS):
        return None
    loaded = Dataset.open_read_only(store)
    before = {quad for graph in submitted for quad in loaded.quads(graph)}
    loaded.close()
    after = {
        Quad(t.subject, t.predicate, t.object, NamedNode(graph))
        for graph, triples in submitted.items()
        for t in triples
    }
    replaced = {quad.graph_name for quad in before}
    if any(quad.graph_name in replaced and _is_nameless(quad) for quad in before | after):
        return None
    return Delta.between(before, after)


def _is_nameless(quad: Quad) -> bool:
    return isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)


def _applied(graphs: Graphs, delta: Delta) -> Graphs:
    gone, come = by_graph(delta.removed), by_graph(delta.added)
    return {
        name: list({*graphs.get(name, ())} - {*gone.get(name, ())} | {*come.get(name, ())})
        for name in graphs.keys() | come
    }


def _labels(release: Path, submitted: Graphs) -> LabelIndex:
    """Return what a release and the graphs that are submitted say of the names of things."""
    return LabelIndex(chain(told_of(release / "store"), every(submitted)))


def told_of(store: Path) -> Iterator[Triple]:
    """Yield what the graphs of a release's store that come from files say of the names of things."""
    dataset = Dataset.open_read_only(store)
    for predicate in READ:
        for quad in dataset.matching(None, predicate, None):
            if quad.graph_name not in _BUILT:
                yield quad.triple
    dataset.close()
