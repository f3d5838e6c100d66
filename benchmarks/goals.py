"""What must be true, held against what was measured."""

import math
from collections.abc import Iterator, Sequence

from benchmarks import footprint, throughput
from benchmarks.figures import Figures

CANNED, GROWTH, RECIPROCAL = "canned queries", "canned queries by size", "reciprocal expulsions"
INFERRED, NATURAL = "reciprocal-expulsions&only", "natural"
RATIOS = (
    ("repeated read, against nginx serving the same bytes", "throughput", throughput.REPEATED, "nginx", 0.6),
    ("repeated read, against oxigraph", "throughput", throughput.REPEATED, "oxigraph", 2.0),
    ("distinct look-ups, against Virtuoso", "throughput", throughput.LOOK_UPS, "virtuoso", 1.2),
    ("distinct look-ups, against rdflib-endpoint", "throughput", throughput.LOOK_UPS, "rdflib-endpoint", 2.5),
    ("canned reciprocal-expulsions, inferred part, against Virtuoso", RECIPROCAL, INFERRED, "virtuoso", 4.0),
    ("reciprocal expulsions written the natural way, against Virtuoso", RECIPROCAL, NATURAL, "virtuoso", 1.0),
)
SLOWEST_CANNED = 1000.0
START = 1.5


def held_against(figures: Sequence[Figures]) -> Iterator[str]:
    """One row of a table for each goal that was measured."""
    by_name = {found.measure: found for found in figures}
    for words, measure, asked, other, goal in RATIOS:
        if measure in by_name and (ratio := by_name[measure].ratio("diplograph", other, asked)) is not None:
            yield _row(words, f"{goal} ×", f"{ratio:.2f} ×", ratio >= goal)
    if CANNED in by_name:
        slowest, asked = _slowest(by_name[CANNED])
        yield _row(
            "every canned query, limit 1000",
            "under 1 s",
            f"{slowest / 1000:.2f} s ({asked})",
            slowest < SLOWEST_CANNED,
        )
    if GROWTH in by_name:
        yield from _growth(by_name[GROWTH])
    starts = next(
        (f.median("diplograph", footprint.CURATED) for f in figures if footprint.CURATED in f.asked()), None
    )
    if starts is not None:
        yield _row(
            "`serve` on the curated graph to the first answer",
            f"under {START} s",
            f"{starts:.2f} s",
            starts < START,
        )


def _slowest(figures: Figures) -> tuple[float, str]:
    return max((figures.median("diplograph", asked) or 0.0, asked) for asked in figures.asked())


def _growth(figures: Figures) -> Iterator[str]:
    """Growth from the smallest to the largest size against n log n; a millisecond of overhead is granted."""
    sizes = sorted(int(size) for size in figures.systems())
    if len(sizes) < 2:
        return
    least, most = sizes[0], sizes[-1]
    allowed = most * math.log(most) / (least * math.log(least))
    worst, asked = max(
        ((figures.median(str(most), name) or 0.0) / max(figures.median(str(least), name) or 1.0, 1.0), name)
        for name in figures.asked()
    )
    goal = f"at most {allowed:.0f} × (n log n)"
    yield _row(
        f"growth of canned queries, {least:,} to {most:,} triples",
        goal,
        f"{worst:.0f} × ({asked})",
        worst <= allowed,
    )


def _row(words: str, goal: str, measured: str, met: bool) -> str:
    return f"| {words} | {goal} | {measured} | {'met' if met else 'NOT MET'} |"
