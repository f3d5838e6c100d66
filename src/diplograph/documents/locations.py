"""Locations: the points of places and of places within them, with every name and who uses it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import Literal

from diplograph.documents import naming
from diplograph.engine import operations
from diplograph.engine.protocol import Engine
from diplograph.namespaces import PREFIXES

POINT = re.compile(
    r"\s*(?:<(?P<system>[^>]*)>)?\s*POINT\s*\(\s*(?P<longitude>[-+.\dE]+)\s+(?P<latitude>[-+.\dE]+)\s*\)\s*",
    re.IGNORECASE,
)
DIGITS = 5
"""Digits of a degree that are kept: about a metre, which an engine that stores less precisely still gives."""
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name with its language, and the labels of those who use it with theirs, alphabetically."""

    text: str
    language: str
    users: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its point in decimal degrees; its names are ordered by the first of those who use them.

    `within` is the IRI of the place found with it that it is a part of, empty without one.
    """

    iri: str
    label: str
    language: str
    latitude: float
    longitude: float
    names: tuple[PlaceName, ...]
    within: str = ""


def places(engine: Engine, iris: Iterable[str]) -> list[Place]:
    """Return the places among some things, and those within them, that have a point; alphabetically."""
    points = _points(engine, iris)
    labels, names, wholes = naming.labels(engine, points), _names(engine, points), _wholes(engine, points)
    found = []
    for iri, (latitude, longitude) in points.items():
        label, language = naming.best(labels.get(iri, {}), iri)
        own = tuple(names.get(iri, ()))
        found.append(Place(iri, label, language, latitude, longitude, own, wholes.get(iri, "")))
    return sorted(found, key=lambda place: (place.label.casefold(), place.iri))


def point(wkt: str) -> tuple[float, float] | None:
    """Return latitude and longitude of a point in WKT as GeoSPARQL 1.1 writes it; None for all else."""
    match = POINT.fullmatch(wkt)
    if match is None or match["system"] not in (None, CRS84):
        return None
    try:
        latitude, longitude = float(match["latitude"]), float(match["longitude"])
    except ValueError:
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return round(latitude, DIGITS), round(longitude, DIGITS)


def _points(engine: Engine, iris: Iterable[str]) -> dict[str, tuple[float, float]]:
    found = {}
    for batch in naming.batches(iris):
        text = f"""PREFIX dg: <{PREFIXES["dg"]}> PREFIX geo: <{PREFIXES["geo"]}>
            SELECT DISTINCT ?place ?wkt WHERE {{
              {operations.values("asked", batch)}
              {{ ?asked geo:hasDefaultGeometry ?shape BIND(?asked AS ?place) }}
              UNION {{ ?place dg:within ?asked ; geo:hasDefaultGeometry ?shape }}
              ?shape geo:asWKT ?wkt
            }} ORDER BY ?place ?wkt"""
        for row in operations.select(engine, text).rows:
            place = point(str(row["wkt"]))
            if place is not None:
                found[str(row["place"])] = place
    return found


def _wholes(engine: Engine, iris: Iterable[str]) -> dict[str, str]:
    """The place among some that each of them is a part of."""
    wanted = list(iris)
    found: dict[str, str] = {}
    for batch in naming.batches(wanted):
        text = f"""PREFIX dg: <{PREFIXES["dg"]}> SELECT DISTINCT ?place ?whole WHERE {{
              {operations.values("place", batch)} ?place dg:within ?whole
            }} ORDER BY ?place ?whole"""
        for row in operations.select(engine, text).rows:
            if str(row["whole"]) in wanted:
                found.setdefault(str(row["place"]), str(row["whole"]))
    return found


def _names(engine: Engine, iris: Iterable[str]) -> dict[str, list[PlaceName]]:
    users: dict[str, dict[tuple[str, str], list[tuple[str, str]]]] = {}
    for batch in naming.batches(iris):
        text = f"""PREFIX dg: <{PREFIXES["dg"]}> SELECT DISTINCT ?place ?name ?user WHERE {{
              {operations.values("place", batch)}
              ?place dg:hasName ?known . ?known dg:nameText ?name ; dg:nameUsedBy ?user
            }}"""
        rows = operations.select(engine, text).rows
        labels = naming.labels(engine, {str(row["user"]) for row in rows})
        for row in rows:
            if isinstance(name := row["name"], Literal):
                user = naming.best(labels.get(str(row["user"]), {}), str(row["user"]))
                of_place = users.setdefault(str(row["place"]), {})
                of_place.setdefault((str(name), name.language or ""), []).append(user)
    return {place: _ordered(found) for place, found in users.items()}


def _ordered(found: dict[tuple[str, str], list[tuple[str, str]]]) -> list[PlaceName]:
    names = [
        PlaceName(text, language, tuple(sorted(users, key=lambda user: user[0].casefold())))
        for (text, language), users in found.items()
    ]
    return sorted(names, key=lambda name: (name.users[0][0].casefold(), name.text.casefold()))
