"""Output of a worker: an evaluated query serialised, sent in parts while it grows, and stopped at the cap."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from typing import IO, cast

import pyoxigraph
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat, Triple

from diplograph.engine import frames
from diplograph.engine.slices import Rows
from diplograph.errors import MalformedQuery
from diplograph.rdf import rdf_xml
from diplograph.sparql import results
from diplograph.sparql.results import Caps, triple_term

PART = 256 << 10
RESULT_FORMATS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/csv": QueryResultsFormat.CSV,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
_ENGINES_OWN = {"application/sparql-results+json", "text/tab-separated-values"}
"""What the engine writes as `results` does, but for the short forms of numbers, and much faster."""
_TRIPLE_TERM = b'"type":"triple"'
_TRIPLE_LINE = re.compile(rb"^\S+ \S+ <<\(", re.MULTILINE)
_STRING = "http://www.w3.org/2001/XMLSchema#string"
Found = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples | Rows


class OutputBuffer:
    """A file that serialisers write to; what fits into one part stays here and goes with the message."""

    def __init__(self, caps: Caps, send: Callable[[bytes], None]) -> None:
        """Measure against the caps, and send frames with `send`."""
        self._caps = caps
        self._send = send
        self._held = bytearray()

    def write(self, content: bytes) -> int:
        """Take bytes; ResultTooLarge past the cap."""
        self._caps.grow(len(content))
        self._held += content
        if len(self._held) >= PART:
            self._send(frames.part(self._held))
            self._held.clear()
        return len(content)

    def flush(self) -> None:
        """Do nothing: serialisers flush at their end, and the rest goes with the message."""

    def rest(self) -> bytes:
        """Return what was not sent yet."""
        return bytes(self._held)


def write(found: Found, media: str, prefixes: Mapping[str, str], caps: Caps, out: OutputBuffer) -> None:
    """Serialise what a query found. Raises MalformedQuery for a form that the media type cannot carry."""
    is_graph = isinstance(found, pyoxigraph.QueryTriples)
    if media not in (GRAPH_FORMATS if is_graph else RESULT_FORMATS):
        raise MalformedQuery(f"The result of this form of query cannot be sent as {media}.")
    if isinstance(found, pyoxigraph.QueryTriples):
        graph(found, media, prefixes, caps, out)
    elif isinstance(found, pyoxigraph.QueryBoolean):
        out.write(found.serialize(format=RESULT_FORMATS[media]) or b"")
    elif media in _ENGINES_OWN and not caps.counts and isinstance(found, pyoxigraph.QuerySolutions):
        found.serialize(cast("IO[bytes]", _WithoutTripleTerms(out)), RESULT_FORMATS[media])
    else:
        names = [variable.value for variable in found.variables]
        for piece in results.bindings(names, found, media, caps):
            out.write(piece)


def graph(
    triples: Iterable[Triple], media: str, prefixes: Mapping[str, str], caps: Caps, out: OutputBuffer
) -> None:
    """Serialise triples in a fixed order, with those of the prefixes that they use.

    Raises NotAcceptable for what RDF/XML cannot hold.
    """
    if media == "application/n-triples" and not caps.counts and isinstance(triples, pyoxigraph.QueryTriples):
        for line in _sorted_lines(triples, caps):
            out.write(line)
        return
    found = sorted(caps.counted(triples), key=str)
    if any(isinstance(triple.object, Triple) for triple in found):
        raise triple_term()
    used = _used_prefixes(found, prefixes)
    if media == "application/rdf+xml":
        for piece in rdf_xml.serialised(found, used):
            out.write(piece)
        return
    pyoxigraph.serialize(found, cast("IO[bytes]", out), GRAPH_FORMATS[media], prefixes=used)


def _sorted_lines(triples: pyoxigraph.QueryTriples, caps: Caps) -> Iterator[bytes]:
    """Let the engine write the lines, and sort them."""
    held = _Held(caps)
    triples.serialize(held, RdfFormat.N_TRIPLES)
    text = held.getvalue()
    if _TRIPLE_LINE.search(text):
        raise triple_term()
    lines = sorted(text.splitlines(keepends=True))
    caps.rows = len(lines)
    yield from lines


class _Held(BytesIO):
    """What is kept before it is sent; ResultTooLarge past the cap."""

    def __init__(self, caps: Caps) -> None:
        super().__init__()
        self._caps = caps

    def write(self, content: bytes) -> int:  # type: ignore[override]
        self._caps.keep(self.tell() + len(content))
        return super().write(content)


class _WithoutTripleTerms:
    """A file that refuses the triple terms of JSON results; in a literal the quotes would be escaped."""

    def __init__(self, out: OutputBuffer) -> None:
        self._out = out
        self._before = b""

    def write(self, content: bytes) -> int:
        if _TRIPLE_TERM in self._before + content:
            raise triple_term()
        self._before = content[-len(_TRIPLE_TERM) :]
        return self._out.write(content)

    def flush(self) -> None:
        self._out.flush()


def _used_prefixes(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    spaces = {_namespace(iri) for triple in triples for iri in _iris(triple)}
    return {prefix: namespace for prefix, namespace in prefixes.items() if namespace in spaces}


def _iris(triple: Triple) -> Iterator[str]:
    for term in triple:
        if isinstance(term, NamedNode):
            yield term.value
        elif isinstance(term, Literal) and not term.language and term.datatype.value != _STRING:
            yield term.datatype.value


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]
