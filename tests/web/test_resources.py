"""Linked data: every name leads in one redirect to a document that speaks about it."""

import json
from collections.abc import Iterable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from rdflib.term import Node

from diplograph.repository import Repository

BASE = "https://w3id.org/diplograph/"
ACT = "act/japan-expels-eight-russians-2022-04"
EVERY_IRI = """
SELECT DISTINCT ?iri WHERE {
  { ?iri ?p ?o } UNION { ?s ?p ?iri } UNION { ?s ?iri ?o } UNION { GRAPH ?iri { ?s ?p ?o } }
  FILTER(isIRI(?iri) && STRSTARTS(STR(?iri), "https://w3id.org/diplograph/"))
} ORDER BY ?iri
"""
SAMPLE = 60


def every_iri(client: FlaskClient) -> list[str]:
    response = client.post("/sparql", data={"query": EVERY_IRI})
    return [row["iri"]["value"] for row in json.loads(response.data)["results"]["bindings"]]


def address(iri: str) -> str:
    return "/" + quote(iri.removeprefix(BASE).partition("#")[0])


def unreachable(client: FlaskClient, iris: Iterable[str]) -> list[str]:
    """The IRIs that do not lead, by at most one redirect, to Turtle that mentions them."""
    documents: dict[str, set[Node]] = {}
    missing = []
    for iri in iris:
        path = address(iri)
        if path not in documents:
            documents[path] = terms_at(client, path)
        if URIRef(iri) not in documents[path]:
            missing.append(iri)
    return missing


def terms_at(client: FlaskClient, path: str) -> set[Node]:
    """The terms of the Turtle that an address leads to; none where it leads to something else."""
    response = client.get(path, headers={"Accept": "text/turtle"})
    if response.status_code == 303:
        response = client.get(response.headers["Location"])
    if response.status_code != 200 or response.mimetype != "text/turtle":
        return set()
    return {term for triple in Graph().parse(data=response.data, format="turtle") for term in triple}


def test_name_redirects_once_and_straight_to_the_right_format(client: FlaskClient) -> None:
    response = client.get(f"/id/{ACT}", headers={"Accept": "text/turtle"})

    assert response.status_code == 303
    assert response.headers["Location"] == f"/doc/{ACT}.ttl"
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/html,*/*;q=0.8", "html"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml", "rdf"),
        ("application/n-triples", "nt"),
        ("*/*", "ttl"),
    ],
)
@pytest.mark.parametrize(
    ("name", "target"),
    [(f"id/{ACT}", f"doc/{ACT}"), ("graph/a1", "graph/a1"), ("vocab/realisation", "vocab/realisation")],
)
def test_redirect_names_the_suffix_of_the_type_asked_for(
    client: FlaskClient, name: str, target: str, accept: str, suffix: str
) -> None:
    response = client.get(f"/{name}", headers={"Accept": accept})

    assert (response.status_code, response.headers["Location"]) == (303, f"/{target}.{suffix}")


def test_redirect_refuses_what_it_could_not_serve(client: FlaskClient) -> None:
    assert client.get(f"/id/{ACT}", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    "path",
    [
        "/id/act/nothing",
        "/id/nonsense/x",
        "/doc/act/nothing.ttl",
        "/vocab/nothing",
        "/graph/nothing",
        "/rule/nothing",
    ],
)
def test_unknown_name_is_404_before_and_after_the_redirect(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # rdflib's own JSON-LD reader
@pytest.mark.parametrize(("suffix", "syntax"), [("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld")])
@pytest.mark.parametrize("path", [f"/doc/{ACT}", "/graph/meta", "/vocab/realisation", "/vocab"])
def test_every_format_says_the_same(client: FlaskClient, path: str, suffix: str, syntax: str) -> None:
    turtle = Graph().parse(data=client.get(f"{path}.ttl").data, format="turtle")
    other = Graph().parse(data=client.get(f"{path}.{suffix}").data, format=syntax)

    assert len(turtle) > 0
    assert set(other) == set(turtle)


def test_document_says_what_points_at_the_thing(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/doc/state/japan.ttl").data, format="turtle")
    japan = URIRef(f"{BASE}id/state/japan")

    assert len(set(graph.subjects(None, japan))) > 10


def test_page_shows_label_types_facts_evidence_and_origin(client: FlaskClient) -> None:
    page = client.get(f"/doc/{ACT}.html").get_data(as_text=True)

    assert "<h1>Japan expels eight Russian officials</h1>" in page
    assert 'href="/ontology#Expulsion"' in page
    assert 'href="/doc/state/russia"' in page
    assert '<h2 id="evidence">Evidence</h2>' in page
    assert 'href="/doc/document/a1"' in page
    assert '<span class="inferred"><a href="/graph/closure"' in page
    assert "<h2>What points here</h2>" in page
    assert 'rel="alternate" type="text/turtle"' in page


def test_page_shows_dates_where_time_spans_have_no_label(client: FlaskClient) -> None:
    page = client.get(f"/doc/{ACT}.html").get_data(as_text=True)

    assert (
        'href="/doc/time/a1-japan-expels" title="[2022-04-01..2022-04-26]" lang="en">'
        "between 1 and 26 April 2022<" in page
    )


def test_label_in_another_language_carries_its_tag(client: FlaskClient) -> None:
    assert '<span lang="ja">' in client.get("/doc/state/japan.html").get_data(as_text=True)


@pytest.mark.parametrize(
    "iri", [f"{BASE}id/{ACT}", f"{BASE}ontology#actor", "http://www.w3.org/2004/02/skos/core#Concept"]
)
def test_any_iri_of_the_graph_can_be_described(client: FlaskClient, iri: str) -> None:
    response = client.get("/describe", query_string={"uri": iri})

    assert any(URIRef(iri) in triple for triple in Graph().parse(data=response.data, format="turtle"))


def test_iri_that_the_graph_does_not_mention_is_unknown(client: FlaskClient) -> None:
    assert client.get("/describe", query_string={"uri": "https://elsewhere.example/x"}).status_code == 404


def test_describe_takes_one_iri(client: FlaskClient) -> None:
    assert client.get("/describe?uri=urn:a&uri=urn:b").status_code == 400


@pytest.mark.slow
def test_sample_of_iris_leads_to_turtle_that_mentions_them(client: FlaskClient) -> None:
    iris = every_iri(client)

    assert unreachable(client, iris[:: max(1, len(iris) // SAMPLE)]) == []


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_iri_that_a_source_mentions_leads_to_turtle_that_mentions_it(
    client: FlaskClient, published: Repository, engine_name: str
) -> None:
    if engine_name != "embedded":
        pytest.skip("a sample is walked on the other engines")
    rest = sorted(published.unmentioned)
    wanted = [iri for iri in every_iri(client) if iri not in published.unmentioned]

    assert unreachable(client, [*wanted, *rest[:: max(1, len(rest) // SAMPLE)]]) == []


@pytest.mark.parametrize("query", ["_lang=$", "_profile=$"])
def test_parameters_of_a_document_are_checked_in_every_format(client: FlaskClient, query: str) -> None:
    for suffix in ("html", "ttl"):
        assert client.get(f"/doc/state/japan.{suffix}?{query}").status_code == 400
