"""Journal: every accepted change, whole, in one file that only grows.

STATE/journal/changes    records: a line `diplograph-change NUMBER HEAD BODY SHA256` with two lengths and the
                         hash of both parts, the head (who, when, what) and the body (files, triples), in JSON
STATE/journal/applied    the number of the last change that stands in the files, replaced by rename

A change counts from the moment its record is on disk. What a crash left at the end of the file is no record
and was never acknowledged: it is recognised by its length and its hash, and written over.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from diplograph.errors import EngineUnavailable, UnknownResource
from diplograph.release import durable
from diplograph.release.folder import sync

START = b"diplograph-change "
LINE = re.compile(rb"diplograph-change (\d+) (\d+) (\d+) ([0-9a-f]{64})\n")
LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class GraphChange:
    """What a change did to one graph: its canonical hash before and after, None for a graph that is not."""

    before: str | None
    after: str | None
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Change:
    """An accepted change without its content: who, when, why, and which graphs by IRI.

    `release` names the release that it made, `undoes` the change that it takes back, `key` and `digest` the
    Idempotency-Key that it came with and what was sent, `created` the graph that did not exist before.
    """

    number: int
    at: str
    who: str
    message: str
    graphs: Mapping[str, GraphChange]
    release: str
    undoes: int | None = None
    key: str | None = None
    digest: str | None = None
    created: str | None = None

    @classmethod
    def from_dict(cls, members: Mapping[str, Any]) -> Self:
        """The change that `asdict` took apart."""
        graphs = {iri: GraphChange(**facts) for iri, facts in members["graphs"].items()}
        return cls(**{**members, "graphs": graphs})


@dataclass(frozen=True, slots=True)
class Content:
    """What a change holds: whole files by path below the knowledge base (None: removed), and its triples.

    `added` and `removed` are N-Quads; `before` has the SHA-256 of the files as they were, None for none.
    """

    files: Mapping[str, str | None]
    added: str = ""
    removed: str = ""
    before: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """Where a change lies in the journal."""

    change: Change
    start: int
    body: int
    length: int
    digest: str = field(repr=False)

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.body + self.length + 1


@dataclass(frozen=True, slots=True)
class Journal:
    """The changes of one knowledge base. Any process may read; who appends holds the build lock."""

    state: Path

    def records(self) -> list[Record]:
        """Every change that is whole, the oldest first.

        Raises EngineUnavailable for damage before the last record, which no crash leaves.
        """
        try:
            with self._path.open("rb") as stream:
                return list(_scan(stream))
        except FileNotFoundError:
            return []

    def changes(self) -> list[Change]:
        """Every change without its content, the oldest first."""
        return [record.change for record in self.records()]

    def pending(self) -> list[Record]:
        """The changes that do not stand in the files yet, the oldest first."""
        applied = self.applied()
        return [record for record in self.records() if record.change.number > applied]

    def find(self, number: int) -> Record:
        """A change by its number. Raises UnknownResource."""
        for record in self.records():
            if record.change.number == number:
                return record
        raise UnknownResource(f"There is no change {number}.")

    def content(self, record: Record) -> Content:
        """What a change holds. Raises EngineUnavailable when it is no longer what was written."""
        with self._path.open("rb") as stream:
            stream.seek(record.start)
            whole = stream.read(record.end - record.start)
        _, _, parts = whole.partition(b"\n")
        if hashlib.sha256(parts[:-1]).hexdigest() != record.digest:
            raise _damaged(record.start)
        return Content(**json.loads(parts[-record.length - 1 : -1]))

    def append(self, change: Change, content: Content) -> None:
        """Write a change through to the disk; when this returns it counts.

        Raises NoSpace or StorageUnavailable, and then the journal is as it was.
        """
        known = self.records()
        end = known[-1].end if known else 0
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.ftruncate(descriptor, end)
            os.lseek(descriptor, end, os.SEEK_SET)
            try:
                with durable.disk_errors_told():
                    durable.write(descriptor, _encoded(change, content))
            except BaseException:
                with suppress(OSError):
                    os.ftruncate(descriptor, end)
                    os.fsync(descriptor)
                raise
        finally:
            os.close(descriptor)
        if not known:
            sync(self._path.parent)
            sync(self.state)

    def applied(self) -> int:
        """The number of the last change that stands in the files, 0 before the first."""
        try:
            return int((self._path.parent / "applied").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return 0

    def mark(self, number: int) -> None:
        """Note that the files hold every change up to this one."""
        durable.replace(self._path.parent / "applied", f"{number}\n")

    @property
    def _path(self) -> Path:
        return self.state / "journal" / "changes"


def _encoded(change: Change, content: Content) -> bytes:
    head, body = (json.dumps(asdict(part), ensure_ascii=False).encode() for part in (change, content))
    parts = head + b"\n" + body
    digest = hashlib.sha256(parts).hexdigest()
    line = f"diplograph-change {change.number} {len(head)} {len(body)} {digest}\n"
    return line.encode() + parts + b"\n"


def _scan(stream: IO[bytes]) -> Iterator[Record]:
    """Yield each whole record; the hash of the last alone is taken, the others were written before it."""
    size = stream.seek(0, os.SEEK_END)
    start = 0
    while start < size:
        found = _record(stream, start, size)
        if found is None:
            _refuse_damage(stream, start)
            return
        yield found
        start = found.end


def _record(stream: IO[bytes], start: int, size: int) -> Record | None:
    """The record that begins here, None where there is no whole one."""
    stream.seek(start)
    line = LINE.match(stream.read(LONGEST_LINE))
    if line is None:
        return None
    head, body = start + line.end(), start + line.end() + int(line[2]) + 1
    end = body + int(line[3]) + 1
    if end > size:
        return None
    stream.seek(head)
    if end == size and hashlib.sha256(stream.read(end - head - 1)).hexdigest() != line[4].decode():
        return None
    stream.seek(head)
    try:
        change = Change.from_dict(json.loads(stream.read(int(line[2]))))
    except ValueError as error:
        raise _damaged(start) from error
    return Record(change, start, body, int(line[3]), line[4].decode())


def _refuse_damage(stream: IO[bytes], start: int) -> None:
    """A crash leaves a part of the last record; anything behind it was written later, over damage."""
    stream.seek(start + 1)
    if b"\n" + START in stream.read():
        raise _damaged(start)


def _damaged(start: int) -> EngineUnavailable:
    return EngineUnavailable(
        f"The journal is damaged at byte {start}.",
        hint="Restore STATE/journal/changes from a backup; the files of the knowledge base are whole.",
    )
