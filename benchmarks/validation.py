"""How fast shapes are judged: queries and pySHACL together, beside pySHACL alone and other validators."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import click
from pyoxigraph import RdfFormat, Triple, serialize
from rdflib import Graph
from rdflib.plugin import PluginException

from benchmarks.figures import Figures
from benchmarks.generator import Plan, write
from benchmarks.machine import this_machine
from diplograph.delta import Delta
from diplograph.sources import KnowledgeBase
from diplograph.terms import to_rdflib
from diplograph.validation import Shapes, changed, material, validate
from diplograph.validation.judged import Judged
from diplograph.validation.run import everything, run
from diplograph.vocab import DGG, SH

ROOT = Path(__file__).resolve().parents[1]
PEERS = ("pyshacl", "pyoxigraph", "pyrudof")


@dataclass
class Bench:
    """A generated knowledge base and the triples of it that SHACL judges."""

    folder: Path
    shapes: Shapes
    triples: list[Triple]
    seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, acts: int) -> "Bench":
        """Generate so many acts and what follows from them."""
        write(Plan(acts, 1), folder, ROOT)
        graphs = material.of_files(KnowledgeBase(folder))
        closure = material.entailed(material.dataset(graphs), material.ontology(graphs)).validation
        world = (found for graph, found in graphs.items() if graph != str(DGG.ontology))
        return cls(folder, Shapes.read(ROOT), [*chain(*world), *(quad.triple for quad in closure)])

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note how long something takes."""
        began = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began

    def ours(self) -> None:
        """Queries single out the focus nodes that pySHACL judges; loading the store counts."""
        with self.timed("ours"):
            judged = Judged.of(self.triples)
            run(judged, self.shapes)

    def pyshacl(self) -> None:
        """The reference, on a graph of rdflib that is at hand."""
        graph = self._graph("default")
        with self.timed("pyshacl"):
            everything(graph, self.shapes)

    def pyoxigraph(self) -> None:
        """The reference, on a store of pyoxigraph by way of oxrdflib, at hand as well."""
        graph = self._graph("Oxigraph")
        with self.timed("pyoxigraph"):
            everything(graph, self.shapes)

    def pyrudof(self) -> None:
        """A validator in Rust, on the shapes without SPARQL: both judge the same, texts already written."""
        from pyrudof import RDFFormat, Rudof, RudofConfig  # noqa: PLC0415 - it may not be there

        core = Shapes(without_sparql(self.shapes.graph), ())
        data, shapes = self.folder / "data.nt", self.folder / "shapes.ttl"
        with data.open("wb") as stream:
            serialize(self.triples, stream, RdfFormat.N_TRIPLES)
        core.graph.serialize(shapes, format="turtle")
        with self.timed("ours without sparql"):
            run(Judged.of(self.triples), core)
        rudof = Rudof(RudofConfig())
        rudof.read_data(data, format=RDFFormat.NTriples)
        with self.timed("pyrudof"):
            rudof.read_shacl(shapes)
            rudof.validate_shacl()

    def whole(self) -> None:
        """What `diplograph check` does: parse, close, judge, and look for what no shape covers."""
        with self.timed("full check"):
            validate(material.of_files(KnowledgeBase(self.folder)), self.shapes)

    def change(self) -> None:
        """A change of 200 triples to the dataset, the report on what stands being at hand."""
        graphs = material.of_files(KnowledgeBase(self.folder))
        base = material.dataset(graphs)
        standing = validate(graphs, self.shapes)
        gone = frozenset([*base.quads(str(DGG.a1))][:200])
        with self.timed("change of 200 triples"):
            changed(base, Delta(frozenset(), gone), self.shapes, standing)

    def _graph(self, store: str) -> Graph:
        graph = Graph(store=store, bind_namespaces="none")
        for triple in self.triples:
            graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
        return graph


def without_sparql(shapes: Graph) -> Graph:
    """Return shapes without their SPARQL constraints."""
    core = Graph(bind_namespaces="none")
    queries = set(shapes.objects(None, SH.sparql))
    for triple in shapes:
        if triple[1] != SH.sparql and triple[0] not in queries:
            core.add(triple)
    return core


@click.command
@click.option("--acts", type=click.IntRange(20), default=10_000, show_default=True)
@click.option("--peer", "peers", multiple=True, type=click.Choice(PEERS), help="[default: all]")
@click.option("--no-peers", is_flag=True, help="Ours alone: for a size that takes a peer too long.")
@click.option("--peer-acts", type=click.IntRange(20), help="A smaller graph to meet the peers on.")
@click.option("--large", type=click.IntRange(20), help="A larger graph to check in full, ours alone.")
@click.option("--rounds", type=click.IntRange(1), default=1, show_default=True)
@click.option("--results", type=click.Path(path_type=Path), help="Folder that gets validation.md.")
def validation(  # noqa: PLR0913 - each is an option of the command
    *,
    acts: int,
    peers: tuple[str, ...],
    peer_acts: int | None,
    large: int | None,
    rounds: int,
    results: Path | None,
    no_peers: bool,
) -> None:
    """Times the judging of generated data by all shapes of the project, and the ratios to its peers."""
    click.echo(str(this_machine()))
    figures = Figures("Validation", "s", smaller_is_better=True)
    with tempfile.TemporaryDirectory(prefix="diplograph-benchmark-") as folder:
        root = Path(folder)
        sizes = [acts, *([large] if large else [])]
        for size in sizes:
            write(Plan(size, 1), root / str(size), ROOT)
        for _ in range(rounds):
            for size in sizes:
                _checked(figures, size, root / str(size))
        met = peer_acts or acts
        for number in range(rounds):
            bench = Bench.of(root / f"met-{number}", met)
            steps: list[Callable[[], None]] = [bench.ours, bench.whole, bench.change]
            steps += [getattr(bench, peer) for peer in ([] if no_peers else peers or PEERS)]
            for step in steps:
                _measured(bench, step, figures, met)
    lines = [f"# Validation\n\nMachine: {this_machine()}. Rounds: {rounds}.\n", *rows(figures)]
    click.echo("\n".join(lines))
    if results:
        results.mkdir(parents=True, exist_ok=True)
        (results / "validation.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _checked(figures: Figures, acts: int, folder: Path) -> None:
    """Note a full check in a process of its own."""
    command = (sys.executable, "-m", "benchmarks.checking", str(folder), str(ROOT))
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    found = json.loads(done.stdout)
    name = f"full check, own process, {acts:,} acts, {found['triples']:,} triples"
    figures.add("diplograph", f"{name} (s)", found["seconds"])
    figures.add("diplograph", f"{name}, processor time (s)", found["processor"])
    figures.add("diplograph", f"{name}, peak memory (MiB)", found["peak"] / 2**20)
    click.echo(f"{name}: {found['seconds']:.2f} s, {found['peak'] / 2**20:.0f} MiB")


def _measured(bench: Bench, step: Callable[[], None], figures: Figures, acts: int) -> None:
    known = set(bench.seconds)
    try:
        step()
    except (ImportError, PluginException) as error:
        click.echo(f"{step.__name__}: absent, {error}")
    for name, seconds in bench.seconds.items():
        if name not in known:
            figures.add(name, f"{name}, {acts:,} acts (s)", seconds)
            click.echo(f"{name}: {seconds:.2f} s")


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
