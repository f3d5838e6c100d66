"""Headers of every answer: validators, caches, CORS, policy; methods that work everywhere."""

import hashlib

import pytest
from flask.testing import FlaskClient

from diplograph.web.headers import is_dynamic

USUAL_ENGINES = ("embedded",)
ACT = "act/japan-expels-eight-russians-2022-04"
OK = [
    "/",
    "/sparql?query=ASK%20%7B%7D",
    "/queries",
    "/queries/reciprocal-expulsions",
    f"/doc/{ACT}",
    f"/doc/{ACT}.html",
    f"/describe?uri=https://w3id.org/diplograph/id/{ACT}",
    "/search?q=japan",
    "/ontology",
    "/vocab",
    "/shapes",
    "/vocab/realisation.ttl",
    "/graph/a1.ttl",
    "/context.jsonld",
    "/graphs",
    "/graphs?default",
    "/validate",
    "/dumps",
    "/.well-known/void",
    "/.well-known/sparql-examples",
    "/openapi.json",
    "/docs",
    "/problems",
    "/problems/busy",
    "/robots.txt",
    "/sitemap.xml",
    "/limits",
    "/version",
    "/health/live",
    "/health/ready",
    "/metrics",
]
REDIRECTS = ["/dataset", f"/id/{ACT}", "/graph/a1", "/vocab/realisation"]
ERRORS = ["/nothing", "/id/act/nothing", "/doc/act/nothing", "/queries/nothing", "/sparql", "/describe"]


@pytest.mark.parametrize("path", OK + REDIRECTS + ERRORS)
def test_every_answer_carries_the_headers_of_the_house(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert {"ETag", "Link", "Content-Location"} <= set(
        response.headers["Access-Control-Expose-Headers"].split(", ")
    )
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert {"Accept", "Accept-Encoding"} <= set(response.vary)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Referrer-Policy"]
    assert "total;dur=" in response.headers["Server-Timing"]
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", OK)
def test_path_answers(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", OK + REDIRECTS + ERRORS)
def test_head_answers_like_get_without_a_body(client: FlaskClient, path: str) -> None:
    got, head = client.get(path), client.head(path)

    assert (head.status_code, head.data) == (got.status_code, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert head.headers.get("ETag") == got.headers.get("ETag")
    if got.status_code == 200 and path != "/health/ready":  # it says how long it took
        assert int(head.headers["Content-Length"]) == len(got.data)


@pytest.mark.parametrize("path", OK + REDIRECTS)
def test_options_answers_a_preflight(client: FlaskClient, path: str) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}

    response = client.options(path, headers=headers)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", [path for path in OK + REDIRECTS if path != "/"])
def test_final_slash_makes_no_difference(client: FlaskClient, path: str) -> None:
    name, mark, query = path.partition("?")

    slashed = client.get(f"{name}/{mark}{query}")

    assert slashed.status_code == client.get(path).status_code
    if not path.startswith(("/health", "/metrics")):
        assert slashed.data == client.get(path).data


UNKEPT = ("/health", "/metrics")
KEPT = [path for path in OK if not path.startswith(UNKEPT)]


@pytest.mark.parametrize("path", KEPT)
def test_answer_that_the_client_has_is_304(client: FlaskClient, path: str) -> None:
    first = client.get(path)

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert {"Accept", "Accept-Encoding"} <= set(again.vary)
    assert first.headers["Last-Modified"]
    assert "max-age" in first.headers["Cache-Control"]


def test_etag_is_strong_and_the_hash_of_the_bytes_sent(client: FlaskClient) -> None:
    response = client.get(f"/doc/{ACT}.ttl")

    assert response.headers["ETag"] == f'"{hashlib.sha256(response.data).hexdigest()}"'


def test_tag_of_another_variant_does_not_match(client: FlaskClient) -> None:
    turtle = client.get(f"/doc/{ACT}", headers={"Accept": "text/turtle"})

    page = client.get(f"/doc/{ACT}", headers={"Accept": "text/html", "If-None-Match": turtle.headers["ETag"]})

    assert page.status_code == 200


def test_tag_of_a_graph_begins_with_its_own_hash(client: FlaskClient) -> None:
    path = "/graphs?graph=https://w3id.org/diplograph/graph/a1"
    turtle = client.get(path, headers={"Accept": "text/turtle"}).headers["ETag"]
    triples = client.get(path, headers={"Accept": "application/n-triples"}).headers["ETag"]

    assert turtle != triples
    assert turtle.partition("-")[0] == triples.partition("-")[0]


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"])
def test_query_that_differs_each_time_is_not_stored(client: FlaskClient, call: str) -> None:
    response = client.get("/sparql", query_string={"query": f"SELECT ({call} AS ?x) {{}}"})

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


@pytest.mark.parametrize(
    ("query", "dynamic"),
    [
        ("SELECT (now() AS ?x) {}", True),
        ("SELECT (NOW # c\n () AS ?x) {}", True),
        (r"SELECT (\u004EOW() AS ?x) {}", True),
        ("SELECT ?now { ?now a ?brand }", False),
        ("PREFIX now: <urn:x> SELECT * { ?s now:rand ?o }", False),
    ],
)
def test_query_is_known_to_differ_each_time(query: str, dynamic: bool) -> None:
    assert is_dynamic(query) is dynamic


@pytest.mark.parametrize("path", ERRORS)
def test_error_is_not_stored(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_answer_to_a_post_has_no_validator(client: FlaskClient) -> None:
    response = client.post("/sparql", data={"query": "ASK {}"})

    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_engine_time_is_told(client: FlaskClient) -> None:
    timing = client.get("/sparql?query=ASK%20%7B%7D%20%23timed").headers["Server-Timing"]

    assert "engine;dur=" in timing
