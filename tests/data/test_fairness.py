"""What the graph owes to those whom it tells of: no guess as a fact, no side in its words, true sources."""

import re

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, URIRef

from diplograph.namespaces import DCTERMS, DG, DGV, ID, OA

OWN_SPELLING = ("nippon.com", "diplograph")
"""Names that their bearers write with a small letter."""


def guessed(data: Graph) -> dict[URIRef, set[URIRef]]:
    """The persons that a claim of the curators takes for one, each with the others."""
    found: dict[URIRef, set[URIRef]] = {}
    for claim in data.subjects(DG.epistemicStatus, DGV.inferred):
        persons = {o for o in data.objects(claim, DG.claimAbout) if (o, RDF.type, DG.Person) in data}
        for person in persons if len(persons) > 1 else ():
            found.setdefault(person, set()).update(persons - {person})
    return found


def burdening(data: Graph) -> set[URIRef]:
    """Detentions, accusations, and what is alleged, denied or given as a ground of them."""
    acts = {s for kind in (DG.Detention, DG.Accusation) for s in data.subjects(RDF.type, kind)}
    alleged = set(data.subjects(DG.epistemicStatus, DGV.alleged))
    about = {s for act in acts for s in data.subjects(DG.claimAbout | DG.asserts, act)}
    against = {s for claim in alleged for s in data.subjects(DG.contradicts, claim)}
    return (acts | alleged | about | against) - set(data.subjects(DG.epistemicStatus, DGV.inferred))


def test_who_is_only_inferred_is_named_in_no_statement_of_detention_accusation_or_alleged_conduct(data):
    named = {person for person in guessed(data) if " not named" not in str(data.value(person, RDFS.label))}
    words = {word for person in named for word in str(data.value(person, RDFS.label)).split()}

    assert named
    for thing in burdening(data):
        assert not named & set(data.objects(thing, None)), thing
        texts = " ".join(
            str(text)
            for prop in (RDFS.label, SKOS.note, DG.proposition)
            for text in data.objects(thing, prop)
        )
        assert not words & set(re.findall(r"\w+", texts)), thing


def test_an_inferred_identity_stands_in_the_claim_and_its_discrepancy_alone(data):
    pairs = {(one, other) for one, others in guessed(data).items() for other in others}

    assert pairs
    for one, other in pairs:
        together = set(data.subjects(None, one)) & set(data.subjects(None, other))
        kinds = {
            data.value(thing, DG.epistemicStatus) or data.value(thing, DG.discrepancyKind)
            for thing in together
        }
        assert kinds == {DGV.inferred, DGV["possibly-same"]}


def test_english_labels_begin_with_a_capital(data):
    labels = {str(label) for s, label in data.subject_objects(RDFS.label) if label.language == "en"}

    assert {label for label in labels if label[0].islower() and not label.startswith(OWN_SPELLING)} == set()


def test_labels_use_the_terms_of_the_field(data):
    labels = " ".join(str(label) for label in data.objects(None, RDFS.label))

    assert re.findall(r"unwelcome|military operations? in|orders \w+ out|makes good", labels) == []


def test_names_of_one_place_stand_in_alphabetical_order_in_its_label(entities):
    for label in entities.objects(None, RDFS.label):
        parts = re.sub(".* of (?=.* / )", "", str(label)).split(" / ")
        assert parts == sorted(parts), label


def test_no_address_tracks_its_reader(meta):
    addresses = {str(o) for o in meta.objects() if isinstance(o, URIRef)}

    assert [
        address for address in addresses if re.search(r"[?&](utm_|traffic_source|fbclid|gclid)", address)
    ] == []


def test_nothing_rests_on_a_copy_of_a_wiki(data):
    sources = {str(o) for o in data.objects(None, DCTERMS.source)}

    assert [source for source in sources if "wiki" in source and "wikidata.org" not in source] == []


@pytest.mark.sources
@pytest.mark.parametrize("document", ["a1", "a2"])
def test_the_title_of_a_document_is_its_first_line_of_text(document, meta, sources_dir):
    file = meta.value(ID[f"document/{document}"], DCTERMS.identifier)
    text = (sources_dir / str(file)).read_bytes().decode("utf-8")

    assert str(meta.value(ID[f"document/{document}"], DCTERMS.title)) in text.split("\n")[:3]


@pytest.mark.sources
def test_a_passage_that_names_the_publisher_is_evidence_for_the_document(meta, data, sources_dir):
    document = ID["document/a2"]
    text = (sources_dir / str(meta.value(document, DCTERMS.identifier))).read_bytes().decode("utf-8")
    publisher = str(data.value(meta.value(document, DCTERMS.publisher), RDFS.label))
    passages = [
        text[slice(*(data.value(selector, side).toPython() for side in (OA.start, OA.end)))]
        for selector in data.objects(document, DG.evidence / OA.hasTarget / OA.hasSelector)
    ]

    assert any(publisher in passage for passage in passages)
