"""What the editor is given, files by suffix, and the query as a program."""

import csv
import html
import io
import json
import re
import shutil
import subprocess

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph

from diplograph.namespaces import PREFIXES
from diplograph.repository import Repository
from diplograph.web import editor
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


def test_labels_are_in_the_language_that_is_named_and_english_without(client: FlaskClient, offers: dict):
    named = json.loads(client.get("/editor.json?_lang=ja").data)
    unnamed = json.loads(client.get("/editor.json", headers={"Accept-Language": "ja"}).data)

    labels = {term["name"]: term["label"] for term in named["terms"]}
    assert labels["dg:Expulsion"] == "国外追放"
    assert unnamed == offers
    assert client.get("/editor.json?_lang=x,,").status_code == 400


def test_every_example_runs_as_it_is_offered(client: FlaskClient, offers: dict, published: Repository):
    long = {example["name"] for example in offers["examples"] if not example["is_short"]}
    assert long == set(published.queries)
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


def test_head_of_a_column_of_numbers_stands_on_the_right_as_they_do(client: FlaskClient):
    query = 'SELECT ?n ?word ?mixed { VALUES (?n ?word ?mixed) { (1 "a" 1) (UNDEF "b" "c") (2.5 "d" 2) } }'
    page = client.get("/sparql", query_string={"query": query}, headers=PAGE).text

    heads = re.findall(r'<th scope="col"( class="number")?>(\w+)</th>', page)
    assert [name for is_number, name in heads if is_number] == ["n"]
    assert len(heads) == 3
    canned = client.get("/queries/acts-between-states", headers=PAGE).text
    assert '<th scope="col" class="number" title="?' in canned


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


def test_short_examples_come_first_and_find_something(client: FlaskClient, offers: dict):
    short = [example["text"] for example in offers["examples"] if example["is_short"]]

    assert len(short) == 5
    assert [example["text"] for example in offers["examples"][:5]] == short
    assert [text for text in short if not table(client, text)] == []
    assert max(len(text.split("WHERE")[1].splitlines()) for text in short) <= 6
    page = client.get("/sparql", headers=PAGE).text
    assert page.index("Short queries to start from") < page.index("Questions to start from")


@pytest.mark.parametrize(
    ("query", "written", "meant"),
    [
        ("SELECT ?a { ?a dg:actr ?b }", "dg:actr", "dg:actor"),
        ("SELECT ?a { ?a a dg:Expulson }", "dg:Expulson", "dg:Expulsion"),
        ("ASK { ?a dg:actor <https://w3id.org/diplograph/id/state/japn> }", "/state/japn", "/state/japan"),
        ("SELECT (COUNT(*) AS ?n) { ?a dg:actor/dg:organOff ?b }", "dg:organOff", "dg:organOf"),
    ],
)
def test_name_that_no_triple_has_is_told_with_the_one_that_was_meant(
    client: FlaskClient, query: str, written: str, meant: str
):
    text = f"PREFIX dg: <https://w3id.org/diplograph/ontology#>\n{query}"
    page = html.unescape(client.get("/sparql", query_string={"query": text}, headers=PAGE).text)

    told = re.search(r"No triple has <code>(.*?)</code>; (.*?)\?</p>", page, re.DOTALL)
    assert told is not None
    assert written in told[1]
    mended = dict(re.findall(r'<a href="([^"]*)"><code>([^"]*?)</code></a>', told[2]))
    address = next(address for address, name in mended.items() if name.rstrip(">").endswith(meant))
    assert "No triple has" not in client.get(address, headers=PAGE).text


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?a { ?a dg:actor ?b FILTER(?b = xsd:date) } LIMIT 3",
        "CONSTRUCT { ?a dg:newHere ?b } { ?a dg:actor ?b } LIMIT 3",
        "SELECT ?a FROM dgg:a1 { GRAPH dgg:a1 { ?a a dg:Nothing\\-there } } LIMIT 3",
    ],
)
def test_name_is_not_told_where_it_is_there_or_is_being_made(client: FlaskClient, query: str):
    prefixes = "".join(
        f"PREFIX {name}: <{space}> " for name, space in PREFIXES.items() if name in ("dg", "dgg", "xsd")
    )
    answer = client.get("/sparql", query_string={"query": prefixes + query}, headers=PAGE)

    assert answer.status_code == 200
    assert re.findall(r"No triple has <code>(?!dg:Nothing)", answer.text) == []


def test_names_of_a_query_are_read_as_the_engine_reads_them():
    query = """PREFIX dg: <https://w3id.org/diplograph/ontology#> PREFIX x: <urn:x>
        # dg:comment
        SELECT * { ?s dg:actor "dg:string" ; x:other <https://w3id.org/diplograph/id/state/japan> }"""

    assert dict(editor.names_in(query)) == {
        "dg:actor": "https://w3id.org/diplograph/ontology#actor",
        "<https://w3id.org/diplograph/id/state/japan>": "https://w3id.org/diplograph/id/state/japan",
    }
