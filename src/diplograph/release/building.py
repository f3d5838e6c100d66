"""The build: sources in, one immutable and checked release out, or nothing changed.

Everything happens in a temporary folder beside the releases; a rename makes it a release and a second
rename makes it the current one. Whatever goes wrong before leaves what was there.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from diplograph import counts
from diplograph.closure import saturate
from diplograph.incremental import judged_of
from diplograph.release import assemble, checks
from diplograph.release.candidate import Candidate, built_before, clear_leftovers, work_folder
from diplograph.release.folder import Release
from diplograph.release.late import complete, write_description, write_statistics
from diplograph.release.lines import Lines
from diplograph.release.lock import build_lock
from diplograph.release.manifest import build_inputs, hash_graphs, release_id
from diplograph.release.seal import seal
from diplograph.settings import Settings
from diplograph.sources import SETTINGS_FILE, KnowledgeBase
from diplograph.store import Dataset
from diplograph.validation import Report

Progress = Callable[[str, float], None]
COPIED = ("ontology", "shapes", "queries")


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
    with ExitStack() as held:
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
            return seal(self.work, self.settings.state, found, self.timings)

    def _assemble(self, dataset: Dataset) -> dict[str, Any]:
        with self._phase("parsing", 0.0):
            assemble.load_graphs(self.knowledge_base, dataset)
            dataset.write_default_merge()
        with self._phase("reasoning", 0.15):
            rules = assemble.ontology_rules(dataset) if self.inputs["reason"] else []
            saturate(dataset, rules)
        with self._phase("inferring", 0.25):
            assemble.add_inferences(dataset, rules, self.knowledge_base.rule_files())
        with self._phase("hashing", 0.35):
            lines = Lines(self.settings.state)
            graphs = hash_graphs(dataset, lines)
            lines.forget(but={str(graph["hash"]) for graph in graphs.values()})
            identity = release_id({name: str(graph["hash"]) for name, graph in graphs.items()})
            found = {"id": identity, "graphs": graphs, "quads": len(dataset), "counts": counts.count(dataset)}
        with self._phase("checking", 0.4):
            warnings = self._check(found)
        with self._phase("dumping", 0.8):
            dumps = write_description(dataset, self.work, identity)
            copy_sources(self.knowledge_base.root, self.work)
        with self._phase("freezing", 0.9):
            freeze(dataset, self.work / "store")
            if self.inputs["reason"]:
                write_store(judged_of(dataset), self.work / "judged")
        return {**found, "warnings": warnings, "dumps": dumps, "inputs": self.inputs}

    def _check(self, found: Mapping[str, Any]) -> list[str]:
        return checked(self.knowledge_base, self.work, found, self.report, reason=self.inputs["reason"])

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
    report = report or checks.report_on(knowledge_base)
    checks.require_conformance(replace(report, release=found["id"][:16]), work)
    if reason:
        checks.require_counts(knowledge_base, found["counts"])
    return [checks.described(finding) for finding in report.of_severity("warning")]


def copy_sources(root: Path, work: Path) -> None:
    """Copies what a release keeps of a knowledge base beside its data."""
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, work / name)
    if (root / SETTINGS_FILE).is_file():
        shutil.copy(root / SETTINGS_FILE, work)
