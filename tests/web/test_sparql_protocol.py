"""The SPARQL 1.1 Protocol: forms of request, dataset, limits, refusals."""

import csv
import gzip
import json
from io import BytesIO, StringIO

import pytest
from flask.testing import FlaskClient
from rdflib import Graph
from werkzeug.test import TestResponse

ASK = "ASK { ?s ?p ?o }"
SELECT = "SELECT ?s WHERE { ?s a <https://w3id.org/diplograph/ontology#Expulsion> } ORDER BY ?s"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"


def problem(response: TestResponse) -> dict[str, object]:
    assert response.mimetype == "application/problem+json"
    document = json.loads(response.data)
    assert document["status"] == response.status_code
    return document


def rows(response: TestResponse) -> list[dict[str, dict[str, str]]]:
    assert response.status_code == 200, response.data
    return json.loads(response.data)["results"]["bindings"]


def slug(response: TestResponse) -> str:
    return str(problem(response)["type"]).removeprefix("/problems/")


def test_query_by_get_answers_json_results(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": ASK})

    assert response.mimetype == "application/sparql-results+json"
    assert json.loads(response.data)["boolean"] is True


def test_query_by_form_and_as_the_body_itself_answer_alike(client: FlaskClient) -> None:
    by_get = client.get("/sparql", query_string={"query": SELECT})
    by_form = client.post("/sparql", data={"query": SELECT})
    by_body = client.post("/sparql", data=SELECT, content_type=QUERY)

    assert rows(by_get) == rows(by_form) == rows(by_body)


def test_charset_of_the_body_may_be_named(client: FlaskClient) -> None:
    assert client.post("/sparql", data=ASK, content_type=f"{QUERY}; charset=UTF-8").status_code == 200


def test_body_in_another_charset_is_refused(client: FlaskClient) -> None:
    response = client.post("/sparql", data=ASK.encode("utf-16"), content_type=f"{QUERY}; charset=utf-16")

    assert (response.status_code, slug(response)) == (415, "unsupported-media-type")


def test_body_that_is_not_utf8_is_a_bad_request(client: FlaskClient) -> None:
    assert client.post("/sparql", data=b"ASK { ?s ?p '\xff' }", content_type=QUERY).status_code == 400


def test_query_string_that_is_not_utf8_is_a_bad_request(client: FlaskClient) -> None:
    assert client.get("/sparql?query=%FF%FE").status_code == 400


@pytest.mark.parametrize(
    ("given", "status", "kind"),
    [
        ({"query": [ASK, ASK]}, 400, "bad-request"),
        ({"query": [ASK], "update": ["CLEAR ALL"]}, 400, "bad-request"),
        ({"update": ["CLEAR ALL"]}, 403, "update-disabled"),
        ({"other": ["x"]}, 400, "bad-request"),
        ({"query": [""]}, 400, "malformed-query"),
        ({"query": ["SELECT * WHERE { ?s ?p"]}, 400, "malformed-query"),
        ({"query": ["INSERT DATA { <urn:a> <urn:b> <urn:c> }"]}, 403, "update-disabled"),
        ({"query": ["LOAD <http://127.0.0.1/x>"]}, 403, "update-disabled"),
        ({"query": ["SELECT * { SERVICE <http://127.0.0.1/x> { ?s ?p ?o } }"]}, 403, "federation-disabled"),
        (
            {"query": [r"SELECT * { SER\u0056ICE <http://127.0.0.1/x> { ?s ?p ?o } }"]},
            403,
            "federation-disabled",
        ),
        ({"query": ["SELECT * " + "{" * 101 + "}" * 101]}, 400, "too-complex"),
        ({"query": [ASK + "#" * (64 << 10)]}, 413, "too-large"),
        ({"query": [ASK], "timeout": ["soon"]}, 400, "invalid-parameter"),
        ({"query": [ASK], "_timeout": ["-1"]}, 400, "invalid-parameter"),
        ({"query": [ASK], "_limit": ["many"]}, 400, "invalid-parameter"),
        ({"query": [ASK], "_rewrite": ["maybe"]}, 400, "invalid-parameter"),
        ({"query": [ASK], "default-graph-uri": ["not an IRI"]}, 400, "invalid-parameter"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_request_that_cannot_be_served_says_why(
    client: FlaskClient, method: str, given: dict[str, list[str]], status: int, kind: str
) -> None:
    send = {"query_string": given} if method == "GET" else {"data": given}

    response = client.open("/sparql", method=method, **send)

    assert (response.status_code, slug(response)) == (status, kind)


def test_update_sent_as_the_body_is_refused(client: FlaskClient) -> None:
    response = client.post("/sparql", data="CLEAR ALL", content_type="application/sparql-update")

    assert (response.status_code, slug(response)) == (403, "update-disabled")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "", "multipart/form-data; boundary=x"]
)
def test_body_of_another_type_is_415(client: FlaskClient, content_type: str) -> None:
    response = client.post("/sparql", data=ASK, content_type=content_type)

    assert (response.status_code, slug(response)) == (415, "unsupported-media-type")


def test_compressed_body_is_415(client: FlaskClient) -> None:
    body = gzip.compress(ASK.encode())

    response = client.post("/sparql", data=body, content_type=QUERY, headers={"Content-Encoding": "gzip"})

    assert (response.status_code, slug(response)) == (415, "unsupported-media-type")


def chunked(client: FlaskClient, body: bytes) -> TestResponse:
    """A request without Content-Length, as a server hands on a chunked body."""
    return client.open(
        "/sparql",
        method="POST",
        content_type=QUERY,
        input_stream=BytesIO(body),
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )


def test_chunked_body_within_the_limit_is_read_whole(client: FlaskClient) -> None:
    response = chunked(client, SELECT.encode() + b"\n#" + b"x" * 60_000)

    assert len(rows(response)) > 0


def test_chunked_body_over_the_limit_is_refused_and_never_cut(client: FlaskClient) -> None:
    response = chunked(client, ASK.encode() + b" " * (64 << 10))

    assert (response.status_code, slug(response)) == (413, "too-large")


def test_syntax_error_reports_line_and_column(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT ?s WHERE {\n  ?s ?p }"})

    position = problem(response)["position"]
    assert isinstance(position, dict)
    assert position["line"] == 2


def test_unknown_parameters_of_other_clients_are_ignored(client: FlaskClient) -> None:
    given = {"query": ASK, "format": "json", "output": "json", "results": "json"}

    assert client.get("/sparql", query_string=given).status_code == 200


# Dataset


COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
COUNT_NAMED = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
A1 = "https://w3id.org/diplograph/graph/a1"
A2 = "https://w3id.org/diplograph/graph/a2"


def number(client: FlaskClient, query: str, **dataset: object) -> int:
    response = client.get("/sparql", query_string={"query": query, **dataset})
    return int(rows(response)[0]["n"]["value"])


def test_default_graph_is_the_merge_of_the_named_graphs(client: FlaskClient) -> None:
    merged = number(
        client, "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }"
    )

    assert number(client, COUNT) == merged


def test_default_graph_uri_replaces_the_whole_dataset(client: FlaskClient) -> None:
    dataset = {"default-graph-uri": A1}

    assert number(client, COUNT, **dataset) == number(client, COUNT_NAMED, **{"named-graph-uri": A1})
    assert number(client, COUNT_NAMED, **dataset) == 0


def test_named_graph_uri_leaves_the_default_graph_empty(client: FlaskClient) -> None:
    assert number(client, COUNT, **{"named-graph-uri": A1}) == 0


def test_dataset_parameters_may_be_repeated(client: FlaskClient) -> None:
    both = number(client, COUNT_NAMED, **{"named-graph-uri": [A1, A2]})
    first = number(client, COUNT_NAMED, **{"named-graph-uri": A1})
    second = number(client, COUNT_NAMED, **{"named-graph-uri": A2})

    assert both == first + second


def test_dataset_of_the_request_overrides_from(client: FlaskClient) -> None:
    query = f"SELECT (COUNT(*) AS ?n) FROM <{A2}> WHERE {{ ?s ?p ?o }}"

    assert number(client, query, **{"default-graph-uri": A1}) == number(
        client, COUNT, **{"default-graph-uri": A1}
    )


def test_dataset_goes_with_a_query_sent_as_the_body(client: FlaskClient) -> None:
    response = client.post(
        "/sparql", data=COUNT_NAMED, content_type=QUERY, query_string={"named-graph-uri": A1}
    )

    assert int(rows(response)[0]["n"]["value"]) == number(client, COUNT_NAMED, **{"named-graph-uri": A1})


def test_relative_iris_are_resolved_against_the_public_address(client: FlaskClient) -> None:
    response = client.get(
        "/sparql", query_string={"query": "SELECT (<x> AS ?iri) {}"}, base_url="http://evil.example"
    )

    assert rows(response)[0]["iri"]["value"] == "https://data.example.org/x"


# Limits


def test_limit_that_cuts_marks_the_result_incomplete(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": SELECT, "_limit": 1})

    assert len(rows(response)) == 1
    assert response.headers["Result-Complete"] == "false"
    assert json.loads(response.data)["head"]["complete"] is False


def test_limit_that_does_not_cut_leaves_the_result_complete(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": SELECT, "_limit": 100000})

    assert response.headers["Result-Complete"] == "true"


@pytest.mark.slow
def test_query_past_its_time_is_stopped_and_says_its_limit(client: FlaskClient, engine_name: str) -> None:
    expected = (503, "query-timeout") if engine_name == "embedded" else (504, "engine-timeout")
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    response = client.get("/sparql", query_string={"query": query, "timeout": "0.5"})

    document = problem(response)
    assert (response.status_code, document["type"]) == (expected[0], f"/problems/{expected[1]}")
    assert {"limit", "elapsed"} <= document.keys()


def test_version_of_the_release_in_service_is_accepted(client: FlaskClient) -> None:
    release = json.loads(client.get("/version").data)["release"]

    assert client.get("/sparql", query_string={"query": ASK, "version": release[:8]}).status_code == 200
    assert client.get("/sparql", query_string={"query": ASK, "version": "0000000000"}).status_code == 404


# Without a query


def test_browser_without_a_query_gets_a_form(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    page = response.get_data(as_text=True)
    assert response.mimetype == "text/html"
    assert '<textarea id="query"' in page
    assert "PREFIX act: &lt;https://w3id.org/diplograph/id/act/&gt;" in page
    assert 'href="/queries/' in page


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples"]
)
def test_rdf_client_without_a_query_gets_the_service_description(client: FlaskClient, accept: str) -> None:
    response = client.get("/sparql", headers={"Accept": accept})

    assert response.mimetype == accept
    assert b"https://data.example.org/sparql" in response.data


@pytest.mark.parametrize("accept", [None, "*/*", "application/sparql-results+json"])
def test_other_client_without_a_query_is_told_that_it_is_missing(
    client: FlaskClient, accept: str | None
) -> None:
    response = client.get("/sparql", headers={"Accept": accept} if accept else {})

    assert (response.status_code, slug(response)) == (400, "bad-request")


def test_result_page_shows_a_table_and_keeps_the_query(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "text/html"})

    page = response.get_data(as_text=True)
    assert "<table>" in page
    assert 'href="/doc/act/' in page
    assert "SELECT ?s WHERE" in page


def test_query_may_ask_to_be_evaluated_as_it_is_written(client: FlaskClient) -> None:
    for how in ("on", "off"):
        response = client.get("/sparql", query_string={"query": ASK, "_rewrite": how})

        assert response.get_json()["boolean"] is True
        assert "rewritten" not in response.headers["Server-Timing"]


ALTERNATIVES = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
SELECT (COUNT(*) AS ?n) { ?act dg:actor|dg:actor|^dg:concerns ?state }"""
UNIONS = """PREFIX dg: <https://w3id.org/diplograph/ontology#> SELECT (COUNT(*) AS ?n)
{ { ?act dg:actor ?state } UNION { ?act dg:actor ?state } UNION { ?state dg:concerns ?act } }"""


def test_alternatives_of_a_path_count_as_often_as_a_union(client: FlaskClient) -> None:
    by_path = rows(client.get("/sparql", query_string={"query": ALTERNATIVES}))
    by_union = rows(client.get("/sparql", query_string={"query": UNIONS}))

    assert by_path == by_union
    assert int(by_path[0]["n"]["value"]) > 0


# what a format cannot say without quoting, or cannot say at all

QUOTED = """SELECT ?a ?b WHERE {
  VALUES (?a ?b) {
    (<http://dbpedia.org/resource/Paris,_Texas> "Paris, Texas"@en)
    (UNDEF "x,\\"y\\"\\r\\nz")
    (<urn:x:it's> "")
  }
}"""


def test_csv_quotes_whatever_the_engine_writes(client: FlaskClient) -> None:
    body = client.get("/sparql.csv", query_string={"query": QUOTED}).data

    assert body.startswith(b"a,b\r\n")
    assert sorted(csv.reader(StringIO(body.decode(), newline=""))) == [
        ["", 'x,"y"\r\nz'],
        ["a", "b"],
        ["http://dbpedia.org/resource/Paris,_Texas", "Paris, Texas"],
        ["urn:x:it's", ""],
    ]


@pytest.mark.parametrize(
    ("template", "named"),
    [
        ("<urn:a> <http://example.org/p(x)> 1", "<http://example.org/p(x)>"),
        ("<urn:a> <urn:uuid:1234> 1", "<urn:uuid:1234>"),
        (r'<urn:a> <http://example.org/p> "a\u0007b"', "U+0007"),
        (r'<urn:a> <http://example.org/p> "a\uFFFFb"', "U+FFFF"),
    ],
)
def test_a_graph_that_rdf_xml_cannot_hold_is_not_acceptable(
    client: FlaskClient, template: str, named: str
) -> None:
    query = f"CONSTRUCT {{ {template} }} WHERE {{}}"
    response = client.get("/sparql.rdf", query_string={"query": query})

    assert (response.status_code, slug(response)) == (406, "not-acceptable")
    assert named in problem(response)["detail"]
    assert "text/turtle" in problem(response)["hint"]
    assert client.get("/sparql.ttl", query_string={"query": query}).status_code == 200


def test_rdf_xml_gives_texts_back_as_they_are(client: FlaskClient) -> None:
    text = " a\rb\r\n\t<c> & \u0085 "
    query = r"""CONSTRUCT { <urn:a> <http://example.org/p> " a\rb\r\n\t<c> & \u0085 " } WHERE {}"""
    response = client.get("/sparql.rdf", query_string={"query": query})

    assert response.status_code == 200
    assert [str(term) for term in Graph().parse(data=response.data, format="xml").objects()] == [text]


# links that were made for other services


def test_a_link_made_for_another_service_is_answered(client: FlaskClient) -> None:
    link = {
        "default-graph-uri": "",
        "named-graph-uri": "",
        "query": SELECT,
        "format": "application/sparql-results+json",
        "timeout": "0",
        "debug": "on",
        "signal_void": "on",
    }
    plain = client.get("/sparql", query_string={"query": SELECT})

    assert rows(client.get("/sparql", query_string=link)) == rows(plain) != []
    assert rows(client.post("/sparql", data=link)) == rows(plain)


def test_a_graph_without_a_name_beside_one_with_a_name_is_not_there(client: FlaskClient) -> None:
    graph = "https://w3id.org/diplograph/graph/a1"
    both = {"query": SELECT, "default-graph-uri": ["", graph]}
    alone = {"query": SELECT, "default-graph-uri": graph}

    assert rows(client.get("/sparql", query_string=both)) == rows(client.get("/sparql", query_string=alone))


EMPTY = [
    "/queries/sanctions.csv?_labels=&_evidence=&_limit=&_timeout=&_rewrite=",
    "/graphs?default&_limit=&timeout=",
]


@pytest.mark.parametrize(
    "address", [*EMPTY, "/doc/state/japan?_profile=&_lang=", "/sparql?query=ASK%7B%7D&format="]
)
def test_a_field_that_a_form_sends_empty_counts_as_not_sent(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("timeout", [".5", "5.", "+5", "0.5e1"])
def test_a_time_is_read_as_people_and_programs_write_it(client: FlaskClient, timeout: str) -> None:
    assert client.get("/sparql", query_string={"query": "ASK {}", "timeout": timeout}).status_code == 200


@pytest.mark.parametrize("timeout", ["", "0", "0.0", "0e5"])
def test_no_time_limit_asked_for_is_the_service_s_own(client: FlaskClient, timeout: str) -> None:
    assert client.get("/sparql", query_string={"query": "ASK {}", "timeout": timeout}).status_code == 200


@pytest.mark.parametrize("timeout", ["-1", "x", "nan"])
def test_timeout_that_is_no_time_is_a_bad_request(client: FlaskClient, timeout: str) -> None:
    assert client.get("/sparql", query_string={"query": ASK, "timeout": timeout}).status_code == 400
