"""Numbers as bars: a row counts as one, or a column gives the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diplograph.web.answers import Shown
from diplograph.web.pictures import paper
from diplograph.web.pictures.paper import WIDTH, Chart, Picture

LEFT, RIGHT, LINE, TOP = 290, 90, 24, 12
MOST = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, the name of its part if there are several, and how much."""

    name: str
    part: str
    number: float


def draw(shown: Shown, chart: Chart, title: str) -> Picture | None:
    """The bars of an answer; None where it has nothing to count, or numbers below zero."""
    found = bars(shown, chart)
    if not found or min(bar.number for bar in found) < 0:
        return None
    kept = found[:MOST]
    largest = max(bar.number for bar in kept) or 1
    wide = WIDTH - LEFT - RIGHT
    placed, last = [], None
    for index, bar in enumerate(kept):
        placed.append(
            {
                "title": ": ".join(filter(None, (bar.name, bar.part, _number(bar.number)))),
                "name": paper.cut(bar.name, LEFT - 20 - (120 if bar.part else 0)) if bar.name != last else "",
                "part": paper.cut(bar.part, 160),
                "number": _number(bar.number),
                "y": TOP + index * LINE,
                "width": round(bar.number / largest * wide, 1),
                "first": bar.name != last,
            }
        )
        last = bar.name
    left_out = len(found) - len(kept)
    height = TOP * 2 + len(kept) * LINE + (LINE if left_out else 0)
    return paper.drawn(
        "bars", _caption(chart), title=title, height=height, left=LEFT, bars=placed, left_out=left_out
    )


def bars(shown: Shown, chart: Chart) -> list[Bar]:
    """The bars in the order of the answer, the parts of one name beside each other."""
    found: dict[str, dict[str, float]] = {}
    for row in paper.rows_of(shown):
        name = paper.text_of(row, str(chart["x"])) or "not said"
        part = (paper.text_of(row, str(chart["group"])) or "not said") if "group" in chart else ""
        number = paper.number_of(row, str(chart["y"])) if "y" in chart else 1
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
