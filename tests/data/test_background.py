"""Facts from outside the articles: each a claim with its own source, none of them a statement on an act."""

import csv
import re
from datetime import date

import pytest
from rdflib import RDF, RDFS, Graph, URIRef

from diplograph.namespaces import DCTERMS, DG, DGV, FOAF, ID, OA

BETTER = {"bg49": "https://worldjpn.net/documents/texts/docs/19561019.D1C.html"}
"""Documents cited instead of those that were found first: the text of a treaty for what a wiki says of it."""
OTHER_NAME = {
    "Foreign Ministry of Japan": "Ministry of Foreign Affairs of Japan",
    "The World and Japan Database": "WikiMili",
}
AGENCY = {"RIA": "RIA Novosti"}
EDITIONS = {"The Japan News", "Georgia", "Wikipedia mirror"}
"""What stands in brackets and is no agency that is repeated."""


@pytest.fixture(scope="module")
def rows(meta) -> list[str]:
    """The rows of outside facts, each the name of a document, a claim and its evidence."""
    documents = set(meta.subjects(RDF.type, DG.SourceDocument)) - set(
        meta.subjects(RDF.type, DG.PinnedDocument)
    )
    return sorted(document.removeprefix(ID["document/"]) for document in documents)


@pytest.fixture(scope="module")
def contradicting(background) -> set[str]:
    """The rows with a discrepancy about their claim or a part of it."""
    concerned = {o for s, o in background.subject_objects(DG.concerns) if s.startswith(ID["discrepancy/"])}
    claims = {o.removeprefix(ID["claim/"]) for o in concerned if o.startswith(ID["claim/bg"])}
    return {claim.partition("-")[0] for claim in claims}


def test_each_row_is_one_attributed_claim_with_its_own_source(background, rows):
    for row in rows:
        claim, evidence = ID[f"claim/{row}"], ID[f"evidence/{row}"]
        assert len(list(background.objects(claim, DG.claimedBy))) == 1, row
        assert list(background.objects(claim, DG.evidence)) == [evidence]
        assert list(background.objects(evidence, OA.hasTarget)) == [ID[f"document/{row}"]]
        assert list(background.objects(evidence, DG.certainty)) == [DGV.high]
        assert (claim, DG.epistemicStatus, DGV.reported) in background
        assert (claim, DG.claimAbout, None) in background


def test_the_date_of_a_row_is_its_own_and_rests_on_its_source(background, rows):
    for row in rows:
        for time in background.objects(ID[f"claim/{row}"], DG.claimedTime):
            assert time == ID[f"time/{row}"]
            assert (time, DG.evidence, ID[f"evidence/{row}"]) in background


def test_no_claim_dates_two_expulsions(background, articles):
    acts = set(articles.subjects(RDF.type, DG.Expulsion))
    for claim in set(background.subjects(DG.claimedTime)):
        assert len(acts & set(background.objects(claim, DG.claimAbout))) <= 1, claim


def test_the_background_names_acts_and_says_nothing_else_of_them(background, articles):
    acts = [s for s in set(background.subjects()) if s.startswith(ID["act/"])]

    assert {p for act in acts for p in background.predicates(act)} <= {DG.hasName}
    assert set(acts) <= set(articles.subjects(RDF.type))


def test_the_background_adds_nothing_to_a_node_of_an_article(background):
    own = [s for s in set(background.subjects()) if s.rpartition("/")[2].startswith(("a1-", "a2-"))]

    assert own == []


def test_the_background_places_counts_and_groups_nothing(background):
    for predicate in (DG.within, DG.memberCount, DG.hasMember, DG.measureTarget):
        assert (None, predicate, None) not in background


def test_who_controls_a_place_is_claimed_with_evidence_and_stated_nowhere(background, data):
    claims = set(data.subjects(DG.claimedAdministrator))

    assert claims
    for claim in claims:
        assert (claim, RDF.type, DG.Claim) in background
        assert (claim, DG.evidence, None) in background
        assert any(place.startswith(ID["place/"]) for place in background.objects(claim, DG.claimAbout))


def test_a_discrepancy_has_two_sides_a_kind_and_a_label(background):
    for discrepancy in background.subjects(RDF.type, DG.Discrepancy):
        assert len(list(background.objects(discrepancy, DG.concerns))) >= 2
        assert (discrepancy, DG.discrepancyKind, None) in background
        assert (discrepancy, RDFS.label, None) in background


def _only(graph: Graph, subject: URIRef, predicate: URIRef) -> str:
    (value,) = graph.objects(subject, predicate)
    return str(value)


def named_in(publisher: str) -> set[str]:
    """The agencies that a publisher is said to repeat: "IANS, citing Xinhua", "Reuters via Japan Today"."""
    made, via, _ = publisher.partition(" via ")
    cited = re.findall(r"\(([^)]*)\)", publisher) if not via else [made]
    parts = {part for text in cited for part in re.split(r",? ?citing |,? and |, ", text) if part}
    if " / " in publisher:
        parts.add(publisher.partition(" / ")[0])
    return {AGENCY.get(part, part) for part in parts} - EDITIONS


@pytest.mark.sources
def test_documents_and_contradictions_agree_with_the_list_of_outside_facts(
    meta, data, rows, contradicting, sources_dir
):
    with (sources_dir / "background.tsv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file, delimiter="\t"))

    assert [row["id"] for row in listed] == rows
    for row in listed:
        document = ID[f"document/{row['id']}"]
        assert _only(meta, document, FOAF.page) == BETTER.get(row["id"], row["url"].partition("?")[0])
        name = _only(data, meta.value(document, DCTERMS.publisher), RDFS.label)
        assert OTHER_NAME.get(name, name) in row["publisher"].replace(" / ", ", ")
        relayed = {_only(data, body, RDFS.label) for body in meta.objects(document, DG.relays)}
        assert relayed >= named_in(row["publisher"]), row["id"]
        assert [str(o) for o in meta.objects(document, DCTERMS.issued)] == (
            [row["published"]] if row["published"] else []
        )
        assert row["relation"] != "contradicts" or row["id"] in contradicting, row["id"]


@pytest.mark.sources
def test_claimed_days_overlap_the_listed_ones(background, sources_dir):
    with (sources_dir / "background.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if len(row["date_from"]) == 10]

    for row in rows:
        span = ID[f"time/{row['id']}"]
        earliest, latest = (background.value(span, bound) for bound in (DG.notBefore, DG.notAfter))
        last = row["date_to"] or row["date_from"]
        assert earliest is None or earliest.toPython() <= date.fromisoformat(last), row["id"]
        assert latest is None or latest.toPython() >= date.fromisoformat(row["date_from"]), row["id"]
