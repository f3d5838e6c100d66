"""Texts that Schemathesis cannot make up from a JSON Schema: queries, RDF, and JSON within a form."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyoxigraph
import schemathesis
from hypothesis import strategies as st

from diplograph import media

WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
IRIS = WORDS.map(lambda word: pyoxigraph.NamedNode(f"http://example.org/{word}"))
LITERALS = st.text(st.characters(categories=["L", "N", "P"]), max_size=20).map(pyoxigraph.Literal)
TRIPLES = st.builds(pyoxigraph.Triple, IRIS, IRIS, LITERALS | IRIS)
QUERIES = st.one_of(
    st.builds("SELECT ?s ?o {{ ?s ?p ?o }} LIMIT {}".format, st.integers(0, 9)),
    st.builds("SELECT ?p (COUNT(*) AS ?n) {{ ?s a ?p ; ?p {} }} GROUP BY ?p".format, LITERALS),
    st.builds("ASK {{ {} ?p ?o }}".format, IRIS),
)
"""Of a table or a yes: `_spreadsheet=1`, which may come with any of them, is not for a graph."""
BATCHES = st.dictionaries(WORDS, st.builds(dict, query=WORDS), max_size=3).map(json.dumps)
FORMATS = {"application/sparql-query": QUERIES, media.JSON: BATCHES}


def serialise(triples: Sequence[pyoxigraph.Triple], name: str) -> bytes:
    return pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.from_media_type(name)) or b""


def texts(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a text in another language that we have a strategy for."""
    if isinstance(node, dict) and node.get("contentMediaType") in FORMATS:
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from texts(child)


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Have the strategy asked: it is found by `format` alone."""
    for text in texts(raw_schema["paths"]):
        text["format"] = text.pop("contentMediaType")


@schemathesis.hook
def filter_query(context: schemathesis.HookContext, query: dict[str, Any] | None) -> bool:
    """Leave out lists of what is no text: in an address `true` and `1` are words, which may well be valid."""
    items = [item for value in (query or {}).values() if isinstance(value, list) for item in value]
    return all(isinstance(item, str) and item not in {"true", "false", "null"} for item in items)


for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)
for name in media.RDF_TYPES:
    schemathesis.openapi.media_type(
        name, st.lists(TRIPLES).map(lambda some, name=name: serialise(some, name))
    )
schemathesis.openapi.media_type("application/sparql-query", QUERIES.map(str.encode))
