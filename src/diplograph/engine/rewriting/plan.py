"""Which parts of a group are joined as sub-selects: those between which looking up would multiply."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from diplograph.engine.rewriting.outline import Leave, Sentence
from diplograph.engine.rewriting.parts import Part, apart, connected, join, joined_rows, look_ups, parts
from diplograph.engine.rewriting.statistics import Statistics

FACTOR = 4
"""How many times fewer rows a join has to read than looking up does."""
MOST_HELD = 1_000_000
"""Rows that a join may hold in memory."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts to be joined, with the triples looked at without and with it."""

    parts: tuple[Part, ...]
    looked_up: float
    read: float


def plan(sentences: Sequence[Sentence], statistics: Statistics, least: float) -> Plan:
    """Return the parts that are worth joining, two or more. Raises Leave when there are none.

    Parts stay together unless taking them apart saves `least` look-ups.
    """
    found = parts(sentences, statistics)
    if len(found) < 2:
        raise Leave("All triples are reached from one subject.")
    if not connected(found):
        raise Leave("Some triples share no variable with the others.")
    while pair := _cheap_pair(found, statistics, least):
        found = [part for part in found if part not in pair]
        found.append(join(*pair))
    if len(found) < 2:
        raise Leave("Looking up from one subject to the next is cheap by the counts of the release.")
    held = sum(part.rows for part in found) - max(part.rows for part in found)
    if held > MOST_HELD:
        raise Leave(f"A join would hold about {held:,.0f} rows in memory.")
    looked_up = max(
        _looked_up(one, two, statistics) for one, two in combinations(found, 2) if one.shared(two)
    )
    return _plan(found, looked_up)


def every_subject(sentences: Sequence[Sentence], statistics: Statistics) -> Plan:
    """Return one part for each subject, whether that is quicker or not. Raises Leave for a single one."""
    found = apart(sentences, statistics)
    if len(found) < 2:
        raise Leave("The triples have one subject.")
    return _plan(found, 0.0)


def _plan(found: Sequence[Part], looked_up: float) -> Plan:
    ordered = sorted(found, key=lambda part: part.sentences[0].start)
    return Plan(tuple(ordered), looked_up, sum(part.rows for part in found))


def _cheap_pair(found: Sequence[Part], statistics: Statistics, least: float) -> tuple[Part, Part] | None:
    """Return two parts that are as well left together, those with the fewest look-ups first."""
    pairs = [pair for pair in combinations(found, 2) if pair[0].shared(pair[1])]
    pairs.sort(key=lambda pair: _looked_up(pair[0], pair[1], statistics))
    for one, two in pairs:
        looked_up, read = _looked_up(one, two, statistics), one.rows + two.rows
        if looked_up < FACTOR * read or looked_up - read < least:
            return one, two
    return None


def _looked_up(one: Part, two: Part, statistics: Statistics) -> float:
    """Return the fewest triples that evaluation reads when it starts from one part and looks up the other."""
    result = joined_rows(one, two)
    return min(
        outer.rows + max(result, look_ups(outer, inner, statistics))
        for outer, inner in ((one, two), (two, one))
    )
