"""The build: sources in, one immutable and checked release out, or nothing changed.

Checked are shapes, check queries and counts, and consistency by HermiT where that is asked for.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pyoxigraph import Quad

from diplograph import summary, validation
from diplograph.errors import BuildFailed
from diplograph.incremental import validation_graph_of
from diplograph.namespaces import in_space
from diplograph.rdf import Dataset
from diplograph.reasoning import saturate
from diplograph.reasoning.hermit import classify
from diplograph.release import assemble, counts
from diplograph.release.assemble import load_graphs
from diplograph.release.candidate import Candidate, built_before, clear_leftovers, work_folder
from diplograph.release.durable import build_lock
from diplograph.release.finalize import complete, finish, write_description, write_statistics
from diplograph.release.folder import Release
from diplograph.release.lines import SortedLines
from diplograph.release.manifest import build_inputs, hash_graphs, release_id
from diplograph.settings import SETTINGS_FILE, Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import Finding, Report
from diplograph.validation.renderings import to_turtle

Progress = Callable[[str, float], None]
COPIED = ("ontology/", "shapes/", "queries/")


def report_on(knowledge_base: KnowledgeBase, built: Dataset | None = None) -> Report:
    """Validates a whole knowledge base, with what was built of it where that is at hand."""
    return validation.check(knowledge_base, limit=None, built=built)


def require_conformance(report: Report, folder: Path) -> None:
    """Leaves the report on a knowledge base in a folder, as JSON and as Turtle.

    Raises BuildFailed with a line `file:line:column: what is wrong` for every violation and every triple
    that no shape covers.
    """
    if not report.conforms:
        problems = list(dict.fromkeys(described(finding) for finding in report.of_severity("violation")))
        problems += [f"no shape covers: {triple}" for triple in report.uncovered]
        raise BuildFailed("The data does not conform.", problems=problems, findings=True)
    (folder / "report.json").write_text(report.to_json() + "\n", encoding="utf-8")
    (folder / "report.ttl").write_text(to_turtle(report), encoding="utf-8")


def described(finding: Finding) -> str:
    """A finding on one line."""
    place = [str(part) for part in (finding.file, finding.line, finding.column) if part is not None]
    subject = "" if finding.focus is None else f"{finding.focus}: "
    return f"{''.join(f'{part}:' for part in place)} {subject}{finding.message} {finding.cure}".strip()


def require_counts(knowledge_base: KnowledgeBase, found: Mapping[str, int]) -> None:
    """Holds the number of instances of each class against `data/expect.toml`, where there is one.

    Raises BuildFailed when there are fewer than expected.
    """
    short = counts.shortfalls(counts.read(knowledge_base.expectations()), found)
    if short:
        problems = [f"data/expect.toml: {line}" for line in short]
        raise BuildFailed("The data holds less than expected.", problems=problems, findings=True)


def build(
    settings: Settings, progress: Progress | None = None, *, reason: bool = True, wait: float = 0.0
) -> Release:
    """Builds the release of the knowledge base and makes it the current one.

    `progress` is called with a phase and the fraction done. Inputs that were built before give the folder
    that is there already. `wait` is how many seconds another build may take. Raises BuildFailed with the
    list of problems; then nothing has changed.
    """
    store = settings.state / "releases"
    store.mkdir(parents=True, exist_ok=True)
    with in_space(KnowledgeBase(settings.kb).base), ExitStack() as held:
        held.enter_context(build_lock(settings.state, wait))
        clear_leftovers(store)
        inputs = build_inputs(KnowledgeBase(settings.kb), reason=reason)
        release = built_before(settings.state, inputs)
        if release is None:
            work = held.enter_context(work_folder(store))
            release = assemble_in(work, settings, inputs, progress or _silent)
        return complete(Candidate(settings, release, held.pop_all()).publish())


def assemble_in(
    work: Path,
    settings: Settings,
    inputs: dict[str, Any],
    progress: Progress | None = None,
    report: Report | None = None,
) -> Release:
    """Builds the release of a knowledge base in a folder, from inputs that were hashed before.

    `report` is one that was made of the same files; without it everything is checked. Raises BuildFailed.
    """
    made = _Build(settings, KnowledgeBase(settings.kb), inputs, work, progress or _silent, report)
    return made.run()


def freeze(dataset: Dataset, path: Path) -> None:
    """Writes a dataset as a store that is never opened for writing, with the counts of its triples beside."""
    write_store(dataset, path)
    write_statistics(dataset, path.parent)


def write_store(dataset: Dataset, path: Path) -> None:
    """Writes a dataset as a store that is never opened for writing."""
    scratch = path.with_name(f".{path.name}")
    store = Dataset.create(scratch)
    store.fill(dataset.quads())
    store.optimize()
    store.backup(path)
    store.close()
    shutil.rmtree(scratch)


def _silent(phase: str, fraction: float) -> None:
    """Progress for nobody."""


@dataclass
class _Build:
    """One run of the build in its temporary folder."""

    settings: Settings
    knowledge_base: KnowledgeBase
    inputs: dict[str, Any]
    work: Path
    progress: Progress
    report: Report | None = None
    timings: dict[str, float] = field(default_factory=dict)

    def run(self) -> Release:
        found = self._assemble(Dataset.memory())
        with self._phase("writing", 0.95):
            return finish(self.work, self.settings.state, found, self.timings)

    def _assemble(self, dataset: Dataset) -> dict[str, Any]:
        with self._phase("parsing", 0.0):
            assemble.load_graphs(self.knowledge_base, dataset)
            dataset.write_default_merge()
        with self._phase("reasoning", 0.15):
            rules = assemble.ontology_rules(dataset) if self.inputs["reason"] else []
            saturate(dataset, rules)
        with self._phase("inferring", 0.25):
            assemble.add_derived(dataset, rules, self.knowledge_base.rule_files())
        with self._phase("hashing", 0.35):
            lines = SortedLines(self.settings.state)
            graphs = hash_graphs(dataset, lines)
            lines.forget(but={str(graph["hash"]) for graph in graphs.values()})
            identity = release_id({name: str(graph["hash"]) for name, graph in graphs.items()})
            found = {"id": identity, "graphs": graphs, "quads": len(dataset), "counts": counts.count(dataset)}
            found["unmentioned"] = counts.write_unmentioned(dataset, counts.unmentioned(dataset), self.work)
        with self._phase("checking", 0.4):
            warnings = self._check(found, dataset)
        with self._phase("dumping", 0.8):
            copy_sources(self.knowledge_base, self.work)
            dumps = write_description(dataset, self.work, identity)
        with self._phase("freezing", 0.9):
            freeze(dataset, self.work / "store")
            if self.inputs["reason"]:
                write_store(validation_graph_of(dataset), self.work / "judged")
        return {**found, "warnings": warnings, "dumps": dumps, "inputs": self.inputs}

    def _check(self, found: Mapping[str, Any], dataset: Dataset) -> list[str]:
        reason = self.inputs["reason"]
        report = self.report or report_on(self.knowledge_base, dataset if reason else None)
        return checked(self.knowledge_base, self.work, found, report, reason=reason)

    @contextmanager
    def _phase(self, name: str, fraction: float) -> Iterator[None]:
        self.progress(name, fraction)
        start = time.perf_counter()
        yield
        self.timings[name] = time.perf_counter() - start


def checked(
    knowledge_base: KnowledgeBase,
    work: Path,
    found: Mapping[str, Any],
    report: Report | None,
    *,
    reason: bool,
) -> list[str]:
    """Checks a release against shapes and expected counts; returns warnings, and leaves the report in `work`.

    `found` holds the release's id and counts. Without a report one is made. Raises BuildFailed.
    """
    report = report or report_on(knowledge_base)
    require_conformance(replace(report, release=found["id"][:16]), work)
    if reason:
        require_counts(knowledge_base, counts.told(found))
    return [described(finding) for finding in report.of_severity("warning")]


def copy_sources(knowledge_base: KnowledgeBase, work: Path) -> None:
    """Copies what a release keeps of a knowledge base beside its data, which then extends no other."""
    for name, path in knowledge_base.files().items():
        if name.startswith(COPIED):
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, work / name)
    settled = replace(knowledge_base.marker, extends=None)
    (work / SETTINGS_FILE).write_text(settled.text(), encoding="utf-8")


def require_consistency(settings: Settings) -> None:
    """Classifies the ontology and what sources mention together.

    Raises BuildFailed when they contradict each other, when a class can have no member, or without Java.
    """
    dataset = Dataset.memory()
    load_graphs(KnowledgeBase(settings.kb), dataset)
    stages = summary.stages(dataset)
    dataset.extend(Quad(t.subject, t.predicate, t.object, summary.SUMMARY) for t in stages)
    dataset.remove(list(counts.about(dataset, counts.unmentioned(dataset))))
    found = classify(dataset.to_rdflib(dataset.graph_names()), settings.java_home)
    if not found.consistent:
        raise BuildFailed("HermiT finds the ontology and the data inconsistent.", findings=True)
    if found.unsatisfiable:
        problems = [f"{iri} can have no member" for iri in found.unsatisfiable]
        raise BuildFailed("HermiT finds classes without meaning.", problems=problems, findings=True)
