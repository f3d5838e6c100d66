"""The last step of making a release: everything is hashed, told in the manifest and put on disk."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diplograph.release.folder import MANIFEST, Release, file_hash, files_of, releases, sync_tree


def seal(
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
