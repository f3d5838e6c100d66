"""Generated knowledge bases: the same for the same plan, of our shape, and such that shapes accept them."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
from benchmarks.generator import Generated, Plan, write
from rdflib import Graph

from diplograph import validation
from diplograph.sources import KnowledgeBase

ROOT = Path(__file__).resolve().parents[2]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "data").iterdir())}


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Generated:
    return write(Plan(40), tmp_path_factory.mktemp("generated"), ROOT)


def test_the_same_plan_writes_the_same_bytes(small, tmp_path):
    write(Plan(40), tmp_path, ROOT)

    assert contents(tmp_path) == contents(small.root)


def test_another_seed_writes_another_graph(small, tmp_path):
    write(Plan(40, seed=2), tmp_path, ROOT)

    assert contents(tmp_path)["a1.ttl"] != contents(small.root)["a1.ttl"]


def test_the_triples_counted_are_the_triples_written(small):
    written = sum(len(Graph().parse(path, format="turtle")) for path in (small.root / "data").glob("*.ttl"))

    assert abs(written - small.triples) <= small.triples // 50


@pytest.mark.parametrize("triples", [10_000, 100_000])
def test_a_plan_comes_near_the_number_of_triples_asked_for(triples, tmp_path):
    made = write(Plan.of_triples(triples), tmp_path, ROOT)

    assert 0.7 * triples < made.triples < 1.3 * triples


def test_acts_have_as_many_sources_as_asked_for_at_most(tmp_path):
    said = defaultdict[str, set[str]](set)
    for path in (write(Plan(60, sources=3), tmp_path, ROOT).root / "data").glob("a?.ttl"):
        for act in re.findall(r"^(act:a\d-\d+) a ", path.read_text(encoding="utf-8"), re.MULTILINE):
            said[act].add(path.stem)

    assert {len(graphs) for graphs in said.values()} == {1, 2, 3}


def test_every_file_is_a_graph_of_the_knowledge_base(small):
    graphs = KnowledgeBase(small.root).graphs()

    assert {graph.rpartition("/")[2] for graph in graphs} >= {"a1", "a2", "background", "entities", "meta"}


def test_names_are_numbers_and_nobody_is_named(small):
    entities = (small.root / "data" / "entities.ttl").read_text(encoding="utf-8")
    labels = re.findall(r"person:\S+ a dg:Person ; rdfs:label \"([^\"]*)\"", entities)

    assert labels
    assert all(re.fullmatch(r"Official \d+\.\d+", label) for label in labels)


@pytest.mark.slow
def test_the_shapes_of_the_project_accept_it(small):
    report = validation.check(KnowledgeBase(small.root), limit=None)

    assert [finding.message for finding in report.of_severity("violation")] == []
    assert report.conforms
