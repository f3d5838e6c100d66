"""The shapes graph and the check queries, read once, and what both have to look like."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from diplograph import turtle
from diplograph.errors import BuildFailed
from diplograph.footprint import Footprint
from diplograph.queries.header import HeaderError, split
from diplograph.sources import KnowledgeBase
from diplograph.validation.compiled import TARGETS, alone, compiled
from diplograph.validation.footprint.groups import Together, together
from diplograph.validation.prefilter import Plan
from diplograph.validation.report import SEVERITIES, Severity
from diplograph.vocab import DGS, RDF, SH

_REPEATS = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}
_FORBIDDEN = re.compile(r"\b(SERVICE|VALUES|MINUS)\b")


@dataclass(frozen=True)
class CheckQuery:
    """A query over the named graphs that must find nothing; its rows are ?focus ?path ?value."""

    shape: str
    text: str
    severity: Severity
    message: str
    cure: str

    @classmethod
    def read(cls, path: Path) -> "CheckQuery":
        """Read `queries/checks/{name}-violation.rq`; the name makes the shape. Raises HeaderError."""
        header, text = split(path)
        header.only((), {"summary", "severity", "message", "cure"})
        severity = header.text("severity")
        if severity not in SEVERITIES:
            raise header.fail(("severity",), f"the severity is one of {', '.join(SEVERITIES)}")
        header.text("summary")
        return cls(_shape_of(path), text, severity, header.text("message"), header.text("cure"))

    @cached_property
    def footprint(self) -> Footprint:
        """What a change has to match to matter. Raises UnboundedError when anything may."""
        return Footprint(self.text)


@dataclass(frozen=True)
class Shapes:
    """What the data has to look like."""

    graph: Graph
    checks: tuple[CheckQuery, ...]
    cover_everything: bool = True

    @classmethod
    def read(cls, folder: Path) -> "Shapes":
        """Read the `shapes/` and `queries/checks/` of a knowledge base or a release."""
        return cls.of(KnowledgeBase(folder))

    @classmethod
    def of(cls, kb: KnowledgeBase) -> "Shapes":
        """Read the shapes of a knowledge base; BuildFailed names the check query that cannot be used."""
        graph = Graph(bind_namespaces="none")
        for path in kb.shape_files():
            graph += turtle.read(path)
        try:
            checks = tuple(CheckQuery.read(path) for path in kb.check_files())
        except HeaderError as error:
            problem = f"queries/checks: line {error.line}: {error.detail}"
            raise BuildFailed(problem, problems=[problem]) from error
        return cls(graph, checks, kb.covers_everything())

    @cached_property
    def compiled(self) -> Graph:
        """The shapes as pySHACL runs them."""
        return compiled(self.graph)

    @cached_property
    def plan(self) -> Plan:
        """How candidates are found."""
        return Plan(self.compiled)

    @cached_property
    def together(self) -> list[Together]:
        """What each shape reads, in the groups that a change is judged in."""
        return together(self.plan)

    def alone(self, shape: Node, focus: Iterable[Node]) -> Graph:
        """Return one shape for some focus nodes and no others."""
        return alone(self.compiled, shape, focus, self.plan.implicit)

    @cached_property
    def target_classes(self) -> frozenset[Node]:
        """The classes whose members some shape looks at."""
        return frozenset(self.graph.objects(None, SH.targetClass))

    @cached_property
    def property_shapes(self) -> frozenset[URIRef]:
        """The property shapes of shapes with a target: what a finding can name."""
        targeted = {s for p in TARGETS for s in self.graph.subjects(p)}
        found = {shape for node in targeted for shape in self.graph.objects(node, SH.property)}
        return frozenset(shape for shape in found if isinstance(shape, URIRef))

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of the property shapes, by shape."""
        return {str(shape): str(name) for shape, name in self.graph.subject_objects(SH.name)}

    def text(self, shape: Node, predicate: URIRef) -> str:
        """Return a text of a shape, empty when it has none."""
        value = self.graph.value(shape, predicate)
        return "" if value is None else str(value)

    def path(self, node: Node | None) -> str | None:
        """Return a path as SPARQL writes it: a plain IRI, or steps in angle brackets."""
        if node is None or isinstance(node, URIRef):
            return None if node is None else str(node)
        return self._path(node)

    def _path(self, node: Node) -> str:
        if isinstance(node, URIRef):
            return f"<{node}>"
        if (inverse := self.graph.value(node, SH.inversePath)) is not None:
            return f"^{self._path(inverse)}"
        if (options := self.graph.value(node, SH.alternativePath)) is not None:
            return "|".join(self._path(option) for option in Collection(self.graph, options))
        for predicate, mark in _REPEATS.items():
            if (part := self.graph.value(node, predicate)) is not None:
                return f"({self._path(part)}){mark}"
        return "/".join(self._path(step) for step in Collection(self.graph, node))


def hygiene(shapes: Shapes) -> list[str]:
    """Return what is wrong with the shapes themselves: names, texts, severities, forbidden SPARQL."""
    graph = shapes.graph
    every = sorted(graph.subjects(RDF.type, SH.PropertyShape), key=str)
    return [
        *(problem for shape in every for problem in _faults(graph, shape)),
        *(f"{_name(s)} uses {hit}" for s, hit in _forbidden(graph)),
        *(f"{_name(shape)} is used by no shape" for shape in _unused(graph, every)),
    ]


def _faults(graph: Graph, shape: Node) -> Iterator[str]:
    if isinstance(shape, BNode):
        yield "a property shape has no IRI"
    for predicate in (SH.name, SH.message, SH.description):
        texts = list(graph.objects(shape, predicate))
        if len(texts) != 1 or not isinstance(texts[0], Literal) or texts[0].language != "en":
            yield f"{_name(shape)} needs one sh:{predicate.removeprefix(SH)}@en"
    if graph.value(shape, SH.severity) not in {SH.Violation, SH.Warning, SH.Info}:
        yield f"{_name(shape)} has no severity"


def _forbidden(graph: Graph) -> Iterator[tuple[Node, str]]:
    for shape, text in graph.subject_objects(SH.select):
        if found := _FORBIDDEN.search(str(text)):
            yield shape, found[1]
        if "$this" not in str(text).split("WHERE", 1)[-1]:
            yield shape, "no $this"


def _unused(graph: Graph, shapes: Iterable[Node]) -> list[Node]:
    used = set(graph.objects(None, SH.property))
    return [shape for shape in shapes if shape not in used]


def _name(node: Node) -> str:
    return str(node).removeprefix(str(DGS))


def _shape_of(path: Path) -> str:
    words = path.name.removesuffix("-violation.rq").split("-")
    return str(DGS["".join(word.capitalize() for word in words)])
