"""What a shape reads: properties, each with the way from the focus node to the subject of the triple.

A change matters to a focus node only if it has a triple with such a property, and its subject lies at the
end of the way. Where that cannot be said, every change is taken to matter.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import RDF, Graph
from rdflib.term import Node

from diplograph.incremental.meeting import between
from diplograph.incremental.query_reads import Footprint, UnboundedError
from diplograph.validation.prefilter import Plan, Unit, paths
from diplograph.validation.prefilter.leaves import LEAVES
from diplograph.validation.prefilter.paths import HERE, InexpressibleError, Path, Step, joined
from diplograph.validation.prefilter.patterns import THIS, Group, Pattern
from diplograph.vocab import SH

Read = tuple[Path | None, str | None]
"""A way and a property: None is any way or any property."""
_DEEPEST = 8
_TYPE = str(RDF.type)
_PAIRS = {SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals}
_SHAPES = {SH.node, SH.property, SH["not"], SH.qualifiedValueShape}
_LISTS = {SH["and"], SH["or"], SH.xone}
_SILENT = {SH.path, SH.name, SH.description, SH.message, SH.severity, SH.deactivated, SH.order, SH.group}
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
