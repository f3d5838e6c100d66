"""Expected counts: below is an error, above is a question."""

from pathlib import Path

import pytest

from diplograph import counts
from diplograph.counts import Expectation, Verdict
from diplograph.errors import BuildFailed
from diplograph.store import Dataset
from diplograph.vocab import DG, SKOS

EXPECTED = {"urn:a": Expectation(2, 3)}


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        (1, Verdict(("urn:a: 1 instances, expected 2 to 3",), ())),
        (2, Verdict((), ())),
        (3, Verdict((), ())),
        (4, Verdict((), ("urn:a: 4 instances, expected 2 to 3",))),
    ],
)
def test_below_is_an_error_and_above_a_warning(number: int, verdict: Verdict) -> None:
    assert counts.compare(EXPECTED, {"urn:a": number}) == verdict


def test_class_that_is_missing_counts_zero() -> None:
    assert counts.compare(EXPECTED, {}).errors == ("urn:a: 0 instances, expected 2 to 3",)


def test_thing_with_two_statements_of_its_class_counts_once() -> None:
    dataset = Dataset.memory()
    for graph in ("urn:g", "urn:h"):
        dataset.load(b"<urn:x> a <urn:a> . <urn:y> a <urn:a> .", "ttl", graph)
    dataset.write_default_merge()

    assert counts.count(dataset) == {"urn:a": 2}


def test_classes_are_named_locally_by_prefix_or_by_iri(tmp_path: Path) -> None:
    path = tmp_path / "expect.toml"
    path.write_text(
        '[Act]\nmin = 1\nmax = 2\n["skos:Concept"]\nmin = 3\nmax = 4\nwhy = "x"\n["urn:a"]\nmin = 0\nmax = 1'
    )

    assert list(counts.read(path)) == [str(DG.Act), str(SKOS.Concept), "urn:a"]


def test_file_that_is_not_there_expects_nothing(tmp_path: Path) -> None:
    assert counts.read(tmp_path / "expect.toml") == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[Act]\nmin = \nmax = 2", "expect.toml:2: "),
        ("[Act]\nmin = 1", "[Act] has to hold min, max"),
        ("[Act]\nmin = 1\nmax = 2\nmacks = 3", "[Act] has to hold min, max"),
        ("[Act]\nmin = 2\nmax = 1", "[Act] needs whole numbers"),
        ('[Act]\nmin = "1"\nmax = 2', "[Act] needs whole numbers"),
        ("Act = 3", "[Act] has to hold min, max"),
    ],
)
def test_file_that_cannot_be_used_is_named_with_the_reason(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "expect.toml"
    path.write_text(text)
    with pytest.raises(BuildFailed) as caught:
        counts.read(path)

    assert expected in str(caught.value.facts["problems"])
