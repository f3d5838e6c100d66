"""Tasks of workers for a remote engine: read the query before it goes out, write the answer that came."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, RdfFormat

from diplograph.engine import serialization
from diplograph.engine.dataset import columns, from_clauses
from diplograph.engine.serialization import OutputBuffer
from diplograph.errors import EngineUnavailable, MalformedQuery
from diplograph.namespaces import PREFIXES
from diplograph.sparql import results
from diplograph.sparql.alternatives import as_unions
from diplograph.sparql.clauses import with_columns_named
from diplograph.sparql.diagnostics import not_sparql
from diplograph.sparql.lexer import Lexer, Token

_XSD = "http://www.w3.org/2001/XMLSchema#"
_BOOLEAN = NamedNode(f"{_XSD}boolean")
_BOOLEANS = {"0": "false", "1": "true"}
_AGGREGATES = ("count", "sum", "min", "max", "sample", "group_concat")
_SYNTAXES = {"text/turtle": RdfFormat.TURTLE}
_CUT = "The engine's answer is not whole, or not what it says it is."

Term = NamedNode | BlankNode | Literal


def read_query(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Parse a query over nothing; return the graphs that FROM names and the text without those clauses.

    Engines do not agree what FROM means beside a dataset in the request, how often a path by alternatives
    finds a pair, nor how the columns of `SELECT *` are ordered: such paths are written as a UNION, and such
    columns are named. The graphs are None without FROM.
    `computes` says whether it gives values a name that are more than a constant or a common aggregate.
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
    found = from_clauses(store, text, base)
    computes = _computes(list(Lexer(text)))
    return {
        "text": as_unions(with_columns_named(found.text, partial(columns, base=base))),
        "default": found.default,
        "named": found.named,
        "computes": computes,
    }


def _computes(tokens: Sequence[Token]) -> bool:
    """Tell whether an expression before some AS is neither a plain value nor an aggregate of a variable."""
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.text == "(":
            opened.append(index)
        elif token.text == ")" and opened:
            opened.pop()
        elif token.says("as") and opened and not _is_plain(tokens[opened[-1] + 1 : index]):
            return True
    return False


def _is_plain(expression: Sequence[Token]) -> bool:
    if len(expression) == 1:
        return expression[0].kind in ("variable", "string", "number")
    inside = [token for token in expression[2:-1] if not token.says("distinct")]
    name = expression[0].says(*_AGGREGATES) and expression[1].text == "("
    argument = bool(inside) and (inside[0].kind == "variable" or inside[0].text == "*")
    return name and argument and (len(inside) == 1 or inside[1].text == ";")


def write_answer(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write an engine's answer from the file `source` into the file `target` in the media type wanted.

    Raises EngineUnavailable for one that is cut off or not of its type, and ResultTooLarge.
    """
    caps = results.Caps(payload["max_result"], payload["limit"], payload["max_rows"])
    source, target, media = Path(payload["source"]), Path(payload["target"]), payload["media"]
    try:
        with target.open("wb") as stream:
            out = _File(caps, stream)
            if media in serialization.GRAPH_FORMATS:
                serialization.graph(_triples(source, payload["sent"]), media, PREFIXES, caps, out)
            else:
                _write_results(source, media, caps, out)
    except (SyntaxError, ValueError, KeyError, TypeError) as error:
        raise EngineUnavailable(_CUT) from error
    return {"rows": caps.rows, "complete": caps.complete}


class _File(OutputBuffer):
    """A measured file, for serialisers that otherwise send what they write."""

    def __init__(self, caps: results.Caps, stream: BinaryIO) -> None:
        super().__init__(caps, lambda _: None)
        self._measured, self._stream = caps, stream

    def write(self, content: bytes) -> int:
        self._measured.grow(len(content))
        return self._stream.write(content)


def _write_results(source: Path, media: str, caps: results.Caps, out: OutputBuffer) -> None:
    found = json.loads(source.read_bytes())
    if "boolean" in found:
        answer = json.dumps({"head": {}, "boolean": bool(found["boolean"])})
        read = pyoxigraph.parse_query_results(answer, format=QueryResultsFormat.JSON)
        serialization.write(read, media, PREFIXES, caps, out)
        return
    names = list(found["head"]["vars"])
    for piece in results.bindings(names, _rows(names, found["results"]["bindings"]), media, caps):
        out.write(piece)


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
