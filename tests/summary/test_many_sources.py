"""A thousand generated acts, each told of by one to five sources: nothing repeated, hidden or lost."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import NamedNode

from diplograph.namespaces import DG, DGG, ID, PREFIXES
from diplograph.queries import QueryBook
from diplograph.rdf import Dataset
from diplograph.reasoning import saturate
from diplograph.release import assemble
from diplograph.sources import KnowledgeBase

ACTS, SOURCES = 1000, 5
MOST_OF_AN_ACT, MOST_OF_AN_ACCOUNT = 25, 10
"""How many triples a summary and an account take at most."""
PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
STATES = ("japan", "russia", "china", "ukraine")
KINDS = ("Expulsion", "Sanction", "Visit", "Protest", "Threat", "Discontinuation")
STAGES = ("announced", "ordered", "in-effect", "carried-out", "planned", "abandoned")
DAY, ORGAN_OF = (
    date(2021, 1, 1),
    {
        "foreign-ministry-of-japan": "japan",
        "foreign-ministry-of-russia": "russia",
        "fsb": "russia",
    },
)
SPAN = """
{name} a dg:TimeSpan ; dg:edtf "{edtf}"^^edtf:EDTF ; dg:dateBasis dgv:stated ; dg:evidence ev:{source} ;
    dg:notBefore "{first}"^^xsd:date ; dg:notAfter "{last}"^^xsd:date .
"""
DOCUMENT = """
doc:{source} a dg:SourceDocument ; rdfs:label "{source}"@en ; dcterms:issued "2023-0{number}-01"^^xsd:date .
ev:{source} a dg:Evidence ; oa:hasTarget doc:{source} ; dg:certainty dgv:high .
"""
ALSO = """act:g{number} rdfs:label "act {number}"@en ; dg:actor state:{actor} ; dg:target state:{target} ;
    dg:evidence ev:{source} .
"""


@dataclass(frozen=True)
class Telling:
    """What one source says of an act; with a claim, its date is what somebody claims."""

    source: int
    first: date
    last: date
    stage: str | None
    number: int | None
    body: str | None
    by_claim: bool
    actor: str = ""

    @property
    def actors(self) -> set[str]:
        """Who acts, the state of the body that decides among them."""
        return {self.actor, *(state for body, state in ORGAN_OF.items() if body == self.body)}


@dataclass(frozen=True)
class Told:
    """An act, and all that is said of it."""

    number: int
    kind: str
    actor: str
    target: str
    tellings: tuple[Telling, ...]

    @property
    def iri(self) -> str:
        return f"{ID}act/g{self.number}"

    def differing(self) -> set[str]:
        """On what the sources differ, by the statements alone."""
        dated = [(telling.first, telling.last) for telling in self.tellings]
        found = {"date"} if max(first for first, _ in dated) > min(last for _, last in dated) else set[str]()
        for name in ("stage", "number", "body"):
            values = {getattr(telling, name) for telling in self.tellings if not telling.by_claim} - {None}
            found |= {name} if len(values) > 1 else set()
        actors = [telling.actors for telling in self.tellings if not telling.by_claim]
        return found | ({"actor"} if any(not one & two for one, two in combinations(actors, 2)) else set())


def telling(random: Random, source: int, base: date) -> Telling:
    day = base + timedelta(random.choice((0, 0, 0, 1, 20)))
    is_month = random.random() < 0.3
    first = day.replace(day=1) if is_month else day
    return Telling(
        source,
        first,
        (first + timedelta(32)).replace(day=1) - timedelta(1) if is_month else day,
        random.choice((*STAGES, None)),
        random.choice((None, None, 3, 4)),
        random.choice((None, None, *ORGAN_OF)),
        random.random() < 0.15,
    )


def acts(random: Random) -> Iterator[Told]:
    for number in range(ACTS):
        actor, target = random.sample(STATES, 2)
        base = DAY + timedelta(random.randrange(900))
        sources = random.sample(range(1, SOURCES + 1), random.randint(1, SOURCES))
        tellings = [telling(random, source, base) for source in sources]
        tellings[0] = replace(tellings[0], by_claim=False)  # not only claims are made of it
        others = (actor, *(state for state in STATES if state != target))
        tellings = [
            replace(one, actor=actor if random.random() < 0.9 else random.choice(others)) for one in tellings
        ]
        yield Told(number, random.choice(KINDS), actor, target, tuple(tellings))


def written(act: Told, one: Telling) -> str:
    """A telling in Turtle, in the graph of its source."""
    name, source = f"g{act.number}-s{one.source}", f"s{one.source}"
    edtf = f"{one.first}" if one.first == one.last else f"{one.first:%Y-%m}"
    span = SPAN.format(name=f"time:{name}", edtf=edtf, source=source, first=one.first, last=one.last)
    if one.by_claim:
        return span + (
            f"claim:{name} a dg:Claim ; dg:claimAbout act:g{act.number} ; dg:claimedTime time:{name} ;"
            f" dg:epistemicStatus dgv:reported ; dg:claimedBy state:japan ; dg:evidence ev:{source} .\n"
        )
    text = span + ALSO.format(number=act.number, actor=one.actor, target=act.target, source=source)
    said = [f"a dg:{act.kind if one.source % 2 else 'Act'}", f"dg:when time:{name}"]
    said += [f"dg:realisation dgv:{one.stage}"] if one.stage else []
    said += [f"dg:actingBody body:{one.body}"] if one.body else []
    if one.number:
        said.append(f"dg:affects group:{name}")
        text += f"group:{name} a dg:Group ; dg:memberCount {one.number} ; dg:evidence ev:{source} .\n"
    return f"{text}act:g{act.number} {' ; '.join(said)} .\n"


def exchanges(told: list[Told], source: int) -> str:
    """What a source presents as an exchange, and claims to be an answer: acts against each other."""
    known = {(act.kind, act.actor, act.target): act.number for act in told}
    text = ""
    for act in told[source :: SOURCES * 2]:
        other = known.get((act.kind, act.target, act.actor))
        if other is not None:
            text += f"act:g{act.number} dg:reciprocalWith act:g{other} ; dg:evidence ev:s{source} .\n" * (
                any(one.source == source and not one.by_claim for one in act.tellings)
                and any(one.source == source and not one.by_claim for one in told[other].tellings)
            )
    return text


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return list(acts(Random(5)))


@pytest.fixture(scope="module")
def generated(root: Path, told: list[Told]) -> Dataset:
    """The ontology, its schemes and the entities, with a graph of each source, described or not."""
    kb, dataset = KnowledgeBase(root), Dataset.memory()
    known = ("ontology", "vocab", "entities", "reference")
    assemble.load_graphs(kb, dataset, {str(DGG[name]) for name in known})
    for source in range(1, SOURCES + 1):
        text = DOCUMENT.format(source=f"s{source}", number=source) + exchanges(told, source)
        text += "".join(written(act, one) for act in told for one in act.tellings if one.source == source)
        dataset.load((PROLOGUE + text).encode(), "ttl", str(DGG[f"s{source}"]))
        if source % 2:
            meta = f"{PROLOGUE}dgg:s{source} dcterms:source doc:s{source} ."
            dataset.load(meta.encode(), "ttl", str(DGG.meta))
    dataset.write_default_merge()
    rules = assemble.ontology_rules(dataset)
    saturate(dataset, rules)
    assemble.add_derived(dataset, rules, kb.rule_files())
    return dataset


def values(dataset: Dataset, act: Told, name: str) -> list[str]:
    return [str(quad.object) for quad in dataset.matching(NamedNode(act.iri), NamedNode(str(DG[name])), None)]


@pytest.mark.slow
def test_no_answer_repeats_a_key(generated: Dataset, root: Path) -> None:
    repeated = {}
    for name, query in QueryBook.read(root / "queries" / "canned").items():
        keys = Counter(tuple(map(str, map(row.get, query.key))) for row in generated.select(query.bind({})))
        repeated[name] = sum(count - 1 for count in keys.values())

    assert {name: number for name, number in repeated.items() if number} == {}


@pytest.mark.slow
def test_no_contradiction_is_hidden_and_none_is_invented(generated: Dataset, told: list[Told]) -> None:
    wrong = []
    for act in told:
        for name in ("date", "stage", "number", "body", "actor"):
            agreement = [one.rpartition("/")[2][:-1] for one in values(generated, act, f"{name}Agreement")]
            if any(one != "accounts-agree" for one in agreement) != (name in act.differing()):
                wrong.append((act.iri, name, agreement, act.tellings))

    assert wrong == []
    assert sum(bool(act.differing()) for act in told) > ACTS // 2


@pytest.mark.slow
def test_no_source_is_lost(generated: Dataset, told: list[Told], root: Path) -> None:
    query = QueryBook.read(root / "queries" / "canned")["source-comparison"]
    rows = generated.select(query.bind({}))
    found = Counter((row["act"].value, row["document"].value) for row in rows)

    wanted = Counter((act.iri, f"{ID}document/s{one.source}") for act in told for one in act.tellings)

    assert found == wanted
    assert [
        act.iri for act in told if f'"{len(act.tellings)}"' not in values(generated, act, "sourceCount")[0]
    ] == []


@pytest.mark.slow
def test_summary_of_an_act_and_an_account_cost_few_triples(generated: Dataset, told: list[Told]) -> None:
    size = Counter(quad.subject for quad in generated.quads(str(DGG.summary)))
    acts = [size[NamedNode(act.iri)] for act in told]
    accounts = [size[quad.subject] for quad in generated.matching(None, NamedNode(str(DG.accountOf)), None)]

    assert max(acts) <= MOST_OF_AN_ACT
    assert max(accounts) <= MOST_OF_AN_ACCOUNT
