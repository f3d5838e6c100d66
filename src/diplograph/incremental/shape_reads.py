"""What shapes read from a focus node: each path that they look along, with those that lead there.

Where that cannot be said, every change is taken to matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from typing import NamedTuple

from rdflib import Graph
from rdflib.term import Node

from diplograph.incremental.patterns import ANY, TYPE, Group, Pattern, Read, Slot, UnboundedError, each
from diplograph.incremental.query_reads import QueryReads
from diplograph.incremental.walk import Footprint, Terms, Walk
from diplograph.namespaces import SH
from diplograph.sparql import paths, patterns
from diplograph.sparql.paths import InexpressibleError, Path, Step
from diplograph.validation.prefilter import Plan, Unit
from diplograph.validation.prefilter.value_constraints import LEAVES
from diplograph.validation.shapes import Shapes

FOCUS = "*focus"
"""The key of what a shape reads."""
_DEEPEST = 8
_PAIRS = {SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals}
_SHAPES = {SH.node, SH.property, SH["not"], SH.qualifiedValueShape}
_LISTS = {SH["and"], SH["or"], SH.xone}
_SILENT = {SH.path, SH.name, SH.description, SH.message, SH.severity, SH.deactivated, SH.order, SH.group}
_SILENT |= {SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf, SH.defaultValue}
_SILENT |= {SH.flags, SH.ignoredProperties, SH.prefixes, SH.declare, SH.qualifiedMinCount, SH.uniqueLang}
_SILENT |= {SH.qualifiedMaxCount, SH.minCount, SH.maxCount, SH.hasValue, SH.sparql}


@dataclass(frozen=True)
class Together:
    """Units that are judged anew together, since their findings name the same shapes.

    `reads` is what they read, None for everything; `is_flat` where each finding has the focus node of its
    unit.
    """

    units: tuple[Unit, ...]
    reads: tuple[Read, ...] | None
    shapes: frozenset[str]
    is_flat: bool

    @classmethod
    def of(cls, plan: Plan, unit: Unit) -> "Together":
        """Return a unit by itself."""
        try:
            reads = tuple(of_unit(plan, unit))
        except (InexpressibleError, UnboundedError):
            reads = None
        return cls((unit,), reads, *reported(plan.shapes, unit.shape))

    def with_(self, other: "Together") -> "Together":
        """Return the units of both."""
        reads = None if self.reads is None or other.reads is None else self.reads + other.reads
        flat = self.is_flat and other.is_flat
        return Together(self.units + other.units, reads, self.shapes | other.shapes, flat)

    @cached_property
    def footprint(self) -> Footprint:
        """The ways from what is read to the focus nodes."""
        return Footprint(self.reads or (), (FOCUS,), given=(FOCUS,))

    def reached(self, walk: Walk) -> Terms | None:
        """Return the focus nodes that a change may matter to, None for all of them."""
        if self.reads is None:
            return None if walk.changed else frozenset()
        try:
            found = frozenset(term for _, term in self.footprint.reached(walk))
        except UnboundedError:
            return None
        return found if self.is_flat or not found else None


@lru_cache(maxsize=4)
def together(shapes: Shapes) -> list[Together]:
    """Return the units of shapes in groups."""
    found: list[Together] = []
    for unit in shapes.plan.units:
        own = Together.of(shapes.plan, unit)
        met = [group for group in found if group.shapes & own.shapes]
        found = [group for group in found if not group.shapes & own.shapes]
        found.append(reduce(Together.with_, met, own))
    return found


def reported(shapes: Graph, shape: Node) -> tuple[frozenset[str], bool]:
    """Return the shapes that findings of a shape may name, and whether all have the focus node as theirs."""
    found, waiting, here = {shape}, [shape], True
    while waiting:
        node = waiting.pop()
        for member in set(shapes.objects(node, SH.property)) - found:
            here &= (node, SH.path, None) not in shapes
            found.add(member)
            waiting.append(member)
    return frozenset(map(str, found)), here


def of_unit(plan: Plan, unit: Unit) -> Iterator[Read]:
    """Yield what a unit reads, its targets among it. Raises InexpressibleError and UnboundedError."""
    if (None, SH.parameter, None) in plan.shapes:  # components of its own
        raise UnboundedError
    if unit.targets.classes:
        yield Read(Pattern(FOCUS, TYPE, ANY), ())
    for iri in unit.targets.subjects:
        yield Read(Pattern(FOCUS, Step(iri), ANY), ())
    for iri in unit.targets.objects:
        yield Read(Pattern(ANY, Step(iri), FOCUS), ())
    yield from _Reader(plan).shape(unit.shape, _Place(FOCUS))


class _Place(NamedTuple):
    """A variable for the nodes that a shape looks at, and the patterns that lead there."""

    node: str
    beside: Group = ()

    def read(self, path: Path | None) -> Read:
        return Read(Pattern.of(self.node, path, ANY), self.beside)

    def along(self, path: Path) -> "_Place":
        there = f"*{len(self.beside)}"
        return _Place(there, (*self.beside, Pattern.of(self.node, path, there)))


class _Reader:
    """Reads shapes, from each focus node of the outermost one outwards."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._shapes = plan, plan.shapes

    def shape(self, shape: Node, here: _Place, depth: int = 0) -> Iterator[Read]:
        """Yield what a shape reads whose focus nodes are at a place."""
        if depth > _DEEPEST:
            raise UnboundedError
        there = here
        for node in self._shapes.objects(shape, SH.path):
            path = paths.read(self._shapes, node)
            yield here.read(path)
            there = here.along(path)
        for predicate, value in self._shapes.predicate_objects(shape):
            yield from self._constraint(predicate, value, here, there, depth)
        if (shape, SH.sparql, None) in self._shapes:
            for pattern, beside in self._queries(shape):
                group = [Pattern(_named(s, here), p, _named(v, here)) for s, p, v in (pattern, *beside)]
                yield Read(group[0], (*group[1:], *here.beside))

    def _constraint(
        self, predicate: Node, value: Node, here: _Place, there: _Place, depth: int
    ) -> Iterator[Read]:
        if predicate == SH["class"]:
            yield there.read(TYPE)
        elif predicate in _PAIRS:
            yield here.read(Step(paths.iri(value)))
        elif predicate == SH.closed:
            yield there.read(None)
        elif predicate in _SHAPES:
            yield from self.shape(value, there, depth + 1)
        elif predicate in _LISTS:
            for member in paths.members(self._shapes, value):
                yield from self.shape(member, there, depth + 1)
        elif str(predicate).startswith(SH) and predicate not in _SILENT and predicate not in LEAVES:
            raise UnboundedError

    def _queries(self, shape: Node) -> Iterator[Read]:
        """Yield what the queries of a shape read, as the engine reads them where the pre-filter does not."""
        try:
            for group in self._plan.queries(shape):
                yield from _of_group(group)
        except InexpressibleError:
            for constraint in self._shapes.objects(shape, SH.sparql):
                for text in self._shapes.objects(constraint, SH.select):
                    if "PATH" in str(text):
                        raise UnboundedError from None
                    names = self._plan.prefixes(constraint)
                    prologue = "".join(f"PREFIX {name}: <{iri}> " for name, iri in names.items())
                    yield from QueryReads.of(prologue + str(text)).reads


def _of_group(group: patterns.Group, beside: Group = ()) -> Iterator[Read]:
    """Yield what a group reads; terms are taken for variables, which leads to no less."""
    own = tuple(
        Pattern.of(one.subject.lstrip("?"), one.path, one.value.lstrip("?")) for one in group.patterns
    )
    yield from each(own, beside)
    parts = [exists.group for exists in group.exists]
    for part in (*parts, *(part for union in group.unions for part in union.groups)):
        yield from _of_group(part, (*own, *beside))
    for counted in group.counted:
        yield from _of_group(counted.group)


def _named(slot: Slot, place: _Place) -> Slot:
    return place.node if slot == "this" else slot
