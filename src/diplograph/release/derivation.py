"""A release from another one: the base and a few changed files, without building everything again.

Where the change is followed, the base's stores are taken over by hard links, and only what changes is
written. Dumps and the description in VoID are made afterwards, by `finalize.complete`.
"""

import re
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad

from diplograph import summary
from diplograph.incremental.checking import LEAST, is_followed, is_small
from diplograph.incremental.closure import followed, update, validation_graph_change
from diplograph.incremental.patterns import UnboundedError
from diplograph.incremental.rules import Inferring
from diplograph.incremental.state import copied
from diplograph.namespaces import DGG, RDF, in_space
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta, by_graph
from diplograph.reasoning import Rule, construct_rules
from diplograph.release import counts
from diplograph.release.assemble import load_graphs, ontology_rules, placed
from diplograph.release.builder import assemble_in, checked, copy_sources
from diplograph.release.candidate import Candidate, built_before, clear_leftovers, work_folder
from diplograph.release.durable import build_lock
from diplograph.release.finalize import complete, finish
from diplograph.release.folder import Release
from diplograph.release.lines import SortedLines
from diplograph.release.manifest import build_inputs, hash_graph, release_id
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.sparql.rewriting import statistics
from diplograph.validation import Report

DATA = re.compile(r"data/[a-z0-9-]+\.ttl")
AT_ONCE = 200_000
"""Up to how many quads dumps and description are made before a derived release is published."""
Files = Mapping[str, bytes | None]
"""The new content of files by their path below the knowledge base; None for one that goes."""
INFERRED = str(DGG.inferred)
CLOSURE = NamedNode(str(DGG.closure))
STORE, JUDGED = "store", "judged"
TYPE = NamedNode(str(RDF.type))


def derive(  # noqa: PLR0913 - what a change is made of
    settings: Settings,
    base: Release,
    files: Files,
    *,
    report: Report | None = None,
    wait: float = 0.0,
    at_once: int = AT_ONCE,
    least: int = LEAST,
) -> Candidate:
    """Make the release that a build would make with these files in the knowledge base, whose own files stay.

    `base` is the release of the files as they are. `report` is the report on the knowledge base with the
    change; without it everything is checked. HermiT is not asked: only a build does that. A small change of
    files in data/ is followed triple by triple on top of a base of `least` triples or more; any other is
    built from the files. Dumps and description of more than `at_once` quads are left to `complete`. `wait` is
    how many seconds another build may take. Raises BuildFailed with the list of problems, or when another
    build runs.
    """
    store = settings.state / "releases"
    with in_space(KnowledgeBase(settings.kb).base), ExitStack() as undo:
        undo.enter_context(build_lock(settings.state, wait))
        clear_leftovers(store)
        folder = Path(undo.enter_context(TemporaryDirectory(prefix="diplograph-")))
        changed = overlay(settings.kb, files, folder)
        inputs = build_inputs(changed, reason=bool(base.manifest["inputs"]["reason"]))
        release = built_before(settings.state, inputs)
        if release is None:
            work = undo.enter_context(work_folder(store))
            follows = is_followed(base.path, least)
            delta = _followed(settings, base, files, changed, inputs) if follows else None
            if delta is None:
                release = assemble_in(work, replace(settings, kb=folder), inputs, report=report)
            else:
                step = Increment.over(base, changed, work)
                release = step.made(base, delta, settings.state, inputs, report)
                if release.manifest["quads"] <= at_once:
                    release = complete(release)
        return Candidate(settings, release, undo.pop_all())


def _followed(
    settings: Settings, base: Release, files: Files, changed: KnowledgeBase, inputs: Mapping[str, Any]
) -> Delta | None:
    """The change of the named graphs, where it is small, of data alone, and on top of just this base."""
    before = base.manifest["inputs"]
    if before["software"] != inputs["software"] or before["files"] != KnowledgeBase(settings.kb).inputs():
        return None
    if not all(DATA.fullmatch(name) for name in files):
        return None
    delta = change_of(base, changed, [changed.graph_named(Path(name).stem) for name in files])
    return delta if is_small(delta) else None


def overlay(root: Path, files: Files, folder: Path) -> KnowledgeBase:
    """Make a knowledge base in a folder: links to the files of another one, with some put in or left out.

    Raises ValueError for a path that leads out of the folder.
    """
    for name, path in KnowledgeBase(root).files().items():
        if name not in files:
            _room(folder / name).symlink_to(path.resolve())
    for name, content in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"{name} is not below the knowledge base")
        if content is not None:
            _room(path).write_bytes(content)
    return KnowledgeBase(folder)


def _room(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def change_of(base: Release, knowledge_base: KnowledgeBase, graphs: Iterable[str]) -> Delta:
    """What turns named graphs of a release into those that the files of a knowledge base hold.

    Raises BuildFailed with a line `file:line:column: what is wrong` for every file that cannot be read.
    """
    wanted, read = set(graphs), Dataset.memory()
    load_graphs(knowledge_base, read, wanted)
    held = Dataset.open_read_only(base.store_path)
    before = (quad for graph in wanted for quad in held.quads(graph))
    return Delta.between(before, read.quads())


@dataclass
class Increment:
    """The store of a release on its way to that of the next one, and what changes on the way."""

    work: Path
    dataset: Dataset
    judged: Dataset
    rules: Sequence[Rule]
    knowledge_base: KnowledgeBase
    whole: Delta = field(default_factory=Delta)

    @classmethod
    def over(cls, base: Release, knowledge_base: KnowledgeBase, work: Path) -> "Increment":
        """Begins with copies of the base's stores in a folder, of which only what changes takes room."""
        dataset, judged = (copied(base.path / name, work / f".{name}") for name in (STORE, JUDGED))
        return cls(work, dataset, judged, ontology_rules(dataset), knowledge_base)

    def made(
        self,
        base: Release,
        delta: Delta,
        state: Path,
        inputs: Mapping[str, Any],
        report: Report | None,
    ) -> Release:
        """Makes the release with a change of the base's graphs.

        Raises BuildFailed when the change does not conform or too little is left of a class.
        """
        start = time.perf_counter()
        self.apply(delta)
        self.follow(base)
        changing = time.perf_counter() - start
        found = self.described(base, SortedLines(state))
        self.finish()
        timings = {"changing": changing, "hashing": time.perf_counter() - start - changing}
        warnings = checked(self.knowledge_base, self.work, found, report, reason=True)
        copy_sources(self.knowledge_base, self.work)
        shutil.copy(base.path / statistics.FILE, self.work)
        facts = {**found, "warnings": warnings, "dumps": [], "inputs": inputs, "pending": True}
        return finish(self.work, state, facts, timings, base)

    def apply(self, delta: Delta) -> None:
        """Takes in a change of the asserted graphs, with what it changes in those that a build writes."""
        whole, acts = followed(self.dataset, self.rules, delta)
        inferring = Inferring.of(self.dataset, whole, self.knowledge_base.rule_files())
        self._write(whole)
        before = self.whole
        try:
            self._infer(inferring.change(self.dataset, self.rules))
        except UnboundedError:
            self._infer_anew()
        inferred = before.inverse.then(self.whole)
        self._write(summary.pairs_change(self.dataset, acts | summary.touched(self.dataset, inferred)))

    def _infer(self, found: Delta) -> None:
        """Writes a change of what is inferred, with what is entailed by it."""
        if found:
            more = update(self.dataset, self.rules, found)
            self._write(found.then(Delta(frozenset(map(placed, more.added)), more.removed)))

    def _infer_anew(self) -> None:
        """Writes what is inferred in place of what was, and what is entailed by it."""
        gone = Delta(removed=frozenset(self.dataset.quads(INFERRED)))
        self._write(gone.then(update(self.dataset, self.rules, gone)))
        self._infer(Delta(frozenset(construct_rules.infer(self.dataset, self.knowledge_base.rule_files()))))

    def finish(self) -> None:
        """Freezes the stores, which are never opened for writing again."""
        for name, dataset in ((STORE, self.dataset), (JUDGED, self.judged)):
            dataset.flush()
            dataset.backup(self.work / name)
            dataset.close()
            shutil.rmtree(self.work / f".{name}")

    def _write(self, delta: Delta) -> None:
        """Writes a change of named graphs and keeps the default graph their merge, each triple once."""
        self.whole = self.whole.then(self.dataset.apply_merged(delta))
        self.dataset.drop_empty(delta.graphs)

    def follow(self, base: Release) -> None:
        """Writes what the whole change changes in the graph that is judged, once: little of it is left."""
        before = Dataset.open_read_only(base.store_path)
        found = validation_graph_change(before, self.judged, self.rules, self.whole)
        before.close()
        self.judged.remove(found.removed)
        self.judged.extend(found.added)

    def described(self, base: Release, lines: SortedLines) -> dict[str, Any]:
        """What the manifest tells of the dataset; all that did not change is taken over."""
        graphs = dict(base.manifest["graphs"])
        for name in self.whole.graphs:
            graphs[name] = self._hashed(name, graphs.get(name), lines)
        graphs = {name: facts for name, facts in sorted(graphs.items()) if facts["triples"]}
        lines.forget(but={facts["hash"] for facts in (*graphs.values(), *base.manifest["graphs"].values())})
        added, removed = self.whole.added, self.whole.removed
        left_out = counts.unmentioned_after(self.dataset, base.unmentioned(), added | removed)
        return {
            "id": release_id({name: str(facts["hash"]) for name, facts in graphs.items()}),
            "graphs": graphs,
            "quads": int(base.manifest["quads"]) + len(added) - len(removed),
            "counts": _counts(base.manifest["counts"], self.whole),
            "unmentioned": counts.write_unmentioned(self.dataset, left_out, self.work),
        }

    def _hashed(self, name: str, before: Mapping[str, Any] | None, lines: SortedLines) -> dict[str, object]:
        """Hashes a graph that changed, by the lines that are kept of it where there are any."""
        gone, come = (by_graph(q).get(name, []) for q in (self.whole.removed, self.whole.added))
        found = None if before is None else lines.changed(str(before["hash"]), gone, come)
        if before is None or found is None:
            return hash_graph(self.dataset, name, lines)
        return {"hash": found, "triples": int(before["triples"]) + len(come) - len(gone)}


def _counts(before: dict[str, int], delta: Delta) -> dict[str, int]:
    """The members of each class after a change of the merge, which has each triple once."""
    found = Counter(before)
    found.update(_class(quad) for quad in delta.added if _is_typing(quad))
    found.subtract(_class(quad) for quad in delta.removed if _is_typing(quad))
    return {name: number for name, number in found.items() if number}


def _class(quad: Quad) -> str:
    return str(quad.object.value)  # type: ignore[union-attr]


def _is_typing(quad: Quad) -> bool:
    return quad.predicate == TYPE and isinstance(quad.graph_name, DefaultGraph)
