"""What is asked of a canned query: its own parameters and the service's, and the addresses they make."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from diplograph.errors import InvalidParameter
from diplograph.queries import CannedQuery, Parameter
from diplograph.web import bodies

RESERVED = ("_evidence", "_labels", "_lang", "_limit", "_rewrite", "_spreadsheet", "_timeout", "_version")
"""The service's own parameters, which every canned query takes."""


def parameters(given: bodies.Fields) -> dict[str, list[str]]:
    """The query's own parameters; names that begin with an underscore are the service's."""
    unknown = sorted(name for name in given if name.startswith("_") and name not in RESERVED)
    if unknown:
        raise InvalidParameter(
            f"{unknown[0][:40]!r} is not a parameter. Expected: {', '.join(RESERVED)}.",
            parameters=unknown,
        )
    return {name: values for name, values in given.items() if name not in RESERVED}


def stated(query: CannedQuery, given: bodies.Fields) -> dict[str, list[str]]:
    """The query's own parameters without what a form sends of fields that were left empty.

    An empty value stays where it says something: that a default is not wanted.
    """
    found = {}
    for name, values in parameters(given).items():
        parameter = query.parameters.get(name)
        filled = [value for value in values if value]
        says_something = parameter is not None and parameter.optional and parameter.default
        if filled or says_something:
            found[name] = filled or [""]
    return found


def query_string(query: CannedQuery, given: bodies.Fields, **more: str) -> str:
    """What was asked as a query string, in ASCII as it may stand in a header."""
    own = [(name, value) for name, values in stated(query, given).items() for value in values]
    ours = [(name, value) for name in RESERVED for value in given.get(name, ()) if name not in more]
    return urlencode([*own, *ours, *more.items()])


def address(query: CannedQuery, values: Mapping[str, list[str]]) -> str:
    """The path of a query's page with some values."""
    return f"/queries/{query.name}" + (f"?{urlencode(values, doseq=True)}" if values else "")


def permalink(query: CannedQuery, values: Mapping[str, list[str]], release: str) -> str:
    """The path under which a release gives the same answer as long as it is kept."""
    return address(query, {**values, "_version": [release]})


def needs_values(query: CannedQuery, given: bodies.Fields) -> bool:
    """Whether nothing was filled in yet and something has to be."""
    required = [p for p in query.parameters.values() if not (p.optional or p.default)]
    return bool(required) and not parameters(given)


def summary(query: CannedQuery) -> dict[str, object]:
    """What the list says about a query."""
    return {
        "name": query.name,
        "address": f"/queries/{query.name}",
        "summary": query.summary,
        "question": query.question,
        "description": query.description,
        "tags": list(query.tags),
        "form": query.form,
        "columns": list(query.variables),
        "parameters": [describe(parameter) for parameter in query.parameters.values()],
    }


def describe(parameter: Parameter) -> dict[str, object]:
    """What the list says about a parameter."""
    return {
        "name": parameter.name,
        "type": parameter.type,
        "label": parameter.label,
        "description": parameter.description,
        "expected": parameter.expected,
        "default": list(parameter.default),
        "example": list(parameter.example),
        "multiple": parameter.multiple,
        "optional": parameter.optional,
    }
