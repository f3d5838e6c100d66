"""The build: sources in, one immutable and checked release out, or nothing changed.

Everything happens in a temporary folder beside the releases; a rename makes it a release and a second
rename makes it the current one. Whatever goes wrong before leaves what was there.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diplograph import counts
from diplograph.closure import saturate
from diplograph.engine.rewriting import statistics
from diplograph.release import assemble, checks, void
from diplograph.release.candidate import Candidate, built_before, clear_leftovers, work_folder
from diplograph.release.dumps import write_dumps
from diplograph.release.folder import (
    MANIFEST,
    Release,
    file_hashes,
    read_current,
    releases,
    sync_tree,
)
from diplograph.release.lock import build_lock
from diplograph.release.manifest import build_inputs, hash_graphs, release_id
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
        return Candidate(settings, release, held.pop_all()).publish()


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
    return Release.open(made.run())


def current(settings: Settings) -> Release | None:
    """The release in service, None when there is none that can be opened."""
    return read_current(settings.state)


def up_to_date(settings: Settings) -> bool:
    """Whether the current release was built from the sources as they are now."""
    release = current(settings)
    if release is None:
        return False
    reason = bool(release.manifest.get("inputs", {}).get("reason"))
    return bool(release.manifest.get("inputs") == build_inputs(KnowledgeBase(settings.kb), reason=reason))


def freeze(dataset: Dataset, path: Path) -> None:
    """Writes a dataset as a store that is never opened for writing, with the counts of its triples beside."""
    scratch = path.with_name(f".{path.name}")
    store = Dataset.create(scratch)
    store.extend(dataset.quads())
    store.optimize()
    store.backup(path)
    text = json.dumps(counts.statistics(dataset), separators=(",", ":"))
    path.with_name(statistics.FILE).write_text(f"{text}\n", encoding="utf-8")
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

    def run(self) -> Path:
        manifest = self._assemble(Dataset.memory())
        with self._phase("writing", 0.95):
            self._write_manifest(manifest)
            sync_tree(self.work)
        return self.work

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
            graphs = hash_graphs(dataset)
            identity = release_id({name: str(graph["hash"]) for name, graph in graphs.items()})
        with self._phase("checking", 0.4):
            warnings = self._check(dataset, identity)
        with self._phase("dumping", 0.8):
            dumps = write_dumps(dataset, self.work / "dumps")
            (self.work / "void.ttl").write_text(void.describe(dataset, dumps, identity), encoding="utf-8")
            self._copy_sources()
        with self._phase("freezing", 0.9):
            freeze(dataset, self.work / "store")
        return {
            "id": identity,
            "graphs": graphs,
            "quads": len(dataset),
            "counts": counts.count(dataset),
            "warnings": warnings,
            "dumps": dumps,
        }

    def _check(self, dataset: Dataset, identity: str) -> list[str]:
        report = self.report or checks.report_on(self.knowledge_base)
        checks.require_conformance(replace(report, release=identity[:16]), self.work)
        warnings = [checks.described(finding) for finding in report.of_severity("warning")]
        if self.inputs["reason"]:
            warnings += checks.expected_counts(self.knowledge_base, dataset)
        return warnings

    def _copy_sources(self) -> None:
        for name in COPIED:
            source = self.knowledge_base.root / name
            if source.is_dir():
                shutil.copytree(source, self.work / name)
        if (self.knowledge_base.root / SETTINGS_FILE).is_file():
            shutil.copy(self.knowledge_base.root / SETTINGS_FILE, self.work)

    def _write_manifest(self, found: dict[str, Any]) -> None:
        manifest = {
            "id": found["id"],
            "name": found["id"][:16],
            "created": _first_built(self.settings.state, found["id"]),
            **found,
            "inputs": self.inputs,
            "files": dict(file_hashes(self.work)),
            "timings": {phase: round(seconds, 3) for phase, seconds in self.timings.items()},
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (self.work / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @contextmanager
    def _phase(self, name: str, fraction: float) -> Iterator[None]:
        self.progress(name, fraction)
        start = time.perf_counter()
        yield
        self.timings[name] = time.perf_counter() - start


def _first_built(state: Path, identity: str) -> str:
    """When a release of this content was first built; kept over rebuilds from other files."""
    known = [str(r.manifest["created"]) for r in releases(state) if r.id == identity]
    return min(known, default=datetime.now(UTC).isoformat(timespec="seconds"))
