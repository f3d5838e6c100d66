"""Fixtures that every part of the test suite may use."""

import os
from pathlib import Path

import pytest

from diplograph.rdf import Dataset
from diplograph.reasoning import saturate
from diplograph.release.assemble import add_inferences, load_graphs, ontology_rules
from diplograph.sources import KnowledgeBase


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "run every HTTP test on every engine, those about our own formats and refusals included"
    parser.addoption("--all-engines", action="store_true", help=text)
    text = "how many generated shapes and graphs the slow comparison with pySHACL takes"
    parser.addoption("--cases", type=int, default=200, help=text)


ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout: ontology, data, shapes and queries as they are on disk."""
    return ROOT


@pytest.fixture(scope="session")
def sources_dir() -> Path:
    """The folder with the articles, which are not part of the repository."""
    folder = Path(os.environ.get("DIPLOGRAPH_SOURCES", ROOT / ".." / "shared" / "sources")).resolve()
    if not (folder / "000_6e0a07a4dfa8c6be.txt").is_file():
        pytest.skip("the articles are not at hand: set DIPLOGRAPH_SOURCES")
    return folder


@pytest.fixture(scope="session")
def curated() -> Dataset:
    """The knowledge base as a release holds it, in memory: closed, inferred and merged. Read it only."""
    dataset = Dataset.memory()
    knowledge_base = KnowledgeBase(ROOT)
    load_graphs(knowledge_base, dataset)
    dataset.write_default_merge()
    rules = ontology_rules(dataset)
    saturate(dataset, rules)
    add_inferences(dataset, rules, knowledge_base.rule_files())
    return dataset
