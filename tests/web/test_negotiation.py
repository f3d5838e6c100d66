"""One negotiation table for every route: type, suffix, q-values, wildcards, none, nothing acceptable."""

import json

import pytest
from flask.testing import FlaskClient

USUAL_ENGINES = ("embedded",)
ACT = "act/japan-expels-eight-russians-2022-04"
GRAPHS = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
}
DOCUMENTS = GRAPHS | {"text/html": "html"}
RESULTS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/html": "html",
}
SELECT = "/sparql?query=SELECT%20*%20%7B%3Fs%20a%20%3Fo%7D%20LIMIT%202"
CONSTRUCT = "/sparql?query=CONSTRUCT%20%7B%3Fs%20a%20%3Fo%7D%20%7B%3Fs%20a%20%3Fo%7D%20LIMIT%202"
ROUTES = {
    f"/doc/{ACT}": DOCUMENTS,
    "/ontology": DOCUMENTS,
    "/vocab": DOCUMENTS,
    "/shapes": DOCUMENTS,
    "/queries/reciprocal-expulsions": RESULTS,
    SELECT: RESULTS,
    CONSTRUCT: DOCUMENTS,
    "/graphs?graph=https://w3id.org/diplograph/graph/a1": GRAPHS,
    "/graphs?default": GRAPHS,
    "/.well-known/void": GRAPHS,
    "/.well-known/sparql-examples": GRAPHS,
    f"/describe?uri=https://w3id.org/diplograph/id/{ACT}": DOCUMENTS,
    "/search?q=japan": RESULTS,
    "/queries": {"application/json": "json", "text/html": "html"},
    "/version": {"application/json": "json", "text/plain": "txt", "text/html": "html"},
    "/limits": {"application/json": "json", "text/plain": "txt", "text/html": "html"},
}
SUFFIXED = ["/ontology", "/vocab", "/shapes", f"/doc/{ACT}", "/queries/reciprocal-expulsions"]
CASES = [(route, media) for route, offers in ROUTES.items() for media in offers]


@pytest.mark.parametrize(("route", "media"), CASES)
def test_type_that_is_offered_is_sent(client: FlaskClient, route: str, media: str) -> None:
    response = client.get(route, headers={"Accept": media})

    assert (response.status_code, response.mimetype) == (200, media)
    assert {"Accept", "Accept-Encoding"} <= set(response.vary)


@pytest.mark.parametrize(("route", "offers"), ROUTES.items())
@pytest.mark.parametrize("accept", [None, "*/*", "image/png, */*;q=0.1"])
def test_client_without_a_wish_gets_the_default(
    client: FlaskClient, route: str, offers: dict[str, str], accept: str | None
) -> None:
    response = client.get(route, headers={"Accept": accept} if accept else {})

    assert (response.status_code, response.mimetype) == (200, next(iter(offers)))


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_acceptable_is_406_with_the_list(client: FlaskClient, route: str) -> None:
    response = client.get(route, headers={"Accept": "image/png"})

    document = json.loads(response.data)
    assert (response.status_code, document["type"]) == (406, "/problems/not-acceptable")
    assert next(iter(ROUTES[route])) in document["hint"]
    assert "Accept" in response.vary


@pytest.mark.parametrize("route", ROUTES)
def test_higher_quality_wins(client: FlaskClient, route: str) -> None:
    *others, last = ROUTES[route]
    accept = ", ".join([*(f"{media};q=0.3" for media in others), f"{last};q=0.9"])

    assert client.get(route, headers={"Accept": accept}).mimetype == last


@pytest.mark.parametrize("route", ROUTES)
def test_quality_zero_excludes_a_type(client: FlaskClient, route: str) -> None:
    first, second, *_ = ROUTES[route]

    response = client.get(route, headers={"Accept": f"{first};q=0, */*"})

    assert response.status_code == 200
    assert response.mimetype == second


def test_browser_gets_a_page_wherever_there_is_one(client: FlaskClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
    pages = [route for route, offers in ROUTES.items() if "text/html" in offers]

    assert {client.get(route, headers={"Accept": accept}).mimetype for route in pages} == {"text/html"}


def test_json_means_sparql_json_for_results_and_json_ld_for_graphs(client: FlaskClient) -> None:
    accept = {"Accept": "application/json"}

    assert client.get(SELECT, headers=accept).mimetype == "application/sparql-results+json"
    assert client.get(f"/doc/{ACT}", headers=accept).mimetype == "application/ld+json"


@pytest.mark.parametrize(
    ("route", "media", "suffix"),
    [(route, media, suffix) for route in SUFFIXED for media, suffix in ROUTES[route].items()],
)
def test_suffix_wins_over_accept(client: FlaskClient, route: str, media: str, suffix: str) -> None:
    response = client.get(f"{route}.{suffix}", headers={"Accept": "image/png"})

    assert (response.status_code, response.mimetype) == (200, media)
    assert response.headers["Content-Location"] == f"{route}.{suffix}"


@pytest.mark.parametrize("route", SUFFIXED)
def test_document_links_to_its_other_formats(client: FlaskClient, route: str) -> None:
    links = ", ".join(client.get(route).headers.getlist("Link"))

    for media, suffix in list(ROUTES[route].items())[1:]:
        assert f'<{route}.{suffix}>; rel="alternate"; type="{media}"' in links
    assert 'rel="describedby"' in links
    assert 'rel="license"' in links
    assert f'<{route}>; rel="canonical"' in links


@pytest.mark.parametrize(
    "path", [f"/doc/{ACT}.csv", "/queries/reciprocal-expulsions.ttl", "/queries/reciprocal-expulsions.zip"]
)
def test_suffix_of_a_type_that_is_not_offered_is_unknown(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
