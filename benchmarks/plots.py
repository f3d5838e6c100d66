"""The results as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAINT = "#999999"
NAMED = 8
"""How many of the slowest queries have a colour and a name of their own."""


def bars(figures: Figures, asked: Sequence[str], path: Path) -> str | None:
    """One group of bars for each thing asked; the file's name, None without matplotlib."""
    axes = _axes(4 + 1.2 * len(asked))
    if axes is None:
        return None
    systems = figures.systems()
    width = 0.8 / len(systems)
    for place, system in enumerate(systems):
        heights = [figures.median(system, name) or 0.0 for name in asked]
        axes.bar([n + place * width for n in range(len(asked))], heights, width, label=system)
    axes.set_xticks([n + 0.4 - width / 2 for n in range(len(asked))], list(asked), fontsize=8)
    axes.set_yscale("log")
    return _save(axes, figures.unit, path)


def growth(figures: Figures, path: Path) -> str | None:
    """A line for each query over the size, the slowest named, with n log n beside; sizes stand as systems."""
    axes = _axes(9)
    if axes is None:
        return None
    sizes = sorted(int(size) for size in figures.systems())
    slowest = sorted(figures.asked(), key=lambda asked: -(figures.median(str(sizes[-1]), asked) or 0))
    for place, asked in reversed(list(enumerate(slowest))):
        points = [(size, figures.median(str(size), asked)) for size in sizes]
        look = {"label": asked} if place < NAMED else {"color": FAINT, "alpha": 0.5}
        axes.plot(*zip(*[(s, m) for s, m in points if m], strict=True), marker=".", linewidth=0.8, **look)  # type: ignore[arg-type]
    start = 1.0 / (sizes[0] * math.log(sizes[0]))
    axes.plot(sizes, [start * n * math.log(n) for n in sizes], "--", color="black", label="n log n from 1 ms")
    axes.axhline(1000, color=FAINT, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("asserted triples")
    return _save(axes, figures.unit, path)


def _axes(width: float) -> Axes | None:
    try:
        import matplotlib as mpl  # noqa: PLC0415 - figures are printed and kept without it too
    except ImportError:
        return None
    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "diplograph", "svg.fonttype": "none", "axes.spines.top": False})
    from matplotlib import pyplot  # noqa: PLC0415

    return pyplot.subplots(figsize=(width, 5))[1]


def _save(axes: Axes, unit: str, path: Path) -> str:
    axes.set_ylabel(unit)
    axes.legend(fontsize=8)
    figure = axes.get_figure()
    if figure is not None:
        figure.savefig(str(path), format="svg", bbox_inches="tight", metadata={"Date": None})
    return path.name
