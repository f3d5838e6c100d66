"""Datasets of named graphs in the embedded store, in memory or on disk, and changes to them as values."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple
from rdflib import Graph

from diplograph.errors import EngineUnavailable, MalformedQuery, MalformedRdf
from diplograph.rdf import reading
from diplograph.rdf.terms import OxigraphTerm, to_rdflib
from diplograph.rdf.turtle import malformed

Term = TypeVar("Term", bound=OxigraphTerm)
GraphName = NamedNode | BlankNode | DefaultGraph


@dataclass(frozen=True, slots=True)
class Delta:
    """The quads that a change adds and those that it removes; none stands on both sides."""

    added: frozenset[Quad] = frozenset()
    removed: frozenset[Quad] = frozenset()

    @classmethod
    def between(cls, before: Iterable[Quad], after: Iterable[Quad]) -> "Delta":
        """Return the change that turns one set of quads into another."""
        old, new = frozenset(before), frozenset(after)
        return cls(new - old, old - new)

    @classmethod
    def of_graphs(
        cls, before: Mapping[str, Iterable[Triple]], after: Mapping[str, Iterable[Triple]]
    ) -> "Delta":
        """Return the change that turns named graphs, by IRI, into others; a graph left out is empty."""
        return cls.between(_quads(before), _quads(after))

    @property
    def inverse(self) -> "Delta":
        """The change that undoes this one."""
        return Delta(self.removed, self.added)

    def then(self, other: "Delta") -> "Delta":
        """Return the change that this one and then the other make together."""
        return Delta(
            (self.added - other.removed) | (other.added - self.removed),
            (self.removed - other.added) | (other.removed - self.added),
        )

    @property
    def graphs(self) -> frozenset[str]:
        """The IRIs of the named graphs that change."""
        names = (quad.graph_name for quad in self.added | self.removed)
        return frozenset(name.value for name in names if isinstance(name, NamedNode))

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.added or self.removed)


def _quads(graphs: Mapping[str, Iterable[Triple]]) -> Iterable[Quad]:
    for graph, triples in graphs.items():
        name = NamedNode(graph)
        for triple in triples:
            yield Quad(triple.subject, triple.predicate, triple.object, name)


def by_graph(quads: Iterable[Quad]) -> dict[str, list[Triple]]:
    """Return quads as the triples of each graph by its IRI, those of the default graph under none."""
    found: dict[str, list[Triple]] = {}
    for quad in quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
        found.setdefault(name, []).append(quad.triple)
    return found


def canonical_lines(quads: Iterable[Quad]) -> list[bytes]:
    """Return the sorted canonical N-Triples lines of one graph (RDFC-1.0, SHA-256)."""
    dataset = pyoxigraph.Dataset(Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    text = pyoxigraph.serialize((quad.triple for quad in dataset), format=RdfFormat.N_TRIPLES) or b""
    return sorted(text.splitlines(keepends=True))


def as_stored(term: Term) -> Term:
    """Return a term as a store gives it back: numbers, booleans and times in canonical form."""
    if not isinstance(term, Literal):
        return term
    anything = NamedNode("urn:x")
    store = pyoxigraph.Store()
    store.add(Quad(anything, anything, term))
    return next(store.quads_for_pattern(None, None, None)).object  # type: ignore[return-value]


def _syntax(name: RdfFormat | str) -> RdfFormat:
    return name if isinstance(name, RdfFormat) else reading.syntax_of(name)


class Dataset:
    """Named graphs and a default graph in one store."""

    def __init__(self, store: pyoxigraph.Store) -> None:
        """Wrap an open store; use one of the constructors below."""
        self._store = store

    @classmethod
    def memory(cls) -> Self:
        """Return an empty dataset in memory."""
        return cls(pyoxigraph.Store())

    @classmethod
    def create(cls, path: Path) -> Self:
        """Create a store in a folder, which is made when it does not exist."""
        path.mkdir(parents=True, exist_ok=True)
        return cls(pyoxigraph.Store(str(path)))

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """Open a store that nobody writes any more; EngineUnavailable when it cannot be opened."""
        try:
            return cls(pyoxigraph.Store.read_only(str(path)))
        except OSError as error:
            raise EngineUnavailable(f"The store cannot be opened: {error}") from error

    def __len__(self) -> int:
        """Count the quads, the default graph included."""
        return len(self._store)

    def load(
        self,
        source: Path | bytes,
        format: RdfFormat | str = RdfFormat.TURTLE,  # noqa: A002
        graph: str | None = None,
        base: str | None = None,
        *,
        bulk: bool = False,
    ) -> None:
        """Load RDF into a named graph, or into the default graph.

        A bulk load is faster, and what it read before an error stays. Blank nodes never meet those of another
        load. The name of a file tells its syntax; of bytes it is a format, a media type or a suffix. Relative
        IRIs are resolved against `base`, else the graph's IRI. Raises UnsupportedMediaType, TooLarge, or
        MalformedRdf, naming file and position.
        """
        target = NamedNode(graph) if graph else DefaultGraph()
        if isinstance(source, Path):
            (content, syntax), name = reading.read(source), str(source)
        else:
            content, syntax, name = source, _syntax(format), None
        to_graph = None if graph is None and syntax.supports_datasets else target
        try:
            load = self._store.bulk_load if bulk else self._store.load
            load(
                content,
                syntax,
                base_iri=base or graph,
                to_graph=to_graph,
            )
        except SyntaxError as error:
            found = malformed(error)
            facts = found.facts | ({"file": name} if name else {})
            raise MalformedRdf(found.detail, **facts) from error

    def extend(self, quads: Iterable[Quad]) -> None:
        """Add quads, all or none."""
        self._store.extend(quads)

    def fill(self, quads: Iterable[Quad]) -> None:
        """Add quads faster than `extend`; after an error some are in and some are not."""
        self._store.bulk_extend(quads)

    def remove(self, quads: Iterable[Quad]) -> None:
        """Remove quads; those that are not there do not matter."""
        for quad in quads:
            self._store.remove(quad)

    def apply(self, delta: Delta) -> None:
        """Make a change."""
        self.remove(delta.removed)
        self.extend(delta.added)

    def apply_merged(self, delta: Delta) -> Delta:
        """Make a change of named graphs and keep the default graph their merge; return both changes."""
        self.apply(delta)
        lost = (_merged(quad) for quad in delta.removed if not self._is_named(quad))
        gone = frozenset(merged for merged in lost if merged in self)
        come = frozenset(merged for quad in delta.added if (merged := _merged(quad)) not in self)
        self.apply(Delta(come, gone))
        return delta.then(Delta(come, gone))

    def _is_named(self, quad: Quad) -> bool:
        found = self.matching(quad.subject, quad.predicate, quad.object)
        return any(isinstance(same.graph_name, NamedNode) for same in found)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """Return the quads of one named graph, or those of every graph."""
        return self._store.quads_for_pattern(None, None, None, NamedNode(graph) if graph else None)

    def matching(
        self,
        subject: OxigraphTerm | None,
        predicate: OxigraphTerm | None,
        object: OxigraphTerm | None,  # noqa: A002 - the name in RDF
        graph: GraphName | None = None,
    ) -> Iterator[Quad]:
        """Return the quads of a pattern in one graph or in all; None stands for any term."""
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode | None):
            return iter(())
        return self._store.quads_for_pattern(subject, predicate, object, graph)

    def __contains__(self, quad: Quad) -> bool:
        """Tell whether a quad stands in its graph."""
        return quad in self._store

    def holds(self, triple: Triple) -> bool:
        """Tell whether a triple stands in some graph."""
        return any(True for _ in self.matching(*triple))

    def has_blank_nodes(self, graph: str) -> bool:
        """Tell whether a named graph holds a blank node."""
        name = NamedNode(graph).value
        return self.ask(f"ASK {{ GRAPH <{name}> {{ ?s ?p ?o FILTER(ISBLANK(?s) || ISBLANK(?o)) }} }}")

    def graph_names(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return sorted(name.value for name in self._store.named_graphs())

    def select(
        self, text: str, bindings: Mapping[str, OxigraphTerm] | None = None
    ) -> list[dict[str, OxigraphTerm]]:
        """Evaluate a SELECT query of our own, some variables bound before; unbound ones are left out."""
        solutions = self._query(text, **_substituted(bindings))
        if not isinstance(solutions, pyoxigraph.QuerySolutions):
            raise MalformedQuery("The query is not a SELECT query.")
        names = [variable.value for variable in solutions.variables]
        return [
            {name: term for name, term in zip(names, row, strict=True) if term is not None}
            for row in solutions
        ]

    def construct(
        self,
        text: str,
        bindings: Mapping[str, OxigraphTerm] | None = None,
        *,
        default: bool = True,
        without: Set[GraphName] = frozenset(),
    ) -> list[Triple]:
        """Evaluate a CONSTRUCT or DESCRIBE query of our own, some variables bound before.

        The default graph may be taken as empty, and then some named graphs as well.
        """
        graphs = [name for name in self._store.named_graphs() if name not in without]
        options: dict[str, Any] = {} if default else {"default_graph": [], "named_graphs": graphs}
        triples = self._query(text, **_substituted(bindings), **options)
        if not isinstance(triples, pyoxigraph.QueryTriples):
            raise MalformedQuery("The query is not a CONSTRUCT or DESCRIBE query.")
        return list(triples)

    def update(self, text: str) -> None:
        """Carry out a SPARQL update of our own."""
        try:
            self._store.update(text)
        except SyntaxError as error:
            raise MalformedQuery(str(error)) from error

    def ask(self, text: str) -> bool:
        """Evaluate an ASK query of our own."""
        return bool(self._query(text))

    def write_default_merge(self) -> None:
        """Make the default graph the RDF merge of the named graphs, each triple once.

        The engine's own union flag gives a triple that stands in two graphs twice and overrides FROM.
        """
        self._store.update("CLEAR DEFAULT ; INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")

    def canonical_lines(self, graph: str) -> list[bytes]:
        """Return the sorted canonical N-Triples lines of a named graph (RDFC-1.0)."""
        if self.has_blank_nodes(graph):
            return canonical_lines(self.quads(graph))
        return self.sorted_lines(graph)

    def sorted_lines(self, graph: str | None) -> list[bytes]:
        """Return the sorted N-Triples lines of a named graph, or of the default graph, labels as they are."""
        name = NamedNode(graph) if graph else DefaultGraph()
        text = self._store.dump(format=RdfFormat.N_TRIPLES, from_graph=name) or b""
        return sorted(text.splitlines(keepends=True))

    def drop_empty(self, graphs: Iterable[str]) -> None:
        """Forget those of some named graphs that hold nothing any more."""
        for name in map(NamedNode, graphs):
            if not any(True for _ in self._store.quads_for_pattern(None, None, None, name)):
                self._store.remove_graph(name)

    def to_rdflib(self, graphs: Iterable[str]) -> Graph:
        """Return the merge of some named graphs, with the lexical forms that the store holds."""
        merged = Graph(bind_namespaces="none")
        for graph in graphs:
            for quad in self.quads(graph):
                merged.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
        return merged

    def dump(self, path: Path, format: RdfFormat | str, *, default: bool = False) -> None:  # noqa: A002
        """Write the named graphs, and the default graph when asked to, as N-Quads or TriG."""
        quads = (quad for quad in self.quads() if default or not isinstance(quad.graph_name, DefaultGraph))
        with path.open("wb") as stream:
            pyoxigraph.serialize(quads, stream, _syntax(format))

    def dump_graph(self, path: Path, graph: str | None) -> None:
        """Write one named graph, or the default graph, as N-Triples."""
        name = NamedNode(graph) if graph else DefaultGraph()
        quads = self._store.quads_for_pattern(None, None, None, name)
        with path.open("wb") as stream:
            pyoxigraph.serialize((quad.triple for quad in quads), stream, RdfFormat.N_TRIPLES)

    def backup(self, path: Path) -> None:
        """Write a checkpoint that others may open read-only while this one is written."""
        self._store.backup(str(path))

    def optimize(self) -> None:
        """Compact the store on disk, as a last step before it is frozen."""
        self._store.optimize()

    def flush(self) -> None:
        """Put everything on disk, also against a power cut."""
        self._store.flush()

    def close(self) -> None:
        """Let go of the store, so that its folder can be opened elsewhere."""
        self._store = pyoxigraph.Store()

    def _query(self, text: str, **dataset: Any) -> object:
        try:
            return self._store.query(text, **dataset)
        except SyntaxError as error:
            raise MalformedQuery(str(error)) from error


def _merged(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object)


def _substituted(bindings: Mapping[str, OxigraphTerm] | None) -> dict[str, Any]:
    given = {pyoxigraph.Variable(name): term for name, term in (bindings or {}).items()}
    return {"substitutions": given} if given else {}
