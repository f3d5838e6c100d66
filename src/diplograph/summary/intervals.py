"""Intervals: begin and end of an act as ranges of days, and what several accounts of it come to.

The four stamps are those of the Simple Event Model. `[a..b]` is one day within, `a/b` is an act that lasts.
What accounts come to follows the rule `summary-1`: it is narrowed while some begin and some end fit all of
them, else it is their hull.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce

Day = date | None
_SIDE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?[?~%]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Range:
    """The days from one to another, both included; None is an open side."""

    earliest: Day = None
    latest: Day = None

    def __and__(self, other: "Range") -> "Range | None":
        """The days that both have, None where there is none."""
        earliest = _bound(max, self.earliest, other.earliest)
        latest = _bound(min, self.latest, other.latest)
        is_empty = earliest is not None and latest is not None and earliest > latest
        return None if is_empty else Range(earliest, latest)

    def __or__(self, other: "Range") -> "Range":
        """The days from the first of either to the last of either."""
        one, two = (self.earliest, self.latest), (other.earliest, other.latest)
        earliest = None if None in (one[0], two[0]) else _bound(min, one[0], two[0])
        latest = None if None in (one[1], two[1]) else _bound(max, one[1], two[1])
        return Range(earliest, latest)

    def __contains__(self, other: "Range") -> bool:
        """Tell whether another range lies within this one."""
        return (self | other) == self

    @property
    def text(self) -> str | None:
        """A day, month or year of EDTF, None for any other range."""
        first, last = self.earliest, self.latest
        if first is None or last is None:
            return None
        if first == last:
            return first.isoformat()
        if first.day != 1 or last.day != monthrange(last.year, last.month)[1] or first.year != last.year:
            return None
        if first.month == last.month:
            return first.isoformat()[:7]
        return first.isoformat()[:4] if (first.month, last.month) == (1, 12) else None


def _bound(choose: Callable[[date, date], date], one: Day, two: Day) -> Day:
    return choose(one, two) if one is not None and two is not None else one or two


@dataclass(frozen=True, slots=True)
class Interval:
    """When something begins and when it ends; what does not last begins and ends on one day."""

    begin: Range
    end: Range
    lasts: bool
    is_open: bool = False
    """Whether it is said to go on."""

    @classmethod
    def moment(cls, within: Range) -> "Interval":
        """One day within a range."""
        return cls(within, within, lasts=False)

    def __contains__(self, other: "Interval") -> bool:
        """Tell whether another one says no less: what this one leaves open it narrows."""
        if self.lasts and not other.lasts:
            return False
        return other.begin in self.begin and (not self.lasts or other.end in self.end)

    @property
    def edtf(self) -> str | None:
        """The interval as one expression of EDTF, None where nothing is known.

        A begin or an end of an act that lasts and that is known to some days only is written with `~`.
        """
        if not self.lasts:
            first, last = self.begin.earliest, self.begin.latest
            if first is None and last is None:
                return None
            return self.begin.text or f"[{first or ''}..{last or ''}]"
        begin, end = _side(self.begin, self.begin.earliest), _side(self.end, self.end.latest)
        return f"{begin}/{'..' if not end and self.is_open else end}" if begin or end else None


def _side(within: Range, outer: Day) -> str:
    if within.text is not None:
        return within.text
    return "" if outer is None else f"{outer}~"


@lru_cache(maxsize=1 << 16)
def interval(edtf: str | None, not_before: str | None, not_after: str | None) -> Interval:
    """Read a time span: its expression in EDTF and its outer bounds, days written YYYY-MM-DD.

    A bound that is no such day counts as open, and so does an inner bound that is not written as a day, a
    month or a year.
    """
    outer = Range(day(not_before), day(not_after))
    if edtf is None or edtf.count("/") != 1:
        return Interval.moment(outer)
    begin, end = edtf.split("/")
    first, last = _read(begin), _read(end)
    found = Interval(
        Range(outer.earliest or first.earliest, first.latest),
        Range(last.earliest, outer.latest or last.latest),
        lasts=True,
        is_open=end == "..",
    )
    return _in_order(found.begin, found.end, is_open=found.is_open) or found


def _in_order(begin: Range, end: Range, *, is_open: bool) -> Interval | None:
    """Return what lasts from a begin to an end without the days that cannot be: no end before a begin."""
    first, last = begin & Range(None, end.latest), end & Range(begin.earliest, None)
    return None if first is None or last is None else Interval(first, last, lasts=True, is_open=is_open)


def day(text: str | None) -> Day:
    """Read a day; None for anything else."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _read(text: str) -> Range:
    """Read one side of an interval."""
    found = _SIDE.fullmatch(text)
    if found is None:
        return Range()
    year, month, own = (None if part is None else int(part) for part in found.groups())
    try:
        last = month or 12
        return Range(
            date(year or 0, month or 1, own or 1),
            date(year or 0, last, own or monthrange(year or 0, last)[1]),
        )
    except ValueError:
        return Range()


def combined(intervals: Sequence[Interval]) -> tuple[Interval, bool]:
    """Return what one or more accounts of one act come to, and whether they agree."""
    narrowed = _narrowed(intervals)
    if narrowed is not None:
        return narrowed, True
    return reduce(_hull, _sharpest(intervals)), False


def _narrowed(intervals: Sequence[Interval]) -> Interval | None:
    lasting = [each for each in intervals if each.lasts]
    begin = _shared(each.begin for each in intervals)
    if begin is None or not lasting:
        return None if begin is None else Interval.moment(begin)
    end = _shared(each.end for each in lasting)
    return None if end is None else _in_order(begin, end, is_open=all(each.is_open for each in lasting))


def _shared(ranges: Iterable[Range]) -> Range | None:
    found: Range | None = Range()
    for each in ranges:
        found = None if found is None else found & each
    return found


def _sharpest(intervals: Sequence[Interval]) -> list[Interval]:
    """Leave out what only says less than another account does."""
    different = list(dict.fromkeys(intervals))
    return [one for one in different if not any(two in one for two in different if two != one)]


def _hull(one: Interval, two: Interval) -> Interval:
    lasts = one.lasts or two.lasts
    return Interval(one.begin | two.begin, one.end | two.end, lasts, one.is_open and two.is_open)


def conflicts(one: Interval, two: Interval) -> bool:
    """Tell whether no begin and no end fit both."""
    return _narrowed([one, two]) is None


def lag(first: Interval, second: Interval) -> tuple[int | None, int | None]:
    """Return the least and the greatest number of days from one begin to another, None where it is open."""
    return (
        _days(first.begin.latest, second.begin.earliest),
        _days(first.begin.earliest, second.begin.latest),
    )


def _days(one: Day, two: Day) -> int | None:
    return None if one is None or two is None else (two - one).days


def farthest(first: Interval, second: Interval) -> int | None:
    """Return how many days two acts can be apart at most, begin from begin; None where a side is open."""
    least, most = lag(first, second)
    return None if least is None or most is None else max(-least, most)
