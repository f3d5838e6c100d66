"""Every term has its metadata; the schemes are well formed and used by the data as they are meant."""

from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.collection import Collection

from diplograph.namespaces import DG, DGV, LANGUAGES, RULE
from diplograph.rdf import Dataset, turtle
from diplograph.rdf.terms import to_oxigraph, to_rdflib

TERM_KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
CORE, SCHEMES = URIRef(str(DG).removesuffix("#")), URIRef(str(DGV).removesuffix("/"))
SCHEME_OF = {
    DG.realisation: DGV.realisation,
    DG.claimedStage: DGV.realisation,
    DG.epistemicStatus: DGV.epistemic,
    DG.stance: DGV.stance,
    DG.measureType: DGV.measure,
    DG.countQualifier: DGV["count"],
    DG.coversGoods: DGV.goods,
    DG.exemptsGoods: DGV.goods,
    DG.sector: DGV.sector,
    DG.dateBasis: DGV.datebasis,
    DG.certainty: DGV.certainty,
    DG.eventCode: DGV.plover,
    DG.discrepancyKind: DGV.discrepancy,
    DG.gapKind: DGV.gap,
    DG.placeKind: DGV.placekind,
    DG.graphKind: DGV.graphkind,
    DG.role: DGV.role,
    DG.form: DGV.form,
    DG.stage: DGV.stage,
    DG.topic: DGV.topic,
    DG.completeness: DGV.completeness,
    DG.currency: DGV.currency,
    DG.changeKind: DGV.change,
    DG.changedFrom: DGV.level,
    DG.changedTo: DGV.level,
    DG.outcome: DGV.outcome,
    DG.aidType: DGV.aid,
    DG.assetKind: DGV.assetkind,
}
BUILT_SCHEME_OF = {
    DG.summaryStage: DGV.realisation,
    DG.accountStage: DGV.realisation,
    DG.summaryForm: DGV.form,
    DG.accountStatus: DGV.epistemic,
    DG.dateAgreement: DGV.agreement,
    DG.stageAgreement: DGV.agreement,
    DG.affectedQualifier: DGV["count"],
    DG.numberAgreement: DGV.agreement,
    DG.bodyAgreement: DGV.agreement,
    DG.actorAgreement: DGV.agreement,
    DG.deadlineAgreement: DGV.agreement,
    DG.completionAgreement: DGV.agreement,
    DG.targetAgreement: DGV.agreement,
    DG.overallAgreement: DGV.agreement,
    DG.pairBasis: DGV.pairbasis,
    DG.pairCertainty: DGV.paircertainty,
    DG.pairStatus: DGV.epistemic,
}
"""What only the build writes; these properties have no range, which would entail what is known already."""
REALISED = {DGV.ordered, DGV["in-effect"], DGV["carried-out"]}
PLOVER_TYPES = 16
NAMES_USERS_LOOK_FOR = (
    "State",
    "Official",
    "Sanction",
    "Territory",
    "DiplomaticAct",
    "Expulsion",
    "RestrictiveMeasure",
)


def terms(graph: Graph) -> set[URIRef]:
    found = {term for kind in TERM_KINDS for term in graph.subjects(RDF.type, kind)}
    return {term for term in found if isinstance(term, URIRef) and term.startswith(str(DG))}


def concepts(vocabulary: Graph) -> set[URIRef]:
    return set(vocabulary.subjects(RDF.type, SKOS.Concept))


def test_every_term_has_label_definition_and_source(core: Graph) -> None:
    for term in terms(core):
        assert [label for label in core.objects(term, RDFS.label) if label.language == "en"], term
        assert [text for text in core.objects(term, SKOS.definition) if text.language == "en"], term
        assert core.value(term, RDFS.isDefinedBy) == CORE, term


def test_every_concept_has_label_definition_notation_and_source(vocabulary: Graph) -> None:
    for concept in concepts(vocabulary):
        for prop in (SKOS.prefLabel, RDFS.label, SKOS.definition, SKOS.notation):
            assert vocabulary.value(concept, prop), (concept, prop)
        assert vocabulary.value(concept, RDFS.isDefinedBy) == SCHEMES, concept


def test_classes_and_schemes_have_labels_in_every_language(core: Graph, vocabulary: Graph) -> None:
    classes = {term for term in terms(core) if (term, RDF.type, OWL.Class) in core}
    named = {*classes, *vocabulary.subjects(RDF.type, SKOS.ConceptScheme)}
    for term in named:
        assert sorted(label.language for label in (core + vocabulary).objects(term, RDFS.label)) == sorted(
            LANGUAGES
        )


def test_no_two_terms_have_one_label(core: Graph) -> None:
    labels = [
        (kind, label)
        for kind in TERM_KINDS
        for term in core.subjects(RDF.type, kind)
        for label in core.objects(term, RDFS.label)
    ]

    assert sorted(labels) == sorted(set(labels))


def test_definitions_are_not_shared(core: Graph, vocabulary: Graph) -> None:
    texts = [str(text) for text in (core + vocabulary).objects(None, SKOS.definition)]

    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("name", NAMES_USERS_LOOK_FOR)
def test_names_that_users_look_for_first_are_classes(name: str, core: Graph) -> None:
    assert (DG[name], RDF.type, OWL.Class) in core


def test_modules_define_no_term_of_their_own(core: Graph, ontology: Graph) -> None:
    assert terms(ontology) == terms(core)


def test_only_declared_terms_are_used_in_axioms_and_data(ontology: Graph, data: Graph) -> None:
    used = {
        term
        for triple in data
        for term in triple[1:]
        if isinstance(term, URIRef) and term.startswith(str(DG))
    }

    assert used - terms(ontology) == set()


def test_only_defined_concepts_are_used(ontology: Graph, vocabulary: Graph, data: Graph) -> None:
    values = {
        *(term for term in (ontology + data).objects() if isinstance(term, URIRef)),
        *(value.datatype for value in data.objects() if isinstance(value, Literal) and value.datatype),
    }
    known = set(vocabulary.subjects())

    assert {term for term in values if term.startswith(str(DGV))} - known == set()


def test_every_concept_property_has_its_scheme(core: Graph, vocabulary: Graph) -> None:
    ranged = set(core.subjects(RDFS.range, SKOS.Concept))

    schemes = {*SCHEME_OF.values(), *BUILT_SCHEME_OF.values()}

    assert ranged == SCHEME_OF.keys()
    assert BUILT_SCHEME_OF.keys() <= set(core.subjects(DG.writtenBy))
    assert schemes == set(vocabulary.subjects(RDF.type, SKOS.ConceptScheme))


@pytest.mark.parametrize("prop", SCHEME_OF, ids=lambda prop: prop.removeprefix(str(DG)))
def test_data_takes_the_values_of_a_property_from_its_scheme(
    prop: URIRef, data: Graph, vocabulary: Graph
) -> None:
    for value in data.objects(None, prop):
        assert (value, SKOS.inScheme, SCHEME_OF[prop]) in vocabulary


@pytest.mark.parametrize("prop", BUILT_SCHEME_OF, ids=lambda prop: prop.removeprefix(str(DG)))
def test_build_takes_the_values_of_a_property_from_its_scheme(
    prop: URIRef, curated: Dataset, vocabulary: Graph
) -> None:
    for quad in curated.matching(None, to_oxigraph(prop), None):
        assert (to_rdflib(quad.object), SKOS.inScheme, BUILT_SCHEME_OF[prop]) in vocabulary


def test_data_uses_leaves_of_realisation_only(data: Graph, vocabulary: Graph) -> None:
    parents = set(vocabulary.objects(None, SKOS.broader))

    for prop in (DG.realisation, DG.claimedStage):
        assert parents.isdisjoint(data.objects(None, prop))


def test_each_concept_is_in_one_scheme(vocabulary: Graph) -> None:
    for concept in concepts(vocabulary):
        assert len(list(vocabulary.objects(concept, SKOS.inScheme))) == 1, concept


def test_plover_has_its_types_at_the_top_and_modes_below(vocabulary: Graph) -> None:
    tops = set(vocabulary.objects(DGV.plover, SKOS.hasTopConcept))
    modes = set(vocabulary.subjects(SKOS.inScheme, DGV.plover)) - tops

    assert len(tops) == PLOVER_TYPES
    for mode in modes:
        kind = vocabulary.value(mode, SKOS.broader)
        assert vocabulary.value(mode, SKOS.notation).startswith(f"{vocabulary.value(kind, SKOS.notation)}/")


@pytest.mark.parametrize(
    "kind", [DG.UnrealisedAct, DG.RealisedAct], ids=lambda kind: kind.removeprefix(str(DG))
)
def test_acts_are_told_apart_by_every_stage_in_the_summary_that_says_so(
    kind: URIRef, core: Graph, vocabulary: Graph
) -> None:
    unrealised = {*vocabulary.subjects(SKOS.broader, DGV.unrealised), DGV.abandoned}
    restrictions = set(core.subjects(RDFS.subClassOf, kind))

    values = {core.value(restriction, OWL.hasValue) for restriction in restrictions}

    assert values == (unrealised if kind == DG.UnrealisedAct else REALISED)
    assert {core.value(each, OWL.onProperty) for each in restrictions} == {DG.summaryStage}


def test_terms_that_only_the_build_writes_are_marked_with_its_rule(core: Graph) -> None:
    noted = {
        term for term, note in core.subject_objects(SKOS.scopeNote) if "Written by the build only" in note
    }
    rules = {str(rule.removeprefix(str(RULE))) for rule in core.objects(None, DG.writtenBy)}

    assert noted
    assert noted == set(core.subjects(DG.writtenBy))
    assert rules == {"reciprocity-1", "summary-1"}


def test_all_polities_that_sources_name_are_said_to_differ(root: Path, ontology: Graph, data: Graph) -> None:
    kinds = (DG.Polity, DG.State, DG.SupranationalUnion)
    reference = turtle.read(root / "data/reference.ttl")
    told = {term for triple in data - reference for term in triple}
    polities = {polity for kind in kinds for polity in data.subjects(RDF.type, kind)} & told
    axiom = ontology.value(None, RDF.type, OWL.AllDifferent)

    assert set(Collection(ontology, ontology.value(axiom, OWL.distinctMembers))) == polities


def test_no_property_has_a_range_outside_the_datatypes_of_owl(core: Graph) -> None:
    ranges = {
        value
        for prop in core.subjects(RDF.type, OWL.DatatypeProperty)
        for value in core.objects(prop, RDFS.range)
    }

    assert ranges == {XSD.positiveInteger}


def test_change_log_tells_the_size_of_the_vocabulary(root: Path, core: Graph, vocabulary: Graph) -> None:
    classes = {term for term in terms(core) if (term, RDF.type, OWL.Class) in core}
    schemes = set(vocabulary.subjects(RDF.type, SKOS.ConceptScheme))
    said = f"{len(classes)} classes, {len(terms(core) - classes)} properties, {len(schemes)} concept schemes"

    assert said in (root / "ontology/CHANGES.md").read_text(encoding="utf-8")


def test_version_of_the_header_is_that_of_the_change_log(root: Path, core: Graph) -> None:
    version = core.value(CORE, OWL.versionInfo)

    assert f"\n## {version}\n" in (root / "ontology/CHANGES.md").read_text(encoding="utf-8")
    assert core.value(CORE, OWL.versionIRI) == URIRef(f"{CORE}/{version}")
