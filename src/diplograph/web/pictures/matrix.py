"""Matrix picture: who did what to whom, or which measure hits whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from diplograph.translations import gettext, number, translated
from diplograph.web.answers import Shown
from diplograph.web.pictures import canvas
from diplograph.web.pictures.canvas import Chart, Form, Picture

LEFT, RIGHT, LINE, PAD, SIDE = 224, 12, 15, 10, 8
ROOM = canvas.WIDE.width - LEFT - RIGHT
SMALLEST, NARROWEST, WIDEST = 29, 92, 190
"""The least width of a column with a number alone, and with words; the most that any gets."""
HEAD_LINES, SIDE_LINES, LONGEST_HEAD = 5, 3, 170
MOST_ROWS, MOST_COLUMNS = 80, ROOM // SMALLEST
MOST_WORDED = ROOM // NARROWEST
MOST_NAMED = 20
PALEST, DARKEST = 0.08, 0.34
"""How much of the colour lies on the cell with the smallest and with the largest number."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The names of the rows and columns, alphabetically, and what stands in each cell by kind."""

    rows: Sequence[str]
    columns: Sequence[str]
    cells: dict[tuple[str, str], Counter[str]]
    left_out: Sequence[str]
    counted: bool


def draw(shown: Shown, chart: Chart, title: str) -> Picture | None:
    """The answer as rows against columns; None for an answer without rows."""
    table = table_of(shown, chart)
    if not table.cells:
        return None
    return canvas.drawn(
        "matrix",
        _caption(table),
        title,
        [f"{row} – {column}: {', '.join(_words(table, row, column))}" for row, column in _by_size(table)],
        lambda form: _list(table, form) if form.is_narrow else _grid(table, chart),
    )


def _by_size(table: Matrix) -> list[tuple[str, str]]:
    """The cells, the largest first."""
    return sorted(table.cells, key=lambda names: (-table.cells[names].total(), names))


def _grid(table: Matrix, chart: Chart) -> dict[str, Any]:
    """Rows against columns; where the columns are many, with sums alone below heads that are turned."""
    wide = min(WIDEST, ROOM / len(table.columns))
    is_turned = len(table.columns) > MOST_WORDED
    heads = [canvas.lines(name, wide - 8, HEAD_LINES) for name in table.columns]
    if is_turned:
        heads = [[canvas.cut(name, LONGEST_HEAD)] for name in table.columns]
    deep: float = max(map(len, heads)) * LINE
    if is_turned:
        deep = max(canvas.width_of(head[0]) for head in heads)
    top = deep + 2 * PAD + LINE
    sides: list[dict[str, Any]] = []
    y = float(top)
    for name in table.rows:
        lines = canvas.lines(name, LEFT - 20, SIDE_LINES)
        words = 1 if is_turned else max(len(_words(table, name, column)) for column in table.columns)
        sides.append({"name": name, "lines": lines, "y": y, "height": max(words, len(lines)) * LINE + PAD})
        y += sides[-1]["height"]
    return {
        "height": round(y + (LINE + PAD if table.left_out else PAD)),
        "left": LEFT,
        "line": LINE,
        "pad": PAD,
        "wide": round(wide, 1),
        "top": round(top, 1),
        "row": translated(str(chart.get("rows", chart["row"]))),
        "column": translated(str(chart.get("columns", chart["column"]))),
        "turned": is_turned,
        "heads": [
            {"name": name, "lines": heads[index], "x": round(LEFT + index * wide, 1)}
            for index, name in enumerate(table.columns)
        ],
        "sides": sides,
        "cells": list(_cells(table, sides, wide, is_turned=is_turned)),
        "left_out": len(table.left_out),
    }


def _list(table: Matrix, form: Form) -> dict[str, Any]:
    """Each row with its cells below it, the largest first: no table has room on a phone."""
    sides, cells = [], []
    y = float(PAD)
    for name in table.rows:
        lines = canvas.lines(name, form.width - 2 * SIDE, SIDE_LINES)
        sides.append({"name": name, "lines": lines, "y": y})
        y += len(lines) * LINE + PAD
        for row, column in _by_size(table):
            if row == name:
                words = _words(table, row, column)
                text = f"{column}: {words[0]}" if table.counted else column
                kinds = ", ".join(words[1:] if table.counted else words)
                told = canvas.lines(text, form.width - 4 * SIDE, 2)
                told += canvas.lines(kinds, form.width - 4 * SIDE, SIDE_LINES) if kinds else []
                deep = len(told) * LINE + PAD
                cells.append(
                    {
                        "title": f"{row} – {column}: {', '.join(words)}",
                        "words": told,
                        "x": SIDE,
                        "y": y,
                        "height": deep,
                        "shade": _shade(table, row, column),
                    }
                )
                y += deep
        y += PAD
    height = y + (LINE + PAD if table.left_out else 0)
    wide = form.width - 2 * SIDE
    return {
        "height": height,
        "line": LINE,
        "wide": wide,
        "sides": sides,
        "cells": cells,
        "left_out": len(table.left_out),
    }


def table_of(shown: Shown, chart: Chart) -> Matrix:
    """Sum an answer up: a column of numbers if the chart names one, or else its rows, each counted once."""
    row_name, column_name, group, size = (chart.get(key) for key in ("row", "column", "group", "size"))
    found: dict[tuple[str, str], Counter[str]] = {}
    seen = set()
    for row in canvas.rows_of(shown):
        names = canvas.text_of(row, str(row_name)), canvas.text_of(row, str(column_name))
        kind = canvas.text_of(row, str(group)) if group else ""
        amount = canvas.number_of(row, str(size)) if size else 1
        if not all(names) or amount is None or (not size and (names, kind) in seen):
            continue
        seen.add((names, kind))
        found.setdefault(names, Counter())[kind] += int(amount)
    rows = sorted({row for row, _ in found}, key=str.casefold)
    columns = sorted({column for _, column in found}, key=str.casefold)
    kept_rows, kept_columns = _most(found, rows, 0, MOST_ROWS), _most(found, columns, 1, MOST_COLUMNS)
    kept = {(row, column) for row in kept_rows for column in kept_columns}
    cells = {names: cell for names, cell in found.items() if names in kept}
    left_out = sorted({*rows, *columns} - {*kept_rows, *kept_columns}, key=str.casefold)
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
    return [number(cell.total()), *(f"{kind}: {number(amount)}" for kind, amount in kinds if kind)]


def _shade(table: Matrix, row: str, column: str) -> float:
    """How dark a cell is."""
    largest = max(cell.total() for cell in table.cells.values())
    share = table.cells[row, column].total() / max(largest, 1) if table.counted else 0.4
    return round(PALEST + share * (DARKEST - PALEST), 2)


def _cells(
    table: Matrix, sides: Iterable[dict[str, Any]], wide: float, *, is_turned: bool
) -> Iterable[dict[str, Any]]:
    """Where each cell stands, what it says and how dark it is."""
    for side in sides:
        for index, column in enumerate(table.columns):
            words = _words(table, side["name"], column)
            if not words:
                continue
            kinds = words[1 if table.counted else 0 :]
            if is_turned:
                kinds = [] if table.counted else ["×"]
            yield {
                "title": f"{side['name']} – {column}: {', '.join(words)}",
                "sum": words[0] if table.counted else None,
                "words": [canvas.cut(word, wide - 8) for word in kinds],
                "x": round(LEFT + index * wide, 1),
                "y": side["y"],
                "height": side["height"],
                "shade": _shade(table, side["name"], column),
            }


def _caption(table: Matrix) -> str:
    sentences = [_says(table)]
    if len(table.columns) > MOST_WORDED:
        sentences.append(
            gettext("So many columns leave no room for words on a wide page: the table has them.")
        )
    if len(table.left_out) > MOST_NAMED:
        names = ", ".join(table.left_out[:MOST_NAMED])
        sentences.append(gettext("Those with the least are left out: %(names)s and others.", names=names))
    elif table.left_out:
        names = ", ".join(table.left_out)
        sentences.append(gettext("Those with the least are left out: %(names)s.", names=names))
    return " ".join([*sentences, gettext("Names are in alphabetical order.")])


def _says(table: Matrix) -> str:
    """What a cell of the table says."""
    if len(table.columns) > MOST_WORDED:
        if table.counted:
            return gettext("Each cell gives the sum; darker is more.")
        return gettext("A cell says what belongs together.")
    if table.counted:
        return gettext("Each cell gives the sum and what it is made of; darker is more.")
    return gettext("A cell says in which way its row and its column belong together.")
