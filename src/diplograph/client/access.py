"""Client: the same questions to a service, a release or a knowledge base."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from rdflib import Graph
from rdflib.term import Node

from diplograph.client.local import Local
from diplograph.client.service import Raw, Service, Source
from diplograph.client.table import Table
from diplograph.errors import InvalidParameter
from diplograph.queries.parameters import read_iri
from diplograph.sparql import guard
from diplograph.sparql.clauses import page

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
            Service(str(source), timeout or SECONDS) if is_address else Local(source, timeout)
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
        """Return the graph of a CONSTRUCT or DESCRIBE query."""
        self._is("construct", text)
        return self._source.construct(text)

    def run(
        self, name: str, /, *, limit: int | None = None, **parameters: Value | Sequence[Value] | None
    ) -> Table:
        """Return the solutions of a canned query.

        Values are names as in the forms (`state="japan"`), IRIs, numbers, dates, or lists of them; None is
        as if left out. A parameter whose name is a word of Python's ends with an underscore (`from_`).
        """
        given = {key.removesuffix("_"): _texts(value) for key, value in parameters.items()}
        return self._table(self._source.run(name, {k: v for k, v in given.items() if v}, limit))

    def describe(self, iri: str) -> Graph:
        """Return the document about a thing, named by its IRI, in full or as `state:japan`."""
        return self._source.describe(read_iri(str(iri)).value)

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
