"""The names of a release, read from its engine when somebody first asks for one."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import IO, Any, Protocol, cast

import pyoxigraph

from diplograph import media
from diplograph.engine.protocol import Answer, Operation
from diplograph.errors import InvalidParameter
from diplograph.namespaces import DG, LANGUAGES, RDFS, SKOS
from diplograph.rdf import Dataset
from diplograph.search.index import Candidate, Index, Scope
from diplograph.search.table import Appellation, Role

NAMES = f"""
PREFIX dg: <{DG}> PREFIX rdfs: <{RDFS}> PREFIX skos: <{SKOS}>
SELECT ?thing ?naming ?name ?note WHERE {{
  {{
    VALUES ?naming {{ rdfs:label skos:prefLabel skos:altLabel }}
    ?thing ?naming ?name
  }} UNION {{
    ?thing dg:hasName ?node . ?node dg:nameText ?name
    OPTIONAL {{ ?node skos:note ?note }}
  }}
  FILTER(isIRI(?thing))
}}
"""
MEMBERS = f"""
PREFIX rdfs: <{RDFS}> PREFIX skos: <{SKOS}>
SELECT DISTINCT ?thing ?class WHERE {{
  {{ ?thing rdfs:label ?name }} UNION {{ ?thing skos:prefLabel ?name }}
  ?thing a ?class FILTER(isIRI(?thing) && isIRI(?class))
}}
"""
MOST = 100
"""How many things are found at most."""
LONGEST = 500
"""The longest text that is looked for, in characters."""
Row = Mapping[str, Any]
METONYM = "metonym"
"""What the note on a name says when it is the name of something else, as a capital's for a government."""


def index_of(dataset: Dataset) -> Index:
    """Return the index of the names in a dataset's default graph, without any classes."""
    return Index(_appellations(dataset.select(NAMES)), ())


class Asked(Protocol):
    """What evaluates queries: an engine, or an endpoint elsewhere."""

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """Return the answer in a media type."""
        ...


class Names:
    """The names in one release. The first question builds the index, which takes seconds when it is large."""

    def __init__(self, engine: Asked) -> None:
        """Take the engine that holds the release."""
        self._engine = engine
        self._lock = Lock()
        self._index: Index | None = None

    def find(
        self,
        text: str,
        limit: int = MOST,
        *,
        kinds: Sequence[str] = (),
        classes: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> list[Candidate]:
        """Return the things whose names are most like a text, in any language and case, the best first.

        Kinds are those of the identifiers; a thing is of one of the classes, of none of those in `without`.
        Raises InvalidParameter for a text of more than 500 characters.
        """
        if len(text) > LONGEST:
            raise InvalidParameter(f"Names are looked for with {LONGEST} characters at most.", limit=LONGEST)
        scope = Scope(tuple(kinds), tuple(classes), tuple(without))
        return self._opened().find(text, scope, min(limit, MOST))

    def names(self, iri: str) -> list[Appellation]:
        """Return every name of a thing, labels first."""
        return self._opened().names(iri)

    def size(self, group: str) -> int:
        """Return how many things with a name are of a class."""
        return self._opened().size(group)

    def classes(self, iri: str) -> tuple[str, ...]:
        """Return the classes of a thing, the inferred ones too."""
        return self._opened().classes(iri)

    def label(self, iri: str, languages: Sequence[str] = LANGUAGES) -> str:
        """Return the name to show for a thing."""
        return self._opened().label(iri, languages)[0]

    def close(self) -> None:
        """Free the index; a later question builds it anew."""
        with self._lock:
            if self._index is not None:
                self._index.close()
                self._index = None

    def _opened(self) -> Index:
        with self._lock:
            if self._index is None:
                self._index = Index(_appellations(_asked(self._engine, NAMES)), self._members())
            return self._index

    def _members(self) -> Iterator[tuple[str, str]]:
        return ((row["thing"].value, row["class"].value) for row in _asked(self._engine, MEMBERS))


def _appellations(rows: Iterable[Row]) -> Iterator[tuple[str, Appellation]]:
    for row in rows:
        name = row["name"]
        if isinstance(name, pyoxigraph.Literal):
            yield row["thing"].value, Appellation(name.value, name.language or "", _role(row))


def _role(row: Row) -> Role:
    if "naming" in row and row["naming"].value in {str(RDFS.label), str(SKOS.prefLabel)}:
        return Role.LABEL
    return Role.METONYM if "note" in row and METONYM in row["note"].value.casefold() else Role.NAME


def _asked(engine: Asked, text: str) -> Iterator[Row]:
    """Yield the rows of a query without ever holding all of them."""
    answer = engine.evaluate(Operation(text, "select"), media.TSV)
    try:
        file = cast("IO[bytes]", _Pieces(answer))
        found = pyoxigraph.parse_query_results(file, format=pyoxigraph.QueryResultsFormat.TSV)
        if isinstance(found, pyoxigraph.QuerySolutions):
            names = [variable.value for variable in found.variables]
            for row in found:
                yield {name: term for name, term in zip(names, row, strict=True) if term is not None}
    finally:
        answer.close()


class _Pieces(io.RawIOBase):
    """An answer as a file to read from."""

    def __init__(self, answer: Answer) -> None:
        self._rest = iter(answer)
        self._piece = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return some bytes, at most so many; none at the end."""
        if not self._piece:
            self._piece = next(self._rest, b"")
        taken, self._piece = (self._piece[:size], self._piece[size:]) if size >= 0 else (self._piece, b"")
        return taken
