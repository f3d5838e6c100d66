"""SPARQL operations as values: a request's parameters in, an operation out; results as rdflib terms."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph import media
from diplograph.engine.protocol import Answer, Engine, Operation, Queryable
from diplograph.errors import InvalidParameter, ResultTooLarge
from diplograph.rdf import turtle
from diplograph.sparql import guard

Row = dict[str, Node]
MAX_READ = 8 << 20
"""The longest answer, in bytes, that becomes rows or triples in memory, where it takes ten times as much."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """The result of a SELECT: variables in their order, and rows without the unbound ones."""

    variables: tuple[str, ...]
    rows: list[Row]


def operation(
    query: str,
    default_graphs: Sequence[str] | None = None,
    named_graphs: Sequence[str] | None = None,
    base: str | None = None,
) -> Operation:
    """Return the operation of a stranger's request, once the guard has let it through.

    The graphs are the values of `default-graph-uri` and `named-graph-uri`, None when not sent: FROM in the
    text then holds. Raises what the guard finds, and InvalidParameter for a graph that is not an IRI.
    """
    form = guard.inspect(query)
    return Operation(
        query,
        form,
        base,
        _graphs("default-graph-uri", default_graphs),
        _graphs("named-graph-uri", named_graphs),
    )


def select(engine: Queryable, text: str, base: str | None = None, timeout: float | None = None) -> Solutions:
    """Evaluate a SELECT query of our own; a stranger's comes as an `operation`."""
    answer = engine.evaluate(Operation(text, "select", base, ours=True), media.RESULTS_JSON, timeout)
    return solutions(_read(answer))


def ask(engine: Engine, text: str, base: str | None = None, timeout: float | None = None) -> bool:
    """Evaluate an ASK query of our own."""
    answer = engine.evaluate(Operation(text, "ask", base, ours=True), media.RESULTS_JSON, timeout)
    return bool(json.loads(answer.body)["boolean"])


def graph(engine: Engine, text: str, base: str | None = None, timeout: float | None = None) -> Graph:
    """Evaluate a CONSTRUCT or DESCRIBE query of our own; lexical forms stay as the store holds them."""
    answer = engine.evaluate(Operation(text, "construct", base, ours=True), media.N_TRIPLES, timeout)
    return turtle.parse(_read(answer).decode("utf-8"))


def solutions(body: bytes) -> Solutions:
    """Read SPARQL 1.1 results in JSON."""
    found = json.loads(body)
    rows = [{name: _term(binding) for name, binding in row.items()} for row in found["results"]["bindings"]]
    return Solutions(tuple(found["head"].get("vars", ())), rows)


def values(variable: str, iris: Iterable[str]) -> str:
    """Return a VALUES clause of IRIs, each in its own serialisation; ValueError for what is not an IRI."""
    terms = " ".join(str(pyoxigraph.NamedNode(iri)) for iri in iris)
    return f"VALUES ?{variable} {{ {terms} }}"


def _read(answer: Answer) -> bytes:
    """Return an answer that is to become objects in memory. Raises ResultTooLarge."""
    if answer.size > MAX_READ:
        answer.close()
        raise ResultTooLarge(f"The answer has {answer.size} bytes; {MAX_READ} are read.", limit=MAX_READ)
    return answer.body


def _term(binding: Mapping[str, str]) -> Node:
    value = binding["value"]
    if binding["type"] == "uri":
        return URIRef(value)
    if binding["type"] == "bnode":
        return BNode(value)
    if "xml:lang" in binding:
        return Literal(value, lang=binding["xml:lang"])
    datatype = binding.get("datatype")
    return Literal(value, datatype=URIRef(datatype) if datatype else None, normalize=False)


def _graphs(parameter: str, iris: Sequence[str] | None) -> tuple[str, ...] | None:
    if iris is None:
        return None
    for iri in iris:
        try:
            pyoxigraph.NamedNode(iri)
        except ValueError as error:
            detail = f"{parameter} takes absolute IRIs: {error}"
            raise InvalidParameter(detail, parameters=[parameter]) from error
    return tuple(iris)
