"""What a change changes in what the rules infer is what asking them of everything before and after tells."""

from collections.abc import Iterable
from itertools import product
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, NamedNode, Quad

from closures import entailed
from diplograph.incremental.patterns import UnboundedError
from diplograph.incremental.rules import Inferring, is_apart, touched
from diplograph.incremental.state import axioms_of
from diplograph.namespaces import DGG, PREFIXES
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.reasoning import compile_rules
from diplograph.reasoning.construct_rules import Rule, infer

PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
RULES = sorted((Path(__file__).resolve().parents[2] / "queries/rules").glob("*.rq"))
ACTS = ("act:k", "act:l", "act:m", "act:n")
STATES = ("state:x", "state:y")
DAYS = ("2022-04-01", "2022-05-10", "2022-06-20")
LIKELY = [
    *(("a1", f"{act} {text}") for act in ACTS for text in ("a dg:Expulsion .", f'rdfs:label "{act}"@en .')),
    *(
        ("a1", f"{act} dg:actor {STATES[at % 2]} ; dg:target {STATES[1 - at % 2]} .")
        for at, act in enumerate(ACTS)
    ),
    *(("a1", f"{act} dg:when time:{act[-1]} .") for act in ACTS),
    *(
        ("a1", f'time:{act[-1]} dg:notBefore "{day}"^^xsd:date ; dg:notAfter "{day}"^^xsd:date .')
        for act, day in product(ACTS, DAYS)
    ),
]
AXIOMS = """
dg:Expulsion rdfs:subClassOf dg:Act . dg:UnrealisedAct rdfs:subClassOf dg:Act .
[] a owl:Restriction ; owl:onProperty dg:summaryStage ; owl:hasValue dgv:planned ;
    rdfs:subClassOf dg:UnrealisedAct .
"""
UNLIKELY = [
    *(("a2", f"{one} dg:reciprocalWith {other} .") for one, other in product(ACTS[:2], ACTS[2:])),
    *(("a2", f"{act} a dg:UnrealisedAct .") for act in ACTS),
    *(("a2", f"{act} dg:realisation dgv:{stage} .") for act, stage in product(ACTS, ("planned", "ordered"))),
    *(("x3", f"{act} dg:when time:{other[-1]} .") for act, other in product(ACTS, ACTS)),
    *(("background", f"claim:r dg:claimAbout {act} .") for act in ACTS),
    ("background", "claim:r dg:claimedTime time:r ."),
    ("background", "claim:r dg:epistemicStatus dgv:alleged ."),
    ("background", 'time:r dg:notBefore "2022-04-20"^^xsd:date ; dg:notAfter "2022-04-20"^^xsd:date .'),
    ("a2", 'act:k rdfs:label "K again"@en .'),
    ("a2", "claim:inferred-k-and-l dg:claimAbout act:k ."),
    ("a2", "act:k dg:inferredReciprocalWith act:l ."),
]


def quads(statements: set[tuple[str, str]]) -> set[Quad]:
    made = Dataset.memory()
    for graph, text in statements:
        made.load((PROLOGUE + text).encode(), "ttl", str(DGG[graph]))
    return set(made.quads())


def stored(statements: set[Quad], inferred: Iterable[Quad] = ()) -> Dataset:
    """Statements with the summaries of their acts, and what was inferred."""
    made = Dataset.memory()
    made.load((PROLOGUE + AXIOMS).encode(), "ttl", str(DGG.ontology))
    made.fill(statements)
    entailed(made, axioms_of(made))
    made.fill(inferred)
    made.write_default_merge()
    return made


def changed(old: set[Quad], new: set[Quad]) -> Delta:
    """Return the change of the named graphs, summaries included."""
    before, after = stored(old).quads(), stored(new).quads()
    return Delta.between(filter(is_named, before), filter(is_named, after))


def is_named(quad: Quad) -> bool:
    return isinstance(quad.graph_name, NamedNode) and not isinstance(quad.subject, BlankNode)


many = st.sets(st.sampled_from(LIKELY), min_size=len(LIKELY) * 3 // 4)
few = st.sets(st.sampled_from(UNLIKELY), max_size=4)


@settings(max_examples=60, deadline=None)
@given(many, few, st.sets(st.sampled_from([*LIKELY, *UNLIKELY]), min_size=1, max_size=3))
def test_change_of_what_is_inferred_is_that_between_inferring_everything_twice(
    likely: set[tuple[str, str]], unlikely: set[tuple[str, str]], change: set[tuple[str, str]]
) -> None:
    old, new = quads(likely | unlikely), quads((likely | unlikely) ^ change)
    before, after = set(infer(stored(old), RULES)), set(infer(stored(new), RULES))
    delta = changed(old, new)

    inferring = Inferring.of(stored(old, before), delta, RULES)
    try:
        found = inferring.change(stored(new, before), [])
    except UnboundedError:
        assert "inferredReciprocalWith" in str(new)
        return

    assert (before - found.removed) | found.added == after
    assert found.removed <= before
    assert not found.added & before


def test_act_that_joins_a_pair_is_followed_without_asking_of_everything() -> None:
    old, new = quads(set(LIKELY[:-1])), quads(set(LIKELY))
    found = touched(stored(old), changed(old, new), RULES)

    assert found is not None
    assert [{term.value[-1] for _, term in keys} for keys in found.values()] == [{"n"}]


def test_rules_read_nothing_that_the_ontology_makes_of_their_statements(root: Path) -> None:
    data = Dataset.memory()
    for path in (root / "ontology").glob("*.ttl"):
        data.load(path, graph=str(DGG.ontology))
    axioms = compile_rules(data.to_rdflib([str(DGG.ontology)]))

    assert is_apart(axioms, [Rule.read(path) for path in RULES])
