"""Bar charts and timelines: a bar for a number, and a span for each date, as wide as it is imprecise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diplograph.web.answers import Shown
from diplograph.web.pictures import canvas
from diplograph.web.pictures.canvas import WIDTH, Chart, Picture, Scale, Span

LEFT, BAR_RIGHT, BAR_LINE, BAR_TOP = 290, 90, 24, 12
MOST_BARS = 100
GROUP, LABEL, LINE_RIGHT, LINE_TOP, LINE_HEIGHT = 100, 340, 16, 30, 22
NARROWEST = 6
MOST_LINES = 150
CAPTION = (
    "A span is as wide as its date is imprecise, pale and dashed where the source leaves a side open. "
    "What has no date stands in the table alone."
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, the name of its part if there are several, and how much."""

    name: str
    part: str
    number: float


def draw_bars(shown: Shown, chart: Chart, title: str) -> Picture | None:
    """The bars of an answer; None where it has nothing to count, or numbers below zero."""
    found = bars(shown, chart)
    if not found or min(bar.number for bar in found) < 0:
        return None
    kept = found[:MOST_BARS]
    largest = max(bar.number for bar in kept) or 1
    wide = WIDTH - LEFT - BAR_RIGHT
    placed, last = [], None
    for index, bar in enumerate(kept):
        placed.append(
            {
                "title": ": ".join(filter(None, (bar.name, bar.part, _number(bar.number)))),
                "name": canvas.cut(bar.name, LEFT - 20 - (120 if bar.part else 0))
                if bar.name != last
                else "",
                "part": canvas.cut(bar.part, 160),
                "number": _number(bar.number),
                "y": BAR_TOP + index * BAR_LINE,
                "width": round(bar.number / largest * wide, 1),
                "first": bar.name != last,
            }
        )
        last = bar.name
    left_out = len(found) - len(kept)
    height = BAR_TOP * 2 + len(kept) * BAR_LINE + (BAR_LINE if left_out else 0)
    return canvas.drawn(
        "bars", _caption(chart), title=title, height=height, left=LEFT, bars=placed, left_out=left_out
    )


def bars(shown: Shown, chart: Chart) -> list[Bar]:
    """The bars in the order of the answer, the parts of one name beside each other."""
    found: dict[str, dict[str, float]] = {}
    for row in canvas.rows_of(shown):
        name = canvas.text_of(row, str(chart["x"])) or "not said"
        part = (canvas.text_of(row, str(chart["group"])) or "not said") if "group" in chart else ""
        number = canvas.number_of(row, str(chart["y"])) if "y" in chart else 1
        if number is not None:
            parts = found.setdefault(name, {})
            parts[part] = parts.get(part, 0) + number
    return [Bar(name, part, number) for name, parts in found.items() for part, number in _ordered(parts)]


def _ordered(parts: dict[str, float]) -> Sequence[tuple[str, float]]:
    return sorted(parts.items(), key=lambda entry: (-entry[1], entry[0].casefold()))


def _number(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:,.4g}"


def _caption(chart: Chart) -> str:
    return f"Each bar is the sum of {chart['y']}." if "y" in chart else "Each bar counts rows of the table."


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One line: what, whose, and when."""

    label: str
    group: str
    span: Span


def draw_timeline(shown: Shown, chart: Chart, title: str) -> Picture | None:
    """The lines of an answer in the order of time; None where nothing has a date."""
    found = entries(shown, chart)
    if not found:
        return None
    kept = found[:MOST_LINES]
    grouped = any(entry.group for entry in kept)
    left = LABEL + (GROUP if grouped else 0) + 20
    scale = Scale.over(
        [day for entry in kept for day in (entry.span.begins, entry.span.ends)], left, LINE_RIGHT
    )
    placed = [
        {
            "entry": entry,
            "group": canvas.cut(entry.group, GROUP - 12),
            "label": canvas.cut(entry.label, LABEL),
            "y": LINE_TOP + index * LINE_HEIGHT,
            "x": scale.at(entry.span.begins),
            "width": round(max(scale.after(entry.span.ends) - scale.at(entry.span.begins), NARROWEST), 1),
        }
        for index, entry in enumerate(kept)
    ]
    left_out = len(found) - len(kept)
    return canvas.drawn(
        "timeline",
        CAPTION,
        title=title,
        height=LINE_TOP + len(kept) * LINE_HEIGHT + 34,
        labels=GROUP if grouped else 6,
        left=left,
        bottom=LINE_TOP + len(kept) * LINE_HEIGHT,
        entries=placed,
        months=scale.months(),
        left_out=left_out,
    )


def entries(shown: Shown, chart: Chart) -> list[TimelineEvent]:
    """What has a date, each once, the earliest first."""
    found: dict[TimelineEvent, None] = {}
    for row in canvas.rows_of(shown):
        span = Span.of(canvas.day_of(row, str(chart["from"])), canvas.day_of(row, str(chart["to"])))
        label = canvas.text_of(row, str(chart["label"]))
        if span and label:
            group = canvas.text_of(row, str(chart["group"])) if "group" in chart else ""
            found[TimelineEvent(label, group, span)] = None
    return sorted(found, key=lambda entry: (entry.span.begins, entry.span.ends))
