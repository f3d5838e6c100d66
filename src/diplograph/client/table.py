"""Result tables: rows of terms, or a data frame whose columns have the XSD types of their values."""

import importlib
import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any
from typing import Literal as OneOf

from rdflib import XSD, Literal, URIRef
from rdflib.term import Node

from diplograph.engine import operations
from diplograph.namespaces import short as prefixed

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


Kind = OneOf["integer", "number", "boolean", "day", "instant", "local time", "duration", "text"]
INTEGERS = (
    *(XSD.integer, XSD.long, XSD.int, XSD.short, XSD.byte, XSD.nonNegativeInteger, XSD.positiveInteger),
    *(XSD.nonPositiveInteger, XSD.negativeInteger),
    *(XSD.unsignedLong, XSD.unsignedInt, XSD.unsignedShort, XSD.unsignedByte),
)
NUMBERS = (XSD.decimal, XSD.double, XSD.float)
WIDEST = 2**63
SHOWN = 50
"""Rows that a notebook shows of a table that stands at the end of a cell."""
KINDS: Mapping[Any, Kind] = MappingProxyType(
    {
        **dict.fromkeys(INTEGERS, "integer"),
        **dict.fromkeys(NUMBERS, "number"),
        XSD.boolean: "boolean",
        XSD.date: "day",
        XSD.dateTime: "instant",
        XSD.dateTimeStamp: "instant",
        XSD.dayTimeDuration: "duration",
    }
)
PANDAS: Mapping[Kind, str] = MappingProxyType(
    {
        "integer": "Int64",
        "number": "Float64",
        "boolean": "boolean",
        "day": "datetime64[s]",
        "instant": "datetime64[us, UTC]",
        "local time": "datetime64[us]",
        "duration": "timedelta64[us]",
        "text": "string",
    }
)
POLARS: Mapping[Kind, str] = MappingProxyType(
    {
        "integer": "Int64",
        "number": "Float64",
        "boolean": "Boolean",
        "day": "Date",
        "duration": "Duration",
        "text": "String",
    }
)


class LexicalFormWarning(UserWarning):
    """A literal does not fit its datatype, so its whole column is kept as text."""


@dataclass(frozen=True, slots=True)
class Column:
    """Values of one kind as Python has them, None where the variable is unbound."""

    name: str
    kind: Kind
    values: list[Any]

    @classmethod
    def of(cls, name: str, terms: Sequence[Node | None]) -> "Column":
        """Return the column of some terms; LexicalFormWarning when one keeps it from being typed."""
        kinds = {_kind(term) for term in terms if term is not None}
        if kinds == {"integer", "number"}:
            kinds = {"number"}
        return cls._typed(name, kinds.pop() if len(kinds) == 1 else "text", terms)

    @classmethod
    def _typed(cls, name: str, kind: Kind, terms: Sequence[Node | None]) -> "Column":
        read = READERS[kind]
        values: list[Any] = []
        for row, term in enumerate(terms, 1):
            try:
                values.append(None if term is None else read(term))
            except (ValueError, OverflowError, TypeError):
                message = f"?{name} is kept as text: row {row} holds {term!r}, which is no {kind} that fits."
                warnings.warn(message, LexicalFormWarning, stacklevel=4)
                return cls(name, "text", [None if t is None else str(t) for t in terms])
        if kind == "instant" and any(isinstance(v, datetime) and v.tzinfo is None for v in values):
            return _by_zone(name, values, terms)
        return cls(name, kind, values)


def _by_zone(name: str, values: list[Any], terms: Sequence[Node | None]) -> Column:
    """The column of instants of which some have no time zone: local times when all have none, else text."""
    if all(value is None or value.tzinfo is None for value in values):
        return Column(name, "local time", values)
    return Column(name, "text", [None if term is None else str(term) for term in terms])


def _kind(term: Node) -> Kind:
    return KINDS.get(term.datatype, "text") if isinstance(term, Literal) else "text"


def _integer(term: Node) -> int:
    value = int(_value(term))
    if not -WIDEST <= value < WIDEST:
        raise OverflowError
    return value


def _number(term: Node) -> float:
    value = float(_value(term))
    if math.isinf(value) and "INF" not in str(term):
        raise OverflowError
    return value


def _day(term: Node) -> date:
    if len(str(term)) != len("2022-04-27"):
        raise ValueError
    found: date = _value(term)
    return found


def _instant(term: Node) -> datetime:
    found: datetime = _value(term)
    return found.astimezone(UTC) if found.tzinfo else found


def _duration(term: Node) -> timedelta:
    found = _value(term)
    if not isinstance(found, timedelta):
        raise TypeError(found)
    return found


def _value(term: Node) -> Any:
    """Return the value of a literal; ValueError for a lexical form that its datatype does not have."""
    if not isinstance(term, Literal) or term.ill_typed or term.value is None:
        raise ValueError
    return term.value


READERS: Mapping[Kind, Callable[[Node], Any]] = MappingProxyType(
    {
        "integer": _integer,
        "number": _number,
        "boolean": lambda term: bool(_value(term)),
        "day": _day,
        "instant": _instant,
        "duration": _duration,
        "text": str,
    }
)


@dataclass(frozen=True)
class Table:
    """Solutions in their order.

    `rows` hold rdflib terms by variable, without the unbound ones; `release` names what they are cited by;
    `complete` is False when a limit that was asked for left rows out.
    """

    variables: tuple[str, ...]
    rows: list[Mapping[str, Node]]
    release: str
    complete: bool = True

    @classmethod
    def read(cls, body: bytes, release: str, *, complete: bool = True) -> "Table":
        """Read SPARQL 1.1 results in JSON."""
        found = operations.solutions(body)
        return cls(found.variables, list(found.rows), release, complete)

    def __len__(self) -> int:
        """Count the solutions."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Mapping[str, Node]]:
        """Yield the solutions."""
        return iter(self.rows)

    def _repr_html_(self) -> str:
        """Return the first rows as a table of HTML, which notebooks show; things lead to their pages."""
        heads = "".join(f"<th>{escape(name)}</th>" for name in self.variables)
        rows = [[_html(row.get(name)) for name in self.variables] for row in self.rows[:SHOWN]]
        body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
        count = f"{len(self)} rows" if self.complete else f"the first {len(self)} rows"
        told = f"{count}, {SHOWN} of them shown" if len(self) > SHOWN else count
        caption = f"<caption>{told}, release {escape(self.release)}</caption>"
        return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"

    def columns(self, *, short: bool = False) -> list[Column]:
        """Return the columns by the XSD types of their values; LexicalFormWarning for bad lexical forms.

        With `short`, IRIs that one of our prefixes stands for are written as prefixed names (`state:japan`).
        """
        rows = [_shortened(row) for row in self.rows] if short else self.rows
        return [Column.of(name, [row.get(name) for row in rows]) for name in self.variables]

    def to_pandas(self, *, short: bool = False) -> "pd.DataFrame":
        """Return a pandas data frame of the `columns`; needs the extra `notebook`."""
        pandas = _library("pandas")
        columns = self.columns(short=short)
        series = {c.name: pandas.Series(c.values, dtype=PANDAS[c.kind]) for c in columns}
        frame: pd.DataFrame = pandas.DataFrame(series, columns=list(self.variables))
        return frame

    def to_polars(self, *, short: bool = False) -> "pl.DataFrame":
        """Return a polars data frame of the `columns`; needs the extra `notebook`."""
        polars = _library("polars")
        columns = self.columns(short=short)
        series = [polars.Series(c.name, c.values, dtype=_polars_type(polars, c.kind)) for c in columns]
        frame: pl.DataFrame = polars.DataFrame(series)
        return frame


def _html(term: Node | None) -> str:
    """A cell of HTML: only what a browser follows is a link, and numbers stand on the right."""
    text = escape(prefixed(str(term)) if isinstance(term, URIRef) else "" if term is None else str(term))
    if isinstance(term, URIRef) and str(term).startswith(("http://", "https://")):
        return f'<td><a href="{escape(term)}">{text}</a></td>'
    is_number = term is not None and _kind(term) in ("integer", "number")
    return f'<td style="text-align: right">{text}</td>' if is_number else f"<td>{text}</td>"


def _shortened(row: Mapping[str, Node]) -> dict[str, Node]:
    return {n: URIRef(prefixed(str(t))) if isinstance(t, URIRef) else t for n, t in row.items()}


def _polars_type(polars: ModuleType, kind: Kind) -> Any:
    if kind in POLARS:
        return getattr(polars, POLARS[kind])
    return polars.Datetime("us", "UTC" if kind == "instant" else None)


def _library(name: str) -> ModuleType:
    """Import a library that only notebooks need; ImportError says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(f"{name} is not installed: pip install {name}") from error
