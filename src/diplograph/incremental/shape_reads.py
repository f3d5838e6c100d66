"""What a shape reads: properties, each with the way from the focus node to the subject of the triple."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import RDF, Graph
from rdflib.term import Node

from diplograph.incremental.matching import Match
from diplograph.incremental.query_reads import Footprint, UnboundedError
from diplograph.namespaces import SH
from diplograph.rdf.terms import OxigraphTerm
from diplograph.sparql import paths
from diplograph.sparql.paths import HERE, InexpressibleError, Path, Step, joined
from diplograph.sparql.patterns import THIS, Group, Pattern, sides
from diplograph.validation.prefilter import Plan, Unit
from diplograph.validation.prefilter.value_constraints import LEAVES

MOST = 64
"""How many combinations of values one thing may have that others are looked for by."""
Select = Callable[[str, dict[str, OxigraphTerm]], list[dict[str, OxigraphTerm]]]
Link = tuple[str, str]
"""A property and the variable of its value."""
Read = tuple[Path | None, str | None]
"""A way and a property: None is any way or any property."""
_DEEPEST = 8
_TYPE = str(RDF.type)
_PAIRS = {SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals}
_SHAPES = {SH.node, SH.property, SH["not"], SH.qualifiedValueShape}
_LISTS = {SH["and"], SH["or"], SH.xone}
_SILENT = {SH.path, SH.name, SH.description, SH.message, SH.severity, SH.deactivated, SH.order, SH.group}


class UnfoundError(Exception):
    """A thing whose values no query can name, or that has too many of them."""


@dataclass(frozen=True)
class Meeting(Path):
    """From $this to what has the values of the variables that the links of both give."""

    here: tuple[Link, ...]
    there: tuple[Link, ...]

    @cached_property
    def text(self) -> str:
        """Say what meets; no path of SPARQL says it."""
        return f"{self.here} = {self.there}"

    def inverse(self) -> Path:
        """Raise InexpressibleError: it is followed backwards alone."""
        raise InexpressibleError

    def reads(self) -> Iterator[tuple[Path, str]]:
        """Raise InexpressibleError: what it reads, the patterns of both sides say."""
        raise InexpressibleError

    def back(self, end: OxigraphTerm, match: Match, select: Select) -> Iterator[OxigraphTerm]:
        """Yield what meets a thing: `match` finds its values, `select` whatever has them.

        Raises UnfoundError.
        """
        values = self._values(end, match)
        names = sorted({name for _, name in self.here})
        pattern = " ".join(f"{THIS} <{iri}> {name} ." for iri, name in self.here)
        choices = list(product(*(sorted(values[name], key=str) for name in names)))
        if len(choices) > MOST or any(isinstance(term, BlankNode) for row in choices for term in row):
            raise UnfoundError
        wanted = f"SELECT DISTINCT {THIS} {' '.join(names)} WHERE {{ {pattern} }}"
        for row in choices:
            bound = {name[1:]: term for name, term in zip(names, row, strict=True)}
            for found in select(wanted, bound):
                yield found[THIS[1:]]

    def _values(self, end: OxigraphTerm, match: Match) -> dict[str, set[OxigraphTerm]]:
        found: dict[str, set[OxigraphTerm]] = {}
        for iri, name in self.there:
            own = set() if isinstance(end, Literal) else {t.object for t in match(end, NamedNode(iri), None)}
            found[name] = found[name] & own if name in found else own
        return found


def between(patterns: Sequence[Pattern]) -> tuple[str, Meeting] | None:
    """Return the variable of what $this meets in some patterns, and how; None where it is otherwise."""
    halves = sides(patterns)
    if len(halves) != 2:
        return None
    here, there = sorted(halves, key=lambda half: not any(THIS in one.variables for one in half))
    shared = {name for one in here for name in one.variables} & {
        name for one in there for name in one.variables
    }
    own, others = _links(here, shared), _links(there, shared)
    subjects = {pattern.subject for pattern in there if shared & pattern.variables}
    if not shared or own is None or others is None or not _is_of_this(here, shared):
        return None
    return next(iter(subjects)), Meeting(own, others)


def _is_of_this(half: Iterable[Pattern], shared: set[str]) -> bool:
    return all(pattern.subject == THIS for pattern in half if shared & pattern.variables)


def _links(half: Iterable[Pattern], shared: set[str]) -> tuple[Link, ...] | None:
    """Return the links to shared values; None where one is no plain property of one thing."""
    meeting = [pattern for pattern in half if shared & pattern.variables]
    plain = [one for one in meeting if isinstance(one.path, Step) and not one.path.backwards]
    if len(plain) < len(meeting) or any(one.value not in shared or one.subject in shared for one in plain):
        return None
    if len({one.subject for one in plain}) != 1:
        return None
    return tuple((one.path.iri, one.value) for one in plain if isinstance(one.path, Step))


_SILENT |= {SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf, SH.defaultValue}
_SILENT |= {SH.flags, SH.ignoredProperties, SH.prefixes, SH.declare, SH.qualifiedMinCount, SH.uniqueLang}
_SILENT |= {SH.qualifiedMaxCount, SH.minCount, SH.maxCount, SH.hasValue, SH.sparql}


@dataclass(frozen=True)
class Reads:
    """What a unit reads; None is everything. `asked` are queries whose solutions name the focus nodes."""

    reads: frozenset[Read] | None
    asked: tuple[Footprint, ...] = ()


def of_unit(plan: Plan, unit: Unit) -> Reads:
    """Return what a unit reads, its targets among it."""
    if (None, SH.parameter, None) in plan.shapes:
        return Reads(None)
    reader = _Reader(plan)
    try:
        found = {*_of_targets(unit), *reader.shape(unit.shape, HERE)}
    except (InexpressibleError, UnboundedError):
        return Reads(None)
    return Reads(frozenset(found), tuple(reader.asked))


def reported(shapes: Graph, shape: Node) -> tuple[set[Node], bool]:
    """Return the shapes that findings of a shape may name, and whether all have the focus node as theirs."""
    found, waiting, here = {shape}, [shape], True
    while waiting:
        node = waiting.pop()
        for member in set(shapes.objects(node, SH.property)) - found:
            here &= (node, SH.path, None) not in shapes
            found.add(member)
            waiting.append(member)
    return found, here


def _of_targets(unit: Unit) -> Iterator[Read]:
    targets = unit.targets
    if targets.classes:
        yield HERE, _TYPE
    for iri in targets.subjects:
        yield HERE, iri
    for iri in targets.objects:
        yield from Step(iri, backwards=True).reads()


class _Reader:
    """Reads shapes, from each focus node of the outermost one outwards."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._shapes = plan, plan.shapes
        self.asked: list[Footprint] = []

    def shape(self, shape: Node, way: Path, depth: int = 0) -> Iterator[Read]:
        """Yield what a shape reads whose focus node lies at the end of a way."""
        if depth > _DEEPEST:
            raise InexpressibleError
        there = way
        for node in self._shapes.objects(shape, SH.path):
            path = paths.read(self._shapes, node)
            yield from _along(way, path)
            there = joined(way, path)
        for predicate, value in self._shapes.predicate_objects(shape):
            yield from self._constraint(predicate, value, way, there, depth)
        if (shape, SH.sparql, None) in self._shapes:
            yield from self._queries(shape, way)

    def _constraint(self, predicate: Node, value: Node, way: Path, there: Path, depth: int) -> Iterator[Read]:
        if predicate == SH["class"]:
            yield there, _TYPE
        elif predicate in _PAIRS:
            yield way, paths.iri(value)
        elif predicate == SH.closed:
            yield there, None
        elif predicate in _SHAPES:
            yield from self.shape(value, there, depth + 1)
        elif predicate in _LISTS:
            for member in paths.members(self._shapes, value):
                yield from self.shape(member, there, depth + 1)
        elif str(predicate).startswith(SH) and predicate not in _SILENT and predicate not in LEAVES:
            raise InexpressibleError

    def _queries(self, shape: Node, way: Path) -> Iterator[Read]:
        try:
            for group in self._plan.queries(shape):
                yield from of_group(group, {THIS: way})
        except InexpressibleError:
            if way != HERE:
                raise
            self.asked += self._whole(shape)

    def _whole(self, shape: Node) -> Iterator[Footprint]:
        """Yield the footprint of each query of a shape as the engine reads it."""
        for constraint in self._shapes.objects(shape, SH.sparql):
            for text in self._shapes.objects(constraint, SH.select):
                if "PATH" in str(text):
                    raise InexpressibleError
                names = self._plan.prefixes(constraint)
                prologue = "".join(f"PREFIX {name}: <{iri}> " for name, iri in names.items())
                yield Footprint(prologue + str(text))


def of_group(group: Group, known: Mapping[str, Path]) -> Iterator[Read]:
    """Yield what a group reads, given the ways to some of its variables."""
    met = between(group.patterns) if known.keys() == {THIS} else None
    anchored = {**known, met[0]: joined(known[THIS], met[1])} if met else known
    ways = _ways(group.patterns, anchored)
    for pattern in group.patterns:
        if pattern.subject in ways:
            yield from _along(ways[pattern.subject], pattern.path)
        elif pattern.value in ways:
            yield from _along(ways[pattern.value], pattern.path.inverse())
        else:
            yield from ((None, iri) for _, iri in pattern.path.reads())
    for exists in group.exists:
        yield from of_group(exists.group, ways)
    for union in group.unions:
        for part in union.groups:
            yield from of_group(part, ways)
    for counted in group.counted:
        yield from of_group(counted.group, {THIS: known[THIS]})


def _ways(patterns: Iterable[Pattern], known: Mapping[str, Path]) -> dict[str, Path]:
    """Return the ways to the variables that patterns tie to those that are known."""
    ways, waiting = dict(known), list(patterns)
    while tied := [one for one in waiting if one.subject in ways or one.value in ways]:
        one = tied[0]
        waiting.remove(one)
        if one.value.startswith("?") and one.value not in ways:
            ways[one.value] = joined(ways[one.subject], one.path)
        elif one.subject.startswith("?") and one.subject not in ways:
            ways[one.subject] = joined(ways[one.value], one.path.inverse())
    return ways


def _along(way: Path, path: Path) -> Iterator[Read]:
    return ((joined(way, before), iri) for before, iri in path.reads())
