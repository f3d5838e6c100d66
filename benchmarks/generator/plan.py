"""How large a generated graph is, and how its parts stand to each other."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

TRIPLES_PER_ACT = 13.0
TRIPLES_PER_ACCOUNT = 5.5
MOST_SOURCES = 4
"""As many as there are article graphs."""
FIXED_TRIPLES = 1500
LAST_DAY = date(2022, 12, 31)
ACTS_PER_DAY = 10
FEWEST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of a generated graph. The same plan gives the same bytes.

    Days grow with the acts, so that as many acts fall on a day in a large graph as in a small one: what
    queries about nearby acts find grows with the graph and not with its square.
    """

    acts: int
    seed: int = 1
    sources: int = 3
    """How many sources tell of an act at most; each number from one up is as likely."""

    @classmethod
    def of_triples(cls, triples: int, seed: int = 1, sources: int = 3) -> Self:
        """Plans a graph of about so many asserted triples; closure and merge come on top."""
        an_act = TRIPLES_PER_ACT + TRIPLES_PER_ACCOUNT * (sources - 1) / 2
        return cls(max(20, round((triples - FIXED_TRIPLES) / an_act)), seed, sources)

    @property
    def name(self) -> str:
        """A word for folders and tables."""
        return f"acts-{self.acts}-seed-{self.seed}-sources-{self.sources}"

    @property
    def days(self) -> int:
        """How many days the history has."""
        return max(FEWEST_DAYS, self.acts // ACTS_PER_DAY)

    @property
    def states(self) -> int:
        """How many states there are: few in a small graph, never more than there are in the world."""
        return min(190, 12 + self.acts // 200)

    @property
    def spans(self) -> int:
        """How many passages of documents the evidence rests on."""
        return max(16, self.acts // 20)

    @property
    def documents(self) -> int:
        """How many documents there are in each article graph; one where its graph is described."""
        return max(1, self.spans // 200) if self.sources == 1 else 1

    @property
    def times(self) -> int:
        """How many time spans the acts share."""
        return max(12, self.acts // 4)

    def random(self, part: str) -> random.Random:
        """A source of numbers for one part, so that parts do not depend on the order they are made in."""
        return random.Random(f"{self.seed}/{part}")  # noqa: S311 - repeatable numbers, nothing secret

    def day(self, number: int) -> date:
        """A day of the history by its number, the first one being 0."""
        return LAST_DAY - timedelta(days=self.days - 1 - min(number, self.days - 1))
