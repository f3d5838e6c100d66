"""Why a canned query has no rows: which of the values that were given lets nothing through.

Asked only by the query itself, bound again: once without each value, cut to one row, and whether the data
mentions what an IRI names. Nothing is found by taking the text apart, so what is said holds for any query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from diplograph import media, sparql
from diplograph.engine.protocol import Engine
from diplograph.errors import InvalidParameter, MemoryLimit, QueryTimeout
from diplograph.queries import CannedQuery, Parameter
from diplograph.resources import known

SECONDS = 1.0
"""How long each of the questions may take; one that takes longer stays open."""

Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one value does to an answer without rows.

    `unknown` are the IRIs that the data does not mention, `near` those that are spelled nearly alike.
    `helps` is whether there are rows without the value, None where that was not found out in time.
    """

    parameter: Parameter
    values: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    helps: bool | None = None


def reasons(engine: Engine, query: CannedQuery, values: Values) -> list[Reason]:
    """One reason for each parameter that was given and that the query can do without."""
    return [
        _reason(engine, query, parameter, values)
        for parameter in query.parameters.values()
        if any(values.get(parameter.name, ())) and _is_its_own(parameter, values[parameter.name])
    ]


def _reason(engine: Engine, query: CannedQuery, parameter: Parameter, values: Values) -> Reason:
    given = tuple(value for value in values[parameter.name] if value)
    unknown = _unknown(engine, parameter, given)
    near = tuple(name for iri in unknown for name in known.near(engine, iri))
    rest = {name: texts for name, texts in values.items() if name != parameter.name}
    return Reason(parameter, given, unknown, near, _has_rows(engine, query, rest))


def _is_its_own(parameter: Parameter, given: Sequence[str]) -> bool:
    """Whether the value is another than the one that stands in when it is left out."""
    filled = [value for value in given if value]
    return parameter.terms(filled) != parameter.terms(parameter.default)


def _unknown(engine: Engine, parameter: Parameter, given: Sequence[str]) -> tuple[str, ...]:
    """The IRIs that no triple mentions; a slug of several kinds is unknown when none of them is known."""
    if parameter.type != "iri":
        return ()
    missing: list[str] = []
    for value in given:
        iris = [term.value for term in parameter.terms([value]) if isinstance(term, NamedNode)]
        if not any(known.exists(engine, iri) for iri in iris):
            missing += iris
    return tuple(missing)


def _has_rows(engine: Engine, query: CannedQuery, values: Values) -> bool | None:
    try:
        operation = replace(sparql.operation(query.bind(values, 1)), limit=1)
        answer = engine.evaluate(operation, media.RESULTS_JSON, SECONDS)
    except (InvalidParameter, QueryTimeout, MemoryLimit):
        return None
    return bool(sparql.solutions(answer.body).rows)
