"""Texts as lexical forms of the datatypes that shapes ask for."""

import re
from datetime import date

from pyoxigraph import Literal, RdfFormat, parse

from diplograph.dates import days
from diplograph.vocab import EDTF, XSD

_WHOLE = re.compile(r"\s*([+-]?\d+)(?:\.0+)?\s*")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T.*)?")


def literal(term: str | None) -> Literal | None:
    """Return a literal that is written in N-Triples; None for anything else."""
    if term is None or not term.startswith('"'):
        return None
    quad = next(iter(parse(f"<urn:s> <urn:p> {term} .", RdfFormat.N_TRIPLES)))
    return quad.object if isinstance(quad.object, Literal) else None


def lexical(datatype: str, text: str) -> str | None:
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
