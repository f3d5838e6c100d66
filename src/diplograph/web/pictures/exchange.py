"""Exchange picture: a lane for each state, spans for imprecise dates, arcs from act to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diplograph.translations import gettext
from diplograph.web.answers import Shown
from diplograph.web.pictures import canvas, charts
from diplograph.web.pictures.canvas import Account, Accounts, Chart, Form, Picture, Row, Scale, Span

LEFT, RIGHT, SIDE = 120, 30, 8
TOP, LEVEL, PAD, HEAD = 34, 46, 30, 14
LANE = 1.3
"""How much wider the name of a lane is than other words."""
LEGEND, STROKE = 150, 60
"""The least room for an entry of the legend, and how much of it is not for its words, in pixels."""


@dataclass(frozen=True, slots=True)
class Act:
    """One side of an exchange: who, what, the days that it may have happened on, and what sources say."""

    label: str
    state: str
    span: Span
    accounts: tuple[Account, ...] = ()

    @property
    def told(self) -> str:
        """The act in words."""
        return f"{self.label}, {self.span.when}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An act and the one that answers it; `kind` says whether a source or the rule pairs them."""

    first: Act
    second: Act
    kind: str

    @property
    def told(self) -> str:
        """The exchange in words."""
        return gettext(
            "%(act)s; the answer (%(kind)s): %(answer)s",
            act=self.first.told,
            kind=self.kind,
            answer=self.second.told,
        )


def draw(shown: Shown, chart: Chart, title: str, accounts: Accounts) -> Picture | None:
    """The exchanges of an answer; None where it holds none with dates."""
    found = exchanges(shown, chart, accounts)
    if not found:
        return None
    acts = [act for pair in found for act in (pair.first, pair.second)]
    caption = charts.caption_of([(act.span, act.accounts) for act in acts])
    told = [pair.told for pair in found]
    return canvas.drawn("exchange", caption, title, told, lambda form: _parts(found, acts, form))


def _parts(found: Sequence[Exchange], acts: Sequence[Act], form: Form) -> dict[str, Any]:
    """Where lanes, spans and arcs stand: the name of a lane beside it, or above where the paper is narrow."""
    scale, asserted = scale_of(acts, form), gettext("asserted")
    lanes = list(dict.fromkeys(act.state for act in acts))
    placed, heights = levels(acts, lanes, scale, form)
    kinds = sorted({pair.kind for pair in found})
    head = HEAD if form.is_narrow else 0
    tops = [TOP + sum(heights[:index]) + head * index for index in range(len(lanes))]
    boxes = {
        act: _box(
            act,
            scale,
            tops[lanes.index(act.state)] + head + level * LEVEL,
            form,
            below=act.state != lanes[0],
        )
        for act, level in placed.items()
    }
    return {
        "height": TOP + sum(heights) + head * len(lanes) + 54,
        "left": scale.left,
        "legend": max([LEGEND, *(STROKE + canvas.width_of(kind) for kind in kinds)]),
        "lanes": [
            (name, tops[index], tops[index] + (10 if head else heights[index] / 2))
            for index, name in enumerate(lanes)
        ],
        "boxes": boxes.values(),
        "arcs": [
            (_arc(boxes[pair.first], boxes[pair.second]), pair.kind, pair.kind != asserted) for pair in found
        ],
        "kinds": [(kind, kind != asserted) for kind in kinds],
        "months": scale.marks(),
        "breaks": scale.breaks(),
    }


def scale_of(acts: Sequence[Act], form: Form = canvas.WIDE) -> Scale:
    """The scale that the days of all acts fit on."""
    spans = charts.spans_of((act.span, act.accounts) for act in acts)
    names = max(canvas.width_of(act.state) for act in acts) * LANE + SIDE
    left, right = (SIDE, SIDE) if form.is_narrow else (max(LEFT, round(names)), RIGHT)
    return Scale.over(spans, left, form.width - right)


def exchanges(shown: Shown, chart: Chart, accounts: Accounts) -> list[Exchange]:
    """The rows whose two acts both have a state and a date with a bound at least on one side."""
    found = []
    for row in canvas.rows_of(shown):
        first, second = (_act(row, str(chart[side]), accounts) for side in ("from", "to"))
        if first and second:
            found.append(Exchange(first, second, canvas.text_of(row, str(chart["group"]))))
    return found


def _act(row: Row, name: str, accounts: Accounts) -> Act | None:
    state, cell = canvas.text_of(row, f"{name}State"), row.get(name)
    span = canvas.span_of(row, f"{name}NotBefore", f"{name}NotAfter", f"{name}Date")
    if not state or span is None:
        return None
    said = accounts.get(cell.iri, ()) if cell and cell.iri else ()
    return Act(canvas.text_of(row, name), state, span, tuple(said))


def levels(
    acts: Sequence[Act], lanes: Sequence[str], scale: Scale, form: Form = canvas.WIDE
) -> tuple[dict[Act, int], list[int]]:
    """The level of each act in its lane, so that no label covers another, and the heights of the lanes."""
    ends: dict[str, list[float]] = {lane: [] for lane in lanes}
    placed: dict[Act, int] = {}
    for act in sorted(dict.fromkeys(acts), key=lambda one: one.span.order):
        box, taken = _box(act, scale, 0, form), ends[act.state]
        level = next((index for index, end in enumerate(taken) if end < box["from"]), len(taken))
        taken[level : level + 1] = [box["until"]]
        placed[act] = level
    return placed, [len(taken) * LEVEL + PAD for taken in ends.values()]


def _box(act: Act, scale: Scale, top: float, form: Form, *, below: bool = False) -> dict[str, Any]:
    """Where a span, its marks and its label stand: the label on the side that no arc comes from."""
    place = scale.across(act.span)
    label = canvas.cut(act.label, form.width - scale.left - SIDE)
    wide = canvas.width_of(label)
    text = max(scale.left + wide / 2, min(place["x"] + place["width"] / 2, form.width - SIDE - wide / 2))
    marks = charts.marks_of(act.span, act.accounts, scale)
    begins = [one["x"] for one in (place, *marks)]
    ends = [one["x"] + one["width"] for one in (place, *marks)]
    return {
        "act": act,
        "label": label,
        "y": top + 20,
        "baseline": top + (52 if below else 15),
        "text": round(text, 1),
        "marks": marks,
        "from": min(*begins, text - wide / 2),
        "until": max(*ends, text + wide / 2) + 8,
        **place,
    }


def _arc(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The path from the middle of a span to the middle of its answer."""
    start, end = one["x"] + one["width"] / 2, other["x"] + other["width"] / 2
    down = other["y"] > one["y"]
    begin, stop = (one["y"] + 12, other["y"]) if down else (one["y"], other["y"] + 12)
    half = (begin + stop) / 2
    return f"M{start:.1f},{begin} C{start:.1f},{half} {end:.1f},{half} {end:.1f},{stop}"
