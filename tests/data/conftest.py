"""The data files as they are on disk, one graph each."""

from pathlib import Path

import pytest
from rdflib import Graph


def read(root: Path, name: str) -> Graph:
    """Parses `data/{name}.ttl` alone, without ontology, closure or inference."""
    return Graph().parse(root / "data" / f"{name}.ttl", format="turtle")


@pytest.fixture(scope="session")
def entities(root: Path) -> Graph:
    """Identity, types and names that both articles share."""
    return read(root, "entities")


@pytest.fixture(scope="session")
def a1(root: Path) -> Graph:
    """What the undated article supports."""
    return read(root, "a1")


@pytest.fixture(scope="session")
def a2(root: Path) -> Graph:
    """What the article of 31 October 2022 supports."""
    return read(root, "a2")


@pytest.fixture(scope="session")
def background(root: Path) -> Graph:
    """What outside reports say, each as a claim."""
    return read(root, "background")


@pytest.fixture(scope="session")
def meta(root: Path) -> Graph:
    """Documents, graph descriptions and provenance."""
    return read(root, "meta")
