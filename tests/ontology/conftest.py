"""The ontology, the schemes and the data as graphs."""

from pathlib import Path

import pytest
from rdflib import Graph

from diplograph.rdf import turtle
from diplograph.sources import ONTOLOGY_FILES, VOCABULARY


def merge(paths: list[Path]) -> Graph:
    graph = Graph(bind_namespaces="none")
    for path in paths:
        graph += turtle.read(path)
    return graph


@pytest.fixture(scope="session")
def core(root: Path) -> Graph:
    return turtle.read(root / "ontology/diplograph.ttl")


@pytest.fixture(scope="session")
def ontology(root: Path) -> Graph:
    """The core, the description logic module and the alignments in one."""
    return merge([root / "ontology" / name for name in ONTOLOGY_FILES])


@pytest.fixture(scope="session")
def vocabulary(root: Path) -> Graph:
    paths = sorted((root / "ontology").glob("*.ttl"))
    return merge([path for path in paths if path.name.startswith(VOCABULARY)])


@pytest.fixture(scope="session")
def data(root: Path) -> Graph:
    return merge(sorted((root / "data").glob("*.ttl")))
