"""A canned query: its header understood, its parameters bound to terms, and why an answer has no rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from diplograph import media
from diplograph.documents import naming
from diplograph.engine import operations
from diplograph.engine.protocol import Engine
from diplograph.errors import DiplographError, InvalidParameter, MemoryLimit, QueryTimeout
from diplograph.queries.declarations import check_parameter, read_parameter
from diplograph.queries.parameters import Parameter, Term
from diplograph.sparql import guard
from diplograph.sparql.clauses import Clause, cuts, selected_variables, values_clauses
from diplograph.sparql.header import MARK, Header, HeaderError, split

KEYS = {"summary", "description", "question", "tags", "parameters", "chart", "statements", "rows", "pages"}
CHARTS = {"exchange", "timeline", "bar", "map", "matrix", "table", "network"}
MOST_CUT = 9_999
"""The most rows for which a query is cut inside: Virtuoso sorts no more than 10,000 under a LIMIT."""
WHY_SECONDS = 1.0
"""How long each of the questions may take; one that takes longer stays open."""
Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class CannedQuery:
    """A question with a name, an address and a tested answer.

    `statements` are the columns whose things carry evidence; `chart` is a hint for display; `rows` is how
    many the answer to its example has at least, for the tests. `pages` are the sections of pages about
    things (`state/acts`) that the query lists whole, each with the parameter that takes the thing.
    """

    name: str
    path: Path
    text: str
    form: str
    variables: tuple[str, ...]
    summary: str
    description: str
    question: str
    tags: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    chart: Mapping[str, Any]
    statements: tuple[str, ...]
    rows: int
    pages: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> "CannedQuery":
        """Reads a file. Raises HeaderError with the line of what cannot be used."""
        header, text = split(path)
        header.only((), KEYS)
        form, variables = _shape(text)
        parameters = {name: read_parameter(header, name) for name in header.mapping("parameters")}
        query = cls(
            name=path.stem,
            path=path,
            text=text,
            form=form,
            variables=variables,
            summary=header.text("summary"),
            description=header.text("description", default=""),
            question=header.text("question", default=""),
            tags=header.texts("tags"),
            parameters=parameters,
            chart=_chart(header),
            statements=header.texts("statements"),
            rows=header.number("rows"),
            pages={str(name): str(value) for name, value in header.mapping("pages").items()},
        )
        _check(query, header)
        return query

    @property
    def body(self) -> str:
        """The text without its header lines."""
        lines = self.text.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(MARK)).lstrip("\n")

    def example_values(self) -> dict[str, list[str]]:
        """Raw values that show the query at work: each parameter's example."""
        return {p.name: list(p.example) for p in self.parameters.values() if p.example}

    def bind(self, raw: Mapping[str, Sequence[str]], limit: int | None = None) -> str:
        """The query with the given values in its VALUES clauses.

        `raw` holds strings as callers send them; an empty string means left out. With a `limit` the text
        may find no more than the first `limit` rows and one that shows there are more. Raises
        InvalidParameter for a name that is not a parameter, and for a value of the wrong type.
        """
        self._refuse_unknown(raw)
        bound = {p.name: _terms(p, raw.get(p.name)) for p in self.parameters.values()}
        return cut(fill(self.body, bound), limit)

    def _refuse_unknown(self, raw: Mapping[str, Sequence[str]]) -> None:
        unknown = sorted(raw.keys() - self.parameters.keys())
        if unknown:
            known = ", ".join(self.parameters) or "none"
            detail = f"{self.name} has no parameter {unknown[0]!r}. Expected: {known}."
            raise InvalidParameter(detail, parameters=unknown, expected=known)


def fill(text: str, bound: Mapping[str, Sequence[Term]]) -> str:
    """Writes terms into the VALUES clauses of their variables; a clause left without terms goes."""
    pieces: list[str] = []
    position = 0
    for clause in values_clauses(text):
        if clause.variable in bound:
            pieces += [text[position : clause.start], _clause(text, clause, bound[clause.variable])]
            position = clause.end
    return "".join([*pieces, text[position:]])


def cut(text: str, limit: int | None) -> str:
    """Writes LIMIT, of one row more than are wanted, where the text says `#+ limit`."""
    if limit is None or limit > MOST_CUT:
        return text
    for start, end in reversed(list(cuts(text))):
        text = f"{text[:start]}LIMIT {limit + 1}{text[end:]}"
    return text


def _clause(text: str, clause: Clause, terms: Sequence[Term]) -> str:
    if not terms:
        return ""
    opening = text[clause.start : clause.inner_start]
    return f"{opening} {' '.join(str(term) for term in terms)} }}"


def _terms(parameter: Parameter, raw: Sequence[str] | None) -> list[Term]:
    given = [text for text in raw or () if text != ""]
    if given:
        return parameter.terms(given)
    if parameter.default and (raw is None or not parameter.optional):
        return parameter.terms(parameter.default)
    if parameter.optional:
        return []
    detail = f"Parameter {parameter.name!r} is needed. Expected: {parameter.expected}."
    raise InvalidParameter(detail, parameters=[parameter.name], expected=parameter.expected)


def _shape(text: str) -> tuple[str, tuple[str, ...]]:
    try:
        form = str(guard.inspect(text))
    except DiplographError as error:
        raise HeaderError(_line(error), error.detail) from error
    return form, selected_variables(text) if form == "select" else ()


def _line(error: DiplographError) -> int:
    position = error.facts.get("position")
    return int(position["line"]) if isinstance(position, dict) else 1


def _chart(header: Header) -> Mapping[str, Any]:
    chart = header.mapping("chart")
    if chart and chart.get("type") not in CHARTS:
        raise header.fail(("chart", "type"), f"the chart's type has to be one of {', '.join(sorted(CHARTS))}")
    return chart


def _check(query: CannedQuery, header: Header) -> None:
    if query.form == "select" and not query.variables:
        raise HeaderError(1, "a canned query names its columns: SELECT * is not for it")
    for section, name in query.pages.items():
        if name not in query.parameters:
            raise header.fail(("pages", section), f"{name!r} is not a parameter of the query")
    for column in query.statements:
        if column not in query.variables:
            raise header.fail(("statements",), f"{column!r} is not a column of the query")
    clauses = {clause.variable for clause in values_clauses(query.text)}
    for parameter in query.parameters.values():
        check_parameter(parameter, clauses, header)


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
    near = tuple(name for iri in unknown for name in naming.near(engine, iri))
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
        if not any(naming.exists(engine, iri) for iri in iris):
            missing += iris
    return tuple(missing)


def _has_rows(engine: Engine, query: CannedQuery, values: Values) -> bool | None:
    try:
        operation = replace(operations.operation(query.bind(values, 1)), limit=1)
        answer = engine.evaluate(operation, media.RESULTS_JSON, WHY_SECONDS)
    except (InvalidParameter, QueryTimeout, MemoryLimit):
        return None
    return bool(operations.solutions(answer.body).rows)
