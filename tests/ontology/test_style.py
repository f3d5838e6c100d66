"""The style guide as shapes: the ontology follows it, and each rule can fail."""

from collections.abc import Callable
from pathlib import Path

import pyshacl
import pytest
from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, Literal, Namespace, URIRef

from diplograph.namespaces import DCTERMS, DG, DGS, DGV, FOAF
from diplograph.rdf import turtle

ONTOLOGY = URIRef(str(DG).removesuffix("#"))
SCHEME, CONCEPT, LEAF = DGV.realisation, DGV.abandoned, DGV.planned
EXAMPLE = Namespace("https://w3id.org/diplograph/ontology#")
Change = Callable[[Graph], object]

BAD: dict[str, Change] = {
    "Term-label": lambda g: g.remove((DG.actor, RDFS.label, None)),
    "Term-oneLabelEach": lambda g: g.add((DG.actor, RDFS.label, Literal("doer", lang="en"))),
    "Term-definition": lambda g: g.remove((DG.actor, SKOS.definition, None)),
    "Term-definitionForm": lambda g: define(g, DG.actor, "Relates an event to an agent"),
    "Term-isDefinedBy": lambda g: g.add((DG.actor, RDFS.isDefinedBy, URIRef("https://example.org/"))),
    "Term-deprecation": lambda g: g.add((DG.actor, OWL.deprecated, Literal(False))),
    "Term-defined": lambda g: g.remove((DG.Act, RDFS.isDefinedBy, None)),
    "ClassTerm-name": lambda g: copy(g, DG.Act, EXAMPLE.war_act),
    "ClassTerm-languages": lambda g: g.remove((DG.Act, RDFS.label, Literal("行為", lang="ja"))),
    "ClassTerm-definition": lambda g: define(g, DG.Act, "Describes what an agent does."),
    "Term-foreign": lambda g: g.add((SKOS.Concept, SKOS.scopeNote, Literal("Ours.", lang="en"))),
    "PropertyTerm-name": lambda g: copy(g, DG.actor, EXAMPLE.Has_actor),
    "PropertyTerm-definition": lambda g: define(g, DG.actor, "Gives the agent of an event."),
    "ConceptTerm-inScheme": lambda g: g.add((CONCEPT, SKOS.inScheme, DGV.stance)),
    "ConceptTerm-notation": lambda g: g.remove((CONCEPT, SKOS.notation, None)),
    "ConceptTerm-prefLabel": lambda g: (
        relabel(g, CONCEPT, "abandonné", "fr"),
        g.add((CONCEPT, RDFS.label, Literal("abandoned", lang="en"))),
    ),
    "ConceptTerm-label": lambda g: g.add((CONCEPT, SKOS.prefLabel, Literal("abandonado", lang="es"))),
    "ConceptTerm-place": lambda g: g.remove((LEAF, SKOS.broader, None)),
    "ConceptTerm-broaderScheme": lambda g: g.set((LEAF, SKOS.broader, DGV.condemns)),
    "ConceptTerm-name": lambda g: copy(g, LEAF, DGV.Planned_Act, notation="other"),
    "ConceptTerm-uniqueNotation": lambda g: g.set((LEAF, SKOS.notation, Literal("abandoned"))),
    "SchemeTerm-languages": lambda g: g.remove((SCHEME, RDFS.label, Literal("実現段階", lang="ja"))),
    "SchemeTerm-hasTopConcept": lambda g: copy(g, SCHEME, DGV.empty, without=SKOS.hasTopConcept),
    "SchemeTerm-title": lambda g: g.remove((SCHEME, DCTERMS.title, None)),
    "OntologyHeader-title": lambda g: g.remove((ONTOLOGY, DCTERMS.title, None)),
    "OntologyHeader-description": lambda g: g.remove((ONTOLOGY, DCTERMS.description, None)),
    "OntologyHeader-license": lambda g: g.remove((ONTOLOGY, DCTERMS.license, None)),
    "OntologyHeader-creator": lambda g: g.remove((ONTOLOGY, DCTERMS.creator, None)),
    "OntologyHeader-version": lambda g: g.set((ONTOLOGY, OWL.versionInfo, Literal("one"))),
    "OntologyHeader-versionIRI": lambda g: g.remove((ONTOLOGY, OWL.versionIRI, None)),
    "OntologyHeader-created": lambda g: g.remove((ONTOLOGY, DCTERMS.created, None)),
    "OntologyHeader-modified": lambda g: g.remove((ONTOLOGY, DCTERMS.modified, None)),
    "OntologyHeader-citation": lambda g: g.remove((ONTOLOGY, DCTERMS.bibliographicCitation, None)),
}


def define(graph: Graph, term: URIRef, text: str) -> None:
    graph.set((term, SKOS.definition, Literal(text, lang="en")))


def relabel(graph: Graph, term: URIRef, text: str, language: str) -> None:
    for prop in (RDFS.label, SKOS.prefLabel):
        graph.set((term, prop, Literal(text, lang=language)))


def copy(
    graph: Graph, term: URIRef, name: URIRef, notation: str | None = None, without: URIRef | None = None
) -> None:
    """Give another term the statements of one."""
    for predicate, value in list(graph.predicate_objects(term)):
        if predicate != without:
            graph.add((name, predicate, value))
    if notation:
        graph.set((name, SKOS.notation, Literal(notation)))


@pytest.fixture(scope="module")
def shapes(root: Path) -> Graph:
    return turtle.read(root / "shapes/ontology-style.ttl")


@pytest.fixture(scope="module")
def whole(ontology: Graph, vocabulary: Graph) -> Graph:
    return ontology + vocabulary


@pytest.fixture(scope="module")
def extract(whole: Graph) -> Graph:
    """One class, one property, two schemes and the headers, which follow the guide by themselves."""
    schemes = {SCHEME, DGV.stance}
    concepts = {concept for scheme in schemes for concept in whole.subjects(SKOS.inScheme, scheme)}
    headers = set(whole.subjects(RDF.type, OWL.Ontology))
    part = Graph()
    for term in {DG.Act, DG.actor, SKOS.Concept, *schemes, *concepts, *headers}:
        part += whole.triples((term, None, None))
    return part


def broken(graph: Graph, shapes: Graph) -> set[str]:
    """Return the names of the property shapes and SPARQL constraints that the graph breaks."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", advanced=False)
    found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        source = report.value(result, SH.sourceConstraint) or report.value(result, SH.sourceShape)
        found.add(str(source).removeprefix(str(DGS)))
    return found


def test_ontology_and_schemes_follow_the_style_guide(whole: Graph, shapes: Graph) -> None:
    assert broken(whole, shapes) == set()


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "change"), BAD.items(), ids=BAD)
def test_breach_of_style_is_found(rule: str, change: Change, extract: Graph, shapes: Graph) -> None:
    bad = extract + Graph()
    change(bad)

    assert rule in broken(bad, shapes)


def test_extract_for_the_bad_examples_is_itself_good(extract: Graph, shapes: Graph) -> None:
    assert broken(extract, shapes) == set()


def test_every_style_rule_has_a_bad_example(shapes: Graph) -> None:
    rules = {
        str(rule).removeprefix(str(DGS))
        for kind in (SH.PropertyShape, SH.SPARQLConstraint)
        for rule in shapes.subjects(RDF.type, kind)
    }

    assert rules == BAD.keys()


def test_every_style_rule_says_what_is_wrong_and_what_to_do(shapes: Graph) -> None:
    for rule in BAD:
        assert shapes.value(DGS[rule], SH.message), rule
        assert shapes.value(DGS[rule], SH.description) or shapes.value(DGS[rule], DCTERMS.description), rule


def test_creator_is_an_organisation_of_its_own(core: Graph) -> None:
    creator = core.value(ONTOLOGY, DCTERMS.creator)

    assert (creator, RDF.type, FOAF.Organization) in core
    assert core.value(creator, FOAF.name) == Literal("The diplograph authors")
