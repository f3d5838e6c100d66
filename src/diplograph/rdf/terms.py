"""Terms of pyoxigraph and rdflib with their lexical forms kept; dates as days, names as they are compared."""

import calendar
import logging
import re
import unicodedata
from datetime import date

import pyoxigraph
from pyoxigraph import Literal as OxigraphLiteral
from pyoxigraph import RdfFormat, parse
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from diplograph.errors import MalformedRdf
from diplograph.namespaces import EDTF, XSD

_DATE = re.compile(r"\s*(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T[\d:.]+(?:Z|[+-][\d:]+)?)?\s*")
_WORD = re.compile(r"\w+")
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "_": " "})
"""Letters that Unicode does not take apart into a base and a mark."""
_VOICED = "\u3099\u309a"
"""The marks that make another sound of a kana; they are no accents."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
OxigraphTerm = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_WHOLE = re.compile(r"\s*([+-]?\d+)(?:\.0+)?\s*")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*)?")


def days(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of an ISO 8601 year, month, day or moment; None for anything else."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    last_month = month or 12
    return first, first if day else date(
        first.year, last_month, calendar.monthrange(first.year, last_month)[1]
    )


def overlap(one: tuple[date, date], begin: date | None, end: date | None) -> bool:
    """Return whether days meet a time whose bounds may be open."""
    return (end is None or one[0] <= end) and (begin is None or begin <= one[1])


def fold(text: str) -> str:
    """Return the words of a name in one spelling, a space between each two; empty for no word at all."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_UNDECOMPOSED)
    bare = "".join(c for c in apart if c in _VOICED or not unicodedata.combining(c))
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", bare)))


def is_unspaced(word: str) -> bool:
    """Whether a word is written in a script that puts no spaces, so that a part of it may be a name."""
    return _UNSPACED.search(word) is not None


# rdflib prints a traceback for each ill-typed literal; here they are data, and shapes judge them.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


def to_rdflib(term: OxigraphTerm) -> Node:
    """Return the term for rdflib; MalformedRdf for what RDF 1.1 does not have."""
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return BNode(term.value)
    if isinstance(term, pyoxigraph.Literal) and term.direction is None:
        return _literal(term)
    raise MalformedRdf(f"RDF 1.1 has no triple terms and no text direction: {term}")


def _literal(term: pyoxigraph.Literal) -> Literal:
    if term.language:
        return Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    return Literal(term.value, datatype=None if datatype == _STRING else URIRef(datatype), normalize=False)


def to_oxigraph(term: Node) -> pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal:
    """Return the term for pyoxigraph; ValueError for an IRI or language tag that is not well formed."""
    if isinstance(term, URIRef):
        return pyoxigraph.NamedNode(str(term))
    if isinstance(term, BNode):
        return pyoxigraph.BlankNode(str(term))
    if not isinstance(term, Literal):
        raise TypeError(f"not an RDF term: {term!r}")
    if term.language:
        return pyoxigraph.Literal(str(term), language=term.language)
    return pyoxigraph.Literal(str(term), datatype=pyoxigraph.NamedNode(term.datatype or _STRING))


def literal(term: str | None) -> OxigraphLiteral | None:
    """Return a literal that is written in N-Triples; None for anything else."""
    if term is None or not term.startswith('"'):
        return None
    quad = next(iter(parse(f"<urn:s> <urn:p> {term} .", RdfFormat.N_TRIPLES)))
    return quad.object if isinstance(quad.object, OxigraphLiteral) else None


def lexical_form(datatype: str, text: str) -> str | None:
    """Return a text as a lexical form of a datatype; None when it is none."""
    if datatype == str(XSD.date) and (day := _DAY.fullmatch(text)):
        return day[1] if _is_day(day[1]) else None
    if datatype == str(XSD.integer) and (whole := _WHOLE.fullmatch(text)):
        return whole[1]
    return text if datatype == str(EDTF.EDTF) and "T" not in text and days(text) else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
