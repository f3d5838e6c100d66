"""What the acts rest on: documents, passages in them, evidence, dates and who held which office."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from benchmarks.generator.plan import Plan
from benchmarks.generator.turtle import Sink, Statement, english, label, typed
from benchmarks.generator.world import ARTICLES, OFFICES, World

LENGTH = 100
BASES = ("stated",) * 5 + ("stated-partial",) * 3 + ("resolved-relative",)
DAYS_BETWEEN = 30
GRADES = ("high", "high", "high", "moderate", "low")


@dataclass(frozen=True, slots=True)
class Sources:
    """Names of evidence and dates in one article graph; acts draw from them."""

    plan: Plan
    article: str

    @property
    def spans(self) -> int:
        """How many passages this article graph has."""
        return max(4, self.plan.spans // len(ARTICLES))

    @property
    def facts(self) -> int:
        """How many of the passages report facts; the rest holds claims."""
        return self.spans * 3 // 4

    @property
    def times(self) -> int:
        """How many time spans this article graph has."""
        return max(3, self.plan.times // len(ARTICLES))

    def evidence(self, chance: Random) -> str:
        """A piece of evidence for what is reported as a fact."""
        return f"ev:{self.article}-s{chance.randrange(self.facts)}"

    def opinion(self, chance: Random) -> str:
        """A piece of evidence for claims: no act rests on it."""
        return self.opinion_of(chance.randrange(self.spans))

    def opinion_of(self, number: int) -> str:
        """The evidence of a claim by its number: so many claims as passages for them use all of these."""
        return f"ev:{self.article}-s{self.facts + number % (self.spans - self.facts)}"

    def time(self, day: int) -> str:
        """The time span next to a day of the history."""
        return f"time:{self.article}-t{min(self.times - 1, day * self.times // self.plan.days)}"

    def day_of(self, number: int) -> int:
        """The day of the history that a time span lies at."""
        return number * self.plan.days // self.times

    def write_evidence(self, sink: Sink) -> None:
        """Writes passages, their places in the documents, and the evidence they are."""
        chance = self.plan.random(f"evidence/{self.article}")
        for number in range(self.spans):
            name = f"{self.article}-s{number}"
            document = f"doc:{self.article}-d{number % self.plan.documents}"
            start = number // self.plan.documents * LENGTH
            digest = hashlib.sha256(name.encode()).hexdigest()
            linked = (("oa:hasTarget", f"span:{name}"), ("oa:motivatedBy", "oa:linking"))
            sink.add(f"ev:{name}", "dg:Evidence", (*linked, ("dg:certainty", f"dgv:{chance.choice(GRADES)}")))
            sink.add(
                f"span:{name}",
                "oa:SpecificResource",
                (
                    ("oa:hasSource", document),
                    ("oa:hasSelector", f"span:{name}-position"),
                    ("schema:sha256", f'"{digest}"'),
                ),
            )
            ends = (("oa:start", str(start)), ("oa:end", str(start + LENGTH - 10)))
            sink.add(f"span:{name}-position", "oa:TextPositionSelector", ends)

    def write_times(self, sink: Sink) -> None:
        """Writes the dates: most of a day, some of a range, some open at one side."""
        chance = self.plan.random(f"times/{self.article}")
        for number in range(self.times):
            first = self.plan.day(self.day_of(number))
            width = chance.choice((0, 0, 0, 0, 1, 2, 6))
            basis = chance.choice(BASES)
            statements = [
                ("dg:dateBasis", f"dgv:{basis}"),
                *(self._resolved() if basis == "resolved-relative" else ()),
                ("dg:evidence", self.evidence(chance)),
                *bounds(first, first + timedelta(days=width), open_start=chance.random() < 0.03),
            ]
            sink.add(f"time:{self.article}-t{number}", "dg:TimeSpan", statements)

    def _resolved(self) -> Iterator[Statement]:
        """From what a date was worked out."""
        yield ("prov:wasDerivedFrom", f"time:{self.article}-published")
        yield ("dg:anchoredTo", f"time:{self.article}-published")
        yield ("skos:note", english("Counted from the day of publication."))

    def write_documents(self, sink: Sink) -> None:
        """Writes the documents that the passages stand in."""
        published = self.plan.day(self.plan.days) + timedelta(days=self._delay)
        name = f"time:{self.article}-published"
        last = (("dg:dateBasis", "dgv:stated"), *bounds(published, published))
        sink.add(name, "dg:TimeSpan", last)
        for number in range(self.plan.documents):
            document = f"{self.article}-d{number}"
            length = (self.spans // self.plan.documents + 1) * LENGTH
            sink.add(
                f"doc:{document}",
                "dg:PinnedDocument",
                (
                    label(f"document {document}"),
                    ("dcterms:format", '"text/plain"'),
                    ("dcterms:identifier", f'"{document}.txt"'),
                    ("schema:inLanguage", '"en"'),
                    ("schema:copyrightNotice", english("none stated")),
                    ("schema:sha256", f'"{hashlib.sha256(document.encode()).hexdigest()}"'),
                    ("dg:codePointLength", str(length)),
                    ("dg:published", name),
                    *self._origin(),
                ),
            )

    @property
    def _delay(self) -> int:
        """How many days after the first article this one came out, where acts have several sources."""
        return 0 if self.plan.sources == 1 else ARTICLES.index(self.article) * DAYS_BETWEEN

    def _origin(self) -> Iterator[Statement]:
        """Whose report a document is, where acts have several sources: two articles repeat one agency."""
        if self.plan.sources > 1:
            yield ("dcterms:publisher", english(f"Publisher of {self.article}"))
            if self.article in ARTICLES[:2]:
                yield ("dg:relays", "body:agency-1")

    def write_tenures(self, sink: Sink, world: World) -> None:
        """Writes who held which office at the time of the article."""
        chance = self.plan.random(f"tenures/{self.article}")
        for state in range(1, world.states + 1):
            for order in range(len(OFFICES)):
                statements = (
                    label(f"tenure {state}.{order}"),
                    ("dg:holder", f"person:person-{state}-{order}"),
                    ("dg:tenureOffice", f"office:office-{state}-{order}"),
                    ("dg:attestedAt", self.time(chance.randrange(self.plan.days))),
                    ("dg:evidence", self.evidence(chance)),
                )
                sink.add(f"tenure:{self.article}-{state}-{order}", "dg:Tenure", statements)


def write_graphs(sink: Sink) -> None:
    """Writes what each graph is: what one document says, or what it is for instead."""
    told = {article: ("dcterms:source", f"doc:{article}-d0") for article in ARTICLES}
    others = {kind: ("dg:graphKind", f"dgv:{kind}-graph") for kind in ("background", "entities", "meta")}
    free = ("dcterms:license", "<https://creativecommons.org/licenses/by/4.0/>")
    for graph, said in (told | others).items():
        sink.add(f"dgg:{graph}", "void:Dataset", (label(f"graph {graph}"), free, said))


def bounds(first: date, last: date, *, open_start: bool = False) -> Iterator[Statement]:
    """The outer bounds of a date and the date itself as EDTF writes it."""
    if open_start:
        yield ("dg:edtf", typed(f"[..{last}]", "edtf:EDTF"))
    else:
        text = str(first) if first == last else f"[{first}..{last}]"
        yield ("dg:edtf", typed(text, "edtf:EDTF"))
        yield ("dg:notBefore", typed(first, "xsd:date"))
    yield ("dg:notAfter", typed(last, "xsd:date"))
