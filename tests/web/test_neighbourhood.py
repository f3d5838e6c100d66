"""What stands around a thing: edges told apart by how they are known, and no more of them than fit."""

import pytest
from flask.testing import FlaskClient

from diplograph import documents
from diplograph.documents import neighbourhood as around
from diplograph.documents.neighbourhood import Edge, neighbourhood
from diplograph.namespaces import ID
from diplograph.repository import Repository

USUAL_ENGINES = ("embedded",)
JAPAN_EXPELS = f"{ID}act/japan-expels-sapporo-diplomat-2022-10"
JAPAN_APRIL = "japan-expels-eight-russians-2022-04"
RUSSIA_EXPELS = f"{ID}act/russia-expels-motoki-2022"


@pytest.fixture
def edges(published: Repository) -> list[Edge]:
    return list(neighbourhood(published.engine, documents.view(published.engine, JAPAN_EXPELS)).edges)


def between(edges: list[Edge], one: str, other: str) -> list[Edge]:
    return [edge for edge in edges if {edge.source.iri, edge.target.iri} == {one, other}]


def test_what_only_the_rule_pairs_is_inferred_and_told_once(edges: list[Edge]):
    pairs = [edge for edge in between(edges, JAPAN_EXPELS, RUSSIA_EXPELS) if edge.how == "inferred"]

    assert len(pairs) == 1
    assert any("reciprocal" in relation for relation in pairs[0].relations)


def test_edges_of_claims_are_claimed_and_those_of_sources_asserted(edges: list[Edge]):
    kinds = {edge.how: edge for edge in edges}

    assert set(kinds) == {"asserted", "claimed", "inferred"}
    assert "claim" in {around.kind_of(end.iri) for end in (kinds["claimed"].source, kinds["claimed"].target)}
    assert all(
        "claim" not in {around.kind_of(edge.source.iri), around.kind_of(edge.target.iri)}
        for edge in edges
        if edge.how == "asserted"
    )


def test_neighbours_are_joined_among_themselves(edges: list[Edge]):
    assert [edge for edge in edges if JAPAN_EXPELS not in {edge.source.iri, edge.target.iri}]


def test_arrow_between_an_act_and_its_answer_runs_from_the_act(client: FlaskClient):
    answer, act = (f"{ID}act/{name}" for name in ("russia-expels-eight-japanese-2022-04", JAPAN_APRIL))

    page = client.get(f"/doc/act/{JAPAN_APRIL}.html").text

    assert f'data-from="{act}" data-to="{answer}" data-reads="back" data-how="asserted"' in page
    assert f'data-from="{answer}" data-to="{act}" data-reads' not in page


def test_of_many_neighbours_some_are_left_out_and_counted(published: Repository):
    view = documents.view(published.engine, f"{ID}state/japan")

    found = neighbourhood(published.engine, view)

    drawn = {end.iri for edge in found.edges for end in (edge.source, edge.target)}
    assert len(drawn) == around.MOST + 1
    assert found.left_out > 0


def test_page_of_a_thing_tells_its_neighbourhood_as_a_table(client: FlaskClient):
    page = client.get("/doc/act/japan-expels-sapporo-diplomat-2022-10.html").text

    assert f'data-this="{JAPAN_EXPELS}"' in page
    assert f'data-from="{JAPAN_EXPELS}" data-to="{RUSSIA_EXPELS}" data-how="inferred"' in page


def test_page_of_a_place_holds_the_points_of_the_places_within_it(client: FlaskClient):
    within = client.get("/doc/place/iturup.html").text.count("<tr data-latitude=")

    assert client.get("/doc/place/islands-1.html").text.count("<tr data-latitude=") > within > 0
    assert "data-latitude" not in client.get("/doc/state/japan.html").text
