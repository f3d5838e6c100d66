"""Canvas of every picture: its two forms, rows by name, the width of words, days across, places."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from babel.dates import format_skeleton
from flask import render_template
from markupsafe import Markup

from diplograph.documents import dates, locations, naming
from diplograph.documents.locations import PlaceName
from diplograph.engine import operations
from diplograph.engine.protocol import Engine
from diplograph.namespaces import LANGUAGES, PREFIXES
from diplograph.queries.canned import LABEL
from diplograph.translations import LANGUAGE, gettext, ngettext
from diplograph.web import links
from diplograph.web.answers import Shown
from diplograph.web.links import Cell

PER_CHARACTER = 6.6
"""How wide a letter is in the letters that pictures are written in, in pixels."""
MORE = "…"
AIR = 20
"""Days left free before the first and after the last day."""
STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 1200, 12_000, 120_000)
PER_DATE, BETWEEN_DATES = 64, 10
"""The least room for a date along a scale, and how much of it stays free, in pixels."""
BREAK = 14
"""How wide the mark is for time that is left out, in pixels."""
LONGEST_GAP = 365
"""Days without any date that a scale always has room for."""
PER_GROUP = 64
"""The least room for days that stand together, in pixels; half of it is theirs at any rate."""
FADE = 64
"""How far a span is drawn towards a side that the source leaves open, in pixels."""
NARROWEST = 7
MOST_TOLD = 12
"""The most things that the words in place of a picture tell one by one."""
EAST_ASIAN = "WF"
PIECES = re.compile(r"[!-~]+\s*|.", re.DOTALL)
"""What a line of East Asia is not broken within: a word in Latin letters, or one sign."""
Row = Mapping[str, Cell | None]
Chart = Mapping[str, Any]
MOST_SPOTS = 500
"""The most things of an answer whose places, or sources, are looked up."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a picture is drawn for, and how wide it is then, in pixels."""

    name: str
    width: int

    @property
    def is_narrow(self) -> bool:
        """Whether words have to stand above what they name, for want of room beside it."""
        return self.width < 600


WIDE, NARROW = Form("wide", 960), Form("narrow", 350)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as SVG that stands on its own, its form for a phone, and what a reader has to know."""

    svg: Markup
    narrow: Markup
    caption: str


def drawn(
    template: str, caption: str, title: str, told: Sequence[str], parts: Callable[[Form], Mapping[str, Any]]
) -> Picture:
    """Fill a template of ours, which escapes every text, in both forms.

    `told` is what the picture shows, in words without a full stop, for those who do not see it.
    """
    left = len(told) - MOST_TOLD
    rest = [ngettext("%(n)s more is in the table.", "%(n)s more are in the table.", left)] if left > 0 else []
    sentences = [gettext("%(sentence)s.", sentence=text) for text in (title, *told[:MOST_TOLD])]
    words = " ".join([*sentences, *rest])
    wide, narrow = (
        Markup(  # noqa: S704 - a template of ours, escaped
            render_template(
                f"pictures/{template}.svg",
                form=form,
                title=title,
                caption=caption,
                told=words,
                **parts(form),
            )
        )
        for form in (WIDE, NARROW)
    )
    return Picture(wide, narrow, caption)


def rows_of(shown: Shown) -> Iterator[Row]:
    """The rows of a table by the names of its columns."""
    return (dict(zip(shown.variables, row, strict=True)) for row in shown.rows)


def text_of(row: Row, name: str) -> str:
    """What a column says: of a thing its label, which may stand in a column of its own; empty for nothing."""
    cell = row.get(f"{name}{LABEL}") or row.get(name) or row.get(name.removesuffix(LABEL))
    return cell.text if cell else ""


def day_of(row: Row, name: str) -> date | None:
    """The day in a column; None where there is none."""
    cell = row.get(name)
    return _day(cell.text) if cell else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
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
    return sum(2 if _is_wide(sign) else 1 for sign in text) * PER_CHARACTER


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in EAST_ASIAN


def cut(text: str, width: float) -> str:
    """A text short enough for a width in pixels; the picture's title tells the whole."""
    if width_of(text) <= width:
        return text
    while text and width_of(text + MORE) > width:
        text = text[:-1]
    return text.rstrip() + MORE


def lines(text: str, width: float, most: int) -> list[str]:
    """A text in lines no wider than a width in pixels, and not more of them than fit."""
    if any(map(_is_wide, text)):
        return _lines_of_signs(text, width, most)
    found = textwrap.wrap(text, max(int(width / PER_CHARACTER), 1), max_lines=most, placeholder=MORE)
    return [cut(line, width) for line in found]


def _lines_of_signs(text: str, width: float, most: int) -> list[str]:
    """Lines of a text of East Asia, which may break after each of its signs; other words stay whole."""
    found = [""]
    for piece in PIECES.findall(text):
        if found[-1] and width_of(found[-1] + piece.rstrip()) > width and len(found) < most:
            found.append("")
        found[-1] += piece
    return [cut(line.strip(), width) for line in found]


def moved(day: date, days: int) -> date:
    """A day so many days off, kept within the calendar."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a scale: from a day to another, between two places in pixels."""

    begins: date
    ends: date
    left: float
    right: float

    def at(self, day: date) -> float:
        """Where a day begins."""
        share = (min(max(day, self.begins), self.ends) - self.begins).days / (self.ends - self.begins).days
        return round(self.left + share * (self.right - self.left), 1)

    def marks(self) -> list[tuple[float, str]]:
        """The first days of as many months, or years, as there is room to write, with their places."""
        most = max(int((self.right - self.left) / _per_date(self.begins)), 1)
        first = self.begins.year * 12 + self.begins.month - 1
        count = self.ends.year * 12 + self.ends.month - first
        every = next(step for step in STEPS if count / step <= most)
        numbers = (month for month in range(first, first + count) if month % every == 0 and month >= 12)
        days = [date(month // 12, month % 12 + 1, 1) for month in numbers]
        found = [(self.at(day), _named(day, every)) for day in days if self.begins <= day <= self.ends]
        fitting = [mark for mark in found if mark[0] + 3 + width_of(mark[1]) <= self.right + BREAK / 2]
        return fitting or [(self.left, f"{moved(self.begins, AIR).year:04}")]


def _named(day: date, every: int) -> str:
    return f"{day.year:04}" if every >= 12 else str(format_skeleton("yMMM", day, locale=LANGUAGE.get()))


def _per_date(day: date) -> float:
    """How much room a month near a day takes along a scale: languages write it more or less long."""
    return max(PER_DATE, width_of(_named(day.replace(month=12, day=1), 1)) + BETWEEN_DATES)


@dataclass(frozen=True, slots=True)
class Scale:
    """From days to places across the paper, in pixels; long times without any date are left out."""

    segments: tuple[Segment, ...]
    left: float
    right: float

    @classmethod
    def over(cls, spans: Iterable[Span], left: float, right: float) -> Scale:
        """A scale that holds all the spans, with air on both sides, and room for ends that are open.

        A piece is as wide as it is long and as it has days, half by each.
        """
        kept = list(spans)
        days = sorted(day for span in kept for day in (span.begins, span.ends) if day)
        begins = left + (FADE if any(span.begins is None for span in kept) else 0)
        ends = right - (FADE if any(span.ends is None for span in kept) else 0)
        groups = [(moved(first, -AIR), moved(last, AIR)) for first, last in _groups(days, ends - begins)]
        room = ends - begins - BREAK * (len(groups) - 1)
        least = min(PER_GROUP / 2, room / len(groups))
        whole = sum((last - first).days for first, last in groups)
        segments: list[Segment] = []
        for first, last in groups:
            start = segments[-1].right + BREAK if segments else begins
            held = sum(first <= day <= last for day in days) / len(days)
            share = ((last - first).days / whole + held) / 2
            wide = least + (room - least * len(groups)) * share
            segments.append(Segment(first, last, round(start, 1), round(start + wide, 1)))
        return cls(tuple(segments), left, right)

    def at(self, day: date) -> float:
        """Where a day begins; one in a time that is left out stands where the next piece begins."""
        return next((part for part in self.segments if day <= part.ends), self.segments[-1]).at(day)

    def across(self, span: Span) -> dict[str, Any]:
        """Where a span is drawn, and to which side it fades because the source leaves it open."""
        if span.begins is None:
            end = self.at(moved(span.ends or date.max, 1))
            return {"x": round(end - FADE, 1), "width": FADE, "fade": "left"}
        begin = self.at(span.begins)
        if span.ends is None:
            return {"x": begin, "width": round(self.right - begin, 1), "fade": "right"}
        wide = self.at(moved(span.ends, 1)) - begin
        return {"x": begin, "width": round(max(wide, NARROWEST), 1), "fade": ""}

    def marks(self) -> list[tuple[float, str]]:
        """What is written along the scale, with its places."""
        return [mark for segment in self.segments for mark in segment.marks()]

    def breaks(self) -> list[float]:
        """Where time is left out."""
        return [round(segment.right + BREAK / 2, 1) for segment in self.segments[:-1]]


def _groups(days: Sequence[date], room: float) -> list[tuple[date, date]]:
    """Days that stand together: cut where a gap would take much of the room, the longest gaps first."""
    rest = (days[-1] - days[0]).days
    cuts = []
    gaps = sorted((((later - day).days, later) for day, later in pairwise(days)), reverse=True)
    for long, later in gaps[: max(int(room / PER_GROUP) - 1, 0)]:
        rest -= long
        if long < LONGEST_GAP or long * 4 < rest:
            break
        cuts.append(later)
    starts = [days[0], *sorted(cuts)]
    ends = [max(day for day in days if day < start) for start in starts[1:]]
    return list(zip(starts, [*ends, days[-1]], strict=True))


@dataclass(frozen=True, slots=True)
class Span:
    """The days that something may have happened on, None for a side that is open, and the date in words."""

    begins: date | None
    ends: date | None
    when: str

    @classmethod
    def of(cls, after: date | None, before: date | None, edtf: str = "") -> Span | None:
        """A span of two bounds, None without either; the EDTF tells more of it in words."""
        if after is None and before is None:
            return None
        if after and before and after > before:
            after, before = before, after
        language = LANGUAGE.get()
        when = dates.in_words(edtf, language) if edtf else dates.between(_iso(after), _iso(before), language)
        return cls(after, before, when)

    @property
    def is_open(self) -> bool:
        """Whether the source leaves a side open."""
        return not (self.begins and self.ends)

    @property
    def order(self) -> tuple[date, date]:
        """Its place in time: of a date open at one side the other side counts."""
        return self.begins or self.ends or date.min, self.ends or date.max


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def span_of(row: Row, first: str, last: str, edtf: str) -> Span | None:
    """The span in three columns; the one with the EDTF may be missing."""
    return Span.of(day_of(row, first), day_of(row, last), text_of(row, edtf))


@dataclass(frozen=True, slots=True)
class Account:
    """The date that one source gives an act; `is_outside` tells a report from an article of the graph."""

    source: str
    span: Span
    is_outside: bool


Accounts = Mapping[str, Sequence[Account]]
"""What the sources say of each thing, by its IRI."""


def accounts_of(engine: Engine, shown: Shown, chart: Chart, languages: Sequence[str] = LANGUAGES) -> Accounts:
    """The dates that each source gives the acts of a picture of time; none for any other picture.

    A source has its name in the first of the languages that it has.
    """
    columns = {"timeline": ("label",), "exchange": ("from", "to")}.get(str(chart.get("type")), ())
    names = [str(chart[column]) for column in columns]
    cells = (row.get(name) for row in rows_of(shown) for name in names)
    iris = dict.fromkeys(cell.iri for cell in cells if cell and cell.iri)
    found: dict[str, list[Account]] = {}
    for batch in naming.batches(list(iris)[:MOST_SPOTS]):
        text = f"""PREFIX dg: <{PREFIXES["dg"]}> PREFIX dcterms: <{PREFIXES["dcterms"]}>
            SELECT DISTINCT ?act ?source ?pinned ?date ?first ?last WHERE {{
              {operations.values("act", batch)}
              ?account dg:accountOf ?act ; dg:accountTime ?time ; dcterms:source ?source .
              FILTER NOT EXISTS {{ ?account dg:accountStatus ?voice }}
              OPTIONAL {{ ?time dg:edtf ?date }}
              OPTIONAL {{ ?time dg:notBefore ?first }} OPTIONAL {{ ?time dg:notAfter ?last }}
              BIND(EXISTS {{ ?source a dg:PinnedDocument }} AS ?pinned)
            }} ORDER BY ?act ?source ?first ?last"""
        rows = operations.select(engine, text).rows
        labels = naming.labels(engine, {str(row["source"]) for row in rows})
        for row in rows:
            first, last, edtf = (str(row.get(name, "")) for name in ("first", "last", "date"))
            span = Span.of(_day(first), _day(last), edtf)
            if span:
                iri = str(row["source"])
                source = naming.best(labels.get(iri, {}), iri, languages)[0]
                account = Account(source, span, str(row["pinned"]) == "false")
                found.setdefault(str(row["act"]), []).append(account)
    return found


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
