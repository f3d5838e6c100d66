"""Whole-graph downloads: the same bytes for the same graphs, whoever builds them and when."""

import gzip
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, Quad, RdfFormat, Triple

from diplograph.release.folder import file_hash
from diplograph.store import Dataset
from diplograph.vocab import PREFIXES

NAME = "diplograph"


@dataclass(frozen=True, slots=True)
class Dump:
    """One download: its file, media type, size in bytes, hash of the file and number of statements."""

    file: str
    media: str
    size: int
    sha256: str
    statements: int


def write_dumps(dataset: Dataset, folder: Path) -> list[dict[str, object]]:
    """Writes N-Quads and TriG of the named graphs, and Turtle of their merge; all with gzip."""
    folder.mkdir()
    quads = sorted(dataset.quads(), key=str)
    named = [quad for quad in quads if not isinstance(quad.graph_name, DefaultGraph)]
    named.sort(key=lambda quad: str(quad.graph_name))
    merged = [quad.triple for quad in quads if isinstance(quad.graph_name, DefaultGraph)]
    made = [
        _write(folder, "nq", RdfFormat.N_QUADS, named),
        _write(folder, "trig", RdfFormat.TRIG, named),
        _write(folder, "ttl", RdfFormat.TURTLE, merged),
    ]
    return [asdict(dump) for dump in made]


def _write(
    folder: Path, suffix: str, syntax: RdfFormat, statements: Sequence[Quad] | Sequence[Triple]
) -> Dump:
    path = folder / f"{NAME}.{suffix}.gz"
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as stream:
        pyoxigraph.serialize(statements, io.BufferedWriter(stream), syntax, prefixes=_prefixes(syntax))
    media = syntax.media_type
    return Dump(path.name, media, path.stat().st_size, file_hash(path), len(statements))


def _prefixes(syntax: RdfFormat) -> dict[str, str] | None:
    return None if syntax == RdfFormat.N_QUADS else dict(PREFIXES)
