"""A change that is followed leaves what a build from nothing makes: closure, summaries, inferences, pairs."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import NamedNode, Quad

from diplograph.namespaces import BUILT_GRAPHS, DGG, PREFIXES
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.reasoning import saturate
from diplograph.release import assemble
from diplograph.release.derivation import Increment
from diplograph.sources import KnowledgeBase

PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
GRAPHS = ("x3", "another-article", "b1")
BOUNDS = "dg:notBefore {day}^^xsd:date ; dg:notAfter {day}^^xsd:date"
DAY = f"time:n a dg:TimeSpan ; dg:edtf {{day}}^^edtf:EDTF ; {BOUNDS} ."
LASTING = DAY.replace("{day}^^edtf", '"2022-04-08/2022-05-02"^^edtf')
ANSWER = "claim:n a dg:ResponseClaim ; dg:claimedResponse {act} ; dg:claimedCause {other}"
SECOND = (
    f"{{act}} dg:when time:n . {DAY}",
    f"{{act}} dg:when time:n . {LASTING}",
    f"claim:n a dg:Claim ; dg:claimAbout {{act}} ; dg:claimedTime time:n . {DAY}",
    f"{{act}} dg:deadline time:n . {DAY} claim:bg01 dg:claimAbout time:n .",
    "{act} dg:realisation dgv:{stage} .",
    "{act} dg:affects group:n . group:n a dg:Group ; dg:memberCount 9 .",
    "{act} dg:actingBody body:fsb .",
    "{act} a dg:Act .",
    "{act} dg:reciprocalWith {other} .",
    f"{ANSWER} ; dg:epistemicStatus dgv:{{status}} .",
    "claim:n a dg:Claim ; dg:claimAbout {act} , {other} ; dg:epistemicStatus dgv:{status} .",
    "claim:n a dg:Claim ; dg:claimAbout {act} ; dg:epistemicStatus dgv:{status} ; dg:evidence ev:bg01 .",
    "claim:n a dg:Claim ; dg:asserts {act} ; dg:claimedStage dgv:{stage} ; dg:claimedNumber 81 .",
    "diff:n a dg:Discrepancy ; dg:concerns {act} , claim:bg24 , claim:bg25 ; dg:prefers claim:bg24 .",
    "diff:n a dg:Discrepancy ; dg:concerns claim:bg24 , claim:bg25 ; dg:discrepancyKind dgv:phases .",
    "claim:bg20 dg:claimedTimeOf {act} .",
    "group:a1-eight-russians dg:memberCount 7 .",
    "group:a1-eight-russians dg:memberCount 8 ; dg:countQualifier dgv:about .",
    "doc:bg01 dcterms:publisher body:n ; dg:relays body:tass .",
    'doc:a2 dcterms:issued "2021-01-01"^^xsd:date .',
    "dgg:a1 dcterms:source doc:a2 .",
    "body:n dg:organOf state:japan . {act} dg:actingBody body:n .",
    "claim:bg24 dg:claimAbout {act} ; dg:claimedStage dgv:{stage} .",
    "{act} dg:affects group:a1-eight-russians . group:a1-eight-russians dg:memberCount 9 .",
)
"""What a second source may say, and what may be said of sources."""


def derived(statements: set[Quad], rule_files: list[Path]) -> Dataset:
    """Return a dataset as a build makes it of statements."""
    made = Dataset.memory()
    made.fill(statements)
    made.write_default_merge()
    rules = assemble.ontology_rules(made)
    saturate(made, rules)
    assemble.add_derived(made, rules, rule_files)
    return made


@pytest.fixture(scope="module")
def kb(root: Path) -> KnowledgeBase:
    return KnowledgeBase(root)


@pytest.fixture(scope="module")
def curated(kb: KnowledgeBase) -> frozenset[Quad]:
    """The quads of the files."""
    made = Dataset.memory()
    assemble.load_graphs(kb, made)
    return frozenset(made.quads())


def said(random: Random, acts: list[str], graph: str) -> set[Quad]:
    """Return some of what a source may say of acts."""
    made = Dataset.memory()
    for _ in range(random.randint(1, 4)):
        act, other = random.sample(acts, 2)
        text = random.choice(SECOND).format(
            act=act,
            other=other,
            day=random.choice(('"2022-04-08"', '"2022-04-27"', '"2022-10-04"', '"2023-01-01"')),
            stage=random.choice(("planned", "ordered", "carried-out", "abandoned", "realisation-unknown")),
            status=random.choice(("reported", "attributed", "alleged", "denied", "inferred")),
        )
        name = random.choice(("n", f"n{graph}"))
        made.load((PROLOGUE + text.replace(":n ", f":{name} ")).encode(), "ttl", str(DGG[graph]))
    return set(made.quads())


def changes(random: Random, curated: frozenset[Quad], number: int) -> Iterator[set[Quad]]:
    """Yield the statements after each change: additions, removals, withdrawals, undoing."""
    pinned = {str(DGG.ontology), str(DGG.vocab)}
    data = sorted((q for q in curated if q.graph_name.value not in pinned), key=str)
    acts = [f"<{name}>" for name in sorted({q.subject.value for q in data if "/id/act/" in q.subject.value})]
    before, now = set(curated), set(curated)
    for _ in range(number):
        kind = random.choice(("say", "say", "say", "remove", "withdraw", "undo"))
        after = set(now)
        if kind == "say":
            after |= said(random, acts, random.choice((*GRAPHS, "background", "a2")))
        elif kind == "remove":
            after -= set(random.sample(sorted(now - _of(curated, pinned), key=str), random.randint(1, 12)))
        elif kind == "withdraw":
            name = random.choice((*GRAPHS, "a1", "a2", "background", "meta"))
            after -= _of(now, {str(DGG[name])})
        else:
            after = set(before)
        if len(after) < len(curated) * 3 // 5:  # never run out of what can be said something of
            after = set(curated)
        before, now = now, after
        yield now


def _of(quads: set[Quad] | frozenset[Quad], graphs: set[str]) -> set[Quad]:
    return {quad for quad in quads if quad.graph_name.value in graphs}


def built(dataset: Dataset) -> dict[str, set[str]]:
    return {name: {str(quad) for quad in dataset.quads(name)} for name in BUILT_GRAPHS}


@pytest.mark.slow
def test_change_that_is_followed_leaves_what_a_build_from_nothing_makes(
    kb: KnowledgeBase, curated: frozenset[Quad], pytestconfig: pytest.Config
) -> None:
    random = Random(12)
    held = derived(set(curated), kb.rule_files())
    step = Increment(Path(), held, Dataset.memory(), assemble.ontology_rules(held), kb)
    now = set(curated)
    for after in changes(random, curated, pytestconfig.getoption("--cases") // 10):
        delta = Delta.between(now, after)
        if not delta:
            continue

        step.apply(delta)

        found, wanted = built(held), built(derived(after, kb.rule_files()))
        assert found.keys() == wanted.keys()
        assert {name: found[name] ^ wanted[name] for name in found} == {name: set() for name in found}
        named = {quad for quad in held.quads() if isinstance(quad.graph_name, NamedNode)}
        assert {quad.triple for quad in held.quads() if quad not in named} == {q.triple for q in named}
        now = after
