"""What a query gave and what it should give, compared as the specifications compare them.

Terms are compared exactly, lexical form included, unless both sides are put `by_value` first; blank nodes up
to renaming; solutions as a multiset, or as a sequence where the query ends in ORDER BY.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyoxigraph
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    RdfFormat,
)
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
XSD = "http://www.w3.org/2001/XMLSchema#"
INTEGERS = {
    XSD + name
    for name in (
        *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger"),
        *("nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
}
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
STAR = re.compile(r"\bselect\s+((distinct|reduced)\s*)?\*", re.IGNORECASE)
SELECT = re.compile(r"\bselect\b", re.IGNORECASE)
Row = Mapping[str, Term]


@dataclass(frozen=True)
class Form:
    """What the text of a query leaves open in its result: the order of solutions, that of variables."""

    ordered: bool
    star: bool

    @classmethod
    def of(cls, text: str) -> "Form":
        """Read it off a query. Solutions are a sequence when it ends in ORDER BY, sub-queries apart."""
        first = SELECT.search(text)
        return cls(
            ordered="order by" in text.lower() and "orderby" in parseQuery(text)[1],
            star=first is not None and STAR.match(text, first.start()) is not None,
        )


@dataclass(frozen=True)
class Bindings:
    """The solutions of a SELECT query."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Boolean:
    """The answer to an ASK query."""

    value: bool


@dataclass(frozen=True)
class Triples:
    """The graph that a CONSTRUCT query makes."""

    triples: tuple[pyoxigraph.Triple, ...]


Outcome = Bindings | Boolean | Triples


def expected(path: Path) -> Outcome:
    """What the suite says has to come back."""
    if path.suffix != ".ttl":
        return parsed(path.read_bytes(), ACCEPT[path.suffix])
    listed = Description(path, iri_of(path))
    results = listed.of_type(RS + "ResultSet")
    return (
        _result_set(listed, results[0]) if results else _graph(path.read_bytes(), "text/turtle", iri_of(path))
    )


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


def canonical(found: Outcome, form: Form) -> tuple[object, ...]:
    """A value that two equal results share."""
    if isinstance(found, Boolean):
        return (found.value,)
    if isinstance(found, Triples):
        quads = (Quad(s, p, o, DefaultGraph()) for s, p, o in found.triples)
        return (_canonical(quads),)
    rows = enumerate(found.rows)
    quads = (quad for number, row in rows for quad in _described(row, number if form.ordered else 0))
    variables = frozenset(found.variables) if form.star else found.variables
    return variables, len(found.rows), _canonical(quads)


def by_value(found: Outcome) -> Outcome:
    """The same solutions with one spelling for each value."""
    assert isinstance(found, Bindings)
    rows = ({name: _by_value(term) for name, term in row.items()} for row in found.rows)
    return Bindings(found.variables, tuple(rows))


def _row(names: Sequence[str], solution: pyoxigraph.QuerySolution) -> Row:
    return {name: solution[name] for name in names if solution[name] is not None}


def _table(text: str) -> Bindings:
    """CSV says neither which terms are IRIs nor their datatypes: only blank nodes and numbers stand out."""
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    rows = (dict(zip(header, line, strict=True)) for line in lines)
    return Bindings(
        tuple(header),
        tuple({name: _cell(cell) for name, cell in row.items() if cell} for row in rows),
    )


def _cell(text: str) -> Term:
    if text.startswith("_:"):
        return BlankNode(text[2:])
    return Literal(text, datatype=NamedNode(XSD + "double")) if NUMBER.fullmatch(text) else Literal(text)


def _by_value(term: Term) -> Term:
    """A literal in one spelling for each value; types derived from xsd:integer share its values."""
    if not isinstance(term, Literal):
        return term
    datatype = term.datatype.value
    if datatype == XSD + "boolean":
        return Literal(term.value in {"true", "1"})
    if datatype in INTEGERS:
        return Literal(int(term.value))
    if datatype in {XSD + "decimal", XSD + "double", XSD + "float"} and NUMBER.fullmatch(term.value):
        return Literal(str(Decimal(term.value).normalize() + 0), datatype=term.datatype)
    return term


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


def _described(row: Row, place: int) -> Iterator[Quad]:
    """A solution as RDF, so that blank nodes shared between solutions stay shared."""
    node = BlankNode()
    yield Quad(node, NamedNode(RDF + "value"), Literal(place), DefaultGraph())
    for name, value in row.items():
        yield Quad(node, NamedNode(f"urn:variable:{name}"), value, DefaultGraph())


def _canonical(quads: Iterable[Quad]) -> frozenset[Quad]:
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(dataset)
