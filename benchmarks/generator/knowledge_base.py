"""A generated knowledge base: a folder that the project builds, checks and serves like its own."""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generator.acts import History
from benchmarks.generator.claims import write_claims, write_reports, write_territory
from benchmarks.generator.plan import Plan
from benchmarks.generator.sources import Sources, write_graphs
from benchmarks.generator.turtle import Sink
from benchmarks.generator.world import ARTICLES, World, write_matters

COPIED = ("ontology", "shapes", "queries")
GRAPHS = ("entities", "background", "meta", *ARTICLES)


@dataclass(frozen=True, slots=True)
class Generated:
    """A knowledge base that was written: where, from which plan, with how many asserted triples."""

    root: Path
    plan: Plan
    triples: int


def write(plan: Plan, root: Path, template: Path) -> Generated:
    """Writes a knowledge base; ontology, shapes and queries are those of the template."""
    (root / "data").mkdir(parents=True, exist_ok=True)
    for folder in COPIED:
        shutil.copytree(template / folder, root / folder, dirs_exist_ok=True)
    with ExitStack() as files:
        sinks = {name: files.enter_context(Sink(root / "data" / f"{name}.ttl")) for name in GRAPHS}
        _write_graphs(plan, sinks)
        triples = sum(sink.triples for sink in sinks.values())
    return Generated(root, plan, triples)


def _write_graphs(plan: Plan, sinks: dict[str, Sink]) -> None:
    world = World.of(plan)
    world.write(sinks["entities"])
    matters = write_matters(sinks["entities"], world, plan.random("matters"))
    acts = History(plan, world, sinks, matters).write()
    for article in ARTICLES:
        sources = Sources(plan, article)
        sources.write_evidence(sinks[article])
        sources.write_times(sinks[article])
        sources.write_documents(sinks["meta"])
        write_claims(plan, sources, sinks[article])
    first = Sources(plan, ARTICLES[0])
    first.write_tenures(sinks[ARTICLES[0]], world)
    for number in range(1, matters + 1):
        sinks[ARTICLES[0]].say(f"matter:matter-{number}", (("dg:evidence", f"ev:{ARTICLES[0]}-s0"),))
    write_territory(world, first, sinks[ARTICLES[0]])
    write_reports(plan, sinks["background"], sinks["meta"], acts)
    if plan.sources > 1:
        write_graphs(sinks["meta"])
