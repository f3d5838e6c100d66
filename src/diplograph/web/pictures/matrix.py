"""Matrix picture: who did what to whom, or which measure hits whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from diplograph.web.answers import Shown
from diplograph.web.pictures import canvas
from diplograph.web.pictures.canvas import WIDTH, Chart, Picture

LEFT, RIGHT, LINE, PAD = 224, 12, 15, 10
NARROWEST, WIDEST = 92, 190
HEAD_LINES, SIDE_LINES = 5, 3
MOST_ROWS, MOST_COLUMNS = 80, (WIDTH - LEFT - RIGHT) // NARROWEST
PALEST, DARKEST = 0.08, 0.34
"""How much of the colour lies on the cell with the smallest and with the largest number."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The names of the rows and columns, alphabetically, and what stands in each cell by kind."""

    rows: Sequence[str]
    columns: Sequence[str]
    cells: dict[tuple[str, str], Counter[str]]
    left_out: int
    counted: bool


def draw(shown: Shown, chart: Chart, title: str) -> Picture | None:
    """The answer as rows against columns; None for an answer without rows."""
    table = table_of(shown, chart)
    if not table.cells:
        return None
    wide = min(WIDEST, (WIDTH - LEFT - RIGHT) / len(table.columns))
    heads = [canvas.lines(name, wide - 8, HEAD_LINES) for name in table.columns]
    top = max(map(len, heads)) * LINE + 2 * PAD + LINE
    sides: list[dict[str, Any]] = []
    y = top
    for name in table.rows:
        side: dict[str, Any] = {"name": name, "lines": canvas.lines(name, LEFT - 20, SIDE_LINES), "y": y}
        deep = max(len(_words(table, name, column)) for column in table.columns)
        side["height"] = max(deep, len(side["lines"])) * LINE + PAD
        y += side["height"]
        sides.append(side)
    return canvas.drawn(
        "matrix",
        _caption(table),
        title=title,
        height=y + (LINE + PAD if table.left_out else PAD),
        left=LEFT,
        line=LINE,
        pad=PAD,
        wide=round(wide, 1),
        top=top,
        row=str(chart.get("rows", chart["row"])),
        column=str(chart.get("columns", chart["column"])),
        heads=[
            {"name": name, "lines": heads[index], "x": round(LEFT + index * wide, 1)}
            for index, name in enumerate(table.columns)
        ],
        sides=sides,
        cells=list(_cells(table, sides, wide)),
        left_out=table.left_out,
    )


def table_of(shown: Shown, chart: Chart) -> Matrix:
    """Sum an answer up: a column of numbers if the chart names one, or else its rows, each counted once."""
    row_name, column_name, group, size = (chart.get(key) for key in ("row", "column", "group", "size"))
    found: dict[tuple[str, str], Counter[str]] = {}
    seen = set()
    for row in canvas.rows_of(shown):
        names = canvas.text_of(row, str(row_name)), canvas.text_of(row, str(column_name))
        kind = canvas.text_of(row, str(group)) if group else ""
        number = canvas.number_of(row, str(size)) if size else 1
        if not all(names) or number is None or (not size and (names, kind) in seen):
            continue
        seen.add((names, kind))
        found.setdefault(names, Counter())[kind] += int(number)
    rows = sorted({row for row, _ in found}, key=str.casefold)
    columns = sorted({column for _, column in found}, key=str.casefold)
    kept_rows, kept_columns = _most(found, rows, 0, MOST_ROWS), _most(found, columns, 1, MOST_COLUMNS)
    kept = {(row, column) for row in kept_rows for column in kept_columns}
    cells = {names: cell for names, cell in found.items() if names in kept}
    left_out = len(rows) - len(kept_rows) + len(columns) - len(kept_columns)
    return Matrix(kept_rows, kept_columns, cells, left_out, counted=bool(size))


def _most(found: dict[tuple[str, str], Counter[str]], names: list[str], side: int, most: int) -> list[str]:
    """Those names with the largest sums that there is room for, in their order."""
    sums: Counter[str] = Counter()
    for pair, cell in found.items():
        sums[pair[side]] += cell.total()
    kept = {name for name, _ in sums.most_common(most)}
    return [name for name in names if name in kept]


def _words(table: Matrix, row: str, column: str) -> list[str]:
    """What a cell says: the sum, then the kinds with their numbers."""
    cell = table.cells.get((row, column))
    if cell is None:
        return []
    kinds = sorted(cell.items(), key=lambda entry: (-entry[1], entry[0].casefold()))
    if not table.counted:
        return [kind for kind, _ in kinds if kind] or ["×"]
    return [str(cell.total()), *(f"{number} {kind}" for kind, number in kinds if kind)]


def _cells(table: Matrix, sides: Iterable[dict[str, Any]], wide: float) -> Iterable[dict[str, Any]]:
    """Where each cell stands, what it says and how dark it is."""
    largest = max(cell.total() for cell in table.cells.values())
    for side in sides:
        for index, column in enumerate(table.columns):
            words = _words(table, side["name"], column)
            if not words:
                continue
            share = table.cells[side["name"], column].total() / max(largest, 1) if table.counted else 0.4
            yield {
                "title": f"{side['name']} – {column}: {', '.join(words)}",
                "sum": words[0] if table.counted else None,
                "words": [canvas.cut(word, wide - 8) for word in words[1 if table.counted else 0 :]],
                "x": round(LEFT + index * wide, 1),
                "y": side["y"],
                "height": side["height"],
                "shade": round(PALEST + share * (DARKEST - PALEST), 2),
            }


def _caption(table: Matrix) -> str:
    if table.counted:
        return (
            "Each cell gives the sum and what it is made of; darker is more. Names are in alphabetical order."
        )
    return "A cell says in which way its row and its column belong together. Names are in alphabetical order."
