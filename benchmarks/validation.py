"""How fast shapes are judged: queries and pySHACL together, beside pySHACL alone and other validators."""

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.figures import Figures
from benchmarks.generator import Plan, write
from benchmarks.machine import this_machine
from benchmarks.peers import PEERS, ROOT

SMALLER = (100, 30, 10, 3)
"""By how much smaller the graphs are that a peer is tried on before the whole."""
CAP = 180


@dataclass
class Course:
    """Where generated graphs lie, what is measured on them, and after how many seconds a peer is given up."""

    folder: Path
    cap: int
    figures: Figures

    def graph(self, acts: int) -> Path:
        """A generated knowledge base of so many acts; one that is there is the same."""
        folder = self.folder / f"{acts}-acts"
        write(Plan(acts, 1), folder, ROOT)
        return folder

    def full(self, acts: int) -> None:
        """Note a full check in a process of its own."""
        found = json.loads(_output("benchmarks.checking", str(self.graph(acts)), str(ROOT)).stdout)
        name = f"full check, own process, {acts:,} acts, {found['triples']:,} triples"
        self.figures.add("diplograph", f"{name} (s)", found["seconds"])
        self.figures.add("diplograph", f"{name}, processor time (s)", found["processor"])
        self.figures.add("diplograph", f"{name}, peak memory (MiB)", found["peak"] / 2**20)
        self.figures.add("full check", f"full check, {acts:,} acts (s)", found["seconds"])
        click.echo(f"{name}: {found['seconds']:.2f} s, {found['peak'] / 2**20:.0f} MiB")

    def peer(self, peer: str, acts: int) -> str | None:
        """Note how long a peer takes on larger and larger graphs, up to the cap; say so where it is met."""
        for size in sorted({max(acts // part, 20) for part in (*SMALLER, 1)}):
            found = self.step(peer, size)
            if found is None:
                return self._bound(peer, size, acts)
            if not found:
                return f"{peer} is not installed."
            self.step("ours", size)
        return None

    def step(self, step: str, acts: int) -> dict[str, float] | None:
        """Note the seconds of one step, none where what it measures is absent; None where it met the cap."""
        done = _output("benchmarks.peers", step, str(self.graph(acts)), str(self.cap))
        if done.returncode == -signal.SIGALRM:
            click.echo(f"{step}, {acts:,} acts: more than {self.cap} s")
            return None
        found: dict[str, float] = json.loads(done.stdout)
        for name, seconds in found.items():
            self.figures.add(name, f"{name}, {acts:,} acts (s)", seconds)
            click.echo(f"{name}, {acts:,} acts: {seconds:.2f} s")
        return found

    def _bound(self, peer: str, size: int, acts: int) -> str:
        ours = self.figures.median("ours", f"ours, {acts:,} acts (s)") or 0
        least = f", at least {self.cap / ours:.0f} x ours on {acts:,}" if ours else ""
        return f"{peer} was ended after {self.cap} s on {size:,} acts{least}."


def _output(module: str, *words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        (sys.executable, "-m", module, *words), check=False, capture_output=True, text=True, cwd=ROOT
    )
    if done.returncode not in (0, -signal.SIGALRM):
        raise click.ClickException(done.stderr)
    return done


@click.command
@click.option("--acts", type=click.IntRange(20), default=10_000, show_default=True)
@click.option("--peer", "peers", multiple=True, type=click.Choice(PEERS), help="[default: all]")
@click.option("--no-peers", is_flag=True, help="Ours alone: for a size that takes a peer too long.")
@click.option(
    "--cap", type=click.IntRange(1), default=CAP, show_default=True, help="Seconds that a peer may take."
)
@click.option("--large", type=click.IntRange(20), help="A larger graph to check in full, ours alone.")
@click.option("--rounds", type=click.IntRange(1), default=1, show_default=True)
@click.option("--work", type=click.Path(path_type=Path), help="Folder for the graphs, which are left there.")
@click.option("--results", type=click.Path(path_type=Path), help="Folder that gets validation.md.")
def validation(  # noqa: PLR0913 - each is an option of the command
    *,
    acts: int,
    peers: tuple[str, ...],
    no_peers: bool,
    cap: int,
    large: int | None,
    rounds: int,
    work: Path | None,
    results: Path | None,
) -> None:
    """Times the judging of generated data by all shapes of the project, and the ratios to its peers.

    A peer that does not end within the cap is compared on the largest graph on which it does.
    """
    click.echo(str(this_machine()))
    figures = Figures("Validation", "s", smaller_is_better=True)
    notes: dict[str, None] = {}
    with ExitStack() as held:
        folder = work or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="diplograph-benchmark-")))
        course = Course(folder, cap, figures)
        for _ in range(rounds):
            for size in (acts, *([large] if large else [])):
                course.full(size)
            course.step("ours", acts)
            found = [course.peer(peer, acts) for peer in ([] if no_peers else peers or PEERS)]
            notes |= dict.fromkeys(note for note in found if note)
    lines = [f"# Validation\n\nMachine: {this_machine()}. Rounds: {rounds}.\n", *rows(figures)]
    lines += ["", *(f"- {note}" for note in notes)] if notes else []
    click.echo("\n".join(lines))
    if results:
        results.mkdir(parents=True, exist_ok=True)
        (results / "validation.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def rows(figures: Figures) -> Iterator[str]:
    """The medians as a table, and how many times faster ours is than each peer on the same graph."""
    yield "| measured | median | times ours | times our full check |\n|---|---:|---:|---:|"
    for system, asked in figures.samples:
        ours = "ours without sparql" if system == "pyrudof" else "ours"
        cells = [_against(figures, system, asked, one) for one in (ours, "full check")]
        yield f"| {asked} | {figures.median(system, asked):,.2f} | {' | '.join(cells)} |"


def _against(figures: Figures, system: str, asked: str, ours: str) -> str:
    mine = figures.median(ours, asked.replace(system, ours, 1))
    its = figures.median(system, asked)
    return f"{its / mine:.1f} x" if system in PEERS and mine and its else ""
