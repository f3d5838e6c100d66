"""EDTF of dates in words: English, Japanese and Russian wordings read, ambiguous ones refused.

The way back is `dates.in_words`. Neither edtf's `text_to_edtf` nor dateparser is used: both take 03/04/2022
for 4 March and `8-10 April 2022` for one day.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from babel.dates import get_month_names

from diplograph.documents.dates import in_words
from diplograph.errors import InvalidParameter
from diplograph.evidence.scaffold import bounds
from diplograph.rdf.terms import EdtfDate

LONGEST = 200
_WINTER = 24
_SEASONS: Mapping[str, int] = MappingProxyType(
    {
        word: 21 + number
        for number, words in enumerate(
            (
                "spring весна весны весной весну 春",
                "summer лето лета летом 夏",
                "autumn fall осень осени осенью 秋",
                "winter зима зимы зимой зиму 冬",
            )
        )
        for word in words.split()
    }
)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u301c\uff5e", "-"))
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
_FILLERS = re.compile(r"^(?:(?:on(?! or)|in|the|during|sometime|some time|во?|в течение)\s+)+")
_YEAR_WORDS = re.compile(r"(?<=\d)\s*(?:гг?\.?|год[ауе]?|года?х)(?![^\W\d_])")
_BETWEEN = (
    r"between (.+) and (.+)",
    r"между (.+) и (.+)",
    r"в период с (.+) по (.+)",
    r"период с (.+) по (.+)",
    r"(.+)から(.+?)(?:まで)?の間",
)
_LASTING = (
    r"from (.+?) (?:to|until|till|through) (.+)",
    r"со? (.+) по (.+)",
    r"(.+)から(.+)まで",
    r"(.+) to (.+)",
)
_ONE_SIDED: Sequence[tuple[str, str]] = (
    ("not-before", r"(?:on or after|not before|no earlier than|not earlier than) (.+)"),
    ("not-before", r"не (?:ранее|раньше) (.+)"),
    ("not-before", r"(.+)以降"),
    ("not-after", r"(?:by|on or before|no later than|not later than) (.+)"),
    ("not-after", r"не (?:позднее|позже) (.+)"),
    ("not-after", r"(.+?)(?:以前|までに)"),
    ("before", r"(?:before|prior to|earlier than) (.+)"),
    ("before", r"(?:ранее|раньше) (.+)"),
    ("before", r"(.+?)(?:より前|の前)"),
    ("after", r"(?:after|later than) (.+)"),
    ("after", r"(?:после|позже|позднее) (.+)"),
    ("after", r"(.+?)(?:より後|の後)"),
    ("since", r"since (.+)"),
    ("since", r"со? (.+)"),
    ("since", r"(.+)から"),
    ("until", r"(?:until|till|up to) (.+)"),
    ("until", r"(.+)まで"),
)
_QUALIFIERS: Sequence[tuple[str, str]] = (
    ("?", r"(?:perhaps|possibly|probably|maybe|возможно|вероятно|предположительно|おそらく)[ ,]*(.+)"),
    ("~", r"(?:about|around|approximately|roughly|circa|около|примерно|приблизительно) (.+)"),
    ("~", r"(?:ca?\.|約) ?(.+)"),
    ("~", r"(.+?)(?:頃|ころ|ごろ)"),
)
_PARTS: Sequence[tuple[str, str]] = (
    ("early", r"(?:early|(?:beginning|start) of|начал[оае]|к началу) (.+)"),
    ("middle", r"(?:mid[- ]|(?:the )?middle of |середин[аеыу] )(.+)"),
    ("late", r"(?:late|end of|кон(?:ец|ц[еау])) (.+)"),
    ("early", r"(.+?)(?:初め|はじめ|初頭|上旬)"),
    ("middle", r"(.+?)(?:半ば|中旬)"),
    ("late", r"(.+?)(?:末|下旬)"),
    ("first", r"(?:first half of|перв(?:ая|ой|ую) половин[аеуы]) (.+)"),
    ("second", r"(?:second half of|втор(?:ая|ой|ую) половин[аеуы]) (.+)"),
    ("first", r"(.+?)前半"),
    ("second", r"(.+?)後半"),
)
_MONTHS_OF = {"early": (1, 4), "middle": (5, 8), "late": (9, 12), "first": (1, 6), "second": (7, 12)}
_DAYS_OF = {"early": (1, 10), "middle": (11, 20), "late": (21, 31), "first": (1, 15), "second": (16, 31)}
"""What parts of a year and of a month are: thirds and halves, as 上旬, 中旬 and 下旬 divide a month."""


@dataclass(frozen=True, slots=True)
class _Partial:
    """A date of which a text says some parts; what it is qualified by."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    qualifier: str = ""

    def completed_by(self, other: "_Partial") -> "_Partial":
        """The same with the larger parts that it leaves out."""
        month = self.month if self.month or not self.day else other.month
        return replace(self, month=month, year=self.year or other.year)

    @property
    def edtf(self) -> str | None:
        """The date in EDTF; None for a day without a month, and for one that no calendar has."""
        if self.year is None or (self.day and not self.month):
            return None
        parts = [f"{self.year:04}", *(f"{one:02}" for one in (self.month, self.day) if one)]
        text = "-".join(parts) + self.qualifier
        return text if EdtfDate.read(text) else None


def edtf_of(words: str) -> str:
    """Return the EDTF of a date in words; one in EDTF comes back as it is.

    Raises InvalidParameter for what is not understood, has no year, or may mean two dates, which it names.
    """
    try:
        bounds(words.strip())
    except InvalidParameter:
        found = _read(_normal(words)) if len(words) <= LONGEST else None
        if found is None:
            _refuse_yearless(words)
            raise
    else:
        return words.strip()
    _require_order(found, words)
    return found


def _normal(words: str) -> str:
    """The text with one spelling of digits, dashes and spaces, without words that say nothing of the date."""
    text = " ".join(unicodedata.normalize("NFKC", words.translate(_DASHES)).casefold().split())
    text = _YEAR_WORDS.sub("", text.replace("ё", "е")).strip(" .,")
    if "年" in text or "月" in text:
        text = text.replace(" ", "")
    american = rf"({'|'.join(_MONTHS)})\.? (\d{{1,2}})( ?- ?| to | and )(\d{{1,2}}),? (\d{{4}})"
    return _FILLERS.sub("", re.sub(american, r"\2\3\4 \1 \5", text))


def _read(text: str) -> str | None:
    """The EDTF of a normal text."""
    _refuse_ambiguous(text)
    for form, patterns in (("[{}..{}]", _BETWEEN), ("{}/{}", _LASTING)):
        for first, last in _matches(patterns, text):
            if made := _pair(form, first, last):
                return made
    for kind, pattern in _ONE_SIDED:
        if (found := re.fullmatch(pattern, text)) and (made := _one_sided(kind, found[1])):
            return made
    if (made := _part(text)) or (made := _decade(text)):
        return made
    point = _point(text)
    if point and (made := point.edtf):
        return made
    dashes = (at for at, letter in enumerate(text) if letter == "-")
    return next((made for at in dashes if (made := _pair("{}/{}", text[:at], text[at + 1 :]))), None)


def _matches(patterns: Sequence[str], text: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if found := re.fullmatch(pattern, text):
            yield found[1], found[2]


def _pair(form: str, first: str, last: str) -> str | None:
    """Two dates, either of which leaves out what the other says, in the order of the language."""
    begin, end = _point(first), _point(last)
    if begin is None or end is None:
        return None
    if "年" in first:
        end = end.completed_by(begin)
    begin = begin.completed_by(end)
    return form.format(begin.edtf, end.edtf) if begin.edtf and end.edtf else None


def _one_sided(kind: str, text: str) -> str | None:
    point = _point(text)
    if point is None or point.edtf is None:
        return None
    if kind in {"before", "after"}:
        return None if point.qualifier else _beyond(kind, point)
    forms = {"not-before": "[{}..]", "not-after": "[..{}]", "since": "{}/..", "until": "/{}"}
    return forms[kind].format(point.edtf)


def _beyond(kind: str, point: _Partial) -> str | None:
    """A date before or after another, which itself is none of them."""
    first, last = bounds(point.edtf or "")
    if first is None or last is None or (last == date.max if kind == "after" else first == date.min):
        return None
    day = first - timedelta(days=1) if kind == "before" else last + timedelta(days=1)
    exact = f"{day.year:04}" if point.month is None else day.isoformat()[: 10 if point.day else 7]
    return f"[..{exact}]" if kind == "before" else f"[{exact}..]"


def _part(text: str) -> str | None:
    """A third or a half of a year or a month."""
    for part, pattern in _PARTS:
        found = re.fullmatch(pattern, text)
        whole = _point(found[1]) if found else None
        if whole is None or whole.year is None or whole.day or whole.qualifier:
            continue
        if whole.month is None and not re.search("旬$", text):
            first, last = (replace(whole, month=month) for month in _MONTHS_OF[part])
        elif whole.month is not None and whole.month <= 12:
            end = bounds(whole.edtf or "")[1]
            first, last = (replace(whole, day=min(day, end.day if end else day)) for day in _DAYS_OF[part])
        else:
            continue
        return f"[{first.edtf}..{last.edtf}]"
    return None


def _decade(text: str) -> str | None:
    found = re.fullmatch(r"(\d{3})0(?:'?s|-е|-х|年代)", text)
    return f"[{found[1]}0..{found[1]}9]" if found else None


def _point(text: str) -> _Partial | None:
    """One date, or some parts of one, with what it is qualified by."""
    text, marks = _FILLERS.sub("", text.strip(" ,")), set()
    for mark, pattern in _QUALIFIERS:
        if found := re.fullmatch(pattern, text):
            text = found[1]
            marks.add(mark)
    point = _unqualified(text)
    if point is None or not marks:
        return point
    return None if point.qualifier else replace(point, qualifier="%" if len(marks) > 1 else marks.pop())


def _unqualified(text: str) -> _Partial | None:
    if written := EdtfDate.read(text):
        if written.time:
            return None
        return _Partial(written.year, written.month, written.day, written.qualifier)
    return _season(text) or _day(text)


def _day(text: str) -> _Partial | None:
    for pattern in _DATES:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            month = parts.get("name")
            number = _MONTHS[month] if month else _whole(parts.get("month"))
            return _Partial(_whole(parts.get("year")), number, _whole(parts.get("day")))
    numbers = _NUMBERS.fullmatch(text)
    made = _numeric(*map(int, numbers.group(1, 3, 4))) if numbers else []
    return made[0] if made else None


def _season(text: str) -> _Partial | None:
    names = "|".join(_SEASONS)
    found = re.fullmatch(rf"({names}) (?:of )?(\d{{4}})(?: ?[-/] ?(\d{{4}}|\d\d))?", text)
    if found is None:
        backwards = re.fullmatch(rf"(\d{{4}})年(?:から(\d{{4}})年にかけて)?の?({names})", text)
        if backwards is None:
            return None
        year, last, name = backwards.groups()
    else:
        name, year, last = found.groups()
    season = _SEASONS[name]
    if season == _WINTER and last is None:
        _refuse_two(text, f"{int(year) - 1}-24", f"{year}-24")
    if last is not None and (season != _WINTER or not str(int(year) + 1).endswith(last)):
        return None
    return _Partial(int(year), season)


def _numeric(one: int, other: int, year: int) -> list[_Partial]:
    """The dates that numbers may be, the day first or the month first."""
    orders = {_Partial(year, other, one): None, _Partial(year, one, other): None}
    return [found for found in orders if found.edtf]


def _refuse_ambiguous(text: str) -> None:
    """Raise InvalidParameter for numbers that may be two dates, and for a word that says two things."""
    for numbers in _NUMBERS.finditer(text):
        found = _numeric(*map(int, numbers.group(1, 3, 4)))
        if len(found) > 1:
            _refuse_two(numbers[0], *(one.edtf or "" for one in found))
    until = re.fullmatch(r"до (.+)", text)
    point = _point(until[1]) if until else None
    if point and point.edtf and not point.qualifier:
        _refuse_two(text, _beyond("before", point) or "", f"/{point.edtf}")


def _refuse_two(text: str, *found: str) -> None:
    """Raise InvalidParameter for a text that may be two dates, with both."""
    readings = " or ".join(f"{one} ({in_words(one, 'en')})" for one in found)
    raise InvalidParameter(
        f"{text!r} is either {readings}.", parameters=["date"], hint="Write the one that is meant."
    )


def _refuse_yearless(words: str) -> None:
    """Raise InvalidParameter for a day or a month whose year nothing says."""
    point = _point(_normal(words)) if len(words) <= LONGEST else None
    if point and point.year is None and point.month:
        raise InvalidParameter(
            f"{words!r} is no date without a year.", parameters=["date"], hint="Write the year, too."
        )


def _require_order(edtf: str, words: str) -> None:
    """Raise InvalidParameter for a time whose end is before its begin."""
    try:
        bounds(edtf)
    except InvalidParameter as error:
        hint = "Write the year of each side."
        raise InvalidParameter(
            f"{words!r} is no date: {edtf} ends before it begins.", parameters=["date"], hint=hint
        ) from error


def _whole(text: str | None) -> int | None:
    return int(text) if text else None


def _month_names() -> Iterator[tuple[str, int]]:
    """Each name of a month in English and Russian, in every form that CLDR has, and after a preposition."""
    yield from (("sept", 9), ("сент", 9), ("нояб", 11))
    for language in ("en", "ru"):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, language).items():
                    yield name.casefold().rstrip("."), number
    for number, name in get_month_names("wide", "stand-alone", "ru").items():
        yield f"{name.rstrip('йь')}е", number


_MONTHS: Mapping[str, int] = MappingProxyType(dict(_month_names()))
_NAME = rf"(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|-?го|-?е)?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DAY}(?: of)? {_NAME}(?:,? (?P<year>\d{{4}}))?",
        rf"{_NAME} {_DAY}(?:,? (?P<year>\d{{4}}))?",
        rf"{_NAME}(?:,? (?:of )?(?P<year>\d{{4}}))?",
        r"(?P<year>\d{4})([./])(?P<month>\d{1,2})\2(?P<day>\d{1,2})",
        r"(?P<year>\d{4})年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?)?",
        r"(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日",
        r"(?P<month>\d{1,2})月",
        _DAY,
        r"(?P<year>\d{4})",
    )
)
