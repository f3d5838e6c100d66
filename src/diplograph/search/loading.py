"""Loading of names: read from the engine of a release when somebody first asks for one."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from sys import intern
from threading import Lock
from typing import Any, Protocol

import pyoxigraph

from diplograph import media
from diplograph.engine.protocol import Answer, Operation
from diplograph.namespaces import DCTERMS, DG, DGV, RDFS, SCHEMA, SKOS
from diplograph.rdf import Dataset
from diplograph.search.index import Appellation, NameIndex, Role

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
WIKIDATA, GEONAMES = "http://www.wikidata.org/entity/", "https://sws.geonames.org/"
CODES = f"""
PREFIX dcterms: <{DCTERMS}> PREFIX dg: <{DG}> PREFIX schema: <{SCHEMA}> PREFIX skos: <{SKOS}>
SELECT ?thing ?name WHERE {{
  {{ ?thing skos:notation ?name FILTER NOT EXISTS {{ ?bearer dg:hasName ?thing }} }} UNION
  {{ ?thing dg:hasName/skos:notation ?name }} UNION
  {{ ?thing dcterms:identifier ?name }} UNION
  {{ ?thing schema:sameAs ?same FILTER(STRSTARTS(STR(?same), "{WIKIDATA}"))
    BIND(STRAFTER(STR(?same), "{WIKIDATA}") AS ?name) }} UNION
  {{ ?thing dg:closeTo ?near FILTER(STRSTARTS(STR(?near), "{GEONAMES}"))
    BIND(STRBEFORE(STRAFTER(STR(?near), "{GEONAMES}"), "/") AS ?name) }}
  FILTER(isIRI(?thing))
}}
"""
"""What things are called in lists of others: the codes of ISO 3166, the identifiers of Wikidata and so on.

A code that a name has, as one of some years does, is that of the thing.
"""
MEMBERS = "SELECT ?thing ?class WHERE { ?thing a ?class FILTER(isIRI(?thing) && isIRI(?class)) }"
"""Those of nameless things too: to leave them out takes the engine three times as long as to read all."""
Row = Mapping[str, Any]
METONYM = "metonym"
"""What the note on a name says when it is the name of something else, as a capital's for a government."""


def index_of(dataset: Dataset) -> NameIndex:
    """Return the index of the names and codes in a dataset's default graph, without any classes."""
    names = chain(_appellations(dataset.select(NAMES)), _codes(dataset.select(CODES)))
    return NameIndex(names, ())


class Answering(Protocol):
    """What evaluates queries: an engine, or an endpoint elsewhere."""

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """Return the answer in a media type."""
        ...


class Names:
    """The names in one release. The first question reads them, which takes seconds when there are many."""

    def __init__(self, engine: Answering, unmentioned: Collection[str] = ()) -> None:
        """Take the engine that holds the release, and what no source mentions in it."""
        self._engine = engine
        self._unmentioned = unmentioned
        self._lock = Lock()
        self._index: NameIndex | None = None

    @property
    def index(self) -> NameIndex:
        """What finds them."""
        with self._lock:
            if self._index is None:
                names = chain(_appellations(_rows(self._engine, NAMES)), _codes(_rows(self._engine, CODES)))
                self._index = NameIndex(names, self._members(), self._unmentioned)
            return self._index

    def _members(self) -> Iterator[tuple[str, str]]:
        return ((row["thing"].value, row["class"].value) for row in _rows(self._engine, MEMBERS))


def _appellations(rows: Iterable[Row]) -> Iterator[tuple[str, Appellation]]:
    for row in rows:
        name = row["name"]
        if isinstance(name, pyoxigraph.Literal):
            yield row["thing"].value, Appellation(name.value, intern(name.language or ""), _role(row))


def _codes(rows: Iterable[Row]) -> Iterator[tuple[str, Appellation]]:
    for row in rows:
        name = row["name"]
        datatype = name.datatype.value if isinstance(name, pyoxigraph.Literal) else ""
        scheme = intern(datatype) if datatype.startswith(DGV) else ""
        yield row["thing"].value, Appellation(name.value, "", Role.CODE, scheme)


def _role(row: Row) -> Role:
    if "naming" in row and row["naming"].value in {str(RDFS.label), str(SKOS.prefLabel)}:
        return Role.LABEL
    return Role.METONYM if "note" in row and METONYM in row["note"].value.casefold() else Role.NAME


def _rows(engine: Answering, text: str) -> Iterator[Row]:
    """Yield the rows of a query without ever holding all of them."""
    answer = engine.evaluate(Operation(text, "select"), media.TSV)
    try:
        found = pyoxigraph.parse_query_results(answer.file(), format=pyoxigraph.QueryResultsFormat.TSV)
        if isinstance(found, pyoxigraph.QuerySolutions):
            names = [variable.value for variable in found.variables]
            for row in found:
                yield {name: term for name, term in zip(names, row, strict=True) if term is not None}
    finally:
        answer.close()
