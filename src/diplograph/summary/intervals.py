"""Intervals: begin and end of an act as ranges of days, numbers as ranges, and what several accounts come to.

The four stamps are those of the Simple Event Model. `[a..b]` is one day within, `a/b` is an act that lasts.
What accounts come to follows the rule `summary-1`: it is narrowed while some begin and some end fit all of
them, else it is their hull.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, reduce

from diplograph.rdf.terms import EdtfDate

Day = date | None


@dataclass(frozen=True, slots=True)
class Range:
    """The days from one to another, both included; None is an open side.

    `written` is the date of EDTF that says more of them than they do: a time of day, a season, a qualifier.
    Ranges are equal by their days alone.
    """

    earliest: Day = None
    latest: Day = None
    written: str | None = field(default=None, compare=False)

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
        """The date of EDTF as it is written, else a day, month or year, None for any other range."""
        if self.written is not None:
            return self.written
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
        own = _read(edtf or "")
        return Interval.moment(own if own == outer else outer)
    begin, end = edtf.split("/")
    first, last = _read(begin), _read(end)
    found = Interval(
        Range(outer.earliest or first.earliest, first.latest),
        Range(last.earliest, outer.latest or last.latest),
        lasts=True,
        is_open=end == "..",
    )
    possible = _in_order(found.begin, found.end, is_open=found.is_open) or found
    return _as_written(possible, [Interval(first, last, lasts=True)])


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
    found = EdtfDate.read(text)
    if found is None:
        return Range()
    says_more = found.time or found.qualifier or (found.month or 0) > 12
    return Range(found.first, found.last, text if says_more else None)


def combined(intervals: Sequence[Interval]) -> tuple[Interval, bool]:
    """Return what one or more accounts of one act come to, and whether they agree."""
    narrowed = _narrowed(intervals)
    if narrowed is not None:
        return _as_written(narrowed, intervals), True
    return _as_written(reduce(_hull, _sharpest(intervals)), intervals), False


def _as_written(found: Interval, intervals: Sequence[Interval]) -> Interval:
    """Return an interval with what the accounts of the same days say beyond the days."""
    begin = replace(found.begin, written=_written(found.begin, [each.begin for each in intervals]))
    if not found.lasts:
        return replace(found, begin=begin, end=begin)
    end = _written(found.end, [each.end for each in intervals if each.lasts])
    return replace(found, begin=begin, end=replace(found.end, written=end))


def _written(days: Range, accounts: Iterable[Range]) -> str | None:
    """Return how accounts write the same days: with the one time of day, else as sure as the surest.

    Two times of a day are none, and two that doubt in different ways doubt in both.
    """
    same = {each.written for each in accounts if each == days}
    texts = {text for text in same if text is not None}
    moments = {text for text in texts if "T" in text}
    if moments or None in same or not texts:
        return moments.pop() if len(moments) == 1 else None
    sure = {text for text in texts if text[-1].isdigit()}
    if sure or len(texts) == 1:
        return min(sure or texts)
    return f"{min(texts)[:-1]}%"


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


@dataclass(frozen=True, slots=True)
class Number:
    """How many are affected: at least and at most, as far as each is known.

    Of a number that `is_about` both are the number itself: how far off it may be is not known.
    """

    least: int | None
    most: int | None
    is_about: bool = False

    @property
    def fits(self) -> tuple[int, int | None]:
        """The least and the most that do not contradict it: of one that is about, a tenth off, or one."""
        least, most = self.least or 1, self.most
        if not self.is_about:
            return least, most
        return least - max(1, least // 10), None if most is None else most + max(1, most // 10)


def combined_number(numbers: Sequence[Number]) -> tuple[Number, bool]:
    """Return what one or more numbers come to, and whether they agree.

    Those that agree are narrowed, and what is only about gives way to what is known on both sides. Of those
    that differ the least and the most are taken, open where one of them is.
    """
    tops = [most for _, most in (each.fits for each in numbers) if most is not None]
    if tops and max(each.fits[0] for each in numbers) > min(tops):
        leasts, mosts = [each.least for each in numbers], [each.most for each in numbers]
        is_about = any(each.is_about for each in numbers)
        return Number(unless_open(min, leasts), unless_open(max, mosts), is_about), False
    sure = _sure([each for each in numbers if not each.is_about])
    about = [each for each in numbers if each.is_about and _is_within(each, sure)]
    if not about or (sure.least is not None and sure.most is not None):
        return sure, True
    least, most = unless_open(min, [each.least for each in about]), [each.most for each in about]
    return Number(least, unless_open(max, most), is_about=True), True


def _sure(numbers: Sequence[Number]) -> Number:
    """Return what all of some numbers, none of them about, leave possible."""
    leasts = [each.least for each in numbers if each.least is not None]
    mosts = [each.most for each in numbers if each.most is not None]
    return Number(max(leasts, default=None), min(mosts, default=None))


def _is_within(one: Number, sure: Number) -> bool:
    is_above = sure.least is None or (one.least or 1) >= sure.least
    return is_above and (sure.most is None or (one.most is not None and one.most <= sure.most))


def unless_open(choose: Callable[[Iterable[int]], int], bounds: Sequence[int | None]) -> int | None:
    """Return one of some bounds, None where any of them is open."""
    closed = [each for each in bounds if each is not None]
    return choose(closed) if len(closed) == len(bounds) else None
