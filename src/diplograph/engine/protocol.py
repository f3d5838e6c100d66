"""The protocol of every engine: operations in, whole answers out.

An answer waits in memory up to a size, then in a file without a name, until it is whole and sent.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Protocol

from diplograph.engine.admission import CLIENT, UNDER_WAY
from diplograph.errors import NoSpace
from diplograph.sparql.grammar import Form

IN_MEMORY = 1 << 20
CHUNK = 16 << 10
"""Bytes of a piece: the server holds several of them for a client that reads slowly."""


class Spool:
    """Bytes that are written once, from front to back, and read as often as wanted until they are closed.

    They count as under way for the client of the thread that made them.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        """Keep at most so many bytes in memory; the file has no name, so nothing stays behind a crash."""
        self._file = SpooledTemporaryFile(max_size=in_memory)  # noqa: SIM115 - closed by `close`
        self._client = CLIENT.get()
        self.size = 0

    def write(self, content: bytes) -> None:
        """Add bytes at the end.

        Raises NoSpace when the disk is full, Overloaded or Busy when too much is under way.
        """
        UNDER_WAY.take(self._client, len(content))
        self.size += len(content)
        try:
            self._file.write(content)
        except OSError as error:
            raise NoSpace(f"An answer cannot be put aside: {error.strerror}.") from error

    def file(self) -> IO[bytes]:
        """Return the content as a file at its start; one reader at a time."""
        self._file.seek(0)
        return self._file

    def __iter__(self) -> Iterator[bytes]:
        """Yield the whole content in pieces; one reader at a time."""
        file = self.file()
        while piece := file.read(CHUNK):
            yield piece

    def read(self) -> bytes:
        """Return the whole content."""
        return b"".join(self)

    def __del__(self) -> None:
        """Close what nobody closed: an answer whose client went away before it was sent."""
        self.close()

    def close(self) -> None:
        """Free the memory or the file."""
        if not self._file.closed:
            self._file.close()
            UNDER_WAY.give_back(self._client, self.size)


@dataclass(frozen=True, slots=True)
class Operation:
    """A SPARQL query to be evaluated, with the dataset and the base that the request gave it.

    When either list of graphs is given, both together replace the query's whole dataset and a list not
    given is empty (SPARQL 1.1 Protocol, 2.1.4). `limit` is the client's own cap on rows or triples.
    `ours` is whether it is a query of the service, known to be short; not so what a client wrote.
    `rewrite` is whether the text may be rewritten for the engine, where its answer stays the same.
    `statements` are columns whose things carry evidence, which `documents.provenance` adds to the rows;
    `document` is the column of the only document whose passages count for a row.
    """

    text: str
    form: Form
    base: str | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    limit: int | None = None
    rewrite: bool = True
    statements: tuple[str, ...] = ()
    document: str | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer in one media type.

    Iterating over it yields its bytes in pieces, so that a long one need not be in memory; close it then.
    `rows` counts solutions or triples, where somebody counted them: None for ASK and for answers that no
    row limit applied to. `complete` is False only when the limit that the client set left something out.
    `elapsed` is in seconds. `rewritten` is whether another text was evaluated in the place of the query's.
    """

    content: bytes | Spool
    media: str
    rows: int | None
    complete: bool
    elapsed: float
    rewritten: bool = False

    @property
    def size(self) -> int:
        """The length in bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.size

    @property
    def body(self) -> bytes:
        """The whole answer in memory."""
        return self.content if isinstance(self.content, bytes) else self.content.read()

    def file(self) -> IO[bytes]:
        """Return the answer as a file at its start, for as long as it is not closed; one reader at a time."""
        return BytesIO(self.content) if isinstance(self.content, bytes) else self.content.file()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the answer in pieces."""
        return iter((self.content,) if isinstance(self.content, bytes) else self.content)

    def close(self) -> None:
        """Free what the answer holds; it cannot be read any more when it was long."""
        if isinstance(self.content, Spool):
            self.content.close()


class Queryable(Protocol):
    """Whatever answers operations: an engine, or an endpoint elsewhere."""

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """Answer in the media type; a timeout in seconds may only lower the configured one."""
        ...


class Engine(Queryable, Protocol):
    """Evaluates operations over one release and runs tasks beside it."""

    def run(self, task: str, payload: dict[str, Any], timeout: float | None = None) -> Any:
        """Run a task that the engine was started with in a worker; payload and result are JSON values."""
        ...

    def charged(self) -> AbstractContextManager[None]:
        """Charge the client of this thread for what is refused in the block; Busy where it has spent all."""
        ...

    def close(self) -> None:
        """End every worker and free what the engine holds."""
        ...
