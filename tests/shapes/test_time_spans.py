"""The bounds of every time span in the data follow from its EDTF expression."""

from datetime import date, timedelta
from time import struct_time

import edtf
import pytest

from diplograph.evidence import scaffold
from diplograph.namespaces import DG, ID
from diplograph.rdf import turtle
from diplograph.sources import KnowledgeBase


def bounds(expression: str) -> tuple[date | None, date | None]:
    """The first and last day that an expression allows; None for an open side."""
    parsed = edtf.parse_edtf(expression)
    if expression.endswith("-24"):  # the library ends winter with the year
        return _day(parsed.lower_strict()), date(int(expression[:4]) + 1, 3, 1) - timedelta(1)
    # Of an end that is unknown the library makes ten years; nothing is known of it.
    begin, end = (not expression.startswith("/"), not expression.endswith("/"))
    return _day(parsed.lower_strict()) if begin else None, _day(parsed.upper_strict()) if end else None


def _day(moment: struct_time | float) -> date | None:
    return date(*moment[:3]) if isinstance(moment, struct_time) and 1 <= moment[0] <= 9999 else None


def spans(kb: KnowledgeBase) -> list[tuple[str, str, str | None, str | None]]:
    found = []
    for paths in kb.graphs().values():
        for path in paths:
            graph = turtle.read(path)
            for span, expression in graph.subject_objects(DG.edtf):
                ends = [graph.value(span, p) for p in (DG.notBefore, DG.notAfter)]
                found.append((str(span), str(expression), *[str(e) if e is not None else None for e in ends]))
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2022-04-27", (date(2022, 4, 27), date(2022, 4, 27))),
        ("[2022-04-01..2022-04-26]", (date(2022, 4, 1), date(2022, 4, 26))),
        ("[..2022-10-31]", (None, date(2022, 10, 31))),
        ("1956", (date(1956, 1, 1), date(1956, 12, 31))),
        ("1956/", (date(1956, 1, 1), None)),
        ("2018-03-14T23:30:00-05:00", (date(2018, 3, 14), date(2018, 3, 14))),
        ("2018-03~", (date(2018, 3, 1), date(2018, 3, 31))),
        ("2018-21", (date(2018, 3, 1), date(2018, 5, 31))),
        ("2018-24", (date(2018, 12, 1), date(2019, 2, 28))),
    ],
)
def test_bounds_are_read_from_edtf(expression, expected):
    assert bounds(expression) == expected


def test_bounds_of_every_time_span_follow_from_its_expression(kb: KnowledgeBase):
    wrong = [
        (span, expression, begin, end)
        for span, expression, begin, end in spans(kb)
        if bounds(expression) != tuple(date.fromisoformat(b) if b else None for b in (begin, end))
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "expression",
    ["2018", "2018-02", "2018-02-28", "2018-03~", "2018-03-14?", "2018-03-14T12:30:00",
     "2018-03-14T12:30:00Z", "2018-03-14T12:30:00+09:00", "2018-21", "2018-22", "2018-23", "2018-24",
     "2019-24"],
)  # fmt: skip
def test_bounds_that_a_new_time_span_gets_are_those_of_the_expression(expression):
    graph = scaffold.time_span("x", expression)
    found = [graph.value(ID["time/x"], bound) for bound in (DG.notBefore, DG.notAfter)]

    assert tuple(day.toPython() for day in found) == bounds(expression)
