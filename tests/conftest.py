"""Fixtures that every part of the test suite may use."""

import os
from pathlib import Path

import pytest

from answers import ROOT, held
from diplograph.rdf import Dataset


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "run every HTTP test on every engine, those about our own formats and refusals included"
    parser.addoption("--all-engines", action="store_true", help=text)
    text = "how many generated shapes and graphs the slow comparison with pySHACL takes"
    parser.addoption("--cases", type=int, default=200, help=text)
    text = "the knowledge base that the tests of data and answers look at"
    parser.addoption("--kb", type=Path, default=ROOT, help=text)


@pytest.fixture(scope="session")
def root(pytestconfig: pytest.Config) -> Path:
    """The checkout: ontology, data, shapes and queries as they are on disk."""
    return pytestconfig.getoption("--kb")


@pytest.fixture(scope="session")
def sources_dir() -> Path:
    """The folder with the articles, which are not part of the repository."""
    folder = Path(os.environ.get("DIPLOGRAPH_SOURCES", ROOT / ".." / "shared" / "sources")).resolve()
    if not (folder / "000_6e0a07a4dfa8c6be.txt").is_file():
        pytest.skip("the articles are not at hand: set DIPLOGRAPH_SOURCES")
    return folder


@pytest.fixture(scope="session")
def curated(root: Path) -> Dataset:
    """The knowledge base as a release holds it, in memory. Read it only."""
    return held(root)
