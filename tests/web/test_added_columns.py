"""Columns beside those of the query: labels in the languages asked for, and where the sources say it."""

import csv
import io
import json

import pytest
from flask.testing import FlaskClient

USUAL_ENGINES = ("embedded",)
EXPULSIONS = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
SELECT ?act ?actor ("x" AS ?text) WHERE { ?act a dg:Expulsion ; dg:actor ?actor } ORDER BY ?act"""
SPAN = "https://w3id.org/diplograph/id/span/"


def table(client: FlaskClient, address: str, **asked: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address, query_string=asked).get_data(as_text=True))))


def test_labels_stand_beside_the_things_in_the_first_language_that_has_one(client: FlaskClient) -> None:
    rows = table(client, "/sparql.csv", query=EXPULSIONS, _labels="ja,en")

    assert list(rows[0]) == ["act", "actLabel", "actor", "actorLabel", "text"]
    assert {row["actorLabel"] for row in rows} == {"日本", "ロシア"}
    found = json.loads(client.get("/sparql.json", query_string={"query": EXPULSIONS, "_labels": "ja"}).data)
    assert found["results"]["bindings"][0]["actorLabel"]["xml:lang"] == "ja"


def test_labels_of_the_query_itself_change_language_where_there_is_one(client: FlaskClient) -> None:
    claims = "/queries/claims-by-status.csv"
    plain, asked = (table(client, claims, **more) for more in ({}, {"_labels": "ja"}))

    assert [row["claimant"] for row in plain] == [row["claimant"] for row in asked]
    before = dict.fromkeys(row["claimantLabel"] for row in plain)
    after = dict.fromkeys(row["claimantLabel"] for row in asked)
    assert {"Japan", "Russia"} < before.keys()
    assert {"日本", "ロシア"} < after.keys()
    translated = {"Government of Japan", "Japan", "Russia", "Ukraine", "Yomiuri Shimbun"}
    assert before.keys() & after.keys() == before.keys() - translated


def test_evidence_of_each_row_names_document_and_characters(client: FlaskClient) -> None:
    rows = table(client, "/queries/reciprocal-expulsions.csv", _evidence="1")

    for row in rows:
        for column in ("firstEvidence", "secondEvidence"):
            for passage in row[column].split(" "):
                assert passage.startswith("https://w3id.org/diplograph/id/document/a")
                assert passage.partition("#char=")[2].replace(",", "").isdigit()


@pytest.mark.parametrize("ending", ["csv", "csv?_spreadsheet=1", "tsv", "xml", "json", "json?_labels=ja"])
def test_an_answer_has_the_evidence_of_its_rows_in_every_format(client: FlaskClient, ending: str) -> None:
    head, _, rows = client.get(f"/queries/claims-by-status.{ending}").get_data(as_text=True).partition(SPAN)

    assert "proposition" in head
    assert "evidence" in head
    assert SPAN in rows


@pytest.mark.parametrize("suffix", ["tsv", "xml", "json"])
def test_every_format_has_the_columns_and_says_when_rows_are_cut(client: FlaskClient, suffix: str) -> None:
    answer = client.get(f"/queries/sanctions.{suffix}?_evidence=1&_limit=2")

    assert answer.status_code == 200
    assert "measureEvidence" in answer.get_data(as_text=True)
    assert answer.headers["Result-Complete"] == "false"
    if suffix == "json":
        found = json.loads(answer.data)
        assert (found["head"]["complete"], len(found["results"]["bindings"])) == (False, 2)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/queries/sanctions.csv?_labels=en;ja", "_labels"),
        ("/queries/sanctions.csv?_evidence=yes", "_evidence"),
        ("/sparql.csv?_evidence=1&query=SELECT%20%2A%20%7B%7D", "_evidence"),
    ],
)
def test_what_cannot_be_added_is_refused_by_name(client: FlaskClient, address: str, name: str) -> None:
    answer = client.get(address)

    assert (answer.status_code, json.loads(answer.data)["parameters"]) == (400, [name])
