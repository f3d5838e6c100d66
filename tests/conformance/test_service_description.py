"""What the endpoint says of itself, as the cases of the service description ask."""

import pyoxigraph
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from conformance.collected import to_run
from conformance.manifest import Case
from conformance.services import Service
from diplograph.rdf.terms import to_rdflib

pytestmark = pytest.mark.slow
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = {
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
}
CLASSES = {
    *("Service", "Feature", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile"),
    *("GraphCollection", "Dataset", "Graph", "NamedGraph"),
}
INSTANCES = {
    *("SPARQL10Query", "SPARQL11Query", "SPARQL11Update", "DereferencesURIs", "UnionDefaultGraph"),
    *("RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"),
}
# Each property with the classes of its subject and, where the vocabulary names one, of its object.
PROPERTIES = {
    "endpoint": ("Service", None),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "EntailmentRegime"),
    "supportedEntailmentProfile": ("Service", "EntailmentProfile"),
    "entailmentRegime": ("NamedGraph", "EntailmentRegime"),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", None),
    "inputFormat": ("Service", None),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
BROADER = {"Dataset": {"Dataset", "GraphCollection"}}


def described(service: Service, media: str = "text/turtle") -> Graph:
    """The description that the endpoint gives of itself."""
    answer = service.client.get("/sparql", headers={"Accept": media})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].partition(";")[0] == media
    graph = Graph()
    for quad in pyoxigraph.parse(answer.content, format=FORMATS[media]):
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return graph


def term(node: Node) -> str | None:
    """The local name of a term of the vocabulary; None for anything else."""
    return str(node).removeprefix(str(SD)) if str(node).startswith(str(SD)) else None


def kinds(graph: Graph, node: Node) -> set[str]:
    """The classes of a node in the vocabulary, broader ones included."""
    named = {name for kind in graph.objects(node, RDF.type) if (name := term(kind))}
    return named.union(*(BROADER.get(name, set()) for name in named))


def returns_rdf(service: Service) -> None:
    for media in FORMATS:
        assert len(described(service, media)) > 0


def has_endpoint_triple(service: Service) -> None:
    assert list(described(service).objects(None, SD.endpoint)) == [URIRef(f"{service.url}/sparql")]


def conforms_to_schema(service: Service) -> None:
    graph = described(service)
    for subject, predicate, value in graph:
        if predicate == RDF.type:
            assert term(value) in {None, *CLASSES}
        elif name := term(predicate):
            domain, range_ = PROPERTIES[name]
            assert domain in kinds(graph, subject)
            assert not isinstance(value, Literal)
            assert range_ is None or term(value) in INSTANCES or range_ in kinds(graph, value)
    for named in graph.subjects(RDF.type, SD.NamedGraph):
        assert len(list(graph.objects(named, SD.name))) == 1


CHECKS = {
    "service-description#returns-rdf": returns_rdf,
    "service-description#has-endpoint-triple": has_endpoint_triple,
    "service-description#conforms-to-schema": conforms_to_schema,
}


@pytest.mark.parametrize("case", to_run("ServiceDescriptionTest"))
def test_service_describes_itself(case: Case, service: Service) -> None:
    CHECKS[case.name](service)


@pytest.mark.parametrize("case", to_run("ServiceDescriptionTest")[:1])
def test_description_names_the_graphs_that_are_served(case: Case, service: Service) -> None:
    graph = described(service)

    query = "SELECT DISTINCT ?g WHERE { GRAPH ?g {} }"
    served = service.client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    assert {str(name) for name in graph.objects(None, SD.name)} == set(served.text.split()[1:])


@pytest.mark.parametrize("case", to_run("ServiceDescriptionTest")[:1])
def test_union_default_graph_is_not_claimed_for_files(case: Case, service: Service) -> None:
    assert (None, SD.feature, SD.UnionDefaultGraph) not in described(service)
