"""One run from start to end: data, systems, figures, report."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks import footprint, goals, load, plots, sequential, throughput
from benchmarks.dataset import Dataset, make
from benchmarks.figures import Figures, Pace
from benchmarks.generator import Plan
from benchmarks.machine import this_machine
from benchmarks.questions import Question, acts, canned, inferred_pairs, written
from benchmarks.report import Results
from benchmarks.servers import SYSTEMS, Absent, Nginx, Server

STARTS = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured, on how much, how often."""

    template: Path
    work: Path
    results: Path
    name: str
    acts: int
    growth: tuple[int, ...]
    system: tuple[str, ...]
    part: tuple[str, ...]
    rounds: int
    seconds: float
    cap: float
    seed: int
    sources: int
    check: bool
    rules: Path | None


@dataclass(slots=True)
class Run:
    """A run under way."""

    options: Options
    results: Results
    note: Callable[[str], None]
    systems: list[Server] = field(default_factory=list)

    @property
    def pace(self) -> Pace:
        """The pace that was asked for."""
        return Pace(self.options.rounds, self.options.seconds, self.options.cap, self.note)

    def everything(self, dataset: Dataset) -> None:
        """All parts that were asked for, on one dataset; the order is that of the report."""
        with self._servers(dataset):
            for part in ("throughput", "canned", "analytic", "reciprocal"):
                if part in self.options.part:
                    self.note(f"{part}:")
                    getattr(self, f"_{part}")(dataset)
        if "growth" in self.options.part:
            self._growth()

    def _throughput(self, dataset: Dataset) -> None:
        with ExitStack() as ending:
            nginx = self._nginx(ending)
            figures, verdicts = throughput.measure(self.systems, nginx, acts(dataset), self.pace)
        self._keep(figures)
        self.results.verdicts += verdicts
        self._plot(plots.bars(figures, list(throughput.WORKLOADS), self._file("throughput")))

    def _canned(self, dataset: Dataset) -> None:
        self._ask(goals.CANNED, canned(dataset.generated.root / "queries" / "canned"))

    def _analytic(self, dataset: Dataset) -> None:
        del dataset
        figures = self._ask("analytic mix", written("analytic"))
        self._plot(plots.bars(figures, figures.asked(), self._file("analytic")))

    def _reciprocal(self, dataset: Dataset) -> None:
        pairs = inferred_pairs(dataset.generated.root / "queries" / "canned")
        self._ask(goals.RECIPROCAL, [pairs, *written("reciprocal")])

    def _growth(self) -> None:
        figures = Figures(goals.GROWTH, "ms", smaller_is_better=True)
        for triples in self.options.growth:
            plan = Plan.of_triples(triples, self.options.seed, self.options.sources)
            dataset = self.make(plan, f"growth-{triples}")
            self.note(f"canned queries at {dataset.generated.triples:,} triples:")
            server = SYSTEMS["diplograph"](dataset.data, self.options.work / f"growth-{triples}" / "serving")
            server.start()
            try:
                asked = canned(dataset.generated.root / "queries" / "canned")
                found, verdicts = sequential.measure("", asked, [server], self.pace)
            finally:
                server.stop()
            self.results.verdicts += verdicts
            for (_, name), values in found.samples.items():
                figures.samples[str(dataset.generated.triples), name] = values
        self._keep(figures)
        self._plot(plots.growth(figures, self._file("growth")))

    def _ask(self, name: str, asked: list[Question]) -> Figures:
        figures, verdicts = sequential.measure(name, asked, self.systems, self.pace)
        self._keep(figures)
        self.results.verdicts += verdicts
        return figures

    @contextmanager
    def _servers(self, dataset: Dataset) -> Iterator[None]:
        """Loads and starts every system that is there, and ends them all."""
        figures = Figures("footprint", "", smaller_is_better=True)
        footprint.of_build(figures, dataset)
        with ExitStack() as ending:
            for name in ["diplograph", *(n for n in self.options.system if n != "diplograph")]:
                self._bring_up(name, dataset, figures, ending)
            footprint.of_starting(figures, self.systems, STARTS if "footprint" in self.options.part else 1)
            if "curated" in self.options.part:
                footprint.of_curated(figures, self.options.template, self.options.work, STARTS, self.note)
            self._keep(figures)
            yield

    def _bring_up(self, name: str, dataset: Dataset, figures: Figures, ending: ExitStack) -> None:
        try:
            server = SYSTEMS[name](dataset.data, self.options.work / name)
            footprint.of_loading(figures, name, server.load())
            server.start()
        except Absent as reason:
            self.results.absent[name] = str(reason)
            self.note(f"{name} is left out: {reason}")
            return
        ending.callback(server.stop)
        self.systems.append(server)

    def _nginx(self, ending: ExitStack) -> Nginx | None:
        try:
            server = Nginx(self._first.data, self.options.work / "nginx")
            server.load()
            server.start()
        except Absent as reason:
            self.results.absent["nginx"] = str(reason)
            self.note(f"nginx is left out: {reason}")
            return None
        ending.callback(server.stop)
        return server

    @property
    def _first(self) -> Server:
        return self.systems[0]

    def make(self, plan: Plan, folder: str) -> Dataset:
        """Makes a dataset in a folder of its own."""
        self.note(f"building {plan.acts:,} acts")
        where = self.options.work / folder
        return make(plan, where, self.options.template, check=self.options.check, rules=self.options.rules)

    def _keep(self, figures: Figures) -> None:
        self.results.figures.append(figures)

    def _file(self, kind: str) -> Path:
        self.options.results.mkdir(parents=True, exist_ok=True)
        return self.options.results / f"{self.options.name}-{kind}.svg"

    def _plot(self, made: str | None) -> None:
        if made:
            self.results.plots.append(made)


def run(options: Options, note: Callable[[str], None]) -> Path:
    """Measures everything asked for and writes the report, whose path it returns."""
    results = Results(this_machine(), load.client(), {})
    running = Run(options, results, note)
    dataset = running.make(Plan(options.acts, options.seed, options.sources), "main")
    results.dataset |= {
        "acts": dataset.generated.plan.acts,
        "sources of an act": f"up to {options.sources}",
        "triples": dataset.generated.triples,
        "quads in the release": dataset.quads,
        "seed": options.seed,
        "diplograph": version("diplograph"),
        "build": "with validation" if options.check else "without validation",
        "rules": "those of the project" if options.rules is None else "given on the command line",
    }
    running.everything(dataset)
    results.goals += goals.held_against(results.figures)
    return results.write(options.results, options.name)
