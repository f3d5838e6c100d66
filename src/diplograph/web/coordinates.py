"""Points on the earth as people write them."""

from __future__ import annotations

import re

from diplograph.vocab import PREFIXES

GEOMETRIES = {f"{PREFIXES['geo']}wktLiteral", "http://www.openlinksw.com/schemas/virtrdf#Geometry"}
"""The datatypes of points in WKT: that of GeoSPARQL, and what Virtuoso makes of it."""
POINT = re.compile(r"\s*POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)\s*", re.IGNORECASE)
DECIMALS = 5
"""A metre on the ground; an engine may have kept a point in single precision."""


def degrees(text: str) -> str:
    """A point in WKT, longitude first, as latitude and longitude in degrees; any other text as it is."""
    found = POINT.fullmatch(text)
    if found is None:
        return text
    longitude, latitude = (round(float(number), DECIMALS) for number in found.groups())
    return f"{_side(latitude, 'N', 'S')}, {_side(longitude, 'E', 'W')}"


def _side(number: float, positive: str, negative: str) -> str:
    return f"{abs(number):.8g}° {negative if number < 0 else positive}"
