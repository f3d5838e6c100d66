"""What is there for reference and no source mentions: found and described, and counted nowhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import tiny_kb
from diplograph import repository
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web import canned, create_app
from diplograph.web.static_site import freeze

ENGINES = ("embedded",)
STATE_Z, Z = tiny_kb.STATE_Z, "/id/state/z"
UNMENTIONED = {"en": "No source mentions it yet", "ja": "どの出典にも", "ru": "ни в одном источнике"}
OFFERED = """\
#+     options: |
#+       PREFIX dg: <https://w3id.org/diplograph/ontology#>
#+       SELECT ?value WHERE { ?value a dg:State } ORDER BY ?value
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    root = tiny_kb.write_reference(tmp_path_factory.mktemp("kb"))
    query = tiny_kb.CANNED.replace("#+     multiple: true\n", OFFERED)
    (root / "queries/canned/acts.rq").write_text(query, encoding="utf-8")
    settings = Settings.resolve(root, environ={}, base_url="https://data.example.org", workers=1)
    with repository.load(settings) as loaded:
        yield loaded


@pytest.fixture(scope="module")
def client(published: Repository) -> FlaskClient:
    return create_app(published).test_client()


def reconciled(client: FlaskClient, text: str) -> list[dict]:
    answer = client.get("/reconcile", query_string={"queries": json.dumps({"q": {"query": text}})})
    return answer.json["q"]["result"]


@pytest.mark.parametrize("language", UNMENTIONED)
def test_thing_has_a_page_that_says_that_no_source_mentions_it(client: FlaskClient, language: str) -> None:
    answer = client.get(
        Z, headers={"Accept": "text/html", "Accept-Language": language}, follow_redirects=True
    )

    assert answer.status_code == 200
    assert UNMENTIONED[language] in answer.text


def test_page_of_what_a_source_mentions_says_nothing_of_it(client: FlaskClient) -> None:
    answer = client.get("/doc/state/x", headers={"Accept": "text/html"})

    assert UNMENTIONED["en"] not in answer.text


def test_first_page_counts_what_sources_mention(client: FlaskClient, published: Repository) -> None:
    figures = client.get("/", headers={"Accept": "application/json"}).json["figures"]
    left_out = published.release.manifest["unmentioned"]["triples"]

    asked = client.get("/sparql", query_string={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
    assert left_out > 0
    assert figures["triples"] == int(asked.json["results"]["bindings"][0]["n"]["value"]) - left_out


def test_site_map_lists_what_a_source_mentions(client: FlaskClient) -> None:
    listed = client.get("/sitemap.xml").text

    assert "/doc/state/x<" in listed
    assert "/doc/state/z<" not in listed


def test_static_site_has_no_page_of_it_and_no_link_there(published: Repository, tmp_path: Path) -> None:
    freeze(published, tmp_path / "site")
    pages = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*.html")}

    assert "doc/state/x.html" in pages
    assert "doc/state/z.html" not in pages
    assert not [name for name in pages if 'state/z.html"' in (tmp_path / "site" / name).read_text()]


def test_form_offers_values_that_a_source_mentions(published: Repository) -> None:
    parameter = published.queries["acts"].parameters["actor"]

    assert [one.value for one in canned.offered(published, parameter, ("en",))] == ["x", "y"]


def test_query_takes_it_and_answers_nothing(client: FlaskClient) -> None:
    answer = client.get("/queries/acts.json?actor=z")

    assert answer.status_code == 200
    assert answer.json["results"]["bindings"] == []


def test_search_finds_it_and_marks_it(client: FlaskClient) -> None:
    rows = client.get("/search?q=Zedland", headers={"Accept": "application/sparql-results+json"}).json
    page = client.get("/search?q=Zedland", headers={"Accept": "text/html"}).text

    found = [(row["thing"]["value"], row["mentioned"]["value"]) for row in rows["results"]["bindings"]]
    assert found == [(STATE_Z, "false")]
    assert "no source mentions it" in page


def test_code_is_told_with_its_scheme(client: FlaskClient) -> None:
    (found,) = reconciled(client, "ZZ")

    assert found["id"] == STATE_Z
    assert found["match"]
    assert found["description"].endswith("iso-3166-1-alpha-2 “ZZ”, no source mentions it")


def test_suggestions_have_it(client: FlaskClient) -> None:
    found = client.get("/reconcile/suggest/entity?prefix=Zed").json["result"]

    assert [one["id"] for one in found] == [STATE_Z]


@pytest.mark.parametrize("text", ["ZZ", "Zedland", "zedland", "Z"])
def test_query_takes_names_and_codes(client: FlaskClient, text: str) -> None:
    answer = client.get("/queries/acts.json", query_string={"actor": text})
    other = client.get("/queries/acts.json", query_string={"actor": "XX"})

    assert (answer.status_code, answer.json["results"]["bindings"]) == (200, [])
    assert [row["actor"]["value"] for row in other.json["results"]["bindings"]] == [STATE_Z[:-1] + "x"]
    assert client.get("/queries/acts", query_string={"actor": text}).status_code == 200


def test_query_tells_what_is_near_a_name_that_it_does_not_know(client: FlaskClient) -> None:
    answer = client.get("/queries/acts.json", query_string={"actor": "Zedlnd"})

    assert answer.status_code == 404
    assert "near: state:z" in answer.json["detail"]
