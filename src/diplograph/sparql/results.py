"""Results of a SELECT or ASK in the four syntaxes of SPARQL 1.1, counted and cut where a limit says so.

Written here and not by the engine where rows are counted, where a cut is to be marked in the head, in CSV,
where the engine does not quote IRIs, and in XML, where it writes characters that XML cannot hold and white
space that readers trim.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from diplograph.errors import MalformedQuery, ResultTooLarge
from diplograph.rdf import rdf_xml
from diplograph.rdf.rdf_xml import escape

T = TypeVar("T")
Term = NamedNode | BlankNode | Literal | Triple
Row = Iterable[Term | None]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING = f"{_XSD}string"
_BARE = {
    f"{_XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{_XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{_XSD}boolean": re.compile(r"true|false"),
}
_NOT_IN_XML = ("application/sparql-results+json", "text/csv", "text/tab-separated-values")
_QUOTED = re.compile('[,"\r\n]')
_FORMULA = re.compile(
    r"[\t\r]|[\s\u200b-\u200f\u2060\ufeff]*[=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-]"
)
"""How a formula begins: spreadsheets pass over white space, and take the signs of East Asian widths too."""
_EDGES = re.compile(r"\A[ \t\n]+|[ \t\n]+\Z")
"""White space that readers trim; as character references it stays."""


@dataclass(slots=True)
class Caps:
    """What an answer may grow to, and what it grew to, rows where they are counted.

    `limit` is the client's and cuts; `max_rows` and `max_result` (bytes) are ours and refuse. Rows are
    solutions or triples.
    """

    max_result: int
    limit: int | None = None
    max_rows: int | None = None
    rows: int | None = None
    size: int = 0
    complete: bool = True

    @property
    def counts(self) -> bool:
        """Whether a limit on rows has to be kept."""
        return self.limit is not None or self.max_rows is not None

    @property
    def most(self) -> int | None:
        """The rows that are read at most: one past the cut, which tells that there are more."""
        return None if self._end is None else self._end + 1

    @property
    def _end(self) -> int | None:
        return min((cap for cap in (self.limit, self.max_rows) if cap is not None), default=None)

    def counted(self, items: Iterable[T]) -> Iterator[T]:
        """Yield items up to the cut; ResultTooLarge past a row cap that the client did not ask for."""
        end = self._end
        self.rows = 0
        for item in items:
            if self.rows == end:
                self.complete = False
                break
            self.rows += 1
            yield item
        if not self.complete and self.limit is None:
            raise ResultTooLarge(f"The answer has more than {end} rows.", limit=end)

    def measured(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield pieces that are put aside before any is sent; ResultTooLarge past the cap."""
        size = 0
        for piece in pieces:
            size += len(piece)
            self.keep(size)
            yield piece

    def grow(self, size: int) -> None:
        """Add bytes to the answer; ResultTooLarge past the cap."""
        self.size += size
        self.keep(self.size)

    def keep(self, size: int) -> None:
        """Let so many bytes be there; ResultTooLarge past the cap."""
        if size > self.max_result:
            raise ResultTooLarge(f"The answer has more than {self.max_result} bytes.", limit=self.max_result)


def bindings(names: Sequence[str], rows: Iterable[Row], media: str, caps: Caps) -> Iterator[bytes]:
    """Serialise solutions piece by piece; the head of the JSON says when the client's limit cut.

    Raises NotAcceptable for text that XML cannot hold.
    """
    write = {
        "application/sparql-results+json": _json,
        "application/sparql-results+xml": _xml,
        "text/csv": _csv,
        "text/tab-separated-values": _tsv,
    }[media]
    return write(names, caps.counted(rows), caps)


def spreadsheet_text(text: str) -> str:
    """Return a text for a cell, with an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def triple_term() -> MalformedQuery:
    """Return the error that an answer holds what SPARQL 1.1 has no way to send."""
    return MalformedQuery("The answer holds triple terms, which SPARQL 1.1 cannot send.")


def _json(names: Sequence[str], rows: Iterable[Row], caps: Caps) -> Iterator[bytes]:
    keys = [f"{encode_basestring(name)}:" for name in names]

    def line(row: Row) -> bytes:
        pairs = zip(keys, row, strict=True)
        text = "{" + ",".join([key + _json_term(term) for key, term in pairs if term is not None]) + "}"
        return text.encode("utf-8")

    lines: Iterable[bytes] = map(line, rows)
    if caps.limit is not None:
        lines = list(caps.measured(lines))
    variables = ",".join(encode_basestring(name) for name in names)
    mark = "" if caps.complete else ',"complete":false'
    yield f'{{"head":{{"vars":[{variables}]{mark}}},"results":{{"bindings":['.encode()
    for number, encoded in enumerate(lines):
        yield b"," + encoded if number else encoded
    yield b"]}}"


def _json_term(term: Term) -> str:
    if isinstance(term, NamedNode):
        return f'{{"type":"uri","value":{encode_basestring(term.value)}}}'
    if isinstance(term, BlankNode):
        return f'{{"type":"bnode","value":{encode_basestring(term.value)}}}'
    if isinstance(term, Triple):
        raise triple_term()
    text = f'{{"type":"literal","value":{encode_basestring(term.value)}'
    if term.language:
        return f'{text},"xml:lang":"{term.language}"}}'
    datatype = term.datatype.value
    return f"{text}}}" if datatype == _STRING else f'{text},"datatype":{encode_basestring(datatype)}}}'


def _xml(names: Sequence[str], rows: Iterable[Row], _caps: Caps) -> Iterator[bytes]:
    opened = [f'<binding name="{escape(name)}">' for name in names]
    variables = "".join(f'<variable name="{escape(name)}"/>' for name in names)
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>{variables}</head><results>\n'
    ).encode()
    for row in rows:
        pairs = zip(opened, row, strict=True)
        cells = [f"{tag}{_xml_term(term)}</binding>" for tag, term in pairs if term is not None]
        yield f"<result>{''.join(cells)}</result>\n".encode()
    yield b"</results></sparql>\n"


def _xml_term(term: Term) -> str:
    if isinstance(term, NamedNode):
        return f"<uri>{escape(term.value)}</uri>"
    if isinstance(term, BlankNode):
        return f"<bnode>{escape(term.value)}</bnode>"
    if isinstance(term, Triple):
        raise triple_term()
    text = rdf_xml.text(term.value, _NOT_IN_XML)
    text = _EDGES.sub(lambda match: "".join(f"&#{ord(space)};" for space in match[0]), text)
    if term.language:
        return f'<literal xml:lang="{term.language}">{text}</literal>'
    datatype = term.datatype.value
    kind = "" if datatype == _STRING else f' datatype="{escape(datatype)}"'
    return f"<literal{kind}>{text}</literal>"


def _csv(names: Sequence[str], rows: Iterable[Row], _caps: Caps) -> Iterator[bytes]:
    yield f"{','.join(names)}\r\n".encode()
    for row in rows:
        yield (",".join(["" if term is None else _csv_term(term) for term in row]) + "\r\n").encode()


def _csv_term(term: Term) -> str:
    """Write the value of the term, quoted where it has to be (RFC 4180, 2; SPARQL 1.1 CSV and TSV, 3.2)."""
    if isinstance(term, Triple):
        raise triple_term()
    text = str(term) if isinstance(term, BlankNode) else term.value
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _tsv(names: Sequence[str], rows: Iterable[Row], _caps: Caps) -> Iterator[bytes]:
    yield ("\t".join(f"?{name}" for name in names) + "\n").encode()
    for row in rows:
        yield ("\t".join(["" if term is None else _tsv_term(term) for term in row]) + "\n").encode()


def _tsv_term(term: Term) -> str:
    """Write the term as in Turtle, numbers bare (SPARQL 1.1 CSV and TSV, 4.2)."""
    if isinstance(term, Triple):
        raise triple_term()
    if isinstance(term, Literal) and (bare := _BARE.get(term.datatype.value)) and bare.fullmatch(term.value):
        return term.value
    return str(term)
