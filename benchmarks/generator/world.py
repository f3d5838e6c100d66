"""Who there is: states with bodies, offices, officials and places, all named by number."""

from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from benchmarks.generator.plan import Plan
from benchmarks.generator.turtle import Sink, english, label

SKEW = 0.8
OFFICES = ("Head of government", "Foreign minister", "Defence minister")
ARTICLES = ("a1", "a2", "a3", "a4")
TOPICS = ("territorial-question", "peace-treaty", "economic-relations", "visa-free-visits")


@dataclass(frozen=True, slots=True)
class World:
    """The entities that acts are about; the first states act most."""

    plan: Plan
    states: int
    cumulated: list[float] = field(repr=False)

    @classmethod
    def of(cls, plan: Plan) -> "World":
        """The world of a plan."""
        weights = [(number + 1) ** -SKEW for number in range(plan.states)]
        return cls(plan, plan.states, list(accumulate(weights)))

    def state(self, chance: Random) -> int:
        """A state drawn by how much it takes part."""
        return 1 + bisect(self.cumulated, chance.random() * self.cumulated[-1])

    def pair(self, chance: Random) -> tuple[int, int]:
        """Two different states."""
        one = self.state(chance)
        other = self.state(chance)
        while other == one:
            other = self.state(chance)
        return one, other

    def write(self, sink: Sink) -> None:
        """Writes the entities."""
        sink.add("agent:curation", "dg:Agent", (label("curation"),))
        for article in ARTICLES:
            sink.add(f"agent:author-{article}", "dg:Agent", (label(f"author {article}"),))
        for number in range(1, self.states + 1):
            self._write_state(sink, number)

    def _write_state(self, sink: Sink, number: int) -> None:
        state, name = f"state:state-{number}", f"State {number}"
        names = (english(name), f'"Staat {number}"@de')
        sink.add(state, "dg:State", (*(("rdfs:label", text) for text in names),))
        for kind in ("government", "ministry"):
            body = f"body:{kind}-{number}"
            sink.add(body, "dg:PublicBody", (label(f"{kind} of {name}"), ("dg:organOf", state)))
        for order, title in enumerate(OFFICES):
            office = f"office:office-{number}-{order}"
            within = ("dg:officeIn", f"body:government-{number}")
            sink.add(office, "dg:PublicOffice", (label(f"{title} of {name}"), within))
            sink.add(
                f"person:person-{number}-{order}",
                "dg:Person",
                (label(f"Official {number}.{order}"), ("dg:represents", state)),
            )
        land = (label(f"land of {name}"),)
        sink.add(f"place:place-{number}", "dg:Territory", land)
        sink.add(f"list:list-{number}", "dg:DesignationList", (label(f"list kept by {name}"),))


def write_matters(sink: Sink, world: World, chance: Random) -> int:
    """Writes agreements, talks and disputes between pairs of states; their number."""
    many = world.states * 2
    for number in range(1, many + 1):
        one, other = world.pair(chance) if number > 1 else (1, 2)
        kind = ("dg:Instrument", "dg:Negotiation", "dg:TerritorialDispute")[number % 3]
        parties = [("dg:hasParty", f"state:state-{state}") for state in (one, other)]
        about = [("dg:topic", f"dgv:{TOPICS[number % 4]}"), label(f"matter {number}")]
        stage = {"dg:Negotiation": [("dg:stage", "dgv:ongoing")]}.get(kind, [])
        over = {"dg:TerritorialDispute": [("dg:disputeOver", f"place:place-{one}")]}.get(kind, [])
        sink.add(f"matter:matter-{number}", kind, parties + about + stage + over)
    return many
