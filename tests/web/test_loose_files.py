"""A service over loose files: no ontology, no shapes, no canned queries, and still no fault."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Namespace

from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web import create_app

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")

FOUND = [
    "/",
    "/sparql?query=ASK%20%7B%7D",
    "/queries",
    "/describe?uri=http://data.example/a",
    "/graphs",
    "/graphs?default",
    "/graphs?graph=http://data.example/g",
    "/search?q=thing",
    "/health/ready",
    "/dumps",
    "/openapi.json",
    "/docs",
    "/sitemap.xml",
    "/validate",
]
MISSING = [
    "/dataset",
    "/ontology",
    "/ontology/dl",
    "/vocab",
    "/shapes",
    "/.well-known/void",
    "/id/act/x",
    "/queries/x",
]


@pytest.fixture(scope="module")
def loose(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    file = tmp_path_factory.mktemp("loose") / "things.ttl"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    file.write_text(
        f'<http://data.example/a> {label} "a thing"@en ; <http://data.example/p> 1 .', encoding="utf-8"
    )
    with Repository.of_files([str(file), f"http://data.example/g={file}"], settings) as repository:
        yield create_app(repository).test_client()


@pytest.mark.parametrize("path", FOUND)
@pytest.mark.parametrize("accept", ["*/*", "text/html, */*;q=0.1", "text/turtle, */*;q=0.1"])
def test_what_files_have_is_served(loose: FlaskClient, path: str, accept: str) -> None:
    assert loose.get(path, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("path", MISSING)
@pytest.mark.parametrize("accept", ["*/*", "text/html, */*;q=0.1"])
def test_what_files_do_not_have_is_not_found(loose: FlaskClient, path: str, accept: str) -> None:
    assert loose.get(path, headers={"Accept": accept}).status_code == 404


def test_default_graph_is_what_the_files_put_there(loose: FlaskClient) -> None:
    assert loose.get("/graphs?default", headers={"Accept": "application/n-triples"}).data.count(b"\n") == 2


def test_relative_iris_of_a_file_are_resolved_against_its_address(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("<> <http://data.example/p> <#part> .", encoding="utf-8")
    settings = Settings.resolve(kb=tmp_path, environ={}, workers=1)

    with Repository.of_files([str(file)], settings) as repository:
        answer = (
            create_app(repository)
            .test_client()
            .get(
                "/sparql",
                query_string={"query": "SELECT ?s ?p ?o { ?s ?p ?o }"},
                headers={"Accept": "text/csv"},
            )
        )

    assert answer.text.splitlines()[1] == f"{file.as_uri()},http://data.example/p,{file.as_uri()}#part"


def test_graphs_of_like_names_are_described_apart(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("<http://data.example/a> <http://data.example/p> 1 .", encoding="utf-8")
    names = {"http://one.example/data", "http://two.example/data"}
    settings = Settings.resolve(kb=tmp_path, environ={}, workers=1)

    with Repository.of_files([f"{name}={file}" for name in sorted(names)], settings) as repository:
        answer = create_app(repository).test_client().get("/sparql", headers={"Accept": "text/turtle"})
    described = Graph().parse(data=answer.text, format="turtle")

    assert {str(name) for name in described.objects(None, SD.name)} == names
    assert all(
        len(list(described.objects(node, SD.name))) == 1 for node in described.objects(None, SD.namedGraph)
    )


@pytest.mark.parametrize(
    "path", ["/describe?uri=http://data.example/a", "/graphs?default", "/graphs?graph=http://data.example/g"]
)
@pytest.mark.parametrize("triple", ["<urn:uuid:1> 1", "<http://data.example/p> 'a\\u0007b'"])
def test_documents_and_graphs_that_rdf_xml_cannot_hold_are_not_acceptable(
    settings: Settings, tmp_path: Path, path: str, triple: str
) -> None:
    file = tmp_path / "things.ttl"
    file.write_text(f"<http://data.example/a> {triple} .", encoding="utf-8")
    with Repository.of_files([str(file), f"http://data.example/g={file}"], settings) as repository:
        client = create_app(repository).test_client()
        refused = client.get(path, headers={"Accept": "application/rdf+xml"})
        assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 200

    assert (refused.status_code, refused.mimetype) == (406, "application/problem+json")
    assert "XML cannot hold" in refused.json["detail"]
