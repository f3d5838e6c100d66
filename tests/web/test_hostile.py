"""Values meant to do harm: they are shown as text, looked up as names, and lead nowhere."""

import json
import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

USUAL_ENGINES = ("embedded",)
SCRIPT = "<script>alert(1)</script>"
PAGE = {"Accept": "text/html"}
EVIL = {"base_url": "https://evil.example", "headers": {"X-Forwarded-Host": "evil.example"}}


def page(client: FlaskClient, path: str, **query: str) -> str:
    return client.get(path, query_string=query, headers=PAGE).get_data(as_text=True)


@pytest.mark.parametrize(
    "text",
    [
        f'"{SCRIPT}"',
        f'"{SCRIPT}"@en',
        '"x"^^<urn:&quot;&gt;&lt;b>',
        "<urn:x:%3Cscript%3E>",
        '<https://e.example/a"b>',
    ],
)
def test_term_in_a_result_page_stays_text(client: FlaskClient, text: str) -> None:
    assert SCRIPT not in page(client, "/sparql", query=f"SELECT ({text} AS ?x) {{}}")


def test_script_in_a_query_or_a_search_stays_text(client: FlaskClient) -> None:
    for path, name in (
        ("/sparql", "query"),
        ("/search", "q"),
        ("/describe", "uri"),
        ("/queries/expulsions", "x"),
    ):
        assert SCRIPT not in page(client, path, **{name: f'"{SCRIPT}'})


def test_query_cannot_close_the_box_it_is_shown_in(client: FlaskClient) -> None:
    shown = page(client, "/sparql", query=f"ASK {{}} # </textarea>{SCRIPT}")

    assert shown.count("</textarea>") == 1


@pytest.mark.parametrize(
    "iri",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x"],
)
def test_only_web_and_mail_addresses_become_links(client: FlaskClient, iri: str) -> None:
    shown = page(client, "/sparql", query=f"SELECT (IRI({json.dumps(iri)}) AS ?x) {{}}")

    assert iri in shown
    assert f'href="{iri}' not in shown


def test_address_outside_is_linked_without_trust(client: FlaskClient) -> None:
    shown = page(client, "/sparql", query="SELECT (<https://elsewhere.example/a> AS ?x) {}")

    assert '<a href="https://elsewhere.example/a" rel="external nofollow noopener"' in shown


@pytest.mark.parametrize(
    "path", ["/", "/sparql", "/queries", "/validate", "/docs", "/ontology.html", "/shapes.html"]
)
def test_page_holds_no_inline_script_or_style_and_nothing_from_elsewhere(
    client: FlaskClient, path: str
) -> None:
    shown = page(client, path)

    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", shown)
    assert not re.search(r'(src|<link[^>]* href)="(https?:)?//', shown)


@pytest.mark.parametrize(
    "path",
    [
        "/id/act/..%2f..%2f..%2fetc%2fpasswd",
        "/id/..%2f..%2fetc/passwd",
        "/doc/act/%00",
        "/doc/act/%0d%0aX-Evil:%201",
        "/id/act/%ff%fe",
        "/id/act/x%22%3E%3C",
        "/doc/act/%7B%7D",
        "/queries/..%2f..%2fsecret",
        "/queries/%00.rq",
        "/dumps/..%2fmanifest.json",
        "/dumps/%2e%2e%2fmanifest.json",
        "/static/..%2f__init__.py",
        "/graph/%0d%0a",
        "/vocab/%3Cscript%3E",
        "/rule/..%2f",
        "/problems/%0a",
        "/id//evil.example",
    ],
)
def test_strange_path_is_not_found_and_breaks_nothing(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert "X-Evil" not in response.headers
    assert "Location" not in response.headers
    assert json.loads(response.data)["type"] == "/problems/unknown-resource"


@pytest.mark.parametrize("uri", ["x", "", "\r\nX-Evil: 1", "a b", "<>", 'https://e.example/">', "\x00"])
def test_describe_refuses_what_is_no_iri(client: FlaskClient, uri: str) -> None:
    response = client.get("/describe", query_string={"uri": uri})

    assert response.status_code in {400, 404}
    assert "X-Evil" not in response.headers


def test_value_with_line_breaks_never_reaches_a_header(client: FlaskClient) -> None:
    value = quote("x\r\nX-Evil: 1")

    response = client.get(f"/queries/expulsions.csv?actor={value}")

    assert response.status_code < 500
    assert "X-Evil" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/id/act/japan-expels-eight-russians-2022-04",
        "/doc/act/japan-expels-eight-russians-2022-04.html",
        "/.well-known/void",
        "/sitemap.xml",
        "/robots.txt",
        "/openapi.json",
        "/nothing",
        "/queries/",
    ],
)
def test_host_of_the_request_is_never_repeated(client: FlaskClient, path: str) -> None:
    response = client.get(path, **EVIL)

    assert "evil.example" not in response.get_data(as_text=True)
    assert "evil.example" not in str(response.headers)


@pytest.mark.parametrize(
    "value", ['x"} UNION {?s ?p ?o} #', "<urn:x> } #", "\\", "'''", '"""', "${jndi:x}", "𝔘" * 500]
)
def test_search_takes_any_text_as_text(client: FlaskClient, value: str) -> None:
    response = client.get("/search", query_string={"q": value})

    assert response.status_code == 200
    assert json.loads(response.data)["results"]["bindings"] == []
