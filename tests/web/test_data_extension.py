"""Data extension, with the requests that OpenRefine sends, held to the forms of the specification."""

import json

import jsonschema
import pytest
from flask.testing import FlaskClient
from rdflib import Namespace

USUAL_ENGINES = ("embedded",)
ID = Namespace("https://w3id.org/diplograph/id/")
DG = Namespace("https://w3id.org/diplograph/ontology#")
JAPAN, RUSSIA = str(ID["state/japan"]), str(ID["state/russia"])
EXPULSION = str(ID["act/russia-expels-eight-japanese-2022-04"])
ENTITY = {
    "type": "object",
    "required": ["id", "name"],
    "additionalProperties": False,
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
}
CELL = {
    "oneOf": [
        ENTITY,
        *(
            {"type": "object", "required": [name], "additionalProperties": False, "properties": {name: form}}
            for name, form in {
                "str": {"type": "string"},
                "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
                "int": {"type": "integer"},
                "float": {"type": "number"},
                "bool": {"type": "boolean"},
            }.items()
        ),
    ]
}
ANSWER = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {"type": "array", "items": {**ENTITY, "additionalProperties": True}},
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": CELL},
            },
        },
    },
}
"""The answer, as section 7.3 of the specification describes it."""
PROPOSAL = {
    "type": "object",
    "required": ["properties"],
    "properties": {"properties": {"type": "array", "items": ENTITY}, "limit": {"type": "integer"}},
}
SETTING = {
    "type": "object",
    "required": ["name", "label", "type"],
    "properties": {"type": {"enum": ["number", "text", "checkbox", "select"]}},
}


def extend(client: FlaskClient, ids, *properties) -> dict:
    """The answer to a request, which is a valid one."""
    columns = [one if isinstance(one, dict) else {"id": one} for one in properties]
    sent = {"extend": json.dumps({"ids": ids, "properties": columns})}
    response = client.post("/reconcile", data=sent)
    assert response.status_code == 200, response.data
    jsonschema.validate(response.json, ANSWER)
    assert client.get("/reconcile", query_string=sent).json == response.json
    return response.json


def test_the_manifest_says_where_properties_are_proposed(client: FlaskClient) -> None:
    told = client.get("/reconcile").json["extend"]

    assert told["propose_properties"]["service_path"] == "/reconcile/properties"
    for one in told["property_settings"]:
        jsonschema.validate(one, SETTING)


def test_codes_and_names_are_pulled_into_a_table(client: FlaskClient) -> None:
    found = extend(client, [JAPAN, RUSSIA], "iso-3166-1-alpha-3", "cow", "wikidata", "label-ja")

    assert [one["id"] for one in found["meta"]] == ["iso-3166-1-alpha-3", "cow", "wikidata", "label-ja"]
    assert found["rows"][JAPAN] == {
        "iso-3166-1-alpha-3": [{"str": "JPN"}],
        "cow": [{"str": "740"}],
        "wikidata": [{"str": "Q17"}],
        "label-ja": [{"str": "日本"}],
    }
    assert found["rows"][RUSSIA]["iso-3166-1-alpha-3"] == [{"str": "RUS"}]


def test_dates_parties_and_numbers_are_typed(client: FlaskClient) -> None:
    row = extend(client, [EXPULSION], "when", "actor", "affects", "type")["rows"][EXPULSION]

    assert row["when"] == [{"date": "2022-04-27"}]
    assert row["actor"] == [{"id": RUSSIA, "name": "Russia"}]
    [affected] = row["affects"]
    counted = extend(client, [affected["id"]], "memberCount")["rows"][affected["id"]]
    assert counted["memberCount"] == [{"int": 8}]


def test_the_offices_of_a_person_are_told(client: FlaskClient) -> None:
    person = str(ID["person/yoshimasa-hayashi"])

    offices = extend(client, [person], "heldOffice")["rows"][person]["heldOffice"]

    assert any("inister" in one["name"] for one in offices)


def test_a_property_that_nothing_is_known_by_has_empty_cells(client: FlaskClient) -> None:
    found = extend(client, [JAPAN], "no iri <>", "nothingSuch")

    assert found["rows"][JAPAN] == {"no iri <>": [], "nothingSuch": []}
    assert client.post("/reconcile", data={"extend": "{}"}).json == {"meta": [], "rows": {}}


def test_a_limit_holds_for_each_cell(client: FlaskClient) -> None:
    column = {"id": "hasName", "settings": {"limit": "1"}}

    assert len(extend(client, [RUSSIA], "hasName")["rows"][RUSSIA]["hasName"]) > 1
    assert len(extend(client, [RUSSIA], column)["rows"][RUSSIA]["hasName"]) == 1


def test_what_is_not_known_has_empty_cells(client: FlaskClient) -> None:
    nobody = str(ID["state/nowhere"])

    assert extend(client, [nobody, "no iri"], "cow")["rows"] == {nobody: {"cow": []}, "no iri": {"cow": []}}


@pytest.mark.parametrize(("group", "wanted"), [("State", "cow"), ("Act", "actor"), ("Person", "heldOffice")])
def test_properties_are_proposed_by_class(client: FlaskClient, group: str, wanted: str) -> None:
    response = client.get("/reconcile/properties", query_string={"type": str(DG[group])})

    jsonschema.validate(response.json, PROPOSAL)
    assert response.json["type"] == str(DG[group])
    ids = [one["id"] for one in response.json["properties"]]
    assert wanted in ids
    assert all(one["name"] for one in response.json["properties"])
    extend(client, [JAPAN], *ids[:50])


def test_a_proposal_keeps_to_its_limit(client: FlaskClient) -> None:
    found = client.get("/reconcile/properties", query_string={"limit": 3}).json

    assert (len(found["properties"]), found["limit"]) == (3, 3)


@pytest.mark.parametrize(
    "sent",
    [
        "not json",
        "[]",
        '{"ids": {}}',
        '{"ids": "a", "properties": [{"id": "cow"}]}',
        '{"ids": [1], "properties": [{"id": "cow"}]}',
        '{"ids": [], "properties": [{}]}',
        '{"ids": [], "properties": ["cow"]}',
        '{"ids": [], "properties": [{"id": "cow", "settings": {"limit": -1}}]}',
        '{"ids": [], "properties": [{"id": "cow", "settings": []}], "x": 1}',
        "[" * 20_000,
    ],
)
def test_what_is_no_request_is_refused(client: FlaskClient, sent: str) -> None:
    response = client.post("/reconcile", data={"extend": sent})

    assert response.status_code == 400 or "settings" in sent, response.data


def test_too_much_at_once_is_refused_naming_the_limit(client: FlaskClient) -> None:
    ids = json.dumps({"ids": [f"x{n}" for n in range(1001)], "properties": [{"id": "cow"}]})
    columns = json.dumps({"ids": [], "properties": [{"id": f"p{n}"} for n in range(51)]})

    for sent, limit in ((ids, 1000), (columns, 50)):
        response = client.post("/reconcile", data={"extend": sent})
        assert (response.status_code, response.json["limit"]) == (413, limit)


@pytest.mark.parametrize("text", ['"} UNION {?s ?p ?o}', "> ?p ?o } #", "\ud800", "\x00"])
def test_hostile_identifiers_are_only_text(client: FlaskClient, text: str) -> None:
    sent = json.dumps({"ids": [text], "properties": [{"id": "cow"}]})

    response = client.post("/reconcile", data={"extend": sent})

    assert response.status_code == 200
    assert list(response.json["rows"].values()) == [{"cow": []}]
