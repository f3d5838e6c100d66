"""Errors: the same members always, in the form the client can read, with nothing of the inside."""

import json
import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from diplograph.errors import problem_types
from diplograph.repository import Repository
from diplograph.web import create_app, request_parsing

MEMBERS = {
    "type",
    "title",
    "status",
    "detail",
    "position",
    "hint",
    "parameters",
    "limit",
    "elapsed",
    "request_id",
}
BROKEN = "/sparql?query=SELECT%20"
FAILING = [
    "/nothing",
    "/id/act/nothing",
    "/doc/act/nothing",
    "/doc/nonsense/x",
    "/queries/nothing",
    BROKEN,
    "/describe",
]


@pytest.mark.parametrize("path", FAILING)
def test_problem_has_just_the_members_promised(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    document = json.loads(response.data)

    assert response.mimetype == "application/problem+json"
    assert document.keys() <= MEMBERS
    assert {"type", "title", "status", "detail", "request_id"} <= document.keys()
    assert document["status"] == response.status_code


@pytest.mark.parametrize("path", FAILING)
def test_type_of_a_problem_is_a_page_that_exists(client: FlaskClient, path: str) -> None:
    kind = json.loads(client.get(path).data)["type"]

    page = client.get(kind, headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert "cure" in page.get_data(as_text=True)


@pytest.mark.parametrize("slug", problem_types())
def test_every_kind_of_problem_has_its_page(client: FlaskClient, slug: str) -> None:
    document = json.loads(client.get(f"/problems/{slug}").data)

    assert document["meaning"]
    assert document["cure"]


def test_client_that_takes_only_text_gets_the_facts_as_text(client: FlaskClient) -> None:
    response = client.get(BROKEN, headers={"Accept": "text/plain, */*;q=0.1"})

    text = response.get_data(as_text=True)
    assert (response.status_code, response.mimetype) == (400, "text/plain")
    assert "detail: " in text
    assert "position.line: " in text


SLIP = "/sparql?query=SELECT%20*%20{%0A%20?s%20a%20?t%0A%20?s%20?p%20?o%20}"


def test_syntax_error_as_text_shows_the_line_and_a_caret(client: FlaskClient) -> None:
    text = client.get(SLIP, headers={"Accept": "text/plain, */*;q=0.1"}).get_data(as_text=True)

    assert "line 3, column 2" in text
    assert "hint: Put a full stop between two triples." in text
    assert text.endswith("\n     ?s ?p ?o }\n     ^\n")


def test_syntax_error_as_a_page_shows_the_line_and_a_caret(client: FlaskClient) -> None:
    page = client.get(SLIP, headers={"Accept": "text/html"}).get_data(as_text=True)

    assert "> ?s ?p ?o }\n ^</pre>" in page
    assert "Put a full stop between two triples." in page


def test_syntax_error_as_json_has_position_and_hint(client: FlaskClient) -> None:
    document = json.loads(client.get(SLIP).data)

    assert document["position"] == {"line": 3, "column": 2}
    assert document["hint"] == "Put a full stop between two triples."
    assert document.keys() <= MEMBERS


def test_browser_gets_a_page(client: FlaskClient) -> None:
    response = client.get("/queries/nothing", headers={"Accept": "text/html,*/*;q=0.8"})

    assert (response.status_code, response.mimetype) == (404, "text/html")


def test_client_that_takes_no_form_of_a_problem_gets_json(client: FlaskClient) -> None:
    response = client.get("/id/act/nothing", headers={"Accept": "text/turtle"})

    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/queries/reciprocal-expulsion", "reciprocal-expulsions"),
        ("/doc/state/japn", "japan"),
        ("/id/state/japn", "japan"),
        ("/problems/bussy", "busy"),
    ],
)
def test_unknown_name_comes_with_near_ones(client: FlaskClient, path: str, near: str) -> None:
    document = json.loads(client.get(path).data)

    assert (document["status"], document["type"]) == (404, "/problems/unknown-resource")
    assert near in document["hint"]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/doc/state/jpan", "/doc/state/japan"),
        ("/id/person/japan", "/doc/state/japan"),
        ("/doc/state/fumio-kishda", "/doc/person/fumio-kishida"),
        ("/vocab/carried_out", "/vocab/carried-out"),
        ("/graph/a11", "/graph/a1"),
        ("/queries/expulsion", "/queries/expulsions"),
        ("/problems/bussy", "/problems/busy"),
        ("/dumps/diplograph.nq", "/dumps/diplograph.nq.gz"),
        ("/ontology/Actt", "/ontology#Act"),
        ("/shapes/Acct", "/shapes#Act"),
        ("/serch", "/search"),
    ],
)
def test_page_of_an_unknown_name_links_what_is_near_and_has_the_search(
    client: FlaskClient, path: str, near: str
) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    page = response.get_data(as_text=True)

    assert response.status_code == 404
    assert f'<a href="{near}"' in page.partition('<h2 id="near">')[2]
    words = " ".join(re.findall(r"[a-z]+", path.rpartition("/")[2].lower()))
    assert words.split()[0] in re.search(r'name="q" type="search" value="([^"]*)"', page)[1].lower()  # type: ignore[index]


def test_wrong_name_of_a_query_comes_with_near_ones_alone(client: FlaskClient) -> None:
    near = client.get("/queries/expulsion", headers={"Accept": "text/html"}).get_data(as_text=True)
    nothing = json.loads(client.get("/queries/qqqq").data)

    assert set(re.findall(r'<a href="/queries/([^"]+)"', near)) == {"expulsions", "reciprocal-expulsions"}
    assert nothing["hint"] == "/queries lists all of them."


def test_error_that_has_nothing_near_promises_nothing(client: FlaskClient) -> None:
    assert "near" not in json.loads(client.get("/id/state/qqqq").data)["hint"].lower()


@pytest.mark.parametrize(("name", "place"), [("ontology/Act", "#Act"), ("shapes/Act", "#Act")])
@pytest.mark.parametrize(("accept", "suffix"), [("text/html", "html"), ("text/turtle", "ttl")])
def test_address_of_a_term_leads_to_its_place_in_the_whole(
    client: FlaskClient, name: str, place: str, accept: str, suffix: str
) -> None:
    response = client.get(f"/{name}", headers={"Accept": accept})

    document = name.partition("/")[0]
    assert (response.status_code, response.headers["Location"]) == (303, f"/{document}.{suffix}{place}")
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_method_that_is_not_possible_names_those_that_are(client: FlaskClient, method: str) -> None:
    response = client.open("/queries", method=method)

    assert (response.status_code, json.loads(response.data)["type"]) == (405, "/problems/method-not-allowed")
    assert "GET" in response.headers["Allow"]


def test_unforeseen_fault_tells_nothing_of_the_inside(
    published: Repository, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(published)

    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError("secret at /some/path")

    response = app.test_client().get("/broken")

    document = json.loads(response.data)
    assert (response.status_code, document["type"]) == (500, "/problems/internal-error")
    assert "secret" not in response.get_data(as_text=True)
    assert document["request_id"] in caplog.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"


LONG = "a" * 60_000


@pytest.mark.parametrize("accept", ["application/problem+json", "text/plain", "text/html"])
@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/sparql", {"query": f"ASK {{ {LONG} }}"}),
        ("/sparql", {"query": f"SELECT ?{LONG} {{ ?s ?p ?o }} GROUP BY ?s"}),
        ("/sparql", {"query": f"ASK {{ ?s ?p '{'a ' * 30_000}' '{'a ' * 1_000}' }}"}),
        ("/queries/expulsions", {LONG: "1"}),
        ("/describe", {"uri": f"urn:{LONG}"}),
        (f"/id/state/{LONG}", {}),
    ],
)
def test_what_was_sent_is_quoted_no_longer_than_it_takes_to_know_it(
    client: FlaskClient, accept: str, path: str, query: dict[str, str]
) -> None:
    response = client.get(path, query_string=query, headers={"Accept": accept})

    assert response.status_code >= 400
    assert len(response.data) < 4_000
    assert response.get_data(as_text=True).count("a" * 100) <= 4


class Body:
    """A body of any length that comes at a pace, and counts what was read of it."""

    def __init__(self, pause: float) -> None:
        self.pause, self.given = pause, 0

    def read(self, size: int) -> bytes:
        assert size <= request_parsing.SIP
        time.sleep(self.pause)
        self.given += size
        return bytes(size)


UNREAD = {
    "GET /version": 200,
    "POST /nothing": 404,
    "PUT /graphs": 401,
    "PUT /sparql": 405,
    "POST /reconcile": 415,
}


@pytest.mark.parametrize("request_line", UNREAD)
@pytest.mark.parametrize(("length", "pause"), [(200 << 10, 0.2), (1 << 30, 0)], ids=["slow", "long"])
def test_body_that_nobody_wants_is_read_but_not_for_long(
    app: Flask, request_line: str, length: int, pause: float
) -> None:
    method, path = request_line.split()
    body, began = Body(pause), time.monotonic()
    sent = {"wsgi.input": body, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": "text/plain"}
    response = app.test_client().open(path, method=method, environ_overrides=sent)

    assert response.status_code == UNREAD[request_line]
    assert 0 < body.given <= request_parsing.DRAIN
    assert time.monotonic() - began < request_parsing.DRAIN_SECONDS + 1


def test_every_refusal_names_its_request(app: Flask) -> None:
    names = {json.loads(app.test_client().get("/nothing").data)["request_id"] for _ in range(3)}

    assert len(names) == 3
