"""What a query gave and what it should give, compared as the specifications compare them.

Terms are compared exactly, lexical form included; blank nodes up to renaming; solutions as a multiset, or as
a sequence where the query ends in ORDER BY.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, DefaultGraph, Literal, NamedNode, Quad
from pyoxigraph import QueryResultsFormat, RdfFormat
from rdflib.plugins.sparql.parser import parseQuery

from conformance.manifest import iri_of
from conformance.rdf import RDF, Description, Term

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
JSON = "application/sparql-results+json"
ACCEPT = {
    ".srx": "application/sparql-results+xml",
    ".srj": JSON,
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
}
RESULTS = {
    "application/sparql-results+xml": QueryResultsFormat.XML,
    JSON: QueryResultsFormat.JSON,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
Row = Mapping[str, Term]


@dataclass(frozen=True)
class Bindings:
    """The solutions of a SELECT query."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]

    def canonical(self, *, ordered: bool) -> tuple[object, ...]:
        """A value that two equal results share."""
        quads = [quad for number, row in enumerate(self.rows) for quad in _described(row, number, ordered)]
        return frozenset(self.variables), len(self.rows), _canonical(quads)


@dataclass(frozen=True)
class Boolean:
    """The answer to an ASK query."""

    value: bool

    def canonical(self, *, ordered: bool) -> tuple[object, ...]:
        """A value that two equal results share."""
        return (self.value,)


@dataclass(frozen=True)
class Triples:
    """The graph that a CONSTRUCT query makes."""

    triples: tuple[pyoxigraph.Triple, ...]

    def canonical(self, *, ordered: bool) -> tuple[object, ...]:
        """A value that two equal results share."""
        return (_canonical(Quad(*triple, DefaultGraph()) for triple in self.triples),)


Outcome = Bindings | Boolean | Triples


def expected(path: Path) -> Outcome:
    """What the suite says has to come back."""
    if path.suffix != ".ttl":
        return parsed(path.read_bytes(), ACCEPT[path.suffix])
    listed = Description(path, iri_of(path))
    results = listed.of_type(RS + "ResultSet")
    return _result_set(listed, results[0]) if results else _graph(path.read_bytes(), "text/turtle", iri_of(path))


def accept(path: Path) -> str:
    """The media type to ask for, so that the answer is like the file with what is expected."""
    if path.suffix != ".ttl":
        return ACCEPT[path.suffix]
    return JSON if isinstance(expected(path), Bindings) else "text/turtle"


def parsed(body: bytes, media: str) -> Outcome:
    """What an answer says."""
    if media == "text/csv":
        return _table(body.decode("utf-8"))
    if media not in RESULTS:
        return _graph(body, media, None)
    results = pyoxigraph.parse_query_results(body, RESULTS[media])
    if isinstance(results, pyoxigraph.QueryBoolean):
        return Boolean(bool(results))
    names = tuple(variable.value for variable in results.variables)
    return Bindings(names, tuple(_row(names, solution) for solution in results))


def is_ordered(text: str) -> bool:
    """Whether a query's solutions are a sequence: it ends in ORDER BY, sub-queries apart."""
    return "order by" in text.lower() and "orderby" in parseQuery(text)[1]


def _row(names: Sequence[str], solution: pyoxigraph.QuerySolution) -> Row:
    return {name: solution[name] for name in names if solution[name] is not None}


def _table(text: str) -> Bindings:
    """CSV says neither which terms are IRIs nor their datatypes: only blank nodes stand out."""
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    rows = (dict(zip(header, line, strict=True)) for line in lines)
    return Bindings(
        tuple(header),
        tuple({name: _cell(cell) for name, cell in row.items() if cell} for row in rows),
    )


def _cell(text: str) -> Term:
    return BlankNode(text[2:]) if text.startswith("_:") else Literal(text)


def _graph(body: bytes, media: str, base: str | None) -> Triples:
    syntax = RdfFormat.from_media_type(media)
    assert syntax is not None, f"{media} is not RDF"
    return Triples(tuple(quad.triple for quad in pyoxigraph.parse(body, format=syntax, base_iri=base)))


def _result_set(listed: Description, results: Term) -> Bindings:
    names = tuple(term.value for term in listed.objects(results, RS + "resultVariable"))
    rows = []
    for solution in listed.objects(results, RS + "solution"):
        bindings = listed.objects(solution, RS + "binding")
        found = {listed.text(term, RS + "variable"): listed.value(term, RS + "value") for term in bindings}
        rows.append({name: value for name, value in found.items() if name and value})
    return Bindings(names, tuple(rows))


def _described(row: Row, number: int, ordered: bool) -> Iterator[Quad]:
    """A solution as RDF, so that blank nodes shared between solutions stay shared."""
    node = BlankNode()
    place = Literal(str(number)) if ordered else Literal("")
    yield Quad(node, NamedNode(RDF + "value"), place, DefaultGraph())
    for name, value in row.items():
        yield Quad(node, NamedNode(f"urn:variable:{name}"), value, DefaultGraph())


def _canonical(quads: Iterable[Quad]) -> frozenset[Quad]:
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(dataset)
