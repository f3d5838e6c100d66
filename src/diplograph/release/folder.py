"""Release folder: immutable, with its manifest, and the pointer to the current one.

STATE/releases/{name}-{inputs}/   store/ judged/ dumps/ shapes/ queries/ ontology/ void.ttl report.*
                                  unmentioned.txt manifest.json
STATE/current                     the name of the folder in service, replaced by rename
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diplograph.errors import EngineUnavailable

MANIFEST = "manifest.json"
UNMENTIONED = "unmentioned.txt"
"""What a reference graph describes and no source mentions, an IRI a line (`counts.unmentioned`)."""
UNCOUNTED = {MANIFEST, "LOG", "LOCK"}
WAITING = ".building-"
"""How the name of a folder begins that is no release yet, or no more."""


@dataclass(frozen=True, slots=True)
class Release:
    """An opened release. `id` is 64 hex digits; `manifest` is what the build wrote down."""

    id: str
    path: Path
    manifest: Mapping[str, Any]

    @classmethod
    def open(cls, path: Path) -> "Release":
        """Opens a release by its folder. Raises EngineUnavailable when its manifest cannot be read."""
        try:
            manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
            return cls(str(manifest["id"]), path, manifest)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EngineUnavailable(f"Release {path.name} has no readable manifest.") from error

    @property
    def name(self) -> str:
        """The first 16 digits of the id: what addresses and answers cite."""
        return self.id[:16]

    @property
    def store_path(self) -> Path:
        """The store, never written again."""
        return self.path / "store"

    @property
    def validation_graph_path(self) -> Path:
        """The graph that shapes judge, as a store; absent from releases that were built without reasoning."""
        return self.path / "judged"

    @property
    def shapes_dir(self) -> Path:
        """The shapes that the release was checked against."""
        return self.path / "shapes"

    @property
    def queries_dir(self) -> Path:
        """The canned queries as they were at build."""
        return self.path / "queries" / "canned"

    @property
    def ontology_dir(self) -> Path:
        """The ontology files as they were at build."""
        return self.path / "ontology"

    @property
    def base(self) -> str:
        """What the IRIs of the knowledge base begin with that it was built from."""
        from diplograph.sources import KnowledgeBase  # noqa: PLC0415 - loads rdflib, which a start can do without

        return KnowledgeBase(self.path).base

    @property
    def dumps(self) -> dict[str, Path]:
        """The whole-graph downloads, by file name."""
        return {path.name: path for path in sorted((self.path / "dumps").glob("*.gz"))}

    @property
    def is_pending(self) -> bool:
        """Whether dumps and description are still to be made, as on a release that was just derived."""
        return bool(self.manifest.get("pending")) and not (self.path / "void.ttl").exists()

    def unmentioned(self) -> frozenset[str]:
        """The IRIs of what a reference graph describes and no source mentions; none for loose files."""
        return read_unmentioned(self.path)

    def damaged(self) -> list[str]:
        """The files that are missing or no longer what the build wrote; empty when all is well."""
        recorded = self.manifest.get("files", {})
        found = dict(file_hashes(self.path))
        return sorted(name for name, digest in recorded.items() if found.get(name) != digest)


def read_unmentioned(folder: Path) -> frozenset[str]:
    """The IRIs that a release's folder lists as mentioned by no source."""
    path = folder / UNMENTIONED
    return frozenset(path.read_text(encoding="utf-8").split()) if path.exists() else frozenset()


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a release by its path in the folder, without manifest and the store's log and lock."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in UNCOUNTED and not path.name.startswith("LOG.old"):
            yield path.relative_to(folder).as_posix(), path


def file_hashes(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of a release with its SHA-256 in hex."""
    return ((name, file_hash(path)) for name, path in files_of(folder))


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def releases(state: Path) -> list[Release]:
    """Every release that can be opened, by name of its folder."""
    found = []
    for path in sorted((state / "releases").glob("[0-9a-f]*")):
        try:
            found.append(Release.open(path))
        except EngineUnavailable:
            continue
    return found


def read_current(state: Path) -> Release | None:
    """The release that `current` points to, None when there is none or it cannot be opened."""
    try:
        name = (state / "current").read_text(encoding="utf-8").strip()
        return Release.open(state / "releases" / name) if name else None
    except (OSError, EngineUnavailable):
        return None


def point_to(state: Path, release: Release) -> None:
    """Makes a release the current one: readers see the old pointer or the new one, never a half."""
    write(state / "current.new", f"{release.path.name}\n")
    (state / "current.new").replace(state / "current")
    sync(state)


def write(path: Path, text: str) -> None:
    """Writes a file through to the disk."""
    path.write_text(text, encoding="utf-8")
    sync(path)


def sync(path: Path) -> None:
    """Puts a file, or the entries of a folder, on disk against a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Puts a folder and all below it on disk."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)
