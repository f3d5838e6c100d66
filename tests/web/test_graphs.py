"""The graph store: reads for all, writes for nobody who holds no token."""

import json

import pytest
from flask.testing import FlaskClient
from rdflib import Graph

A1 = "https://w3id.org/diplograph/graph/a1"
SYNTAX = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
}


def read(client: FlaskClient, query: str, media: str) -> Graph:
    response = client.get(f"/graphs?{query}", headers={"Accept": media})
    return Graph().parse(data=response.data, format=SYNTAX[media])


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # rdflib's own JSON-LD reader
@pytest.mark.parametrize("media", SYNTAX)
def test_named_graph_is_sent_whole_in_every_syntax(client: FlaskClient, media: str) -> None:
    sizes = {entry["graph"]: entry["triples"] for entry in json.loads(client.get("/graphs").data)}

    assert len(read(client, f"graph={A1}", media)) == sizes[A1]


def test_default_graph_holds_the_named_ones(client: FlaskClient) -> None:
    default = read(client, "default", "application/n-triples")
    a1 = read(client, f"graph={A1}", "application/n-triples")

    assert len(a1 - default) == 0
    assert len(default) > len(a1)


def test_unknown_graph_is_404_with_the_known_ones(client: FlaskClient) -> None:
    response = client.get("/graphs?graph=https://w3id.org/diplograph/graph/a9")

    document = json.loads(response.data)
    assert (response.status_code, document["type"]) == (404, "/problems/unknown-resource")
    assert A1 in document["hint"]


@pytest.mark.parametrize("query", [f"graph={A1}&default", f"graph={A1}&graph={A1}"])
def test_two_graphs_at_once_are_a_bad_request(client: FlaskClient, query: str) -> None:
    assert client.get(f"/graphs?{query}").status_code == 400


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("token", [None, "Bearer x", "Bearer é", "Basic eDp5"])
@pytest.mark.parametrize("query", ["", "?default", f"?graph={A1}", "?graph=urn:x"])
def test_write_is_refused_alike_with_and_without_a_token(
    client: FlaskClient, method: str, token: str | None, query: str
) -> None:
    headers = {"Authorization": token} if token else {}

    response = client.open(
        f"/graphs{query}", method=method, headers=headers, data=b"<urn:a> <urn:b> <urn:c> ."
    )

    document = json.loads(response.data)
    del document["request_id"]
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert document == {
        "type": "/problems/unauthorized",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Writing needs a token that this service knows.",
        "hint": "Send the header `Authorization: Bearer TOKEN` with a token of this service.",
    }
