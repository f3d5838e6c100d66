"""Two releases, folders or files compared, triple by triple and graph by graph."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Quad

from diplograph import release as releases
from diplograph.delta import Delta
from diplograph.errors import UnknownResource
from diplograph.intake.prune import find
from diplograph.release.folder import MANIFEST, Release
from diplograph.release.loose import load_file
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.store import Dataset
from diplograph.vocab import BUILT_GRAPHS

CURRENT = "current"
SUFFIXES = {".ttl", ".nt", ".jsonld", ".rdf", ".owl", ".trig", ".nq"}


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
    found = releases.current(settings) if name == CURRENT else find(settings, name)
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


def lines(delta: Delta) -> Iterator[tuple[str, str]]:
    """Each quad as `-` or `+` and its N-Quads without the full stop, graph by graph, sorted."""
    signed = [("-", quad) for quad in delta.removed] + [("+", quad) for quad in delta.added]
    for sign, quad in sorted(signed, key=lambda pair: (graph_of(pair[1]), str(pair[1]), pair[0])):
        yield sign, str(quad)


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
    if (folder / "ontology").is_dir() and (folder / "data").is_dir():
        graphs = KnowledgeBase(folder).graphs()
        return [f"{graph}={path}" for graph, paths in graphs.items() for path in paths]
    return [str(path) for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES and path.is_file()]


def _canonical(quads: Iterable[Quad]) -> frozenset[Quad]:
    found = frozenset(quads)
    if not any(isinstance(term, BlankNode) for quad in found for term in quad):
        return found
    dataset = pyoxigraph.Dataset(found)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(dataset)


def _of_sources(quads: Iterable[Quad]) -> Iterator[Quad]:
    return (quad for quad in quads if graph_of(quad) not in BUILT_GRAPHS)
