"""Comparison of two releases, folders or files: triple by triple and graph by graph.

A release of loose files, for `serve FILE` and `query -d`, holds what they hold and nothing else.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from diplograph.errors import UnknownResource
from diplograph.namespaces import BUILT_GRAPHS, RDFS
from diplograph.rdf import Dataset, reading
from diplograph.rdf.dataset import Delta, canonical_lines
from diplograph.release import manifest
from diplograph.release.builder import freeze
from diplograph.release.folder import MANIFEST, Release
from diplograph.release.manifest import hash_graphs, release_id
from diplograph.release.versions import find
from diplograph.settings import SETTINGS_FILE, Settings
from diplograph.sources import KnowledgeBase

CURRENT = "current"


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


@dataclass(frozen=True, slots=True)
class Holding:
    """What one side holds. `is_built` is whether the graphs that a build adds may be among it."""

    quads: frozenset[Quad]
    is_built: bool


def between(before: Holding, after: Holding) -> Delta:
    """The change from one side to the other; what only a build adds counts when both were built."""
    if before.is_built and after.is_built:
        return Delta.between(before.quads, after.quads)
    return Delta.between(_of_sources(before.quads), _of_sources(after.quads))


def holding(settings: Settings, name: str) -> Holding:
    """What a name stands for.

    A file, or `IRI=FILE` for a named graph; a release's folder; a knowledge base's folder, which stands for
    its sources; any other folder, which stands for the RDF files in it; or a release that is kept: `current`,
    8 or more digits of its id, or a date. Literals are as the store writes them, blank nodes have canonical
    labels (RDFC-1.0). Raises UnknownResource for anything else, MalformedRdf for what cannot be read.
    """
    path = Path(name)
    if path.is_dir():
        if (path / MANIFEST).is_file():
            return _of_release(Release.open(path))
        return Holding(_of_files(_files_in(path)), is_built=False)
    if path.is_file() or "=" in name:
        return Holding(_of_files([name]), is_built=True)
    found = manifest.current(settings) if name == CURRENT else find(settings, name)
    if found is None:
        raise UnknownResource(
            f"{name} is no file, no folder and no release that is kept.",
            hint=f"Name a path, {CURRENT}, 8 or more digits of a release's id, or a date.",
        )
    return _of_release(found)


def counts(delta: Delta) -> dict[str, tuple[int, int]]:
    """How many triples are added to and removed from each graph, the default graph under the empty name."""
    added, removed = (Counter(map(graph_of, quads)) for quads in (delta.added, delta.removed))
    return {graph: (added[graph], removed[graph]) for graph in sorted({*added, *removed})}


def graph_of(quad: Quad) -> str:
    """The IRI of a quad's graph, empty for the default graph."""
    return "" if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value


def ordered(delta: Delta) -> list[tuple[str, Quad]]:
    """Each quad with `-` or `+`, graph by graph, sorted by its N-Quads."""
    signed = [("-", quad) for quad in delta.removed] + [("+", quad) for quad in delta.added]
    return sorted(signed, key=lambda pair: (graph_of(pair[1]), str(pair[1]), pair[0]))


def lines(delta: Delta) -> Iterator[tuple[str, str]]:
    """Each quad as `-` or `+` and its N-Quads without the full stop, graph by graph, sorted."""
    for sign, quad in ordered(delta):
        yield sign, str(quad)


def labels(*sides: Holding) -> dict[str, str]:
    """The English labels of things, by IRI; those of a later side count."""
    return {
        quad.subject.value: quad.object.value
        for side in sides
        for quad in side.quads
        if isinstance(quad.subject, NamedNode)
        and quad.predicate.value == str(RDFS.label)
        and isinstance(quad.object, Literal)
        and quad.object.language == "en"
    }


def patch(delta: Delta) -> Iterator[str]:
    """The lines of an RDF Patch (https://afs.github.io/rdf-delta/rdf-patch.html) as one transaction."""
    yield "TX ."
    for wanted, letter in (("-", "D"), ("+", "A")):
        for sign, text in lines(delta):
            if sign == wanted:
                yield f"{letter} {text} ."
    yield "TC ."


def _of_release(release: Release) -> Holding:
    """The named graphs; the default graph of a release that was built is only their merge."""
    merged = bool(release.manifest.get("merged", True))
    with closing(Dataset.open_read_only(release.store_path)) as dataset:
        named = (quad for quad in dataset.quads() if graph_of(quad) or not merged)
        return Holding(_canonical(named), is_built=True)


def _of_files(items: Iterable[str]) -> frozenset[Quad]:
    with closing(Dataset.memory()) as dataset:
        for item in items:
            load_file(dataset, item)
        return _canonical(dataset.quads())


def _files_in(folder: Path) -> list[str]:
    """The files of a folder as `load_file` takes them: those of a knowledge base with their graphs."""
    if (folder / SETTINGS_FILE).is_file() or ((folder / "ontology").is_dir() and (folder / "data").is_dir()):
        graphs = KnowledgeBase(folder).graphs()
        return [f"{graph}={path}" for graph, paths in graphs.items() for path in paths]
    return [str(path) for path in sorted(folder.rglob("*")) if reading.is_rdf(path.name) and path.is_file()]


def _canonical(quads: Iterable[Quad]) -> frozenset[Quad]:
    found = frozenset(quads)
    if not any(isinstance(term, BlankNode) for quad in found for term in quad):
        return found
    dataset = pyoxigraph.Dataset(found)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(dataset)


def _of_sources(quads: Iterable[Quad]) -> Iterator[Quad]:
    return (quad for quad in quads if graph_of(quad) not in BUILT_GRAPHS)
