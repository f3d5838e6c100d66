"""Pairs of acts: who says that they are an exchange, in which order, and who denies it."""

import pytest
from pyoxigraph import NamedNode

from diplograph.namespaces import DGG, ID, PREFIXES
from diplograph.rdf import Dataset
from diplograph.reasoning import saturate
from diplograph.release import assemble
from diplograph.sources import KnowledgeBase
from summaries import told

PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
DAY = """time:{0} a dg:TimeSpan ; dg:edtf "{1}"^^edtf:EDTF ;
    dg:notBefore "{1}"^^xsd:date ; dg:notAfter "{1}"^^xsd:date ."""
ACTS = f"""
act:p a dg:Expulsion ; dg:actor state:japan ; dg:target state:russia ; dg:when time:p .
act:q a dg:Expulsion ; dg:actor state:russia ; dg:target state:japan ; dg:when time:q .
act:p dg:realisation dgv:ordered . act:q dg:realisation dgv:ordered .
{DAY.format("p", "2015-04-09")} {DAY.format("q", "2015-08-09")}
"""
ANSWER = """claim:{0} a dg:ResponseClaim ; dg:claimedCause {1} ; dg:claimedResponse {2} ;
    dg:epistemicStatus dgv:{3} ."""
REPORTED = ANSWER.format("c", "act:p", "act:q", "reported")


@pytest.fixture(scope="module")
def kb(root) -> KnowledgeBase:
    return KnowledgeBase(root)


def paired(kb: KnowledgeBase, **graphs: str) -> dict[str, set[str]]:
    """What is known of the pair of two expulsions far apart, with what else sources say."""
    made = Dataset.memory()
    assemble.load_graphs(kb, made, {str(DGG[name]) for name in ("ontology", "vocab", "entities", "meta")})
    for name, turtle in {"x1": ACTS, **graphs}.items():
        made.load((PROLOGUE + turtle).encode(), "ttl", str(DGG[name]))
    made.write_default_merge()
    rules = assemble.ontology_rules(made)
    saturate(made, rules)
    assemble.add_derived(made, rules, kb.rule_files())
    return told(made, NamedNode(f"{ID}pair/p--q"))


def test_acts_far_apart_are_a_pair_only_if_somebody_says_so(kb: KnowledgeBase):
    assert paired(kb) == {}
    found = paired(kb, x2=REPORTED)
    assert (found["pairBasis"], found["firstAct"], found["leastLag"]) == (
        {"answered-pair"},
        {"act/p"},
        {"122"},
    )


def test_answer_is_that_of_an_organ_of_the_actor(kb: KnowledgeBase):
    claim = f"{ANSWER.format('c', 'act:p', 'act:q', 'attributed')} claim:c dg:claimedBy body:n ."

    assert paired(kb, x2=claim) == {}
    assert paired(kb, x2=f"{claim} body:n dg:organOf state:russia .")["pairBasis"] == {"answered-pair"}


def test_answers_that_contradict_each_other_leave_the_earlier_act_first_and_a_dispute(
    kb: KnowledgeBase,
):
    other = ANSWER.format("d", "act:q", "act:p", "reported")
    found = paired(kb, x2=f"{REPORTED} {other}")

    assert (found["firstAct"], found["pairStatus"], found["leastLag"]) == ({"act/p"}, {"disputed"}, {"122"})
    assert found["pairClaim"] == {"claim/c", "claim/d"}


def test_what_another_graph_says_of_a_claim_neither_denies_an_exchange_nor_moves_it(kb: KnowledgeBase):
    said = f"{REPORTED} claim:r a dg:Claim ; dg:claimAbout act:p ; dg:epistemicStatus dgv:reported ."
    elsewhere = """claim:r dg:claimAbout act:p , act:q ; dg:epistemicStatus dgv:denied .
        claim:c dg:claimedCause act:fsb-detains-consul-2022 ; dg:epistemicStatus dgv:denied ."""

    assert paired(kb, x2=said, x3=elsewhere) == paired(kb, x2=said)


def test_denial_of_something_else_on_both_acts_does_not_dispute_the_exchange(kb: KnowledgeBase):
    denied = "claim:n a dg:Claim ; dg:claimAbout act:p , act:q ; dg:epistemicStatus dgv:denied"

    assert "pairStatus" not in paired(kb, x2=f"{REPORTED} {denied} ; dg:claimedNumber 12 .")
    assert paired(kb, x2=f"{REPORTED} {denied} .")["pairStatus"] == {"disputed"}


@pytest.mark.parametrize(
    ("about", "basis"), [("act:p", None), ("act:fsb-detains-consul-2022", "answered-pair")]
)
def test_answer_is_outvoted_by_a_claim_on_the_same_acts_alone(
    kb: KnowledgeBase, about: str, basis: str | None
):
    other = f"claim:o a dg:Claim ; dg:claimAbout {about} ; dg:epistemicStatus dgv:reported ."
    choice = "diff:n a dg:Discrepancy ; dg:concerns claim:c , claim:o ; dg:prefers claim:o ."
    found = paired(kb, x2=f"{REPORTED} {other} {choice}")

    assert found.get("pairBasis") == (None if basis is None else {basis})
