"""Answers as bytes: SPARQL results in four syntaxes, graphs in four, counted and capped while they grow.

Written here and not by the engine's own serialisers because rows must be counted, a cut must be marked in
the head, and an answer past the cap must stop before it fills the memory.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from json.encoder import encode_basestring
from typing import TypeVar
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, RdfFormat, Triple

from diplograph.errors import MalformedQuery, ResultTooLarge

T = TypeVar("T")
Term = NamedNode | BlankNode | Literal | Triple
Row = Iterable[Term | None]

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
_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = f"{_XSD}string"
_BARE = {
    f"{_XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{_XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{_XSD}boolean": re.compile(r"true|false"),
}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold in any form; U+FFFD stands for them."""
_EDGES = re.compile(r"\A[ \t\n]+|[ \t\n]+\Z")
"""White space that readers trim; as character references it stays."""


@dataclass(slots=True)
class Caps:
    """What an answer may grow to, and what it grew to.

    `limit` is the client's and cuts; `max_rows` and `max_result` (bytes) are ours and refuse. Rows are
    solutions or triples.
    """

    max_result: int
    limit: int | None = None
    max_rows: int | None = None
    rows: int = 0
    size: int = 0
    complete: bool = True

    def counted(self, items: Iterable[T]) -> Iterator[T]:
        """Yield items up to the cut; ResultTooLarge past a row cap that the client did not ask for."""
        caps = [cap for cap in (self.limit, self.max_rows) if cap is not None]
        end = min(caps, default=None)
        for item in items:
            if self.rows == end:
                self.complete = False
                break
            self.rows += 1
            yield item
        if not self.complete and self.limit is None:
            raise ResultTooLarge(f"The answer has more than {end} rows.", limit=end)

    def grow(self, size: int) -> None:
        """Add bytes to the answer; ResultTooLarge past the cap."""
        self.size += size
        if self.size > self.max_result:
            raise ResultTooLarge(f"The answer has more than {self.max_result} bytes.", limit=self.max_result)


def bindings(names: Sequence[str], rows: Iterable[Row], media: str, caps: Caps) -> bytes:
    """Serialise solutions; the head of the JSON says when the client's limit left rows out."""
    write = {
        "application/sparql-results+json": _json,
        "application/sparql-results+xml": _xml,
        "text/csv": _csv,
        "text/tab-separated-values": _tsv,
    }[media]
    return write(names, caps.counted(rows), caps)


def boolean(value: pyoxigraph.QueryBoolean, media: str) -> bytes:
    """Serialise the answer to ASK."""
    return value.serialize(format=RESULT_FORMATS[media]) or b""


def graph(triples: Iterable[Triple], media: str, prefixes: Mapping[str, str], caps: Caps) -> bytes:
    """Serialise triples in a fixed order, with those of the prefixes that they use."""
    found = sorted(caps.counted(triples), key=str)
    if any(isinstance(triple.object, Triple) for triple in found):
        raise _triple_term()
    used = _used_prefixes(found, prefixes)
    stream = BytesIO()

    def measured() -> Iterator[Triple]:
        for triple in found:
            if stream.tell() > caps.max_result:
                caps.grow(stream.tell())
            yield triple

    pyoxigraph.serialize(measured(), stream, GRAPH_FORMATS[media], prefixes=used)
    caps.grow(stream.tell())
    return stream.getvalue()


def _triple_term() -> MalformedQuery:
    return MalformedQuery("The answer holds triple terms, which SPARQL 1.1 cannot send.")


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


def _lines(rows: Iterable[Row], line: Callable[[Row], str], caps: Caps) -> Iterator[bytes]:
    for row in rows:
        encoded = line(row).encode("utf-8")
        caps.grow(len(encoded))
        yield encoded


def _json(names: Sequence[str], rows: Iterable[Row], caps: Caps) -> bytes:
    keys = [f"{encode_basestring(name)}:" for name in names]

    def line(row: Row) -> str:
        pairs = zip(keys, row, strict=True)
        return "{" + ",".join([key + _json_term(term) for key, term in pairs if term is not None]) + "}"

    body = b",\n".join(_lines(rows, line, caps))
    variables = ",".join(encode_basestring(name) for name in names)
    mark = "" if caps.complete else ',"complete":false'
    head = f'{{"head":{{"vars":[{variables}]{mark}}},"results":{{"bindings":['
    return head.encode("utf-8") + body + b"]}}\n"


def _json_term(term: Term) -> str:
    if isinstance(term, NamedNode):
        return f'{{"type":"uri","value":{encode_basestring(term.value)}}}'
    if isinstance(term, BlankNode):
        return f'{{"type":"bnode","value":{encode_basestring(term.value)}}}'
    if isinstance(term, Triple):
        raise _triple_term()
    text = f'{{"type":"literal","value":{encode_basestring(term.value)}'
    if term.language:
        return f'{text},"xml:lang":"{term.language}"}}'
    datatype = term.datatype.value
    return f"{text}}}" if datatype == _STRING else f'{text},"datatype":{encode_basestring(datatype)}}}'


def _xml(names: Sequence[str], rows: Iterable[Row], caps: Caps) -> bytes:
    opened = [f"<binding name={quoteattr(name)}>" for name in names]

    def line(row: Row) -> str:
        pairs = zip(opened, row, strict=True)
        cells = [f"{tag}{_xml_term(term)}</binding>" for tag, term in pairs if term is not None]
        return f"<result>{''.join(cells)}</result>\n"

    body = b"".join(_lines(rows, line, caps))
    variables = "".join(f"<variable name={quoteattr(name)}/>" for name in names)
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>{variables}</head><results>\n'
    )
    return head.encode("utf-8") + body + b"</results></sparql>\n"


def _xml_term(term: Term) -> str:
    if isinstance(term, NamedNode):
        return f"<uri>{escape(term.value)}</uri>"
    if isinstance(term, BlankNode):
        return f"<bnode>{escape(term.value)}</bnode>"
    if isinstance(term, Triple):
        raise _triple_term()
    text = escape(_NOT_XML.sub("\ufffd", term.value), {"\r": "&#13;"})
    text = _EDGES.sub(lambda match: "".join(f"&#{ord(space)};" for space in match[0]), text)
    if term.language:
        return f'<literal xml:lang="{term.language}">{text}</literal>'
    datatype = term.datatype.value
    kind = "" if datatype == _STRING else f" datatype={quoteattr(datatype)}"
    return f"<literal{kind}>{text}</literal>"


def _csv(names: Sequence[str], rows: Iterable[Row], caps: Caps) -> bytes:
    def line(row: Row) -> str:
        return ",".join(["" if term is None else _csv_term(term) for term in row]) + "\r\n"

    return ",".join(names).encode("utf-8") + b"\r\n" + b"".join(_lines(rows, line, caps))


def _csv_term(term: Term) -> str:
    if isinstance(term, Triple):
        raise _triple_term()
    text = str(term) if isinstance(term, BlankNode) else term.value
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _tsv(names: Sequence[str], rows: Iterable[Row], caps: Caps) -> bytes:
    def line(row: Row) -> str:
        return "\t".join(["" if term is None else _tsv_term(term) for term in row]) + "\n"

    head = "\t".join(f"?{name}" for name in names)
    return head.encode("utf-8") + b"\n" + b"".join(_lines(rows, line, caps))


def _tsv_term(term: Term) -> str:
    """Write the term as in Turtle, numbers bare (SPARQL 1.1 CSV and TSV, 4.2)."""
    if isinstance(term, Triple):
        raise _triple_term()
    if isinstance(term, Literal) and (bare := _BARE.get(term.datatype.value)) and bare.fullmatch(term.value):
        return term.value
    return str(term)
