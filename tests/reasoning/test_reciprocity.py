"""The rule for reciprocal expulsions: roles swapped, close in time, not already said by a source."""

from pathlib import Path

import pytest
from pyoxigraph import Quad

from closures import entailed
from diplograph.errors import BuildFailed
from diplograph.incremental.rules import touched
from diplograph.incremental.state import axioms_of
from diplograph.namespaces import DG, DGG, PREFIXES, PROV, RULE
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.reasoning.construct_rules import infer

PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
PAIR = """
act:x a dg:Expulsion ; rdfs:label "X expels"@en ; dg:actor state:x ; dg:target state:y ; dg:when time:x .
act:y a dg:Expulsion ; rdfs:label "Y expels"@en ; dg:actor state:y ; dg:target state:x ; dg:when time:y .
act:x dg:realisation dgv:ordered . act:y dg:realisation dgv:ordered .
time:x dg:notBefore "2022-04-01"^^xsd:date ; dg:notAfter "2022-04-10"^^xsd:date .
"""
CLOSE = PAIR + 'time:y dg:notBefore "2022-04-27"^^xsd:date ; dg:notAfter "2022-04-27"^^xsd:date .'
OPEN = PAIR + 'time:y dg:notAfter "2022-10-31"^^xsd:date .'
ONTOLOGY = Path(__file__).resolve().parents[2] / "ontology/diplograph.ttl"
META = "dgg:background dg:graphKind dgv:background-graph ."
REPORT = """
claim:r a dg:Claim ; dg:claimAbout act:y ; dg:claimedTime time:r .
time:r dg:notBefore "2022-04-20"^^xsd:date ; dg:notAfter "2022-04-20"^^xsd:date .
"""


@pytest.fixture
def rules(root: Path) -> list[Path]:
    return sorted((root / "queries/rules").glob("*.rq"))


def dataset(**graphs: str) -> Dataset:
    """Graphs beside the ontology, with the summaries of their acts."""
    made = Dataset.memory()
    made.load(ONTOLOGY, graph=str(DGG.ontology))
    made.load((PROLOGUE + META).encode(), "ttl", str(DGG.meta))
    for name, turtle in graphs.items():
        made.load((PROLOGUE + turtle).encode(), "ttl", str(DGG[name]))
    entailed(made, axioms_of(made))
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


def test_claim_has_one_proposition_however_many_sources_date_the_acts(rules: list[Path]) -> None:
    second = """act:y dg:when time:z .
    time:z dg:notBefore "2022-04-20"^^xsd:date ; dg:notAfter "2022-04-29"^^xsd:date ."""
    quads = infer(dataset(a1=CLOSE, x3=second), rules)

    assert len([q for q in quads if q.predicate.value == str(DG.proposition)]) == 1
    spans = {q.object.value for q in quads if q.predicate.value == str(PROV.wasDerivedFrom)}
    assert spans == {PREFIXES["time"] + name for name in "xyz"}


def test_pair_stays_when_another_source_dates_an_act_far_away(rules: list[Path]) -> None:
    second = """act:y dg:when time:z .
    time:z dg:notBefore "2022-12-01"^^xsd:date ; dg:notAfter "2022-12-01"^^xsd:date ."""

    assert pairs(infer(dataset(a1=CLOSE, x3=second), rules)) == [("x", "y")]


def test_rule_is_described_where_its_claims_stand(rules: list[Path]) -> None:
    quads = infer(dataset(a1=CLOSE), rules)

    assert str(RULE["reciprocity-1"]) in {q.subject.value for q in quads}
    assert {q.graph_name.value for q in quads} == {str(DGG.inferred)}


def test_actor_may_be_the_polity_of_an_organ(rules: list[Path]) -> None:
    text = CLOSE.replace("dg:actor state:x ;", "dg:actingBody body:x ;") + "body:x dg:organOf state:x ."

    assert len(pairs(infer(dataset(a1=text), rules))) == 1


@pytest.mark.parametrize("graph", ["a2", "x3", "another-article"])
def test_pair_that_a_source_asserts_is_not_inferred_whatever_its_graph_is_called(
    rules: list[Path], graph: str
) -> None:
    data = dataset(a1=CLOSE, **{graph: "act:y dg:reciprocalWith act:x ."})

    assert infer(data, rules) == []


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
        ("act:y dg:realisation dgv:ordered", "act:y dg:realisation dgv:planned"),
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
    text = CLOSE.replace("time:x", "time:v")
    change = Delta.between(dataset(a1=text).quads(), dataset(a1=text, a2=f"{act} {date}").quads())

    found = touched(dataset(a1=text), change, rules)

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
