"""A release from another one: the base and a few changed files, without building everything again."""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from diplograph.delta import Delta
from diplograph.release.building import assemble_in
from diplograph.release.candidate import Candidate, built_before, clear_leftovers, work_folder
from diplograph.release.folder import Release
from diplograph.release.increment import MOST, change_of, grown
from diplograph.release.late import complete
from diplograph.release.lock import build_lock
from diplograph.release.manifest import build_inputs
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report
from diplograph.vocab import DGG

DATA = re.compile(r"data/[a-z0-9-]+\.ttl")
AT_ONCE = 200_000
"""Up to how many quads dumps and description are made before a derived release is published."""
Files = Mapping[str, bytes | None]
"""The new content of files by their path below the knowledge base; None for one that goes."""


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
