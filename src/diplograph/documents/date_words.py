"""Dates typed in words: the EDTF that they mean, and never one that is only guessed.

English, Japanese and Russian are read; names of months in other languages too, as CLDR has them. `dateparser`
and `edtf.text_to_edtf` guess where a text says less than a date, so neither is used.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from babel import Locale

from diplograph.errors import InvalidParameter
from diplograph.rdf.terms import EdtfDate

MONTHS_IN = ("en", "ja", "ru", "de", "es", "fr", "it", "pl", "pt", "tr", "uk")
"""The languages whose names of months are known."""
_SEASONS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            ("spring", "весна", "весной", "春"),
            ("summer", "лето", "летом", "夏"),
            ("autumn", "fall", "осень", "осенью", "秋"),
            ("winter", "зима", "зимой", "冬"),
        ),
        start=21,
    )
    for name in names
}
_ABOUT = r"(?:about|around|circa|approximately|c\.|ca\.|около|примерно|приблизительно|約)"
_PERHAPS = r"(?:perhaps|possibly|probably|maybe|вероятно|возможно|おそらく)"
_WORDS = (
    ("between", r"(?:between|между)\s+(?P<a>.+?)\s+(?:and|и)\s+(?P<b>.+)"),
    ("between", r"(?P<a>.+?)と(?P<b>.+?)の間"),
    ("lasting", r"(?:from|с)\s+(?P<a>.+?)\s+(?:to|until|till|through|по|до)\s+(?P<b>.+)"),
    ("lasting", r"(?P<a>.+?)から(?P<b>.+?)まで"),
    ("lasting", r"(?P<a>.+?)\s*(?:–|—|〜|～|\s-\s|\s+to\s+|\s+through\s+)\s*(?P<b>.+)"),
    ("lasting", r"(?P<a>\d{1,2})-(?P<b>\d{1,2}\D.+)"),
    ("before", r"(?:before|earlier than|prior to|до|ранее|раньше)\s+(?P<a>.+)"),
    ("before", r"(?P<a>.+?)より前"),
    ("by", r"(?:by|no later than|not later than|on or before|к|не позднее)\s+(?P<a>.+)"),
    ("by", r"(?P<a>.+?)(?:以前|までに)"),
    ("after", r"(?:after|later than|после|позднее|позже)\s+(?P<a>.+)"),
    ("after", r"(?P<a>.+?)より後"),
    ("since", r"(?:since|from|с)\s+(?P<a>.+)"),
    ("since", r"(?P<a>.+?)(?:以降|以後|から)"),
    ("until", r"(?:until|till|up to|по)\s+(?P<a>.+)"),
    ("until", r"(?P<a>.+?)まで"),
    ("about", rf"{_ABOUT}\s*(?P<a>.+)"),
    ("about", r"(?P<a>.+?)(?:頃|ごろ|ころ)"),
    ("perhaps", rf"{_PERHAPS},?\s*(?P<a>.+)"),
)
"""How a text says more than a date, each with the part or the parts that are dates."""
_SMALL = re.compile(r"\b(?:the|of|in|on|в|во|года|году|год|гг|г)\b\.?")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|-го|-е|-ое)\b")
_EDTF = re.compile(r"[\[{].*|\d{4}[?~%]?|\d{4}-\d{2}(?!\d).*|\d{2,3}[XxUu]{1,2}")
"""What is written as EDTF, well or not."""
_NUMERIC = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_JAPANESE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?")
_DECADE = re.compile(r"(\d{3})0(?:s|-е|-х|年代)(?:\s*(?:годы|годах))?")
_RELATIVE = re.compile(
    r"\b(?:yesterday|today|tomorrow|last|next|this|ago|early|late|mid|earlier|вчера|сегодня|завтра|начал\w+|"
    r"конц\w+|середин\w+)\b|昨日|今日|明日|先週|来週|初め|末|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
)
HINT = (
    "Write 8 April 2022, April 2022, spring 2022, 8-10 April 2022, between 1 and 26 March 2018, before 2014, "
    "about 1905, 2022年4月8日 or 8 апреля 2022, or EDTF: 2022-04-08, [2018-03-01..2018-03-26]."
)


def edtf_of(text: str) -> str:
    """Return the EDTF of a date in words; a text that is EDTF already is returned as it is.

    Raises InvalidParameter for what is no date, for one that may be another (`03/04/2022`, with both), and
    for one that says only a part of it (`early 2022`, `Wednesday`).
    """
    if _EDTF.fullmatch(text.strip()) or _is_interval(text.strip()):
        return text.strip()
    words = _plain(text)
    return _worded(words) or _required(words, text)


def _is_interval(text: str) -> bool:
    begin, slash, end = text.partition("/")
    return bool(slash) and all(part in ("", "..") or EdtfDate.read(part) for part in (begin, end))


def _plain(text: str) -> str:
    """The text in small letters and plain digits, without words that say nothing."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return " ".join(_SMALL.sub(" ", _ORDINAL.sub(r"\1", folded)).replace(",", " ").split())


def _worded(words: str) -> str | None:
    """The EDTF of words that say more than a date; None where none do."""
    if _one(words) is not None:
        return None
    for kind, pattern in _WORDS:
        found = re.fullmatch(pattern, words)
        if found is None:
            continue
        if kind in ("between", "lasting"):
            ends = _ends(found["a"], found["b"])
            if ends is not None:
                return f"[{ends[0]}..{ends[1]}]" if kind == "between" else f"{ends[0]}/{ends[1]}"
        elif (one := _one(found["a"])) is not None:
            return _one_sided(kind, one)
    return None


def _one_sided(kind: str, one: str) -> str:
    read = EdtfDate.read(one)
    if kind in ("before", "after") and read is not None:
        day = read.first - timedelta(1) if kind == "before" else read.last + timedelta(1)
        near = _as_exact(day, one)
        return f"[..{near}]" if kind == "before" else f"[{near}..]"
    made = {"by": f"[..{one}]", "since": f"{one}/..", "until": f"../{one}", "about": f"{one}~"}
    return made.get(kind, f"{one}?")


def _as_exact(day: date, one: str) -> str:
    """A day as exactly as another date is told: the year before 2014 is 2013."""
    rest = one.partition("-")[2]
    if not rest:
        return f"{day.year:04}"
    is_month = len(rest) == len("04") and int(rest) <= 12  # the seasons are 21 to 24
    return f"{day.year:04}-{day.month:02}" if is_month else day.isoformat()


def _ends(begin: str, end: str) -> tuple[str, str] | None:
    """Two dates, the first of which may leave out what both have in common."""
    last = _one(end)
    if last is None:
        return None
    rest = end.split()
    for missing in range(len(rest)):
        first = _one(" ".join([begin, *rest[len(rest) - missing :]]))
        if first is not None and first <= last:
            return first, last
    tail = re.fullmatch(r"(\d{4})-(\d\d)-\d\d", last)
    day = re.fullmatch(r"(\d{1,2})日?", begin)
    if tail and day and int(day[1]) <= int(last[-2:]):  # 4月8日, whose month stands before the day
        return f"{tail[1]}-{tail[2]}-{int(day[1]):02}", last
    return None


def _one(words: str) -> str | None:
    """The EDTF of one date in words, None for what is none; InvalidParameter for one that may be two."""
    for made in (_exact, _numeric, _japanese, _decade, _season, _month_and_year):
        found = made(words)
        if found is not None:
            return found
    return None


def _exact(words: str) -> str | None:
    return words if EdtfDate.read(words) else None


def _numeric(words: str) -> str | None:
    found = _NUMERIC.fullmatch(words)
    if found is None:
        return None
    one, other, year = int(found[1]), int(found[2]), int(found[3])
    ways = {_day(year, other, one), _day(year, one, other)} - {None}
    if len(ways) > 1:
        told = " or ".join(sorted(str(way) for way in ways))
        raise InvalidParameter(f"{words!r} may be {told}.", parameters=["date"], hint="Write which.")
    return next(iter(ways), None)


def _japanese(words: str) -> str | None:
    found = _JAPANESE.fullmatch(words.replace(" ", ""))
    return _of_parts(*found.groups()) if found else None


def _decade(words: str) -> str | None:
    found = _DECADE.fullmatch(words)
    return f"[{found[1]}0..{found[1]}9]" if found else None


def _season(words: str) -> str | None:
    found = re.fullmatch(r"(\D+?)\s*(\d{4})|(\d{4})年?の?(\D)", words)
    if found is None:
        return None
    season = _SEASONS.get((found[1] or found[4] or "").strip())
    return f"{found[2] or found[3]}-{season}" if season else None


def _month_and_year(words: str) -> str | None:
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    forms = (
        rf"(?:(?P<d>\d{{1,2}})\.?\s+)?(?P<m>{names})\.?\s+(?P<y>\d{{4}})",
        rf"(?P<m>{names})\.?\s+(?P<d>\d{{1,2}})\s+(?P<y>\d{{4}})",
    )
    for form in forms:
        if found := re.fullmatch(form, words):
            return _of_parts(found["y"], str(_months()[found["m"]]), found["d"])
    return None


def _of_parts(year: str, month: str | None, day: str | None) -> str | None:
    made = "-".join(part.zfill(2) for part in (year, month, day) if part)
    return made if EdtfDate.read(made) else None


def _day(year: int, month: int, day: int) -> str | None:
    return _of_parts(str(year), str(month), str(day))


@cache
def _months() -> Mapping[str, int]:
    """The names of months, whole and short, in the languages that names are known in."""
    found: dict[str, int] = {}
    for language in MONTHS_IN:
        months = Locale.parse(language).months
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[form][width].items():
                    plain = unicodedata.normalize("NFKC", name).casefold().rstrip(".").replace("ё", "е")
                    if not plain[:1].isdigit():
                        found.setdefault(plain, number)
    found.setdefault("sept", 9)
    return found


def _required(words: str, text: str) -> str:
    """One date, with what can be said about its words where it is none."""
    found = _one(words)
    if found is not None:
        return found
    shown = text.strip()[:80]
    if _RELATIVE.search(words):
        told = f"{shown!r} says only a part of a date, or one that depends on another."
        raise InvalidParameter(told, parameters=["date"], hint=f"Work out which days it leaves open. {HINT}")
    raise InvalidParameter(f"{shown!r} is no date that is understood.", parameters=["date"], hint=HINT)
