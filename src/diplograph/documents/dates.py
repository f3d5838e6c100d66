"""Dates in words: the EDTF of a time span as readers of English, Japanese or Russian write it, no more exact.

Names of months and the order of day, month and year are CLDR's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from babel.dates import format_date

from diplograph.namespaces import EDTF, XSD
from diplograph.rdf.terms import EdtfDate
from diplograph.translations import LANGUAGE

_SPRING = 21
DATATYPES = frozenset({str(EDTF.EDTF), str(XSD.date)})
"""Of literals that are told in words, by IRI."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a language says what is known of a date.

    `patterns` are of CLDR: for a year, a month, a day, and for the month and the day alone. `alone` has those
    of a month that no other word governs, where the language tells the two apart. `seasons` are spring to
    winter with the first and the last year of each, in the form after a word; `seasons_alone` stand by
    themselves and `seasons_last` end an interval. `at` puts a time of day behind a day. `shortens_end` tells
    which of two dates leaves out what both have in common, `about_both` tells that both are about.
    """

    patterns: Mapping[str, str]
    alone: Mapping[str, str]
    seasons: Sequence[str]
    at: str
    about: str
    perhaps: str
    within: str
    by: str
    since: str
    lasting: str
    going_on: str
    until: str
    open_end: str
    seasons_alone: Sequence[str] = ()
    seasons_last: Sequence[str] = ()
    about_both: str = ""
    shortens_end: bool = False


def _russian(*names: str) -> Sequence[str]:
    """Russian seasons with their years, of which only the last one has two."""
    *within, winter = names
    return [f"{name} {{0}}\N{NO-BREAK SPACE}г." for name in within] + [
        f"{winter} {{0}}\N{EN DASH}{{1}}\N{NO-BREAK SPACE}гг."
    ]


_WORDINGS: Mapping[str, _Wording] = MappingProxyType(
    {
        "en": _Wording(
            {"y": "y", "yM": "MMMM y", "yMd": "d MMMM y", "Md": "d MMMM", "d": "d"},
            {},
            ("spring {0}", "summer {0}", "autumn {0}", "winter {0}–{1}"),
            at="{0} at {1}",
            about="about {0}",
            perhaps="perhaps {0}",
            within="between {0} and {1}",
            by="by {0}",
            since="on or after {0}",
            lasting="from {0} to {1}",
            going_on="since {0}, going on",
            until="until {0}, its begin not known",
            open_end="from {0}, its end not known",
        ),
        "ja": _Wording(
            {"y": "y年", "yM": "y年M月", "yMd": "y年M月d日", "Md": "M月d日", "d": "d日"},
            {},
            ("{0}年春", "{0}年夏", "{0}年秋", "{0}年から{1}年にかけての冬"),
            at="{0} {1}",
            about="{0}頃",
            perhaps="おそらく{0}",
            within="{0}から{1}までの間",
            by="{0}以前",
            since="{0}以降",
            lasting="{0}から{1}まで",
            going_on="{0}から継続中",
            until="{0}まで(開始日不明)",
            open_end="{0}から(終了日不明)",
            shortens_end=True,
        ),
        "ru": _Wording(
            {
                "y": "y\N{NO-BREAK SPACE}'г'.",
                "yM": "MMMM y\N{NO-BREAK SPACE}'г'.",
                "yMd": "d MMMM y\N{NO-BREAK SPACE}'г'.",
                "Md": "d MMMM",
                "d": "d",
            },
            {"yM": "LLLL y\N{NO-BREAK SPACE}'г'."},
            _russian("весны", "лета", "осени", "зимы"),
            at="{0} в {1}",
            about="около {0}",
            perhaps="предположительно {0}",
            within="в период с {0} по {1}",
            by="не позднее {0}",
            since="не ранее {0}",
            lasting="с {0} по {1}",
            going_on="с {0}, продолжается",
            until="до {0}, начало неизвестно",
            open_end="с {0}, конец неизвестен",
            seasons_alone=_russian("весна", "лето", "осень", "зима"),
            seasons_last=_russian("весну", "лето", "осень", "зиму"),
            about_both="примерно {0}",
        ),
    }
)
LANGUAGES = tuple(_WORDINGS)
"""The languages that a date can be told in."""


def in_words(edtf: str, language: str | None = None) -> str:
    """Tell a date or a time span in words, as exactly as it is known.

    `edtf` is of the levels 0 to 2 that the data has: a year, season, month, day or moment, one that is about
    (`~`), uncertain (`?`) or both (`%`), one of a range (`[a..b]`), an interval (`a/b`). The seconds of a
    full minute are left out; a moment without a zone is told without one. `language` is a tag of BCP 47;
    English where it is none of ours, the language that is spoken where there is none. A text that is no such
    date comes back as it is.
    Specification: https://www.loc.gov/standards/datetime/
    """
    return _in_words(edtf, _language(language or LANGUAGE.get()))


@lru_cache(maxsize=4096)
def _in_words(edtf: str, language: str) -> str:
    words = _Words(language)
    if edtf.startswith("[") and edtf.endswith("]"):
        return words.within(*edtf[1:-1].partition("..")[::2]) or edtf
    if "/" in edtf:
        return words.lasting(*edtf.partition("/")[::2]) or edtf
    return words.day(edtf, place="alone") or edtf


def between(first: str, last: str, language: str | None = None) -> str:
    """Tell a date of which only the bounds are known, days as YYYY-MM-DD; an empty one is open."""
    if first == last:
        return in_words(first, language)
    return in_words(f"[{first}..{last}]", language)


def literal_in_words(text: str, datatype: str, language: str | None = None) -> str:
    """Tell a literal, of a datatype by its IRI: a date in words, anything else as it is."""
    return in_words(text, language) if datatype in DATATYPES else text


def _language(tag: str) -> str:
    primary = tag.lower().partition("-")[0]
    return primary if primary in _WORDINGS else "en"


@dataclass(frozen=True, slots=True)
class _Words:
    language: str

    @property
    def wording(self) -> _Wording:
        return _WORDINGS[self.language]

    def within(self, first: str, last: str) -> str | None:
        """One date of a range, either side of which may be open."""
        begin, end = self.day(first), self.day(last)
        if begin and end:
            return self._pair(self.wording.within, first, last)
        if begin:
            return self.wording.since.format(begin)
        return self.wording.by.format(end) if end else None

    def lasting(self, first: str, last: str) -> str | None:
        """An interval, either side of which may be open or not known."""
        begin, end = self.day(first), self.day(last)
        if begin and end:
            return self._pair(self.wording.lasting, first, last)
        if begin:
            form = self.wording.going_on if last == ".." else self.wording.open_end
            return form.format(begin)
        return self.wording.until.format(end) if end else None

    def day(self, text: str, parts: str = "", *, place: str = "") -> str | None:
        """A date, or some parts of a day; its place is after a word, `alone`, or `last` of an interval."""
        found = EdtfDate.read(text)
        if found is None:
            return None
        is_about = found.qualifier in {"~", "%"}
        told = self._plain(found, parts, "" if is_about else place)
        told = self.wording.about.format(told) if is_about else told
        return self.wording.perhaps.format(told) if found.qualifier in {"?", "%"} else told

    def _plain(self, found: EdtfDate, parts: str, place: str) -> str:
        """A date without its qualifier."""
        wording = self.wording
        if (found.month or 0) >= _SPRING:
            names = {"alone": wording.seasons_alone, "last": wording.seasons_last}.get(place)
            return (names or wording.seasons)[(found.month or 0) - _SPRING].format(
                found.first.year, found.last.year
            )
        has = "yMd" if found.day else "yM" if found.month else "y"
        patterns = {**wording.patterns, **(wording.alone if place else {})}
        told = format_date(found.first, patterns[parts or has], locale=self.language)
        return wording.at.format(told, _time(found.time)) if found.time else told

    def _pair(self, form: str, first: str, last: str) -> str:
        """Two dates, what they have in common told once."""
        if self.wording.about_both and first.endswith("~") and last.endswith("~"):
            return self.wording.about_both.format(self._pair(form, first[:-1], last[:-1]))
        shared = _shared(first, last)
        if shared is None:
            place = "last" if len(last.rstrip("~?%")) < len("YYYY-MM-DD") else ""
            return form.format(self.day(first), self.day(last, place=place))
        if self.wording.shortens_end:
            return form.format(self.day(first), self.day(last, shared))
        return form.format(self.day(first, shared), self.day(last))


def _time(written: str) -> str:
    """A time of day with its zone."""
    clock, zone = written[1:9], written[9:]
    hours = f"{zone[:1]}{int(zone[1:3])}{zone[3:].replace(':00', '')}" if zone[1:] else ""
    return f"{clock.removesuffix(':00')} UTC{hours}" if zone else clock.removesuffix(":00")


def _shared(first: str, last: str) -> str | None:
    """What is left to tell of one of two days when month or year are the same; None where they are not."""
    if not len(first.rstrip("~?%")) == len(last.rstrip("~?%")) == len("YYYY-MM-DD"):
        return None
    if first[:7] == last[:7]:
        return "d"
    return "Md" if first[:4] == last[:4] else None
