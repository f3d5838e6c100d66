"""How long a table takes from its rows to an accepted release, beside rdflib at the same graph."""

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from itertools import product
from pathlib import Path

import click
from pyoxigraph import NamedNode
from rdflib import RDF, RDFS, Graph

from benchmarks.machine import this_machine
from diplograph.cli import init
from diplograph.namespaces import DG, in_space
from diplograph.rdf import Dataset
from diplograph.release.assemble import load_graphs
from diplograph.sources import KnowledgeBase, Marker, package

BASE = "https://example.org/table/"
MAP = """source: {slug: rows, label: Rows of a benchmark, publisher: Example, published: 2022-01-01}
row:
  key: ${id}
  class: Expulsion
  actor: ${sender|state}
  target: ${target|state}
  affects: {count: "${count}", role: diplomat, represents: "${target|state}"}
  when: ${date}
  realisation: ordered
"""
YEARS = (1992, 2021)


def states() -> list[str]:
    """Return the English names of the states that there were in all the years."""
    dataset = Dataset.memory()
    load_graphs(package(), dataset)
    graph: Graph = dataset.to_rdflib(dataset.graph_names())
    named = []
    for state in graph.subjects(RDF.type, DG.State):
        first, last = graph.value(state, DG.firstYear), graph.value(state, DG.lastYear)
        if last is None and (first is None or int(str(first)) < YEARS[0]):
            named += [str(one) for one in graph.objects(state, RDFS.label) if one.language == "en"]
    return sorted(named)


def write(path: Path, rows: int, seed: int = 1) -> None:
    """Write a table of expulsions, each of another pair of states or of another day."""
    chance = random.Random(seed)  # noqa: S311 - the same rows each time
    pairs = [pair for pair in product(states(), repeat=2) if pair[0] != pair[1]]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "sender", "target", "count", "date"])
        for number in range(rows):
            year, month, day = chance.randint(*YEARS), chance.randint(1, 12), chance.randint(1, 28)
            date = f"{year}-{month:02}-{day:02}"
            writer.writerow([f"r{number}", *chance.choice(pairs), chance.randint(1, 60), date])


def run(folder: Path, *arguments: str) -> float:
    """Return the seconds that a verb takes in a folder, as a process of its own."""
    environment = {name: text for name, text in os.environ.items() if name != "DIPLOGRAPH_KB"}
    command = [sys.executable, "-m", "diplograph.cli", *arguments]
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began


@click.command()
@click.option("--rows", default=5000, show_default=True, type=click.IntRange(1))
def tables(rows: int) -> None:
    """Imports, checks and accepts a table, each a command of its own, as a curator does."""
    with tempfile.TemporaryDirectory(prefix="diplograph-benchmark-") as scratch:
        folder = Path(scratch) / "kb"
        with in_space(BASE):
            init.write(folder, Marker(base=BASE, extends=version("diplograph")))
        write(folder / "rows.csv", rows)
        (folder / "map.yaml").write_text(MAP, encoding="utf-8")
        file = "data/rows.ttl"
        steps = {
            "build": run(folder, "build"),
            "import": run(folder, "import", "rows.csv", "--map", "map.yaml"),
            "check": run(folder, "check", file, "--fail-on", "violation"),
            "accept": run(folder, "accept", file, "data/meta.ttl"),
        }
        began = time.perf_counter()
        graph = Graph(bind_namespaces="none").parse(folder / file, format="turtle")
        graph.serialize(format="longturtle", canon=True)
        peer = time.perf_counter() - began
        acts = _acts(folder)
    click.echo(f"{this_machine()}\n{rows} rows, {acts} acts accepted")
    for name, seconds in steps.items():
        click.echo(f"{name:<8}{seconds:7.1f} s")
    total = sum(steps[name] for name in ("import", "check", "accept"))
    click.echo(f"import, check and accept {total:.1f} s, {total / peer:.1f} times rdflib's {peer:.1f} s")


def _acts(folder: Path) -> int:
    dataset = Dataset.memory()
    load_graphs(KnowledgeBase(folder), dataset)
    kind = NamedNode(str(RDF.type))
    return sum(1 for _ in dataset.matching(None, kind, NamedNode(str(DG.Expulsion))))
