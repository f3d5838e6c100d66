"""The names of a release, read from its engine when somebody first asks for one."""

import io
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import IO, Protocol, cast

import pyoxigraph

from diplograph import media
from diplograph.engine.protocol import Answer, Operation
from diplograph.errors import InvalidParameter
from diplograph.names.index import Candidate, Index, Scope
from diplograph.names.table import Appellation, Role
from diplograph.vocab import DG, LANGUAGES, RDFS, SKOS

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
METONYM = "metonym"
"""What the note on a name says when it is the name of something else, as a capital's for a government."""


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
                self._index = Index(self._named(), self._members())
            return self._index

    def _named(self) -> Iterator[tuple[str, Appellation]]:
        for thing, naming, name, note in _rows(self._engine, NAMES):
            if isinstance(name, pyoxigraph.Literal):
                role = _role(naming.value if naming else "", note.value if note else "")
                yield thing.value, Appellation(name.value, name.language or "", role)

    def _members(self) -> Iterator[tuple[str, str]]:
        return ((thing.value, group.value) for thing, group in _rows(self._engine, MEMBERS))


def _role(naming: str, note: str) -> Role:
    if naming in {str(RDFS.label), str(SKOS.prefLabel)}:
        return Role.LABEL
    return Role.METONYM if METONYM in note.casefold() else Role.NAME


def _rows(engine: Asked, text: str) -> Iterator[pyoxigraph.QuerySolution]:
    """Yield the rows of a query without ever holding all of them."""
    answer = engine.evaluate(Operation(text, "select"), media.TSV)
    try:
        found = pyoxigraph.parse_query_results(
            cast("IO[bytes]", _Pieces(answer)), format=pyoxigraph.QueryResultsFormat.TSV
        )
        if isinstance(found, pyoxigraph.QuerySolutions):
            yield from found
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
