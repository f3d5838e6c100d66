"""Views of any result as pictures: which ones its columns allow, and what they are made of.

A picture is asked for as `_chart=KIND;ROLE=COLUMN;…`, such as `_chart=bar;x=status`; a role that is not named
is filled by what the columns hold. With `;form=narrow` it is drawn for a phone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diplograph.errors import InvalidParameter
from diplograph.namespaces import kind_of
from diplograph.translations import gettext, gettext_noop
from diplograph.web.answers import Shown
from diplograph.web.links import Cell

NAME = "_chart"
NARROW = "form=narrow"
DATES = frozenset({"xsd:date", "xsd:dateTime", "xsd:dateTimeStamp"})
POINT = "geo:wktLiteral"
LATITUDES, LONGITUDES = ("lat", "latitude"), ("long", "lon", "lng", "longitude")
PREDICATES = frozenset({"p", "predicate", "property", "relation", "edge"})
LOOKED_AT = 50
"""Rows that tell what a column holds."""
NAMES = {
    "bar": gettext_noop("Chart"),
    "timeline": gettext_noop("Timeline"),
    "matrix": gettext_noop("Matrix"),
    "map": gettext_noop("Map"),
    "graph": gettext_noop("Graph"),
}
DRAWN_HERE = ("bar", "timeline", "matrix")
OPTIONAL = {"bar": ("y", "group"), "timeline": ("to", "group"), "matrix": ("size", "group")}


@dataclass(frozen=True, slots=True)
class View:
    """A picture that fits a result: its kind, its name, the columns of its roles, and all it could take."""

    kind: str
    chart: Mapping[str, str]
    optional: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the page calls it."""
        return gettext(NAMES[self.kind])

    @property
    def parameter(self) -> str | None:
        """The value of `_chart`; None for a picture that only a script draws."""
        if self.kind not in DRAWN_HERE:
            return None
        return ";".join([self.kind, *(f"{role}={column}" for role, column in self.chart.items() if column)])


def fitting(shown: Shown) -> list[View]:
    """The pictures that a result allows; `shown` has each thing under its label."""
    if shown.text is not None:
        return [View("graph", {}, (), ())]
    kinds = _kinds(shown)
    charts = {
        "bar": _bar(kinds, shown),
        "timeline": _timeline(kinds),
        "matrix": _matrix(kinds),
        "map": _map(kinds),
        "graph": _graph(kinds),
    }
    if not charts["map"] and (column := place_column(shown).get("place")):
        charts["map"] = {"place": column}
    columns = tuple(kinds)
    return [View(kind, chart, OPTIONAL.get(kind, ()), columns) for kind, chart in charts.items() if chart]


def place_column(shown: Shown) -> Mapping[str, str]:
    """The chart of the first column that holds places alone, for a map; of no kind where there is none."""
    for index, name in enumerate(shown.variables):
        cells = [cell for row in shown.rows[:LOOKED_AT] if (cell := row[index]) is not None]
        if cells and all(kind_of(cell.iri or "") == "place" for cell in cells):
            return {"type": "map", "place": name}
    return {}


def chart(text: str, shown: Shown) -> dict[str, str]:
    """What is to be drawn. Raises InvalidParameter, naming what would do."""
    kind, *pairs = [part for part in text.split(";") if part != NARROW]
    fits = {view.kind: view for view in fitting(shown)}
    if kind not in DRAWN_HERE or kind not in fits:
        expected = ", ".join(name for name in fits if name in DRAWN_HERE) or "none: no column can be drawn"
        raise InvalidParameter(f"{NAME} is {text[:40]!r}. Expected: {expected}.", parameters=[NAME])
    view = fits[kind]
    roles = {role: column for role, equals, column in (pair.partition("=") for pair in pairs) if equals}
    for role, column in roles.items():
        if role not in view.chart or (
            column not in view.columns and not (column == "" and role in view.optional)
        ):
            raise InvalidParameter(
                f"{NAME} gives {role[:40]!r} the column {column[:40]!r}. "
                f"Roles: {', '.join(view.chart)}; columns: {', '.join(view.columns)}.",
                parameters=[NAME],
            )
    filled = {**view.chart, **roles}
    return {"type": kind} | {role: column for role, column in filled.items() if column}


def is_narrow(text: str) -> bool:
    """Whether a picture is asked for in the form for a phone."""
    return NARROW in text.split(";")[1:]


def _kinds(shown: Shown) -> dict[str, str]:
    """What each column holds: thing, text, number, date or point; lists and empty columns are left out."""
    found = {}
    for index, name in enumerate(shown.variables):
        kinds = {_kind(cell) for row in shown.rows[:LOOKED_AT] if (cell := row[index]) is not None}
        if len(kinds) == 1 and (kind := kinds.pop()) != "list":
            found[name] = kind
        elif kinds and "list" not in kinds:
            found[name] = "text"
    return found


def _kind(cell: Cell) -> str:
    if cell.parts:
        return "list"
    if cell.number:
        return "number"
    if cell.title in DATES:
        return "date"
    if cell.title == POINT:
        return "point"
    return "thing" if cell.iri else "text"


def _of(kinds: Mapping[str, str], *wanted: str) -> list[str]:
    return [name for name, kind in kinds.items() if kind in wanted]


def _named(kinds: Mapping[str, str]) -> list[str]:
    """Columns that name something: things before texts."""
    return [*_of(kinds, "thing"), *_of(kinds, "text")]


def _bar(kinds: Mapping[str, str], shown: Shown) -> dict[str, str]:
    """Bars of the first number that is never below zero; else rows by the column whose values recur most."""
    names = _named(kinds)
    numbers = [name for name in _of(kinds, "number") if not _has_negative(shown, name)]
    if not names:
        return {}
    x = names[0] if numbers else min(names, key=lambda name: _different(shown, name))
    return {"x": x, "y": (numbers or [""])[0], "group": ""}


def _has_negative(shown: Shown, name: str) -> bool:
    """Whether a column has a number below zero, which no bar can show."""
    index = shown.variables.index(name)
    return any(cell.text.lstrip().startswith("-") for row in shown.rows if (cell := row[index]) is not None)


def _different(shown: Shown, name: str) -> int:
    """How many values a column holds; one that is the same everywhere tells nothing and comes last."""
    index = shown.variables.index(name)
    found = len({cell.text for row in shown.rows if (cell := row[index]) is not None})
    return found if found > 1 else len(shown.rows) + 1


def _timeline(kinds: Mapping[str, str]) -> dict[str, str]:
    names, dates = _named(kinds), _of(kinds, "date")
    if not (names and dates):
        return {}
    return {"label": names[0], "from": dates[0], "to": dates[1] if dates[1:] else dates[0], "group": ""}


def _matrix(kinds: Mapping[str, str]) -> dict[str, str]:
    names, numbers = _named(kinds), _of(kinds, "number")
    if len(names) < 2:
        return {}
    return {"row": names[0], "column": names[1], "group": "", "size": (numbers or [""])[0]}


def _map(kinds: Mapping[str, str]) -> dict[str, str]:
    names, points = _named(kinds), _of(kinds, "point")
    label = {"label": names[0]} if names else {}
    numbers = {name.lower(): name for name in _of(kinds, "number")}
    latitude = next((numbers[name] for name in LATITUDES if name in numbers), None)
    longitude = next((numbers[name] for name in LONGITUDES if name in numbers), None)
    if points:
        return {"point": points[0]} | label
    return {"latitude": latitude, "longitude": longitude} | label if latitude and longitude else {}


def _graph(kinds: Mapping[str, str]) -> dict[str, str]:
    things = _of(kinds, "thing")
    says = next((name for name in things if name.lower() in PREDICATES), None)
    ends = [name for name in things if name != says]
    return {"from": ends[0], "to": ends[1]} | ({"says": says} if says else {}) if len(ends) > 1 else {}
