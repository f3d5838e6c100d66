"""Inputs of a validation: named graphs as parsed, their merge, what follows from them, and labels."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, Triple
from rdflib import Graph

from diplograph.errors import MalformedRdf
from diplograph.namespaces import BUILT_GRAPHS, DG, DGG, RDF, RDFS, SKOS
from diplograph.rdf import Dataset, reading
from diplograph.rdf.terms import to_rdflib
from diplograph.rdf.turtle import malformed
from diplograph.sources import KnowledgeBase
from diplograph.validation.shacl import DataGraph

_TYPE = NamedNode(str(RDF.type))
_IN_SCHEME, _BROADER = NamedNode(str(SKOS.inScheme)), NamedNode(str(SKOS.broader))
_HAS_NAME = NamedNode(str(DG.hasName))
_CALLED = tuple(NamedNode(str(p)) for p in (RDFS.label, SKOS.altLabel, SKOS.notation, DG.nameText))
READ = (_TYPE, _IN_SCHEME, _BROADER, _HAS_NAME, *_CALLED)
"""The properties that are read."""
Graphs = Mapping[str, list[Triple]]
"""The triples of each named graph by its IRI, with the lexical forms of the text."""


class LabelIndex:
    """What the graphs that were judged say about names: read when the first fix asks."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Take every triple of the base and of what is submitted."""
        self._triples = triples

    @cached_property
    def things(self) -> frozenset[str]:
        """The IRIs that are said to be something."""
        return frozenset(
            t.subject.value for t in self._all if isinstance(t.subject, NamedNode) and t.predicate == _TYPE
        )

    @cached_property
    def schemes(self) -> Mapping[str, list[str]]:
        """The concepts of each scheme."""
        found: dict[str, list[str]] = {}
        for triple in self._all:
            if triple.predicate == _IN_SCHEME and isinstance(triple.subject, NamedNode):
                found.setdefault(str(triple.object)[1:-1], []).append(triple.subject.value)
        return found

    @cached_property
    def narrower(self) -> Mapping[str, list[str]]:
        """The concepts under each heading."""
        found: dict[str, list[str]] = {}
        for triple in self._all:
            if triple.predicate == _BROADER and isinstance(triple.subject, NamedNode):
                found.setdefault(str(triple.object)[1:-1], []).append(triple.subject.value)
        return found

    @cached_property
    def names(self) -> Mapping[str, list[str]]:
        """What each thing is called: its labels, codes, and the names that it has or had."""
        found: dict[str, list[str]] = {}
        for triple in self._all:
            if (
                triple.predicate in _CALLED
                and isinstance(triple.subject, NamedNode)
                and isinstance(triple.object, Literal)
            ):
                found.setdefault(triple.subject.value, []).append(triple.object.value)
        for triple in self._all:
            if triple.predicate == _HAS_NAME and isinstance(triple.subject, NamedNode):
                texts = found.get(str(triple.object)[1:-1], [])
                found.setdefault(triple.subject.value, []).extend(texts)
        return found

    @cached_property
    def _all(self) -> list[Triple]:
        return list(self._triples)


def every(*graphs: Mapping[str, Iterable[Triple]]) -> Iterator[Triple]:
    """Yield the triples of several sets of named graphs."""
    return chain.from_iterable(triples for named in graphs for triples in named.values())


def of_files(kb: KnowledgeBase, without: Iterable[str] = ()) -> dict[str, list[Triple]]:
    """Read the graphs of a knowledge base from its files, some left out; MalformedRdf names the file."""
    left_out = set(without)
    return {
        graph: [triple for path in paths for triple in read(path, graph)]
        for graph, paths in kb.graphs().items()
        if graph not in left_out
    }


def read(path: Path, base: str) -> list[Triple]:
    """Return the triples of a Turtle file; MalformedRdf names file and position."""
    content, syntax = reading.read(path)
    try:
        parsed = pyoxigraph.parse(content, format=syntax, base_iri=base, rename_blank_nodes=True)
        return [quad.triple for quad in parsed]
    except SyntaxError as error:
        found = malformed(error)
        raise MalformedRdf(found.detail, **found.facts, file=str(path)) from error


@lru_cache(maxsize=2)
def of_store(path: Path) -> dict[str, list[Triple]]:
    """Read the graphs of a release's store but those that a build makes: they are made anew."""
    store = Dataset.open_read_only(path)
    found = graphs(store)
    store.close()
    return found


def graphs(loaded: Dataset) -> dict[str, list[Triple]]:
    """Return the named graphs of a dataset but those that a build makes."""
    names = (name for name in loaded.graph_names() if name not in BUILT_GRAPHS)
    return {name: [quad.triple for quad in loaded.quads(name)] for name in names}


def dataset(graphs: Graphs) -> Dataset:
    """Return the graphs as a dataset in memory."""
    loaded = Dataset.memory()
    fill(loaded, graphs)
    return loaded


def fill(loaded: Dataset, graphs: Graphs) -> None:
    """Add the graphs to a dataset, each under its name."""
    for graph, triples in graphs.items():
        name = NamedNode(graph)
        loaded.fill(Quad(t.subject, t.predicate, t.object, name) for t in triples)


def ontology(graphs: Graphs) -> Graph:
    """Return the axioms: the graph of the ontology alone."""
    return merge({str(DGG.ontology): graphs.get(str(DGG.ontology), [])})


def merge(graphs: Graphs) -> DataGraph:
    """Return the RDF merge of the graphs, lexical forms kept."""
    merged = DataGraph(bind_namespaces="none")
    with _without_remarks():
        for t in chain.from_iterable(graphs.values()):
            merged.add((to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)))
    return merged


@contextmanager
def _without_remarks() -> Iterator[None]:
    """Keep rdflib from logging a stack trace for each ill-typed literal: the shapes report them."""
    logger = logging.getLogger("rdflib.term")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


@contextmanager
def with_axioms(judged: Dataset, loaded: Dataset) -> Iterator[None]:
    """Add the axioms of a dataset's named graph to a default graph, for as long as a block runs."""
    own = (Quad(quad.subject, quad.predicate, quad.object) for quad in loaded.quads(str(DGG.ontology)))
    added = [quad for quad in own if quad not in judged]
    judged.fill(added)
    try:
        yield
    finally:
        judged.remove(added)


def described(graphs: Graphs) -> dict[str, list[Triple]]:
    """Return the graphs that describe the world: without the axioms and what a build derives."""
    derived = {str(DGG.ontology), *BUILT_GRAPHS}
    return {graph: triples for graph, triples in graphs.items() if graph not in derived}
