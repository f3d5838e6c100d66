"""Canvas of every picture: rows by name, the width of words, days across; and places for the map."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template
from markupsafe import Markup

from diplograph.documents import locations
from diplograph.documents.locations import PlaceName
from diplograph.engine.protocol import Engine
from diplograph.web import links
from diplograph.web.answers import Shown
from diplograph.web.links import Cell

PER_CHARACTER = 6.6
"""How wide a letter is in the letters that pictures are written in, in pixels."""
WIDTH = 960
MORE = "…"
AIR = 20
"""Days left free before the first and after the last day."""
STEPS = (1, 2, 3, 6, 12, 60, 120, 1200, 12_000, 120_000)
PER_DATE = 58
WIDE = "WF"
Row = Mapping[str, Cell | None]
Chart = Mapping[str, Any]
OPEN = timedelta(45)
"""How far a span is drawn towards a side that the source leaves open."""
MOST_SPOTS = 500
"""The most things of an answer whose places are looked up."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as SVG that stands on its own, and what a reader has to know to read it."""

    svg: Markup
    caption: str


def drawn(template: str, caption: str, **parts: Any) -> Picture:
    """Fill a template of ours, which escapes every text."""
    svg = render_template(f"pictures/{template}.svg", width=WIDTH, **parts)
    return Picture(Markup(svg), caption)  # noqa: S704 - a template of ours, escaped


def rows_of(shown: Shown) -> Iterator[Row]:
    """The rows of a table by the names of its columns."""
    return (dict(zip(shown.variables, row, strict=True)) for row in shown.rows)


def text_of(row: Row, name: str) -> str:
    """What a column says: of a thing its label, which may stand in a column of its own; empty for nothing."""
    cell = row.get(f"{name}Label") or row.get(name)
    return cell.text if cell else ""


def day_of(row: Row, name: str) -> date | None:
    """The day in a column; None where there is none."""
    cell = row.get(name)
    try:
        return date.fromisoformat(cell.text[:10]) if cell else None
    except ValueError:
        return None


def number_of(row: Row, name: str) -> float | None:
    """The finite number in a column; None where there is none."""
    cell = row.get(name)
    try:
        found = float(cell.text) if cell else None
    except ValueError:
        return None
    return found if found is not None and abs(found) < float("inf") else None


def width_of(text: str) -> float:
    """How wide a text is about, in pixels: signs of East Asia take the place of two letters."""
    return sum(2 if unicodedata.east_asian_width(sign) in WIDE else 1 for sign in text) * PER_CHARACTER


def cut(text: str, width: float) -> str:
    """A text short enough for a width in pixels; the picture's title tells the whole."""
    if width_of(text) <= width:
        return text
    while text and width_of(text + MORE) > width:
        text = text[:-1]
    return text.rstrip() + MORE


def lines(text: str, width: float, most: int) -> list[str]:
    """A text in lines no wider than a width in pixels, and not more of them than fit."""
    found = textwrap.wrap(text, max(int(width / PER_CHARACTER), 1), max_lines=most, placeholder=MORE)
    return [cut(line, width) for line in found]


def moved(day: date, days: int) -> date:
    """A day so many days off, kept within the calendar."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


@dataclass(frozen=True, slots=True)
class Scale:
    """From days to places across the paper, between two margins in pixels."""

    begins: date
    ends: date
    left: float
    right: float

    @classmethod
    def over(cls, days: Iterable[date], left: float, right: float) -> Scale:
        """A scale that holds all the days, with air on both sides."""
        known = list(days)
        return cls(moved(min(known), -AIR).replace(day=1), moved(max(known), AIR), left, right)

    def at(self, day: date) -> float:
        """Where a day begins."""
        share = (day - self.begins).days / max((self.ends - self.begins).days, 1)
        return round(self.left + share * (WIDTH - self.left - self.right), 1)

    def after(self, day: date) -> float:
        """Where a day is over."""
        return self.at(moved(day, 1))

    def months(self) -> list[tuple[float, date]]:
        """The first days of as many months, or years, as there is room to write, with their places."""
        most = max(int((WIDTH - self.left - self.right) / PER_DATE), 2)
        count = (self.ends.year - self.begins.year) * 12 + self.ends.month - self.begins.month + 1
        every = next(step for step in STEPS if count / step <= most)
        first = self.begins.year * 12 + self.begins.month - 1
        numbers = (month for month in range(first, first + count) if month % every == 0)
        days = (date(month // 12, month % 12 + 1, 1) for month in numbers if month >= 12)
        return [(self.at(day), day) for day in days if self.begins <= day <= self.ends]


@dataclass(frozen=True, slots=True)
class Span:
    """The days that something may have happened on; `open` says that one side is drawn, not known."""

    begins: date
    ends: date
    when: str
    open: bool

    @classmethod
    def of(cls, after: date | None, before: date | None) -> Span | None:
        """A span of two bounds, None without either."""
        begins, ends = after or (before and moved(before, -OPEN.days)), before or _later(after)
        if begins is None or ends is None:
            return None
        when = f"{after or 'open'} to {before or 'open'}" if after != before else str(after)
        return cls(min(begins, ends), max(begins, ends), when, not (after and before))


def _later(day: date | None) -> date | None:
    return moved(day, OPEN.days) if day else None


@dataclass(frozen=True, slots=True)
class Spot:
    """One row of the table: a place, its names, its point in decimal degrees, and what it is a part of."""

    cell: Cell
    names: tuple[PlaceName, ...]
    latitude: float
    longitude: float
    within: str


def of_things(engine: Engine, iris: Iterable[str]) -> list[Spot]:
    """The places among some things, and those within them, that have a point; alphabetically."""
    return [
        Spot(
            links.iri_cell(one.iri, one.label, one.language or None),
            one.names,
            one.latitude,
            one.longitude,
            one.within,
        )
        for one in locations.places(engine, iris)
    ]


def of_answer(engine: Engine, shown: Shown, chart: Chart) -> list[Spot]:
    """The places of the column that a chart names; none where it asks for another picture than a map."""
    if chart.get("type") != "map" or chart.get("place") not in shown.variables:
        return []
    column = shown.variables.index(str(chart["place"]))
    iris = dict.fromkeys(cell.iri for row in shown.rows if (cell := row[column]) and cell.iri)
    return of_things(engine, list(iris)[:MOST_SPOTS])
