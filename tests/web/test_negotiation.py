"""One negotiation table for every route: type, suffix, q-values, wildcards, none, nothing acceptable."""

import json
import time

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


JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
"""What `java.net.HttpURLConnection` sends where the program names nothing."""


@pytest.mark.parametrize(("route", "offers"), ROUTES.items())
def test_qualities_without_a_leading_zero_are_read(
    client: FlaskClient, route: str, offers: dict[str, str]
) -> None:
    response = client.get(route, headers={"Accept": JAVA})

    expected = "text/html" if "text/html" in offers else next(iter(offers))
    assert (response.status_code, response.mimetype) == (200, expected)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("text/csv;q=.3, text/tab-separated-values;q=.4", "text/tab-separated-values"),
        ("text/csv;q=1., text/tab-separated-values;q=.9", "text/csv"),
        ("text/csv; Q = .3, */*;q=0.", "text/csv"),
    ],
)
def test_qualities_without_a_digit_are_compared(client: FlaskClient, accept: str, chosen: str) -> None:
    assert client.get(SELECT, headers={"Accept": accept}).mimetype == chosen


def test_languages_and_codings_may_have_such_qualities_too(client: FlaskClient) -> None:
    page = client.get("/doc/state/japan.html", headers={"Accept-Language": "en;q=.1, ja;q=.9"})
    packed = client.get("/ontology.ttl", headers={"Accept-Encoding": "gzip;q=.5"})

    assert "<h1" in page.text
    assert "日本" in page.text.partition("<h1")[2].partition("</h1>")[0]
    assert packed.headers["Content-Encoding"] == "gzip"


def test_many_blanks_take_no_time(client: FlaskClient) -> None:
    began = time.process_time()
    response = client.get("/", headers={"Accept": f"text/html,a{' ' * 60_000}b"})

    assert response.mimetype == "text/html"
    assert time.process_time() - began < 2


# format= at the endpoint

QUERY = "SELECT * {?s a ?o} LIMIT 2"
GRAPH_QUERY = "CONSTRUCT {?s a ?o} {?s a ?o} LIMIT 2"


@pytest.mark.parametrize(
    ("query", "format_", "media"),
    [
        *[(QUERY, suffix, media) for media, suffix in RESULTS.items()],
        *[(QUERY, media, media) for media in RESULTS],
        *[(GRAPH_QUERY, suffix, media) for media, suffix in DOCUMENTS.items()],
        *[(GRAPH_QUERY, media, media) for media in DOCUMENTS],
        (GRAPH_QUERY, "json", "application/ld+json"),
        (GRAPH_QUERY, "xml", "application/rdf+xml"),
    ],
)
def test_format_chooses_the_type_of_a_result_whatever_accept_says(
    client: FlaskClient, query: str, format_: str, media: str
) -> None:
    given = {"query": query, "format": format_}

    assert client.get("/sparql", query_string=given, headers={"Accept": "image/png"}).mimetype == media
    assert client.post("/sparql", data=given).mimetype == media
    by_body = client.post(
        "/sparql", query_string={"format": format_}, data=query, content_type="application/sparql-query"
    )
    assert by_body.mimetype == media


@pytest.mark.parametrize(("query", "format_"), [(QUERY, "ttl"), (QUERY, "pdf"), (GRAPH_QUERY, "csv")])
def test_a_format_that_is_not_offered_is_a_bad_request_that_lists_those_that_are(
    client: FlaskClient, query: str, format_: str
) -> None:
    response = client.get("/sparql", query_string={"query": query, "format": format_})

    problem = json.loads(response.data)
    assert (response.status_code, problem["parameters"]) == (400, ["format"])
    assert ("csv" if query == QUERY else "ttl") in problem["detail"]


def test_suffix_of_the_address_wins_over_format(client: FlaskClient) -> None:
    assert client.get("/sparql.csv", query_string={"query": QUERY, "format": "json"}).mimetype == "text/csv"
