"""Bar charts and timelines: a bar for a number, and a span for each date, as wide as it is imprecise."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from diplograph.translations import gettext, gettext_noop, number
from diplograph.web.answers import Shown
from diplograph.web.pictures import canvas
from diplograph.web.pictures.canvas import Account, Accounts, Chart, Form, Picture, Row, Scale, Span

NAMES, NUMBERS, BAR, BAR_TOP = 290, 90, 18, 12
MOST_BARS = 100
GROUP, LABEL, SIDE, LINE_TOP, LINE_HEIGHT = 170, 340, 8, 30, 26
TEXT, TEXT_LINES, BOLDER = 15, 2, 1.12
"""How high a line of text is, the most lines of a name, and how much wider bold letters are."""
MOST_LINES = 150
OPEN = gettext_noop(
    "A bar is as wide as its date is imprecise, and fades towards a side that the source leaves open."
)
OUTSIDE = gettext_noop("A circle is the date that an outside report gives.")
SINGLE = gettext_noop(
    "A line below a bar is what an article gives, or a report with an open end; an open end has no mark."
)
BREAKS = gettext_noop("Two strokes across are a time that is left out.")
UNDATED = gettext_noop("What has no date stands in the table alone.")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, the name of its part if there are several, and how much."""

    name: str
    part: str
    number: float

    @property
    def told(self) -> str:
        """The bar in words."""
        return ": ".join(filter(None, (self.name, self.part, _number(self.number))))


def draw_bars(shown: Shown, chart: Chart, title: str) -> Picture | None:
    """The bars of an answer; None where it has nothing to count, or numbers below zero."""
    found = bars(shown, chart)
    if not found or min(bar.number for bar in found) < 0:
        return None
    left_out = len(found) - MOST_BARS
    told = [bar.told for bar in found]
    return canvas.drawn(
        "bars", _caption(chart), title, told, lambda form: _bars(found[:MOST_BARS], form, max(left_out, 0))
    )


def _bars(kept: Sequence[Bar], form: Form, left_out: int) -> dict[str, Any]:
    """Where each bar stands: beside its name, or below it where the paper is narrow."""
    largest = max(bar.number for bar in kept) or 1
    left = SIDE if form.is_narrow else NAMES
    placed: list[dict[str, Any]] = []
    last, y = None, float(BAR_TOP)
    for bar in kept:
        first, last = bar.name != last, bar.name
        texts = _bar_texts(bar, form, first=first)
        deep = max((line for line, *_ in texts), default=-1) + 1
        top = y + deep * TEXT + 2 if form.is_narrow else y
        placed.append(
            {
                "title": bar.told,
                "texts": [(y + line * TEXT + 13, *text) for line, *text in texts],
                "number": _number(bar.number),
                "x": left,
                "y": top,
                "width": round(bar.number / largest * (form.width - left - NUMBERS), 1),
                "rule": y - 3 if bar.part and first and placed else None,
            }
        )
        y = (top + BAR if form.is_narrow else y + max(deep * TEXT + 4, BAR)) + 6
    height = y + BAR_TOP + (BAR_TOP * 2 if left_out else 0)
    return {"height": height, "bars": placed, "left_out": left_out}


def _bar_texts(bar: Bar, form: Form, *, first: bool) -> list[tuple[int, float, str, str, bool]]:
    """Each text of a bar: its line, its place, the side that it stands on, itself, whether it is a head."""
    head = bar.name if first or not bar.part else ""
    if form.is_narrow:
        room = form.width - 2 * SIDE
        names = canvas.lines(head, room, TEXT_LINES) if head else []
        parts = canvas.lines(bar.part, room, 1) if bar.part else []
        return [
            (index, SIDE, "start", text, bool(bar.part) and index < len(names))
            for index, text in enumerate([*names, *parts])
        ]
    if bar.part:
        name = canvas.cut(head, NAMES - 140)
        part = canvas.cut(bar.part, NAMES - 30 - canvas.width_of(name))
        return [(0, 6, "start", name, True), (0, NAMES - 10, "end", part, False)]
    lines = canvas.lines(bar.name, NAMES - 20, TEXT_LINES)
    return [(index, NAMES - 10, "end", text, False) for index, text in enumerate(lines)]


def bars(shown: Shown, chart: Chart) -> list[Bar]:
    """The bars in the order of the answer, the parts of one name beside each other."""
    found: dict[str, dict[str, float]] = {}
    for row in canvas.rows_of(shown):
        name = canvas.text_of(row, str(chart["x"])) or gettext("not said")
        part = (canvas.text_of(row, str(chart["group"])) or gettext("not said")) if "group" in chart else ""
        size = canvas.number_of(row, str(chart["y"])) if "y" in chart else 1
        if size is not None:
            parts = found.setdefault(name, {})
            parts[part] = parts.get(part, 0) + size
    return [Bar(name, part, size) for name, parts in found.items() for part, size in _ordered(parts)]


def _ordered(parts: dict[str, float]) -> Sequence[tuple[str, float]]:
    return sorted(parts.items(), key=lambda entry: (-entry[1], entry[0].casefold()))


def _number(size: float) -> str:
    return number(int(size) if size == int(size) else float(f"{size:.4g}"))


def _caption(chart: Chart) -> str:
    if "y" in chart:
        return gettext("Each bar is the sum of %(column)s.", column=chart["y"])
    return gettext("Each bar counts rows of the table.")


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One line: what, whose, when, and the dates that single sources give."""

    label: str
    group: str
    span: Span
    accounts: tuple[Account, ...] = ()

    @property
    def told(self) -> str:
        """The line in words, with what the sources say."""
        name = f"{self.group}: {self.label}" if self.group else self.label
        said = "; ".join(f"{account.source}: {account.span.when}" for account in self.accounts)
        return f"{name}, {self.span.when}" + (f" ({said})" if said else "")


def draw_timeline(shown: Shown, chart: Chart, title: str, accounts: Accounts) -> Picture | None:
    """The lines of an answer in the order of time; None where nothing has a date."""
    found = entries(shown, chart, accounts)
    if not found:
        return None
    kept, left_out = found[:MOST_LINES], max(len(found) - MOST_LINES, 0)
    told = [entry.told for entry in found]
    caption = caption_of([(entry.span, entry.accounts) for entry in kept])
    return canvas.drawn(
        "timeline", caption, title, told, lambda form: _lines(kept, form) | {"left_out": left_out}
    )


def caption_of(dated: Sequence[tuple[Span, Sequence[Account]]]) -> str:
    """What a reader of a picture of time has to know; nothing of what it does not show."""
    accounts = [(span, account) for span, said in dated for account in said]
    parts = {
        OPEN: True,
        OUTSIDE: any(account.is_outside and not account.span.is_open for _, account in accounts),
        SINGLE: any(_is_line(account, span) for span, account in accounts),
        BREAKS: len(Scale.over(spans_of(dated), 0, canvas.WIDE.width / 2).segments) > 1,
        UNDATED: True,
    }
    return " ".join(gettext(part) for part, is_shown in parts.items() if is_shown)


def _is_line(account: Account, span: Span) -> bool:
    return account.span.is_open if account.is_outside else account.span != span


def spans_of(dated: Iterable[tuple[Span, Sequence[Account]]]) -> list[Span]:
    """All the spans that a picture of time has to have room for."""
    return [one for span, said in dated for one in (span, *(account.span for account in said))]


def marks_of(span: Span, accounts: Sequence[Account], scale: Scale) -> list[dict[str, Any]]:
    """What single sources say, where it is drawn; an article that says what the bar shows is not."""
    return [
        {"told": f"{one.source}: {one.span.when}", "outside": one.is_outside, **scale.across(one.span)}
        for one in accounts
        if one.is_outside or one.span != span
    ]


def _lines(kept: Sequence[TimelineEvent], form: Form) -> dict[str, Any]:
    """Where each line and its bar stand: beside its names, or below them where the paper is narrow."""
    widest = max(canvas.width_of(entry.group) for entry in kept) * BOLDER
    group = min(widest + 14, GROUP) if any(entry.group for entry in kept) else 0
    label = min(max(canvas.width_of(entry.label) for entry in kept) + 14, LABEL)
    left = SIDE if form.is_narrow else SIDE + group + label
    dated = [(entry.span, entry.accounts) for entry in kept]
    scale = Scale.over(spans_of(dated), left, form.width - 2 * SIDE)
    placed: list[dict[str, Any]] = []
    y = float(LINE_TOP)
    texts: list[tuple[float, float, str, bool]]
    for entry in kept:
        if form.is_narrow:
            name = f"{entry.group}: {entry.label}" if entry.group else entry.label
            lines = canvas.lines(name, form.width - 2 * SIDE, TEXT_LINES)
            texts = [(SIDE, y + index * TEXT + 11, text, False) for index, text in enumerate(lines)]
            top = y + len(lines) * TEXT
        else:
            texts = (
                [(SIDE, y + 12, canvas.cut(entry.group, (group - 14) / BOLDER), True)] if entry.group else []
            )
            lines = canvas.lines(entry.label, label - 12, TEXT_LINES)
            texts += [(SIDE + group, y + index * TEXT + 12, text, False) for index, text in enumerate(lines)]
            top = y + (len(lines) - 1) * TEXT / 2
        marks = marks_of(entry.span, entry.accounts, scale)
        line = {"title": entry.told, "texts": texts, "y": y, "top": top + 1, "marks": marks}
        height = LINE_HEIGHT + (top - y) * (1 if form.is_narrow else 2)
        placed.append(line | {"height": height, **scale.across(entry.span)})
        y += height
    months, breaks = scale.marks(), scale.breaks()
    return {"height": y + 30, "bottom": y, "entries": placed, "months": months, "breaks": breaks}


def entries(shown: Shown, chart: Chart, accounts: Accounts) -> list[TimelineEvent]:
    """What has a date, each once, the earliest first."""
    found: dict[TimelineEvent, None] = {}
    for row in canvas.rows_of(shown):
        entry = _entry(row, chart, accounts)
        if entry:
            found[entry] = None
    events = _joined(found) if chart.get("joined") else list(found)
    return sorted(events, key=lambda entry: entry.span.order)


def _entry(row: Row, chart: Chart, accounts: Accounts) -> TimelineEvent | None:
    name = str(chart["label"])
    span = canvas.span_of(row, str(chart["from"]), str(chart["to"]), str(chart.get("date", "date")))
    label, cell = canvas.text_of(row, name), row.get(name)
    if span is None or not label:
        return None
    group = canvas.text_of(row, str(chart["group"])) if "group" in chart else ""
    said = [Account(canvas.text_of(row, str(chart["joined"])), span, False)] if "joined" in chart else []
    said += accounts.get(cell.iri, ()) if cell and cell.iri else ()
    return TimelineEvent(label, group, span, tuple(said))


def _joined(found: Iterable[TimelineEvent]) -> list[TimelineEvent]:
    """One line for all dates of a thing: the longest is its bar, what the others say stands below it."""
    lines: dict[tuple[str, str], TimelineEvent] = {}
    for one in found:
        known = lines.get((one.group, one.label))
        if known is None:
            lines[one.group, one.label] = one
            continue
        longer = max(known, one, key=lambda entry: _length(entry.span))
        said = dict.fromkeys((*known.accounts, *one.accounts))
        lines[one.group, one.label] = dataclasses.replace(longer, accounts=tuple(said))
    return list(lines.values())


def _length(span: Span) -> float:
    return (span.ends - span.begins).days if span.begins and span.ends else float("inf")
