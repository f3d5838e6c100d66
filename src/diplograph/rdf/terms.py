"""Terms of pyoxigraph and rdflib with their lexical forms kept; dates as days, names as they are compared."""

import calendar
import logging
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

import pyoxigraph
from pyoxigraph import Literal as OxigraphLiteral
from pyoxigraph import RdfFormat, parse
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from diplograph.errors import MalformedRdf
from diplograph.namespaces import EDTF, XSD

_DATE = re.compile(r"\s*(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T[\d:.]+(?:Z|[+-][\d:]+)?)?\s*")
_EDTF = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?P<time>T(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:Z|[+-](?:[01]\d|2[0-3])(?::[0-5]\d)?)?)?)?)?"
    r"(?P<qualifier>(?(time)|[?~%]?))",
    re.ASCII,
)
_SEASONS = {21: 3, 22: 6, 23: 9, 24: 12}
"""The month that a season of EDTF begins with, in the northern hemisphere."""
_WORD = re.compile(r"\w+")
_INITIALS = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b")
"""Letters with points between, as in U.K.: one word, with or without them."""
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


@dataclass(frozen=True, slots=True)
class EdtfDate:
    """One date of EDTF: a year, a month, a season, a day, or a moment of a day.

    A season is a `month` from 21 (spring) to 24 (winter). `time` is the time of day with its zone, as written
    from the T on; `qualifier` is `?`, `~` or `%`. Both are empty where there is none. `first` and `last` are
    the days as written, whatever the zone or the qualifier. Each season has three months, as in the northern
    hemisphere; winter ends in the year after the one written.
    """

    year: int
    month: int | None
    day: int | None
    time: str
    qualifier: str
    first: date
    last: date

    @classmethod
    def read(cls, text: str) -> "EdtfDate | None":
        """Read a date of EDTF level 0 or 1, a qualifier at its end; None for any other text.

        Specification: https://www.loc.gov/standards/datetime/
        """
        found = _EDTF.fullmatch(text)
        if found is None:
            return None
        year, month, day = (int(part) if part else None for part in found.group("year", "month", "day"))
        try:
            first, last = _bounds(year or 0, month, day)
        except ValueError:
            return None
        return cls(year or 0, month, day, found["time"] or "", found["qualifier"], first, last)


def _bounds(year: int, month: int | None, day: int | None) -> tuple[date, date]:
    """Return the first and the last day; ValueError for what is in no calendar."""
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is not None:
        return date(year, month, day), date(year, month, day)
    begin = _SEASONS.get(month, month)
    years, end = divmod(begin + 1 if month in _SEASONS else begin - 1, 12)
    last = calendar.monthrange(year + years, end + 1)[1]
    return date(year, begin, 1), date(year + years, end + 1, last)


def overlap(one: tuple[date, date], begin: date | None, end: date | None) -> bool:
    """Return whether days meet a time whose bounds may be open."""
    return (end is None or one[0] <= end) and (begin is None or begin <= one[1])


def fold(text: str) -> str:
    """Return the words of a name in one spelling, a space between each two; empty for no word at all."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_UNDECOMPOSED)
    bare = "".join(c for c in apart if c in _VOICED or not unicodedata.combining(c))
    bare = _INITIALS.sub(lambda found: found[0].replace(".", ""), bare)
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
    return text if datatype == str(EDTF.EDTF) and EdtfDate.read(text) else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
