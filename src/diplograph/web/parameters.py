"""Parameters of the service: each is written once, for the check of a request and for /openapi.json.

A parameter is described by a JSON Schema (2020-12) of the value that its text stands for. Parameters of a
canned query are declared in its header (`diplograph.queries.parameters`); these are all the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from diplograph.documents import PROFILES
from diplograph.errors import InvalidParameter

Schema = Mapping[str, Any]
NUMBERS = {
    "integer": r"-?[0-9]{1,18}",
    "number": r"[+-]?([0-9]{1,400}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?",
}
"""How numbers are written; more is read than JSON has, such as .5."""
TAG = "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}"
MOST_LANGUAGES = 10
"""Languages of one request that are looked at."""
TAGS = rf"{TAG}(, ?{TAG}){{0,{MOST_LANGUAGES - 1}}}"
LEAST_SECONDS = 1.0
"""What a query has at least: with less, one that is answered at once would be late on a busy machine."""
IRI: Schema = {"type": "string", "format": "iri"}


@dataclass(frozen=True, slots=True)
class ServiceParameter:
    """A parameter: its name, the schema of its value, what is expected in words, and what it does."""

    name: str
    schema: Schema
    expected: str
    description: str = ""
    required: bool = field(default=False, kw_only=True)
    place: str = field(default="query", kw_only=True)

    def checked(self, text: str, name: str = "") -> str:
        """The text itself; `name` is how the request spells the parameter, where that is not its own name.

        Raises InvalidParameter, naming what was expected, for a text that does not fit.
        """
        if fits(text, self.schema):
            return text
        name = name or self.name
        raise InvalidParameter(f"{name} is {text[:40]!r}: expected {self.expected}.", parameters=[name])

    def described(self, name: str = "") -> dict[str, Any]:
        """The parameter as OpenAPI has it."""
        may_be_empty = self.place == "query" and not self.required and not fits("", self.schema)
        schema = or_empty(self.schema) if may_be_empty else dict(self.schema)
        found: dict[str, Any] = {"name": name or self.name, "in": self.place, "schema": schema}
        if self.required:
            found["required"] = True
        return found | {"description": self.description or f"{self.expected[0].upper()}{self.expected[1:]}."}


def fits(text: str, schema: Schema) -> bool:
    """Whether a text stands for a value of a schema; `format` is for those who read the value."""
    if "anyOf" in schema:
        return any(fits(text, one) for one in schema["anyOf"])
    if "enum" in schema:
        return text in map(str, schema["enum"])
    if schema["type"] == "string":
        found = _compiled(schema.get("pattern", "")).search(text)
        return found is not None and len(text) <= schema.get("maxLength", len(text))
    if not re.fullmatch(NUMBERS[schema["type"]], text):
        return False
    value, infinite = float(text), float("inf")
    least, most = schema.get("minimum", -infinite), schema.get("maximum", infinite)
    return bool(least <= value <= most and value > schema.get("exclusiveMinimum", -infinite))


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    r"""A pattern of JSON Schema, where `$` is the end of the text: in Python that is `\Z`."""
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))


def or_empty(schema: Schema) -> Schema:
    """The same schema for a field of a form, which is sent when it is left empty."""
    return {"anyOf": [dict(schema), {"type": "string", "enum": [""]}]}


ON = {"type": "integer", "enum": [0, 1]}
EVIDENCE = ServiceParameter("_evidence", ON, "1 or 0", "Columns with the passages of each row of a table.")
COLUMNS = ServiceParameter(
    "_columns",
    {"type": "string", "enum": ["headline", "all"]},
    "headline or all",
    "Which columns: those that a reader needs first, or all. Left out, a page has the former, a file all.",
)
COLUMN = "[A-Za-z][A-Za-z0-9_]{0,99}"
SORT = ServiceParameter(
    "_sort",
    {"type": "string", "pattern": f"^-?{COLUMN}$"},
    "the name of a column, such as date, or -date for the other direction",
    "The column that the rows are sorted by; with - before it, from the greatest down.",
)
FILTER = ServiceParameter(
    "_filter",
    {"type": "string", "maxLength": 200},
    "a text of at most 200 characters",
    "Only rows with this text in a cell, as it is written or shown; capital and small letters are alike.",
)
FILTER_IN = ServiceParameter(
    "_filter_in",
    {"type": "string", "pattern": f"^{COLUMN}$"},
    "the name of a column",
    "The one column that the text of _filter is looked for in.",
)
SPREADSHEET = ServiceParameter(
    "_spreadsheet", ON, "1 or 0", "The table as CSV in which a spreadsheet takes no text for a formula."
)
LABELS = ServiceParameter(
    "_labels",
    {"type": "string", "pattern": f"^({TAGS})?$"},
    f"up to {MOST_LANGUAGES} languages with commas between, such as en,ja",
    "Columns with the labels of things, in the first of these languages that has one, such as en,ja.",
)
LANG = ServiceParameter(
    "_lang",
    {"type": "string", "pattern": f"^{TAGS}$"},
    "language tags, such as ja or ja,en",
    "The language of a page, one of en, ja and ru, in the place of Accept-Language. Labels are in the first "
    "language named here that they have.",
)
LIMIT = ServiceParameter(
    "_limit",
    {"type": "integer", "minimum": 0, "maximum": 10**12 - 1},
    "a whole number of rows, 0 or more",
    "Most rows; an answer that is cut says so in Result-Complete.",
)
REWRITE = ServiceParameter(
    "_rewrite",
    {"type": "string", "enum": ["on", "off"], "default": "on"},
    "on or off",
    "Whether the query may be evaluated in a quicker form.",
)
TIMEOUT = ServiceParameter(
    "_timeout",
    {"type": "number", "exclusiveMinimum": 0},
    "seconds, a number above 0",
    f"Seconds after which the query is stopped, from {LEAST_SECONDS:g} to what the service allows itself.",
)
TIMEOUT_OF_OTHERS = ServiceParameter(
    "timeout",
    {"type": "number", "minimum": 0},
    "seconds, a number from 0 up",
    f"{TIMEOUT.description} Links made for other services ask for none with 0, or without a value.",
)
VERSION = ServiceParameter(
    "version",
    {"anyOf": [{"type": "string", "pattern": "^[0-9a-f]{8,64}$"}, {"type": "string", "format": "date"}]},
    "8 or more digits of a release's id, or a date",
    "The release to ask: 8 or more digits of its id, or a date for the last that was built by then.",
)
PROFILE = ServiceParameter(
    "_profile",
    {"type": "string", "enum": list(PROFILES), "default": PROFILES[0]},
    f"one of {', '.join(PROFILES)}",
    "How much of the thing a document in RDF tells.",
)
