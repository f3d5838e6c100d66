"""Reconciliation, with the requests that OpenRefine sends."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from rdflib import Namespace

from diplograph.search.index import Candidate, NameIndex
from diplograph.search.reconcile_requests import MAX_VALUES

USUAL_ENGINES = ("embedded",)
ID = Namespace("https://w3id.org/diplograph/id/")
DG = Namespace("https://w3id.org/diplograph/ontology#")
ISLANDS = str(ID["place/islands-1"])


def ask(client: FlaskClient, **query: object) -> list[dict[str, object]]:
    """The candidates for one query, sent as OpenRefine does."""
    response = client.post("/reconcile", data={"queries": json.dumps({"q0": query})})
    assert response.status_code == 200, response.data
    return list(response.json["q0"]["result"])


def problem(response) -> tuple[int, str]:
    return response.status_code, json.loads(response.data)["type"].removeprefix("/problems/")


def test_the_manifest_has_absolute_addresses_that_answer(client: FlaskClient, settings) -> None:
    response = client.get("/reconcile", headers={"Accept": "application/json, text/javascript, */*; q=0.01"})
    manifest = response.json

    assert manifest["versions"] == ["0.2"]
    assert (manifest["identifierSpace"], manifest["schemaSpace"]) == (str(ID), str(DG))
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    for template in (manifest["view"]["url"], manifest["preview"]["url"]):
        assert template.startswith(settings.public_url)
        address = urlsplit(
            template.replace("{{id}}", "https%3A%2F%2Fw3id.org%2Fdiplograph%2Fid%2Fstate%2Fjapan")
        )
        page = client.get(f"{address.path}?{address.query}", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert "Japan" in page.get_data(as_text=True)
    assert {kind["id"] for kind in manifest["defaultTypes"]} >= {str(DG.Person), str(DG.State), str(DG.Act)}


def test_a_batch_is_the_same_by_form_and_by_address(client: FlaskClient) -> None:
    batch = json.dumps({"q0": {"query": "Japan", "limit": 3}, "q1": {"query": "Russia"}})

    posted = client.post("/reconcile", data={"queries": batch})
    asked = client.get("/reconcile", query_string={"queries": batch})

    assert posted.json == asked.json
    assert [posted.json[key]["result"][0]["id"] for key in ("q0", "q1")] == [
        str(ID["state/japan"]),
        str(ID["state/russia"]),
    ]
    assert len(posted.json["q0"]["result"]) <= 3


NAMES_OF_THE_ISLANDS = (
    "北方領土",
    "Northern Territories",
    "Южные Курильские острова",
    "South Kuril Islands",
    "Southern Kurils",
)


@pytest.mark.parametrize("name", NAMES_OF_THE_ISLANDS)
def test_the_names_that_each_side_gives_a_contested_place_match_alike(client: FlaskClient, name: str) -> None:
    first = ask(client, query=name)[0]

    assert (first["id"], first["score"], first["match"]) == (ISLANDS, 100.0, True)


@pytest.mark.parametrize(
    ("text", "state"),
    [("JP", "japan"), ("jpn", "japan"), ("Q17", "japan"), ("USSR", "soviet-union"), ("США", "united-states")],
)
def test_a_code_and_an_old_or_foreign_name_match_a_state(client: FlaskClient, text: str, state: str) -> None:
    first = ask(client, query=text)[0]

    assert (first["id"], first["score"], first["match"]) == (str(ID[f"state/{state}"]), 100.0, True)


def test_a_part_of_a_code_matches_nothing(client: FlaskClient) -> None:
    assert not any(one["match"] for code in ("J", "Q1", "JPNN") for one in ask(client, query=code))


def test_a_column_of_codes_tells_who_acted(client: FlaskClient) -> None:
    told = {}
    for code in ("JPN", "JPX"):
        hint = [{"pid": "actor", "v": code}]
        found = ask(client, query="Japan expels eight Russian officials", properties=hint)[0]
        told[code] = {feature["id"]: feature["value"] for feature in found["features"]}["actor"]

    assert told == {"JPN": 100.0, "JPX": 0.0}


@pytest.mark.parametrize("part", ["Northern Territor", "South Kuril"])
def test_a_part_of_the_name_of_either_side_finds_a_contested_place_first(
    client: FlaskClient, part: str
) -> None:
    assert ask(client, query=part)[0]["id"] == ISLANDS


@pytest.mark.parametrize("name", ["Kuril Islands", "Moscow", "Kremlin", "Prime Minister", "Kishida"])
def test_a_name_that_may_mean_something_else_is_no_match(client: FlaskClient, name: str) -> None:
    found = ask(client, query=name)

    assert found
    assert not any(one["match"] for one in found)


@pytest.mark.parametrize("name", ["Fumio Kishida", "KISHIDA FUMIO", "kishida, fumio"])
def test_a_person_is_matched_in_any_order_of_names(client: FlaskClient, name: str) -> None:
    first = ask(client, query=name, type=str(DG.Person))[0]

    assert (first["id"], first["match"]) == (str(ID["person/fumio-kishida"]), True)
    assert {"id": str(DG.Person), "name": "person"} in first["type"]


def test_a_misspelled_name_is_proposed_and_not_matched(client: FlaskClient) -> None:
    first = ask(client, query="Fumyo Kisida")[0]

    assert (first["id"], first["match"]) == (str(ID["person/fumio-kishida"]), False)
    assert 60 <= first["score"] < 97


def test_the_type_narrows_and_should_only_ranks(client: FlaskClient) -> None:
    only = ask(client, query="Japan", type=[str(DG.Office)])
    ranked = ask(client, query="Japan", type="dg:Office", type_strict="should", limit=25)
    both = ask(client, query="Japan", type=["dg:State", "dg:Office"], type_strict="all")

    assert {kind["id"] for one in only for kind in one["type"]} >= {str(DG.Office)}
    assert all(str(DG.Office) in {kind["id"] for kind in one["type"]} for one in only)
    assert str(ID["state/japan"]) in {one["id"] for one in ranked}
    assert not ranked[0]["match"]
    assert both == []


def test_what_else_is_known_raises_the_score_and_is_told_as_features(client: FlaskClient) -> None:
    hints = [
        {"pid": "actor", "v": "Японии"},
        {"pid": "target", "v": {"id": str(ID["state/russia"]), "name": "Russia"}},
        {"pid": "date", "v": "2022-04"},
    ]
    text = "expels Russian officials"

    plain, hinted = ask(client, query=text, limit=10), ask(client, query=text, limit=10, properties=hints)

    wanted = str(ID["act/japan-expels-eight-russians-2022-04"])
    scores = [{one["id"]: one["score"] for one in found} for found in (plain, hinted)]
    assert hinted[0]["id"] == wanted
    assert scores[1][wanted] > scores[0][wanted]
    features = {feature["id"]: feature["value"] for feature in hinted[0]["features"]}
    assert features["target"] == features["date"] == 100.0
    assert 60 <= features["actor"] < 100


def test_what_is_known_otherwise_lowers_the_score_and_takes_the_match_away(client: FlaskClient) -> None:
    name = "Japan expels eight Russian officials"

    right = ask(client, query=name, properties=[{"pid": "dg:actor", "v": ["Japan"]}])[0]
    wrong = ask(client, query=name, properties=[{"pid": str(DG.actor), "v": "China"}])[0]

    assert (right["match"], wrong["match"]) == (True, False)
    assert wrong["score"] < right["score"]


def test_an_empty_cell_is_no_hint(client: FlaskClient) -> None:
    for value in ("", None, []):
        assert ask(client, query="Japan", properties=[{"pid": "actor", "v": value}])[0]["match"]


@pytest.mark.parametrize(
    ("kind", "prefix", "iri"),
    [
        ("entity", "kish", ID["person/fumio-kishida"]),
        ("entity", "北方", ISLANDS),
        ("type", "pers", DG.Person),
        ("property", "acti", DG.actingBody),
        ("property", "dat", "date"),
    ],
)
def test_suggestions_complete_a_beginning(client: FlaskClient, kind: str, prefix: str, iri: str) -> None:
    response = client.get(f"/reconcile/suggest/{kind}", query_string={"prefix": prefix})

    assert response.json["result"][0]["id"] == str(iri)
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_suggestions_go_on_where_the_cursor_stands(client: FlaskClient) -> None:
    first, rest = (
        client.get("/reconcile/suggest/entity", query_string={"prefix": "japan", "cursor": cursor}).json[
            "result"
        ]
        for cursor in ("0", "10")
    )

    assert len(first) == 10
    assert rest
    assert not {one["id"] for one in first} & {one["id"] for one in rest}


def test_a_preview_may_be_framed_by_others_and_tells_what_an_act_is(client: FlaskClient) -> None:
    response = client.get("/reconcile/preview", query_string={"id": ID["act/russia-expels-motoki-2022"]})
    page = response.get_data(as_text=True)

    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    assert "Tatsunori Motoki" in page
    assert "<script" not in page


@pytest.mark.parametrize("queries", ["", "[]", "{", "[" * 50_000, "5"])
def test_what_is_no_batch_is_refused_with_the_cure(client: FlaskClient, queries: str) -> None:
    response = client.post("/reconcile", data={"queries": queries})

    assert problem(response) == (400, "invalid-parameter")
    assert "queries" in json.loads(response.data)["hint"]


NO_QUERIES = (
    1,
    None,
    {},
    {"query": ""},
    {"query": " \n"},
    {"query": 5},
    {"query": ["Japan"]},
    {"query": "x" * 501},
    {"query": "Japan", "limit": "many"},
    {"query": "Japan", "limit": 1e999},
    {"query": "Japan", "type": "<>> {}"},
    {"query": "Japan", "type": [1]},
    {"query": "Japan", "type": 1},
    {"query": "Japan", "type_strict": "perhaps"},
    {"query": "Japan", "type_strict": ["any"]},
    {"query": "Japan", "properties": [{"v": "y"}]},
    {"query": "Japan", "properties": "y"},
    {"query": "Japan", "properties": [{"pid": "a b", "v": "y"}]},
    {"query": "Japan", "properties": [{"pid": "actor", "v": {"id": "a b"}}]},
    {"properties": []},
    {"properties": [{"pid": "actor", "v": ""}]},
    {"properties": [{"pid": "actor", "v": "nobody of that name"}]},
    {"properties": [{"pid": "date", "v": "0001-01-01"}]},
    {"properties": [{"pid": "noSuchTerm", "v": "Japan"}]},
    {"query": "Japan", "type": 5},
)


@pytest.mark.parametrize("query", NO_QUERIES, ids=range(len(NO_QUERIES)))
def test_what_is_no_query_finds_nothing_and_the_others_of_its_batch_are_answered(
    client: FlaskClient, query: object
) -> None:
    batch = {"good": {"query": "Japan"}, "bad": query}
    response = client.post("/reconcile", data={"queries": json.dumps(batch)})

    assert response.status_code == 200
    assert response.json["good"]["result"][0]["id"] == str(ID["state/japan"])
    assert response.json["bad"] == {"result": []}


def test_any_number_above_the_most_candidates_asks_for_the_most(client: FlaskClient) -> None:
    assert ask(client, query="Japan", limit=10**400) == ask(client, query="Japan", limit=25)


@pytest.mark.parametrize("value", ["Japan", "日本", {"id": str(ID["state/japan"])}, {"id": "state:japan"}])
def test_a_query_without_a_name_finds_what_has_the_properties(client: FlaskClient, value: object) -> None:
    known = [{"pid": "actor", "v": value}, {"pid": "date", "v": "2022-04-08"}]
    found = ask(client, properties=known, type=str(DG.Expulsion))

    first = found[0]
    assert (first["id"], first["score"]) == (str(ID["act/japan-expels-eight-russians-2022-04"]), 100.0)
    assert first["features"] == [{"id": "actor", "value": 100.0}, {"id": "date", "value": 100.0}]
    assert not any(one["match"] for one in found)


def test_a_query_by_a_code_or_a_date_alone_finds_what_bears_it(client: FlaskClient) -> None:
    coded = ask(client, properties=[{"pid": "skos:notation", "v": "JP"}])
    dated = ask(client, properties=[{"pid": "date", "v": "2022-04-08"}], limit=25)

    assert [one["id"] for one in coded] == [str(ID["state/japan"])]
    assert str(ID["act/japan-expels-eight-russians-2022-04"]) in {one["id"] for one in dated}


@pytest.mark.parametrize(
    ("iri", "prefixed"),
    [
        (ID["state/japan"], "state:japan"),
        (ID["act/russia-expels-motoki-2022"], "act:russia-expels-motoki-2022"),
        (ID["evidence/a1-s35"], "ev:a1-s35"),
    ],
)
def test_a_thing_is_found_by_its_own_iri_alone(client: FlaskClient, iri: str, prefixed: str) -> None:
    for text in (str(iri), f"<{iri}>", prefixed, f" {iri} "):
        found = ask(client, query=text)

        assert [(one["id"], one["score"], one["match"]) for one in found] == [(str(iri), 100.0, True)]


def test_an_iri_finds_only_what_it_names_and_what_was_asked_for(client: FlaskClient) -> None:
    assert ask(client, query="state:japan", type=str(DG.Person)) == []
    assert ask(client, query="state:japan", type=str(DG.State))[0]["match"]
    assert ask(client, query=str(DG.Act)) == []
    assert not any(one["match"] for one in ask(client, query=str(ID["state/japa"])))


def test_too_many_queries_at_once_are_refused_naming_the_limit(client: FlaskClient) -> None:
    batch = {f"q{number}": {"query": "Japan"} for number in range(51)}
    response = client.post("/reconcile", data={"queries": json.dumps(batch)})

    assert problem(response) == (413, "too-large")
    assert json.loads(response.data)["limit"] == client.get("/reconcile").json["batchSize"] == 50


def test_other_bodies_and_bare_requests_are_refused(client: FlaskClient) -> None:
    assert client.post("/reconcile", json={"q0": {"query": "x"}}).status_code == 415
    assert client.post("/reconcile", data={}).status_code in {400, 415}
    assert client.get("/reconcile", query_string={"query": "Japan"}).status_code == 400
    assert client.get("/reconcile/preview").status_code == 400
    assert client.get("/reconcile/preview", query_string={"id": "no iri"}).status_code == 400
    assert client.get("/reconcile/preview", query_string={"id": ID["state/none"]}).status_code == 404
    assert (
        client.get("/reconcile/suggest/entity", query_string={"prefix": "x", "cursor": "-1"}).status_code
        == 400
    )


def test_hostile_text_is_only_text(client: FlaskClient) -> None:
    for text in ('"} UNION {?s ?p ?o}', "'; DROP TABLE name; --", '" OR "', "\ud800", "\x00", "NEAR(a b)"):
        assert isinstance(ask(client, query=text, properties=[{"pid": "actor", "v": text}]), list)


def test_half_a_character_costs_the_others_nothing(client: FlaskClient) -> None:
    half = {"properties": [{"pid": "actor", "v": "\ud800"}]}
    response = client.post(
        "/reconcile", data={"queries": json.dumps({"\ud800": half, "ok": {"query": "Japan"}})}
    )

    assert response.status_code == 200
    assert response.json["ok"]["result"][0]["id"] == str(ID["state/japan"])


def test_query_without_a_name_costs_no_more_searches_than_it_may_have_values(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = []
    find = NameIndex.find

    def counted(self: NameIndex, text: str, *more: Any, **options: Any) -> list[Candidate]:
        searched.append(text)
        return find(self, text, *more, **options)

    monkeypatch.setattr(NameIndex, "find", counted)
    hints = [{"pid": f"p{n}", "v": [f"nobody {n} {m}" for m in range(10)]} for n in range(9)]
    found = ask(client, query="", properties=[*hints, {"pid": "actor", "v": "Japan"}])

    assert found
    assert len(searched) == MAX_VALUES


def test_the_service_is_described_to_programs(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").json["paths"]

    assert {"get", "post"} <= paths["/reconcile"].keys()
    assert "application/x-www-form-urlencoded" in paths["/reconcile"]["post"]["requestBody"]["content"]
    assert {f"/reconcile/suggest/{kind}" for kind in ("entity", "type", "property")} <= paths.keys()
