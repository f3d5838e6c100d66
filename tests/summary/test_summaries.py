"""What all sources come to on acts and pairs: the right answers on the curated graph and on small ones."""

from collections.abc import Iterable

import pytest
from pyoxigraph import NamedNode

from closures import entailed
from diplograph import summary
from diplograph.incremental.state import axioms_of
from diplograph.namespaces import DG, DGG, ID, PREFIXES
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.summary.acts import address
from summaries import told

PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
AXIOMS = """
dg:Expulsion rdfs:subClassOf dg:DiplomaticAct . dg:DiplomaticAct rdfs:subClassOf dg:Act .
dg:RealisedAct rdfs:subClassOf dg:Act .
"""
META = """
dgg:background dg:graphKind dgv:background-graph .
doc:one dcterms:issued "2022-04-10"^^xsd:date ; dcterms:publisher body:p ; dg:relays body:agency .
doc:two dcterms:issued "2022-04-20"^^xsd:date ; dcterms:publisher body:agency .
doc:three dcterms:publisher body:q .
dgg:a1 dcterms:source doc:one . dgg:a2 dcterms:source doc:two . dgg:a3 dcterms:source doc:three .
"""
ACT = "act:x a dg:Expulsion ; dg:actor state:x ; dg:target state:y ; "


def dated(name: str, day: str) -> str:
    return f'time:{name} a dg:TimeSpan ; dg:notBefore "{day}"^^xsd:date ; dg:notAfter "{day}"^^xsd:date .'


def summed(**graphs: str) -> dict[str, set[str]]:
    """What the summary says of act:x, each property by its local name."""
    made = Dataset.memory()
    for name, turtle in {"ontology": AXIOMS, "meta": META, **graphs}.items():
        made.load((PROLOGUE + turtle).encode(), "ttl", str(DGG[name]))
    entailed(made, axioms_of(made))
    return told(made, NamedNode(f"{ID}act/x"))


def curated_act(curated: Dataset, name: str) -> dict[str, set[str]]:
    return told(curated, NamedNode(f"{ID}act/{name}"))


@pytest.mark.parametrize(
    ("act", "date", "agreement"),
    [
        ("kishida-visits-southeast-asia-planned", "2022-04-29~/2022-05-10~", "accounts-differ"),
        ("hayashi-visits-central-asia-and-mongolia-planned", "2022-04-28~/2022-05-10~", "accounts-differ"),
        ("fsb-detains-consul-2022", "[2022-09-22..2022-09-26]", "accounts-differ"),
        ("russian-military-campaign-in-ukraine", "2022-02-24/..", "accounts-agree"),
        ("russia-ends-visa-free-agreement-2022", "[2022-09-03..2022-09-05]", "accounts-tell-phases"),
        ("japan-expels-eight-russians-2022-04", "2022-04-08", "accounts-agree"),
    ],
)
def test_dates_of_the_curated_acts(curated: Dataset, act: str, date: str, agreement: str):
    found = curated_act(curated, act)

    assert (found["summaryDate"], found["dateAgreement"]) == ({date}, {agreement})


def test_tours_came_about_by_later_reports(curated: Dataset):
    one = curated_act(curated, "kishida-visits-southeast-asia-planned")
    other = curated_act(curated, "hayashi-visits-central-asia-and-mongolia-planned")

    assert (one["summaryStage"], one["stageAgreement"]) == ({"carried-out"}, {"accounts-tell-phases"})
    assert (other["summaryStage"], other["stageAgreement"]) == ({"in-effect"}, {"order-unknown"})


def test_numbers_of_two_sources_are_bounds_and_never_a_sum(curated: Dataset):
    found = curated_act(curated, "japan-additional-sanctions-2022-10")

    assert (found["leastAffected"], found["mostAffected"]) == ({"80"}, {"81"})
    assert found["numberAgreement"] == {"accounts-differ"}


def test_claims_on_a_departure_date_that_and_not_the_act(curated: Dataset):
    found = curated_act(curated, "japan-expels-eight-russians-2022-04")

    assert found["summaryCompletion"] == {"2022-04-20"}


def test_sources_that_differ_on_the_deadline_or_the_completion_differ():
    days = f"{dated('one', '2022-05-10')} {dated('two', '2022-06-01')}"
    for term, name in (("dg:deadline", "deadline"), ("dg:completedWhen", "completion")):
        found = summed(a1=f"{ACT} {term} time:one . {days}", a2=f"act:x {term} time:two .")

        assert found[f"{name}Agreement"] == found["overallAgreement"] == {"accounts-differ"}


def test_what_a_graph_that_is_no_sources_states_is_no_account_and_sums_up_to_nothing():
    meta = "dgg:entities dg:graphKind dgv:entities-graph ."
    made = Dataset.memory()
    for name, turtle in {
        "ontology": AXIOMS,
        "meta": meta,
        "a1": f"{ACT} dg:form dgv:statement .",
        "entities": "act:x dg:target state:z ; dg:form dgv:call ; a dg:Expulsion .",
    }.items():
        made.load((PROLOGUE + turtle).encode(), "ttl", str(DGG[name]))
    entailed(made, axioms_of(made))
    found = told(made, NamedNode(f"{ID}act/x"))

    assert (found["summaryTarget"], found["summaryForm"]) == ({"state/y"}, {"statement"})


@pytest.mark.parametrize(
    "accounts",
    [
        [("act/x", "graph/claim--foo"), ("act/x", "id/claim/foo")],
        [("act/x", "graph/a1"), ("act/x", "id/matter/a1"), ("matter/x", "graph/a1")],
        [("act/xx--claim", "graph/foo"), ("act/xx", "id/claim/foo"), ("act/xx", "graph/claim--foo")],
        [("act/x-", "graph/a1"), ("act/x", "graph/-a1"), ("act/x", "graph/a1-")],
    ],
)
def test_no_two_accounts_have_one_address(accounts: list[tuple[str, str]]):
    made = {
        address("account", NamedNode(f"{ID}{act}"), NamedNode(f"{ID.removesuffix('id/')}{carrier}"))
        for act, carrier in accounts
    }

    assert len(made) == len(accounts)
    assert all(len(name.value.rpartition("/")[2]) <= 100 for name in made)


def test_long_addresses_end_with_a_hash_that_no_plain_one_has():
    acts = [NamedNode(f"{ID}act/{letter * 70}") for letter in "ab"]

    assert "---" in address("pair", *acts).value
    assert "---" not in address("pair", NamedNode(f"{ID}act/a-"), NamedNode(f"{ID}act/b")).value


def test_summary_costs_few_triples(curated: Dataset):
    acts = {q.subject for q in curated.matching(None, NamedNode(str(DG.sourceCount)), None, summary.SUMMARY)}
    accounts = {
        q.subject for q in curated.matching(None, NamedNode(str(DG.accountOf)), None, summary.SUMMARY)
    }

    assert max(map(size, acts, [curated] * len(acts))) <= 25
    assert max(map(size, accounts, [curated] * len(accounts))) <= 10


def size(thing: NamedNode, dataset: Dataset) -> int:
    return sum(1 for _ in dataset.matching(thing, None, None, summary.SUMMARY))


@pytest.mark.parametrize(
    ("pair", "basis", "certainty"),
    [
        (
            ("japan-expels-eight-russians-2022-04", "russia-expels-eight-japanese-2022-04"),
            "asserted",
            "certain",
        ),
        (("japan-expels-sapporo-diplomat-2022-10", "russia-expels-motoki-2022"), "answered", "possible"),
    ],
)
def test_pairs_of_the_curated_acts(curated: Dataset, pair: tuple[str, str], basis: str, certainty: str):
    found = told(curated, NamedNode(f"{ID}pair/{'--'.join(pair)}"))

    assert found["pairBasis"] == {f"{basis}-pair"}
    assert found["pairCertainty"] == {f"{certainty}-pair"}


def test_claim_about_several_acts_dates_those_that_it_says():
    about = "claim:c a dg:Claim ; dg:claimAbout act:x , act:y ; dg:claimedTime time:c ."
    report = f"{about} {dated('c', '2022-04-08')}"
    article = f"{ACT} dg:realisation dgv:ordered . act:y a dg:Expulsion ."

    assert "summaryDate" not in summed(a1=article, background=report)
    said = f"{report} claim:c dg:claimedTimeOf act:x ."
    assert summed(a1=article, background=said)["summaryDate"] == {"2022-04-08"}


def test_claim_dates_what_it_is_about_in_its_own_graph():
    report = f"claim:c a dg:Claim ; dg:claimAbout act:x ; dg:claimedTime time:c . {dated('c', '2022-04-08')}"
    stage = "dg:claimedStage dgv:carried-out"
    elsewhere = f"claim:c dg:claimAbout act:y , act:x ; {stage} . act:y a dg:Expulsion ."
    found = summed(a1=f"{ACT} dg:realisation dgv:ordered .", background=report, a2=elsewhere)

    assert (found["summaryDate"], found["summaryStage"]) == ({"2022-04-08"}, {"ordered"})


def test_claim_about_a_time_span_or_a_group_speaks_for_the_act_only_if_it_gives_a_time_or_a_number():
    article = f"{ACT} dg:when time:one ; dg:affects group:g . {dated('one', '2022-04-08')}"
    claims = """claim:c a dg:Claim ; dg:claimAbout time:one ; dg:claimedNumber 9 ; dg:evidence ev:c .
        claim:d a dg:Claim ; dg:claimAbout group:g ; dg:claimedPlace place:p ; dg:evidence ev:c .
        ev:c oa:hasTarget doc:three ."""

    assert summed(a1=article, a2=claims)["sourceCount"] == {"1"}


def test_source_that_counts_a_group_for_an_act_of_its_own_speaks_for_no_other():
    group = "dg:affects group:g . group:g a dg:Group ; dg:memberCount"
    other = "act:y a dg:Expulsion ; dg:affects group:g ."
    first = f"{ACT} {group} 8 ."

    assert summed(a1=first, a2=f"{other} group:g dg:memberCount 9 .")["sourceCount"] == {"1"}
    assert summed(a1=first, a2="group:g dg:memberCount 9 .")["sourceCount"] == {"2"}


def test_what_a_claim_concerns_is_never_dated_by_it():
    report = f"claim:c a dg:Claim ; dg:concerns act:x ; dg:claimedTime time:c . {dated('c', '2022-04-08')}"

    assert "summaryDate" not in summed(a1=f"{ACT} dg:realisation dgv:ordered .", background=report)


@pytest.mark.parametrize("status", ["alleged", "opinion", "interpretation", "denied", "inferred"])
def test_voice_that_does_not_count_is_kept_and_sets_nothing(status: str):
    claim = f"""claim:c a dg:Claim ; dg:claimAbout act:x ; dg:claimedTime time:c ;
        dg:claimedStage dgv:carried-out ; dg:epistemicStatus dgv:{status} ; dg:evidence ev:c .
        ev:c oa:hasTarget doc:three . {dated("c", "2022-04-08")}"""
    found = summed(a1=f"{ACT} dg:realisation dgv:ordered .", background=claim)

    assert "summaryDate" not in found
    assert found["summaryStage"] == {"ordered"}
    assert found["sourceCount"] == {"2"}


@pytest.mark.parametrize(
    ("stages", "stage", "agreement"),
    [
        (("planned", "carried-out", None), "carried-out", "accounts-tell-phases"),
        (("planned", "abandoned", None), "abandoned", "accounts-tell-phases"),
        (("carried-out", "planned", None), "planned", "accounts-differ"),
        (("ordered", "ordered", None), "ordered", "accounts-agree"),
        (("announced", None, "in-effect"), "in-effect", "order-unknown"),
        (("in-effect", None, "announced"), "in-effect", "order-unknown"),
        (("planned", "realisation-unknown", None), "planned", None),
        (("ordered", "abandoned", None), "abandoned", "accounts-tell-phases"),
        (("carried-out", "abandoned", None), "abandoned", "accounts-differ"),
    ],
)
def test_latest_stage_wins_and_the_furthest_where_the_order_is_open(
    stages: Iterable[str | None], stage: str, agreement: str | None
):
    graphs = {
        f"a{number}": f"{ACT} dg:realisation dgv:{each} ."
        for number, each in enumerate(stages, 1)
        if each is not None
    }
    found = summed(**graphs)

    assert found["summaryStage"] == {stage}
    assert found.get("stageAgreement") == (agreement and {agreement})


def test_agency_that_is_repeated_is_one_voice_and_an_unknown_publisher_perhaps_another():
    told_by = {f"a{number}": f"{ACT} dg:realisation dgv:ordered ." for number in (1, 2)}
    unknown = {"x3": f"{ACT} dg:evidence ev:c . ev:c oa:hasTarget doc:four ."}

    assert [summed(**told_by)[name] for name in ("sourceCount", "leastVoices", "mostVoices")] == [
        {"2"},
        {"1"},
        {"1"},
    ]
    found = summed(**told_by, **unknown)
    assert [found[name] for name in ("sourceCount", "leastVoices", "mostVoices")] == [{"3"}, {"1"}, {"2"}]


def test_member_of_a_counted_group_is_not_added():
    groups = """dg:affects group:g , person:p , person:q .
        group:g a dg:Group ; dg:memberCount 8 ; dg:hasMember person:p .
        person:p a dg:Person . person:q a dg:Person ."""
    found = summed(a1=f"{ACT} dg:realisation dgv:ordered ; {groups}")

    assert (found["leastAffected"], found["mostAffected"]) == ({"9"}, {"9"})


@pytest.mark.parametrize(
    ("qualifier", "told"),
    [
        ("", {"leastAffected": {"150"}, "mostAffected": {"150"}}),
        ("; dg:countQualifier dgv:at-least", {"leastAffected": {"150"}}),
        ("; dg:countQualifier dgv:at-most", {"mostAffected": {"150"}}),
        (
            "; dg:countQualifier dgv:about",
            {"leastAffected": {"150"}, "mostAffected": {"150"}, "affectedQualifier": {"about"}},
        ),
    ],
)
def test_count_of_a_group_or_a_claim_is_summed_up_in_the_sense_that_it_is_given(
    qualifier: str, told: dict[str, set[str]]
):
    group = f"dg:affects group:g . group:g a dg:Group ; dg:memberCount 150 {qualifier} ."
    claim = f"""claim:c a dg:Claim ; dg:claimAbout act:x ; dg:claimedNumber 150 {qualifier} ;
        dg:evidence ev:c . ev:c oa:hasTarget doc:three ."""
    names = ("leastAffected", "mostAffected", "affectedQualifier")

    for said in ({"a1": f"{ACT} {group}"}, {"a1": f"{ACT} dg:realisation dgv:ordered .", "a2": claim}):
        found = summed(**said)
        assert {name: found[name] for name in names if name in found} == told


def test_qualifier_is_that_of_the_graph_that_counts():
    group = "dg:affects group:g . group:g a dg:Group ; dg:memberCount"
    first = f"{ACT} {group} 150 ; dg:countQualifier dgv:about ."

    near = summed(a1=first, a2="group:g dg:memberCount 147 .")
    far = summed(a1=first, a2="group:g dg:memberCount 120 .")
    assert (near["leastAffected"], near["mostAffected"], near["numberAgreement"]) == (
        {"147"},
        {"147"},
        {"accounts-agree"},
    )
    assert "affectedQualifier" not in near
    assert (far["leastAffected"], far["mostAffected"], far["numberAgreement"]) == (
        {"120"},
        {"150"},
        {"accounts-differ"},
    )
    assert far["affectedQualifier"] == {"about"}


def test_groups_of_one_source_are_added_as_exactly_as_all_of_them_are_known():
    def counts(one: str, two: str) -> dict[str, set[str]]:
        groups = f"""group:g a dg:Group ; dg:memberCount 100 {one} .
            group:h a dg:Group ; dg:memberCount 5 {two} ."""
        return summed(a1=f"{ACT} dg:affects group:g , group:h . {groups}")

    about, least, most = (f"; dg:countQualifier dgv:{name}" for name in ("about", "at-least", "at-most"))
    found = counts(about, "")
    assert (found["leastAffected"], found["mostAffected"], found["affectedQualifier"]) == (
        {"105"},
        {"105"},
        {"about"},
    )
    found = counts(least, most)
    assert (found["leastAffected"], "mostAffected" in found) == ({"100"}, False)
    found = counts(most, most)
    assert ("leastAffected" in found, found["mostAffected"]) == (False, {"105"})


def test_different_organs_are_marked_and_none_is_chosen():
    found = summed(a1=f"{ACT} dg:actingBody body:one .", a2=f"{ACT} dg:actingBody body:two .")

    assert found["bodyAgreement"] == {"accounts-differ"}
    assert "summaryBody" not in found


def test_sources_that_name_no_party_in_common_differ_whatever_else_they_agree_on():
    second = "act:x dg:actor state:z ; dg:target state:y , state:z ; dg:realisation dgv:ordered ."
    found = summed(a1=f"{ACT} dg:realisation dgv:ordered .", a2=second)

    assert found["stageAgreement"] == found["targetAgreement"] == {"accounts-agree"}
    assert found["actorAgreement"] == found["overallAgreement"] == {"accounts-differ"}


def test_organ_and_its_state_are_one_actor():
    second = "act:x dg:actingBody body:x . body:x dg:organOf state:x ."

    assert summed(a1=f"{ACT} dg:form dgv:statement .", a2=second)["actorAgreement"] == {"accounts-agree"}


@pytest.mark.parametrize("broader", ["dg:Act", "dg:DiplomaticAct"])
def test_broader_class_of_another_source_adds_no_kind(broader: str):
    found = summed(a1=f"{ACT} dg:realisation dgv:ordered .", a2=f"act:x a {broader} .")

    assert found["summaryKind"] == {"Expulsion"}


def test_preference_picks_a_date_and_leaves_the_disagreement():
    first = f"{ACT} dg:when time:one . {dated('one', '2022-04-08')}"
    second = f"{ACT} dg:when time:two . {dated('two', '2022-04-09')}"
    choice = "diff:d a dg:Discrepancy ; dg:concerns time:one , time:two ; dg:prefers time:two ."
    found = summed(a1=first, a2=f"{second} {choice}")

    assert (found["summaryDate"], found["dateAgreement"]) == ({"2022-04-09"}, {"accounts-differ"})


def test_thing_that_no_source_touches_is_not_reached_by_a_change(curated: Dataset):
    label = next(curated.matching(NamedNode(f"{ID}state/japan"), None, None, NamedNode(str(DGG.reference))))

    assert summary.touched(curated, Delta(frozenset({label}))) == set()


def test_claimed_stage_is_that_of_an_act_and_of_nothing_else_that_the_claim_is_about():
    claim = """claim:c a dg:Claim ; dg:claimAbout act:x , group:g ; dg:claimedStage dgv:planned ;
        dg:epistemicStatus dgv:reported . group:g a dg:Group ."""
    made = Dataset.memory()
    for name, turtle in {"ontology": AXIOMS, "a1": "act:x a dg:Expulsion .", "background": claim}.items():
        made.load((PROLOGUE + turtle).encode(), "ttl", str(DGG[name]))

    assert [triple.subject.value for triple in summary.stages(made)] == [f"{ID}act/x"]
