"""What a client asks, wherever the graph is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rdflib import Graph

Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Raw:
    """Results in SPARQL's JSON, the release that gave them, and whether they are all there are."""

    body: bytes
    release: str
    complete: bool


class Source(Protocol):
    """A graph that answers."""

    @property
    def release(self) -> str:
        """The name of the release."""
        ...

    def select(self, text: str, limit: int | None, release: str | None = None) -> Raw:
        """The solutions of a SELECT query, of this very release when one is named."""
        ...

    def ask(self, text: str) -> bool:
        """The answer to an ASK query."""
        ...

    def construct(self, text: str) -> Graph:
        """The graph of a CONSTRUCT or DESCRIBE query."""
        ...

    def run(self, name: str, parameters: Parameters, limit: int | None) -> Raw:
        """The solutions of a canned query."""
        ...

    def describe(self, iri: str) -> Graph:
        """The document about a thing."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...
