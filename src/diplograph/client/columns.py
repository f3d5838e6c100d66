"""Columns of a result by the XSD types of their values: what becomes a number, a date, or stays text.

Mapped are the numeric types, booleans, days, instants and durations (XML Schema 1.1, part 2). A year or a
month alone stays text, and so do days with a time zone and EDTF: none of them is a day.
"""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from typing import Literal as OneOf

from rdflib import Literal
from rdflib.namespace import XSD
from rdflib.term import Node

Kind = OneOf["integer", "number", "boolean", "day", "instant", "local time", "duration", "text"]
INTEGERS = (
    *(XSD.integer, XSD.long, XSD.int, XSD.short, XSD.byte, XSD.nonNegativeInteger, XSD.positiveInteger),
    *(XSD.nonPositiveInteger, XSD.negativeInteger),
    *(XSD.unsignedLong, XSD.unsignedInt, XSD.unsignedShort, XSD.unsignedByte),
)
NUMBERS = (XSD.decimal, XSD.double, XSD.float)
WIDEST = 2**63


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
