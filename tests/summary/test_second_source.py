"""A second source on an act never multiplies and never loses: each row once, each account kept, told apart.

Each act in turn gets a graph of another source that says one thing of it. What is asked of acts has the same
keys as before; whatever else comes names something that the source brought. Or the change is refused, and the
cure says what to write.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, product
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import NamedNode, Quad

from answers import ROOT, InMemory, held
from diplograph import documents
from diplograph.documents import provenance
from diplograph.documents.questions import BY_KIND
from diplograph.documents.sections import sections
from diplograph.incremental.revalidation import after
from diplograph.incremental.state import State, validation_graph_of
from diplograph.namespaces import BUILT_GRAPHS, DG, DGG, DGS, DGV, PREFIXES, RDF
from diplograph.queries import QueryBook
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.release import assemble
from diplograph.release.derivation import Increment
from diplograph.sources import KnowledgeBase
from diplograph.validation import Shapes, check
from diplograph.validation.report import Finding

NEW = "zzz"
"""What is in the name of everything that the second source brings."""
GRAPHS = ("zzz", "another-article-zzz", "b1zzz")
NAMING = ("described", "with evidence alone", "without a document")
ACT, TYPE, SUMMARY = NamedNode(str(DG.Act)), NamedNode(str(RDF.type)), NamedNode(str(DGG.summary))
ACCOUNT_OF = NamedNode(str(DG.accountOf))
SETTING = {NamedNode(str(DG.setsDateOf)), NamedNode(str(DG.setsStageOf))}
BY_VALUE = {"from", "to", "asOf", "only"}
"""Parameters that leave rows out by a date or a ground, of which a source may give another."""
STATED = frozenset(
    {"realisation", "date", "wording", "count", "stage", "basis", "ground", "things", "documents", "when"}
    | {"body", "class", "actor", "actingBody", "affects", "grade", "span", "followed"}
)
"""Columns of questions with a value as it is stated, or with several of them in one."""
PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
DOCUMENT = """
doc:zzz a dg:SourceDocument ; rdfs:label "a later report"@en ; dcterms:publisher body:zzz-agency ;
    foaf:page <https://example.org/zzz> ; dg:published time:zzz-published .
time:zzz-published a dg:TimeSpan ; dg:dateBasis dgv:stated ; dg:evidence ev:zzz ;
    dg:edtf "2023-06-01"^^edtf:EDTF ;
    dg:notBefore "2023-06-01"^^xsd:date ; dg:notAfter "2023-06-01"^^xsd:date .
body:zzz-agency a dg:Organization ; rdfs:label "an agency of its own"@en .
ev:zzz a dg:Evidence ; oa:hasTarget doc:zzz ; dg:certainty dgv:high .
"""
DESCRIBED = """
dgg:{graph} a void:Dataset , prov:Entity ; rdfs:label "What a later report says"@en ; dcterms:source doc:zzz ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
"""
SPAN = "time:zzz a dg:TimeSpan ; dg:dateBasis dgv:stated ; dg:evidence ev:zzz ; dg:edtf {edtf} ; {bounds} ."
CLAIM = """
claim:zzz a dg:{kind} ; rdfs:label "what a later report says"@en ; dg:claimedBy body:zzz-agency ;
    dg:proposition "It was not so."@en ; dg:evidence ev:zzz ; dg:epistemicStatus dgv:{status} ; {more} .
"""
ANSWERS = ("retaliatesFor", "protestsAgainst", "inResponseTo", "motivatedBy")
RELATIONS = (
    *(*ANSWERS, "reciprocalWith", "discontinues", "imposes", "expresses", "threatens", "envisages"),
    *("conditionalOn", "supportsClaim", "concerns", "mayInclude", "form", "stance", "target", "actor"),
    *("visitor", "speaker", "occursAt", "topic"),
)
SAME_SIDE = {
    "carried-out": "in-effect",
    "in-effect": "carried-out",
    "ordered": "carried-out",
    "planned": "promised",
    "promised": "planned",
    "threatened": "planned",
    "hypothetical": "proposed",
    "called-for": "proposed",
    "proposed": "called-for",
}
"""Another stage that leaves what came about as such, and what did not."""


@dataclass
class Known:
    """What the curated graph says of one act."""

    dataset: Dataset
    act: NamedNode

    def values(self, name: str, of: NamedNode | None = None) -> list[str]:
        """The objects of a property of ours as they are written, in order."""
        found = self.dataset.matching(of or self.act, NamedNode(str(DG[name])), None)
        return sorted({str(quad.object) for quad in found})

    def one(self, name: str) -> str | None:
        return next(iter(self.values(name)), None)

    def subjects(self, name: str) -> list[str]:
        found = self.dataset.matching(None, NamedNode(str(DG[name])), self.act)
        return sorted({str(quad.subject) for quad in found})

    def day(self, name: str) -> date | None:
        found = self.one(name)
        return None if found is None else date.fromisoformat(found[1:11])

    def concepts(self, name: str) -> list[str]:
        return [value.removeprefix(f"<{DGV}").removesuffix(">") for value in self.values(name)]

    @property
    def stage(self) -> str | None:
        return next(iter(self.concepts("summaryStage")), None)


def dated(known: Known, edtf: str, first: date, last: date, subject: str = "") -> str:
    bounds = f'dg:notBefore "{first}"^^xsd:date ; dg:notAfter "{last}"^^xsd:date'
    span = SPAN.format(edtf=f'"{edtf}"^^edtf:EDTF', bounds=bounds)
    return f"{subject or known.act} dg:when time:zzz . {span}"


def same_date(known: Known) -> str | None:
    spans = [NamedNode(name[1:-1]) for name in known.values("when")]
    edtf = next(iter(known.values("edtf", spans[0])), None) if spans else None
    if edtf is None:
        return None
    told = ((p, v) for p in ("notBefore", "notAfter") for v in known.values(p, spans[0]))
    bounds = " ; ".join(f"dg:{name} {value}" for name, value in told)
    return f"{known.act} dg:when time:zzz . {SPAN.format(edtf=edtf, bounds=bounds)}"


def date_within(known: Known) -> str | None:
    first, last = known.day("earliestBegin"), known.day("latestBegin")
    if first is not None and first == last:
        month = first.replace(day=1)
        return dated(known, f"{month:%Y-%m}", month, (month + timedelta(32)).replace(day=1) - timedelta(1))
    day = last or first
    return None if day is None else dated(known, f"{day}", day, day)


def another_day(known: Known) -> date | None:
    first, last = known.day("earliestBegin"), known.day("latestEnd")
    if last is not None:
        return last + timedelta(3)
    return None if first is None else first - timedelta(3)


def date_apart(known: Known) -> str | None:
    day = another_day(known)
    return None if day is None else dated(known, f"{day}", day, day)


def date_claimed(known: Known) -> str | None:
    day = another_day(known)
    if day is None:
        return None
    more = f"dg:claimAbout {known.act} ; dg:claimedTime time:zzz"
    return (
        CLAIM.format(kind="Claim", status="reported", more=more)
        + dated(known, f"{day}", day, day).split("time:zzz .", 1)[1]
    )


def another_deadline(known: Known) -> str | None:
    told = date_apart(known) if known.values("deadline") else None
    return None if told is None else told.replace("dg:when", "dg:deadline", 1)


def another_number(known: Known) -> str:
    side = next((one for one in known.values("target") if "/state/" in one), "state:russia")
    return (
        f'{known.act} dg:affects group:zzz . group:zzz a dg:Group ; rdfs:label "those of a later report"@en ;'
        f" dg:represents {side} ; dg:memberCount 77 ; dg:evidence ev:zzz ."
    )


def number_of_same_group(known: Known) -> str | None:
    groups = [name for p in ("affects", "imposes") for name in known.values(p)]
    hit = [t for name in groups for t in known.values("measureTarget", NamedNode(name[1:-1]))]
    counted = [name for name in groups + hit if known.values("memberCount", NamedNode(name[1:-1]))]
    return " ".join(f"{name} dg:memberCount 77 ." for name in counted) or None


def another_stage(known: Known) -> str | None:
    stage = SAME_SIDE.get(known.stage or "")
    return None if stage is None else f"{known.act} dg:realisation dgv:{stage} ."


def stage_of_other_side(known: Known) -> str:
    is_unrealised = any(
        q.object == NamedNode(str(DG.UnrealisedAct))
        for q in known.dataset.matching(known.act, NamedNode(str(RDF.type)), None)
    )
    return f"{known.act} dg:realisation dgv:{'carried-out' if is_unrealised else 'abandoned'} ."


def another_body(known: Known) -> str | None:
    actor = known.one("summaryActor")
    if actor is None or "/state/" not in actor:
        return None
    return (
        f"{known.act} dg:actingBody body:zzz . body:zzz a dg:PublicBody ; dg:organOf {actor} ;"
        f' rdfs:label "a body of a later report"@en .'
    )


def another_label(known: Known) -> str:
    return f'{known.act} rdfs:label "another label"@en .'


def broader_class(known: Known) -> str:
    return f"{known.act} a dg:DiplomaticAct , dg:Act ."


def disjoint_class(known: Known) -> str:
    return f"{known.act} a dg:StandingMatter ."


def same_relations(known: Known) -> str:
    told = [
        f"{known.act} dg:{name} {value} ."
        for name in RELATIONS
        for value in known.values(name)
        if "/" in value
    ]
    told += [f"{one} dg:reciprocalWith {known.act} ." for one in known.subjects("reciprocalWith")]
    return " ".join(told)


def same_answer(known: Known, status: str = "reported") -> str | None:
    causes = [value for name in ANSWERS for value in known.values(name)]
    if not causes:
        return None
    more = f"dg:claimedResponse {known.act} ; dg:claimedCause {causes[0]}"
    return CLAIM.format(kind="ResponseClaim", status=status, more=more)


def denied_answer(known: Known) -> str | None:
    return same_answer(known, "attributed , dgv:denied")


def exchange(known: Known) -> str | None:
    others = known.values("inferredReciprocalWith")
    return f"{known.act} dg:reciprocalWith {others[0]} ." if others else None


def denied_act(known: Known) -> str:
    more = f"dg:claimAbout {known.act} ; dg:claimedStage dgv:abandoned ; dg:claimedNumber 5"
    return CLAIM.format(kind="Claim", status="attributed , dgv:denied", more=more)


def contradicted_claim(known: Known) -> str | None:
    claims = [name for name in known.subjects("claimAbout") if "/claim/inferred" not in name]
    if not claims:
        return None
    more = f"dg:claimAbout {known.act} ; dg:contradicts {claims[0]}"
    why = (
        f'diff:zzz a dg:Discrepancy ; rdfs:label "a later report says the opposite"@en ;'
        f' skos:note "The one says yes, the other no."@en ; dg:discrepancyKind dgv:contradiction ;'
        f" dg:concerns claim:zzz , {claims[0]} ."
    )
    return CLAIM.format(kind="Claim", status="reported", more=more) + why


SAYINGS: tuple[Callable[[Known], str | None], ...] = (
    same_date, date_within, date_apart, date_claimed, another_deadline, another_number, number_of_same_group,
    another_stage, stage_of_other_side, another_body, another_label, broader_class, disjoint_class,
    same_relations, same_answer, denied_answer, exchange, denied_act, contradicted_claim,
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One thing that another source says of an act, in a graph of some name, described or not."""

    act: NamedNode
    saying: Callable[[Known], str | None]
    graph: str
    naming: str

    def delta(self, known: Known) -> Delta | None:
        """What the source says, None where it can say no such thing of the act."""
        text = self.saying(known)
        if text is None:
            return None
        made = Dataset.memory()
        if self.naming != "without a document" or "ev:zzz" in text:
            text = f"{DOCUMENT}{text} {self.act} dg:evidence ev:zzz ."
        made.load((PROLOGUE + text).encode(), "ttl", str(DGG[self.graph]))
        if self.naming == "described":
            made.load((PROLOGUE + DESCRIBED.format(graph=self.graph)).encode(), "ttl", str(DGG.meta))
        return Delta(frozenset(made.quads()))

    def __str__(self) -> str:
        return f"{self.saying.__name__} of {self.act.value.rpartition('/')[2]} in {self.graph}, {self.naming}"


@dataclass(frozen=True)
class Asked:
    """A question: its text, and the columns that make a row one row.

    A question that prints a value as it is stated, a date or a stage, has a row for each statement.
    """

    text: str
    key: tuple[str, ...]
    by_statement: bool = False

    def keys(self, dataset: Dataset) -> Counter[tuple[str, ...]]:
        rows = dataset.select(self.text)
        return Counter(tuple(str(row.get(column, "")) for column in self.key) for row in rows)

    @property
    def by_stage(self) -> bool:
        """Whether it leaves acts out by their stage."""
        return "UnrealisedAct" in self.text or "pairKind" in self.text


def all_asked(root: Path) -> Iterator[tuple[str, Asked]]:
    """Every canned query with no value and with each example, and every question of the tests."""
    for name, query in QueryBook.read(root / "queries" / "canned").items():
        for given in ({}, *({key: value} for key, value in query.example_values().items())):
            if not given.keys() & BY_VALUE:
                yield f"{name} {given or ''}".strip(), Asked(query.bind(given), query.key)
    for path in sorted((ROOT / "tests" / "questions").glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        columns = path.with_suffix(".csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        key = tuple(column for column in columns if column not in STATED)
        yield path.stem, Asked(text, key, by_statement=len(key) < len(columns))


Keys = dict[str, Counter[tuple[str, ...]]]
"""The keys of the rows of each answer, and how often each comes."""


@dataclass
class World:
    """The curated graph as a release holds it; a source is added to it and taken from it again."""

    dataset: Dataset
    step: Increment
    state: State
    shapes: Shapes
    standing: list[Finding]
    asked: dict[str, Asked]

    @classmethod
    def of(cls, root: Path) -> "World":
        kb, dataset = KnowledgeBase(root), held(root)
        step = Increment(Path(), dataset, Dataset.memory(), assemble.ontology_rules(dataset), kb)
        state = State.of(dataset, validation_graph_of(dataset))
        return cls(dataset, step, state, Shapes.of(kb), check(kb, limit=None).findings, dict(all_asked(root)))

    def acts(self) -> list[NamedNode]:
        found = {quad.subject for quad in self.dataset.matching(None, TYPE, ACT)}
        return sorted((one for one in found if isinstance(one, NamedNode)), key=str)

    def violations(self, delta: Delta) -> list[Finding]:
        report = after(self.state, delta, self.shapes, self.standing, [quad.triple for quad in delta.added])
        assert report.uncovered == []
        return [finding for finding in report.findings if finding.severity == "violation"]

    @contextmanager
    def told(self, delta: Delta) -> Iterator[None]:
        self.step.apply(delta)
        yield
        self.step.apply(delta.inverse)

    def answers(self) -> Keys:
        return {name: asked.keys(self.dataset) for name, asked in self.asked.items()}

    def page(self, act: NamedNode, *, stated: bool) -> Keys:
        """What the page of an act lists: statements, evidence, rows of sections; or of it what is stated."""
        engine = InMemory(self.dataset)
        view, found = documents.view(engine, act.value), defaultdict[str, Counter[tuple[str, ...]]](Counter)
        for entry in (*view.outgoing, *view.incoming):
            values = (
                v for v in entry.values if SUMMARY.value not in v.graphs and not (stated and v.inferred)
            )
            found[entry.predicate.iri].update(map(shown, values))
        items = provenance.evidence_of(engine, [act.value])
        found["evidence"].update((item.evidence, str(item.start)) for item in items)
        for section in sections(engine, act.value, BY_KIND["act"]):
            if section.question.name in {"accounts", "pairs"}:  # computed; accounts are compared on their own
                continue
            assert not section.late
            entries = (entry for part in section.parts for entry in part.entries)
            keys = (entry.cells[0] for entry in entries if not (stated and entry.inferred))
            found[section.question.name].update(tuple(chain.from_iterable(map(shown, cell))) for cell in keys)
        return found

    def accounts(self) -> set[Quad]:
        """What accounts say, but for whether one sets the summary."""
        names = {quad.subject for quad in self.dataset.matching(None, ACCOUNT_OF, None)}
        found = (quad for name in names for quad in self.dataset.matching(name, None, None, SUMMARY))
        return {quad for quad in found if quad.predicate not in SETTING}

    def number(self, act: NamedNode) -> int:
        return int(next(iter(Known(self.dataset, act).values("sourceCount")), '"0"').split('"')[1])


def shown(value: documents.Value) -> tuple[str, ...]:
    """A value as a page has it, and the new source where only that states it."""
    stated = [graph for graph in value.graphs if graph not in BUILT_GRAPHS]
    is_new = bool(stated) and all(NEW in graph for graph in stated)
    return (value.text if value.link is None else value.link.iri, value.language, NEW if is_new else "")


REFUSED = {
    "another_label": {"Labelled-label-one": "dg:Name"},
    "disjoint_class": {"DisjointClasses": "dg:Claim"},
    "another_stage": {"Threat-threatens-realisation": "that is another act"},
    "stage_of_other_side": {"Act-when": "dg:when", "Sanction-imposes": "dg:imposes"}
    | {"Threat-threatens-realisation": "that is another act"},
}
"""The shapes that may refuse what a source says, and what their cures say to write."""
MOVING = (stage_of_other_side, exchange)
"""What takes away what a rule inferred: an act that came to nothing, an exchange that a source asserts."""
AGREEMENT = {
    "same_date": ("dateAgreement", {"accounts-agree"}),
    "date_within": ("dateAgreement", {"accounts-agree"}),
    "date_apart": ("dateAgreement", {"accounts-differ"}),
    "date_claimed": ("dateAgreement", {"accounts-differ"}),
    "another_number": ("numberAgreement", {"accounts-differ"}),
    "number_of_same_group": ("numberAgreement", {"accounts-differ"}),
    "another_stage": ("stageAgreement", {"accounts-differ", "accounts-tell-phases", "order-unknown"}),
    "stage_of_other_side": ("stageAgreement", {"accounts-differ", "accounts-tell-phases", "order-unknown"}),
    "another_body": ("bodyAgreement", {"accounts-differ"}),
}
"""How the accounts stand to each other, where more than one speaks."""
ONE = {
    "dateAgreement": "earliestBegin latestBegin",
    "numberAgreement": "leastAffected",
    "bodyAgreement": "summaryBody",
}


def refusal(case: Case, violations: Iterable[Finding]) -> list[str]:
    """What is wrong with a refusal: nothing where each cure says what to write."""
    cures = REFUSED.get(case.saying.__name__, {})
    found = [(finding.shape.removeprefix(DGS), finding.cure) for finding in violations]
    return [f"refused by {shape}: {cure}" for shape, cure in found if cures.get(shape, "\n") not in cure]


def differences(case: Case, before: Keys, now: Keys, asked: Mapping[str, Asked]) -> Iterator[str]:
    """What is lost or repeated in answers, and what comes that names nothing of the new source."""
    for name, known in before.items():
        found, what = now.get(name, Counter()), asked.get(name)
        by_statement = what is not None and what.by_statement
        lost, gained = known.keys() - found.keys(), found.keys() - known.keys()
        # What was entailed before is stated now.
        lost = {key for key in lost if (*key[:-1], NEW) not in found}
        if case.saying in MOVING:
            is_inferred = name == str(DG.inferredReciprocalWith)
            lost = {key for key in lost if not is_inferred and "/claim/inferred-" not in str(key)}
        if case.saying is stage_of_other_side and what is not None and what.by_stage:
            lost, gained = set(), set()
        yield from (f"{name} loses {key}" for key in lost)
        if not by_statement:
            yield from (f"{name} repeats {key}" for key, count in found.items() if count > known.get(key, 1))
            yield from (f"{name} gains {key}" for key in gained if NEW not in str(key))


def problems(world: World, case: Case, before: Keys) -> list[str]:
    """What a second source multiplies, loses or hides; nothing where it is rightly refused."""
    known = Known(world.dataset, case.act)
    delta = case.delta(known)
    if delta is None:
        return []
    if violations := world.violations(delta):
        return refusal(case, violations)
    if case.saying.__name__ in {"another_label", "disjoint_class"}:
        return ["not refused"]
    stated = case.saying is stage_of_other_side
    page, accounts, number = world.page(case.act, stated=stated), world.accounts(), world.number(case.act)
    agreement, wanted = AGREEMENT.get(case.saying.__name__, ("", set()))
    if known.concepts(agreement) not in ([], ["accounts-agree"]):
        # Those before do not agree among themselves.
        wanted = wanted | {"accounts-differ", "accounts-tell-phases"}
    is_one = agreement == "" or not any(
        known.values(name) for name in ONE.get(agreement, "realisation").split()
    )
    with world.told(delta):
        found = [*differences(case, before, world.answers(), world.asked)]
        found += differences(case, page, world.page(case.act, stated=stated), {})
        found += [f"an account loses {quad}" for quad in accounts - world.accounts()]
        if world.number(case.act) != number + 1:
            found.append(f"{world.number(case.act)} sources after {number}")
        if not is_one and not wanted.intersection(known.concepts(agreement)):
            found.append(f"{agreement} is {known.concepts(agreement)}")
        if not any(NEW in str(key) for key in world.asked["source-comparison"].keys(world.dataset)):
            found.append("the new voice is not in source-comparison")
    return found


@pytest.fixture(scope="module")
def world(root: Path) -> World:
    return World.of(root)


def test_second_source_on_an_act_repeats_no_key_and_loses_no_account(
    world: World, pytestconfig: pytest.Config
) -> None:
    random, before = Random(12), world.answers()
    cases = [
        Case(act, saying, random.choice(GRAPHS), random.choice(NAMING))
        for act, saying in product(world.acts(), SAYINGS)
    ]
    chosen = random.sample(cases, min(len(cases), pytestconfig.getoption("--cases") // 5))

    assert {str(case): found for case in chosen if (found := problems(world, case, before))} == {}
