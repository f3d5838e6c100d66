"""Places for a page: a table that the map is drawn from where there are scripts, and stands in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from diplograph.engine.protocol import Engine
from diplograph.resources import places
from diplograph.resources.places import PlaceName
from diplograph.web import links
from diplograph.web.answers import Shown
from diplograph.web.links import Cell
from diplograph.web.pictures.paper import Chart

MOST = 500
"""The most things of an answer whose places are looked up."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One row of the table: a place, its names, and its point in decimal degrees."""

    cell: Cell
    names: tuple[PlaceName, ...]
    latitude: float
    longitude: float


def of_things(engine: Engine, iris: Iterable[str]) -> list[Spot]:
    """The places among some things, and those within them, that have a point; alphabetically."""
    return [
        Spot(links.iri_cell(one.iri, one.label, one.language or None), one.names, one.latitude, one.longitude)
        for one in places.places(engine, iris)
    ]


def of_answer(engine: Engine, shown: Shown, chart: Chart) -> list[Spot]:
    """The places of the column that a chart names; none where it asks for another picture than a map."""
    if chart.get("type") != "map" or chart.get("place") not in shown.variables:
        return []
    column = shown.variables.index(str(chart["place"]))
    iris = dict.fromkeys(cell.iri for row in shown.rows if (cell := row[column]) and cell.iri)
    return of_things(engine, list(iris)[:MOST])
