"""The shapes graph and the check queries, read once, and shapes compiled to be judged one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from diplograph.errors import BuildFailed
from diplograph.namespaces import DGS, RDF, RDFS, SH
from diplograph.rdf import turtle
from diplograph.sources import KnowledgeBase
from diplograph.sparql.header import HeaderError, split
from diplograph.validation.prefilter import Plan
from diplograph.validation.report import SEVERITIES, Severity

TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
_FRAME = {RDF.type, RDFS.label, RDFS.comment, RDFS.isDefinedBy, *TARGETS}
_PROSE = {RDFS.label, RDFS.comment, RDFS.isDefinedBy, SH.name, SH.description, SH.message}
_File = tuple[Path, bytes]
_REPEATS = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


def compiled(shapes: Graph) -> Graph:
    """Return shapes that yield the same results, texts left out."""
    graph = Graph(bind_namespaces="none")
    plain = set(_plain_node_shapes(shapes))
    for shape, predicate, value in shapes:
        if shape not in plain and predicate not in _PROSE:
            graph.add((shape, predicate, value))
    for node in plain:
        for member in shapes.objects(node, SH.property):
            for target in TARGETS:
                for value in shapes.objects(node, target):
                    graph.add((member, target, value))
    return graph


def alone(shapes: Graph, shape: Node, focus: Iterable[Node], classes: Iterable[Node]) -> Graph:
    """Return one of the shapes, with all that it refers to, for some focus nodes and no others.

    `classes` are the shapes that target their own members.
    """
    graph = Graph(bind_namespaces="none")
    own = set(classes)
    for triple in _referred(shapes, shape):
        if triple[1] not in TARGETS and not (triple[0] in own and _makes_class(shapes, triple)):
            graph.add(triple)
    for node in focus:
        graph.add((shape, SH.targetNode, node))
    return graph


def _referred(shapes: Graph, shape: Node) -> Iterator[tuple[Node, Node, Node]]:
    """Yield the triples of a shape and of what they name, or all where a shape depends on its neighbours."""
    if any((None, one, None) in shapes for one in (SH.qualifiedValueShapesDisjoint, SH.parameter)):
        yield from shapes
        return
    seen, waiting = {shape}, [shape, *shapes.subjects(SH.declare)]
    while waiting:
        for triple in shapes.triples((waiting.pop(), None, None)):
            yield triple
            if triple[2] not in seen and triple[1] not in TARGETS:
                seen.add(triple[2])
                waiting.append(triple[2])


def _makes_class(shapes: Graph, triple: tuple[Node, Node, Node]) -> bool:
    _, predicate, kind = triple
    return predicate == RDF.type and (kind == RDFS.Class or (kind, RDFS.subClassOf, RDFS.Class) in shapes)


def _plain_node_shapes(shapes: Graph) -> Iterator[Node]:
    """Yield the node shapes with a target, no constraint but `sh:property`, and no other use."""
    disjoint = set(shapes.subjects(SH.qualifiedValueShapesDisjoint))
    for node in shapes.subjects(RDF.type, SH.NodeShape):
        predicates = set(shapes.predicates(node))
        if (
            not predicates & set(TARGETS)
            or not predicates <= {*_FRAME, SH.property}
            or _is_used(shapes, node)
        ):
            continue
        if _is_class(shapes, node) or disjoint & set(shapes.objects(node, SH.property)):
            continue
        yield node


def _is_class(shapes: Graph, node: Node) -> bool:
    return any(_makes_class(shapes, (node, RDF.type, kind)) for kind in shapes.objects(node, RDF.type))


def _is_used(shapes: Graph, node: Node) -> bool:
    return any(True for _ in shapes.subjects(None, node))


@dataclass(frozen=True)
class CheckQuery:
    """A query over the named graphs that must find nothing; its rows are ?focus ?path ?value.

    Other variables, with literals, are words of the message: `{?what}`.
    """

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
        files = (kb.shape_files(), kb.check_files())
        shapes, checks = (tuple((path, path.read_bytes()) for path in paths) for paths in files)
        return _read(shapes, checks, cover=kb.covers_everything())

    @cached_property
    def compiled(self) -> Graph:
        """The shapes as pySHACL runs them."""
        return compiled(self.graph)

    @cached_property
    def plan(self) -> Plan:
        """How candidates are found."""
        return Plan(self.compiled)

    def alone(self, shape: Node, focus: Iterable[Node]) -> Graph:
        """Return one shape for some focus nodes and no others."""
        return alone(self.compiled, shape, focus, self.plan.implicit)

    @cached_property
    def target_classes(self) -> frozenset[Node]:
        """The classes whose members some shape looks at."""
        return frozenset(self.graph.objects(None, SH.targetClass))

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


@lru_cache(maxsize=2)
def _read(shapes: tuple[_File, ...], checks: tuple[_File, ...], *, cover: bool) -> Shapes:
    """Read shapes and check queries once, for as long as the content of their files stays as it is."""
    graph = Graph(bind_namespaces="none")
    for path, _ in shapes:
        graph += turtle.read(path)
    try:
        queries = tuple(CheckQuery.read(path) for path, _ in checks)
    except HeaderError as error:
        problem = f"queries/checks: line {error.line}: {error.detail}"
        raise BuildFailed(problem, problems=[problem]) from error
    return Shapes(graph, queries, cover)


def _shape_of(path: Path) -> str:
    words = path.name.removesuffix("-violation.rq").split("-")
    return str(DGS["".join(word.capitalize() for word in words)])
