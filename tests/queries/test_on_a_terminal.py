"""Answers of the canned queries as people read them on a terminal."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from answers import InMemory
from diplograph.cli import console, results
from diplograph.documents import naming
from diplograph.engine.operations import Solutions
from diplograph.namespaces import LANGUAGES
from diplograph.queries import CannedQuery, QueryBook
from diplograph.rdf import Dataset

BOOK = QueryBook.read(Path(__file__).resolve().parents[2] / "queries" / "canned")
LEAST = 12
Print = Callable[..., str]


class Terminal(io.StringIO):
    """A screen that keeps what was printed."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def engine(curated: Dataset) -> InMemory:
    return InMemory(curated)


@pytest.fixture(scope="module")
def answers(engine: InMemory) -> dict[str, Solutions]:
    return {name: results.select(engine, query.operation({})) for name, query in BOOK.items()}


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, engine: InMemory, answers: dict[str, Solutions]) -> Print:
    """What a terminal of a width shows of the answer to a query."""

    def show(query: CannedQuery, width: int, *, every: bool = False) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("TERM", "xterm")
        screen = Terminal()
        monkeypatch.setattr("sys.stdout", screen)
        results.print_table(engine, answers[query.name], columns=query.table(every=every))
        return re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())

    return show


@pytest.mark.parametrize("every", [False, True], ids=["headline", "all"])
@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("name", sorted(BOOK))
def test_no_word_is_folded_and_no_column_is_narrow(
    name: str, width: int, *, every: bool, printed: Print, engine: InMemory, answers: dict[str, Solutions]
) -> None:
    columns, found = BOOK[name].table(every=every), answers[name]
    labels = naming.labels(engine, results.things(found, found.variables))
    rows = [[results._told(row, column, labels, LANGUAGES) for column in columns] for row in found.rows]
    heads = [column.head for column in columns]
    words = {word for row in rows for cell in row for word in cell.split() if cell_len(word) == len(word)}

    text = printed(BOOK[name], width, every=every)

    assert words - set(text.split()) == set()
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= width
    widths = console._widths(heads, rows, width)
    assert widths is None or min(width for width in widths if width) >= LEAST


def test_rows_have_labels_and_dates_in_words_side_by_side_where_there_is_room(printed: Print) -> None:
    wide, narrow = (printed(BOOK["timeline"], width).splitlines() for width in (110, 60))

    assert wide[0].split() == ["Act", "Date", "Who", "acted", "Against", "whom", "Stage"]
    assert re.search(r"by 30 April 2022 +Japan +Russia +in effect", "\n".join(wide))
    assert narrow[:5] == [
        "Act           Japan's economic sanctions on Russia",
        "Date          by 30 April 2022",
        "Who acted     Japan",
        "Against whom  Russia",
        "Stage         in effect",
    ]
    assert narrow[5] == ""


def test_no_code_of_a_date_reaches_people(printed: Print) -> None:
    text = "".join(printed(query, 100, every=True) for query in BOOK.values())

    assert re.findall(r"\[?\.\.\d{4}|\d{4}-\d{2}(?:-\d{2})?\.\.", text) == []


def test_columns_that_are_left_out_are_counted(printed: Print, capsys: pytest.CaptureFixture[str]) -> None:
    printed(BOOK["timeline"], 100)
    assert capsys.readouterr().err == "4 more columns: --all-columns\n"

    printed(BOOK["timeline"], 100, every=True)
    assert capsys.readouterr().err == ""


def test_a_pipe_gets_every_column_as_it_is(
    monkeypatch: pytest.MonkeyPatch, engine: InMemory, answers: dict[str, Solutions]
) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stdout", pipe)
    results.print_table(engine, answers["timeline"], columns=BOOK["timeline"].table())
    head, _, first, *_ = pipe.getvalue().splitlines()

    assert head.split() == list(BOOK["timeline"].columns)
    assert first.startswith("act:japan-economic-sanctions-2022 ")
    assert "[..2022-04-30]" in first
