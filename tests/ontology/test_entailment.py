"""What follows from the ontology and the data, by HermiT, by our rules and by owlrl."""

import io
from collections.abc import Iterator
from pathlib import Path

import owlready2
import owlrl
import pytest
from pyoxigraph import Quad
from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.term import Node

from closures import close
from diplograph.namespaces import DG, DGG, ID
from diplograph.rdf import Dataset, turtle
from diplograph.rdf.terms import to_rdflib
from diplograph.reasoning import clashes, compile_rules
from diplograph.reasoning.hermit import classify, reasoned
from diplograph.release import counts
from diplograph.sources import KnowledgeBase
from diplograph.summary import SUMMARY, stages

Triple = tuple[Node, Node, Node]
ACT, BODY, PERSON, PLACE, STATE = (f"{ID}{kind}/" for kind in ("act", "body", "person", "place", "state"))
DETENTION = URIRef(f"{ACT}fsb-detains-consul-2022")
RUSSIA = URIRef(f"{STATE}russia")
CHAINS = {
    "what an organ does its state does": (DETENTION, DG.actor, RUSSIA),
    "what happens in a city happens in its country": (DETENTION, DG.occursAt, URIRef(f"{PLACE}russia-land")),
    "who has a tenure has held its office": (
        URIRef(f"{PERSON}fumio-kishida"),
        DG.heldOffice,
        URIRef(f"{ID}office/prime-minister-of-japan"),
    ),
    "who has held a public office is an official": (URIRef(f"{PERSON}fumio-kishida"), RDF.type, DG.Official),
    "what is ordered is realised": (URIRef(f"{ACT}russia-expels-motoki-2022"), RDF.type, DG.RealisedAct),
    "what is only promised is unrealised": (
        URIRef(f"{ACT}further-sanctions-vowed"),
        RDF.type,
        DG.UnrealisedAct,
    ),
}
DENIED = {
    "an editor-in-chief is no official": (URIRef(f"{PERSON}margarita-simonyan"), RDF.type, DG.Official),
    "what was done is not unrealised": (DETENTION, RDF.type, DG.UnrealisedAct),
    "what is only announced is not realised": (
        URIRef(f"{ACT}japan-announces-asset-seizure-2022"),
        RDF.type,
        DG.RealisedAct,
    ),
}
SMALL_WORLD = f"""
PREFIX dg: <{DG}>
PREFIX owl: <{OWL}>
<{DETENTION}> a dg:Detention ; dg:actingBody <{BODY}fsb> ; dg:occursAt <{PLACE}vladivostok> .
<{BODY}fsb> a dg:PublicBody ; dg:organOf <{RUSSIA}> .
<{PLACE}vladivostok> dg:within <{PLACE}russia-land> .
"""


@pytest.fixture(scope="module")
def dataset(root: Path) -> Dataset:
    """What sources mention, each graph from its files, and the stage of each act in its summary."""
    made = Dataset.memory()
    for graph, paths in KnowledgeBase(root).graphs().items():
        for path in paths:
            made.load(path, graph=graph)
    made.remove(list(counts.about(made, counts.unmentioned(made))))
    made.extend(Quad(*triple, SUMMARY) for triple in stages(made))
    return made


@pytest.fixture(scope="module")
def data(dataset: Dataset) -> Graph:
    """The data with the stages."""
    return dataset.to_rdflib(set(dataset.graph_names()) - {str(DGG.ontology), str(DGG.vocab)})


@pytest.fixture(scope="module")
def closure(dataset: Dataset, ontology: Graph) -> set[Triple]:
    """What our rules add to the data."""
    quads = close(dataset, compile_rules(ontology)).quads
    return {(to_rdflib(q.subject), to_rdflib(q.predicate), to_rdflib(q.object)) for q in quads}


@pytest.fixture(scope="module")
def world(ontology: Graph, vocabulary: Graph, data: Graph) -> Iterator[owlready2.World]:
    """All that HermiT concludes from the data; the fixture fails where they are inconsistent."""
    with reasoned(ontology + vocabulary + data) as found:
        yield found


@pytest.mark.reasoner
@pytest.mark.slow
def test_core_alone_is_consistent_and_every_class_can_have_members(core: Graph) -> None:
    found = classify(core)

    assert found.consistent
    assert found.unsatisfiable == ()


@pytest.mark.reasoner
@pytest.mark.slow
def test_core_with_its_modules_is_consistent_and_every_class_can_have_members(
    ontology: Graph, vocabulary: Graph
) -> None:
    found = classify(ontology + vocabulary)

    assert found.consistent
    assert found.unsatisfiable == ()


@pytest.mark.reasoner
@pytest.mark.slow
def test_data_is_consistent_with_the_ontology(world: owlready2.World) -> None:
    assert set(world.inconsistent_classes()) <= {owlready2.Nothing}


@pytest.mark.reasoner
@pytest.mark.slow
def test_hermit_entails_every_type_that_the_rules_entail(
    world: owlready2.World, closure: set[Triple], ontology: Graph, data: Graph
) -> None:
    types = {triple for triple in project_facts(closure, ontology) if triple[1] == RDF.type}
    stream = io.BytesIO()
    world.save(stream, format="ntriples")
    found = ontology + data + turtle.parse(stream.getvalue().decode())
    entailed = {
        (subject, RDF.type, above)
        for subject, kind in found.subject_objects(RDF.type)
        for above in found.transitive_objects(kind, RDFS.subClassOf)
    }

    assert len(types) > 100
    assert types - entailed == set()


@pytest.mark.reasoner
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "follows"),
    [("actor", RUSSIA, True), ("occursAt", f"{PLACE}russia-land", True), ("target", RUSSIA, False)],
)
def test_chains_fire_in_hermit(core: Graph, name: str, value: str, follows: bool) -> None:
    denied = (
        f"[] a owl:NegativePropertyAssertion ; owl:sourceIndividual <{DETENTION}> ; "
        f"owl:assertionProperty dg:{name} ; owl:targetIndividual <{value}> ."
    )

    assert classify(core + turtle.parse(SMALL_WORLD + denied)).consistent is not follows


@pytest.mark.reasoner
@pytest.mark.slow
@pytest.mark.parametrize(
    "contradiction",
    [
        f"<{RUSSIA}> a dg:Place .",
        f"<{DETENTION}> dg:inResponseTo <{DETENTION}> .",
        f"<{STATE}japan> owl:sameAs <{RUSSIA}> .",
        f"<{BODY}fsb> dg:memberCount 0 .",
    ],
)
def test_contradiction_makes_the_whole_inconsistent(ontology: Graph, contradiction: str) -> None:
    facts = turtle.parse(f"{SMALL_WORLD} <{STATE}japan> a dg:State . {contradiction}")

    assert not classify(ontology + facts).consistent


@pytest.mark.parametrize("fact", CHAINS.values(), ids=CHAINS)
def test_rules_entail(fact: Triple, closure: set[Triple]) -> None:
    assert fact in closure


@pytest.mark.parametrize("fact", DENIED.values(), ids=DENIED)
def test_rules_do_not_entail(fact: Triple, closure: set[Triple]) -> None:
    assert fact not in closure


def test_annotation_bodies_follow_from_evidence(closure: set[Triple]) -> None:
    body = URIRef("http://www.w3.org/ns/oa#hasBody")

    assert any(predicate == body and value == DETENTION for _, predicate, value in closure)


def test_nothing_is_a_member_of_disjoint_classes(dataset: Dataset, ontology: Graph) -> None:
    complete = Dataset.memory()
    complete.extend(dataset.quads())
    complete.extend(close(dataset, compile_rules(ontology)).quads)

    assert clashes(complete, ontology) == []


def test_closure_holds_nothing_that_stands_in_a_file(dataset: Dataset, ontology: Graph) -> None:
    stated = {quad.triple for quad in dataset.quads()}
    closed = close(dataset, compile_rules(ontology))

    assert stated.isdisjoint(quad.triple for quad in closed.quads)
    assert {str(quad) for quad in closed.validation} <= {str(quad) for quad in closed.quads}
    assert {quad.graph_name.value for quad in closed.quads} == {str(DGG.closure)}


@pytest.mark.slow
def test_closure_equals_that_of_owlrl_on_the_data(ontology: Graph, data: Graph, closure: set[Triple]) -> None:
    ours = project_facts(closure | set(data), ontology)

    everything = ontology + data
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False).expand(everything)

    theirs = project_facts(set(everything), ontology)
    assert theirs - ours == set()
    assert ours - theirs == set()


def project_facts(triples: set[Triple], ontology: Graph) -> set[Triple]:
    """Return what is said of our individuals with declared classes and with our properties."""
    classes = {term for term in ontology.subjects(RDF.type, OWL.Class) if isinstance(term, URIRef)}
    return {
        (subject, predicate, value)
        for subject, predicate, value in triples
        if str(subject).startswith(str(ID))
        and (value in classes if predicate == RDF.type else str(predicate).startswith(str(DG)))
    }
