"""What happened as lines in time: one span a row, as wide as its date is imprecise."""

from __future__ import annotations

from dataclasses import dataclass

from diplograph.web.answers import Shown
from diplograph.web.pictures import paper
from diplograph.web.pictures.paper import Chart, Picture, Scale, Span

GROUP, LABEL, RIGHT, TOP, LINE = 100, 340, 16, 30, 22
NARROWEST = 6
MOST = 150
CAPTION = (
    "A span is as wide as its date is imprecise, pale and dashed where the source leaves a side open. "
    "What has no date stands in the table alone."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what, whose, and when."""

    label: str
    group: str
    span: Span


def draw(shown: Shown, chart: Chart, title: str) -> Picture | None:
    """The lines of an answer in the order of time; None where nothing has a date."""
    found = entries(shown, chart)
    if not found:
        return None
    kept = found[:MOST]
    grouped = any(entry.group for entry in kept)
    left = LABEL + (GROUP if grouped else 0) + 20
    scale = Scale.over([day for entry in kept for day in (entry.span.begins, entry.span.ends)], left, RIGHT)
    placed = [
        {
            "entry": entry,
            "group": paper.cut(entry.group, GROUP - 12),
            "label": paper.cut(entry.label, LABEL),
            "y": TOP + index * LINE,
            "x": scale.at(entry.span.begins),
            "width": round(max(scale.after(entry.span.ends) - scale.at(entry.span.begins), NARROWEST), 1),
        }
        for index, entry in enumerate(kept)
    ]
    left_out = len(found) - len(kept)
    return paper.drawn(
        "timeline",
        CAPTION,
        title=title,
        height=TOP + len(kept) * LINE + 34,
        labels=GROUP if grouped else 6,
        left=left,
        bottom=TOP + len(kept) * LINE,
        entries=placed,
        months=scale.months(),
        left_out=left_out,
    )


def entries(shown: Shown, chart: Chart) -> list[Entry]:
    """What has a date, each once, the earliest first."""
    found: dict[Entry, None] = {}
    for row in paper.rows_of(shown):
        span = Span.of(paper.day_of(row, str(chart["from"])), paper.day_of(row, str(chart["to"])))
        label = paper.text_of(row, str(chart["label"]))
        if span and label:
            group = paper.text_of(row, str(chart["group"])) if "group" in chart else ""
            found[Entry(label, group, span)] = None
    return sorted(found, key=lambda entry: (entry.span.begins, entry.span.ends))
