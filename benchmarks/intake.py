"""How fast a change is judged and taken in: an article of some 200 triples on top of a generated graph."""

import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import click
import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat

from benchmarks.building import main as build
from benchmarks.dataset import settings
from benchmarks.generator import MOST_SOURCES, Generated, Plan, write
from benchmarks.machine import this_machine
from diplograph import incremental
from diplograph.changes.accept import accept
from diplograph.changes.edits import Edit, Request
from diplograph.namespaces import DGG
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.release import current, derive, up_to_date
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, Shapes

ROOT = Path(__file__).resolve().parents[1]
LOST = 200
"""How many triples a change takes away."""
WAYS = {"followed": 0, "everything": 1 << 62}
"""From how many triples on a change is followed, rather than everything done again."""
ARTICLE = 24
"""How many acts a plan has whose second article graph holds some 200 triples."""


def article(name: str) -> str:
    """Return an article of some 200 triples, with its document, that no generated graph holds."""
    with tempfile.TemporaryDirectory(prefix="diplograph-benchmark-") as folder:
        data = write(Plan(ARTICLE, 1, sources=1), Path(folder), ROOT).root / "data"
        text, meta = ((data / f"{graph}.ttl").read_text(encoding="utf-8") for graph in ("a2", "meta"))
    own = [line for line in meta.splitlines() if line.startswith(("doc:a2-", "time:a2-"))]
    return re.sub(r"(?<!author-)\ba2\b", name, text + "\n".join(own) + "\n")


def quads(name: str) -> frozenset[Quad]:
    """Return the article as quads of a graph of its own."""
    parsed = pyoxigraph.parse(article(name).encode(), format=RdfFormat.TURTLE)
    return frozenset(Quad(*quad.triple, NamedNode(str(DGG[name]))) for quad in parsed)


@dataclass
class Bench:
    """A knowledge base with a release, and what things on top of it take."""

    settings: Settings
    ways: Mapping[str, int]
    seconds: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """Wall clock and processor time of each run."""

    def timed(self, name: str, step: Callable[[], object]) -> None:
        """Note how long something takes."""
        wall, processor = time.perf_counter(), time.process_time()
        step()
        taken = time.perf_counter() - wall, time.process_time() - processor
        self.seconds.setdefault(name, []).append(taken)

    def check(self, rounds: int) -> None:
        """Judge the article, and what takes triples away, as a worker of `/validate` does once it runs."""
        release = current(self.settings)
        if release is None:
            raise click.ClickException("There is no release.")
        shapes = Shapes.of(KnowledgeBase(self.settings.kb))
        standing = Report.from_json((release.path / "report.json").read_text(encoding="utf-8"))
        store = Dataset.open_read_only(release.store_path)
        gone = frozenset(islice(store.quads(str(DGG.a1)), LOST))
        store.close()
        changes = {
            "check of an article that comes": Delta(quads("new")),
            f"check without {len(gone)} triples here and there": Delta(removed=gone),
        }
        for name, delta in changes.items():
            for way, least in self.ways.items():
                judge = partial(incremental.changed, release.path, delta, shapes, standing, least=least)
                judge()
                for _ in range(rounds):
                    self.timed(f"{name}, {way}", judge)

    def derive(self, rounds: int) -> None:
        """Make the release with the article, and throw it away."""
        release = current(self.settings)
        if release is None:
            raise click.ClickException("There is no release.")
        files = {"data/new.ttl": article("new").encode()}
        for way, least in self.ways.items():

            def step(least: int = least) -> None:
                derive(self.settings, release, files, report=Report.of([]), least=least).discard()

            for _ in range(rounds):
                self.timed(f"release with it, {way}", step)

    def accept(self, rounds: int) -> None:
        """Take the article in, again and again under other names."""
        for number in range(rounds):
            name = f"new{number}"
            request = Request(
                [Edit(str(DGG[name]), "put", tuple(q.triple for q in quads(name)))], "bench", ""
            )
            self.timed("accept", lambda request=request: accept(self.settings, request))

    def command(self, kb: Path, rounds: int) -> None:
        """Run `diplograph check FILE` on another knowledge base, start-up included."""
        with tempfile.TemporaryDirectory(prefix="diplograph-benchmark-") as folder:
            file = Path(folder) / "new.ttl"
            file.write_text(article("new"), encoding="utf-8")
            words = [sys.executable, "-m", "diplograph", "check", "--kb", str(kb), "--quiet", str(file)]
            for _ in range(rounds):
                before = _children()
                wall = time.perf_counter()
                subprocess.run(words, check=False, capture_output=True)
                taken = time.perf_counter() - wall, _children() - before
                self.seconds.setdefault("check FILE", []).append(taken)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(bench: Bench, title: str) -> Iterator[str]:
    """Yield the section in Markdown."""
    yield f"# A change of some 200 triples: {title}\n"
    yield f"Machine: {this_machine()}\n"
    yield "| measure | runs | median s | median s of processor time |\n|---|---:|---:|---:|"
    for name, taken in bench.seconds.items():
        wall, processor = (statistics.median(times) for times in zip(*taken, strict=True))
        yield f"| {name} | {len(taken)} | {wall:.2f} | {processor:.2f} |"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield f"\n{peak:.0f} MB at most."


@contextmanager
def based(work: Path | None, plan: Plan, *, checked: bool) -> Iterator[tuple[Generated, Settings]]:
    """Give a knowledge base with a release, of its own for as long as the block runs.

    In a work folder the release is left as it was built, and used again by the same software.
    """
    with ExitStack() as held:
        begun = tempfile.TemporaryDirectory(prefix="diplograph-benchmark-", dir=work)
        scratch = Path(held.enter_context(begun))
        kept = scratch if work is None else work / f"{plan.name}-{'checked' if checked else 'unchecked'}"
        made = write(plan, kept / "kb", ROOT)
        if not up_to_date(settings(kept / "kb", kept / "state")):
            build(str(kept / "kb"), str(kept / "state"), "checked" if checked else "unchecked")
        if work is not None:
            shutil.copytree(kept / "kb", scratch / "kb")
            shutil.copytree(kept / "state", scratch / "state", copy_function=os.link)
        yield made, settings(scratch / "kb", scratch / "state")


@click.command
@click.option("--acts", type=click.IntRange(20), default=10_000, show_default=True)
@click.option("--sources", type=click.IntRange(1, MOST_SOURCES), default=3, show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--checked/--no-checked", default=True, help="Whether the base is built with validation.")
@click.option(
    "--everything/--no-everything", default=True, help="Whether to time doing everything again too; long."
)
@click.option("--curated", type=click.Path(path_type=Path), help="Also time `check FILE` on this one.")
@click.option("--work", type=click.Path(path_type=Path), help="Folder that what is built is left in.")
@click.option("--results", type=click.Path(path_type=Path), help="Folder that gets intake.md.")
def intake(  # noqa: PLR0913 - each is an option of the command
    *,
    acts: int,
    sources: int,
    rounds: int,
    checked: bool,
    everything: bool,
    curated: Path | None,
    work: Path | None,
    results: Path | None,
) -> None:
    """Times a check in context and an acceptance of a small article, by the size of what is there."""
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
    with based(work, Plan(acts, 1, sources), checked=checked) as (made, own):
        bench = Bench(own, WAYS if everything else {"followed": 0})
        bench.check(rounds)
        bench.derive(rounds)
        bench.accept(rounds)
    if curated is not None:
        bench.command(curated, rounds)
    text = (
        "\n".join(
            report(bench, f"{acts:,} acts of up to {sources} sources, {made.triples:,} asserted triples")
        )
        + "\n"
    )
    if results is not None:
        results.mkdir(parents=True, exist_ok=True)
        (results / "intake.md").write_text(text, encoding="utf-8")
    click.echo(text)
