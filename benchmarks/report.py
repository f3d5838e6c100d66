"""The results as Markdown and as data."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.comparing import SAME, Verdict
from benchmarks.figures import Figures
from benchmarks.machine import Machine


@dataclass(slots=True)
class Results:
    """Everything that one run measured."""

    machine: Machine
    client: str
    dataset: dict[str, object]
    absent: dict[str, str] = field(default_factory=dict)
    figures: list[Figures] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    goals: list[str] = field(default_factory=list)
    plots: list[str] = field(default_factory=list)

    def write(self, folder: Path, name: str) -> Path:
        """Writes NAME.md and NAME.json; the path of the first."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "machine": asdict(self.machine),
            "client": self.client,
            "dataset": self.dataset,
            "absent": self.absent,
            "verdicts": [asdict(verdict) for verdict in self.verdicts],
            "samples": [row for figures in self.figures for row in figures.rows()],
        }
        (folder / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        path = folder / f"{name}.md"
        path.write_text("\n".join(self._lines()) + "\n", encoding="utf-8")
        return path

    def _lines(self) -> Iterator[str]:
        yield f"# Benchmark: {self.dataset['acts']:,} acts, {self.dataset['triples']:,} asserted triples\n"
        yield f"Machine: {self.machine}. Load generator: {self.client}.\n"
        yield from (f"- {key}: {value}" for key, value in self.dataset.items())
        yield from (f"- {system} left out: {reason}" for system, reason in self.absent.items())
        if self.goals:
            yield "\n## Against the goals\n\n| measure | at least | measured | |\n|---|---|---|---|"
            yield from self.goals
        for figures in self.figures:
            yield f"\n## {figures.measure}\n"
            yield from table(figures)
        yield from (f"\n![{plot.removesuffix('.svg')}]({plot})" for plot in self.plots)
        yield "\n## Answers that differ or are missing\n"
        yield from differences(self.verdicts)


def table(figures: Figures) -> Iterator[str]:
    """Medians with their spread, and how many times better the first system is than each other one."""
    systems = figures.systems()
    unit = f" ({figures.unit})" if figures.unit else ""
    heads = [f"{system}{unit}" for system in systems] + [f"{systems[0]} / {other}" for other in systems[1:]]
    yield f"| asked | {' | '.join(heads)} |"
    yield f"|---|{'---:|' * len(heads)}"
    for asked in figures.asked():
        cells = [_cell(figures, system, asked) for system in systems]
        ratios = [_ratio(figures.ratio(systems[0], other, asked)) for other in systems[1:]]
        yield f"| {asked} | {' | '.join(cells + ratios)} |"


def differences(verdicts: Sequence[Verdict]) -> Iterable[str]:
    """What was not the same, which is what was not timed."""
    found = [f"- {v.system}, {v.question}: {v.word} ({v.rows} rows)" for v in verdicts if v.word != SAME]
    return found or [f"None of {len(verdicts)}."]


def _cell(figures: Figures, system: str, asked: str) -> str:
    middle = figures.median(system, asked)
    if middle is None:
        return ""
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
    many = len(figures.samples[system, asked]) > 1
    return f"{middle:,.{digits}f}" + (f" ± {figures.spread(system, asked):.0%}" if many else "")


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f} ×"
