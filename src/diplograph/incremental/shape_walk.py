"""Walking back from changed triples to the focus nodes that they can matter to, for groups of shapes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Triple

from diplograph.incremental.matching import Match
from diplograph.incremental.shape_reads import Meeting, Read, Reads, Select, UnfoundError, of_unit, reported
from diplograph.rdf.terms import OxigraphTerm
from diplograph.sparql.paths import Either, Path, Repeated, Sequential, Step
from diplograph.validation.prefilter import Unit
from diplograph.validation.shapes import Shapes

MOST = 5_000
"""From how many nodes on all focus nodes are looked at by one query and not one by one."""
MOST_MEETING = 500
"""From how many things on it is not asked any more what meets each."""
Terms = frozenset[OxigraphTerm]


class TooManyError(Exception):
    """A change that touches too many nodes to be walked to."""


class Walk:
    """Walks back from changed triples; `match` finds all that is there after the change or was before.

    `select` asks a query of what is there after the change.
    """

    def __init__(self, changed: Iterable[Triple], match: Match, select: Select) -> None:
        """Sort the changed triples by their properties."""
        self._changed, self._match, self._select = list(changed), match, select
        self._subjects: defaultdict[str | None, set[OxigraphTerm]] = defaultdict(set)
        for triple in self._changed:
            self._subjects[triple.predicate.value].add(triple.subject)
            self._subjects[None].add(triple.subject)
        self._known: dict[Read, Terms] = {}
        self._met: dict[tuple[Meeting, OxigraphTerm], Terms] = {}

    def reached(self, reads: Reads) -> Terms | None:
        """Return the focus nodes that the change may matter to, None for all of them."""
        if reads.reads is None:
            return None if self._changed else frozenset()
        found: set[OxigraphTerm] = set()
        try:
            for read in reads.reads:
                found |= self._back(read)
            for footprint in reads.asked:
                found.update(named(footprint.bound("this", self._changed, self._match)))
        except TooManyError:
            return None
        return frozenset(found) if len(found) <= MOST else None

    def _back(self, read: Read) -> Terms:
        way, iri = read
        starts = self._subjects.get(iri)
        if not starts:
            return frozenset()
        if way is None:
            raise TooManyError
        if read not in self._known:
            self._known[read] = frozenset(self._along(way, set(starts)))
        return self._known[read]

    def _along(self, path: Path, ends: set[OxigraphTerm]) -> set[OxigraphTerm]:
        """Return the nodes from which a path leads to some nodes."""
        if isinstance(path, Step):
            return self._step(path, ends)
        if isinstance(path, Sequential):
            for part in reversed(path.parts):
                ends = self._along(part, ends)
            return ends
        if isinstance(path, Either):
            return {node for part in path.parts for node in self._along(part, ends)}
        if isinstance(path, Repeated):
            return self._repeated(path, ends)
        if isinstance(path, Meeting):
            return self._meeting(path, ends)
        raise TooManyError

    def _repeated(self, path: Repeated, ends: set[OxigraphTerm]) -> set[OxigraphTerm]:
        found, fresh = set(ends), set(ends)
        while fresh:
            fresh = self._along(path.part, fresh) - found
            found |= fresh
            if path.mark == "?":
                break
        return found

    def _meeting(self, path: Meeting, ends: set[OxigraphTerm]) -> set[OxigraphTerm]:
        """Return what meets some things.

        What met one of them before and does not any more has itself lost what they had in common, and is
        reached from there.
        """
        if len(ends) > MOST_MEETING:
            raise TooManyError
        try:
            return {node for end in ends for node in self._met_by(path, end)}
        except UnfoundError as error:
            raise TooManyError from error

    def _met_by(self, path: Meeting, end: OxigraphTerm) -> frozenset[OxigraphTerm]:
        if (path, end) not in self._met:
            self._met[path, end] = frozenset(path.back(end, self._match, self._select))
        return self._met[path, end]

    def _step(self, step: Step, ends: set[OxigraphTerm]) -> set[OxigraphTerm]:
        predicate = NamedNode(step.iri)
        found: set[OxigraphTerm] = set()
        for end in ends:
            if step.backwards:
                if not isinstance(end, Literal):
                    found.update(triple.object for triple in self._match(end, predicate, None))
            else:
                found.update(triple.subject for triple in self._match(None, predicate, end))
            if len(found) > MOST:
                raise TooManyError
        return found


def named(found: Iterable[OxigraphTerm | None]) -> Terms:
    """Return the terms that are found. Raises TooManyError, also where one may be anything."""
    terms: set[OxigraphTerm] = set()
    for term in found:
        if term is None or len(terms) > MOST:
            raise TooManyError
        terms.add(term)
    return frozenset(terms)


@dataclass(frozen=True)
class Together:
    """Units whose findings name the same shapes; `is_flat` where each has the focus node of its unit."""

    units: tuple[Unit, ...]
    reads: tuple[Reads, ...]
    shapes: frozenset[str]
    is_flat: bool

    def reached(self, walk: Walk) -> Terms | None:
        """Return the focus nodes that a change may matter to, None for all of them."""
        found = [walk.reached(reads) for reads in self.reads]
        known = [terms for terms in found if terms is not None]
        if len(known) < len(found):
            return None
        joint = frozenset[object]().union(*known)
        return joint if self.is_flat or not joint else None  # type: ignore[return-value]


@lru_cache(maxsize=4)
def together(shapes: Shapes) -> list[Together]:
    """Return the units of shapes in groups."""
    plan = shapes.plan
    found: list[Together] = []
    for unit in plan.units:
        names, is_flat = reported(plan.shapes, unit.shape)
        own = Together((unit,), (of_unit(plan, unit),), frozenset(map(str, names)), is_flat)
        meeting = [group for group in found if group.shapes & own.shapes]
        found = [group for group in found if group not in meeting]
        found.append(_joint([*meeting, own]))
    return found


def _joint(groups: Iterable[Together]) -> Together:
    parts = list(groups)
    return Together(
        tuple(unit for group in parts for unit in group.units),
        tuple(reads for group in parts for reads in group.reads),
        frozenset().union(*(group.shapes for group in parts)),
        all(group.is_flat for group in parts),
    )
