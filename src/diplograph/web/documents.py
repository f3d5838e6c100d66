"""Documents of the ontology, vocabulary and shapes, and descriptions of graphs and rules; as pages too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flask import Blueprint, Response
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.term import Node

from diplograph import media
from diplograph.documents import naming
from diplograph.errors import UnknownResource
from diplograph.namespaces import BASE, DG, SH, short
from diplograph.repository import Repository
from diplograph.web import links, responses, service_description
from diplograph.web.addresses import address

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
    ("close to", DG.closeTo),
    ("same as", OWL.equivalentClass),
    ("same as", OWL.equivalentProperty),
)
Page = Callable[[Graph], Mapping[str, object]]
CONTEXT_TYPES = {media.JSON_LD: "jsonld", media.JSON: "json"}


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A term on a page."""

    anchor: str
    name: str
    labels: list[links.Cell]
    definition: str
    relations: list[tuple[str, list[links.Cell]]]
    children: list[TermEntry]


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


def _entries(graph: Graph, terms: Iterable[Node]) -> list[TermEntry]:
    return [_entry(graph, term) for term in terms]


def _entry(graph: Graph, term: Node, children: list[TermEntry] | None = None) -> TermEntry:
    return TermEntry(
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


def _tree(graph: Graph, concepts: Iterable[Node], above: frozenset[Node] = frozenset()) -> list[TermEntry]:
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


def _variants(name: str) -> responses.Variants:
    return responses.Variants(f"/{name}", media.DOCUMENT_TYPES, iri=f"{BASE}{name}")


@dataclass(frozen=True)
class Documents:
    """Publishes what the release says about its own terms."""

    repository: Repository
    _made: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def blueprint(self) -> Blueprint:
        """Mount the documents, each negotiated and with a suffix for every format."""
        pages = Blueprint("documents", __name__)
        for name, view in (("ontology", self.ontology), ("vocab", self.vocab), ("shapes", self.shapes)):
            pages.add_url_rule(f"/{name}", endpoint=name, view_func=view, defaults={"suffix": ""})
            for suffix in media.DOCUMENT_TYPES.values():
                rule = f"/{name}.{suffix}"
                pages.add_url_rule(rule, endpoint=name, view_func=view, defaults={"suffix": f".{suffix}"})
        pages.add_url_rule("/ontology/<path:name>", view_func=self.module)
        pages.add_url_rule("/shapes/<name>", view_func=self.shape)
        pages.add_url_rule("/context.jsonld", view_func=self.context)
        return pages

    def ontology(self, suffix: str) -> Response:
        """Sends the ontology: core, description logic module and alignments; as a page, its documentation."""
        return self._whole("ontology", suffix, self._ontology, ontology_page)

    def module(self, name: str) -> Response:
        """Sends one module of the ontology, by its name or by that of its version.

        Of a term of the ontology it leads to the ontology, where that stands.
        """
        stem, chosen = responses.split(name, media.DOCUMENT_TYPES)
        if stem not in self._modules:
            others = {one: address(f"/ontology/{one}") for one in self._modules}
            return self._term("ontology", stem, chosen, self._ontology, others)
        return self._send(f"ontology/{stem}", chosen, self._modules[stem], "ontology.html", ontology_page)

    def vocab(self, suffix: str) -> Response:
        """Sends the concept schemes."""
        return self._whole("vocab", suffix, self._vocab, vocab_page)

    def shapes(self, suffix: str) -> Response:
        """Sends the shapes that data is checked against."""
        return self._whole("shapes", suffix, self._shapes, shapes_page)

    def shape(self, name: str) -> Response:
        """Leads from the name of a shape to the shapes, where it stands."""
        stem, chosen = responses.split(name, media.DOCUMENT_TYPES)
        return self._term("shapes", stem, chosen, self._shapes, {})

    def context(self) -> Response:
        """Sends the JSON-LD context: prefixes and properties."""
        responses.accept(CONTEXT_TYPES)
        return responses.send(responses.dumps(service_description.context(self._ontology)), media.JSON_LD)

    def _term(
        self, document: str, name: str, chosen: str, graph: Graph, others: Mapping[str, str]
    ) -> Response:
        """The way to a term within its document.

        Raises UnknownResource, with near terms and others by name, for what is none.
        """
        space = f"{BASE}{document}#"
        if (URIRef(space + name), RDF.type, None) in graph:
            return responses.see_other(_variants(document), chosen, name)
        terms = {str(term).removeprefix(space) for term in graph.subjects() if str(term).startswith(space)}
        named = {term: address(f"/{document}#{term}") for term in terms}
        named |= others
        near = [named[one] for one in naming.alike(name, named)]
        raise UnknownResource(f"Nothing here is called {name}.", near=near)

    def _whole(self, name: str, suffix: str, graph: Graph, page: Page) -> Response:
        _, chosen = responses.split(name + suffix, media.DOCUMENT_TYPES)
        if not graph:
            raise UnknownResource("What is served are loose files, without terms of their own.")
        return self._send(name, chosen, graph, f"{name}.html", page)

    def _send(self, name: str, chosen: str, graph: Graph, template: str, page: Page) -> Response:
        variants = _variants(name)
        if chosen == media.HTML:
            return responses.page(template, variants, **page(graph))
        return responses.send(self._bytes(name, graph, chosen), chosen, variants)

    def _bytes(self, name: str, graph: Graph, chosen: str) -> bytes:
        """The document's bytes, made once: a release does not change."""
        key = (name, chosen)
        if key not in self._made:
            self._made[key] = responses.serialise(graph, chosen)
        return self._made[key]

    @cached_property
    def _ontology(self) -> Graph:
        return service_description.ontology_of(self.repository.release.ontology_dir)

    @cached_property
    def _modules(self) -> dict[str, Graph]:
        return service_description.modules_of(self.repository.release.ontology_dir)

    @cached_property
    def _vocab(self) -> Graph:
        return service_description.vocab_of(self.repository.release.ontology_dir)

    @cached_property
    def _shapes(self) -> Graph:
        return service_description.shapes_of(self.repository.release.shapes_dir)
