"""VoID and DCAT description of the dataset: counts, parts, vocabularies, downloads.

Addresses of the service are written as path references; whoever publishes the file resolves them against
its own base. Spec: https://www.w3.org/TR/void/.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.term import Node

from diplograph.namespaces import DCAT, DCTERMS, DGG, RDF, SPACE, VOID, kind_of, prefixes, spaces
from diplograph.rdf import Dataset
from diplograph.release.dumps import Lines

RDF_TYPE = f"<{RDF.type}>".encode()
ROOTS = 500
EXAMPLES = 5


@dataclass(slots=True)
class VoidCounts:
    """What VoID counts in a set of triples, terms in N-Triples."""

    triples: int = 0
    subjects: set[bytes] = field(default_factory=set)
    objects: set[bytes] = field(default_factory=set)
    properties: Counter[bytes] = field(default_factory=Counter)
    instances: defaultdict[bytes, set[bytes]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, lines: Sequence[bytes]) -> "VoidCounts":
        """Count what is stated, each triple a line in N-Triples: terms are made of none of them."""
        found = cls(triples=len(lines))
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            value = rest[:-3]
            found.subjects.add(subject)
            if not value.startswith(b'"'):
                found.objects.add(value)
            found.properties[predicate] += 1
            if predicate == RDF_TYPE and value.startswith(b"<"):
                found.instances[value].add(subject)
        return found


def _iri(term: bytes) -> str:
    return term[1:-1].decode("utf-8")


def describe(
    dataset: Dataset,
    lines: Lines,
    dumps: Sequence[Mapping[str, Any]],
    release: str,
    unmentioned: Collection[str] = (),
) -> str:
    """The description of a dataset in Turtle, counted by its lines.

    `dumps` are the entries of the manifest, `release` is the release's id. What is unmentioned is counted, as
    the dumps hold it, and is neither an example nor a place to begin.
    """
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in prefixes().items():
        graph.bind(prefix, namespace)
    _copy_metadata(dataset, graph)
    _whole(graph, VoidCounts.of(lines.merge), release, unmentioned)
    for name, own in lines.graphs.items():
        _subset(graph, URIRef(name), own)
    for dump in dumps:
        _distribution(graph, dump)
    return str(graph.serialize(format="turtle"))


def dataset_iri() -> URIRef:
    """The IRI of all that a knowledge base holds."""
    return URIRef(f"{SPACE.get()}dataset")


def _copy_metadata(dataset: Dataset, graph: Graph) -> None:
    graphs = tuple(f"{base}graph/" for base in spaces())
    for triple in dataset.to_rdflib([str(DGG.meta)]):
        if triple[0] == dataset_iri() or str(triple[0]).startswith(graphs):
            graph.add(triple)


def _whole(graph: Graph, found: VoidCounts, release: str, unmentioned: Collection[str]) -> None:
    graph.add((dataset_iri(), RDF.type, VOID.Dataset))
    graph.add((dataset_iri(), RDF.type, DCAT.Dataset))
    graph.add((dataset_iri(), DCTERMS.hasVersion, RdfLiteral(release)))
    graph.add((dataset_iri(), VOID.sparqlEndpoint, URIRef("/sparql")))
    graph.add((dataset_iri(), VOID.uriSpace, RdfLiteral(f"{SPACE.get()}id/")))
    graph.add((dataset_iri(), VOID.uriLookupEndpoint, URIRef("/describe?uri=")))
    _count(graph, dataset_iri(), found)
    for iri in _vocabularies(found):
        graph.add((dataset_iri(), VOID.vocabulary, URIRef(iri)))
    for term, kind, most in ((VOID.exampleResource, "act", EXAMPLES), (VOID.rootResource, "state", ROOTS)):
        start = tuple(f"<{base}id/{kind}/".encode() for base in spaces())
        things = sorted(_iri(one) for one in found.subjects if one.startswith(start))
        for iri in [one for one in things if one not in unmentioned][:most]:
            graph.add((dataset_iri(), term, URIRef(iri)))


def _subset(graph: Graph, name: URIRef, lines: Sequence[bytes]) -> None:
    graph.add((dataset_iri(), VOID.subset, name))
    graph.add((name, RDF.type, VOID.Dataset))
    graph.add((name, VOID.triples, RdfLiteral(len(lines))))
    subjects = {line.split(b" ", 1)[0] for line in lines}
    graph.add((name, VOID.distinctSubjects, RdfLiteral(len(subjects))))


def _count(graph: Graph, node: Node, found: VoidCounts) -> None:
    for term, number in (
        (VOID.triples, found.triples),
        (VOID.distinctSubjects, len(found.subjects)),
        (VOID.distinctObjects, len(found.objects)),
        (VOID.properties, len(found.properties)),
        (VOID.classes, len(found.instances)),
        (VOID.entities, sum(bool(kind_of(subject[1:-1].decode())) for subject in found.subjects)),
    ):
        graph.add((node, term, RdfLiteral(number)))
    for kind, things in sorted(found.instances.items()):
        part = _part(graph, node, VOID.classPartition, "class")
        graph.add((part, VOID["class"], URIRef(_iri(kind))))
        graph.add((part, VOID.entities, RdfLiteral(len(things))))
    for name, number in sorted(found.properties.items()):
        part = _part(graph, node, VOID.propertyPartition, "property")
        graph.add((part, VOID.property, URIRef(_iri(name))))
        graph.add((part, VOID.triples, RdfLiteral(number)))


def _part(graph: Graph, node: Node, term: URIRef, kind: str) -> BNode:
    part = BNode(f"{kind}-{len(list(graph.objects(node, term)))}")
    graph.add((node, term, part))
    graph.add((part, RDF.type, VOID.Dataset))
    return part


def _vocabularies(found: VoidCounts) -> list[str]:
    used = set(map(_iri, {*found.properties, *found.instances}))
    return sorted(space for space in set(prefixes().values()) if any(iri.startswith(space) for iri in used))


def _distribution(graph: Graph, dump: Mapping[str, Any]) -> None:
    address = URIRef(f"/dumps/{dump['file']}")
    graph.add((dataset_iri(), VOID.dataDump, address))
    graph.add((dataset_iri(), DCAT.distribution, address))
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
