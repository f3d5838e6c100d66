"""What workers do for a remote engine: read the query before it goes out, and write the answer that came."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, RdfFormat

from diplograph.engine import results
from diplograph.engine.dataset import from_clauses
from diplograph.engine.syntax import not_sparql
from diplograph.errors import EngineUnavailable, MalformedQuery
from diplograph.vocab import PREFIXES

_XSD = "http://www.w3.org/2001/XMLSchema#"
_BOOLEAN = NamedNode(f"{_XSD}boolean")
_BOOLEANS = {"0": "false", "1": "true"}
_SYNTAXES = {"text/turtle": RdfFormat.TURTLE}
_CUT = "The engine's answer is not whole, or not what it says it is."

Term = NamedNode | BlankNode | Literal


def read_query(payload: Mapping[str, Any]) -> dict[str, list[str] | None]:
    """Parse a query over nothing and return the graphs that FROM and FROM NAMED name, None without either.

    Raises MalformedQuery with the position, as the embedded engine does.
    """
    text, base = payload["text"], payload["base"]
    store = pyoxigraph.Store()
    try:
        store.query(text, base_iri=base)
    except SyntaxError as error:
        raise not_sparql(error, text) from error
    except (RuntimeError, ValueError) as error:
        raise MalformedQuery(str(error)) from error
    default, named = from_clauses(store, text, base)
    return {"default": default, "named": named}


def write_answer(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write an engine's answer from the file `source` into the file `target` in the media type wanted.

    Raises EngineUnavailable for one that is cut off or not of its type, and ResultTooLarge.
    """
    caps = results.Caps(payload["max_result"], payload["limit"], payload["max_rows"])
    source, target, media = Path(payload["source"]), Path(payload["target"]), payload["media"]
    try:
        if media in results.GRAPH_FORMATS:
            body = results.graph(_triples(source, payload["sent"]), media, PREFIXES, caps)
        else:
            return _write_results(source, target, media, caps)
    except (SyntaxError, ValueError, KeyError, TypeError) as error:
        raise EngineUnavailable(_CUT) from error
    target.write_bytes(body)
    return {"rows": caps.rows, "complete": caps.complete}


def _write_results(source: Path, target: Path, media: str, caps: results.Caps) -> dict[str, Any]:
    found = json.loads(source.read_bytes())
    if "boolean" in found:
        target.write_bytes(_boolean(bool(found["boolean"]), media))
        return {"rows": None, "complete": True}
    names = list(found["head"]["vars"])
    target.write_bytes(results.bindings(names, _rows(names, found["results"]["bindings"]), media, caps))
    return {"rows": caps.rows, "complete": caps.complete}


def _boolean(value: bool, media: str) -> bytes:  # noqa: FBT001 - the value is the answer
    answer = json.dumps({"head": {}, "boolean": value})
    read = pyoxigraph.parse_query_results(answer, format=QueryResultsFormat.JSON)
    if not isinstance(read, pyoxigraph.QueryBoolean):
        raise TypeError
    return results.boolean(read, media)


def _rows(
    names: Sequence[str], bindings: Iterable[Mapping[str, Mapping[str, str]]]
) -> Iterator[list[Term | None]]:
    for row in bindings:
        yield [_term(row[name]) if name in row else None for name in names]


def _term(found: Mapping[str, str]) -> Term:
    """Return the term of a binding; Virtuoso writes blank nodes as `nodeID://b1` and booleans as 1 and 0."""
    kind, value = found["type"], found["value"]
    if kind == "uri":
        if value.startswith("nodeID://"):
            return BlankNode(value.removeprefix("nodeID://"))
        return NamedNode(value)
    if kind == "bnode":
        return BlankNode(value.removeprefix("nodeID://").removeprefix("_:"))
    if "xml:lang" in found:
        return Literal(value, language=found["xml:lang"])
    datatype = NamedNode(found["datatype"]) if "datatype" in found else None
    if datatype == _BOOLEAN:
        value = _BOOLEANS.get(value, value)
    return Literal(value, datatype=datatype)


def _triples(source: Path, sent: str) -> Iterable[pyoxigraph.Triple]:
    """Return the triples of a graph, each once."""
    syntax = _SYNTAXES.get(sent, RdfFormat.N_TRIPLES)
    with source.open("rb") as stream:
        return dict.fromkeys(quad.triple for quad in pyoxigraph.parse(stream, format=syntax))
