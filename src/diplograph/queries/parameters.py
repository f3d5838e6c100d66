"""Typed parameters of a canned query: how they are declared, and the RDF terms that values become."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from pyoxigraph import Literal, NamedNode

from diplograph.errors import DiplographError, InvalidParameter
from diplograph.namespaces import KINDS, PREFIXES, kind_of, prefixes, short, spaces
from diplograph.sparql import guard
from diplograph.sparql.clauses import selected_variables
from diplograph.sparql.header import Header

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
KEYS = {"type", "kind", "label", "description", "default", "example", "options", "multiple", "optional"}
"""What a header may say of a parameter."""
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
            return f"{TYPES[self.type].expected}, or a slug, name or code of kind {either(self.kinds)}"
        return TYPES[self.type].expected

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema (2020-12) of one value."""
        if self.options:
            return {"type": "string", "enum": [option.value for option in self.options]}
        if self.names_things:
            return {"type": "string", "maxLength": MAX_LENGTH}
        schema = dict(TYPES[self.type].schema)
        if schema["type"] == "string":
            schema["maxLength"] = MAX_LENGTH
        return schema

    def terms(self, raw: Sequence[str]) -> list[Term]:
        """The terms that the given strings stand for.

        Raises InvalidParameter, naming the parameter and what was expected.
        """
        limit = MAX_VALUES if self.multiple else 1
        if len(raw) > limit:
            raise self.refusal(f"takes at most {limit} value{'s' if limit > 1 else ''}, not {len(raw)}")
        return [term for text in raw for term in self._read(text)]

    def is_name(self, text: str) -> bool:
        """Whether a text can only be a name or a code of a thing: it is no slug and no IRI."""
        if not self.names_things or (self.kinds and SLUG.fullmatch(text)):
            return False
        try:
            return not TYPES[self.type].read(text)
        except ValueError:
            return True

    @property
    def namespaces(self) -> tuple[str, ...]:
        """What the IRIs of its kinds begin with."""
        return tuple(space for kind in self.kinds for space in namespaces(kind))

    @property
    def names_things(self) -> bool:
        """Whether any thing of the data may be a value: it is an IRI, and the header does not list which."""
        return self.type == "iri" and not self.options

    def namesakes(self, value: str) -> list[str]:
        """The IRIs of the other kinds that a slug stands for as well."""
        slug = self._slug(value)
        return [iri for space in self.namespaces if slug and (iri := space + slug) != value]

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
        return not self.kinds or iri.startswith(self.namespaces)

    def _slug(self, value: str) -> str:
        """The slug of an IRI of one of the kinds, else nothing."""
        rests = (value[len(space) :] for space in self.namespaces if value.startswith(space))
        return next(filter(SLUG.fullmatch, rests), "")

    def _read(self, text: str) -> list[Term]:
        if len(text) > MAX_LENGTH:
            raise self.refusal(f"is longer than {MAX_LENGTH} characters")
        if self.options and text not in {option.value for option in self.options}:
            raise self.refusal(f"does not offer {quoted(text)}")
        if self.kinds and SLUG.fullmatch(text):
            return [NamedNode(space + text) for space in self.namespaces]
        try:
            term = TYPES[self.type].read(text)
        except ValueError as error:
            raise self.refusal(f"does not take {quoted(text)}") from error
        if self._of_another_kind(term):
            raise self.refusal(f"does not take {quoted(text)}, which is of another kind")
        return [term]

    def _of_another_kind(self, term: Term) -> bool:
        return bool(kind_of(term.value)) and not self.has_kind(term.value)

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


def namespaces(kind: str) -> tuple[str, ...]:
    """Where the things of a kind live; `vocab` is the kind of concepts."""
    return tuple(f"{base}vocab/" if kind == "vocab" else f"{base}id/{kind}/" for base in spaces())


def is_kind(name: str) -> bool:
    """Whether `kind: name` may stand in a header."""
    return name == "vocab" or name in KINDS


def read_iri(text: str) -> NamedNode:
    """An IRI in full, in angle brackets, or shortened with one of our prefixes."""
    match = PREFIXED.fullmatch(text)
    if match and match["prefix"] in prefixes():
        return NamedNode(prefixes()[match["prefix"]] + match["local"])
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


def read_parameter(header: Header, name: str) -> Parameter:
    """Read one entry under `parameters`. Raises HeaderError with its line."""
    here = ("parameters", name)
    header.only(here, KEYS)
    kind = header.texts(*here, "kind")
    options, options_query = read_options(header, name)
    parameter = Parameter(
        name=name,
        type=header.text(*here, "type"),
        label=header.text(*here, "label"),
        description=header.text(*here, "description", default=""),
        default=header.texts(*here, "default"),
        example=header.texts(*here, "example"),
        options=options,
        options_query=options_query,
        kinds=kind,
        multiple=header.flag(*here, "multiple"),
        optional=header.flag(*here, "optional"),
    )
    if name.startswith("_") or name == "version":
        raise header.fail(here, "names that begin with _ are reserved, and version")
    if parameter.type not in TYPES:
        raise header.fail((*here, "type"), f"the type has to be one of {', '.join(TYPES)}")
    if kind and (parameter.type != "iri" or not all(map(is_kind, kind))):
        raise header.fail((*here, "kind"), "kind names kinds of things, and goes with type iri")
    return parameter


def read_options(header: Header, name: str) -> tuple[tuple[Option, ...], str | None]:
    """The closed list of values, or the text of the query that fills a form."""
    here = ("parameters", name, "options")
    value = header.mapping("parameters", name).get("options")
    if value is None:
        return (), None
    if isinstance(value, str):
        if "value" not in _columns(value):
            raise header.fail(here, "the query that offers values has to be a SELECT with a column ?value")
        return (), value
    if not isinstance(value, list) or not all(_is_option(item) for item in value):
        raise header.fail(here, "options are a list of {value, label}, or a SELECT query")
    return tuple(Option(str(item["value"]), str(item["label"])) for item in value), None


def _columns(text: str) -> tuple[str, ...]:
    try:
        return selected_variables(text) if guard.inspect(text) == "select" else ()
    except DiplographError:
        return ()


def _is_option(item: object) -> bool:
    return isinstance(item, dict) and set(item) == {"value", "label"}


def check_parameter(parameter: Parameter, clauses: set[str], header: Header) -> None:
    """Hold the declaration against the text and its own values. Raises HeaderError with the line."""
    here = ("parameters", parameter.name)
    if parameter.name not in clauses:
        raise header.fail(here, f"the text has no clause VALUES ?{parameter.name} {{ … }}")
    if not (parameter.optional or parameter.default or parameter.example):
        raise header.fail(here, "a parameter that is needed has to have an example")
    for key, values in (("default", parameter.default), ("example", parameter.example)):
        try:
            parameter.terms(values)
        except InvalidParameter as error:
            raise header.fail((*here, key), error.detail) from error
