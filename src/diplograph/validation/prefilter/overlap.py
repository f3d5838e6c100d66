"""Pairs of things whose times overlap, found by sorting: the engine would compare each with each.

Two sides of a query that share some values, such as actor and target, are read once each; what overlaps is
found in the order of the begins, and only those pairs are put to the rest of the query.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode

from diplograph.namespaces import XSD
from diplograph.rdf import Dataset
from diplograph.rdf.terms import OxigraphTerm
from diplograph.sparql.patterns import THIS, Group, Pattern, sides

Row = dict[str, OxigraphTerm]
_BOTH = re.compile(r"\( (\?\w+) <= (\?\w+) && (\?\w+) <= (\?\w+) \)")
_AHEAD = re.compile(r"\( STR \( (\?\w+) \) < STR \( (\?\w+) \) \)", re.IGNORECASE)
_DAY = re.compile("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
_DATE = str(XSD.date)
_ALWAYS = ("", "~")
_AT_ONCE = 500


@dataclass(frozen=True)
class Side:
    """Half of a query: its patterns, and the variables of the bounds of its time."""

    patterns: tuple[Pattern, ...]
    begin: str
    end: str

    @property
    def variables(self) -> set[str]:
        """Name the variables."""
        return {name for pattern in self.patterns for name in pattern.variables}

    def rows(self, data: Dataset, target: str) -> list[Row]:
        """Return what the patterns match; the side of ?this is held to the focus nodes."""
        focus = f"{{ {target} }}" if THIS in self.variables else ""
        text = " ".join(pattern.text for pattern in self.patterns)
        return data.select(f"SELECT DISTINCT {' '.join(sorted(self.variables))} WHERE {{ {focus} {text} }}")

    def span(self, row: Row) -> tuple[str, str]:
        """Return the bounds of a row as texts in the order of time, or all time where they may be none."""
        begin, end = _day(row[self.begin[1:]]), _day(row[self.end[1:]])
        return (begin, end) if begin and end else _ALWAYS


@dataclass(frozen=True)
class Overlap:
    """A query for pairs that share some values and overlap in time."""

    one: Side
    other: Side
    rest: str
    """What else the query asks of a pair."""
    ahead: tuple[str, str] | None = None
    """Two variables of which the one comes before the other as a text: each pair is met once."""

    @classmethod
    def of(cls, group: Group) -> "Overlap | None":
        """Read a query as one for such pairs; None when it is another."""
        halves = sides(group.patterns)
        if len(halves) != 2 or group.unions or group.counted:
            return None
        for test in group.filters:
            if found := _BOTH.fullmatch(test.expression):
                begin, other_end, other_begin, end = found.groups()
                first, second = halves if _binds(halves[0], begin, end) else halves[::-1]
                if _binds(first, begin, end) and _binds(second, other_begin, other_end):
                    one, other = Side(tuple(first), begin, end), Side(tuple(second), other_begin, other_end)
                    return cls(one, other, group.rest(), _ahead(group))
        return None

    def candidates(self, data: Dataset, target: str) -> Iterator[Row]:
        """Yield rows with all variables: pairs with a blank node, which no query can name, are suspected."""
        names = sorted(self.one.variables | self.other.variables)
        pairs = self._pairs(data, target)
        while some := list(islice(pairs, _AT_ONCE)):
            nameless = [row for row in some if any(isinstance(term, BlankNode) for term in row.values())]
            yield from nameless
            rows = " ".join(
                f"({' '.join(str(row[name[1:]]) for name in names)})" for row in some if row not in nameless
            )
            head = f"SELECT DISTINCT {' '.join(names)} WHERE {{ VALUES ({' '.join(names)}) {{ {rows} }}"
            yield from data.select(f"{head} {self.rest} }}")

    def _pairs(self, data: Dataset, target: str) -> Iterator[Row]:
        shared = [name[1:] for name in sorted(self.one.variables & self.other.variables)]
        groups: defaultdict[tuple[OxigraphTerm, ...], tuple[list[Row], list[Row]]] = defaultdict(
            lambda: ([], [])
        )
        for place, side in enumerate((self.one, self.other)):
            for row in side.rows(data, target):
                groups[tuple(row[name] for name in shared)][place].append(row)
        for ones, others in groups.values():
            yield from self._meeting(ones, others)

    def _meeting(self, ones: list[Row], others: list[Row]) -> Iterator[Row]:
        """Yield the pairs that overlap: each meets those that have begun before it and not ended."""
        coming = [(self.one.span(row), 0, row) for row in ones] + [
            (self.other.span(row), 1, row) for row in others
        ]
        going: tuple[list[tuple[str, Row]], list[tuple[str, Row]]] = ([], [])
        for (begin, end), place, row in sorted(coming, key=lambda item: item[0]):
            facing = going[1 - place]
            facing[:] = [(until, met) for until, met in facing if until >= begin]
            yield from filter(self._may_be_ahead, (row | met for _, met in facing))
            going[place].append((end, row))

    def _may_be_ahead(self, row: Row) -> bool:
        if self.ahead is None:
            return True
        first, second = (row[name[1:]] for name in self.ahead)
        if isinstance(first, NamedNode) and isinstance(second, NamedNode):
            return first.value < second.value
        return True


def _ahead(group: Group) -> tuple[str, str] | None:
    for test in group.filters:
        if found := _AHEAD.fullmatch(test.expression):
            return found[1], found[2]
    return None


def _day(term: OxigraphTerm) -> str | None:
    """Return a day as a text that sorts like it; None for what may compare otherwise."""
    if isinstance(term, Literal) and term.datatype.value == _DATE and _DAY.fullmatch(term.value):
        return term.value
    return None


def _binds(patterns: Iterable[Pattern], *names: str) -> bool:
    return set(names) <= {name for pattern in patterns for name in pattern.variables}
