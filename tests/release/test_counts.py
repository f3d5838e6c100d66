"""Expected counts: fewer are an error, more are not."""

from pathlib import Path

import pytest

from diplograph.errors import BuildFailed
from diplograph.namespaces import DG, SKOS
from diplograph.rdf import Dataset
from diplograph.release import counts
from diplograph.release.counts import Expectation

EXPECTED = {"urn:a": Expectation(2)}


@pytest.mark.parametrize("number", [2, 3])
def test_as_many_as_expected_or_more_fall_short_of_nothing(number: int) -> None:
    assert counts.shortfalls(EXPECTED, {"urn:a": number}) == []


@pytest.mark.parametrize(("found", "number"), [({"urn:a": 1}, 1), ({}, 0)])
def test_fewer_than_expected_are_named_with_their_number(found: dict[str, int], number: int) -> None:
    assert counts.shortfalls(EXPECTED, found) == [
        f"urn:a: {number} instances, expected at least 2: if the loss is meant, say so there"
    ]


def test_thing_with_two_statements_of_its_class_counts_once() -> None:
    dataset = Dataset.memory()
    for graph in ("urn:g", "urn:h"):
        dataset.load(b"<urn:x> a <urn:a> . <urn:y> a <urn:a> .", "ttl", graph)
    dataset.write_default_merge()

    assert counts.count(dataset) == {"urn:a": 2}


def test_classes_are_named_locally_by_prefix_or_by_iri(tmp_path: Path) -> None:
    path = tmp_path / "expect.toml"
    path.write_text('[Act]\nmin = 1\n["skos:Concept"]\nmin = 3\nwhy = "x"\n["urn:a"]\nmin = 0')

    assert list(counts.read(path)) == [str(DG.Act), str(SKOS.Concept), "urn:a"]


def test_file_that_is_not_there_expects_nothing(tmp_path: Path) -> None:
    assert counts.read(tmp_path / "expect.toml") == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[Act]\nmin = \nwhy = 2", "expect.toml:2: "),
        ('[Act]\nwhy = "x"', "[Act] has to hold min"),
        ("[Act]\nmin = 1\nmax = 3", "[Act] has to hold min"),
        ('[Act]\nmin = "1"', "[Act] needs a whole number"),
        ("Act = 3", "[Act] has to hold min"),
    ],
)
def test_file_that_cannot_be_used_is_named_with_the_reason(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "expect.toml"
    path.write_text(text)
    with pytest.raises(BuildFailed) as caught:
        counts.read(path)

    assert expected in str(caught.value.facts["problems"])
