"""Literals that the store writes otherwise than the text does: found where they are parsed.

The engine keeps numbers, booleans, dates and times by their value: `"08"^^xsd:integer` comes back as 8, and
`positiveInteger` as `integer`. What SHACL says of datatypes, lexical forms and equality is judged on the
literals as they were written.
"""

import re
from collections.abc import Mapping

from pyoxigraph import DefaultGraph, Literal, Quad

from diplograph.store import Dataset
from diplograph.vocab import XSD

_DATE = r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"
_KEPT: Mapping[str, re.Pattern[str]] = {
    str(XSD.integer): re.compile(r"0|-?[1-9][0-9]{0,17}"),
    str(XSD.boolean): re.compile("true|false"),
    str(XSD.date): re.compile(_DATE),
    str(XSD.gYear): re.compile("[1-9][0-9]{3}"),
    str(XSD.dateTime): re.compile(rf"{_DATE}T(?:[01][0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}}Z?"),
    str(XSD.string): re.compile(""),
    str(XSD.anyURI): re.compile(""),
}
"""Forms of datatypes that stay as they are; an empty expression stands for all of them."""


def is_kept(literal: Literal) -> bool:
    """Tell whether the store gives a literal back as it was written."""
    name = literal.datatype.value
    if not name.startswith(str(XSD)):
        return True
    form = _KEPT.get(name)
    if form is not None and (not form.pattern or form.fullmatch(literal.value)):
        return True
    return stored(literal) == literal


def stored(literal: Literal) -> Literal:
    """Return a literal as the store gives it back."""
    scratch, node = Dataset.memory(), literal.datatype
    scratch.extend([Quad(node, node, literal, DefaultGraph())])
    found = next(scratch.quads()).object
    return found if isinstance(found, Literal) else literal
