"""The walk from a changed triple to what it matters to, by the patterns that are read together.

Some variables of what is read are its keys: the focus node of a shape, what a rule joins. Ways to them are
worked out once, from the patterns; followed in the data they lead to all that may matter and to some more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from pyoxigraph import Literal, NamedNode, Triple

from diplograph.incremental.patterns import (
    TYPE,
    Group,
    Match,
    Read,
    TriplePattern,
    UnboundedError,
    is_plain,
    may_be_empty,
    triggers,
    unified,
    variables,
)
from diplograph.rdf.terms import OxigraphTerm
from diplograph.sparql.paths import Either, Path, Repeated, Sequential, Step

MOST = 5_000
"""From how many nodes at the end of a way all are looked at, by one query and not one by one."""
WIDEST = 50_000
"""From how many nodes on a step is given up; of those that several steps lead to, few may be left."""
Key = tuple[str, OxigraphTerm]
"""A variable and its value."""
Kind = tuple[NamedNode | None, OxigraphTerm | None]
"""A property and the value that all have, None for any."""
Needs = tuple[frozenset[Kind], frozenset[Kind]]
"""What the subject and the object of a triple have to have."""
Terms = frozenset[OxigraphTerm]


@dataclass(frozen=True, eq=False)
class Way:
    """Steps that all lead to a node, each from the end of another way; `kinds` are what the node has.

    `starts` tells from which ends of a triple it sets out: its subject, its object or both.
    """

    steps: tuple[tuple["Way", Path], ...]
    kinds: tuple[Kind, ...]
    starts: frozenset[int]


SUBJECT, OBJECT = Way((), (), frozenset({0})), Way((), (), frozenset({1}))


@cache
def _way(steps: tuple[tuple[Way, Path], ...], kinds: tuple[Kind, ...]) -> Way:
    """Return one way for the same steps, so that it is walked once, whatever reads along it."""
    return Way(steps, kinds, frozenset[int]().union(*(way.starts for way, _ in steps)))


_Item = tuple[Way | OxigraphTerm, NamedNode, Way | OxigraphTerm]


class Footprint:
    """What a piece of work reads, with the ways to the values of its keys that a triple matters to."""

    def __init__(
        self,
        reads: Iterable[Read],
        keys: Sequence[str],
        certain: Sequence[Group] = ((),),
        given: Collection[str] = (),
    ) -> None:
        """Work out the ways.

        `certain` are the alternatives of what holds for every key; `given` are variables that have a value
        before anything is looked for.
        """
        self._reads, self._keys = tuple(dict.fromkeys(reads)), keys
        self._kinds = {key: set.intersection(*(set(kinds(group, key)) for group in certain)) for key in keys}
        self._ways: dict[tuple[TriplePattern, Needs, str, Way | None], None] = {}
        for read in self._reads:
            for trigger, beside in triggers(read):
                needs = _needs(trigger[0], beside), _needs(trigger[2], beside)
                self._ways[_bare(trigger), needs, *_nearest(keys, trigger, beside)] = None
            tied = {*given, *variables(read.beside)}
            if may_be_empty(read.pattern.path) and tied.isdisjoint(variables([read.pattern])):
                self._ways[("0", "1", "2"), _NOTHING, keys[0], None] = None

    def reached(self, walk: "Walk") -> set[Key]:
        """Return the values of keys to which a triple may matter that is added or removed.

        Raises UnboundedError where there are too many, or it cannot be told.
        """
        found: set[Key] = set()
        for trigger, needs, name, way in self._ways:
            found.update((name, term) for term in walk.arrivals(trigger, needs, way))
            if len(found) > MOST:
                raise UnboundedError
        return {key for key in found if all(walk.holds(key[1], kind) for kind in self._kinds[key[0]])}

    def triples_read(self, key: Key, walk: "Walk") -> Iterator[Triple]:
        """Yield the triples that matter to one value of a key. Raises UnboundedError."""
        name, term = key
        for subject, predicate, value in self._patterns_read[name]:
            ends = walk.ends(value, term) if isinstance(value, Way) else {value}
            for start in walk.ends(subject, term) if isinstance(subject, Way) else {subject}:
                yield from (t for t in walk.match(start, predicate, None) if t.object in ends)

    @cached_property
    def _patterns_read(self) -> dict[str, dict[_Item, None]]:
        """The patterns that are read, with the ways from each key to their ends."""
        return {key: dict.fromkeys(self._items(key)) for key in self._keys}

    def _items(self, key: str) -> Iterator[_Item]:
        for read in self._reads:
            known = {key: SUBJECT}
            for _ in _onwards((read.pattern, *read.beside), known):
                pass
            for (subject, predicate, value), _ in triggers(read):
                if not isinstance(predicate, NamedNode) or variables([(subject, value)]) - known.keys():
                    raise UnboundedError
                start, end = (known[s] if isinstance(s, str) else s for s in (subject, value))
                yield start, predicate, end


class Walk:
    """Follows ways from triples that are added or removed, each once, in what `match` finds."""

    def __init__(self, match: Match, changed: Iterable[Triple] = ()) -> None:
        """Sort the changed triples by their properties; `match` finds all that is or was there."""
        self.match = match
        self.changed = tuple(changed)
        self._by_property: defaultdict[NamedNode, list[Triple]] = defaultdict(list)
        for triple in self.changed:
            self._by_property[triple.predicate].append(triple)
        self._arrivals: dict[tuple[TriplePattern, Needs, Way | None], Terms] = {}
        self._had: dict[tuple[OxigraphTerm, Kind], bool] = {}
        self._ends: dict[tuple[Way, OxigraphTerm | None, OxigraphTerm | None], Terms] = {}
        self._steps: dict[tuple[Step, OxigraphTerm], Terms] = {}

    def arrivals(self, trigger: TriplePattern, needs: Needs, way: Way | None) -> Terms:
        """Return the nodes to which a way leads from changed triples of a pattern that have what they need.

        Raises UnboundedError.
        """
        found = self._arrivals.get((trigger, needs, way))
        if found is None:
            known = trigger[1]
            among = self._by_property.get(known, ()) if isinstance(known, NamedNode) else self.changed
            matching = (triple for triple in among if unified(trigger, triple, {}) is not None)
            ends = (self.ends(way, t.subject, t.object) for t in matching if self._has(t, needs))
            found = self._arrivals[trigger, needs, way] = frozenset[OxigraphTerm]().union(*ends)
        return found

    def _has(self, triple: Triple, needs: Needs) -> bool:
        """Tell whether subject and object of a triple have what they need to matter."""
        return all(
            self._held_once(term, kind)
            for term, those in zip((triple.subject, triple.object), needs, strict=True)
            for kind in those
        )

    def _held_once(self, term: OxigraphTerm, kind: Kind) -> bool:
        found = self._had.get((term, kind))
        if found is None:
            found = not isinstance(term, Literal) and self.holds(term, kind)
            self._had[term, kind] = found
        return found

    def ends(self, way: Way | None, subject: OxigraphTerm, value: OxigraphTerm | None = None) -> Terms:
        """Return the nodes at the end of a way from a triple. Raises UnboundedError."""
        if way is None:
            raise UnboundedError
        known = (way, subject if 0 in way.starts else None, value if 1 in way.starts else None)
        found = self._ends.get(known)
        if found is None:
            found = self._ends[known] = self._walked(way, subject, value)
        return found

    def holds(self, term: OxigraphTerm, kind: Kind) -> bool:
        """Tell whether a node has a value."""
        return any(True for _ in self.match(term, *kind))

    def _walked(self, way: Way, subject: OxigraphTerm, value: OxigraphTerm | None) -> Terms:
        if not way.steps:
            return frozenset([subject if way is SUBJECT else value])  # type: ignore[list-item]
        found = frozenset.intersection(
            *(self._along(path, self.ends(start, subject, value)) for start, path in way.steps)
        )
        if len(found) > MOST:
            raise UnboundedError
        return frozenset(term for term in found if all(self.holds(term, kind) for kind in way.kinds))

    def _along(self, path: Path, starts: Terms) -> Terms:
        """Return the nodes that a path leads to from some nodes."""
        if isinstance(path, Sequential):
            for part in path.parts:
                starts = self._along(part, starts)
            return starts
        if isinstance(path, Either):
            return frozenset[OxigraphTerm]().union(*(self._along(part, starts) for part in path.parts))
        if isinstance(path, Repeated):
            return self._repeated(path, starts)
        found: set[OxigraphTerm] = set()
        for start in starts:
            found |= self._step(path, start)
            if len(found) > WIDEST:
                raise UnboundedError
        return frozenset(found)

    def _repeated(self, path: Repeated, starts: Terms) -> Terms:
        found, fresh = set(starts), starts
        while fresh:
            fresh = self._along(path.part, fresh) - found
            found |= fresh
            if path.mark == "?":
                break
        return frozenset(found)

    def _step(self, step: Path, start: OxigraphTerm) -> Terms:
        if not isinstance(step, Step):
            raise UnboundedError
        found = self._steps.get((step, start))
        if found is None:
            predicate = NamedNode(step.iri)
            if step.backwards:
                found = frozenset(triple.subject for triple in self.match(None, predicate, start))
            else:
                found = frozenset(triple.object for triple in self.match(start, predicate, None))
            self._steps[step, start] = found
        return found


def _nearest(keys: Sequence[str], trigger: TriplePattern, beside: Group) -> tuple[str, Way | None]:
    """Return the key that is nearest to a triple, with the way there; None where none leads to any."""
    ends = ((trigger[2], OBJECT), (trigger[0], SUBJECT))
    known = {slot: way for slot, way in ends if isinstance(slot, str)}
    onwards = _onwards(beside, known)
    while not (found := [key for key in keys if key in known]):
        if next(onwards, None) is None:
            return keys[0], None
    return found[0], known[found[0]]


def _onwards(group: Group, known: dict[str, Way]) -> Iterator[str]:
    """Give one variable after the other its way from those that have one."""
    while (name := _next(group, known)) is not None:
        steps = _steps(group, known, name)
        forwards = all(isinstance(path, Step) and not path.backwards for _, path in steps)
        known[name] = _way(steps, () if forwards else tuple(sorted(set(kinds(group, name)), key=str)))
        yield name


def _next(group: Group, known: dict[str, Way]) -> str | None:
    """Return the variable that is easiest to come to, None when there is none; classes lead to too much."""
    tied = [pattern for pattern in group if pattern.path is not None]
    plain = [pattern for pattern in tied if pattern.path != TYPE]
    for patterns, here, there in ((plain, 0, 2), (plain, 2, 0), (tied, 0, 2)):
        for pattern in patterns:
            start, name = pattern[here], pattern[there]
            if isinstance(start, str) and start in known and isinstance(name, str) and name not in known:
                return name
    return None


def _steps(group: Group, known: dict[str, Way], name: str) -> tuple[tuple[Way, Path], ...]:
    """Return the steps from what is known to a variable: along paths, else against them."""
    forth: dict[tuple[Way, Path], None] = {}
    back: dict[tuple[Way, Path], None] = {}
    for subject, path, value in group:
        if path is not None and value == name and isinstance(subject, str) and subject in known:
            forth[known[subject], path] = None
        elif path and path != TYPE and subject == name and isinstance(value, str) and value in known:
            back[known[value], path.inverse()] = None
    return tuple(forth or back)


def kinds(group: Group, name: str) -> Iterator[Kind]:
    """Yield what every value of a variable has."""
    for subject, path, value in group:
        if subject != name or isinstance(value, str):
            continue
        if path is None:
            yield None, value
        elif isinstance(path, Step) and not path.backwards:
            yield NamedNode(path.iri), value


_NOTHING: Needs = (frozenset(), frozenset())


def _needs(end: object, group: Group) -> frozenset[Kind]:
    """Return what a node of a pattern has by the patterns beside it: properties, with a value or with any."""
    if not isinstance(end, str):
        return frozenset()
    told = [pattern for pattern in group if pattern.subject == end and is_plain(pattern.path)]
    own = {(NamedNode(path.iri), None) for _, path, _ in told if isinstance(path, Step)}
    return frozenset({*own, *kinds(group, end)})


def _bare(trigger: TriplePattern) -> TriplePattern:
    """Return a pattern with its variables called alike, so that it is tried once."""
    names = {slot: str(place) for place, slot in reversed([*enumerate(trigger)])}
    subject, predicate, value = (names[slot] if isinstance(slot, str) else slot for slot in trigger)
    return subject, predicate, value
