"""What is said about the acts: claims and opinions, outside reports with dates, disagreements, names."""

from collections.abc import Sequence

from benchmarks.generator.plan import Plan
from benchmarks.generator.sources import Sources, bounds
from benchmarks.generator.turtle import Sink, Statement, english, label
from benchmarks.generator.world import World

STATUSES = ("reported", "attributed", "alleged", "opinion", "interpretation", "inferred")
DIFFERENCES = ("contradiction", "scope", "wording")
ACTS_PER_CLAIM = 30
ACTS_PER_REPORT = 40
CLAIMS_PER_DIFFERENCE = 6


def write_claims(plan: Plan, sources: Sources, sink: Sink) -> None:
    """Writes claims about acts and states of one article graph, and what contradicts what."""
    chance = plan.random(f"claims/{sources.article}")
    author = f"agent:author-{sources.article}"
    state = 1
    for number in range(plan.acts // ACTS_PER_CLAIM // 4 + CLAIMS_PER_DIFFERENCE + 1):
        name = f"{sources.article}-c{number}"
        evidence = ("dg:evidence", sources.opinion_of(number))
        drawn = chance.randrange(plan.states) + 1
        differs = number and number % CLAIMS_PER_DIFFERENCE == 0
        state = state if differs else drawn  # what does not agree is said of one state
        statements = [
            label(f"claim {name}"),
            ("dg:claimAbout", f"state:state-{state}"),
            ("dg:claimedBy", author if number % 3 else f"body:ministry-{state}"),
            ("dg:epistemicStatus", f"dgv:{STATUSES[number % len(STATUSES)]}"),
            ("dg:proposition", english(f"Proposition number {number}.")),
            evidence,
        ]
        sink.add(f"claim:{name}", "dg:Claim", statements)
        if differs:
            both = [("dg:concerns", f"claim:{sources.article}-c{other}") for other in (number, number - 1)]
            difference = chance.choice(DIFFERENCES)
            if difference == "contradiction":
                sink.say(f"claim:{name}", [("dg:contradicts", f"claim:{sources.article}-c{number - 1}")])
            kind = ("dg:discrepancyKind", f"dgv:{difference}")
            note = ("skos:note", english("The two do not agree."))
            sink.add(
                f"diff:{name}", "dg:Discrepancy", [label(f"difference {name}"), kind, note, *both, evidence]
            )


def write_reports(plan: Plan, sink: Sink, meta: Sink, acts: Sequence[str]) -> None:
    """Writes the background graph: outside reports that date single acts, each a document of its own.

    Where acts have several sources, reports are on acts, else on states.
    """
    chance = plan.random("reports")
    for number in range(1, plan.acts // ACTS_PER_REPORT + 2):
        name = f"bg{number}"
        document = (label(f"report {number}"), ("dcterms:publisher", '"Agency 1"'))
        page = ("foaf:page", f"<https://example.org/report/{number}>")
        meta.add(f"doc:{name}", "dg:SourceDocument", (*document, page))
        linked = (("oa:hasTarget", f"doc:{name}"), ("oa:motivatedBy", "oa:linking"))
        sink.add(f"ev:{name}", "dg:Evidence", (*linked, ("dg:certainty", "dgv:high")))
        act = 1 + chance.randrange(len(acts))
        day = plan.day(act * plan.days // (len(acts) + 1))
        evidence = ("dg:evidence", f"ev:{name}")
        sink.add(f"time:{name}", "dg:TimeSpan", (("dg:dateBasis", "dgv:stated"), *bounds(day, day), evidence))
        about = acts[act - 1] if plan.sources > 1 else f"state:state-{1 + number % plan.states}"
        statements = (
            label(f"report {number}"),
            ("dg:claimAbout", about),
            ("dg:claimedBy", "body:agency-1"),
            ("dg:claimedTime", f"time:{name}"),
            ("dg:epistemicStatus", "dgv:reported"),
            ("dg:proposition", english(f"Report number {number}.")),
            evidence,
        )
        sink.add(f"claim:{name}", "dg:Claim", statements)
    sink.add("body:agency-1", "dg:Organization", (label("Agency 1"),))


def write_territory(world: World, sources: Sources, sink: Sink) -> None:
    """Writes names of places with who uses them, and who claims which territory."""
    chance = world.plan.random("territory")
    for number in range(1, world.states + 1):
        place, evidence = f"place:place-{number}", ("dg:evidence", sources.evidence(chance))
        for state in (number, 1 + number % world.states):
            name = f"name:place-{number}-by-{state}"
            text = ("dg:nameText", english(f"Place {number} of {state}"))
            user = ("dg:nameUsedBy", f"state:state-{state}")
            sink.add(name, "dg:Name", (label(f"name of place {number}"), text, user, evidence))
            sink.say(place, (("dg:hasName", name), evidence))
            _write_sovereignty(sink, place, state, ("dg:evidence", sources.opinion(chance)))
        listed = ("dg:lists", f"state:state-{1 + number % world.states}")
        issuer = ("prov:wasAttributedTo", f"state:state-{number}")
        complete = ("dg:completeness", "dgv:completeness-unknown")
        sink.say(f"list:list-{number}", (listed, issuer, complete, evidence))


def _write_sovereignty(sink: Sink, place: str, state: int, evidence: Statement) -> None:
    claimant, slug = f"state:state-{state}", place.partition(":")[2]
    statements = (
        label(f"claim of State {state} to {slug}"),
        ("dg:claimedBy", claimant),
        ("dg:claimedFor", claimant),
        ("dg:claimedTerritory", place),
        ("dg:epistemicStatus", "dgv:reported"),
        ("dg:proposition", english(f"The place {slug} is ours.")),
        evidence,
    )
    sink.add(f"claim:{slug}-of-{state}", "dg:SovereigntyClaim", statements)
