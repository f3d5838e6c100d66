"""Dumps of the whole graph: the same bytes for the same graphs, whoever builds them and when."""

import gzip
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple

from diplograph.namespaces import prefixes
from diplograph.rdf import Dataset
from diplograph.release.folder import file_hash

NAME = "diplograph"
TRIG, TURTLE = RdfFormat.TRIG, RdfFormat.TURTLE


@dataclass(frozen=True, slots=True)
class Dump:
    """One download: its file, media type, size in bytes, hash of the file and number of statements."""

    file: str
    media: str
    size: int
    sha256: str
    statements: int


@dataclass(frozen=True, slots=True)
class Lines:
    """What a dataset holds as sorted lines of N-Triples: each named graph by its IRI, and the merge."""

    graphs: Mapping[str, Sequence[bytes]]
    merge: Sequence[bytes]

    @classmethod
    def of(cls, dataset: Dataset) -> "Lines":
        """Read a dataset whose default graph is its merge."""
        graphs = {name: dataset.sorted_lines(name) for name in dataset.graph_names()}
        return cls(graphs, dataset.sorted_lines(None))


def write_dumps(lines: Lines, folder: Path) -> list[dict[str, object]]:
    """Writes N-Quads and TriG of the named graphs, and Turtle of their merge; all with gzip."""
    folder.mkdir()
    graphs, merge = lines.graphs, lines.merge
    sizes = sum(map(len, graphs.values())), len(merge)
    quads = (line[:-2] + f"<{name}> .\n".encode() for name, own in graphs.items() for line in own)
    made = [
        _write(folder, RdfFormat.N_QUADS, sizes[0], lambda out: out.writelines(quads)),
        _write(folder, RdfFormat.TRIG, sizes[0], lambda out: _serialize(_named(graphs), out, TRIG)),
        _write(folder, RdfFormat.TURTLE, sizes[1], lambda out: _serialize(_parsed(merge), out, TURTLE)),
    ]
    return [asdict(dump) for dump in made]


def _named(graphs: Mapping[str, Sequence[bytes]]) -> Iterator[Quad]:
    for name, lines in graphs.items():
        graph = NamedNode(name)
        for triple in _parsed(lines):
            yield Quad(triple.subject, triple.predicate, triple.object, graph)


def _parsed(lines: Sequence[bytes]) -> Iterator[Triple]:
    return (quad.triple for quad in pyoxigraph.parse(b"".join(lines), format=RdfFormat.N_TRIPLES))


def _serialize(statements: Iterable[Quad] | Iterable[Triple], stream: BinaryIO, syntax: RdfFormat) -> None:
    pyoxigraph.serialize(statements, stream, syntax, prefixes=dict(prefixes()))


def _write(folder: Path, syntax: RdfFormat, statements: int, fill: Callable[[BinaryIO], None]) -> Dump:
    path = folder / f"{NAME}.{syntax.file_extension}.gz"
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
        io.BufferedWriter(packed) as stream,
    ):
        fill(stream)
    return Dump(path.name, syntax.media_type, path.stat().st_size, file_hash(path), statements)
