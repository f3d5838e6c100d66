"""Reading and writing RDF as the command line names it: by suffix."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import pyoxigraph
from pyoxigraph import DefaultGraph, Quad, RdfFormat

from diplograph import turtle
from diplograph.errors import MalformedRdf
from diplograph.vocab import PREFIXES

GRAPH_SUFFIXES = ("ttl", "nt", "jsonld", "rdf")
DATASET_SUFFIXES = ("trig", "nq")
SUFFIXES = (*GRAPH_SUFFIXES, *DATASET_SUFFIXES)
SYNTAXES = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
}


def read(path: Path, suffix: str | None) -> list[Quad]:
    """The statements of a file, lexical forms kept; `-` is standard input and needs the suffix.

    Raises MalformedRdf with file and position.
    """
    content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    syntax = SYNTAXES.get(suffix or path.suffix.removeprefix("."))
    if syntax is None:
        raise click.UsageError(f"the syntax of {path} is not known: say --from {'|'.join(SUFFIXES)}")
    base = "urn:stdin" if str(path) == "-" else path.resolve().as_uri()
    try:
        return list(pyoxigraph.parse(content.removeprefix(b"\xef\xbb\xbf"), syntax, base_iri=base))
    except SyntaxError as error:
        found = turtle.malformed(error)
        raise MalformedRdf(found.detail, **found.facts, file=str(path)) from error


def write(quads: Sequence[Quad], suffix: str) -> bytes:
    """Statements in a syntax. Raises click.UsageError when it has no place for their named graphs."""
    if suffix in DATASET_SUFFIXES:
        return _serialized(quads, suffix)
    if any(not isinstance(quad.graph_name, DefaultGraph) for quad in quads):
        raise click.UsageError(f"there are named graphs, which {suffix} cannot hold: use trig or nq")
    return _serialized([quad.triple for quad in quads], suffix)


def _serialized(statements: Iterable[Quad] | Iterable[pyoxigraph.Triple], suffix: str) -> bytes:
    prefixes = None if suffix in ("nt", "nq") else dict(PREFIXES)
    return pyoxigraph.serialize(statements, format=SYNTAXES[suffix], prefixes=prefixes) or b""
