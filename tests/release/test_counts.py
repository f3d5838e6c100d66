"""Expected counts: fewer are an error, more are not."""

from pathlib import Path

import pytest
from rdflib import Graph

import tiny_kb
from diplograph.errors import BuildFailed
from diplograph.namespaces import DG, DGG, PREFIXES, SKOS, VOID
from diplograph.rdf import Dataset
from diplograph.release import build, counts
from diplograph.release.counts import Expectation
from diplograph.settings import Settings
from tiny_kb import PROLOGUE

EXPECTED = {"urn:a": Expectation(2)}
STATE = PREFIXES["state"]


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


META = "dgg:reference dg:graphKind dgv:reference-graph . dgg:lists dg:graphKind dgv:reference-graph ."
THINGS = "state:a a dg:State . state:b a dg:State . state:c a dg:State . skos:Concept a owl:Class ."


def described(told: str, graph: str = "a1") -> Dataset:
    """A dataset with three states for reference and a graph that tells something."""
    dataset = Dataset.memory()
    for name, text in {"meta": META, "reference": THINGS, graph: told}.items():
        dataset.load((PROLOGUE + text).encode(), "ttl", str(DGG[name]))
    dataset.write_default_merge()
    return dataset


def test_what_a_source_says_or_names_is_mentioned() -> None:
    found = counts.unmentioned(described("state:a rdfs:label 'A' . act:x dg:target state:b ."))

    assert found == {STATE + "c"}


@pytest.mark.parametrize("graph", ["lists", "closure", "summary", "inferred"])
def test_what_is_there_for_reference_or_derived_mentions_nothing(graph: str) -> None:
    found = counts.unmentioned(described("state:a rdfs:label 'A' . act:x dg:target state:b .", graph))

    assert found >= {STATE + "a", STATE + "b", STATE + "c"}


def test_without_a_graph_for_reference_everything_counts() -> None:
    dataset = Dataset.memory()
    dataset.load((PROLOGUE + THINGS).encode(), "ttl", str(DGG.reference))

    assert counts.unmentioned(dataset) == frozenset()


def test_release_lists_what_no_source_mentions_and_counts_the_rest(tmp_path: Path) -> None:
    release = build(Settings.resolve(tiny_kb.write_reference(tmp_path / "kb")))

    assert release.unmentioned() == {STATE + "z", PREFIXES["body"] + "government-of-z"}
    assert counts.told(release.manifest)[str(DG.State)] == 2
    assert counts.take(release).things("State") == 2
    assert release.manifest["counts"][str(DG.State)] == 3
    assert release.manifest["unmentioned"]["triples"] == 7


def test_things_that_no_source_mentions_meet_no_expectation(tmp_path: Path) -> None:
    root = tiny_kb.write_reference(tmp_path / "kb")
    (root / "data/expect.toml").write_text("[State]\nmin = 3\n")

    with pytest.raises(BuildFailed):
        build(Settings.resolve(root))


def test_void_begins_with_what_a_source_mentions(tmp_path: Path) -> None:
    release = build(Settings.resolve(tiny_kb.write_reference(tmp_path / "kb")))
    told = Graph().parse(release.path / "void.ttl", publicID="http://localhost/")

    assert {str(iri) for iri in told.objects(None, VOID.rootResource)} == {STATE + "x", STATE + "y"}
