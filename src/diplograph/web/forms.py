"""The form of a canned query: for each parameter what can be filled in, and what the data offers for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from diplograph import media, sparql
from diplograph.engine.protocol import Engine, Operation
from diplograph.errors import InvalidParameter, MemoryLimit, QueryTimeout
from diplograph.queries import CannedQuery, Option, Parameter
from diplograph.vocab import short
from diplograph.web import bodies

SECONDS = 2.0
"""How long the values that a form offers are looked for."""
MOST_OFFERED = 500
MOST_CHOICES = 300
"""Above these a field is filled in by hand, with what the data offers as suggestions."""
MOST_BOXES = 60
TYPES: Mapping[str, str] = MappingProxyType({"date": "date", "integer": "number", "decimal": "number"})
BOOLEAN = (Option("true", "yes"), Option("false", "no"))


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter as a form shows it.

    `values` stand in it now; `options` are offered. `control` is `boxes`, `select`, or `text` with the
    options as suggestions.
    """

    parameter: Parameter
    values: tuple[str, ...]
    options: tuple[Option, ...] = ()
    control: str = "text"

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands in each text field: one more than is filled where several values may be given."""
        return (*self.values, "") if self.parameter.multiple else (self.values or ("",))[:1]

    @property
    def type(self) -> str:
        """The type of input in HTML."""
        return TYPES.get(self.parameter.type, "text")

    @property
    def is_required(self) -> bool:
        """Whether nothing stands in for a value that is left out."""
        return not (self.parameter.optional or self.parameter.default)

    @property
    def in_words(self) -> str:
        """The values by their labels."""
        labels = {option.value: option.label for option in self.options}
        return ", ".join(labels.get(value, value) for value in self.values)


def fields(engine: Engine, query: CannedQuery, given: bodies.Fields) -> list[Field]:
    """The form of a query, filled in with what was given, or else with the defaults."""
    return [field(engine, parameter, given.get(parameter.name)) for parameter in query.parameters.values()]


def field(engine: Engine, parameter: Parameter, given: Iterable[str] | None) -> Field:
    """One parameter; a value that the data does not offer is offered as well while it is chosen."""
    sent = [text for text in given or () if text]
    raw = sent if sent or (parameter.optional and given is not None) else parameter.default
    values = tuple(dict.fromkeys(_spelled(parameter, text) for text in raw))
    plain = Field(parameter, values)
    options = offered(engine, parameter)
    known = {option.value for option in options}
    options += tuple(Option(value, value) for value in values if options and value not in known)
    return replace(plain, options=options, control=_control(parameter, len(options)))


def offered(engine: Engine, parameter: Parameter) -> tuple[Option, ...]:
    """The values to choose from: the header's list, or what its query finds in time, each once."""
    if parameter.options:
        return parameter.options
    if parameter.type == "boolean":
        return BOOLEAN
    if parameter.options_query is None:
        return ()
    operation = Operation(parameter.options_query, "select", limit=MOST_OFFERED)
    try:
        found = sparql.solutions(engine.evaluate(operation, media.RESULTS_JSON, SECONDS).body)
    except (QueryTimeout, MemoryLimit):
        return ()
    options: dict[str, Option] = {}
    for row in found.rows:
        value = parameter.spelling(str(row["value"]))
        if _is_taken(parameter, value):
            options.setdefault(value, Option(value, str(row.get("label", short(str(row["value"]))))))
    return tuple(options.values())


def _control(parameter: Parameter, options: int) -> str:
    if parameter.multiple:
        return "boxes" if 0 < options <= MOST_BOXES else "text"
    return "select" if 0 < options <= MOST_CHOICES else "text"


def _spelled(parameter: Parameter, text: str) -> str:
    """A value as the options spell it; one that the parameter does not take as it is."""
    try:
        terms = parameter.terms([text])
    except InvalidParameter:
        return text
    return parameter.spelling(terms[0].value) if len(terms) == 1 else text


def _is_taken(parameter: Parameter, value: str) -> bool:
    try:
        return bool(value) and bool(parameter.terms([value]))
    except InvalidParameter:
        return False
