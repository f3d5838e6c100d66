"""What changed since a revision in git: the base of a check is the knowledge base as it was then."""

import io
import subprocess
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Triple

from diplograph.delta import Delta
from diplograph.errors import UnknownResource
from diplograph.sources import KnowledgeBase
from diplograph.validation import material
from diplograph.validation.context import place, validate
from diplograph.validation.report import Report, compared
from diplograph.validation.shapes import Shapes


def since(kb: KnowledgeBase, revision: str, *, limit: int | None = 1000) -> Report:
    """Check a knowledge base against itself at a git revision: what the change adds, repairs and leaves.

    Both are judged by the shapes as they are now; uncovered are triples that the change adds. Raises
    UnknownResource when git does not know the revision, and MalformedRdf with the file.
    """
    shapes = Shapes.of(kb)
    now = material.of_files(kb)
    with tempfile.TemporaryDirectory(prefix="diplograph-") as folder:
        then = material.of_files(_unpacked(kb, revision, Path(folder)))
    added: material.Graphs = _added(Delta.of_graphs(then, now))
    before = validate(then, shapes, {})
    report = validate(now, shapes, material.described(added), before.findings)
    found = compared(report.findings, before.findings)
    kept = Report.of(found, report.uncovered, labels=report.labels)
    return place(kb, replace(kept, timings=report.timings), limit)


def _added(delta: Delta) -> dict[str, list[Triple]]:
    found: dict[str, list[Triple]] = {}
    for quad in delta.added:
        found.setdefault(str(getattr(quad.graph_name, "value", "")), []).append(quad.triple)
    return found


def _unpacked(kb: KnowledgeBase, revision: str, folder: Path) -> KnowledgeBase:
    """Return the knowledge base of a revision, its files put into a folder."""
    found = _git(kb.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = found.decode().strip()
    if not commit:
        hint = "Name a commit, a branch or a tag of the repository that the knowledge base lies in."
        raise UnknownResource(f"git knows no revision {revision!r} of {kb.root}.", hint=hint)
    with zipfile.ZipFile(io.BytesIO(_git(kb.root, "archive", "--format=zip", commit))) as archive:
        archive.extractall(folder)  # which keeps every file inside, whatever its name, and makes no links
    return KnowledgeBase(folder)


def _git(root: Path, *arguments: str) -> bytes:
    """Return what git prints, nothing when it refuses."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)  # noqa: S607
    except FileNotFoundError as error:
        raise UnknownResource("git is not installed.", hint="Install git, or name the files.") from error
    return done.stdout if done.returncode == 0 else b""
