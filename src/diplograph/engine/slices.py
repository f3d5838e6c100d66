"""Slices: the first rows of an ordered query, found for some values of its first sort key after the other.

The engine sorts all rows of a query before it gives the first, and looks every value of every row up for it.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from diplograph.sparql.rewriting.groups import Anchor, Key
from diplograph.sparql.rewriting.ordered import Ordered

MOST_ROWS = 10_000
"""Rows that are kept until the last is found."""
MOST_CANDIDATES = 500_000
FIRST, LARGEST = 8, 128
"""Values in a slice; with more, the engine reads whole classes and not what it is given."""
DOUBTFUL = 1_000
"""Values after which one in ten has to have led to a row; else filters leave little."""
MOST_TOGETHER = 4_000
"""Values that no key tells apart; what the engine takes for a table of them grows with its square."""
REMEMBERED = 200_000
"""Values that are remembered for the next query like this one: some tens of MB."""
TOO_LONG = 2.0
"""Seconds that all slices may take by what the first took, most of which is then no work of its own."""
_XSD = "http://www.w3.org/2001/XMLSchema#"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"-?[0-9]{1,18}")

Evaluate = Callable[[str], Any]
Rank = tuple[int, int | str]
Candidates = Sequence[Sequence[str]]


class Unsliced(Exception):  # noqa: N818 - a decision, and never an error
    """The query is to be evaluated whole."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The first rows of a query, in their order, with its columns."""

    variables: Sequence[pyoxigraph.Variable]
    rows: Sequence[pyoxigraph.QuerySolution]

    def __iter__(self) -> Iterator[pyoxigraph.QuerySolution]:
        """Yield the rows."""
        return iter(self.rows)


class Slices:
    """Finds first rows over one store that does not change, and remembers what slices are made of."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Remember nothing yet; `clock` tells seconds."""
        self._clock = clock
        self._known: OrderedDict[tuple[str | None, str, tuple[Key, ...]], Candidates] = OrderedDict()

    def first_rows(
        self, query: Ordered, most: int | None, evaluate: Evaluate, base: str | None = None
    ) -> Rows:
        """Return the rows of a query up to its own limit, or up to `most` rows.

        `base` is what relative IRIs are read against. Raises Unsliced where there is no limit, or where
        slices would take longer than the whole.
        """
        limits = [each for each in (query.limit, most) if each is not None]
        if not limits or (needed := query.offset + min(limits)) > MOST_ROWS:
            raise Unsliced
        for anchor in query.anchors:
            candidates = self._of(query, anchor, evaluate, base)
            if candidates:
                found = self._collected(query, anchor, candidates, needed, evaluate)
                return Rows(found.variables, found.rows[query.offset : needed])
        raise Unsliced

    def _of(self, query: Ordered, anchor: Anchor, evaluate: Evaluate, base: str | None) -> Candidates:
        text = query.candidates(anchor)
        key = base, text, anchor.keys
        if key not in self._known:
            self._known[key] = _candidates(anchor, evaluate(text))
            while sum(map(len, self._known.values())) > REMEMBERED and len(self._known) > 1:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]

    def _collected(
        self, query: Ordered, anchor: Anchor, candidates: Candidates, needed: int, evaluate: Evaluate
    ) -> Rows:
        """Return the rows of one slice after the other, until there are as many as needed."""
        rows, variables = list[pyoxigraph.QuerySolution](), None
        at, tried, size = 0, 0, FIRST
        first = 0.0
        while variables is None or (len(rows) < needed and at < len(candidates)):
            values = list[str]()
            while at < len(candidates) and len(values) < size:
                values += candidates[at]
                at += 1
            if len(values) > MOST_TOGETHER:
                raise Unsliced
            began = self._clock()
            found = evaluate(query.slice(anchor, values))
            variables = found.variables
            rows += found
            first = first or self._clock() - began
            tried += len(values)
            likely = (needed - len(rows)) * tried // max(1, len(rows)) + tried // 8 + 1
            size = max(1, min(4 * size, LARGEST, likely))
            if tried >= DOUBTFUL and 10 * len(rows) < tried and len(rows) < needed:
                raise Unsliced
            if min(likely, len(candidates) - at) / LARGEST * first > TOO_LONG and len(rows) < needed:
                raise Unsliced
        return Rows(variables, rows)


def _candidates(anchor: Anchor, rows: Iterable[Sequence[Any]]) -> Candidates:
    """Return the values of an anchor in the order of the keys, those together that no key tells apart.

    None where a key has several values, or some whose order is the engine's own business.
    """
    found: dict[str, Rank] = {}
    for value, *keys in rows:
        rank = _rank(keys[0] if keys else None)
        if not isinstance(value, NamedNode) or rank is None:
            return []
        if value.value in found or len(found) == MOST_CANDIDATES:
            return []
        found[value.value] = rank
    if len({kind for kind, _ in found.values()} - {0}) > 1:
        return []
    return _sorted(anchor, found)


def _sorted(anchor: Anchor, found: Mapping[str, Rank]) -> Candidates:
    ordered, is_last = list(found), True
    for key in reversed(anchor.keys):
        if key.variable == anchor.variable:
            ordered.sort(reverse=key.reversed)
        else:
            ordered.sort(key=found.__getitem__, reverse=key.reversed)
            is_last = len(anchor.keys) > 1
    if is_last:
        return [(iri,) for iri in ordered]
    return [tuple(group) for _, group in groupby(ordered, found.__getitem__)]


def _rank(term: Any) -> Rank | None:
    """Return what sorts a term among its kind as the engine does; None for kinds that are not compared here.

    What is unbound comes first, IRIs go by their characters.
    """
    if term is None:
        return 0, 0
    if isinstance(term, NamedNode):
        return 1, term.value
    if isinstance(term, Literal):
        if term.datatype.value == f"{_XSD}date" and _DAY.fullmatch(term.value):
            return 2, term.value
        if term.datatype.value == f"{_XSD}integer" and _INTEGER.fullmatch(term.value):
            return 3, int(term.value)
    return None
