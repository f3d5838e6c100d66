"""The rule for reciprocal expulsions: roles swapped, close in time, not already said by an article."""

from pathlib import Path

import pytest
from pyoxigraph import Quad

from diplograph.errors import BuildFailed
from diplograph.incremental.rules import touched
from diplograph.namespaces import DG, DGG, PREFIXES, PROV, RULE
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.reasoning.construct_rules import infer

PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
PAIR = """
act:x a dg:Expulsion ; rdfs:label "X expels"@en ; dg:actor state:x ; dg:target state:y ; dg:when time:x .
act:y a dg:Expulsion ; rdfs:label "Y expels"@en ; dg:actor state:y ; dg:target state:x ; dg:when time:y .
time:x dg:notBefore "2022-04-01"^^xsd:date ; dg:notAfter "2022-04-10"^^xsd:date .
"""
CLOSE = PAIR + 'time:y dg:notBefore "2022-04-27"^^xsd:date ; dg:notAfter "2022-04-27"^^xsd:date .'
OPEN = PAIR + 'time:y dg:notAfter "2022-10-31"^^xsd:date .'
REPORT = """
claim:r a dg:Claim ; dg:claimAbout act:y ; dg:claimedTime time:r .
time:r dg:notBefore "2022-04-20"^^xsd:date ; dg:notAfter "2022-04-20"^^xsd:date .
"""


@pytest.fixture
def rules(root: Path) -> list[Path]:
    return sorted((root / "queries/rules").glob("*.rq"))


def dataset(**graphs: str) -> Dataset:
    made = Dataset.memory()
    for name, turtle in graphs.items():
        made.load((PROLOGUE + turtle).encode(), "ttl", str(DGG[name]))
    return made


def pairs(quads: list[Quad]) -> list[tuple[str, str]]:
    wanted = str(DG.inferredReciprocalWith)
    return [
        (q.subject.value.rsplit("/")[-1], q.object.value.rsplit("/")[-1])
        for q in quads
        if q.predicate.value == wanted
    ]


def test_expulsions_with_swapped_roles_close_in_time_are_one_pair(rules: list[Path]) -> None:
    assert pairs(infer(dataset(a1=CLOSE), rules)) == [("x", "y")]


def test_pair_is_carried_by_one_claim_with_its_derivation_and_rule(rules: list[Path]) -> None:
    quads = infer(dataset(a1=CLOSE), rules)
    claims = {q.subject.value for q in quads if q.predicate.value == str(DG.claimAbout)}
    spans = {q.object.value for q in quads if q.predicate.value == str(PROV.wasDerivedFrom)}

    assert claims == {PREFIXES["claim"] + "inferred-x-and-y"}
    assert spans == {PREFIXES["time"] + "x", PREFIXES["time"] + "y"}


def test_claim_states_the_largest_possible_gap(rules: list[Path]) -> None:
    texts = [
        q.object.value for q in infer(dataset(a1=CLOSE), rules) if q.predicate.value == str(DG.proposition)
    ]

    assert texts == ["Two expulsions, roles swapped, at most 26 days apart."]


def test_rule_is_described_where_its_claims_stand(rules: list[Path]) -> None:
    quads = infer(dataset(a1=CLOSE), rules)

    assert str(RULE["reciprocity-1"]) in {q.subject.value for q in quads}
    assert {q.graph_name.value for q in quads} == {str(DGG.inferred)}


def test_actor_may_come_from_the_closure(rules: list[Path]) -> None:
    data = dataset(a1=CLOSE.replace("dg:actor state:x ;", ""), closure="act:x dg:actor state:x .")

    assert len(pairs(infer(data, rules))) == 1


def test_pair_that_an_article_asserts_is_not_inferred(rules: list[Path]) -> None:
    data = dataset(a1=CLOSE, a2="act:y dg:reciprocalWith act:x .")

    assert infer(data, rules) == []


def test_pair_that_only_the_background_asserts_is_inferred(rules: list[Path]) -> None:
    data = dataset(a1=CLOSE, background="act:y dg:reciprocalWith act:x .")

    assert len(pairs(infer(data, rules))) == 1


@pytest.mark.parametrize(
    ("day", "found"), [("2022-05-16", 1), ("2022-05-17", 0), ("2022-02-24", 1), ("2022-02-23", 0)]
)
def test_largest_possible_gap_is_forty_five_days(rules: list[Path], day: str, found: int) -> None:
    assert len(pairs(infer(dataset(a1=CLOSE.replace("2022-04-27", day)), rules))) == found


def test_open_date_never_matches(rules: list[Path]) -> None:
    assert infer(dataset(a1=OPEN), rules) == []


def test_open_date_is_narrowed_by_a_background_claim_about_the_act(rules: list[Path]) -> None:
    quads = infer(dataset(a1=OPEN, background=REPORT), rules)
    spans = {q.object.value for q in quads if q.predicate.value == str(PROV.wasDerivedFrom)}

    assert pairs(quads) == [("x", "y")]
    assert PREFIXES["time"] + "r" in spans


def test_claim_about_both_acts_dates_neither(rules: list[Path]) -> None:
    data = dataset(a1=OPEN, background=REPORT + "claim:r dg:claimAbout act:x .")

    assert infer(data, rules) == []


@pytest.mark.parametrize(
    "change",
    [
        ("act:y a dg:Expulsion", "act:y a dg:ActSeries"),
        ("dg:target state:x", "dg:target state:z"),
        ("dg:actor state:y", "dg:actor state:z"),
        ("act:y a dg:Expulsion", "act:y a dg:UnrealisedAct, dg:Expulsion"),
    ],
)
def test_what_is_not_a_pair_is_left_alone(rules: list[Path], change: tuple[str, str]) -> None:
    assert infer(dataset(a1=CLOSE.replace(*change)), rules) == []


@pytest.mark.parametrize(("kind", "matters"), [("dg:Expulsion", True), ("dg:Summons", False)])
def test_dates_matter_to_the_rule_where_they_are_of_an_expulsion(
    rules: list[Path], kind: str, matters: bool
) -> None:
    roles = "dg:actor state:x ; dg:target state:y ; dg:when time:x"
    act = f'act:z a {kind} ; rdfs:label "Z"@en ; {roles} .'
    date = 'time:x dg:notBefore "2022-04-01"^^xsd:date ; dg:notAfter "2022-04-10"^^xsd:date .'
    change = Delta(frozenset(dataset(a2=f"{act} {date}").quads()))

    found = touched(dataset(a1=CLOSE.replace("time:x", "time:v")), change, rules)

    assert found is not None
    assert [bool(keys) for keys in found.values()] == [matters]


def test_rule_with_a_bad_header_stops_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "r-1.rq"
    path.write_text("#+ name: r-1\n#+ version: 1\n#+ sumary: x\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")

    with pytest.raises(BuildFailed) as caught:
        infer(Dataset.memory(), [path])

    assert str(caught.value.facts["problems"]).count("r-1.rq:3: unknown key 'sumary'") == 1


def test_rule_that_is_no_sparql_stops_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "r-1.rq"
    path.write_text("#+ name: r-1\n#+ version: 1\n#+ summary: x\n#+ description: x\nCONSTRUCT {")

    with pytest.raises(BuildFailed) as caught:
        infer(Dataset.memory(), [path])

    assert "r-1.rq: " in str(caught.value.facts["problems"])
