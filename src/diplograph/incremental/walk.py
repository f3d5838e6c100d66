"""Ways through the patterns of a query: from a changed triple to the solutions it matters to, and back.

Some variables of a query are its keys: every solution binds them, and the solutions of one value of a key
depend on few triples. Ways are worked out once from the text; followed in the data they lead to all that
may matter and to some more, since filters and the names of graphs are ignored.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache

from pyoxigraph import NamedNode, Triple
from rdflib import RDF

from diplograph.incremental.matching import Match, Slots, unified
from diplograph.incremental.query_reads import Asked, Parts, UnboundedError
from diplograph.rdf.terms import OxigraphTerm

MOST = 50_000
"""From how many values of a variable on a way is given up."""
_TYPE = NamedNode(str(RDF.type))
Key = tuple[str, OxigraphTerm]
"""A variable and its value."""
_Link = tuple[int, NamedNode, bool]
"""From where, along which property, and whether from subject to object."""
_Kind = tuple[NamedNode, OxigraphTerm]
_Item = tuple[int | OxigraphTerm, NamedNode, int | OxigraphTerm]


class Routes:
    """The ways of a query between its patterns and its keys."""

    def __init__(self, text: str, joins: NamedNode) -> None:
        """Read a CONSTRUCT query; the keys are what it joins by some property.

        Raises UnboundedError where it cannot be told what depends on which key.
        """
        parts = Parts.of(text)
        ends = [slot for group in parts.template for s, p, o in group if p == joins for slot in (s, o)]
        keys = [slot for slot in dict.fromkeys(ends) if isinstance(slot, str)]
        if not keys or not all(set(keys) <= _variables(group) for group in parts.required):
            raise UnboundedError
        self._template = Asked(parts.template)
        self.makes, self.reads = _terms(parts.template), _terms(parts.groups)
        self._ways = _Ways()
        self._towards: defaultdict[NamedNode, dict[tuple[Slots, str, int], None]] = defaultdict(dict)
        self._around: dict[str, dict[_Item, None]] = {key: {} for key in keys}
        self._kinds = {key: _common(key, parts.required) for key in keys}
        for group in parts.groups:
            for pattern in group:
                name, way = self._ways.towards(keys, group, pattern)
                self._towards[_property(pattern)][_bare(pattern), name, way] = None
            for key, items in self._around.items():
                items.update(dict.fromkeys(self._ways.items(key, group)))

    def is_made(self, changed: Iterable[Triple], match: Match) -> bool:
        """Tell whether a triple that is added or removed may be one that the query makes."""
        return self._template.is_touched(changed, match)

    def reached(self, changed: Iterable[Triple], match: Match) -> set[Key]:
        """Return the values of keys to whose solutions a triple may matter that is added or removed.

        `match` finds all that is or was there. Raises UnboundedError where there are too many.
        """
        found: set[Key] = set()
        for triple in changed:
            for pattern, name, way in self._towards.get(triple.predicate, ()):
                if unified(pattern, triple, {}) is not None:
                    ends = self._ways.follow({0: triple.subject, 1: triple.object}, match)
                    found |= {(name, term) for term in ends(way)}
        return {(name, term) for name, term in found if all(_any(match(term, *k)) for k in self._kinds[name])}

    def around(self, key: Key, found: Match) -> Iterator[Triple]:
        """Yield the triples that matter to the solutions of one value of a key. Raises UnboundedError."""
        name, term = key
        match = cache(lambda *pattern: list(found(*pattern)))
        values = self._ways.follow({0: term}, match)
        for subject, predicate, value in self._around[name]:
            ends = values(value) if isinstance(value, int) else {value}
            for start in values(subject) if isinstance(subject, int) else {subject}:
                yield from (t for t in match(start, predicate, None) if t.object in ends)


class _Ways:
    """Ways by their numbers; the same way has one number, whatever its variables are called."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[_Link, ...], tuple[_Kind, ...]], int] = {}
        self._links: list[tuple[tuple[_Link, ...], tuple[_Kind, ...]]] = [((), ()), ((), ())]

    def items(self, key: str, group: Sequence[Slots]) -> Iterator[_Item]:
        """Yield the patterns of a group, with the ways from a key to their ends."""
        known = {key: 0}
        for _ in self._steps(group, known):
            pass
        if key not in _variables(group) or _variables(group) - known.keys():
            raise UnboundedError
        for pattern in group:
            subject, value = (known[slot] if isinstance(slot, str) else slot for slot in pattern[::2])
            yield subject, _property(pattern), value

    def towards(self, keys: Sequence[str], group: Sequence[Slots], pattern: Slots) -> tuple[str, int]:
        """Return the key that is nearest to a pattern, and the way there from its ends."""
        known = {slot: end for end, slot in ((1, pattern[2]), (0, pattern[0])) if isinstance(slot, str)}
        steps = self._steps(group, known)
        while not (found := [key for key in keys if key in known]):
            if next(steps, None) is None:
                raise UnboundedError
        return found[0], known[found[0]]

    def _steps(self, group: Sequence[Slots], known: dict[str, int]) -> Iterator[str]:
        """Give one variable after the other its way from those that have one."""
        while (name := _next(group, known)) is not None:
            links = tuple(_links(group, known, name))
            backwards = any(not forwards for _, _, forwards in links)
            kinds = tuple(sorted(set(_kinds(group, name)), key=str)) if backwards else ()
            known[name] = self._number(links, kinds)
            yield name

    def _number(self, links: tuple[_Link, ...], kinds: tuple[_Kind, ...]) -> int:
        found = self._known.get((links, kinds))
        if found is None:
            found = self._known[links, kinds] = len(self._links)
            self._links.append((links, kinds))
        return found

    def follow(
        self, starts: Mapping[int, OxigraphTerm], match: Match
    ) -> Callable[[int], frozenset[OxigraphTerm]]:
        """Return what gives the values at the end of a way, each worked out once."""
        known = {start: frozenset({term}) for start, term in starts.items()}

        def values(way: int) -> frozenset[OxigraphTerm]:
            if way not in known:
                links, kinds = self._links[way]
                found = frozenset.intersection(*(_ends(link, values(link[0]), match) for link in links))
                known[way] = frozenset(t for t in found if all(_any(match(t, *kind)) for kind in kinds))
            return known[way]

        return values


def _ends(link: _Link, starts: Iterable[OxigraphTerm], match: Match) -> frozenset[OxigraphTerm]:
    _, predicate, forwards = link
    found: set[OxigraphTerm] = set()
    for start in starts:
        if forwards:
            found.update(triple.object for triple in match(start, predicate, None))
        else:
            found.update(triple.subject for triple in match(None, predicate, start))
        if len(found) > MOST:
            raise UnboundedError
    return frozenset(found)


def _next(group: Sequence[Slots], known: Mapping[str, int]) -> str | None:
    """Return the variable that is easiest to come to, None when there is none; classes lead to too much."""
    plain = [pattern for pattern in group if pattern[1] != _TYPE]
    for patterns, here, there in ((plain, 0, 2), (plain, 2, 0), (group, 0, 2)):
        for pattern in patterns:
            start, name = pattern[here], pattern[there]
            if isinstance(start, str) and start in known and isinstance(name, str) and name not in known:
                return name
    return None


def _links(group: Sequence[Slots], known: Mapping[str, int], name: str) -> list[_Link]:
    """Return the steps from what is known to a variable: along properties, else against them."""
    forth = [
        (start, _property(p), True) for p in group if (start := _of(p[0], known)) is not None and p[2] == name
    ]
    back = [
        (end, _property(p), False)
        for p in group
        if (end := _of(p[2], known)) is not None and p[0] == name and p[1] != _TYPE
    ]
    return sorted(dict.fromkeys(forth or back), key=str)


def _of(slot: OxigraphTerm | str, known: Mapping[str, int]) -> int | None:
    return known.get(slot) if isinstance(slot, str) else None


def _kinds(group: Sequence[Slots], name: str) -> Iterator[_Kind]:
    """Yield what every value of a variable has."""
    for pattern in group:
        if pattern[0] == name and not isinstance(pattern[2], str):
            yield _property(pattern), pattern[2]


def _common(name: str, groups: Sequence[Sequence[Slots]]) -> set[_Kind]:
    return set.intersection(*(set(_kinds(group, name)) for group in groups))


def _terms(groups: Iterable[Iterable[Slots]]) -> set[str]:
    found = {term(pattern) for group in groups for pattern in group}
    if None in found:
        raise UnboundedError
    return {name for name in found if name is not None}


def term(pattern: Slots) -> str | None:
    """Return the IRI of the class of a pattern, or else of its property; None where a variable stands."""
    found = pattern[2] if pattern[1] == _TYPE else pattern[1]
    return found.value if isinstance(found, NamedNode) else None


def _property(pattern: Slots) -> NamedNode:
    """Return the property of a pattern. Raises UnboundedError where it is a variable."""
    if isinstance(pattern[1], NamedNode):
        return pattern[1]
    raise UnboundedError


def _bare(pattern: Slots) -> Slots:
    """Return a pattern with its variables called alike, so that it is tried once."""
    subject, predicate, value = pattern
    name = "s" if subject == value else "o"
    alike = "s" if isinstance(subject, str) else subject
    return alike, predicate, name if isinstance(value, str) else value


def _variables(group: Iterable[Slots]) -> set[str]:
    return {slot for pattern in group for slot in pattern if isinstance(slot, str)}


def _any(found: Iterable[object]) -> bool:
    return any(True for _ in found)
