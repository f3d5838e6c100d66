"""Who adds an act touches its file and the answers that it changes: nothing else fails."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from answers import ROOT, held, queries
from diplograph.rdf import Dataset, turtle
from diplograph.sources import KnowledgeBase
from diplograph.validation import check

TESTS = ("tests/data", "tests/questions/test_questions.py", "tests/queries/test_canned.py")
OF_ANSWERS = ("test_question_has_exactly_the_answer", "test_canned_query_gives_its_expected_answer")
ACT = """
act:one-act-more
    a dg:Declaration ;
    rdfs:label "One act more"@en ;
    dg:actor state:japan ;
    dg:evidence ev:a1-s34 ;
    dg:realisation dgv:carried-out ;
    dg:stance dgv:explains ;
    dg:target state:russia ;
    dg:when time:one-act-more ;
.

time:one-act-more
    a dg:TimeSpan ;
    prov:wasDerivedFrom time:a1-published ;
    dg:anchoredTo time:a1-published ;
    dg:dateBasis dgv:bounded-by-context ;
    dg:edtf "[..2022-04-30]"^^edtf:EDTF ;
    dg:evidence ev:a1-s34 ;
    dg:notAfter "2022-04-30"^^xsd:date ;
.
"""
CHANGED = {
    "T01": "acts, one by one",
    "T11": "what its date was found out from",
    "T12": "who acts in it, by its source",
    "acts-between-states": "one more by Japan towards Russia",
    "dates-and-basis": "its date",
    "source-comparison": "which article tells of it",
    "statements-and-protests": "it is a statement",
    "timeline": "its place in time",
}


@pytest.fixture
def knowledge_base(tmp_path: Path) -> Path:
    """A copy with an act more in one file."""
    for name in ("docs", "ontology", "queries", "reference", "shapes"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data" / "a1.ttl"
    path.write_text(turtle.canonical(path.read_text(encoding="utf-8") + ACT), encoding="utf-8")
    return tmp_path


def failing(knowledge_base: Path) -> list[str]:
    """The tests of data and answers that fail on a knowledge base, this file's apart."""
    options = ["-q", "-p", "no:cacheprovider", "-k", "not hostile", f"--kb={knowledge_base}"]
    command = [sys.executable, "-m", "pytest", *options, f"--ignore={__file__}", *TESTS]
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert " passed" in done.stdout, done.stdout + done.stderr
    return re.findall(r"^(?:FAILED|ERROR) \S+::(\S+)", done.stdout, re.MULTILINE)


def test_one_act_more_conforms(knowledge_base: Path):
    report = check(KnowledgeBase(knowledge_base), [knowledge_base / "data" / "a1.ttl"])

    assert report.conforms


def test_one_act_more_changes_the_answers_that_it_belongs_in(knowledge_base: Path, curated: Dataset):
    more = held(knowledge_base)

    changed = {name for name, query in queries().items() if more.select(query) != curated.select(query)}

    assert changed == CHANGED.keys()


@pytest.mark.slow
def test_one_act_more_fails_no_test_but_those_of_answers(knowledge_base: Path):
    failed = failing(knowledge_base)

    assert [test for test in failed if not test.startswith(OF_ANSWERS)] == []
    assert len(failed) >= len(CHANGED)
