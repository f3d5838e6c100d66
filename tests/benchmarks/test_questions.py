"""The requests: parsable, distinct where they must be, over things that a generated graph holds."""

from pathlib import Path

import pyoxigraph
import pytest
from benchmarks.generator import Plan, write

from benchmarks import questions
from diplograph.sparql import guard

ROOT = Path(__file__).resolve().parents[2]
CANNED = ROOT / "queries" / "canned"


def test_every_canned_query_is_asked_as_it_stands_and_with_each_example():
    asked = questions.canned(CANNED)

    assert {question.canned for question in asked} == {path.stem for path in CANNED.glob("*.rq")}
    assert len({question.name for question in asked}) == len(asked)


@pytest.mark.parametrize("question", questions.canned(CANNED), ids=lambda question: question.name)
def test_a_canned_question_names_no_curated_thing_and_is_sparql(question):
    guard.inspect(question.text)

    assert not any(f"/{slug}>" in question.text for slug in questions.STAND_INS)


@pytest.mark.parametrize("folder", ["analytic", "reciprocal"])
def test_written_questions_are_sparql_and_their_wordings_belong_to_a_system(folder):
    for question in questions.written(folder):
        guard.inspect(question.text)

        assert set(question.wordings) <= {"virtuoso"}


def test_reads_of_the_mixture_depend_on_the_round_only():
    things = [f"https://example.org/{number}" for number in range(50)]

    assert questions.mixture(things, 100, 1) == questions.mixture(things, 100, 1)
    assert questions.mixture(things, 100, 1) != questions.mixture(things, 100, 2)


def test_the_stand_ins_exist_in_a_generated_graph(tmp_path):
    write(Plan(40), tmp_path, ROOT)
    store = pyoxigraph.Store()
    for path in (tmp_path / "data").glob("*.ttl"):
        store.bulk_load(path=str(path))
    names = {quad.subject.value.rpartition("/")[2] for quad in store}

    assert set(questions.STAND_INS.values()) <= names
