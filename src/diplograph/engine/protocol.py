"""What every engine promises: operations in, whole answers out."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Form = Literal["select", "ask", "construct", "describe"]


@dataclass(frozen=True, slots=True)
class Operation:
    """A SPARQL query to be evaluated, with the dataset and the base that the request gave it.

    When either list of graphs is given, both together replace the query's whole dataset and a list not
    given is empty (SPARQL 1.1 Protocol, 2.1.4). `limit` is the client's own cap on rows or triples.
    """

    text: str
    form: Form
    base: str | None = None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer in one media type.

    `rows` counts solutions or triples (None for ASK). `complete` is False only when the limit that the
    client set left something out. `elapsed` is in seconds.
    """

    body: bytes
    media: str
    rows: int | None
    complete: bool
    elapsed: float


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
