"""The shapes themselves, and the curated data under them."""

import re
import tomllib
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.namespace import OWL
from rdflib.term import Node

from closures import close
from diplograph import summary
from diplograph.namespaces import DG, DGG, DGS, DGV, SH
from diplograph.rdf import turtle
from diplograph.reasoning import compile_rules
from diplograph.sources import KnowledgeBase
from diplograph.sparql.header import split
from diplograph.validation import CheckQuery, Shapes, check
from diplograph.validation.inputs import dataset, merge, of_files, ontology
from diplograph.validation.rdf_parsing import parse
from diplograph.validation.shacl import run
from diplograph.validation.validation_graph import ValidationGraph

HERE = Path(__file__).parent
FORBIDDEN = re.compile(r"\b(SERVICE|VALUES|MINUS)\b")
ABSTRACT = {DG.Event, DG.Change, DG.DiplomaticAct, DG.RealisedAct, DG.UnrealisedAct, DG.Official}
COVERED_BY_PARENT = {
    DG.Accusation, DG.Annexation, DG.Declaration, DG.Demand, DG.Detention, DG.MilitaryAct, DG.Negotiation,
    DG.NonResponse, DG.Protest, DG.PublicOffice, DG.Recognition, DG.SupranationalUnion, DG.Suspension,
    DG.Termination, DG.Withdrawal, DG.CoerciveAct, DG.Cooperation, DG.Demonstration, DG.LegalProceeding,
    DG.Programme, DG.ViolentAct,
}  # fmt: skip


@pytest.fixture(scope="module")
def terms(kb: KnowledgeBase) -> Graph:
    merged = Graph(bind_namespaces="none")
    graphs = kb.graphs()
    for path in (*graphs[str(DGG.ontology)], *graphs[str(DGG.vocab)]):
        merged += turtle.read(path)
    return merged


@pytest.fixture(scope="module")
def properties(shapes: Shapes) -> list[Node]:
    """The property shapes."""
    return sorted(shapes.graph.subjects(RDF.type, SH.PropertyShape), key=str)


@pytest.mark.parametrize("predicate", [SH.name, SH.message, SH.description])
def test_every_property_shape_has_one_english_name_message_and_cure(
    shapes: Shapes, properties: list[Node], predicate: URIRef
):
    assert [s for s in properties if not is_in_english(list(shapes.graph.objects(s, predicate)))] == []


def test_every_class_of_acts_has_an_act_in_the_good_examples(terms: Graph):
    classes = set(terms.transitive_subjects(RDFS.subClassOf, DG.Act)) - ABSTRACT
    used = {kind for path in HERE.glob("good/*.ttl") for kind in turtle.read(path).objects(None, RDF.type)}

    assert sorted(kind.removeprefix(str(DG)) for kind in classes - used if isinstance(kind, URIRef)) == []


def is_in_english(texts: list[Node]) -> bool:
    return len(texts) == 1 and isinstance(texts[0], Literal) and texts[0].language == "en"


def test_every_property_shape_has_an_iri_a_severity_and_a_shape_that_uses_it(
    shapes: Shapes, properties: list[Node]
):
    severities = {SH.Violation, SH.Warning, SH.Info}

    assert len(properties) > 50
    assert [shape for shape in properties if not isinstance(shape, URIRef)] == []
    assert [s for s in properties if shapes.graph.value(s, SH.severity) not in severities] == []
    assert set(properties) <= set(shapes.graph.objects(None, SH.property))


def test_query_of_a_shape_asks_of_this_node_with_what_sparql_constraints_may_hold(shapes: Shapes):
    texts = {shape: str(text) for shape, text in shapes.graph.subject_objects(SH.select)}

    assert texts
    assert [shape for shape, text in texts.items() if FORBIDDEN.search(text)] == []
    assert [shape for shape, text in texts.items() if "$this" not in text.split("WHERE", 1)[-1]] == []


def test_shapes_are_valid_shacl(shapes: Shapes):
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes.graph, meta_shacl=True)

    assert conforms, text


def test_shapes_name_only_terms_that_exist(shapes: Shapes, terms: Graph):
    known = set(terms.subjects(RDF.type))
    named = {term for triple in shapes.graph for term in triple if isinstance(term, URIRef)}

    assert sorted(str(t) for t in named if t.startswith((DG, DGV)) and t not in known) == []


def test_queries_name_only_terms_that_exist(shapes: Shapes, terms: Graph):
    known = {str(term) for term in terms.subjects(RDF.type)}
    texts = [str(text) for text in shapes.graph.objects(None, SH.select)] + [c.text for c in shapes.checks]
    used = {name for text in texts for name in re.findall(r"\b(dgv?:[\w-]+)", text)}

    assert sorted(name for name in used if name.replace("dgv:", DGV).replace("dg:", DG) not in known) == []


def test_every_class_of_the_ontology_is_covered_by_a_shape(shapes: Shapes, terms: Graph):
    classes = {c for c in terms.subjects(RDF.type, OWL.Class) if str(c).startswith(DG)}
    built = set(terms.subjects(DG.writtenBy))  # a check refuses them in files

    assert classes - built - ABSTRACT - COVERED_BY_PARENT <= shapes.target_classes


def test_every_scheme_bound_property_is_checked_against_its_scheme(shapes: Shapes, terms: Graph):
    bound = {p for p in terms.subjects(RDFS.range, SKOS.Concept) if str(p).startswith(DG)}

    assert set(shapes.graph.objects(DGS.Scheme, SH.targetSubjectsOf)) == bound


def test_curated_data_conforms_and_each_remark_left_is_listed_with_its_reason(kb: KnowledgeBase):
    report = check(kb)
    listed = tomllib.loads((HERE / "standing.toml").read_text(encoding="utf-8")).get("finding", [])

    assert report.of_severity("violation") == []
    assert report.uncovered == []
    assert report.conforms
    found = {(f.shape.removeprefix(DGS), f.focus, f.value) for f in report.findings}
    assert found == {(entry["shape"], entry["focus"], entry.get("value")) for entry in listed}
    assert all(entry["reason"].strip() for entry in listed)


@pytest.mark.slow
def test_shapes_as_run_find_what_the_shapes_as_written_find(kb: KnowledgeBase, shapes: Shapes):
    graphs = of_files(kb)
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("bad/[A-G]*.ttl")))
    graphs |= parse(text.encode(), "ttl", "urn:example")
    graphs["urn:stages"] = summary.stages(dataset(graphs))
    closure = close(dataset(graphs), compile_rules(ontology(graphs))).validation
    data = merge({**graphs, "urn:closure": [quad.triple for quad in closure]})
    judged = [*(triple for graph in graphs.values() for triple in graph), *(quad.triple for quad in closure)]

    as_written = pyshacl.validate(data, shacl_graph=shapes.graph, inplace=True)[1]

    results = {
        (str(as_written.value(r, SH.sourceShape)), str(as_written.value(r, SH.focusNode)))
        for r in as_written.subjects(RDF.type, SH.ValidationResult)
        if (None, SH.result, r) in as_written
    }
    assert len(results) > 50
    assert {(f.shape, f.focus) for f in run(ValidationGraph.of(judged), shapes)} == results


def test_each_check_outside_shacl_is_described_where_its_findings_point(kb: KnowledgeBase, shapes: Shapes):
    summaries = {CheckQuery.read(p).shape: split(p)[0].text("summary") for p in kb.check_files()}
    described = {iri: str(shapes.graph.value(URIRef(iri), RDFS.comment)) for iri in summaries}

    assert described == summaries
    assert {DGS.DisjointClasses, DGS.EmptySubmission} <= set(shapes.graph.subjects(RDF.type, SH.NodeShape))
