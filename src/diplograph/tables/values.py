"""Values of cells: what a template makes of a row, with codes, names and dates as the graph knows them."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from pyoxigraph import Literal, NamedNode
from rapidfuzz import process
from rdflib import RDFS, URIRef
from rdflib import Literal as RdflibLiteral

from diplograph.changes.drafting import Lexicon
from diplograph.errors import InvalidParameter
from diplograph.evidence.scaffold import bounds
from diplograph.namespaces import DG, DGV, SKOS, kind_of, short
from diplograph.search.index import EXACT, LONGEST, Candidate
from diplograph.tables.mapping import DATES, OF_SOURCE, Reference, TableMap, Template
from diplograph.tables.reading import SEPARATOR, Row

NEAR, ALIKE = 5, 60.0
KINDS = ("state", "polity", "body", "person", "agent")
"""Kinds of things that act, which a name may be looked for among."""
_SERIAL = re.compile(r"[1-6]\d{4}(\.\d+)?")
_NUMBERED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_ORDERED = {"dmy": (2, 1, 0), "mdy": (2, 0, 1)}
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_EPOCHS = {"excel1900": date(1899, 12, 30), "excel1904": date(1904, 1, 1)}
"""The day 0 of Excel's two calendars, the first one as it is from March 1900 on."""
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_EXCEL_TEXT = re.compile(r"(\d{1,2})-([A-Za-z]{3})(?:-(\d{2,4}))?|([A-Za-z]{3})-(\d{2})")
"""What Excel makes of a day or of `1-2` where it thinks it knows better: 26-Mar, 26-Mar-18, Mar-18."""
_UNKNOWN_PART = re.compile(r"-?9+|0+|")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: the column, the value, what it is said to be, and what is near."""

    column: str
    value: str
    text: str
    cure: str = ""
    near: tuple[str, ...] = ()


class CellError(Exception):
    """A cell that does not mean what the map takes it for."""

    def __init__(self, problem: Problem) -> None:
        """Take what is wrong."""
        super().__init__(problem.text)
        self.problem = problem


@dataclass(slots=True)
class Context:
    """A row at hand, with the year of what it tells."""

    row: Row
    year: int | None = None


@dataclass
class Values:
    """What makes values of cells, by a map and by what the graph knows."""

    table_map: TableMap
    lexicon: Lexicon
    _found: dict[tuple[str, str, int | None], str] = field(default_factory=dict)
    _hits: dict[str, Sequence[Candidate]] = field(default_factory=dict)
    _labels: dict[str, str] = field(default_factory=dict)
    made: Callable[[str, str], str] = lambda kind, key: f"{kind}:{key}"
    """What names the thing of a kind that another row makes, by the key of that row."""

    def text(self, template: Template, at: Context) -> str:
        """Return what a template says of a row: empty where a cell that it takes is. Raises CellError."""
        made = []
        for part in template.parts:
            if isinstance(part, str):
                made.append(part)
                continue
            value = self._value(part, at)
            if not value:
                return ""
            made.append(value)
        return "".join(made)

    def texts(self, template: Template, at: Context) -> list[str]:
        """Return the values that a template says, several where it splits a cell. Raises CellError."""
        return [one for one in self.text(template, at).split(SEPARATOR) if one.strip()]

    def _value(self, reference: Reference, at: Context) -> str:
        value = at.row.cells.get(reference.column, "") or self._of_source(reference.column)
        for name, argument in reference.filters:
            if not value:
                return ""
            if name == "first":
                value = value.split(SEPARATOR)[0]
                continue
            each = value.split(SEPARATOR) if name != "split" else [value]
            made = [self._filtered(one, name, argument, reference.column, at) for one in each]
            value = SEPARATOR.join(one for one in made if one)
        return value

    def _of_source(self, column: str) -> str:
        """What the map says of the table itself: `source.published`."""
        return (
            self.table_map.source.get(column.removeprefix(OF_SOURCE), "")
            if column.startswith(OF_SOURCE)
            else ""
        )

    def _filtered(self, value: str, name: str, argument: str, column: str, at: Context) -> str:
        if name == "state":
            return self._state(value, argument, column, at.year)
        if name == "label":
            return self.label(value)
        if name == "thing":
            return self.made(argument, value)
        if name in self.table_map.lookups:
            return self._looked_up(value, name, column)
        made = _FILTERS.get(name)
        if made is None:
            known = ", ".join(
                sorted([*_FILTERS, "first", "label", "state", "thing", *self.table_map.lookups])
            )
            raise InvalidParameter(f"There is no filter {name!r}; there are {known}.", parameters=["map"])
        return made(value, argument or self._dates(name), column)

    def label(self, iri: str) -> str:
        """The English label of a thing; a text that is no IRI stands for itself."""
        if not iri.startswith(("http://", "https://")):
            return iri
        if iri not in self._labels:
            values = self.lexicon.values(URIRef(iri), RDFS.label)
            told = (str(one) for one in values if isinstance(one, RdflibLiteral) and one.language == "en")
            self._labels[iri] = next(told, short(iri))
        return self._labels[iri]

    def _dates(self, name: str) -> str:
        return self.table_map.dates if name == "date" else ""

    def _looked_up(self, value: str, name: str, column: str) -> str:
        lookup = self.table_map.lookups[name]
        folded = {key.casefold(): text for key, text in lookup.items()}
        for known in (lookup.get(value), folded.get(value.casefold()), lookup.get("*")):
            if known is not None:
                return known
        near = [found[0] for found in process.extract(value, list(lookup), limit=NEAR, score_cutoff=ALIKE)]
        what, cure = f"is not among the {name} of the map", f"Add it to `lookups: {name}`."
        raise self._wrong(column, value, what, cure, near)

    def _wrong(self, column: str, value: str, what: str, cure: str, near: Sequence[str] = ()) -> CellError:
        return CellError(Problem(column, value, f"{value!r} {what}.", cure, tuple(near)))

    def _state(self, value: str, scheme: str, column: str, year: int | None) -> str:
        """The state that a code of a scheme, or any name or code, meant in a year."""
        known = self._found.get((scheme, value, year))
        if known is None:
            named = self.table_map.lookups.get("state", {}).get(value)
            if named == "":
                return ""  # the map says that it is none
            known = self._resolved(named or value, "" if named else scheme, column, year)
            self._found[scheme, value, year] = known
        return known

    def _resolved(self, value: str, scheme: str, column: str, year: int | None) -> str:
        if ":" in value:
            return value
        if scheme:
            found = self._coded(value, scheme, column)
        else:
            hits = self._named(value)
            found = [one.iri for one in hits if one.score >= EXACT]
            if not found:
                near = [f"{short(one.iri)}  {one.label}" for one in hits[:NEAR]]
                raise self._wrong(column, value, "is no state or body that is known", _CURE, near)
        states = [one for one in found if kind_of(one) == "state"] or found
        there = [one for one in states if self._was_there(one, year)] or states
        if len(there) > 1 and year is not None:
            ended = [one for one in there if self._years.get(one, (None, None))[1] is not None]
            there = ended or there  # until its last year the state that ended, not the one that came after
        if len(there) > 1:
            raise self._wrong(column, value, "means several", _CURE, [short(one) for one in there[:NEAR]])
        return there[0]

    def _named(self, value: str) -> Sequence[Candidate]:
        """What is called so, or nearly so, among those who act."""
        if value not in self._hits:
            found = self.lexicon.names().find(value[:LONGEST])
            self._hits[value] = [one for one in found if kind_of(one.iri) in KINDS]
        return self._hits[value]

    def _coded(self, value: str, scheme: str, column: str) -> list[str]:
        codes = self._codes.get(scheme)
        if codes is None:
            detail = f"There is no scheme of codes {scheme!r}; there are {', '.join(sorted(self._codes))}."
            raise InvalidParameter(detail, parameters=["map"])
        found = codes.get(_code(value), [])
        if not found:
            near = [short(codes[one[0]][0]) for one in process.extract(_code(value), list(codes), limit=3)]
            raise self._wrong(column, value, f"is no code of {scheme}", _CURE, near)
        return found

    @cached_property
    def _codes(self) -> Mapping[str, Mapping[str, list[str]]]:
        """For each scheme the things that have a code in it, codes of names among them."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        bearers: dict[str, list[str]] = defaultdict(list)
        for quad in self.lexicon.dataset.matching(None, NamedNode(DG.hasName), None):
            if isinstance(quad.object, NamedNode) and isinstance(quad.subject, NamedNode):
                bearers[quad.object.value].append(quad.subject.value)
        for quad in self.lexicon.dataset.matching(None, NamedNode(SKOS.notation), None):
            if isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode):
                scheme = quad.object.datatype.value.removeprefix(str(DGV))
                for iri in bearers.get(quad.subject.value, [quad.subject.value]):
                    if kind_of(iri) in KINDS and iri not in found[scheme][_code(quad.object.value)]:
                        found[scheme][_code(quad.object.value)].append(iri)
        return found

    def _was_there(self, iri: str, year: int | None) -> bool:
        first, last = self._years.get(iri, (None, None))
        if year is None:
            return last is None
        return (first is None or first <= year) and (last is None or year <= last)

    @cached_property
    def _years(self) -> Mapping[str, tuple[int | None, int | None]]:
        """The first and the last year of states that were not always there."""
        told: dict[str, dict[str, int]] = defaultdict(dict)
        for predicate in (DG.firstYear, DG.lastYear):
            for quad in self.lexicon.dataset.matching(None, NamedNode(predicate), None):
                if isinstance(quad.object, Literal) and isinstance(quad.subject, NamedNode):
                    told[quad.subject.value][str(predicate)] = int(quad.object.value)
        return {
            iri: (years.get(str(DG.firstYear)), years.get(str(DG.lastYear))) for iri, years in told.items()
        }


_CURE = "Write it in `lookups: state`, or make it: diplograph new state."


def _code(text: str) -> str:
    """A code as codes are compared: in capitals, a number without zeros before it."""
    return str(int(text)) if text.isdecimal() else text.strip().upper()


def edtf_of_parts(year: str, month: str = "", day: str = "") -> str:
    """Return the date that numbers make, in EDTF; what is unknown (empty, 0 or -9) is left out."""
    known = []
    for part, width in ((year, 4), (month, 2), (day, 2)):
        if _UNKNOWN_PART.fullmatch(part):
            break
        known.append(part.zfill(width))
    return "-".join(known)


def edtf(value: str, form: str, column: str) -> str:
    """Return a date of a cell in EDTF, as the map says dates are written. Raises CellError.

    What a spreadsheet made of a date is told, and is never taken for one that was meant.
    """
    if form == "ymd" and (found := _COMPACT.fullmatch(value)):
        return _day(value, "-".join(found.groups()), column)
    if form in _ORDERED and (found := _NUMBERED.fullmatch(value)):
        year, month, day = (found.groups()[place] for place in _ORDERED[form])
        return _day(value, f"{year}-{int(month):02}-{int(day):02}", column)
    if form in _EPOCHS and _SERIAL.fullmatch(value):
        return (_EPOCHS[form] + timedelta(days=int(float(value)))).isoformat()
    if form not in DATES:
        raise InvalidParameter(f"Dates are written as {', '.join(DATES)}, not {form!r}.", parameters=["map"])
    return _day(value, value, column)


def _day(value: str, text: str, column: str) -> str:
    try:
        bounds(text)
    except InvalidParameter as error:
        raise CellError(Problem(column, value, *_mangled(value))) from error
    return text


def _mangled(value: str) -> tuple[str, str]:
    """What a cell that is no date may be, and how to say so."""
    if _SERIAL.fullmatch(value):
        days = [(start + timedelta(days=int(float(value)))).isoformat() for start in _EPOCHS.values()]
        told = f"{value!r} is a number of days, as Excel keeps dates: {days[0]}, or {days[1]} from 1904 on."
        return told, "Say `dates: excel1900` or `excel1904`, or save the column as text."
    if found := _NUMBERED.fullmatch(value):
        one, other, year = (int(part) for part in found.groups())
        ways = [
            f"{year}-{m:02}-{d:02} ({n})" for d, m, n in ((one, other, "dmy"), (other, one, "mdy")) if m <= 12
        ]
        return f"{value!r} may be {' or '.join(ways)}.", "Say which by `table: dates:`."
    found = _EXCEL_TEXT.fullmatch(value)
    if found and (found[2] or found[4]).lower() in _MONTHS:
        return (
            f"{value!r} is what Excel makes of a date or of two numbers: part of it is lost.",
            "Write the date as it was, as text: 2018-03-26.",
        )
    return f"{value!r} is no date.", "Write 2018-03-26, 2018-03, 2018, or another form of EDTF."


def _number(value: str, _: str, column: str) -> str:
    bare = value.replace(",", "").replace("\u00a0", "").replace(" ", "")
    if not re.fullmatch(r"-?\d{1,15}(\.0+)?", bare):
        raise CellError(Problem(column, value, f"{value!r} is no whole number.", "Write it in digits."))
    return str(int(float(bare)))


def _split(value: str, separator: str, _: str) -> str:
    return SEPARATOR.join(part.strip() for part in value.split(separator or ","))


def _address(value: str, _: str, column: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value):
        raise CellError(
            Problem(column, value, f"{value!r} is no address.", "Write http:// or https:// and all.")
        )
    return value


_FILTERS: Mapping[str, Callable[[str, str, str], str]] = {
    "address": _address,
    "date": edtf,
    "lower": lambda value, *_: value.lower(),
    "prefix": lambda value, prefix, _: f"{prefix}{value}",
    "number": _number,
    "split": _split,
    "title": lambda value, *_: value.title(),
    "words": lambda value, *_: " ".join(value.split()),
}
