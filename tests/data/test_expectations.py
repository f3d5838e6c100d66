"""Whether the dataset holds what `data/expect.toml` says, and whether that file says why."""

import pytest

from diplograph.release import counts


@pytest.fixture(scope="module")
def expected(root):
    return counts.read(root / "data/expect.toml")


@pytest.fixture(scope="module")
def found(curated):
    return counts.count(curated)


def test_no_class_falls_short_of_its_floor(expected, found):
    assert counts.shortfalls(expected, found) == []


def test_no_expected_class_is_unknown_or_empty(expected, found):
    assert [iri for iri in expected if not found.get(iri)] == []


def test_each_expectation_says_why(expected):
    assert [iri for iri, wanted in expected.items() if len(wanted.why) < 5] == []
