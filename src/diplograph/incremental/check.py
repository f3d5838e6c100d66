"""What is submitted, judged on top of a release that is at hand: only what it can touch is looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from diplograph.delta import Delta
from diplograph.incremental import kept
from diplograph.incremental.revalidation import after
from diplograph.incremental.state import TooFarError
from diplograph.sources import KnowledgeBase
from diplograph.store import Dataset
from diplograph.validation import checks, context, fixes, material
from diplograph.validation.context import Against
from diplograph.validation.known import READ, Known, every
from diplograph.validation.material import Graphs
from diplograph.validation.report import Report, Timing, compared
from diplograph.validation.shapes import Shapes
from diplograph.vocab import BUILT_GRAPHS

MOST = 20_000
"""Of how many quads a change is judged by all that there is: following each would take longer."""
_BUILT = {NamedNode(name) for name in BUILT_GRAPHS} | {DefaultGraph()}


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
            material.of_files(kb), submitted, shapes, against=against, standing=standing
        )
    known = Known(chain(told_of(base / "store"), every(submitted)))
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
