"""Exchange picture: a lane for each state, spans for imprecise dates, arcs from act to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diplograph.web.answers import Shown
from diplograph.web.pictures import canvas
from diplograph.web.pictures.canvas import WIDTH, Chart, Picture, Row, Scale, Span

LEFT, RIGHT = 120, 30
TOP, LEVEL, PAD = 34, 42, 30
NARROWEST = 8
CAPTION = (
    "A span is as wide as its date is imprecise, pale and dashed where the source leaves a side open; "
    "a circle is the day that outside reports give."
)


@dataclass(frozen=True, slots=True)
class Act:
    """One side of an exchange: who, what, and the days that it may have happened on."""

    label: str
    state: str
    span: Span


@dataclass(frozen=True, slots=True)
class Exchange:
    """An act and the one that answers it; `kind` says whether a source or the rule pairs them."""

    first: Act
    second: Act
    kind: str


def draw(shown: Shown, chart: Chart, title: str) -> Picture | None:
    """The exchanges of an answer; None where it holds none with dates."""
    found = exchanges(shown, chart)
    if not found:
        return None
    acts = [act for pair in found for act in (pair.first, pair.second)]
    scale = scale_of(acts)
    lanes = list(dict.fromkeys(act.state for act in acts))
    placed, heights = levels(acts, lanes, scale)
    tops = [TOP + sum(heights[:index]) for index in range(len(lanes))]
    boxes = {
        act: _box(act, scale, tops[lanes.index(act.state)] + level * LEVEL, below=act.state != lanes[0])
        for act, level in placed.items()
    }
    return canvas.drawn(
        "exchange",
        CAPTION,
        title=title,
        height=TOP + sum(heights) + 54,
        left=LEFT,
        lanes=[(name, tops[index], heights[index]) for index, name in enumerate(lanes)],
        boxes=boxes.values(),
        arcs=[(_arc(boxes[pair.first], boxes[pair.second]), pair.kind) for pair in found],
        kinds=sorted({pair.kind for pair in found}),
        months=scale.months(),
    )


def scale_of(acts: Sequence[Act]) -> Scale:
    """The scale that the days of all acts fit on."""
    days = [day for act in acts for day in (act.span.begins, act.span.ends) if day]
    return Scale.over(days, LEFT, RIGHT)


def exchanges(shown: Shown, chart: Chart) -> list[Exchange]:
    """The rows whose two acts both have a state and a date with a bound at least on one side."""
    found = []
    for row in canvas.rows_of(shown):
        first, second = _act(row, str(chart["from"])), _act(row, str(chart["to"]))
        if first and second:
            found.append(Exchange(first, second, canvas.text_of(row, str(chart["group"]))))
    return found


def _act(row: Row, name: str) -> Act | None:
    state = canvas.text_of(row, f"{name}State")
    span = Span.of(canvas.day_of(row, f"{name}NotBefore"), canvas.day_of(row, f"{name}NotAfter"))
    if not state or span is None:
        return None
    return Act(canvas.text_of(row, name), state, span)


def levels(acts: Sequence[Act], lanes: Sequence[str], scale: Scale) -> tuple[dict[Act, int], list[int]]:
    """The level of each act in its lane, so that no label covers another, and the heights of the lanes."""
    ends: dict[str, list[float]] = {lane: [] for lane in lanes}
    placed: dict[Act, int] = {}
    for act in sorted(dict.fromkeys(acts), key=lambda one: one.span.begins):
        box, taken = _box(act, scale, 0), ends[act.state]
        level = next((index for index, end in enumerate(taken) if end < box["from"]), len(taken))
        taken[level : level + 1] = [box["until"]]
        placed[act] = level
    return placed, [len(taken) * LEVEL + PAD for taken in ends.values()]


def _box(act: Act, scale: Scale, top: float, *, below: bool = False) -> dict[str, Any]:
    """Where a span and its label stand: on the side that no arc comes from."""
    left = scale.at(act.span.begins)
    wide = max(scale.after(act.span.ends) - left, NARROWEST)
    label = canvas.width_of(act.label)
    text = max(LEFT + label / 2, min(left + wide / 2, WIDTH - label / 2))
    return {
        "act": act,
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
