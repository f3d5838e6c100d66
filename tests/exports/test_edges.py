"""Edges as CSV: read back with the csv module of Python."""

import csv
from collections.abc import Callable

import pytest

from diplograph.exports import edges
from diplograph.exports.edges import Ask, Code, Party

ACTS = """
@prefix dg: <https://w3id.org/diplograph/ontology#> . @prefix dgv: <https://w3id.org/diplograph/vocab/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <urn:example:> .
:act dg:summaryKind dg:Expulsion ; dg:summaryActor :one ; dg:summaryTarget :two , :three .
:act rdfs:label "=1+1"@en .
:threat dg:summaryKind dg:Threat ; dg:summaryActor :one ; dg:summaryTarget :two ; a dg:UnrealisedAct .
:one rdfs:label "-One"@en .
:claim a dg:Claim .
:account-1 dg:accountOf :act ; dg:carrier :claim .
:account-2 dg:accountOf :threat ; dg:carrier :graph .
"""


def read(lines: str) -> list[dict[str, str]]:
    return list(csv.DictReader(lines.splitlines()))


def test_an_edge_carries_codes_time_stage_and_sources(written: Callable[[str], bytes]) -> None:
    rows = read(written("edges").decode())
    row = next(each for each in rows if each["act"].endswith("/russia-expels-eight-japanese-2022-04"))

    assert (row["sender"], row["sender_iso3"], row["sender_cow"]) == ("Russia", "RUS", "365")
    assert (row["receiver"], row["receiver_iso3"], row["receiver_cow"]) == ("Japan", "JPN", "740")
    assert (row["kind"], row["plover"], row["count_least"]) == ("expulsion", "SANCTION/expel", "8")
    assert (row["from"], row["to"], row["edtf"]) == ("2022-04-27", "2022-04-27", "2022-04-27")
    assert (row["status"], row["stage"]) == ("reported", "ordered")
    assert "https://w3id.org/diplograph/id/document/a1" in row["sources"].split("; ")


def test_an_act_with_two_targets_is_two_edges(ask_of: Callable[[str], Ask]) -> None:
    found = [(edge.act["act"], edge.receiver.iri) for edge in edges.edges(ask_of(ACTS))]

    assert found == [
        ("urn:example:act", "urn:example:three"),
        ("urn:example:act", "urn:example:two"),
        ("urn:example:threat", "urn:example:two"),
    ]


def test_threats_and_claims_are_no_facts(ask_of: Callable[[str], Ask]) -> None:
    found = {edge.act["act"]: edge.act["status"] for edge in edges.edges(ask_of(ACTS))}

    assert found == {"urn:example:act": edges.CLAIMED, "urn:example:threat": edges.UNREALISED}


def test_no_cell_is_a_formula(ask_of: Callable[[str], Ask]) -> None:
    row = read("".join(edges.table(edges.edges(ask_of(ACTS)))))[0]

    assert (row["act_label"], row["sender"]) == ("'=1+1", "'-One")


@pytest.mark.parametrize(("year", "code"), [(1960, "260"), (1980, "260"), (2022, "255"), (None, "")])
def test_a_code_is_that_of_the_year(year: int | None, code: str) -> None:
    germany = Party("urn:x", "X", "State", (Code("cow", "260", 1955, 1989), Code("cow", "255", 1990)))

    assert germany.code("cow", year) == code
