"""Canned queries over HTTP: list, form, result, text, parameters and their errors."""

import csv
import io
import json
import re

import pytest
from flask.testing import FlaskClient

from diplograph.repository import Repository

PAGE = {"Accept": "text/html"}


@pytest.fixture
def names(published: Repository) -> list[str]:
    return list(published.queries)


def test_list_names_every_query_with_its_parameters(client: FlaskClient, names: list[str]) -> None:
    listed = json.loads(client.get("/queries").data)

    assert [entry["name"] for entry in listed] == names
    assert all(entry["question"] or entry["summary"] for entry in listed)


@pytest.mark.slow
def test_every_query_answers_its_example_in_every_format(client: FlaskClient, published: Repository) -> None:
    failed = []
    for name, query in published.queries.items():
        suffixes = (
            ["csv", "tsv", "json", "xml", "html"]
            if query.form in {"select", "ask"}
            else ["ttl", "nt", "html"]
        )
        for suffix in suffixes:
            response = client.get(f"/queries/{name}.{suffix}", query_string=query.example_values())
            if response.status_code != 200:
                failed.append((name, suffix, response.status_code))

    assert failed == []


def test_reciprocal_expulsions_are_asserted_or_answered(client: FlaskClient) -> None:
    response = client.get("/queries/reciprocal-expulsions", headers={"Accept": "text/csv"})

    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
    assert {row["basis"] for row in rows} == {"asserted", "answered"}


def test_text_of_a_query_runs_at_the_endpoint(client: FlaskClient, names: list[str]) -> None:
    response = client.get(f"/queries/{names[0]}.rq")

    assert response.mimetype == "text/plain"
    assert client.post("/sparql", data={"query": response.get_data(as_text=True)}).status_code == 200


def test_page_shows_question_form_result_and_text(client: FlaskClient, published: Repository) -> None:
    query = published.queries["sanctions"]

    page = client.get("/queries/sanctions", headers=PAGE).get_data(as_text=True)

    assert query.summary in page
    assert all(f'name="{parameter}"' in page for parameter in query.parameters)
    assert page.index('href="/queries/sanctions.csv"') < page.index("<table")
    assert 'href="/queries/sanctions.rq"' in page
    assert 'href="/sparql?query=' in page


def test_table_of_a_page_shows_labels_as_links_and_lists_as_lists(client: FlaskClient) -> None:
    page = client.get("/queries/sanctions?imposer=japan", headers=PAGE).get_data(as_text=True)

    assert re.search(r'<th scope="col" title="\?measureType"><a href="[^"]+"[^>]*>Kind of measure</a>', page)
    assert "?imposerLabel" not in page.partition("<table")[2].partition("</table>")[0]
    assert (
        'href="/doc/state/japan" title="https://w3id.org/diplograph/id/state/japan" lang="en">Japan</a>'
        in page
    )
    whole = client.get("/queries/sanctions?imposer=japan&_columns=all", headers=PAGE).get_data(as_text=True)
    assert re.search(r'<li><a href="/doc/(evidence|span)/[^"]+"', whole)


def test_page_keeps_what_was_filled_in(client: FlaskClient) -> None:
    page = client.get("/queries/sanctions?imposer=japan", headers=PAGE).get_data(as_text=True)

    assert 'value="japan"' in page
    assert 'href="/queries/sanctions.csv?imposer=japan"' in page


def test_page_of_a_query_that_needs_a_value_shows_its_form(
    client: FlaskClient, published: Repository
) -> None:
    needing = [
        q
        for q in published.queries.values()
        if any(not (p.optional or p.default) for p in q.parameters.values())
    ]

    for query in needing:
        response = client.get(f"/queries/{query.name}", headers=PAGE)
        assert response.status_code == 200
        assert "<form" in response.get_data(as_text=True)


def test_value_left_empty_in_a_form_counts_as_left_out(client: FlaskClient) -> None:
    assert client.get("/queries/sanctions.csv?imposer=").data == client.get("/queries/sanctions.csv").data


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("nothing=1", "nothing"),
        ("imposer=person:x", "imposer"),
        ("_nothing=1", "_nothing"),
        ("_limit=x", "_limit"),
    ],
)
def test_parameter_that_cannot_be_taken_is_named(client: FlaskClient, query: str, parameter: str) -> None:
    response = client.get(f"/queries/sanctions?{query}")

    document = json.loads(response.data)
    assert (response.status_code, document["type"]) == (400, "/problems/invalid-parameter")
    assert document["parameters"] == [parameter]
    assert "xpected" in document["detail"]


@pytest.mark.parametrize(
    "value", ["mongolia", "state:mongolia", "https://w3id.org/diplograph/id/state/mongolia"]
)
def test_thing_that_nothing_matches_gives_no_rows(client: FlaskClient, value: str) -> None:
    response = client.get("/queries/sanctions.json", query_string={"imposer": value})

    assert json.loads(response.data)["results"]["bindings"] == []


@pytest.mark.parametrize("value", ["atlantis", "polity:japan", "https://example.org/japan"])
@pytest.mark.parametrize("suffix", ["", ".json", ".csv", ".svg", ".bib", ".csl.json"])
def test_value_that_names_nothing_is_not_found_in_any_format(
    client: FlaskClient, suffix: str, value: str
) -> None:
    address = f"/queries/sanctions{suffix}"
    response = client.get(address, query_string={"imposer": ["japan", value]})

    document = json.loads(response.data)
    assert (response.status_code, document["type"]) == (404, "/problems/unknown-resource")
    assert document["parameters"] == ["imposer"]
    assert repr(value) in document["detail"]
    assert response.headers["Cache-Control"] == "no-store"
    assert client.head(address, query_string={"imposer": value}).status_code == 404
    known = {"If-None-Match": "*"}
    assert client.get(address, query_string={"imposer": value}, headers=known).status_code == 404


def test_value_that_a_header_lists_need_not_be_in_the_data(
    client: FlaskClient, published: Repository
) -> None:
    for query in published.queries.values():
        for parameter in query.parameters.values():
            for option in parameter.options:
                given = {parameter.name: option.value}
                assert client.get(f"/queries/{query.name}.csv", query_string=given).status_code == 200


@pytest.mark.parametrize(
    "other",
    ["european-union", "polity:european-union", "https://w3id.org/diplograph/id/polity/european-union"],
)
def test_polity_that_is_no_state_is_a_side_like_any_other(client: FlaskClient, other: str) -> None:
    response = client.get("/queries/timeline.csv", query_string={"one": "russia", "other": other})

    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
    union = "https://w3id.org/diplograph/id/polity/european-union"
    assert len(rows) == len({row["act"] for row in rows}) == 3
    assert {row["target"] for row in rows} == {union}


def test_interface_says_that_a_value_may_name_nothing(client: FlaskClient, published: Repository) -> None:
    paths = json.loads(client.get("/openapi.json").data)["paths"]
    told = {
        name: "names nothing" in json.dumps(paths[f"/queries/{name}"]["get"]["responses"]["404"])
        for name in published.queries
    }

    assert told == {
        name: any(p.names_things for p in query.parameters.values())
        for name, query in published.queries.items()
    }


def test_cap_of_the_client_is_marked(client: FlaskClient) -> None:
    response = client.get("/queries/sanctions.json?_limit=1")

    assert response.headers["Result-Complete"] == "false"
    assert len(json.loads(response.data)["results"]["bindings"]) == 1


def test_time_limit_may_be_lowered(client: FlaskClient) -> None:
    assert client.get("/queries/sanctions.json?_timeout=5").status_code == 200
    assert client.get("/queries/sanctions.json?_timeout=0").status_code == 400


@pytest.mark.parametrize("name", ["sanctions.rq", "sanctions.html", "sanctions.bib", "sanctions.csv"])
def test_parameters_of_the_service_are_checked_in_every_format(client: FlaskClient, name: str) -> None:
    for parameter in ("_evidence", "_labels", "_lang", "_limit", "_rewrite", "_spreadsheet", "_timeout"):
        response = client.get(f"/queries/{name}?{parameter}=$")
        assert (response.status_code, response.get_json(force=True)["parameters"]) == (400, [parameter])


def test_query_has_a_second_at_least(client: FlaskClient) -> None:
    assert client.get("/queries/reciprocal-expulsions.json?_timeout=1e-300").status_code == 200


def test_form_of_a_closed_choice_offers_its_options(client: FlaskClient, published: Repository) -> None:
    for query in published.queries.values():
        for parameter in query.parameters.values():
            if parameter.options:
                page = client.get(f"/queries/{query.name}", headers=PAGE).get_data(as_text=True)
                assert f'<option value="{parameter.options[0].value}"' in page
