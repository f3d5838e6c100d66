"""Facts from outside the articles: each a claim with its own source, none of them a statement on an act."""

import csv
from datetime import date

import pytest
from rdflib import RDF, RDFS, Graph, Literal, URIRef

from diplograph.namespaces import DCTERMS, DG, DGV, EDTF, FOAF, ID, OA

ROWS = [f"bg{number:02}" for number in range(1, 61)]
CONTRADICTING = {"bg10", "bg11", "bg14", "bg17", "bg25", "bg27", "bg37", "bg42", "bg54", "bg55"}
UNDATED = {"bg46", "bg51"}
STATUSES = {
    DGV[name] for name in ("reported", "attributed", "alleged", "opinion", "interpretation", "inferred")
}

# row: who claims it, when it says that what it is about took place, what it is about
DATES = {
    "bg01": ("business-standard", "2022-04-08", "act/japan-expels-eight-russians-2022-04"),
    "bg02": ("jiji-press", "2022-04-20", "time/a1-russians-gone"),
    "bg05": ("yomiuri-shimbun", "2022-04-08", "act/russia-promises-response-2022-04"),
    "bg06": ("reuters", "2022-04-27", "act/russia-expels-eight-japanese-2022-04"),
    "bg07": ("interfax", "2022-04-27", "act/russia-expels-eight-japanese-2022-04"),
    "bg08": ("anadolu", "[2022-04-27..2022-04-28]", "act/japan-protests-expulsion-2022-04"),
    "bg09": ("reuters", "2022-04-26", "act/russia-warns-japan-and-us-2022-04"),
    "bg11": ("jiji-press", "2022-04-19", "act/japan-bans-russian-imports-2022"),
    "bg12": ("associated-press", "2022-04-20", "act/japan-withdraws-trade-status-2022"),
    "bg14": ("efe", "2022-04-12", "act/japan-announces-asset-seizure-2022"),
    "bg15": ("dpa", "2022-03-07", "act/russia-lists-unfriendly-states-2022"),
    "bg17": ("babel", "2022-04-01", "act/russia-requires-roubles-2022"),
    "bg19": ("kyodo", "2022-03-21", "act/russia-suspends-peace-treaty-talks-2022"),
    "bg20": ("jiji-press", "2022-03-21", "act/russia-stops-territorial-talks-2022"),
    "bg21": ("sputnik", "2022-09-05", "act/russia-ends-visa-free-agreement-2022"),
    "bg22": ("breaking-latest-news", "2022-09-03", "act/russia-ends-visa-free-agreement-2022"),
    "bg24": ("yomiuri-shimbun", "2022-09-22", "act/fsb-detains-consul-2022"),
    "bg25": ("tass", "2022-09-26", "act/fsb-detains-consul-2022"),
    "bg26": ("tass", "2022-09-26", "act/russia-expels-motoki-2022"),
    "bg27": ("foreign-ministry-of-japan", "2022-09-26", "act/russia-expels-motoki-2022"),
    "bg28": ("jiji-press", "[2022-09-26..2022-09-27]", "act/japan-protests-detention-2022"),
    "bg29": ("al-jazeera", "[2022-09-26..2022-09-27]", "act/fsb-accuses-consul-2022"),
    "bg30": ("reuters", "2022-10-04", "act/japan-expels-sapporo-diplomat-2022-10"),
    "bg33": ("censor-net", "2022-10-07", "act/rada-recognition-2022-10-07"),
    "bg34": ("holos-ukrainy", "2022-10-07", "act/rada-calls-for-measures-2022"),
    "bg37": ("euromaidan-press", "2022-10-07", "act/japan-additional-sanctions-2022-10"),
    "bg39": ("lokmat-times", "2022-03-01", "person/dmitry-medvedev"),
    "bg40": ("babel", "2022-09-30/2022-10-04", "act/russia-annexes-four-regions"),
    "bg41": ("reuters", "2022-09-26", "act/japan-bans-chemical-weapon-materials-export-2022"),
    "bg43": ("reuters", "2022-10-28", "act/japan-declines-comment-on-tomahawks-2022"),
    "bg44": ("jiji-press", "2022-04-29/2022-05-06", "act/kishida-visits-southeast-asia-planned"),
    "bg45": (
        "foreign-ministry-of-japan",
        "2022-04-28/2022-05-02",
        "act/hayashi-visits-central-asia-and-mongolia-planned",
    ),
    "bg49": ("wikimili", "1956-10-19/1956-12-12", "act/restoration-of-relations-1956"),
    "bg52": ("jiji-press", "2022-02-24/..", "act/russian-military-campaign-in-ukraine"),
    "bg54": ("yomiuri-shimbun", "[..2022-04-11]", "act/japanese-firms-withdraw-from-russia"),
    "bg55": ("the-messenger-georgia", "2010-09-02", "office/head-of-chechen-republic"),
    "bg56": ("meduza", "2020-01-16/..", "tenure/medvedev-deputy-chairman"),
    "bg57": ("24-kg", "2012/2024-05", "tenure/shoigu-defence-minister"),
    "bg58": ("wikipedia", "2021-10-04/..", "tenure/kishida-prime-minister"),
    "bg59": ("nippon-com", "2021-11-10/..", "tenure/hayashi-foreign-minister"),
    "bg60": ("h1-md", "2014-11/..", "tenure/simonyan-sputnik"),
}
EXPULSIONS = {
    "japan-expels-eight-russians-2022-04": {"2022-04-08"},
    "russia-expels-eight-japanese-2022-04": {"2022-04-27"},
    "russia-expels-motoki-2022": {"2022-09-26"},
    "japan-expels-sapporo-diplomat-2022-10": {"2022-10-04"},
}
NINE = (
    "kalashnikov",
    "klimov",
    "more",
    "rostec",
    "ruselectronics",
    "rusichi",
    "sozvezdie",
    "united-engine",
    "yantar",
)
SOVEREIGNTY = {
    "bg36-ukraine": ("ukraine", "japan", {"bg36"}),
    "bg46-japan": ("japan", "japan", {"bg46", "bg50"}),
    "bg46-russia": ("russia", "russia", {"bg46"}),
}


def said(graph: Graph, claim: str) -> dict[str, set[str]]:
    """The values of a claim by property, IRIs cut to kind and slug."""
    found: dict[str, set[str]] = {}
    for predicate, value in graph.predicate_objects(ID[f"claim/{claim}"]):
        found.setdefault(str(predicate).rpartition("#")[2], set()).add(str(value).removeprefix(str(ID)))
    return found


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_one_attributed_claim_with_its_own_source(background, meta, row):
    claim, evidence = ID[f"claim/{row}"], ID[f"evidence/{row}"]

    assert len(list(background.objects(claim, DG.claimedBy))) == 1
    assert list(background.objects(claim, DG.evidence)) == [evidence]
    assert list(background.objects(evidence, OA.hasTarget)) == [ID[f"document/{row}"]]
    assert list(background.objects(evidence, DG.certainty)) == [DGV.high]
    assert (ID[f"document/{row}"], RDF.type, DG.SourceDocument) in meta
    assert (claim, DG.epistemicStatus, DGV.reported) in background
    assert (claim, DG.claimAbout, None) in background


@pytest.mark.parametrize("row", sorted(set(ROWS) - UNDATED))
def test_each_dated_row_has_a_date_of_its_own(background, row):
    assert list(background.objects(ID[f"claim/{row}"], DG.claimedWhen)) == [ID[f"time/{row}"]]
    assert (ID[f"time/{row}"], DG.evidence, ID[f"evidence/{row}"]) in background


def test_rows_without_a_date_have_none(background):
    assert {row for row in ROWS if (ID[f"claim/{row}"], DG.claimedWhen, None) not in background} == UNDATED


@pytest.mark.parametrize(
    ("row", "claimant", "expression", "topic"), [(row, *rest) for row, rest in DATES.items()]
)
def test_who_dates_what_and_when(background, row, claimant, expression, topic):
    found = said(background, row)

    assert found["claimedBy"] == {f"body/{claimant}"}
    assert topic in found["claimAbout"]
    assert (ID[f"time/{row}"], DG.edtf, Literal(expression, datatype=EDTF.EDTF)) in background


@pytest.mark.parametrize(("act", "days"), EXPULSIONS.items())
def test_every_claim_that_dates_an_expulsion_gives_the_day_of_the_order(background, act, days):
    claims = background.subjects(DG.claimAbout | DG.asserts, ID[f"act/{act}"])
    spans = [span for claim in claims for span in background.objects(claim, DG.claimedWhen)]

    assert {str(background.value(span, DG.edtf)) for span in spans} == days


def test_no_claim_dates_two_expulsions(background):
    acts = {ID[f"act/{slug}"] for slug in EXPULSIONS}
    for claim in set(background.subjects(DG.claimedWhen)):
        assert len(acts & set(background.objects(claim, DG.claimAbout))) <= 1, claim


def test_the_background_says_nothing_of_the_acts_themselves(background, a1, a2):
    acts = {s for graph in (a1, a2) for s in graph.subjects() if "/id/act/" in s}
    found = {(s, p) for s, p in background.subject_predicates() if s in acts}

    assert found == {(ID["act/russian-military-campaign-in-ukraine"], DG.hasName)}
    assert not [s for s in background.subjects() if "/id/act/" in s and s not in acts]


def test_the_background_adds_nothing_to_a_node_of_an_article(background):
    own = [s for s in set(background.subjects()) if s.rpartition("/")[2].startswith(("a1-", "a2-"))]

    assert own == []


@pytest.mark.parametrize("row", sorted(CONTRADICTING))
def test_a_contradiction_is_recorded_and_explained(background, row):
    claims = {ID[f"claim/{row}"], ID[f"claim/{row}-consular-convention"]}
    found = {s for claim in claims for s in background.subjects(DG.concerns, claim) if "/discrepancy/" in s}

    assert found
    for discrepancy in found:
        assert len(list(background.objects(discrepancy, DG.concerns))) >= 2
        assert (discrepancy, DG.discrepancyKind, None) in background
        assert (discrepancy, RDFS.label, None) in background


def test_only_claims_contradict_one_another(data):
    for one, other in data.subject_objects(DG.contradicts):
        assert "/id/claim/" in one, one
        assert "/id/claim/" in other, other


@pytest.mark.parametrize(
    ("claim", "other"),
    [
        ("bg10", "a1-russia-would-use-force"),
        ("bg17", "a1-roubles-required"),
        ("bg24", "bg25"),
        ("bg27-consular-convention", "a2-detention-breaches-convention"),
        ("bg27-denial", "a2-consul-obtained-secrets"),
        ("bg36-ukraine", "bg46-russia"),
        ("bg41", "bg42"),
        ("bg46-japan", "bg46-russia"),
    ],
)
def test_claims_that_cannot_both_hold_are_linked(background, claim, other):
    assert (ID[f"claim/{claim}"], DG.contradicts, ID[f"claim/{other}"]) in background


def test_eighty_one_stands_beside_the_eighty_of_the_article_and_replaces_nothing(background, a2):
    group = ID["group/a2-eighty-individuals"]

    assert (group, DG.memberCount, Literal(80)) in a2
    assert (ID["discrepancy/bg37"], DG.concerns, group) in background
    assert (None, DG.memberCount, None) not in background


@pytest.mark.parametrize(("claim", "expected"), SOVEREIGNTY.items())
def test_who_claims_the_islands_for_whom_outside_the_articles(background, claim, expected):
    found = said(background, claim)
    claimant, beneficiary, rows = expected

    assert found["claimedBy"] == {f"state/{claimant}"}
    assert found["claimedFor"] == {f"state/{beneficiary}"}
    assert found["claimedTerritory"] == {"place/islands-1"}
    assert found["evidence"] == {f"evidence/{row}" for row in rows}
    assert str(DGV.disputed) in found["epistemicStatus"]


def test_control_of_the_islands_is_stated_with_a_claim_that_carries_evidence(background):
    islands, russia = ID["place/islands-1"], ID["state/russia"]

    assert set(background.predicate_objects(islands)) == {(DG.administeredBy, russia)}
    assert {islands, russia} <= set(background.objects(ID["claim/bg51"], DG.claimAbout))


def test_japan_presents_the_sapporo_order_as_an_answer_in_the_background_only(data, background):
    found = said(background, "bg31-answer")

    assert found["claimedResponse"] == {"act/japan-expels-sapporo-diplomat-2022-10"}
    assert found["claimedCause"] == {"act/russia-expels-motoki-2022"}
    sapporo = ID["act/japan-expels-sapporo-diplomat-2022-10"]
    assert (sapporo, DG.retaliatesFor, ID["act/russia-expels-motoki-2022"]) not in data
    assert (sapporo, DG.reciprocalWith, ID["act/russia-expels-motoki-2022"]) not in data


def test_the_breach_is_alleged_of_the_consular_convention_here_and_of_the_diplomatic_one_there(
    background, a2
):
    assert said(background, "bg27-consular-convention")["allegesBreachOf"] == {
        "matter/vienna-convention-on-consular-relations"
    }
    assert list(a2.objects(ID["claim/a2-detention-breaches-convention"], DG.allegesBreachOf)) == [
        ID["matter/vienna-convention-on-diplomatic-relations"]
    ]


@pytest.mark.parametrize(
    ("name", "text", "user"),
    [
        ("bg52-invasion", "invasion", "jiji-press"),
        ("bg53-special-military-operation", "special military operation", "sputnik"),
    ],
)
def test_the_fighting_has_a_name_by_each_side_with_its_user(background, name, text, user):
    node = ID[f"name/{name}"]

    assert (ID["act/russian-military-campaign-in-ukraine"], DG.hasName, node) in background
    assert (node, DG.nameText, Literal(text, lang="en")) in background
    assert list(background.objects(node, DG.nameUsedBy)) == [ID[f"body/{user}"]]


def test_the_annexed_regions_are_named_here_and_placed_nowhere(background):
    regions = {"donetsk-region", "kherson-region", "luhansk-region", "zaporizhzhia-region"}

    assert {s.rpartition("/")[2] for s in background.subjects(RDF.type, DG.Territory)} == regions
    assert (None, DG.within, None) not in background
    assert {f"place/{slug}" for slug in regions} < said(background, "bg40")["claimAbout"]


def test_the_bodies_named_by_one_report_are_members_of_no_group(background):
    bodies = said(background, "bg38")["claimAbout"]

    assert {slug for slug in bodies if slug.startswith("body/")} == {f"body/{name}" for name in NINE}
    assert (None, DG.hasMember, None) not in background
    assert (None, DG.measureTarget, None) not in background


def test_every_claim_has_one_main_status_and_a_short_proposition(background):
    for claim in set(background.subjects(DG.claimedBy)):
        assert len(STATUSES & set(background.objects(claim, DG.epistemicStatus))) == 1, claim
        (proposition,) = background.objects(claim, DG.proposition)
        assert len(proposition.split()) <= 25, claim
        assert proposition.language == "en"


def _only(graph: Graph, subject: URIRef, predicate: URIRef) -> str:
    (value,) = graph.objects(subject, predicate)
    return str(value)


@pytest.mark.sources
def test_documents_and_dates_agree_with_the_list_of_outside_facts(background, meta, sources_dir):
    with (sources_dir / "background.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))

    assert [row["id"] for row in rows] == ROWS
    for row in rows:
        document = ID[f"document/{row['id']}"]
        assert _only(meta, document, FOAF.page) == row["url"]
        assert _only(meta, document, DCTERMS.publisher) in row["publisher"].replace(" / ", ", ")
        assert [str(o) for o in meta.objects(document, DCTERMS.issued)] == (
            [row["published"]] if row["published"] else []
        )
        assert (row["relation"] == "contradicts") == (row["id"] in CONTRADICTING), row["id"]


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
