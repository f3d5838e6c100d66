"""The core lies in OWL 2 RL and in OWL 2 DL; the checkers catch what they are there to catch."""

from pathlib import Path

import pytest
from rdflib import OWL, Graph, Literal

from diplograph.rdf import turtle
from diplograph.reasoning.hermit import reasoner_view
from ontology.dl_restrictions import dl_violations
from ontology.rl_profile import rl_violations

PREFIXES = """
PREFIX : <https://example.org/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
:A a owl:Class . :B a owl:Class . :C a owl:Class .
:p a owl:ObjectProperty . :q a owl:ObjectProperty . :r a owl:ObjectProperty . :d a owl:DatatypeProperty .
"""

OUTSIDE_RL = {
    ":p rdfs:domain owl:Thing .": "domain of p: Thing is no superclass expression",
    ":p rdfs:range [ a owl:Class ; owl:unionOf ( :A :B ) ] .": "range of p",
    ":A rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :B ] .": "subClassOf of A",
    ":A rdfs:subClassOf [ owl:onProperty :p ; owl:minCardinality 1 ] .": "subClassOf of A",
    ":A rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 2 ] .": "subClassOf of A",
    ":A rdfs:subClassOf [ a owl:Class ; owl:unionOf ( :B :C ) ] .": "subClassOf of A",
    "[ owl:onProperty :p ; owl:allValuesFrom :B ] rdfs:subClassOf :A .": "no subclass expression",
    ":A owl:equivalentClass [ a owl:Class ; owl:unionOf ( :B :C ) ] .": "equivalentClass of A",
    ":A owl:disjointUnionOf ( :B :C ) .": "disjoint union: A",
    ":p a owl:ReflexiveProperty .": "reflexive property: p",
    ":d rdfs:range xsd:date .": "range of d: date",
    ":d rdfs:range owl:rational .": "range of d: rational",
    ':i a :A ; :d "2022-04-27"^^xsd:date .': "literal of datatype date",
    ":A rdfs:subClassOf owl:Thing .": "subClassOf of A",
}
INSIDE_RL = [
    "[ owl:onProperty :p ; owl:hasValue :i ] rdfs:subClassOf :A .",
    "[ owl:onProperty :p ; owl:someValuesFrom :B ] rdfs:subClassOf :A .",
    "[ a owl:Class ; owl:unionOf ( :B :C ) ] rdfs:subClassOf :A .",
    ":A rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :B ] .",
    ":A rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] .",
    ":A rdfs:subClassOf [ a owl:Class ; owl:complementOf :B ] .",
    ":p owl:propertyChainAxiom ( :q :r ) . :q a owl:AsymmetricProperty , owl:IrreflexiveProperty .",
    ":d rdfs:range xsd:positiveInteger .",
]

OUTSIDE_DL = {
    ":p a owl:TransitiveProperty , owl:IrreflexiveProperty .": "p is not simple",
    ":p owl:propertyChainAxiom ( :q :r ) . :p a owl:FunctionalProperty .": "p is not simple",
    ":q a owl:TransitiveProperty ; rdfs:subPropertyOf :p . :p a owl:AsymmetricProperty .": "p is not simple",
    ":p a owl:TransitiveProperty . [ owl:onProperty :p ; owl:minCardinality 2 ] rdfs:subClassOf :A .": (
        "p is not simple and may not stand in a cardinality"
    ),
    ":p owl:propertyChainAxiom ( :q :r ) . :q owl:propertyChainAxiom ( :p :r ) .": "irregular chains",
    ":p owl:propertyChainAxiom ( :q :p :r ) .": "irregular chains",
    ":i a :A ; :unknown :j .": "undeclared property unknown",
    ":i a :Unknown .": "undeclared class Unknown",
    ":p rdfs:range :Unknown .": "undeclared class Unknown",
    ":A a :B .": "A is at once Class and individual",
    ":p a owl:DatatypeProperty .": "p is at once DatatypeProperty and ObjectProperty",
    ":A a owl:ObjectProperty .": "A is at once Class and ObjectProperty",
    "owl:sameAs a owl:AnnotationProperty .": "statement about the reserved term sameAs",
    ":A a rdfs:Class .": "A has the type Class, which OWL 2 DL does not know",
    ":d rdfs:range xsd:gYear .": "range of d: gYear is no datatype of OWL 2",
    ':i :d "x"^^xsd:date .': "literal of datatype date",
    ":A rdfs:subClassOf _:x . :B rdfs:subClassOf _:x . _:x a owl:Class ; owl:complementOf :C .": "used twice",
}


def parse(axioms: str) -> Graph:
    return turtle.parse(PREFIXES + axioms)


@pytest.mark.parametrize(("axioms", "complaint"), OUTSIDE_RL.items())
def test_axiom_outside_rl_is_caught(axioms: str, complaint: str) -> None:
    assert [found for found in rl_violations(parse(axioms)) if complaint in found]


@pytest.mark.parametrize("axioms", INSIDE_RL)
def test_axiom_inside_rl_passes(axioms: str) -> None:
    assert rl_violations(parse(axioms)) == []
    assert dl_violations(parse(axioms)) == []


@pytest.mark.parametrize(("axioms", "complaint"), OUTSIDE_DL.items())
def test_axiom_outside_dl_is_caught(axioms: str, complaint: str) -> None:
    assert [found for found in dl_violations(parse(axioms)) if complaint in found]


def test_core_is_in_owl_2_rl(core: Graph) -> None:
    assert rl_violations(core) == []


def test_core_is_in_owl_2_dl(core: Graph) -> None:
    assert dl_violations(core) == []


def test_core_imports_nothing(core: Graph) -> None:
    assert list(core.objects(None, OWL.imports)) == []


def test_core_with_all_modules_and_schemes_is_in_owl_2_dl(ontology: Graph, vocabulary: Graph) -> None:
    assert dl_violations(reasoner_view(ontology + vocabulary)) == []


def test_alignments_keep_the_core_in_owl_2_rl(root: Path, core: Graph) -> None:
    alignments = turtle.read(root / "ontology/alignments.ttl")

    assert rl_violations(core + alignments) == []


def test_description_logic_module_is_outside_rl(root: Path) -> None:
    module = turtle.read(root / "ontology/diplograph-dl.ttl")

    assert rl_violations(module)


def test_reasoner_view_of_the_data_is_in_owl_2_dl(ontology: Graph, vocabulary: Graph, data: Graph) -> None:
    assert dl_violations(reasoner_view(ontology + vocabulary + data)) == []


def test_no_term_of_the_ontology_has_a_date_as_value(ontology: Graph) -> None:
    values = [value for value in ontology.objects() if isinstance(value, Literal)]

    assert {value.datatype for value in values if str(value.datatype).endswith("#date")} == set()
