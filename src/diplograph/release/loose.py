"""A release of loose files, for `serve FILE…` and `query -d`: what the files hold and nothing else."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import DefaultGraph

from diplograph.errors import UnknownResource
from diplograph.release.building import freeze
from diplograph.release.folder import MANIFEST, Release
from diplograph.release.manifest import hash_graphs, release_id
from diplograph.store import Dataset, canonical_lines


def build_from_files(files: Sequence[str], folder: Path) -> Release:
    """Makes a folder with the store of some files.

    A file is a path, or `IRI=path` for a named graph; TriG and N-Quads bring their own names. Raises
    UnknownResource for a path that is not there and MalformedRdf, naming file and position.
    """
    folder.mkdir(parents=True)
    dataset = Dataset.memory()
    for item in files:
        load_file(dataset, item)
    freeze(dataset, folder / "store")
    graphs = hash_graphs(dataset)
    hashes = {name: str(graph["hash"]) for name, graph in graphs.items()}
    identity = release_id(hashes | {"": _default_hash(dataset)})
    manifest = {
        "id": identity,
        "name": identity[:16],
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "merged": False,
        "graphs": graphs,
        "files": {},
        "dumps": [],
    }
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return Release.open(folder)


def _default_hash(dataset: Dataset) -> str:
    quads = (quad for quad in dataset.quads() if isinstance(quad.graph_name, DefaultGraph))
    return hashlib.sha256(b"".join(canonical_lines(quads))).hexdigest()


def load_file(dataset: Dataset, item: str) -> None:
    """Loads one file, named by its path or as `IRI=path`; its base is the graph or the file's own address."""
    graph, equals, name = item.rpartition("=")
    path = Path(name) if equals and not Path(item).exists() else Path(item)
    if not path.is_file():
        raise UnknownResource(
            f"There is no file {path}.", hint="Check the path; a graph's name goes before `=`."
        )
    named = graph if path == Path(name) and graph else None
    dataset.load(path, graph=named, base=named or path.resolve().as_uri())
