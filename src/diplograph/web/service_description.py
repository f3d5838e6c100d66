"""Service description, VoID and examples: descriptions that need absolute addresses."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyoxigraph
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import OWL, RDF, RDFS, XSD
from rdflib.term import Node

from diplograph.errors import NotReady, UnknownResource
from diplograph.namespaces import BASE, PREFIXES, SCHEMA, SH, VOID, prefixes
from diplograph.queries import CannedQuery, canned
from diplograph.rdf import turtle
from diplograph.rdf.terms import to_rdflib
from diplograph.repository import Repository
from diplograph.sources import VOCABULARY
from diplograph.web.addresses import absolute

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
OFFERED = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
)
VOID_FILE = "void.ttl"
SELF = "https://service.invalid"
"""What the paths in the file are read against, until it is known where the service stands (RFC 2606)."""
EXECUTABLES = {
    "select": (SH.SPARQLSelectExecutable, SH.select),
    "ask": (SH.SPARQLAskExecutable, SH.ask),
    "construct": (SH.SPARQLConstructExecutable, SH.construct),
}


def description(repository: Repository) -> Graph:
    """The SPARQL 1.1 service description: languages, formats, the graphs and where the limits stand."""
    endpoint = URIRef(absolute("/sparql"))
    dataset = URIRef(f"{endpoint}#dataset")
    graph = _graph()
    for predicate, value in (
        (RDF.type, SD.Service),
        (SD.endpoint, endpoint),
        (SD.supportedLanguage, SD.SPARQL11Query),
        (SD.defaultDataset, dataset),
        (SD.availableGraphs, dataset),
        (RDFS.seeAlso, URIRef(absolute("/.well-known/void"))),
        (RDFS.seeAlso, URIRef(absolute("/.well-known/sparql-examples"))),
        (RDFS.comment, Literal(_limits(repository), lang="en")),
        *((SD.resultFormat, FORMATS[name]) for name in OFFERED),
    ):
        graph.add((endpoint, predicate, value))
    if repository.release.manifest.get("merged", True):
        graph.add((endpoint, SD.feature, SD.UnionDefaultGraph))
    graph.add((dataset, RDF.type, SD.Dataset))
    _add_graphs(graph, dataset, repository)
    return graph


def require_description(repository: Repository) -> None:
    """Raises NotReady while dumps and description of a release are still being made."""
    if repository.release.is_pending:
        raise NotReady("This release is new: its dumps and its description are being made.", retry_after=10)


def void(repository: Repository) -> Graph:
    """The VoID and DCAT description of the release, with the addresses of this service.

    Its parts have no names in the file; here each gets one, so that it can be linked to. Raises
    UnknownResource for a release of loose files, which has no description.
    """
    path = repository.release.path / VOID_FILE
    if not path.is_file():
        raise UnknownResource("What is served are loose files, which nothing describes.")
    text = path.read_bytes()
    names: dict[str, URIRef] = {}

    def named(term: pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal) -> Node:
        if isinstance(term, pyoxigraph.BlankNode):
            part = absolute(f"/.well-known/void#part-{len(names) + 1}")
            return names.setdefault(term.value, URIRef(part))
        if isinstance(term, pyoxigraph.NamedNode) and term.value.startswith(SELF):
            return URIRef(absolute(term.value.removeprefix(SELF)))
        return to_rdflib(term)

    graph = _graph()
    for quad in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE, base_iri=SELF):
        graph.add((named(quad.subject), named(quad.predicate), named(quad.object)))
    return graph


def is_described(repository: Repository) -> bool:
    """Whether the release was built from a knowledge base, and so has a description of its own."""
    return (repository.release.path / VOID_FILE).is_file()


def created(repository: Repository) -> datetime:
    """When the release was first built."""
    return datetime.fromisoformat(str(repository.release.manifest["created"]))


def examples(repository: Repository) -> Graph:
    """The canned queries as `sh:SPARQLExecutable`, each at its own address."""
    graph = _graph()
    for query in repository.queries.values():
        if query.form in EXECUTABLES:
            values = canned.resolved(repository.engine, query, query.example_values())
            _add_example(graph, query, query.bind(values))
    return graph


def context(ontology: Graph) -> dict[str, object]:
    """A JSON-LD context: our prefixes, and each property of ours with the type of its values."""
    terms: dict[str, object] = dict(sorted(prefixes().items()))
    for kind, coercion in (("ObjectProperty", "@id"), ("DatatypeProperty", None)):
        for name in sorted(_ours(ontology, kind)):
            definition = {"@id": f"dg:{name}"}
            datatype = coercion or _datatype(ontology, URIRef(PREFIXES["dg"] + name))
            terms[name] = definition | ({"@type": datatype} if datatype else {})
    for name in sorted(_ours(ontology, "Class")):
        terms[name] = f"dg:{name}"
    return {"@context": terms}


def ontology_of(folder: Path) -> Graph:
    """The ontology of a release: core, description logic module and alignments in one graph."""
    graph = _graph()
    for path in sorted(folder.glob("*.ttl")):
        if not path.name.startswith(VOCABULARY):
            graph += turtle.read(path)
    return graph


def vocab_of(folder: Path) -> Graph:
    """The concept schemes of a release."""
    graph = _graph()
    for path in sorted(folder.glob("*.ttl")):
        if path.name.startswith(VOCABULARY):
            graph += turtle.read(path)
    return graph


def modules_of(folder: Path) -> dict[str, Graph]:
    """The files of the ontology by what follows `ontology/` in the names of the module and its version."""
    found: dict[str, Graph] = {}
    start = f"{BASE}ontology/"
    for path in sorted(folder.glob("*.ttl")):
        graph = turtle.read(path)
        names = {*graph.subjects(RDF.type, OWL.Ontology), *graph.objects(None, OWL.versionIRI)}
        found |= {str(name).removeprefix(start): graph for name in names if str(name).startswith(start)}
    return found


def shapes_of(folder: Path) -> Graph:
    """The shapes of a release, those for one graph alone included."""
    graph = _graph()
    for path in sorted(folder.rglob("*.ttl")):
        graph += turtle.read(path)
    return graph


def _graph() -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix, base in prefixes().items():
        graph.bind(prefix, base)
    graph.bind("sd", SD)
    graph.bind("formats", FORMATS)
    return graph


def _limits(repository: Repository) -> str:
    settings = repository.settings
    return (
        f"A query has {settings.timeout:g} seconds and {settings.memory >> 20} MiB; a result has at most "
        f"{settings.max_result >> 20} MiB and is whole or refused. All limits: {absolute('/limits')}"
    )


def _add_graphs(graph: Graph, dataset: Node, repository: Repository) -> None:
    for number, (iri, count) in enumerate(sorted(graph_sizes(repository).items()), 1):
        entry = URIRef(f"{dataset}-{number}")
        graph.add((dataset, SD.namedGraph, entry))
        graph.add((entry, RDF.type, SD.NamedGraph))
        graph.add((entry, SD.name, URIRef(iri)))
        content = URIRef(f"{entry}-content")
        graph.add((entry, SD.graph, content))
        graph.add((content, RDF.type, SD.Graph))
        graph.add((content, VOID.triples, Literal(count)))


def graph_sizes(repository: Repository) -> dict[str, int]:
    """The named graphs of the release with their numbers of triples."""
    graphs = repository.release.manifest.get("graphs", {})
    return {str(iri): int(facts["triples"]) for iri, facts in graphs.items()}


def _add_example(graph: Graph, query: CannedQuery, text: str) -> None:
    kind, predicate = EXECUTABLES[query.form]
    example = URIRef(absolute(f"/queries/{query.name}"))
    graph.add((example, RDF.type, SH.SPARQLExecutable))
    graph.add((example, RDF.type, kind))
    graph.add((example, RDFS.label, Literal(query.summary, lang="en")))
    graph.add((example, RDFS.comment, Literal(query.question or query.summary, lang="en")))
    graph.add((example, predicate, Literal(text)))
    graph.add((example, SCHEMA.target, URIRef(absolute("/sparql"))))
    for tag in query.tags:
        graph.add((example, SCHEMA.keywords, Literal(tag)))


def _ours(ontology: Graph, kind: str) -> set[str]:
    owl = PREFIXES["owl"]
    found = {str(term) for term in ontology.subjects(RDF.type, URIRef(owl + kind))}
    return {iri.removeprefix(PREFIXES["dg"]) for iri in found if iri.startswith(PREFIXES["dg"])}


def _datatype(ontology: Graph, term: URIRef) -> str | None:
    found = ontology.value(term, RDFS.range)
    if found is None or found in {RDFS.Literal, XSD.string, RDF.langString}:
        return None
    return str(found)
