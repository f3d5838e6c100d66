"""Exchanges as a picture: a lane for each state, spans for imprecise dates, arcs from act to answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import render_template

from diplograph.web.answers import Shown
from diplograph.web.links import Cell

LEFT, WIDTH, RIGHT = 120, 960, 30
TOP, LEVEL, PAD = 34, 42, 30
NARROWEST = 8
OPEN = timedelta(45)
"""How far a span is drawn towards a side that the source leaves open."""
PER_CHARACTER = 6.6
Row = Mapping[str, Cell | None]


@dataclass(frozen=True, slots=True)
class Act:
    """One side of an exchange: who, what, and the days that it may have happened on.

    `when` says it in words; `open` that one side is drawn, not known; `reported` is the day that outside
    reports give.
    """

    label: str
    state: str
    begins: date
    ends: date
    when: str
    open: bool
    reported: date | None


@dataclass(frozen=True, slots=True)
class Exchange:
    """An act and the one that answers it; `kind` says whether a source or the rule pairs them."""

    first: Act
    second: Act
    kind: str


@dataclass(frozen=True, slots=True)
class Scale:
    """From days to places across the picture."""

    begins: date
    ends: date

    @classmethod
    def over(cls, acts: Iterable[Act]) -> Scale:
        """A scale with a month of air on both sides."""
        days = [day for act in acts for day in (act.begins, act.ends, act.reported) if day]
        return cls((min(days) - timedelta(20)).replace(day=1), max(days) + timedelta(20))

    def at(self, day: date) -> float:
        """Where a day begins."""
        share = (day - self.begins).days / max((self.ends - self.begins).days, 1)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def months(self) -> list[date]:
        """The first days of at most a dozen months, or of years, to write below."""
        count = (self.ends.year - self.begins.year) * 12 + self.ends.month - self.begins.month + 1
        every = next(step for step in (1, 2, 3, 6, 12, 60, 120, 1200) if count / step <= 12)
        first = self.begins.year * 12 + self.begins.month - 1
        found = (
            date(month // 12, month % 12 + 1, 1)
            for month in range(first, first + count)
            if month % every == 0
        )
        return [month for month in found if self.begins <= month <= self.ends]


def exchange(shown: Shown, chart: Mapping[str, Any], title: str) -> str | None:
    """The picture that a query's header asks for, as SVG; None for another chart or without dates."""
    found = exchanges(shown, chart) if chart.get("type") == "exchange" else []
    if not found:
        return None
    acts = [act for pair in found for act in (pair.first, pair.second)]
    scale = Scale.over(acts)
    lanes = list(dict.fromkeys(act.state for act in acts))
    placed, heights = _placed(acts, lanes, scale)
    tops = [TOP + sum(heights[:index]) for index in range(len(lanes))]
    boxes = {
        act: _box(act, scale, tops[lanes.index(act.state)] + level * LEVEL, below=act.state != lanes[0])
        for act, level in placed.items()
    }
    return render_template(
        "exchange.svg",
        title=title,
        width=WIDTH,
        height=TOP + sum(heights) + 54,
        left=LEFT,
        lanes=[(name, tops[index], heights[index]) for index, name in enumerate(lanes)],
        boxes=boxes.values(),
        arcs=[(_arc(boxes[pair.first], boxes[pair.second]), pair.kind) for pair in found],
        kinds=sorted({pair.kind for pair in found}),
        months=[(scale.at(month), month) for month in scale.months()],
    )


def exchanges(shown: Shown, chart: Mapping[str, Any]) -> list[Exchange]:
    """The rows whose two acts both have a state and a date with a bound at least on one side."""
    rows = (dict(zip(shown.variables, row, strict=True)) for row in shown.rows)
    found = []
    for row in rows:
        first, second = _act(row, str(chart["from"])), _act(row, str(chart["to"]))
        if first and second:
            found.append(Exchange(first, second, _text(row, str(chart["group"]))))
    return found


def _act(row: Row, name: str) -> Act | None:
    label, state = _text(row, f"{name}Label"), _text(row, f"{name}State")
    after, before = _day(row, f"{name}NotBefore"), _day(row, f"{name}NotAfter")
    begins, ends = after or (before and before - OPEN), before or (after and after + OPEN)
    if not state or begins is None or ends is None:
        return None
    when = f"{after or 'open'} to {before or 'open'}" if after != before else str(after)
    return Act(label, state, begins, ends, when, not (after and before), _day(row, f"{name}Reported"))


def _day(row: Row, name: str) -> date | None:
    try:
        return date.fromisoformat(_text(row, name)[:10])
    except ValueError:
        return None


def _text(row: Row, name: str) -> str:
    cell = row.get(name)
    return cell.text if cell else ""


def _placed(acts: Sequence[Act], lanes: Sequence[str], scale: Scale) -> tuple[dict[Act, int], list[int]]:
    """The level of each act in its lane, so that no label covers another, and the heights of the lanes."""
    ends: dict[str, list[float]] = {lane: [] for lane in lanes}
    placed: dict[Act, int] = {}
    for act in sorted(dict.fromkeys(acts), key=lambda one: one.begins):
        box, levels = _box(act, scale, 0), ends[act.state]
        level = next((index for index, end in enumerate(levels) if end < box["from"]), len(levels))
        levels[level : level + 1] = [box["until"]]
        placed[act] = level
    return placed, [len(levels) * LEVEL + PAD for levels in ends.values()]


def _box(act: Act, scale: Scale, top: float, *, below: bool = False) -> dict[str, Any]:
    """Where a span and its label stand: on the side that no arc comes from."""
    left = scale.at(act.begins)
    wide = max(scale.at(act.ends + timedelta(1)) - left, NARROWEST)
    label = len(act.label) * PER_CHARACTER
    text = max(LEFT + label / 2, min(left + wide / 2, WIDTH - label / 2))
    return {
        "act": act,
        "reported": scale.at(act.reported) if act.reported else None,
        "x": left,
        "y": top + 20,
        "baseline": top + (46 if below else 15),
        "width": round(wide, 1),
        "text": round(text, 1),
        "from": min(left, text - label / 2),
        "until": max(left + wide, text + label / 2) + 8,
    }


def _arc(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The path from the middle of a span to the middle of its answer."""
    start, end = one["x"] + one["width"] / 2, other["x"] + other["width"] / 2
    down = other["y"] > one["y"]
    begin, stop = (one["y"] + 12, other["y"]) if down else (one["y"], other["y"] + 12)
    half = (begin + stop) / 2
    return f"M{start:.1f},{begin} C{start:.1f},{half} {end:.1f},{half} {end:.1f},{stop}"
