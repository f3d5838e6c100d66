"""Derivation of a release from another one and a few changed files: its store is taken over by hard links."""

import re
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad

from diplograph.incremental.closure import update
from diplograph.incremental.rules import EntangledError, Inferring
from diplograph.incremental.state import judged_change
from diplograph.namespaces import DGG, RDF
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.reasoning import Rule, reciprocity
from diplograph.release.assemble import load_graphs, ontology_rules, placed
from diplograph.release.builder import assemble_in, checked, copy_sources
from diplograph.release.candidate import Candidate, built_before, clear_leftovers, work_folder
from diplograph.release.durable import build_lock
from diplograph.release.finalize import complete, seal
from diplograph.release.folder import Release
from diplograph.release.lines import SortedLines
from diplograph.release.manifest import build_inputs, hash_graph, release_id
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.sparql.rewriting import statistics
from diplograph.validation import Report

MOST = 20_000
"""A change of more quads is built from the files: following each triple would take longer."""
INFERRED = str(DGG.inferred)
CLOSURE = NamedNode(str(DGG.closure))
STORE, JUDGED = "store", "judged"
TYPE = NamedNode(str(RDF.type))
DATA = re.compile(r"data/[a-z0-9-]+\.ttl")
AT_ONCE = 200_000
"""Up to how many quads dumps and description are made before a derived release is published."""
Files = Mapping[str, bytes | None]
"""The new content of files by their path below the knowledge base; None for one that goes."""


def change_of(base: Release, knowledge_base: KnowledgeBase, graphs: Iterable[str]) -> Delta:
    """What turns named graphs of a release into those that the files of a knowledge base hold.

    Raises BuildFailed with a line `file:line:column: what is wrong` for every file that cannot be read.
    """
    wanted = set(graphs)
    read = Dataset.memory()
    load_graphs(knowledge_base, read, wanted)
    held = Dataset.open_read_only(base.store_path)
    before = (quad for graph in wanted for quad in held.quads(graph))
    return Delta.between(before, read.quads())


def grown(  # noqa: PLR0913 - all that makes a release
    work: Path,
    *,
    settings: Settings,
    base: Release,
    knowledge_base: KnowledgeBase,
    delta: Delta,
    inputs: Mapping[str, Any],
    report: Report | None,
) -> Release:
    """Makes a release in a folder from the one before it and a change of its graphs.

    Raises BuildFailed when the change does not conform or too little is left of a class.
    """
    timings: dict[str, float] = {}
    start = time.perf_counter()
    step = Increment.over(base, knowledge_base, work)
    step.apply(delta)
    step.follow(base)
    timings["changing"] = time.perf_counter() - start
    found = step.described(base, SortedLines(settings.state))
    step.finish(work)
    timings["hashing"] = time.perf_counter() - start - timings["changing"]
    warnings = checked(knowledge_base, work, found, report, reason=bool(inputs["reason"]))
    copy_sources(knowledge_base.root, work)
    shutil.copy(base.path / statistics.FILE, work)
    facts = {**found, "warnings": warnings, "dumps": [], "inputs": inputs, "pending": True}
    return seal(work, settings.state, facts, timings, base)


@dataclass
class Increment:
    """The store of a release on its way to that of the next one, and what changes on the way."""

    dataset: Dataset
    knowledge_base: KnowledgeBase
    rules: Sequence[Rule]
    judged: Dataset | None
    whole: Delta

    @classmethod
    def over(cls, base: Release, knowledge_base: KnowledgeBase, work: Path) -> "Increment":
        """Begins with copies of the base's stores in a folder, of which only what changes takes room."""
        dataset = _copied(base.store_path, work)
        judged = _copied(base.judged_path, work) if base.judged_path.is_dir() else None
        rules = ontology_rules(dataset) if base.manifest["inputs"]["reason"] else []
        return cls(dataset, knowledge_base, rules, judged, Delta())

    def apply(self, delta: Delta) -> None:
        """Takes in a change of the asserted graphs, with what it changes in those that a build writes."""
        whole = delta.then(update(self.dataset, self.rules, delta))
        inferring = Inferring.of(self.dataset, whole, self.knowledge_base.rule_files())
        self._write(whole)
        try:
            self._infer(inferring.change(self.dataset, self.rules))
        except EntangledError:
            self._infer_anew()

    def _infer(self, found: Delta) -> None:
        """Writes a change of what is inferred, with what is entailed by it."""
        if found:
            more = update(self.dataset, self.rules, found)
            self._write(found.then(Delta(frozenset(map(placed, more.added)), more.removed)))

    def _infer_anew(self) -> None:
        """Writes what is inferred in place of what was, and what is entailed by it."""
        gone = Delta(removed=frozenset(self.dataset.quads(INFERRED)))
        self._write(gone.then(update(self.dataset, self.rules, gone)))
        self._infer(Delta(frozenset(reciprocity.infer(self.dataset, self.knowledge_base.rule_files()))))

    def finish(self, work: Path) -> None:
        """Freezes the stores, which are never opened for writing again."""
        for name, dataset in ((STORE, self.dataset), (JUDGED, self.judged)):
            if dataset is not None:
                dataset.flush()
                dataset.backup(work / name)
                dataset.close()
                shutil.rmtree(work / f".{name}")

    def _write(self, delta: Delta) -> None:
        """Writes a change of named graphs and keeps the default graph their merge, each triple once."""
        self.dataset.remove(delta.removed)
        self.dataset.extend(delta.added)
        gone = {_merged(quad) for quad in delta.removed if not self._is_named(quad)}
        come = {_merged(quad) for quad in delta.added} - set(self._held(delta.added))
        self.dataset.remove(gone)
        self.dataset.extend(come)
        self.dataset.drop_empty(delta.graphs)
        self.whole = self.whole.then(delta).then(Delta(frozenset(come), frozenset(gone)))

    def follow(self, base: Release) -> None:
        """Writes what the whole change changes in the graph that is judged, once: little of it is left."""
        if self.judged is None:
            return
        before = Dataset.open_read_only(base.store_path)
        found = judged_change(before, self.judged, self.rules, _asserted(self.whole))
        before.close()
        self.judged.remove(found.removed)
        self.judged.extend(found.added)

    def _is_named(self, quad: Quad) -> bool:
        found = self.dataset.matching(quad.subject, quad.predicate, quad.object)
        return any(isinstance(same.graph_name, NamedNode) for same in found)

    def _held(self, quads: Iterable[Quad]) -> Iterable[Quad]:
        """The quads of the merge that are there already."""
        for quad in quads:
            yield from self.dataset.matching(quad.subject, quad.predicate, quad.object, DefaultGraph())

    def described(self, base: Release, lines: SortedLines) -> dict[str, Any]:
        """What the manifest tells of the dataset; all that did not change is taken over."""
        graphs = dict(base.manifest["graphs"])
        for name in self.whole.graphs:
            graphs[name] = self._hashed(name, graphs.get(name), lines)
        graphs = {name: facts for name, facts in sorted(graphs.items()) if facts["triples"]}
        lines.forget(but={facts["hash"] for facts in (*graphs.values(), *base.manifest["graphs"].values())})
        added, removed = self.whole.added, self.whole.removed
        return {
            "id": release_id({name: str(facts["hash"]) for name, facts in graphs.items()}),
            "graphs": graphs,
            "quads": int(base.manifest["quads"]) + len(added) - len(removed),
            "counts": _counts(base.manifest["counts"], self.whole),
        }

    def _hashed(self, name: str, before: Mapping[str, Any] | None, lines: SortedLines) -> dict[str, object]:
        """Hashes a graph that changed, by the lines that are kept of it where there are any."""
        gone, come = (
            [quad.triple for quad in quads if quad.graph_name == NamedNode(name)]
            for quads in (self.whole.removed, self.whole.added)
        )
        found = None if before is None else lines.changed(str(before["hash"]), gone, come)
        if before is None or found is None:
            return hash_graph(self.dataset, name, lines)
        return {"hash": found, "triples": int(before["triples"]) + len(come) - len(gone)}


def _copied(path: Path, work: Path) -> Dataset:
    """A copy of a release's store in a folder, to be written."""
    scratch = work / f".{path.name}"
    Dataset.open_read_only(path).backup(scratch)
    return Dataset.create(scratch)


def _asserted(delta: Delta) -> Delta:
    """A change without that of the closure and of the merge."""
    added, removed = (
        frozenset(quad for quad in quads if quad.graph_name not in (CLOSURE, DefaultGraph()))
        for quads in (delta.added, delta.removed)
    )
    return Delta(added, removed)


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


def _merged(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object)


def derive(  # noqa: PLR0913 - what a change is made of
    settings: Settings,
    base: Release,
    files: Files,
    *,
    report: Report | None = None,
    wait: float = 0.0,
    at_once: int = AT_ONCE,
) -> Candidate:
    """Make the release that a build would make with these files in the knowledge base, whose own files stay.

    `base` is the release of the files as they are. `report` is the report on the knowledge base with the
    change; without it everything is checked. HermiT is not asked: only a build does that. A small change of
    files in data/ is followed triple by triple on top of the base; any other is built from the files. Dumps
    and description of more than `at_once` quads are left to `complete`. `wait` is how many seconds another
    build may take. Raises BuildFailed with the list of problems, or when another build runs.
    """
    store = settings.state / "releases"
    with ExitStack() as undo:
        undo.enter_context(build_lock(settings.state, wait))
        clear_leftovers(store)
        folder = Path(undo.enter_context(TemporaryDirectory(prefix="diplograph-")))
        changed = overlay(settings.kb, files, folder)
        inputs = build_inputs(changed, reason=bool(base.manifest["inputs"]["reason"]))
        release = built_before(settings.state, inputs)
        if release is None:
            work = undo.enter_context(work_folder(store))
            delta = _followed(settings, base, files, changed, inputs)
            if delta is None:
                release = assemble_in(work, replace(settings, kb=folder), inputs, report=report)
            else:
                release = grown(
                    work,
                    settings=settings,
                    base=base,
                    knowledge_base=changed,
                    delta=delta,
                    inputs=inputs,
                    report=report,
                )
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
    delta = change_of(base, changed, [str(DGG[Path(name).stem]) for name in files])
    return delta if len(delta.added) + len(delta.removed) <= MOST else None


def overlay(root: Path, files: Files, folder: Path) -> KnowledgeBase:
    """Make a knowledge base in a folder: links to the files of another one, with some put in or left out.

    Raises ValueError for a path that leads out of the folder.
    """
    for name in KnowledgeBase(root).inputs():
        if name not in files:
            _room(folder / name).symlink_to((root / name).resolve())
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
