"""Dates as people write them: a year, a month or a day as the days it spans."""

import calendar
import re
from datetime import date

_DATE = re.compile(r"\s*(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T[\d:.]+(?:Z|[+-][\d:]+)?)?\s*")


def days(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of an ISO 8601 year, month, day or moment; None for anything else."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    last_month = month or 12
    return first, first if day else date(
        first.year, last_month, calendar.monthrange(first.year, last_month)[1]
    )


def overlap(one: tuple[date, date], begin: date | None, end: date | None) -> bool:
    """Return whether days meet a time whose bounds may be open."""
    return (end is None or one[0] <= end) and (begin is None or begin <= one[1])
