"""What happened: acts drawn in the order of time, the answers among them, and the claims about them."""

from bisect import bisect
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from benchmarks.generator.kinds import GOODS, KINDS, MEASURES, ROLES, Draft, Kind
from benchmarks.generator.plan import Plan
from benchmarks.generator.sources import Sources
from benchmarks.generator.turtle import Sink, Statement, english, label
from benchmarks.generator.world import ARTICLES, World

ANSWERED = 0.1
EXPULSION_ANSWERED = 0.3
PRESENTED = 0.3
QUICKEST_ANSWER = 10
SLOWEST_ANSWER = 60
REMEMBERED = 100
EARLIER_STAGE = 0.1
DAYS_APART = (0,) * 8 + (1, 30)
"""By how many days the date of another article is off."""


@dataclass(frozen=True, slots=True)
class Past:
    """An act that another may answer."""

    name: str
    actor: int
    target: int
    day: int
    article: str


@dataclass(slots=True)
class History:
    """Writes the acts of a plan, each into the graph of the article that reports it."""

    plan: Plan
    world: World
    sinks: Mapping[str, Sink]
    matters: int
    recent: dict[str, deque[Past]] = field(default_factory=dict)
    sources: dict[str, Sources] = field(default_factory=dict)

    def write(self) -> list[str]:
        """Writes every act with its group, measure or threatened act, and the claims that join it.

        Returns the names of the acts.
        """
        names = []
        chance = self.plan.random("acts")
        shares = list(accumulate(kind.share for kind in KINDS))
        self.sources = {article: Sources(self.plan, article) for article in ARTICLES}
        self.recent = {kind.name: deque(maxlen=REMEMBERED) for kind in KINDS}
        for number in range(1, self.plan.acts + 1):
            kind = (
                KINDS[min(len(KINDS) - 1, bisect(shares, chance.random()))]
                if number > 2
                else KINDS[number - 1]
            )
            cause = self._cause(kind, number)
            article = cause.article if cause else ARTICLES[number % len(ARTICLES)]
            slug = f"{article}-{number}"
            actor, target = (cause.target, cause.actor) if cause else self.world.pair(chance)
            if number <= 2:
                actor, target = number, 3 - number
            day = self._day(number, cause)
            evidence = self.sources[article].evidence(chance)
            draft = Draft(slug, actor, target, evidence, chance, cause.name if cause else None, self.matters)
            self._write_act(self.sinks[article], kind, draft, self.sources[article].time(day), cause)
            self._retell(kind, draft, article, day)
            names.append(f"act:{slug}")
            past = Past(f"act:{slug}", actor, target, day, article)
            self.recent[kind.name].append(past)
        return names

    def _day(self, number: int, cause: Past | None) -> int:
        if cause is None:
            return number * self.plan.days // (self.plan.acts + 1)
        lag = self.plan.random(f"lag/{number}").randrange(QUICKEST_ANSWER, SLOWEST_ANSWER)
        return min(cause.day + lag, self.plan.days - 1)

    def _cause(self, kind: Kind, number: int) -> Past | None:
        """The act that this one answers, if any: expulsions answer expulsions, the rest answers anything."""
        chance = self.plan.random(f"cause/{number}")
        expelled = kind.name == "Expulsion"
        if chance.random() > (EXPULSION_ANSWERED if expelled else ANSWERED):
            return None
        among = self.recent["Expulsion" if expelled else chance.choice(KINDS).name]
        return chance.choice(among) if among else None

    def _write_act(self, sink: Sink, kind: Kind, act: Draft, time: str, cause: Past | None) -> None:
        name = f"act:{act.slug}"
        statements = [
            label(f"{kind.name} {act.slug} of State {act.actor} against State {act.target}"),
            ("dg:actor", f"state:state-{act.actor}"),
            ("dg:target", f"state:state-{act.target}"),
            ("dg:realisation", f"dgv:{kind.realisation}"),
            ("dg:when", time),
            ("dg:evidence", act.evidence),
            *kind.more(act),
        ]
        if kind.event:
            statements.append(("dg:eventCode", f"dgv:plover-{kind.event}"))
        if cause:
            statements += self._answer(sink, kind, act, cause)
        sink.add(name, f"dg:{kind.name}", statements)
        for subject, of, said in companions(kind, act):
            sink.add(subject, of, said)

    def _retell(self, kind: Kind, act: Draft, article: str, day: int) -> None:
        """Writes what other articles tell of an act, at times with another date, stage or number."""
        chance = self.plan.random(f"retold/{act.slug}")
        others = [other for other in ARTICLES if other != article]
        for other in chance.sample(others, chance.randrange(self.plan.sources)):
            evidence = ("dg:evidence", self.sources[other].evidence(chance))
            stage = "announced" if chance.random() < EARLIER_STAGE else kind.realisation
            statements = [
                ("dg:actor", f"state:state-{act.actor}"),
                ("dg:realisation", f"dgv:{stage}"),
                ("dg:when", self.sources[other].time(day + chance.choice(DAYS_APART))),
                evidence,
            ]
            if kind.name == "Expulsion":
                many = ("dg:memberCount", str(chance.randrange(1, 40)))
                statements.append(("dg:affects", f"group:{act.slug}"))
                self.sinks[other].add(f"group:{act.slug}", "dg:Group", (many, evidence))
            self.sinks[other].add(f"act:{act.slug}", f"dg:{kind.name}", statements)

    def _answer(self, sink: Sink, kind: Kind, act: Draft, cause: Past) -> Iterator[Statement]:
        """The edge to the act answered, and the claim that says so."""
        yield (kind.answers, cause.name)
        if kind.name == "Expulsion" and act.chance.random() < PRESENTED:
            yield ("dg:reciprocalWith", cause.name)
        said = (
            label(f"{act.slug} answers an act"),
            ("dg:claimedBy", f"agent:author-{act.slug.split('-')[0]}"),
            ("dg:claimedCause", cause.name),
            ("dg:claimedResponse", f"act:{act.slug}"),
            ("dg:epistemicStatus", "dgv:reported"),
            ("dg:evidence", act.evidence),
            ("dg:proposition", english("The later act answers the earlier one.")),
        )
        sink.add(f"claim:{act.slug}-answers", "dg:ResponseClaim", said)


def companions(kind: Kind, act: Draft) -> Iterator[tuple[str, str, list[Statement]]]:
    """What is written beside an act: the group put out, the measure imposed, the act threatened."""
    evidence = ("dg:evidence", act.evidence)
    if kind.name == "Expulsion":
        role = act.chance.choice(ROLES)
        represents = ("dg:represents", f"state:state-{act.target}")
        many = ("dg:memberCount", str(act.chance.randrange(1, 40)))
        said = [label(f"group {act.slug}"), many, represents, ("dg:role", f"dgv:{role}"), evidence]
        yield (f"group:{act.slug}", "dg:Group", said)
    elif kind.name == "Sanction":
        yield (f"measure:{act.slug}", "dg:RestrictiveMeasure", [*_measure(act), evidence])
    elif kind.name == "Threat":
        actor = ("dg:actor", f"state:state-{act.actor}")
        unreal = ("dg:realisation", "dgv:threatened")
        said = [label(f"threatened {act.slug}"), actor, unreal, evidence]
        yield (f"act:{act.slug}-threatened", "dg:MilitaryAct", said)


def _measure(act: Draft) -> Iterator[Statement]:
    measure = act.chance.choice(MEASURES)
    hit = act.chance.choice((f"state:state-{act.target}", f"person:person-{act.target}-0"))
    yield label(f"measure {act.slug}")
    yield ("dg:measureType", f"dgv:{measure}")
    yield ("dg:measureTarget", hit)
    if measure in {"import-ban", "export-ban"}:
        yield ("dg:coversGoods", f"dgv:{act.chance.choice(GOODS)}")
    if measure == "status-listing":
        yield ("dg:onList", f"list:list-{act.actor}")
