"""Questions that researchers ask, each a query whose whole answer is known.

`V01.rq` holds a question and its query, `V01.csv` the complete answer: every row, nothing added. The V
questions came first; the W questions look for what an obvious query would get wrong; the T questions ask
for whole tables, so that every fact stands in an answer.
"""

import csv
from pathlib import Path

import pytest

from diplograph.rdf import Dataset

FOLDER = Path(__file__).parent
QUESTIONS = sorted(path.stem for path in FOLDER.glob("*.rq"))


def expected(name: str) -> list[tuple[str, ...]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return [tuple(row) for row in csv.reader(stream)]


def test_every_question_has_its_answer_and_every_answer_its_question():
    assert sorted(path.stem for path in FOLDER.glob("*.csv")) == QUESTIONS


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_has_exactly_the_answer_that_the_sources_give(name: str, curated: Dataset):
    header, *rows = expected(name)

    solutions = curated.select((FOLDER / f"{name}.rq").read_text(encoding="utf-8"))

    found = [tuple(row[column].value if column in row else "" for column in header) for row in solutions]
    assert found == rows
