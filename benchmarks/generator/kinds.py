"""The kinds of act, how often each occurs, and what an act of a kind says besides who and when."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from benchmarks.generator.turtle import Statement

MEASURES = ("asset-freeze", "travel-ban", "import-ban", "export-ban", "status-listing", "unspecified")
GOODS = ("oil", "gas", "coal", "all-goods")
ROLES = ("diplomat", "trade-official", "consul")


@dataclass(frozen=True, slots=True)
class Draft:
    """An act being written: its name and parties, its cause if it answers one, a source of numbers."""

    slug: str
    actor: int
    target: int
    evidence: str
    chance: Random
    cause: str | None
    matters: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of act with its share of all acts."""

    name: str
    share: float
    realisation: str
    event: str | None
    answers: str
    more: Callable[[Draft], Iterator[Statement]]


def plain(_: Draft) -> Iterator[Statement]:
    """Nothing more."""
    yield from ()


def expulsion(act: Draft) -> Iterator[Statement]:
    """Who is put out, and in which form."""
    yield ("dg:affects", f"group:{act.slug}")
    yield ("dg:actingBody", f"body:ministry-{act.actor}")


def sanction(act: Draft) -> Iterator[Statement]:
    """The measure imposed."""
    yield ("dg:imposes", f"measure:{act.slug}")


def spoken(stance: str) -> Callable[[Draft], Iterator[Statement]]:
    """Acts done by speaking: the stance, the speaker, and what it is about."""

    def more(act: Draft) -> Iterator[Statement]:
        yield ("dg:stance", f"dgv:{stance}")
        yield ("dg:speaker", f"person:person-{act.actor}-1")
        yield ("dg:concerns", act.cause or f"matter:matter-{1 + act.chance.randrange(act.matters)}")

    return more


def threat(act: Draft) -> Iterator[Statement]:
    """What is threatened."""
    yield from spoken("warns")(act)
    yield ("dg:threatens", f"act:{act.slug}-threatened")


def visit(act: Draft) -> Iterator[Statement]:
    """Who goes."""
    yield ("dg:visitor", f"person:person-{act.actor}-0")
    yield ("dg:topic", "dgv:economic-relations")


def ending(act: Draft) -> Iterator[Statement]:
    """What is ended."""
    yield ("dg:discontinues", f"matter:matter-{1 + act.chance.randrange(act.matters)}")


SPEECH = "dg:inResponseTo"
KINDS = (
    Kind("Expulsion", 0.12, "carried-out", "sanction-expel", "dg:retaliatesFor", expulsion),
    Kind("Sanction", 0.12, "in-effect", "sanction-discontinue", "dg:retaliatesFor", sanction),
    Kind("Protest", 0.07, "carried-out", "accuse-disapprove", "dg:protestsAgainst", spoken("protests")),
    Kind("Declaration", 0.11, "carried-out", None, SPEECH, spoken("condemns")),
    Kind("Accusation", 0.03, "carried-out", "accuse-allege", SPEECH, spoken("accuses")),
    Kind("Demand", 0.03, "carried-out", "request-change", SPEECH, spoken("demands")),
    Kind("Threat", 0.02, "carried-out", "threaten-violence", SPEECH, threat),
    Kind("Visit", 0.10, "carried-out", "consult-visit", SPEECH, visit),
    Kind("Suspension", 0.04, "carried-out", "sanction-withdraw", "dg:retaliatesFor", ending),
    Kind("MilitaryAct", 0.08, "carried-out", "mobilize", SPEECH, plain),
    Kind("DiplomaticAct", 0.28, "carried-out", None, SPEECH, plain),
)
