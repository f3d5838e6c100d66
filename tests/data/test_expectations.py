"""Whether the dataset holds what `data/expect.toml` says, and whether that file says enough."""

import pytest
from rdflib import RDF

from diplograph import counts, turtle
from diplograph.vocab import DG

ENTAILED = ("Official", "UnrealisedAct", "DiplomaticAct")


@pytest.fixture(scope="module")
def expected(root):
    return counts.read(root / "data/expect.toml")


@pytest.fixture(scope="module")
def found(curated):
    return counts.count(curated)


def test_the_counts_are_as_expected(expected, found):
    verdict = counts.compare(expected, found)

    assert verdict.errors == ()
    assert verdict.warnings == ()


def test_every_class_that_a_curated_file_uses_is_expected(root, expected):
    used = set()
    for path in (root / "data").glob("*.ttl"):
        used |= {str(kind) for kind in turtle.read(path).objects(None, RDF.type)}

    assert used - set(expected) == set()


def test_every_class_of_ours_with_instances_is_expected(expected, found):
    assert {iri for iri in found if iri.startswith(str(DG))} - set(expected) == set()


@pytest.mark.parametrize("name", ENTAILED)
def test_classes_that_are_only_entailed_are_counted_too(expected, found, name):
    assert found[str(DG[name])] >= expected[str(DG[name])].least > 0


def test_no_expected_class_is_unknown_or_empty(expected, found):
    assert [iri for iri in expected if not found.get(iri)] == []


def test_each_expectation_says_why(expected):
    assert [iri for iri, wanted in expected.items() if len(wanted.why) < 5] == []


def test_nothing_can_be_lost_unseen(expected, found):
    assert {iri: found[iri] for iri in expected} == {iri: wanted.least for iri, wanted in expected.items()}


def test_one_act_less_is_an_error(expected, found):
    less = found | {str(DG.Act): found[str(DG.Act)] - 1}

    assert [error for error in counts.compare(expected, less).errors if "Act:" in error]


def test_a_fifth_expulsion_is_a_warning(expected, found):
    more = found | {str(DG.Expulsion): 5}

    assert [warning for warning in counts.compare(expected, more).warnings if "Expulsion" in warning]
