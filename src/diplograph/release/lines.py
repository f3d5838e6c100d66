"""Sorted lines of the graphs that a build writes, kept beside the releases: a change is hashed by them.

STATE/lines/{hash}.nt    the canonical N-Triples of a graph, under the hash of just these bytes

To hash dgg:closure anew, all of it has to be read and sorted. What is kept is put together with the lines
change; it proves itself by its name, and is worked out again where it is missing or damaged.
"""

import hashlib
import mmap
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Quad, Triple

from diplograph.rdf import Dataset

PIECE = 1 << 20
LEAST = 10_000
"""Graphs of fewer triples are hashed anew: that takes no time."""


@dataclass(frozen=True, slots=True)
class SortedLines:
    """The lines that are kept in a state folder."""

    state: Path

    def keep(self, lines: Sequence[bytes]) -> None:
        """Keep the sorted lines of a graph; those of few, or with blank nodes, are not kept."""
        if len(lines) >= LEAST and not any(map(_has_blank, lines)):
            self._write(lines)

    def changed(self, digest: str, removed: Iterable[Triple], added: Iterable[Triple]) -> str | None:
        """Return the hash of a graph that had a hash before a change, and keep its lines.

        None where those before are not kept, or where the change is none of them.
        """
        gone, come = _written(removed), _written(added)
        if any(map(_has_blank, gone | come)):
            return None
        with self._kept(digest) as kept:
            if kept is None or not all(_at(kept, line)[1] for line in gone):
                return None
            if any(_at(kept, line)[1] for line in come):
                return None
            return self._write(_merged(kept, gone, come))

    def forget(self, but: Container[str]) -> None:
        """Remove the lines of all graphs but those with some hashes."""
        for path in self._folder.glob("*"):
            if path.stem not in but:
                path.unlink(missing_ok=True)

    @property
    def _folder(self) -> Path:
        return self.state / "lines"

    @contextmanager
    def _kept(self, digest: str) -> Iterator[mmap.mmap | None]:
        """Give the lines with a hash, None where they are not kept as they were."""
        try:
            with (self._folder / f"{digest}.nt").open("rb") as stream:
                mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):  # a file of no bytes cannot be mapped
            yield None
            return
        with mapped:
            yield mapped if hashlib.sha256(mapped).hexdigest() == digest else None

    def _write(self, parts: Iterable[bytes]) -> str:
        """Write lines to a file that is named by their hash, and return it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        found, new = hashlib.sha256(), self._folder / ".new"
        try:
            with new.open("wb") as stream:
                for part in parts:
                    stream.write(part)
                    found.update(part)
            new.replace(self._folder / f"{found.hexdigest()}.nt")
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        return found.hexdigest()


def _written(triples: Iterable[Triple]) -> set[bytes]:
    """Return triples as the lines of a store's N-Triples."""
    made = Dataset.memory()
    made.fill(Quad(t.subject, t.predicate, t.object) for t in triples)
    return set(made.sorted_lines(None))


def _merged(kept: mmap.mmap, gone: set[bytes], come: set[bytes]) -> Iterator[bytes]:
    """Yield the lines that are kept, without some and with others, in their order."""
    begin = 0
    for place, line in sorted((_at(kept, line)[0], line) for line in gone | come):
        yield from _pieces(kept, begin, place)
        begin = place + (len(line) if line in gone else 0)
        if line in come:
            yield line
    yield from _pieces(kept, begin, len(kept))


def _pieces(kept: mmap.mmap, begin: int, end: int) -> Iterator[bytes]:
    return (kept[at : min(at + PIECE, end)] for at in range(begin, end, PIECE))


def _at(kept: mmap.mmap, line: bytes) -> tuple[int, bool]:
    """Return where a line stands among sorted ones or would stand, and whether it does."""
    low, high = 0, len(kept)
    while low < high:
        start = kept.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = kept.find(b"\n", start) + 1
        if kept[start:end] < line:
            low = end
        else:
            high = start
    return low, kept[low : low + len(line)] == line


def _has_blank(line: bytes) -> bool:
    """Tell whether a line may name a blank node, which has another name in each graph."""
    return line.startswith(b"_:") or b" _:" in line
