"""What a script or a notebook gets from a client, whichever kind of source it has."""

from datetime import date
from pathlib import Path

import httpx
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic

from diplograph.client.access import Client
from diplograph.errors import (
    EngineUnavailable,
    FederationDisabled,
    InvalidParameter,
    MalformedQuery,
    UnknownResource,
)
from diplograph.queries import CannedQuery
from diplograph.release import Release

PREFIXES = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> """
ACTS = PREFIXES + "SELECT ?act WHERE { ?act a dg:Act } ORDER BY ?act"
STATE = "https://w3id.org/diplograph/id/state/"
pytestmark = pytest.mark.slow


def test_rows_are_terms_and_name_the_release_they_come_from(client: Client, built: Release) -> None:
    table = client.query(PREFIXES + "SELECT ?s ?n WHERE { ?s a dg:State ; rdfs:label ?n } ORDER BY ?s ?n")
    assert table.variables == ("s", "n")
    assert {URIRef(STATE + "japan"), URIRef(STATE + "russia")} <= {row["s"] for row in table}
    assert Literal("Japan", lang="en") in {row["n"] for row in table}
    assert table.release == client.release == built.name
    assert table.complete


def test_a_limit_that_cuts_is_told(client: Client) -> None:
    assert not client.query(ACTS, limit=3).complete
    assert len(client.query(ACTS, limit=3)) == 3
    assert client.query(ACTS, limit=10_000).complete


def test_canned_query_answers_with_both_pairs_and_takes_names_iris_and_dates(client: Client) -> None:
    pairs = client.run("reciprocal-expulsions", state="japan")
    assert {str(row["basis"]) for row in pairs} == {"asserted", "answered"}
    assert client.run("reciprocal-expulsions", state=URIRef(STATE + "japan")).rows == pairs.rows
    assert client.run("reciprocal-expulsions", state=["japan"], only=None).rows == pairs.rows
    assert 0 < len(client.run("expulsions", from_=date(2022, 9, 1))) < len(client.run("expulsions"))


def test_every_canned_query_becomes_a_frame(client: Client, root: Path) -> None:
    for path in sorted((root / "queries" / "canned").glob("*.rq")):
        examples = CannedQuery.read(path).example_values()
        table = client.run(path.stem, limit=5, **examples)
        assert table.variables
        assert len(table.to_polars()) == len(table) <= 5


def test_pages_together_are_the_whole_result(client: Client) -> None:
    whole = client.query(ACTS).rows
    pages = list(client.pages(ACTS + " # all of them", size=20))
    assert [len(page) for page in pages[:-1]] == [20] * (len(pages) - 1)
    assert [row for page in pages for row in page] == whole


def test_pages_of_nothing_are_one_empty_page(client: Client) -> None:
    nothing = "SELECT ?x WHERE { ?x a <https://example.org/Nothing> } ORDER BY ?x"
    assert [len(page) for page in client.pages(nothing)] == [0]


def test_pages_keep_a_values_clause_at_the_end(client: Client) -> None:
    query = "SELECT ?x ?y WHERE { ?x ?p ?y } ORDER BY ?x ?y VALUES ?p { rdfs:label }"
    query = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> " + query
    assert len(next(client.pages(query, size=7))) == 7


@pytest.mark.parametrize(
    "query", [ACTS + " LIMIT 3", ACTS + " OFFSET 3", PREFIXES + "SELECT ?act WHERE { ?act a dg:Act }"]
)
def test_a_query_whose_pages_would_not_be_its_result_is_refused(client: Client, query: str) -> None:
    with pytest.raises(InvalidParameter):
        next(client.pages(query))


def test_ask_is_a_truth_value(client: Client) -> None:
    assert client.ask(PREFIXES + "ASK { ?x a dg:Expulsion }") is True
    assert client.ask("ASK { <https://example.org/x> ?p ?o }") is False


def test_a_canned_query_tells_the_evidence_of_each_row(client: Client) -> None:
    table = client.run("territorial-claims", territory="islands-1")

    assert table.variables[-1] == "evidence"
    assert all("/id/" in str(row["evidence"]) for row in table)


def test_description_prints_as_turtle_with_our_prefixes(client: Client) -> None:
    graph = client.describe("state:japan")

    text = str(graph)
    assert "PREFIX state: <https://w3id.org/diplograph/id/state/>" in text
    assert "\nstate:japan\n    a\n" in text
    assert isomorphic(Graph().parse(data=text, format="turtle"), graph)


def test_description_is_a_graph_with_evidence(client: Client) -> None:
    graph = client.describe("act:russia-expels-motoki-2022")
    assert len(graph) > 20
    assert any("evidence" in str(p) for p in graph.predicates())


def test_graphs_of_service_and_release_are_the_same(address: str, built: Release) -> None:
    query = PREFIXES + "CONSTRUCT { ?a dg:actor ?b } WHERE { ?a a dg:Expulsion ; dg:actor ?b }"
    with Client(address) as far, Client(built.path) as near:
        assert len(near.construct(query)) > 3
        assert set(far.construct(query)) == set(near.construct(query))


def test_syntax_error_has_its_place(client: Client) -> None:
    with pytest.raises(MalformedQuery) as caught:
        client.query("SELECT ?x WHERE {\n  ?x ?y }")
    assert caught.value.facts["position"] == {"line": 2, "column": 9}
    assert caught.value.facts["hint"]


def test_error_that_only_the_engine_finds_is_the_same_kind(client: Client) -> None:
    with pytest.raises(MalformedQuery) as caught:
        client.query("SELECT ?x (COUNT(*) AS ?n) WHERE { ?x ?y ?z }")
    assert caught.value.facts["position"]["line"] == 1


@pytest.mark.parametrize("text", ["ASK { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_a_query_of_another_form_names_the_method_for_it(client: Client, text: str) -> None:
    with pytest.raises(InvalidParameter, match=r"Client\.(ask|construct)"):
        client.query(text)


def test_what_is_not_there_is_said_with_near_names(client: Client) -> None:
    with pytest.raises(UnknownResource):
        client.describe("https://w3id.org/diplograph/id/state/atlantis")
    with pytest.raises(UnknownResource):
        client.run("reciprocal-expulsion")
    with pytest.raises(UnknownResource, match="near: state:japan"):
        client.run("reciprocal-expulsions", state="jpan")
    with pytest.raises(InvalidParameter) as caught:
        client.run("reciprocal-expulsions", country="japan")
    assert caught.value.facts["parameters"] == ["country"]


def test_federation_is_refused(client: Client) -> None:
    with pytest.raises(FederationDisabled):
        client.query("SELECT * WHERE { SERVICE <https://example.org/sparql> { ?s ?p ?o } }")


def test_long_query_reaches_a_service_too(client: Client) -> None:
    values = " ".join(f"<https://example.org/thing/{number}>" for number in range(200))
    assert len(client.query(f"SELECT ?x WHERE {{ VALUES ?x {{ {values} }} }}")) == 200


def test_service_that_is_not_there_or_not_ours_is_said() -> None:
    with pytest.raises(EngineUnavailable), Client("http://127.0.0.1:9", timeout=2) as client:
        client.query(ACTS)
    with pytest.raises(EngineUnavailable):
        Client("http://[::1/sparql")


def test_address_of_the_endpoint_itself_will_do(address: str) -> None:
    with Client(address + "/sparql/") as client:
        assert client.ask("ASK { ?s ?p ?o }")


def test_release_stands_in_the_headers_of_every_answer(address: str, built: Release) -> None:
    for path in ("/sparql?query=ASK%20%7B%7D", "/queries/timeline.csv", "/nothing", "/health/live"):
        assert httpx.get(address + path).headers["Diplograph-Release"] == built.name
