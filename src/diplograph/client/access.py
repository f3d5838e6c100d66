"""Client: the same questions to a service, a release or a knowledge base."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from rdflib import Graph
from rdflib.term import Node

from diplograph import documents, media, repository
from diplograph.client.service import Parameters, Raw, Service, Source
from diplograph.client.table import Table
from diplograph.documents import provenance
from diplograph.engine import operations
from diplograph.engine.protocol import Operation
from diplograph.errors import InvalidParameter, UnknownResource
from diplograph.exports import edges, network
from diplograph.namespaces import in_space
from diplograph.queries.parameters import read_iri
from diplograph.rdf import turtle
from diplograph.release import Release
from diplograph.release.folder import MANIFEST
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.sparql import guard
from diplograph.sparql.clauses import page

if TYPE_CHECKING:
    import networkx as nx

Value: TypeAlias = str | int | float | bool | date | datetime | Node
SECONDS = 60.0
METHODS = {"select": "query", "ask": "ask", "construct": "construct", "describe": "construct"}


class Client:
    """One graph to ask.

    `source` is the address of a service (`https://…`), the folder of a release or of a knowledge base, or
    nothing for the knowledge base that the package comes with; then a release is built first when there is
    none. `timeout` is in seconds. What goes wrong is raised as one of `diplograph.errors`, a syntax error
    with its `position` among the `facts`. Close it, or use it in a `with` block.
    """

    def __init__(self, source: str | Path | None = None, *, timeout: float | None = None) -> None:
        """Open the graph. Raises EngineUnavailable or BuildFailed when that is not possible."""
        is_address = isinstance(source, str) and source.startswith(("http://", "https://"))
        self._source: Source = (
            Service(str(source), timeout or SECONDS) if is_address else _Local(source, timeout)
        )

    @property
    def release(self) -> str:
        """The name of the release that answers, to be cited with what it answered."""
        return self._source.release

    def query(self, text: str, *, limit: int | None = None) -> Table:
        """Return the solutions of a SELECT query.

        With a `limit` at most so many rows come, and the table's `complete` tells whether those are all;
        without one a result is whole or refused.
        """
        self._is("query", text)
        return self._table(self._source.select(text, limit))

    def pages(self, text: str, size: int = 1000) -> Iterator[Table]:
        """Yield the solutions of a SELECT query that has an ORDER BY, `size` rows at a time.

        Raises UnknownResource when a newer release takes the place of the one that the pages began with.
        """
        self._is("query", text)
        release = self.release
        offset = 0
        while True:
            table = self._table(self._source.select(page(text, size, offset), None, release))
            if table.rows or not offset:
                yield table
            if len(table) < size:
                return
            offset += size

    def ask(self, text: str) -> bool:
        """Return the answer to an ASK query."""
        self._is("ask", text)
        return self._source.ask(text)

    def construct(self, text: str) -> Graph:
        """Return the graph of a CONSTRUCT or DESCRIBE query; it prints as Turtle."""
        self._is("construct", text)
        return PrintableGraph.of(self._source.construct(text))

    def run(
        self, name: str, /, *, limit: int | None = None, **parameters: Value | Sequence[Value] | None
    ) -> Table:
        """Return the solutions of a canned query.

        Values are names as in the forms (`state="japan"`), IRIs, numbers, dates, or lists of them; None is
        as if left out. A parameter whose name is a word of Python's ends with an underscore (`from_`).
        """
        given = {key.removesuffix("_"): _texts(value) for key, value in parameters.items()}
        return self._table(self._source.run(name, {k: v for k, v in given.items() if v}, limit))

    def network(self) -> "nx.MultiDiGraph[str]":
        """Return parties and the acts between them as a graph of networkx; needs the extra `network`.

        `status` of an edge tells what was only claimed or did not come about.
        """
        return network.network(edges.edges(lambda text: self.query(text).rows))

    def describe(self, iri: str) -> Graph:
        """Return the document about a thing, named by its IRI, in full or as `state:japan`.

        It prints as Turtle.
        """
        return PrintableGraph.of(self._source.describe(read_iri(str(iri)).value))

    def close(self) -> None:
        """End what was started for this client."""
        self._source.close()

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _table(self, raw: Raw) -> Table:
        return Table.read(raw.body, raw.release, complete=raw.complete)

    @staticmethod
    def _is(method: str, text: str) -> None:
        """Refuse a query of another form, once it is known to be one."""
        form = guard.inspect(text)
        if METHODS[form] != method:
            detail = f"This is a query of the form {form.upper()}; ask it with Client.{METHODS[form]}."
            raise InvalidParameter(detail, parameters=["text"])


class PrintableGraph(Graph):
    """A graph whose text is Turtle, with our prefixes; the one of rdflib is its name alone."""

    @classmethod
    def of(cls, graph: Graph) -> Self:
        """Return the same graph, printable."""
        return cls(graph.store, graph.identifier, bind_namespaces="none")

    def __str__(self) -> str:
        """Return the graph in canonical Turtle."""
        return turtle.canonical(self)


def _texts(value: Value | Sequence[Value] | None) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Sequence):
        return [_text(value)]
    return [_text(one) for one in value]


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


class _Local:
    """Answers from a repository that lasts as long as the client."""

    def __init__(self, folder: str | Path | None, timeout: float | None) -> None:
        """Open the release in a folder, or that of the knowledge base there, which is built when need be."""
        path = None if folder is None else Path(folder)
        if path is not None and (path / MANIFEST).is_file():
            settings = _local(path, timeout)
            self._repository = Repository.of_release(settings, Release.open(path))
        else:
            settings = _local(path, timeout)
            self._repository = repository.load(settings)

    @property
    def release(self) -> str:
        """The name of the release."""
        return self._repository.release.name

    def select(self, text: str, limit: int | None, release: str | None = None) -> Raw:
        """The solutions of a SELECT query; the release never changes under a client."""
        del release
        return self._answer(operations.operation(text), limit)

    def ask(self, text: str) -> bool:
        """The answer to an ASK query."""
        return operations.ask(self._repository.engine, text)

    def construct(self, text: str) -> Graph:
        """The graph of a CONSTRUCT or DESCRIBE query."""
        return operations.graph(self._repository.engine, text)

    def run(self, name: str, parameters: Parameters, limit: int | None) -> Raw:
        """The solutions of a canned query. Raises UnknownResource with near names, of queries or things."""
        queries = self._repository.queries
        if name not in queries:
            near = difflib.get_close_matches(name, queries, n=3, cutoff=0.4)
            raise UnknownResource(f"There is no canned query {name!r}.", near=near)
        if queries[name].form != "select":
            raise InvalidParameter(f"{name} answers with a graph; ask its text with Client.construct.")
        with in_space(self._repository.release.base):
            values = self._repository.named_values(queries[name], parameters)
            return self._answer(queries[name].operation(values), limit)

    def describe(self, iri: str) -> Graph:
        """The document about a thing."""
        with in_space(self._repository.release.base):
            return documents.describe(self._repository.engine, iri)

    def close(self) -> None:
        """End the worker."""
        self._repository.close()

    def _answer(self, operation: Operation, limit: int | None) -> Raw:
        asked = replace(operation, limit=limit)
        answer = provenance.evaluate(self._repository.engine, asked, media.RESULTS_JSON)
        return Raw(answer.body, self.release, answer.complete)


def _local(folder: Path | None, timeout: float | None) -> Settings:
    return Settings.resolve(folder, timeout=timeout, workers=1)
