"""The plan of a validation: units of shapes with their targets, and the queries that find candidates."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode
from rdflib import OWL, RDF, RDFS, Graph, Literal
from rdflib.term import Node

from diplograph.errors import MalformedQuery
from diplograph.namespaces import SH
from diplograph.rdf import Dataset
from diplograph.rdf.terms import OxigraphTerm, to_rdflib
from diplograph.sparql import paths, patterns
from diplograph.sparql.paths import InexpressibleError, Path
from diplograph.sparql.patterns import THIS, Group
from diplograph.validation.prefilter.conditions import TARGETS, Conditions
from diplograph.validation.validation_graph import ValidationGraph

_SUBCLASSES = f"SELECT ?sub ?super WHERE {{ ?sub <{RDFS.subClassOf}> ?super }}"
Solution = Mapping[str, Any]
Suspects = dict[Node, tuple[Solution, ...]]
"""Candidates; where there are solutions, a SPARQL constraint has no other that it may find."""
_NAMES = {"rdf": str(RDF), "rdfs": str(RDFS), "owl": str(OWL)}
_AT_ONCE = 2
_FEW = 50
"""Up to how many shared values are looked up one by one, and not found by reading all things."""


@dataclass(frozen=True)
class Targets:
    """Where the focus nodes of a shape come from."""

    classes: frozenset[str]
    subjects: frozenset[str]
    objects: frozenset[str]
    nodes: frozenset[Node]

    def text(self, below: Mapping[str, set[str]]) -> str:
        """Write a pattern that binds ?this to each focus node in the data; `below` tells the subclasses."""
        kinds = {name for one in self.classes for name in {one, *below.get(one, ())}}
        parts = [f"?this <{RDF.type}> <{kind}> ." for kind in sorted(kinds)]
        parts += [f"?this <{predicate}> ?object ." for predicate in sorted(self.subjects)]
        parts += [f"?subject <{predicate}> ?this ." for predicate in sorted(self.objects)]
        if len(parts) == 1:
            return parts[0]
        return " UNION ".join(f"{{ {part} }}" for part in parts)


def subclasses(data: Dataset) -> dict[str, set[str]]:
    """Return the subclasses that the default graph of some data gives each class, however far below."""
    direct: dict[str, set[str]] = {}
    for row in data.select(_SUBCLASSES):
        if isinstance(row["sub"], NamedNode) and isinstance(row["super"], NamedNode):
            direct.setdefault(row["super"].value, set()).add(row["sub"].value)
    return {name: _below(name, direct) for name in direct}


def _below(name: str, direct: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        fresh = direct.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found


@dataclass(frozen=True)
class Unit:
    """A shape with targets: the condition under which a focus node may break it, and its queries.

    A condition "true" makes every focus node a candidate, "false" none. `values` is a query whether any value
    in the data may break the shape, and the condition where none does.
    """

    shape: Node
    targets: Targets
    condition: str
    queries: tuple[Group, ...] = ()
    values: tuple[str, str] | None = None

    def settled(self, ask: Callable[[str], bool]) -> "Unit":
        """Return the unit with the condition that is left once the values in the data have been asked for."""
        if self.values is None or self.condition in ("true", "false"):
            return self
        query, rest = self.values
        try:
            return self if ask(query) else replace(self, condition=rest, values=None)
        except MalformedQuery:  # the engine's grammar is not pySHACL's
            return self

    def candidates(self, data: Dataset, below: Mapping[str, set[str]]) -> set[Node]:
        """Return the focus nodes that may break the shape; those that the shape names always may."""
        found: set[Node] = set(self.targets.nodes)
        target = self.targets.text(below)
        for text in self._texts(target) if target else ():
            try:
                found |= _nodes(data.select(text))
            except MalformedQuery:  # the engine's grammar is not pySHACL's
                return found | _nodes(data.select(_query(target, "")))
        return found

    def suspects(self, data: Dataset, below: Mapping[str, set[str]]) -> Suspects:
        """Return the candidates, each with what else its solutions may be where that is known."""
        target = self.targets.text(below)
        found = self._joined(data, target) if target else None
        if found is None:
            return dict.fromkeys(self.candidates(data, below), ())
        return dict.fromkeys(self.targets.nodes, ()) | found

    def among(self, data: Dataset, below: Mapping[str, set[str]], terms: Iterable[OxigraphTerm]) -> Suspects:
        """Return the same for those of some terms that are focus nodes."""
        given = set(terms)
        found: Suspects = {node: () for node in map(to_rdflib, given) if node in self.targets.nodes}
        target = self.targets.text(below)
        unnamed = [term for term in given if isinstance(term, BlankNode)]
        names = " ".join(sorted(str(term) for term in given.difference(unnamed)))
        if target and names:
            few = f"VALUES ?this {{ {names} }} FILTER EXISTS {{ {target} }}"
            joined = self._joined(data, few, whole=False)
            found = (
                dict.fromkeys(self._candidates_among(data, few, {}), ()) if joined is None else joined
            ) | found
        for term in unnamed if target else ():
            found |= dict.fromkeys(self._candidates_among(data, target, {"this": term}), ())
        return found

    def _joined(self, data: Dataset, target: str, *, whole: bool = True) -> Suspects | None:
        """Return the focus nodes with the things that the query joins to them.

        None where the query tells of one thing, or the engine fails.
        """
        group = self.queries[0] if len(self.queries) == 1 and self.condition == "false" else None
        if group is None or not (things := group.things):
            return None
        try:
            known = "" if whole else _few_values(data, group, target)
            rows = data.select(_solutions(target, group, things, whole=whole, known=known))
        except MalformedQuery:
            return None
        found: dict[Node, list[Solution]] = {}
        for row in rows:
            named = {name: to_rdflib(term) for name, term in row.items()}
            kept = {name: term for name, term in named.items() if not isinstance(term, Literal)}
            found.setdefault(named["this"], []).append(kept)
        return {node: tuple(solutions) for node, solutions in found.items()}

    def _candidates_among(self, data: Dataset, target: str, given: Mapping[str, OxigraphTerm]) -> set[Node]:
        """Return the focus nodes among a few that may break the shape."""
        try:
            return {
                node for text in self._texts(target, whole=False) for node in _nodes(data.select(text, given))
            }
        except MalformedQuery:  # the engine's grammar is not pySHACL's
            return _nodes(data.select(_query(target, ""), given))

    def _texts(self, target: str, *, whole: bool = True) -> Iterator[str]:
        if self.condition == "true":
            yield _query(target, "")
            return
        if self.condition != "false":
            yield _query(target, f"FILTER({self.condition})")
        for group in self.queries:
            yield _solutions(target, group, [THIS], whole=whole)


@dataclass
class Plan:
    """How the shapes of a graph are judged."""

    shapes: Graph
    _conditions: Conditions = field(init=False)

    def __post_init__(self) -> None:
        """Leave SPARQL constraints of the outermost shapes to their own queries."""
        self._conditions = Conditions(self.shapes, frozenset({SH.sparql}))

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The shapes with targets."""
        return tuple(self._unit(shape) for shape in sorted(self._targeted(), key=str))

    def candidates(self, judged: ValidationGraph) -> Iterator[tuple[Unit, Suspects, float]]:
        """Yield each unit with its candidates in a graph and the seconds that these took.

        The engine answers several queries at once where there are several processors.
        """
        below, ask = subclasses(judged.data), cache(judged.data.ask)

        def found(unit: Unit) -> tuple[Unit, Suspects, float]:
            began = time.perf_counter()
            return unit, self._suspects(unit.settled(ask), judged, below), time.perf_counter() - began

        with ThreadPoolExecutor(_AT_ONCE) as threads:
            yield from threads.map(found, self.units)

    def _suspects(self, unit: Unit, judged: ValidationGraph, below: Mapping[str, set[str]]) -> Suspects:
        if not judged.altered:
            return unit.suspects(judged.data, below)
        found = replace(unit, condition="true").candidates(judged.data, below)
        return dict.fromkeys(_written(found, unit, judged), ())

    def _targeted(self) -> set[Node]:
        found = {shape for predicate in TARGETS for shape in self.shapes.subjects(predicate)}
        return found | self.implicit

    @cached_property
    def implicit(self) -> set[Node]:
        """The shapes that are classes, and so target their own members (SHACL, 2.1.3.3)."""
        classes = {RDFS.Class, *self.shapes.subjects(RDFS.subClassOf, RDFS.Class)}
        return {
            shape
            for kind in classes
            for shape in self.shapes.subjects(RDF.type, kind)
            if any(str(predicate).startswith(SH) for predicate in self.shapes.predicates(shape))
        }

    def _unit(self, shape: Node) -> Unit:
        targets = self._targets(shape)
        if (None, SH.parameter, None) in self.shapes:  # components of its own
            return Unit(shape, targets, "true")
        condition = self._conditions.breaks(shape)
        try:
            queries = (
                tuple(self.queries(shape)) if condition not in ("true", "false") or self._is_on(shape) else ()
            )
        except InexpressibleError:
            return Unit(shape, targets, "true")
        return Unit(shape, targets, condition, queries, self._conditions.apart_from_values(shape))

    def _is_on(self, shape: Node) -> bool:
        return all(
            isinstance(off, Literal) and not off.value for off in self.shapes.objects(shape, SH.deactivated)
        )

    def _targets(self, shape: Node) -> Targets:
        def named(predicate: Node) -> frozenset[str]:
            found = self.shapes.objects(shape, predicate)
            return frozenset(paths.iri(node) for node in found if not isinstance(node, Literal))

        own = frozenset({str(shape)}) if shape in self.implicit else frozenset()
        return Targets(
            named(SH.targetClass) | own,
            named(SH.targetSubjectsOf),
            named(SH.targetObjectsOf),
            frozenset(self.shapes.objects(shape, SH.targetNode)),
        )

    def queries(self, shape: Node) -> Iterator[Group]:
        """Yield the patterns of a shape's SPARQL constraints; InexpressibleError for what is not read."""
        found = list(self.shapes.objects(shape, SH.path))
        for constraint in self.shapes.objects(shape, SH.sparql):
            texts = list(self.shapes.objects(constraint, SH.select))
            if len(texts) != 1 or (constraint, SH.deactivated, None) in self.shapes:
                raise InexpressibleError
            path: Path | None = paths.read(self.shapes, found[0]) if found else None
            yield patterns.parse(str(texts[0]), self.prefixes(constraint), path)

    def prefixes(self, constraint: Node) -> dict[str, str]:
        """Return the prefixes of a query: its own, or those of the shapes graph (SHACL, 5.2.1)."""
        sources = set(self.shapes.objects(constraint, SH.prefixes))
        if sources and any(not self._declares(source) for source in sources):
            raise InexpressibleError
        names = dict(_NAMES)
        for source in sources:
            for item in self._declares(source):
                prefix, namespace = self.shapes.value(item, SH.prefix), self.shapes.value(item, SH.namespace)
                names[str(prefix)] = str(namespace)
        return names

    def _declares(self, source: Node) -> list[Node]:
        return list(self.shapes.objects(source, SH.declare))


def _written(found: set[Node], unit: Unit, judged: ValidationGraph) -> set[Node]:
    """Return focus nodes with the literals as they were written: only objects of a property are any."""
    literals = {node for node in found if isinstance(node, Literal)} - unit.targets.nodes
    written = {
        triple.object
        for predicate in unit.targets.objects
        for triple in judged.matching(None, NamedNode(predicate), None)
        if literals
    }
    return (found - literals) | {to_rdflib(term) for term in written if isinstance(term, pyoxigraph.Literal)}


def _query(target: str, test: str) -> str:
    return f"SELECT DISTINCT ?this WHERE {{ {target} {test} }}"


def _solutions(
    target: str, group: Group, names: Iterable[str], *, whole: bool = True, known: str = ""
) -> str:
    found = group.text(f"{{ {_query(target, '')} }}", whole=whole, known=known)
    return f"SELECT DISTINCT {' '.join(names)} WHERE {{ {found} }}"


def _few_values(data: Dataset, group: Group, target: str) -> str:
    """Write the values by which other things join a few focus nodes; nothing where they are many."""
    names, query = group.shared(f"{{ {_query(target, '')} }}")
    rows = data.select(query) if names else []
    if not 0 < len(rows) <= _FEW or any(isinstance(term, BlankNode) for row in rows for term in row.values()):
        return ""
    texts = " ".join(f"({' '.join(str(row[name[1:]]) for name in names)})" for row in rows)
    return f"VALUES ({' '.join(names)}) {{ {texts} }}"


def _nodes(rows: Iterable[Mapping[str, OxigraphTerm]]) -> set[Node]:
    return {to_rdflib(row["this"]) for row in rows}
