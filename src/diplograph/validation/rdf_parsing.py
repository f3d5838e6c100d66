"""Uploads: RDF from strangers, parsed by pyoxigraph alone, within limits, nothing fetched."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple

from diplograph.errors import MalformedRdf, TooComplex, TooLarge
from diplograph.rdf.reading import syntax_of, utf8
from diplograph.rdf.turtle import malformed

UPLOAD = "urn:upload:"
MAX_BYTES = 2 << 20
MAX_TRIPLES = 100_000
MAX_DEPTH = 1_000
MAX_IRI = 2_000
"""Characters of an IRI: behind a prefix it costs an upload little, and each finding its whole length."""
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_NESTING = {RdfFormat.JSON_LD: 100}


def parse(
    content: bytes,
    media: str,
    graph: str = UPLOAD,
    max_bytes: int = MAX_BYTES,
    max_triples: int = MAX_TRIPLES,
) -> dict[str, list[Triple]]:
    """Return the triples of an upload by named graph; those without a graph belong to `graph`.

    `media` is a media type or a file suffix. Raises UnsupportedMediaType, TooLarge, TooComplex, or
    MalformedRdf with the position and, where there is one, a hint.
    """
    if len(content) > max_bytes:
        raise TooLarge(f"The body is larger than {max_bytes} bytes.", limit=max_bytes)
    syntax = syntax_of(media, content)
    text = utf8(content, syntax)
    _refuse(text, syntax)
    found: dict[str, list[Triple]] = {graph: []}
    for count, quad in enumerate(_quads(text, syntax, graph), 1):
        if count > max_triples:
            raise TooLarge(f"The body holds more than {max_triples} triples.", limit=max_triples)
        if any(len(iri) > MAX_IRI for iri in _iris(quad)):
            raise TooLarge(f"An IRI has more than {MAX_IRI} characters.", limit=MAX_IRI)
        name = graph if isinstance(quad.graph_name, DefaultGraph) else str(quad.graph_name.value)
        found.setdefault(name, []).append(quad.triple)
    return {name: triples for name, triples in found.items() if triples or len(found) == 1}


def _iris(quad: Quad) -> Iterator[str]:
    for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
        if isinstance(term, NamedNode):
            yield term.value
        elif isinstance(term, Literal):
            yield term.datatype.value


def _quads(text: bytes, syntax: RdfFormat, graph: str) -> Iterator[Quad]:
    try:
        yield from pyoxigraph.parse(text, format=syntax, base_iri=graph, rename_blank_nodes=True)
    except SyntaxError as error:
        raise malformed(error) from error


def _refuse(text: bytes, syntax: RdfFormat) -> None:
    """Refuse what would fetch, expand or nest without end."""
    if syntax == RdfFormat.RDF_XML and _DOCTYPE.search(text):
        raise MalformedRdf("A DOCTYPE is not read.", hint="Remove the DOCTYPE and write entities out.")
    deepest = _NESTING.get(syntax, MAX_DEPTH)
    if _depth(text) > deepest:
        raise TooComplex(f"The text is nested deeper than {deepest}.", limit=deepest)
    if syntax == RdfFormat.JSON_LD:
        _refuse_remote(text)


def _depth(text: bytes) -> int:
    """Return how deep brackets nest; those inside literals count too, which can only overstate it."""
    depth = deepest = 0
    for found in re.finditer(rb"[\[({]|[\])}]", text):
        depth = depth + 1 if found[0] in b"[({" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _refuse_remote(text: bytes) -> None:
    try:
        document = json.loads(text, parse_int=str)  # an int of Python has at most 4,300 digits
    except ValueError:
        return  # the parser says where
    if any(True for _ in _remote_contexts(document)):
        raise MalformedRdf(
            "A remote JSON-LD context is not fetched.",
            hint="Put the context itself into the document as the value of @context.",
        )


def _remote_contexts(node: Any) -> Iterator[str]:
    """Yield each address that a JSON-LD processor would fetch."""
    if isinstance(node, list):
        for item in node:
            yield from _remote_contexts(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in {"@context", "@import"}:
                contexts = value if isinstance(value, list) else [value]
                yield from (context for context in contexts if isinstance(context, str))
            yield from _remote_contexts(value)
