"""Typed parameters of a canned query: what a value may look like, and the RDF term it becomes."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
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
            return f"{TYPES[self.type].expected}, or a slug of kind {either(self.kinds)}"
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
            raise self.refusal(f"takes at most {limit} value{'s' if limit > 1 else ''}, not {len(raw)}")
        return [term for text in raw for term in self._read(text)]

    @property
    def names_things(self) -> bool:
        """Whether any thing of the data may be a value: it is an IRI, and the header does not list which."""
        return self.type == "iri" and not self.options

    def namesakes(self, value: str) -> list[str]:
        """The IRIs of the other kinds that a slug stands for as well."""
        slug = self._slug(value)
        return [iri for kind in self.kinds if slug and (iri := namespace(kind) + slug) != value]

    def spelling(self, value: str, taken: Collection[str] = ()) -> str:
        """The shortest text that a caller may send for a value: a slug, a prefixed name, or all of it.

        `taken` are IRIs in use: a slug that stands for one of these too would be ambiguous.
        """
        if self.type != "iri":
            return value
        slug, name = self._slug(value), short(value)
        if slug and not any(iri in taken for iri in self.namesakes(value)):
            return slug
        return name if PREFIXED.fullmatch(name) and read_iri(name).value == value else value

    def has_kind(self, iri: str) -> bool:
        """Whether an IRI is of one of the kinds; any is where there are none."""
        return not self.kinds or any(iri.startswith(namespace(kind)) for kind in self.kinds)

    def _slug(self, value: str) -> str:
        """The slug of an IRI of one of the kinds, else nothing."""
        rests = (value[len(namespace(k)) :] for k in self.kinds if value.startswith(namespace(k)))
        return next(filter(SLUG.fullmatch, rests), "")

    def _read(self, text: str) -> list[Term]:
        if len(text) > MAX_LENGTH:
            raise self.refusal(f"is longer than {MAX_LENGTH} characters")
        if self.options and text not in {option.value for option in self.options}:
            raise self.refusal(f"does not offer {quoted(text)}")
        if self.kinds and SLUG.fullmatch(text):
            return [NamedNode(namespace(kind) + text) for kind in self.kinds]
        try:
            term = TYPES[self.type].read(text)
        except ValueError as error:
            raise self.refusal(f"does not take {quoted(text)}") from error
        if self._of_another_kind(term):
            raise self.refusal(f"does not take {quoted(text)}, which is of another kind")
        return [term]

    def _of_another_kind(self, term: Term) -> bool:
        return term.value.startswith(str(ID)) and not self.has_kind(term.value)

    def refusal(self, what: str) -> InvalidParameter:
        """The error that a value cannot be taken, with what was expected."""
        detail = f"Parameter {self.name!r} {what}. Expected: {self.expected}."
        return InvalidParameter(detail, parameters=[self.name], expected=self.expected)


def either(words: Sequence[str]) -> str:
    """Words with commas between and `or` before the last."""
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


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
