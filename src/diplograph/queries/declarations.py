"""Declarations of parameters in a canned query's header."""

from diplograph.errors import DiplographError, InvalidParameter
from diplograph.queries.parameters import TYPES, Option, Parameter, is_kind
from diplograph.sparql import guard
from diplograph.sparql.clauses import selected_variables
from diplograph.sparql.header import Header

KEYS = {"type", "kind", "label", "description", "default", "example", "options", "multiple", "optional"}


def read_parameter(header: Header, name: str) -> Parameter:
    """Reads one entry under `parameters`. Raises HeaderError with its line."""
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
    if name.startswith("_"):
        raise header.fail(here, "names that begin with _ are reserved")
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
    """Holds the declaration against the text and its own values. Raises HeaderError with the line."""
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
