"""Ontology, concept schemes and shapes as pages: every term under an anchor of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS
from rdflib.term import Node

from diplograph.vocab import BASE, SH, short
from diplograph.web import links

PARTS = (
    ("Classes", OWL.Class),
    ("Object properties", OWL.ObjectProperty),
    ("Datatype properties", OWL.DatatypeProperty),
    ("Annotation properties", OWL.AnnotationProperty),
)
RELATIONS = (
    ("kind of", RDFS.subClassOf),
    ("kind of", RDFS.subPropertyOf),
    ("of", RDFS.domain),
    ("to", RDFS.range),
    ("inverse of", OWL.inverseOf),
    ("not", OWL.disjointWith),
    ("close to", SKOS.closeMatch),
    ("same as", OWL.equivalentClass),
    ("same as", OWL.equivalentProperty),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A term on a page."""

    anchor: str
    name: str
    labels: list[links.Cell]
    definition: str
    relations: list[tuple[str, list[links.Cell]]]
    children: list[Entry]


def ontology_page(graph: Graph) -> Mapping[str, object]:
    """What the page of the ontology shows."""
    parts = [(title, _entries(graph, _declared(graph, kind))) for title, kind in PARTS]
    return {
        "title": "Ontology",
        "lead": _text(
            graph, URIRef(f"{BASE}ontology"), (DCTERMS.description, DCTERMS.abstract, RDFS.comment)
        ),
        "parts": [(title, entries) for title, entries in parts if entries],
    }


def vocab_page(graph: Graph) -> Mapping[str, object]:
    """What the page of the concept schemes shows: each scheme as a tree."""
    schemes = sorted(graph.subjects(RDF.type, SKOS.ConceptScheme), key=str)
    parts = [(_entry(graph, scheme), _tree(graph, _top(graph, scheme))) for scheme in schemes]
    return {"title": "Vocabulary", "schemes": parts}


def shapes_page(graph: Graph) -> Mapping[str, object]:
    """What the page of the shapes shows: message and cure of each."""
    names = sorted({term for term in _shapes(graph) if isinstance(term, URIRef)}, key=str)
    shapes = [
        {
            "anchor": _anchor(name),
            "name": short(str(name)),
            "message": _text(graph, name, (SH.message, RDFS.label, SH.name)),
            "cure": _text(graph, name, (SH.description, RDFS.comment)),
            "severity": _anchor(graph.value(name, SH.severity) or SH.Violation),
        }
        for name in names
    ]
    return {"title": "Shapes", "shapes": shapes}


def _shapes(graph: Graph) -> Iterable[Node]:
    yield from graph.subjects(RDF.type, SH.NodeShape)
    yield from graph.subjects(RDF.type, SH.PropertyShape)
    yield from graph.objects(None, SH.sparql)


def _declared(graph: Graph, kind: Node) -> list[Node]:
    ours = (term for term in graph.subjects(RDF.type, kind) if str(term).startswith(f"{BASE}ontology#"))
    return sorted(set(ours), key=lambda term: str(term).lower())


def _entries(graph: Graph, terms: Iterable[Node]) -> list[Entry]:
    return [_entry(graph, term) for term in terms]


def _entry(graph: Graph, term: Node, children: list[Entry] | None = None) -> Entry:
    return Entry(
        anchor=_anchor(term),
        name=short(str(term)),
        labels=[links.term_cell(label) for label in _labels(graph, term)],
        definition=_text(graph, term, (SKOS.definition, RDFS.comment)),
        relations=_relations(graph, term),
        children=children or [],
    )


def _labels(graph: Graph, term: Node) -> list[Node]:
    found = {*graph.objects(term, SKOS.prefLabel), *graph.objects(term, RDFS.label)}
    return sorted(found, key=lambda label: (getattr(label, "language", "") or "", str(label)))


def _relations(graph: Graph, term: Node) -> list[tuple[str, list[links.Cell]]]:
    found = []
    for name, predicate in RELATIONS:
        targets = sorted(target for target in graph.objects(term, predicate) if isinstance(target, URIRef))
        if targets:
            found.append((name, [links.term_cell(target) for target in targets]))
    return found


def _top(graph: Graph, scheme: Node) -> list[Node]:
    members = set(graph.subjects(SKOS.inScheme, scheme)) | set(graph.subjects(SKOS.topConceptOf, scheme))
    return sorted((term for term in members if not set(graph.objects(term, SKOS.broader)) & members), key=str)


def _tree(graph: Graph, concepts: Iterable[Node], above: frozenset[Node] = frozenset()) -> list[Entry]:
    entries = []
    for concept in concepts:
        if concept not in above:
            narrower = sorted(graph.subjects(SKOS.broader, concept), key=str)
            entries.append(_entry(graph, concept, _tree(graph, narrower, above | {concept})))
    return entries


def _text(graph: Graph, term: Node, predicates: Iterable[Node]) -> str:
    """The first text of the given predicates, English before other languages."""
    for predicate in predicates:
        texts = sorted(
            graph.objects(term, predicate), key=lambda text: (getattr(text, "language", "") != "en", text)
        )
        if texts:
            return str(texts[0])
    return ""


def _anchor(term: Node) -> str:
    return str(term).replace("#", "/").rpartition("/")[2]
