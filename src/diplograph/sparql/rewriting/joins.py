"""Join planning: the parts that a group falls into, their sizes, and which are joined as sub-selects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

from diplograph.sparql.rewriting.outline import Leave, Sentence, Triple
from diplograph.sparql.rewriting.statistics import RDF_TYPE, Statistics

FACTOR = 4
"""How many times fewer rows a join has to read than looking up does."""
MOST_HELD = 1_000_000
"""Rows that a join may hold in memory."""


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences that are evaluated together, the rows they have, and the values of each variable in them.

    All is reached from `roots`.
    """

    sentences: tuple[Sentence, ...]
    roots: frozenset[str]
    rows: float
    values: dict[str, float]

    @property
    def triples(self) -> list[Triple]:
        """The triples of all sentences."""
        return [triple for sentence in self.sentences for triple in sentence.triples]

    def shared(self, other: "Part") -> set[str]:
        """Return the variables that two parts meet in."""
        return self.values.keys() & other.values.keys()


def parts(sentences: Sequence[Sentence], statistics: Statistics) -> list[Part]:
    """Return the parts: each is a subject with all that is reached from it through its objects.

    A subject that several others lead to goes with the first of them.
    """
    stars = _stars(sentences)
    leads = _leads(stars)
    roots: dict[str, list[str]] = {}
    for subject in stars:
        roots.setdefault(_root(subject, leads), []).append(subject)
    return [
        _part(sorted(subjects, key=lambda each: each != root), stars, leads, statistics)
        for root, subjects in roots.items()
    ]


def apart(sentences: Sequence[Sentence], statistics: Statistics) -> list[Part]:
    """Return one part for each subject, whatever leads to it."""
    stars = _stars(sentences)
    return [_part([subject], stars, {}, statistics) for subject in stars]


def connected(found: Sequence[Part]) -> bool:
    """Tell whether each part is reached from the first through shared variables."""
    reached, rest = [found[0]], list(found[1:])
    while near := next((part for part in rest if any(part.shared(other) for other in reached)), None):
        rest.remove(near)
        reached.append(near)
    return not rest


def join(one: Part, two: Part) -> Part:
    """Return two parts as one."""
    values = one.values | two.values
    values |= {name: min(one.values[name], two.values[name]) for name in one.shared(two)}
    sentences = sorted((*one.sentences, *two.sentences), key=lambda sentence: sentence.start)
    return Part(tuple(sentences), one.roots | two.roots, joined_rows(one, two), values)


def joined_rows(one: Part, two: Part) -> float:
    """Return how many rows two parts have together, when values are spread evenly."""
    shared = one.shared(two)
    return one.rows * two.rows / prod(max(one.values[name], two.values[name], 1.0) for name in shared)


def look_ups(outer: Part, inner: Part, statistics: Statistics) -> float:
    """Return how many triples of `inner` are looked at, at least, when it is entered for each outer row."""
    shared = outer.shared(inner)
    entries = [statistics.of(each.predicate).fan_in for each in inner.triples if each.object in shared]
    if not entries or shared & inner.roots:
        entries = [1.0]
    return outer.rows * min(entries)


def _stars(sentences: Iterable[Sentence]) -> dict[str, list[Sentence]]:
    """Group sentences by their subject."""
    found: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        found.setdefault(sentence.triples[0].subject, []).append(sentence)
    return found


def _leads(stars: dict[str, list[Sentence]]) -> dict[str, Triple]:
    """Return for each subject the first triple of another that leads to it."""
    found: dict[str, Triple] = {}
    for subject, sentences in stars.items():
        for triple in (each for sentence in sentences for each in sentence.triples):
            if triple.object in stars and triple.object.startswith("?") and triple.object != subject:
                found.setdefault(triple.object, triple)
    return found


def _root(subject: str, leads: dict[str, Triple]) -> str:
    """Follow the leads back to the subject that nothing leads to, or round a circle once."""
    seen = {subject}
    while subject in leads and leads[subject].subject not in seen:
        subject = leads[subject].subject
        seen.add(subject)
    return min(seen) if subject in leads else subject


def _part(
    subjects: Sequence[str],
    stars: dict[str, list[Sentence]],
    leads: dict[str, Triple],
    statistics: Statistics,
) -> Part:
    sentences = sorted(
        (each for subject in subjects for each in stars[subject]), key=lambda sentence: sentence.start
    )
    rows, values = 1.0, dict[str, float]()
    for subject in subjects:
        triples = [triple for sentence in stars[subject] for triple in sentence.triples]
        things = min(_things(triple, statistics) for triple in triples)
        lead = leads.get(subject)
        reached = statistics.of(lead.predicate).objects if lead and lead.subject in subjects else 1
        rows *= min(1.0, things / max(1, reached)) if reached > 1 else things
        for triple in triples:
            if triple.object.startswith("?"):
                rows *= max(1.0, statistics.of(triple.predicate).fan_out)
                _at_most(values, triple.object, statistics.of(triple.predicate).objects)
        _at_most(values, subject, things)
        for name in {name for triple in triples for name in triple.variables}:
            _at_most(values, name, statistics.triples)
    return Part(
        tuple(sentences),
        frozenset(subjects[:1]),
        rows,
        {name: min(number, rows) for name, number in values.items()},
    )


def _things(triple: Triple, statistics: Statistics) -> float:
    """Return how many subjects a triple is true of."""
    counts = statistics.of(triple.predicate)
    if not triple.subject.startswith("?"):
        return 1.0
    if triple.object.startswith("?"):
        return counts.subjects
    if triple.predicate == RDF_TYPE:
        return statistics.instances(triple.object)
    return counts.fan_in


def _at_most(values: dict[str, float], name: str, number: float) -> None:
    if name.startswith("?"):
        values[name] = min(number, values.get(name, number))


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
