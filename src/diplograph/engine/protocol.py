"""What every engine promises: operations in, whole answers out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from diplograph.engine.spool import Spool

Form = Literal["select", "ask", "construct", "describe"]


@dataclass(frozen=True, slots=True)
class Operation:
    """A SPARQL query to be evaluated, with the dataset and the base that the request gave it.

    When either list of graphs is given, both together replace the query's whole dataset and a list not
    given is empty (SPARQL 1.1 Protocol, 2.1.4). `limit` is the client's own cap on rows or triples.
    `rewrite` is whether the text may be rewritten for the engine, where its answer stays the same.
    """

    text: str
    form: Form
    base: str | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    limit: int | None = None
    rewrite: bool = True


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

    def __iter__(self) -> Iterator[bytes]:
        """Yield the answer in pieces."""
        return iter((self.content,) if isinstance(self.content, bytes) else self.content)

    def close(self) -> None:
        """Free what the answer holds; it cannot be read any more when it was long."""
        if isinstance(self.content, Spool):
            self.content.close()


class Engine(Protocol):
    """Evaluates operations over one release and runs tasks beside it."""

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """Answer in the media type; a timeout in seconds may only lower the configured one."""
        ...

    def run(self, task: str, payload: dict[str, Any], timeout: float | None = None) -> Any:
        """Run a task that the engine was started with in a worker; payload and result are JSON values."""
        ...

    def close(self) -> None:
        """End every worker and free what the engine holds."""
        ...
