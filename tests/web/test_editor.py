"""What the editor is given, files by suffix, and the query as a program."""

import csv
import io
import json
import re
import shutil
import subprocess

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph

from diplograph.repository import Repository
from diplograph.web.sparql import mark, programs

USUAL_ENGINES = ("embedded",)
PAGE = {"Accept": "text/html"}
QUERY = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
SELECT ?act ?state WHERE { ?act a dg:Expulsion ; dg:actor ?state } ORDER BY ?act"""
GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3"


def table(client: FlaskClient, query: str) -> list[dict[str, str]]:
    answer = client.post("/sparql", data={"query": query}, headers={"Accept": "text/csv"})
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.fixture
def offers(client: FlaskClient) -> dict:
    return json.loads(client.get("/editor.json").data)


def test_terms_in_use_are_offered_with_label_meaning_and_count(client: FlaskClient, offers: dict):
    terms = {term["name"]: term for term in offers["terms"]}
    uses = len(table(client, QUERY))

    assert terms["dg:Expulsion"] | {"note": ""} == {
        "name": "dg:Expulsion", "kind": "class", "label": "expulsion", "note": "", "uses": uses,
    }  # fmt: skip
    assert terms["dg:actor"]["kind"] == "property"
    assert terms["dg:Expulsion"]["note"]


def test_every_example_runs_as_it_is_offered(client: FlaskClient, offers: dict, published: Repository):
    assert {example["name"] for example in offers["examples"]} == set(published.queries)
    for example in offers["examples"]:
        assert client.post("/sparql", data={"query": example["text"]}).status_code == 200, example["name"]


@pytest.mark.parametrize(("suffix", "start"), [("csv", b"act,state\r\n"), ("tsv", b"?act\t?state\n")])
def test_result_is_a_file_by_its_suffix(client: FlaskClient, suffix: str, start: bytes):
    answer = client.get(f"/sparql.{suffix}", query_string={"query": QUERY}, headers=PAGE)

    assert answer.data.startswith(start)


def test_suffix_of_another_kind_of_result_is_unknown(client: FlaskClient):
    assert client.get("/sparql.ttl", query_string={"query": QUERY}).status_code == 404
    assert client.get("/sparql.csv").status_code == 400
    turtle = client.get("/sparql.ttl", query_string={"query": GRAPH}).data
    assert len(Graph().parse(data=turtle, format="turtle")) == 3


def test_table_shows_things_by_their_labels(client: FlaskClient):
    page = client.get("/sparql", query_string={"query": QUERY}, headers=PAGE).get_data(as_text=True)

    title = 'title="https://w3id.org/diplograph/id/state/japan"'
    assert re.search(rf'<a href="/doc/state/japan" {title}[^>]*>Japan</a>', page)


def test_word_that_ends_a_here_document_is_no_line_of_the_query():
    assert mark(["SELECT", "SPARQL", "SPARQL1"]) == "SPARQL2"


@pytest.mark.parametrize("form", ["select", "ask", "construct"])
def test_programs_hold_the_query_whatever_is_in_it(app: Flask, form: str):
    query = "SELECT * {\r\n ?s ?p '''</pre>\n\"\\\\ 日本 \U0001f1ef'''@ja }\nSPARQL"

    with app.test_request_context():
        found = dict(programs("https://data.example.org/sparql", query, form))

    compile(found["Python"], "program", "exec")
    assert "<<'SPARQL1'" in found["curl"]
    if node := shutil.which("node"):
        checked = subprocess.run(
            [node, "--check", "--input-type=module", "-"], input=found["JavaScript"].encode(), check=False
        )
        assert checked.returncode == 0


def test_python_program_sends_the_same_query(app: Flask, client: FlaskClient):
    with app.test_request_context():
        text = dict(programs("https://data.example.org/sparql", QUERY, "select"))["Python"]
    found: dict = {}
    exec(text.partition("headers =")[0], found)

    assert table(client, found["query"]) == table(client, QUERY) != []
