"""Finishing a release: hashes, manifest, sync to disk; dumps and VoID of a large one later, in service."""

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from diplograph.namespaces import in_space
from diplograph.rdf import Dataset
from diplograph.release import counts, void
from diplograph.release.dumps import Lines, write_dumps
from diplograph.release.folder import (
    MANIFEST,
    Release,
    file_hash,
    files_of,
    read_unmentioned,
    releases,
    sync_tree,
)
from diplograph.sources import KnowledgeBase
from diplograph.sparql.rewriting import statistics

DESCRIPTION = "void.ttl"


def finish(
    work: Path,
    state: Path,
    found: Mapping[str, Any],
    timings: Mapping[str, float],
    base: Release | None = None,
) -> Release:
    """Writes the manifest of a release in its folder: what was found, its inputs, and the hash of each file.

    Files that are links to those of another release keep the hashes that it has written down.
    """
    manifest = {
        "id": found["id"],
        "name": found["id"][:16],
        "created": _first_built(state, found["id"]),
        **found,
        "files": {name: _hash(path, name, base) for name, path in files_of(work)},
        "timings": {phase: round(seconds, 3) for phase, seconds in timings.items()},
    }
    write_manifest(work, manifest)
    sync_tree(work)
    return Release.open(work)


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Writes a manifest; a reader sees the one before or this one."""
    new = folder / f".{MANIFEST}"
    new.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(folder / MANIFEST)


def _hash(path: Path, name: str, base: Release | None) -> str:
    known = base.manifest["files"].get(name) if base else None
    if base and known and (base.path / name).exists() and path.samefile(base.path / name):
        return str(known)
    return file_hash(path)


def _first_built(state: Path, identity: str) -> str:
    """When a release of this content was first built; kept over rebuilds from other files."""
    known = [str(r.manifest["created"]) for r in releases(state) if r.id == identity]
    return min(known, default=datetime.now(UTC).isoformat(timespec="seconds"))


def write_description(dataset: Dataset, folder: Path, identity: str) -> list[dict[str, object]]:
    """Writes dumps and description of a dataset into a release's folder; returns the dumps' entries.

    The description comes last: where it is, everything is.
    """
    lines = Lines.of(dataset)
    with in_space(KnowledgeBase(folder).base), TemporaryDirectory(prefix=".dumps-", dir=folder) as made:
        dumps = write_dumps(lines, Path(made) / "dumps")
        shutil.rmtree(folder / "dumps", ignore_errors=True)
        (Path(made) / "dumps").rename(folder / "dumps")
        described = void.describe(dataset, lines, dumps, identity, read_unmentioned(folder))
    new = folder / f".{DESCRIPTION}"
    new.write_text(described, encoding="utf-8")
    new.replace(folder / DESCRIPTION)
    return dumps


def write_statistics(dataset: Dataset, folder: Path) -> None:
    """Writes the counts by which queries are planned beside a store."""
    text = json.dumps(counts.statistics(dataset), separators=(",", ":"))
    new = folder / f".{statistics.FILE}"
    new.write_text(f"{text}\n", encoding="utf-8")
    new.replace(folder / statistics.FILE)


def complete(release: Release) -> Release:
    """Make the dumps and the description of a release that came without them; others stay as they are.

    Until then queries are planned by the counts of the release that it was derived from.
    """
    if not release.is_pending:
        return release
    dataset = Dataset.open_read_only(release.store_path)
    write_statistics(dataset, release.path)
    dumps = write_description(dataset, release.path, release.id)
    dataset.close()
    written = [*(f"dumps/{dump['file']}" for dump in dumps), DESCRIPTION, statistics.FILE]
    files = {name: file_hash(release.path / name) for name in written}
    manifest: Mapping[str, Any] = {
        **{name: value for name, value in release.manifest.items() if name != "pending"},
        "dumps": dumps,
        "files": dict(sorted({**release.manifest["files"], **files}.items())),
    }
    write_manifest(release.path, manifest)
    sync_tree(release.path)
    return Release.open(release.path)
