"""Short links: a query kept under the hash of what it holds, in a folder that replicas may share."""

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from diplograph.publication import Publication
from diplograph.shortlinks import Link, ShortLinks
from diplograph.web import create_app

USUAL_ENGINES = ("embedded",)
QUERY = "SELECT * WHERE { ?s ?p '日本 & <b>' } LIMIT 1"
SPARQL = {"Content-Type": "application/sparql-query"}
Serve = Callable[..., FlaskClient]


@pytest.fixture
def serve(published: Publication, tmp_path: Path) -> Serve:
    """Makes a service that keeps its links in the folder `links`, a replica of those made before."""

    def served(**settings: int) -> FlaskClient:
        kept = replace(published.settings, links=tmp_path / "links", **settings)
        return create_app(replace(published, settings=kept)).test_client()

    return served


def test_link_leads_to_the_editor_with_the_query_and_the_release(
    serve: Serve, published: Publication
) -> None:
    made = serve().post("/q", data=QUERY.encode(), headers=SPARQL)
    address = json.loads(made.data)["address"]
    followed = serve().get(address)

    assert (made.status_code, made.headers["Location"]) == (201, address)
    assert followed.status_code == 303
    location = urlsplit(followed.headers["Location"])
    fields = {name: values[0] for name, values in parse_qs(location.fragment).items()}
    packed = base64.urlsafe_b64decode(fields["query"] + "=" * (-len(fields["query"]) % 4))
    assert location.path == "/sparql"
    assert zlib.decompress(packed, -zlib.MAX_WBITS).decode() == QUERY
    assert fields["release"] == published.release.name


def test_program_gets_the_query_itself(serve: Serve) -> None:
    address = json.loads(serve().post("/q", data={"query": QUERY}).data)["address"]

    found = serve().get(address, headers={"Accept": "application/sparql-query"})

    assert (found.status_code, found.mimetype) == (200, "application/sparql-query")
    assert found.get_data(as_text=True) == QUERY
    assert found.headers["Vary"].startswith("Accept")


def test_same_query_has_the_same_address_and_another_release_another(serve: Serve) -> None:
    first, second = (serve().post("/q", data=QUERY.encode(), headers=SPARQL) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["Location"] == second.headers["Location"]
    assert Link(QUERY, "a" * 16).name != Link(QUERY, "b" * 16).name


@pytest.mark.parametrize(
    ("sent", "status", "slug"),
    [
        (b"SELECT * { ?s ?p ?o } #" + b"x" * 70_000, 413, "too-large"),
        (b"DELETE WHERE { ?s ?p ?o }", 403, "update-disabled"),
        (b"SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", 403, "federation-disabled"),
        (b"no query", 400, "malformed-query"),
    ],
)
def test_what_the_endpoint_refuses_is_not_kept(
    serve: Serve, tmp_path: Path, sent: bytes, status: int, slug: str
) -> None:
    answer = serve().post("/q", data=sent, headers=SPARQL)

    assert (answer.status_code, json.loads(answer.data)["type"]) == (status, f"/problems/{slug}")
    assert not (tmp_path / "links").exists()


def test_number_of_links_is_bounded(serve: Serve) -> None:
    few = serve(max_links=1)
    kept = few.post("/q", data=QUERY.encode(), headers=SPARQL)
    refused = few.post("/q", data=b"ASK {}", headers=SPARQL)
    again = few.post("/q", data=QUERY.encode(), headers=SPARQL)

    assert [kept.status_code, refused.status_code, again.status_code] == [201, 507, 200]
    assert json.loads(refused.data)["limit"] == 1


@pytest.mark.parametrize("name", ["0" * 20, "..%2f..%2fetc%2fpasswd", "x"])
def test_unknown_link_is_not_found(serve: Serve, name: str) -> None:
    assert serve().get(f"/q/{name}").status_code == 404


def test_link_that_was_changed_on_disk_is_not_given(tmp_path: Path) -> None:
    links, link = ShortLinks(tmp_path, 9), Link(QUERY, "a" * 16)
    links.keep(link)
    [path] = tmp_path.iterdir()
    path.write_text(path.read_text("utf-8").replace("日本", "中国"), "utf-8")

    assert links.find(link.name) is None
    assert links.keep(link)
    assert links.find(link.name) == link


def test_service_without_a_folder_says_so(client: FlaskClient) -> None:
    for answer in (client.get(f"/q/{'0' * 20}"), client.post("/q", data=b"ASK {}", headers=SPARQL)):
        problem = json.loads(answer.data)
        assert (answer.status_code, problem["type"]) == (404, "/problems/short-links-disabled")
        assert "--links DIR" in problem["hint"]
    assert b"data-short-links" not in client.get("/sparql", headers={"Accept": "text/html"}).data


def test_editor_knows_that_there_are_short_links(serve: Serve) -> None:
    assert b"data-short-links" in serve().get("/sparql", headers={"Accept": "text/html"}).data
