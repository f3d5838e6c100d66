"""Points on the earth as people write them."""

from __future__ import annotations

import re

from diplograph.vocab import PREFIXES

WKT = f"{PREFIXES['geo']}wktLiteral"
POINT = re.compile(r"\s*POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)\s*", re.IGNORECASE)


def degrees(text: str) -> str:
    """A point in WKT, longitude first, as latitude and longitude in degrees; any other text as it is."""
    found = POINT.fullmatch(text)
    if found is None:
        return text
    longitude, latitude = found.groups()
    return f"{_side(latitude, 'N', 'S')}, {_side(longitude, 'E', 'W')}"


def _side(number: str, positive: str, negative: str) -> str:
    return f"{number.removeprefix('-')}° {negative if number.startswith('-') else positive}"
