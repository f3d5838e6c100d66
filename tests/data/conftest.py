"""The curated graphs, each read once."""

from pathlib import Path

import pytest
from rdflib import RDF, Graph, URIRef

from diplograph.namespaces import DCTERMS, DG, ID
from diplograph.rdf import turtle

META = turtle.read(Path(__file__).resolve().parents[2] / "data" / "meta.ttl")
ARTICLES = sorted(
    document.removeprefix(ID["document/"]) for document in META.subjects(RDF.type, DG.PinnedDocument)
)


def _graph(root: Path, *names: str) -> Graph:
    graph = Graph()
    for name in names:
        for triple in turtle.read(root / f"data/{name}.ttl"):
            graph.add(triple)
    return graph


@pytest.fixture(scope="session", params=ARTICLES)
def article_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def article(root: Path, article_name: str) -> Graph:
    """What one article tells; a test that takes it runs for each article."""
    return _graph(root, article_name)


@pytest.fixture(scope="session")
def article_text(sources_dir: Path, article_name: str) -> str:
    file = META.value(ID[f"document/{article_name}"], DCTERMS.identifier)
    return (sources_dir / str(file)).read_bytes().decode("utf-8")


@pytest.fixture(scope="session")
def articles(root: Path) -> Graph:
    """What the articles tell together."""
    return _graph(root, *ARTICLES)


@pytest.fixture(scope="session")
def entities(root: Path) -> Graph:
    return _graph(root, "entities")


@pytest.fixture(scope="session")
def reference(root: Path) -> Graph:
    return _graph(root, "reference")


@pytest.fixture(scope="session")
def background(root: Path) -> Graph:
    return _graph(root, "background")


@pytest.fixture(scope="session")
def meta(root: Path) -> Graph:
    return _graph(root, "meta")


@pytest.fixture(scope="session")
def data(root: Path) -> Graph:
    """The merge of the curated graphs, without ontology and closure."""
    return _graph(root, *sorted(path.stem for path in (root / "data").glob("*.ttl")))


@pytest.fixture(scope="session")
def contested(data: Graph) -> set[URIRef]:
    """The places that are claimed, annexed or in dispute, and those within them."""
    roots = {ID[f"place/{slug}"] for slug in ("islands-1", "kuril-chain", "four-regions")}
    return {place for root in roots for place in data.transitive_subjects(DG.within, root)}


@pytest.fixture(scope="session")
def terms(root: Path) -> Graph:
    """The merge of the ontology and the concept schemes."""
    graph = Graph()
    for path in sorted((root / "ontology").glob("*.ttl")):
        for triple in turtle.read(path):
            graph.add(triple)
    return graph
