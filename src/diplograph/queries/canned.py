"""A canned query: its header understood, its parameters bound to terms that exist, and why no row fits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from diplograph import media
from diplograph.documents import naming, provenance
from diplograph.engine import operations
from diplograph.engine.protocol import Engine, Operation
from diplograph.errors import (
    DiplographError,
    InvalidParameter,
    MemoryLimit,
    QueryTimeout,
    ResultTooLarge,
    UnknownResource,
)
from diplograph.namespaces import is_ours, short
from diplograph.namespaces import split as split_iri
from diplograph.queries.parameters import (
    MAX_VALUES,
    SLUG,
    Parameter,
    Term,
    check_parameter,
    either,
    quoted,
    read_parameter,
)
from diplograph.sparql import guard
from diplograph.sparql.clauses import Clause, selected_variables, values_clauses
from diplograph.sparql.header import MARK, Header, HeaderError, split

KEYS = {
    *("summary", "description", "question", "tags", "parameters"),
    *("chart", "key", "headline", "columns", "statements", "document", "rows", "pages"),
}
CHARTS = {"exchange", "timeline", "bar", "map", "matrix", "table", "network"}
AXES = ("rows", "columns")
"""What a chart calls its two sides in words."""
LABEL = "Label"
"""What ends the name of a variable with labels: those of `?act` are in `?actLabel`."""
WHY_SECONDS = 1.0
"""How long each of the questions may take; one that takes longer stays open."""
MOST_TOLD, MOST_NEAR = 5, 5
"""How many values that name nothing are told, and how many names that are near each."""
Values = Mapping[str, Sequence[str]]
Unresolved = tuple[Parameter, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as readers see it: a thing with its label, or a date with its bounds, under a head in words.

    `name` is the variable of the answer. `label` is the one with the thing's label, and `bounds` are those
    with the first and the last day that a date may be, where the answer has them.
    """

    name: str
    head: str
    label: str | None = None
    bounds: tuple[str, str] | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that it takes in, its own first."""
        return (self.name, *((self.label,) if self.label else ()), *(self.bounds or ()))


def columns_of(variables: Sequence[str], heads: Mapping[str, str]) -> list[Column]:
    """The columns that readers see of an answer with some variables; `heads` has words for some of them."""
    found = [_column(name, variables, heads) for name in variables]
    taken = {name for column in found for name in column.variables[1:]}
    return [column for column in found if column.name not in taken]


def _column(name: str, variables: Sequence[str], heads: Mapping[str, str]) -> Column:
    label, stem = f"{name}{LABEL}", name.removesuffix("Date") if name != "date" else ""
    bounds = (f"{stem}NotBefore", f"{stem}NotAfter") if stem else ("notBefore", "notAfter")
    is_dated = name in ("date", f"{stem}Date") and set(bounds) <= set(variables)
    return Column(
        name,
        heads.get(name) or heading(name),
        label if label in variables else None,
        bounds if is_dated else None,
    )


def heading(name: str) -> str:
    """The name of a variable in words: `notBefore` is "Not before"."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.replace("_", " ").strip().capitalize()


@dataclass(frozen=True, slots=True)
class CannedQuery:
    """A question with a name, an address and a tested answer.

    `key` are the columns of which no two rows have the same values. `headline` are those that a reader needs
    first, in that order, and `heads` has the words at the head of columns. `statements` are the columns whose
    things carry evidence, which the answer has in a last column; `document` is the column of the only
    document whose passages count for a row, where there is one. `chart` is a hint for display; `rows` is how
    many the answer to its example has at least, for the tests. `pages` are the sections of pages about things
    (`state/acts`) that the query lists whole, each with the parameter that takes the thing.
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
    key: tuple[str, ...]
    headline: tuple[str, ...]
    heads: Mapping[str, str]
    statements: tuple[str, ...]
    document: str | None
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
            key=header.texts("key") or variables,  # releases of before have none
            headline=header.texts("headline"),
            heads={str(name): header.text("columns", name) for name in header.mapping("columns")},
            statements=header.texts("statements"),
            document=header.text("document", default="") or None,
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

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the answer: those of the text, and the evidence of the rows."""
        return (*self.variables, provenance.EVIDENCE) if self._adds_evidence else self.variables

    def table(self, *, every: bool = False) -> list[Column]:
        """The columns that a reader sees: those of the headline, or these and then all others."""
        found = columns_of(self.columns, self.heads)
        first = [column for name in self.headline for column in found if column.name == name]
        return [*first, *(column for column in found if column not in first)] if every or not first else first

    @property
    def _adds_evidence(self) -> bool:
        return bool(self.statements) and provenance.EVIDENCE not in self.variables

    def example_values(self) -> dict[str, list[str]]:
        """Raw values that show the query at work: each parameter's example."""
        return {p.name: list(p.example) for p in self.parameters.values() if p.example}

    def bind(self, raw: Values) -> str:
        """The query with the given values in its VALUES clauses.

        `raw` holds strings as callers send them; an empty string means left out. Raises
        InvalidParameter for a name that is not a parameter, and for a value of the wrong type.
        """
        return fill(self.body, self.terms(raw))

    def terms(self, raw: Values) -> dict[str, list[Term]]:
        """The terms of each parameter. Raises InvalidParameter as binding does."""
        self.refuse_unknown(raw)
        return {p.name: p.terms(_chosen(p, raw.get(p.name))) for p in self.parameters.values()}

    def operation(self, raw: Values, base: str | None = None) -> Operation:
        """The operation that `provenance.evaluate` answers with all columns; `bind` says the rest."""
        asked = operations.operation(self.bind(raw), base=base)
        statements = self.statements if self._adds_evidence else ()
        return replace(asked, statements=statements, document=self.document, ours=True)

    def refuse_unknown(self, raw: Values) -> None:
        """Raise InvalidParameter for a value of what is no parameter of the query."""
        unknown = sorted(raw.keys() - self.parameters.keys())
        if unknown:
            known = ", ".join(self.parameters) or "none"
            detail = f"{self.name} has no parameter {unknown[0]!r}. Expected: {known}."
            raise InvalidParameter(detail, parameters=unknown, expected=known)


def messages(
    file: BinaryIO, _keywords: object, _tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield the texts of a query that pages translate, as an extraction method of Babel."""
    del options
    query = CannedQuery.read(Path(file.name))
    texts = [query.summary, query.question, query.description, *(one.head for one in query.table(every=True))]
    for parameter in query.parameters.values():
        texts += [parameter.label, parameter.description, *parameter.kinds]
        texts += [option.label for option in parameter.options]
    texts += [str(query.chart[axis]) for axis in AXES if axis in query.chart]
    yield from ((1, "gettext", text, []) for text in dict.fromkeys(texts) if text)


def fill(text: str, bound: Mapping[str, Sequence[Term]]) -> str:
    """Writes terms into the VALUES clauses of their variables; a clause left without terms goes."""
    pieces: list[str] = []
    position = 0
    for clause in values_clauses(text):
        if clause.variable in bound:
            pieces += [text[position : clause.start], _clause(text, clause, bound[clause.variable])]
            position = clause.end
    return "".join([*pieces, text[position:]])


def _clause(text: str, clause: Clause, terms: Sequence[Term]) -> str:
    if not terms:
        return ""
    opening = text[clause.start : clause.inner_start]
    return f"{opening} {' '.join(str(term) for term in terms)} }}"


def _chosen(parameter: Parameter, raw: Sequence[str] | None) -> Sequence[str]:
    """The texts that count: those given, else the default."""
    given = [text for text in raw or () if text != ""]
    if given:
        return given
    if parameter.default and (raw is None or not parameter.optional):
        return parameter.default
    if parameter.optional:
        return ()
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
    _check_columns(query, header)
    clauses = {clause.variable for clause in values_clauses(query.text)}
    for parameter in query.parameters.values():
        check_parameter(parameter, clauses, header)


def _check_columns(query: CannedQuery, header: Header) -> None:
    documents = () if query.document is None else (query.document,)
    for name, columns in (("key", query.key), ("statements", query.statements), ("document", documents)):
        for column in columns:
            if column not in query.variables:
                raise header.fail((name,), f"{column!r} is not a column of the query")
    shown = {column.name for column in columns_of(query.columns, {})}
    for name, columns in (("headline", query.headline), ("columns", tuple(query.heads))):
        for column in columns:
            if column not in shown:
                raise header.fail((name, column), f"{column!r} is not a column that readers see")


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A value that names nothing in the release; `near` are the IRIs of what may have been meant."""

    parameter: Parameter
    text: str
    near: tuple[str, ...]

    @property
    def is_slug(self) -> bool:
        """Whether the value is a bare name, which one of the parameter's kinds would have to have."""
        return bool(self.parameter.kinds and SLUG.fullmatch(self.text))

    @property
    def missing(self) -> str:
        """What is not there, in words without a full stop."""
        kinds = either([kind for kind in self.parameter.kinds if kind != "vocab"])
        sought = f"thing of kind {kinds}" if kinds else "concept"
        what = f"no {sought} is called" if self.is_slug else "nothing in this release is named"
        return f"{what} {quoted(self.text)}"

    @property
    def in_words(self) -> str:
        """What is not there and what is near."""
        near = f"; near: {', '.join(map(short, self.near))}" if self.near else ""
        return f"Parameter {self.parameter.name!r}: {self.missing}{near}."


def resolved(engine: Engine, query: CannedQuery, raw: Values) -> dict[str, Sequence[str]]:
    """The values, each name of a thing as the one IRI that the release has for it; an unknown one stays.

    Raises InvalidParameter as binding does, and for a slug that is the name of several things.
    """
    return _resolve(engine, query, raw)[0]


def _nothing(_text: str) -> Sequence[str]:
    """Finds nothing, where there is no index of names."""
    return ()


def checked(
    engine: Engine, query: CannedQuery, raw: Values, named: naming.Named, called: naming.Named = _nothing
) -> dict[str, Sequence[str]]:
    """The values resolved; what is no IRI or slug may be a name or a code that one thing alone bears.

    `named` finds things by names like a text, `called` by just this name. Raises UnknownResource, with what
    is near, when one names nothing. Its fact `unknown` is a list of UnknownName.
    """
    values, missing = _resolve(engine, query, raw)
    for parameter, text in missing[:MAX_VALUES]:
        if iri := _one(parameter, text, [iri for iri in called(text) if parameter.has_kind(iri)]):
            texts = (iri if one == text else one for one in values[parameter.name])
            values[parameter.name] = list(dict.fromkeys(texts))
    if missing := [(p, text) for p, text in missing if text in values[p.name]]:
        raise _unknown(engine, missing, named)
    return values


def _unknown(engine: Engine, missing: Sequence[Unresolved], named: naming.Named) -> UnknownResource:
    """The error that some values name nothing."""
    unknown = [UnknownName(p, text, _near(engine, p, text, named)) for p, text in missing[:MOST_TOLD]]
    said = [one.in_words for one in unknown]
    if more := len(missing) - len(unknown):
        said.append(f"Nothing is named by {more} more values either.")
    names = list(dict.fromkeys(parameter.name for parameter, _ in missing))
    hint = (
        None
        if any(one.near for one in unknown)
        else "Nothing has a name like this; search by label (diplograph find)."
    )
    return UnknownResource(" ".join(said), parameters=names, unknown=unknown, hint=hint)


def spellings(engine: Engine, parameter: Parameter, values: Iterable[str]) -> dict[str, str]:
    """The shortest text that a caller may send for each value: a slug where that is the name of one thing."""
    wanted = list(dict.fromkeys(values))
    taken = naming.existing(engine, [iri for value in wanted for iri in parameter.namesakes(value)])
    return {value: parameter.spelling(value, taken) for value in wanted}


def _resolve(
    engine: Engine, query: CannedQuery, raw: Values
) -> tuple[dict[str, Sequence[str]], list[Unresolved]]:
    query.refuse_unknown(raw)
    chosen = {p: _chosen(p, raw.get(p.name)) for p in query.parameters.values()}
    for p, given in chosen.items():  # what cannot be read is told before anything is looked up
        p.terms([text for text in given if not p.is_name(text)])
    meant = {
        p.name: {text: _iris(p, text) for text in given} for p, given in chosen.items() if p.names_things
    }
    there = naming.existing(
        engine, [iri for texts in meant.values() for iris in texts.values() for iri in iris]
    )
    values, missing = dict(raw), list[Unresolved]()
    for name, texts in meant.items():
        parameter = query.parameters[name]
        found = {text: _one(parameter, text, [i for i in iris if i in there]) for text, iris in texts.items()}
        if found:
            values[name] = list(dict.fromkeys(iri or text for text, iri in found.items()))
        missing += [(parameter, text) for text, iri in found.items() if not iri and text in raw.get(name, ())]
    return values, missing


def _iris(parameter: Parameter, text: str) -> list[str]:
    """The IRIs that a value may stand for: none for what can only be a name."""
    return [] if parameter.is_name(text) else [term.value for term in parameter.terms([text])]


def _one(parameter: Parameter, text: str, iris: Sequence[str]) -> str | None:
    if len(iris) > 1:
        raise parameter.refusal(f"has several things called {quoted(text)}: {', '.join(map(short, iris))}")
    return iris[0] if iris else None


def _near(engine: Engine, parameter: Parameter, text: str, named: naming.Named) -> tuple[str, ...]:
    """What may have been meant: what is spelled nearly alike, then what has such a name."""
    iris = _iris(parameter, text)
    ours = [split_iri(iri)[1].replace("-", " ") for iri in iris if is_ours(iri)]
    words = text if not iris else next(iter(ours), "")
    try:
        alike = [*(near for iri in iris for near in naming.near(engine, iri)), *named(words)]
    except (QueryTimeout, MemoryLimit, ResultTooLarge):
        return ()
    return tuple([iri for iri in dict.fromkeys(alike) if parameter.has_kind(iri)][:MOST_NEAR])


@dataclass(frozen=True, slots=True)
class Reason:
    """What one value does to an answer without rows.

    `helps` is whether there are rows without the value, None where that was not found out in time.
    """

    parameter: Parameter
    values: tuple[str, ...]
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
    rest = {name: texts for name, texts in values.items() if name != parameter.name}
    return Reason(parameter, given, _has_rows(engine, query, rest))


def _is_its_own(parameter: Parameter, given: Sequence[str]) -> bool:
    """Whether the value is another than the one that stands in when it is left out."""
    filled = [value for value in given if value]
    if len(filled) != len(parameter.default) or any(map(parameter.is_name, filled)):
        return True
    pairs = zip(filled, parameter.default, strict=True)
    return any(set(parameter.terms([a])).isdisjoint(parameter.terms([b])) for a, b in pairs)


def _has_rows(engine: Engine, query: CannedQuery, values: Values) -> bool | None:
    try:
        text = query.bind(resolved(engine, query, values))
        answer = engine.evaluate(
            replace(operations.operation(text), limit=1), media.RESULTS_JSON, WHY_SECONDS
        )
    except (InvalidParameter, QueryTimeout, MemoryLimit):
        return None
    return bool(operations.solutions(answer.body).rows)
