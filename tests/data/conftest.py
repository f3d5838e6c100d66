"""The curated graphs, each read once."""

from pathlib import Path

import pytest
from rdflib import Graph

from diplograph.rdf import turtle


def _graph(root: Path, *names: str) -> Graph:
    graph = Graph()
    for name in names:
        for triple in turtle.read(root / name):
            graph.add(triple)
    return graph


@pytest.fixture(scope="session")
def entities(root: Path) -> Graph:
    return _graph(root, "data/entities.ttl")


@pytest.fixture(scope="session")
def a1(root: Path) -> Graph:
    return _graph(root, "data/a1.ttl")


@pytest.fixture(scope="session")
def a2(root: Path) -> Graph:
    return _graph(root, "data/a2.ttl")


@pytest.fixture(scope="session")
def background(root: Path) -> Graph:
    return _graph(root, "data/background.ttl")


@pytest.fixture(scope="session")
def meta(root: Path) -> Graph:
    return _graph(root, "data/meta.ttl")


@pytest.fixture(scope="session")
def data(root: Path) -> Graph:
    """The merge of the curated graphs, without ontology and closure."""
    names = sorted(str(path.relative_to(root)) for path in (root / "data").glob("*.ttl"))
    return _graph(root, *names)


@pytest.fixture(scope="session")
def terms(root: Path) -> Graph:
    """The merge of the ontology and the concept schemes."""
    return _graph(root, *sorted(str(path.relative_to(root)) for path in (root / "ontology").glob("*.ttl")))
