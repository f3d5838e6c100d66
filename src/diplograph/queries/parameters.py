"""Typed parameters of a canned query: what a value may look like, and the RDF term it becomes."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from pyoxigraph import Literal, NamedNode

from diplograph.errors import InvalidParameter
from diplograph.namespaces import DGV, ID, KINDS, PREFIXES, short

Term: TypeAlias = NamedNode | Literal

XSD = PREFIXES["xsd"]
MAX_VALUES = 100
MAX_LENGTH = 2_000
INTEGER_BOUND = 2**63

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*|\*", re.ASCII)
TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f]*")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
PREFIXED = re.compile(r"(?P<prefix>[a-z][a-z0-9]*):(?P<local>[A-Za-z0-9][\w.-]*)", re.ASCII)
BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false"}


@dataclass(frozen=True, slots=True)
class Option:
    """One offered value of a parameter and what a form shows for it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of the query that the caller may fix.

    `kinds` are the kinds of things whose bare slug is accepted (`japan` for kind `state`); the kind
    `vocab` stands for concepts. `options` is the closed list of values; `options_query` is a SELECT
    query with `?value` and `?label` that only fills a form.
    """

    name: str
    type: str
    label: str
    description: str = ""
    default: tuple[str, ...] = ()
    example: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    options_query: str | None = None
    kinds: tuple[str, ...] = ()
    multiple: bool = False
    optional: bool = False

    @property
    def expected(self) -> str:
        """What a value must look like, in words."""
        if self.options:
            return "one of " + ", ".join(option.value for option in self.options)
        if self.kinds:
            return f"{TYPES[self.type].expected}, or a slug of kind {' or '.join(self.kinds)}"
        return TYPES[self.type].expected

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema (2020-12) of one value."""
        if self.options:
            return {"type": "string", "enum": [option.value for option in self.options]}
        schema = dict(TYPES[self.type].schema)
        if schema["type"] == "string":
            schema["maxLength"] = MAX_LENGTH
        return (
            {"anyOf": [schema, {"type": "string", "pattern": f"^{SLUG.pattern}$"}]} if self.kinds else schema
        )

    def terms(self, raw: Sequence[str]) -> list[Term]:
        """The terms that the given strings stand for.

        Raises InvalidParameter, naming the parameter and what was expected.
        """
        limit = MAX_VALUES if self.multiple else 1
        if len(raw) > limit:
            raise self._invalid(f"takes at most {limit} value{'s' if limit > 1 else ''}, not {len(raw)}")
        return [term for text in raw for term in self._read(text)]

    def spelling(self, value: str) -> str:
        """The shortest text that a caller may send for a value: a slug, a prefixed name, or all of it."""
        if self.type != "iri":
            return value
        slug = value.removeprefix(namespace(self.kinds[0])) if len(self.kinds) == 1 else value
        name = short(value)
        if slug != value and SLUG.fullmatch(slug):
            return slug
        return name if PREFIXED.fullmatch(name) and read_iri(name).value == value else value

    def _read(self, text: str) -> list[Term]:
        if len(text) > MAX_LENGTH:
            raise self._invalid(f"is longer than {MAX_LENGTH} characters")
        if self.options and text not in {option.value for option in self.options}:
            raise self._invalid(f"does not offer {quoted(text)}")
        if self.kinds and SLUG.fullmatch(text):
            return [NamedNode(namespace(kind) + text) for kind in self.kinds]
        try:
            term = TYPES[self.type].read(text)
        except ValueError as error:
            raise self._invalid(f"does not take {quoted(text)}") from error
        if self._of_another_kind(term):
            raise self._invalid(f"does not take {quoted(text)}, which is of another kind")
        return [term]

    def _of_another_kind(self, term: Term) -> bool:
        ours = self.kinds and term.value.startswith(str(ID))
        return bool(ours) and not any(term.value.startswith(namespace(kind)) for kind in self.kinds)

    def _invalid(self, what: str) -> InvalidParameter:
        detail = f"Parameter {self.name!r} {what}. Expected: {self.expected}."
        return InvalidParameter(detail, parameters=[self.name], expected=self.expected)


def quoted(text: str) -> str:
    """A caller's text as it may be shown: on one line, and short."""
    return repr(text if len(text) <= 80 else text[:80] + "…")


def namespace(kind: str) -> str:
    """Where the things of a kind live; `vocab` is the kind of concepts."""
    return str(DGV) if kind == "vocab" else f"{ID}{kind}/"


def is_kind(name: str) -> bool:
    """Whether `kind: name` may stand in a header."""
    return name == "vocab" or name in KINDS


def read_iri(text: str) -> NamedNode:
    """An IRI in full, in angle brackets, or shortened with one of our prefixes."""
    match = PREFIXED.fullmatch(text)
    if match and match["prefix"] in PREFIXES:
        return NamedNode(PREFIXES[match["prefix"]] + match["local"])
    return NamedNode(text[1:-1] if text[:1] == "<" and text[-1:] == ">" else text)


def read_date(text: str) -> Literal:
    """A day, `YYYY-MM-DD`."""
    if not DAY.fullmatch(text):
        raise ValueError(text)
    return _typed(date.fromisoformat(text).isoformat(), "date")


def read_integer(text: str) -> Literal:
    """A whole number that the engine can hold: 64 bits."""
    if not INTEGER.fullmatch(text) or not -INTEGER_BOUND <= int(text) < INTEGER_BOUND:
        raise ValueError(text)
    return _typed(str(int(text)), "integer")


def read_decimal(text: str) -> Literal:
    """A number with or without a decimal point; no exponent."""
    if not DECIMAL.fullmatch(text):
        raise ValueError(text)
    return _typed(text, "decimal")


def read_boolean(text: str) -> Literal:
    """`true` or `false`; 1 and 0 stand for them."""
    if text not in BOOLEANS:
        raise ValueError(text)
    return _typed(BOOLEANS[text], "boolean")


def read_language(text: str) -> Literal:
    """A language range (RFC 4647) as the plain literal that LANGMATCHES compares with."""
    if not LANGUAGE.fullmatch(text):
        raise ValueError(text)
    return Literal(text)


def read_string(text: str) -> Literal:
    """Any text without control characters other than white space."""
    if not TEXT.fullmatch(text):
        raise ValueError(text)
    text.encode("utf-8")
    return Literal(text)


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


@dataclass(frozen=True, slots=True)
class Type:
    """How a type of parameter is read, and how it is described, in words and as JSON Schema."""

    read: Callable[[str], Term]
    expected: str
    schema: Mapping[str, Any]


TYPES: Mapping[str, Type] = {
    "iri": Type(
        read_iri,
        "an absolute IRI, in full or with a prefix such as state:japan",
        {"type": "string", "format": "iri"},
    ),
    "date": Type(read_date, "a day written YYYY-MM-DD", {"type": "string", "format": "date"}),
    "integer": Type(
        read_integer,
        "a whole number",
        {"type": "integer", "minimum": -INTEGER_BOUND, "maximum": INTEGER_BOUND - 1},
    ),
    "decimal": Type(
        read_decimal,
        "a decimal number",
        {"type": "string", "format": "decimal", "pattern": f"^{DECIMAL.pattern}$"},
    ),
    "boolean": Type(read_boolean, "true or false", {"type": "boolean"}),
    "language": Type(
        read_language,
        "a language tag such as en or ja",
        {"type": "string", "pattern": f"^({LANGUAGE.pattern})$"},
    ),
    "string": Type(read_string, "text", {"type": "string", "pattern": f"^{TEXT.pattern}$"}),
}
