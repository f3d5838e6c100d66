"""Figures as they were measured, round by round, and what is said of them: medians, ratios, spread."""

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a figure is taken, how long a run under load lasts, when a query counts as too slow (s)."""

    rounds: int
    seconds: float
    cap: float
    note: Callable[[str], None]


@dataclass(slots=True)
class Figures:
    """Samples of one measure, by system and by what was asked."""

    measure: str
    unit: str
    smaller_is_better: bool
    samples: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def add(self, system: str, asked: str, value: float) -> None:
        """Keeps one sample."""
        self.samples.setdefault((system, asked), []).append(value)

    def median(self, system: str, asked: str) -> float | None:
        """The median, None where nothing was measured."""
        found = self.samples.get((system, asked))
        return statistics.median(found) if found else None

    def spread(self, system: str, asked: str) -> float:
        """Half of what lies between the least and the most, as a share of the median."""
        found = self.samples[system, asked]
        middle = statistics.median(found)
        return (max(found) - min(found)) / 2 / middle if middle else 0.0

    def ratio(self, system: str, other: str, asked: str) -> float | None:
        """How many times better than another system: the median of the rounds' own ratios."""
        mine, its = self.samples.get((system, asked)), self.samples.get((other, asked))
        if not mine or not its:
            return None
        pairs = [(a, b) for a, b in zip(mine, its, strict=False) if a and b]
        ratios = [b / a if self.smaller_is_better else a / b for a, b in pairs]
        return statistics.median(ratios) if ratios else None

    def asked(self) -> list[str]:
        """What was asked, in the order it was measured."""
        return list(dict.fromkeys(asked for _, asked in self.samples))

    def systems(self) -> list[str]:
        """Who was asked: this service first, whoever was measured first."""
        found = list(dict.fromkeys(system for system, _ in self.samples))
        return sorted(found, key=lambda system: system != "diplograph")

    def described(self, system: str, asked: str) -> str:
        """One system's median for a line of progress."""
        middle = self.median(system, asked)
        return f"{system} -" if middle is None else f"{system} {middle:,.1f} {self.unit}"

    def rows(self) -> Iterator[dict[str, object]]:
        """Every sample, to be kept as data."""
        for (system, asked), values in self.samples.items():
            yield {
                "measure": self.measure,
                "system": system,
                "asked": asked,
                "unit": self.unit,
                "values": values,
            }
