"""VoID and DCAT description of the dataset: counts, parts, vocabularies, downloads.

Addresses of the service are written as path references; whoever publishes the file resolves them against
its own base. Spec: https://www.w3.org/TR/void/.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.term import Node

from diplograph.namespaces import BASE, DCAT, DCTERMS, DGG, ID, PREFIXES, RDF, VOID
from diplograph.rdf import Dataset

DATASET = URIRef(f"{BASE}dataset")
RDF_TYPE = NamedNode(str(RDF.type))
ROOTS = 500
EXAMPLES = 5


@dataclass(slots=True)
class VoidCounts:
    """What VoID counts in a set of triples."""

    triples: int = 0
    subjects: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    properties: Counter[str] = field(default_factory=Counter)
    instances: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, quad: Quad) -> None:
        """Counts one triple."""
        self.triples += 1
        self.subjects.add(str(quad.subject))
        if not isinstance(quad.object, Literal):
            self.objects.add(str(quad.object))
        self.properties[quad.predicate.value] += 1
        if quad.predicate == RDF_TYPE and isinstance(quad.object, NamedNode):
            self.instances[quad.object.value].add(str(quad.subject))


def void_counts(quads: Iterable[Quad]) -> dict[str, VoidCounts]:
    """The figures of every graph by its IRI, those of the default graph under the empty string."""
    found: defaultdict[str, VoidCounts] = defaultdict(VoidCounts)
    for quad in quads:
        name = "" if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value
        found[name].add(quad)
    return dict(found)


def describe(dataset: Dataset, dumps: Sequence[Mapping[str, Any]], release: str) -> str:
    """The description in Turtle. `dumps` are the entries of the manifest, `release` is the release's id."""
    counted = void_counts(dataset.quads())
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    _copy_metadata(dataset, graph)
    _whole(graph, counted.get("", VoidCounts()), release)
    for name, found in sorted(counted.items()):
        if name:
            _subset(graph, URIRef(name), found)
    for dump in dumps:
        _distribution(graph, dump)
    return str(graph.serialize(format="turtle"))


def _copy_metadata(dataset: Dataset, graph: Graph) -> None:
    for triple in dataset.to_rdflib([str(DGG.meta)]):
        if triple[0] == DATASET or str(triple[0]).startswith(str(DGG)):
            graph.add(triple)


def _whole(graph: Graph, found: VoidCounts, release: str) -> None:
    graph.add((DATASET, RDF.type, VOID.Dataset))
    graph.add((DATASET, RDF.type, DCAT.Dataset))
    graph.add((DATASET, DCTERMS.hasVersion, RdfLiteral(release)))
    graph.add((DATASET, VOID.sparqlEndpoint, URIRef("/sparql")))
    graph.add((DATASET, VOID.uriSpace, RdfLiteral(str(ID))))
    graph.add((DATASET, VOID.uriLookupEndpoint, URIRef("/describe?uri=")))
    _count(graph, DATASET, found)
    for iri in _vocabularies(found):
        graph.add((DATASET, VOID.vocabulary, URIRef(iri)))
    for subject in sorted(s for s in found.subjects if s.startswith(f"<{ID}act/"))[:EXAMPLES]:
        graph.add((DATASET, VOID.exampleResource, URIRef(subject[1:-1])))
    for subject in sorted(s for s in found.subjects if s.startswith(f"<{ID}state/"))[:ROOTS]:
        graph.add((DATASET, VOID.rootResource, URIRef(subject[1:-1])))


def _subset(graph: Graph, name: URIRef, found: VoidCounts) -> None:
    graph.add((DATASET, VOID.subset, name))
    graph.add((name, RDF.type, VOID.Dataset))
    graph.add((name, VOID.triples, RdfLiteral(found.triples)))
    graph.add((name, VOID.distinctSubjects, RdfLiteral(len(found.subjects))))


def _count(graph: Graph, node: Node, found: VoidCounts) -> None:
    for term, number in (
        (VOID.triples, found.triples),
        (VOID.distinctSubjects, len(found.subjects)),
        (VOID.distinctObjects, len(found.objects)),
        (VOID.properties, len(found.properties)),
        (VOID.classes, len(found.instances)),
        (VOID.entities, sum(subject.startswith(f"<{ID}") for subject in found.subjects)),
    ):
        graph.add((node, term, RdfLiteral(number)))
    for iri, things in sorted(found.instances.items()):
        part = _part(graph, node, VOID.classPartition, "class")
        graph.add((part, VOID["class"], URIRef(iri)))
        graph.add((part, VOID.entities, RdfLiteral(len(things))))
    for iri, number in sorted(found.properties.items()):
        part = _part(graph, node, VOID.propertyPartition, "property")
        graph.add((part, VOID.property, URIRef(iri)))
        graph.add((part, VOID.triples, RdfLiteral(number)))


def _part(graph: Graph, node: Node, term: URIRef, kind: str) -> BNode:
    part = BNode(f"{kind}-{len(list(graph.objects(node, term)))}")
    graph.add((node, term, part))
    graph.add((part, RDF.type, VOID.Dataset))
    return part


def _vocabularies(found: VoidCounts) -> list[str]:
    used = {*found.properties, *found.instances}
    return sorted(space for space in set(PREFIXES.values()) if any(iri.startswith(space) for iri in used))


def _distribution(graph: Graph, dump: Mapping[str, Any]) -> None:
    address = URIRef(f"/dumps/{dump['file']}")
    graph.add((DATASET, VOID.dataDump, address))
    graph.add((DATASET, DCAT.distribution, address))
    graph.add((address, RDF.type, DCAT.Distribution))
    graph.add((address, DCAT.downloadURL, address))
    graph.add((address, DCAT.byteSize, RdfLiteral(dump["size"])))
    graph.add(
        (address, DCAT.mediaType, URIRef(f"https://www.iana.org/assignments/media-types/{dump['media']}"))
    )
    graph.add(
        (
            address,
            DCAT.compressFormat,
            URIRef("https://www.iana.org/assignments/media-types/application/gzip"),
        )
    )
    graph.add((address, DCTERMS.identifier, RdfLiteral(f"sha256:{dump['sha256']}")))
