"""FollowTheMoney: who is listed and by whom, read back by the library of the format."""

import json
from collections.abc import Callable

import pytest

from diplograph.exports import ftm
from diplograph.exports.edges import Ask

ID = "https://w3id.org/diplograph/id"
DATA = f"""
PREFIX dg: <https://w3id.org/diplograph/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
BASE <{ID}/>
<act/lists> dg:imposes <measure/freeze> ; rdfs:label "A state lists a bank"@en ;
  dg:summaryActor <state/japan> ; dg:programme <matter/programme> ; dg:referenceNumber "EX-1" ;
  dg:earliestBegin "2022-03-01"^^xsd:date .
<act/threat> a dg:UnrealisedAct ; dg:imposes <measure/other> .
<measure/freeze> dg:measureTarget <body/bank> , <person/holder> , <state/russia> ; dg:measureType <type> .
<measure/other> dg:measureTarget <body/spared> .
<type> rdfs:label "asset freeze"@en .
<matter/programme> rdfs:label "EXA"@en .
<state/japan> a dg:State ; rdfs:label "Japan"@en .
<state/russia> a dg:State , dg:Polity ; rdfs:label "Russia"@en .
<body/bank> a dg:Organization ; rdfs:label "Example Bank"@en , "例の銀行"@ja ; skos:altLabel "EB"@en ;
  schema:sameAs <http://www.wikidata.org/entity/Q1> , <https://example.org/eb> .
<body/spared> a dg:Organization ; rdfs:label "Spared"@en .
<person/holder> a dg:Person ; rdfs:label "Holder of an office"@en ; dg:heldOffice <office/minister> .
<office/minister> rdfs:label "Minister"@en .
<account/1> dg:accountOf <act/lists> ; dcterms:source <document/d> .
<document/d> foaf:page <https://news.example.org/1> .
"""


@pytest.fixture
def entities(ask_of: Callable[[str], Ask]) -> dict[str, dict]:
    found = [json.loads(line) for line in ftm.lines(ask_of(DATA))]
    assert len({one["id"] for one in found}) == len(found)
    return {one["id"]: one for one in found}


def test_who_is_listed_comes_with_name_role_and_listing(entities: dict[str, dict]) -> None:
    assert {one: entity["schema"] for one, entity in entities.items()} == {
        "body-bank": "Organization",
        "person-holder": "Person",
        "act-lists-body-bank": "Sanction",
        "act-lists-person-holder": "Sanction",
    }
    assert entities["person-holder"]["properties"] == {
        "name": ["Holder of an office"],
        "position": ["Minister"],
        "sourceUrl": [f"{ID}/person/holder"],
    }
    bank = entities["body-bank"]["properties"]
    assert (bank["alias"], bank["wikidataId"]) == (["EB", "例の銀行"], ["Q1"])
    assert entities["act-lists-body-bank"]["properties"] == {
        "entity": ["body-bank"],
        "authority": ["Japan"],
        "program": ["EXA"],
        "recordId": ["EX-1"],
        "startDate": ["2022-03-01"],
        "summary": ["A state lists a bank"],
        "provisions": ["asset freeze"],
        "sourceUrl": ["https://news.example.org/1"],
    }


def test_what_is_only_threatened_lists_nobody(entities: dict[str, dict]) -> None:
    assert "body-spared" not in entities


def test_the_library_of_the_format_reads_every_entity(entities: dict[str, dict]) -> None:
    model = pytest.importorskip("followthemoney").model

    for entity in entities.values():
        read = model.get_proxy(entity)
        assert read.id == entity["id"]
        for name, values in entity["properties"].items():
            assert sorted(read.get(name)) == sorted(values), name


def test_the_command_writes_lines_of_json(written: Callable[[str], bytes]) -> None:
    for line in written("ftm").decode().splitlines():
        assert {"id", "schema", "properties"} == json.loads(line).keys()
