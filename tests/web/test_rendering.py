"""Bytes and links: the same graph gives the same bytes, and only what may be a link becomes one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic

from diplograph import media
from diplograph.errors import NotAcceptable
from diplograph.web import links, responses, thing_facts

SYNTAX = {media.TURTLE: "turtle", media.N_TRIPLES: "nt", media.JSON_LD: "json-ld", media.RDF_XML: "xml"}
DATA = """
@prefix act: <https://w3id.org/diplograph/id/act/> .
@prefix dg: <https://w3id.org/diplograph/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
act:a a dg:Act , <list:of> ; dg:label "x"@en , "<&>\\"", "1.50"^^xsd:decimal , "01"^^xsd:integer , true ;
  dg:other [ dg:label "inner" ] , <act:strange> , <http://example.org//x> , <urn:x:y> .
"""
HASHES = """
import hashlib, sys
from rdflib import Graph
from diplograph import media
from diplograph.web import responses
graph = Graph().parse(sys.argv[1], format="turtle")
print([hashlib.sha256(responses.serialise(graph, name)).hexdigest() for name in media.GRAPH_TYPES])
"""


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # rdflib's own JSON-LD reader
@pytest.mark.parametrize("name", media.GRAPH_TYPES)
def test_graph_survives_its_serialisation(name: str) -> None:
    graph = Graph().parse(data=DATA, format="turtle")

    again = Graph().parse(data=responses.serialise(graph, name), format=SYNTAX[name])

    assert isomorphic(again, graph)


@pytest.mark.parametrize("name", [media.CSV, media.TRIG, "application/xml", ""])
def test_a_type_that_no_graph_is_written_in_is_an_error(name: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        responses.serialise(Graph(), name)

    assert refused.value.facts["offers"] == list(media.GRAPH_TYPES)


@pytest.mark.slow
def test_bytes_are_the_same_in_every_process(root: Path) -> None:
    file = str(root / "data" / "entities.ttl")

    found = {
        subprocess.run(
            [sys.executable, "-c", HASHES, file],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(found) == 1


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        ("https://w3id.org/diplograph/id/act/x", "/doc/act/x"),
        ("https://w3id.org/diplograph/ontology#Act", "/ontology#Act"),
        ("https://w3id.org/diplograph/vocab/alleged", "/vocab/alleged"),
        ('https://w3id.org/diplograph/id/act/日本 "<', "/doc/act/%E6%97%A5%E6%9C%AC%20%22%3C"),
        ("https://w3id.org/diplograph", None),
        ("https://example.org/", None),
    ],
)
def test_iri_of_ours_has_a_page_here(iri: str, path: str | None) -> None:
    assert links.page_of(iri) == path


@pytest.mark.parametrize(
    ("iri", "linked"),
    [
        ("http://example.org/", True),
        ("HTTPS://example.org/", True),
        ("mailto:a@example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("ftp://example.org/", False),
        ("//example.org/", False),
        ("http://[broken", False),
    ],
)
def test_only_some_schemes_may_be_linked(iri: str, linked: bool) -> None:
    assert links.may_link(iri) is linked
    assert (links.iri_cell(iri).href is not None) is linked


def test_iri_is_shown_with_its_prefix() -> None:
    assert links.short("https://w3id.org/diplograph/id/act/x") == "act:x"
    assert links.short("https://w3id.org/diplograph/ontology#actor") == "dg:actor"
    assert links.short("https://example.org/x") == "https://example.org/x"


def test_number_is_known_and_a_plain_string_has_no_datatype_to_show() -> None:
    assert links.term_cell(Literal(4)).number is True
    assert links.term_cell(Literal("4")).title is None
    assert links.term_cell(URIRef("urn:x:y")).href is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("POINT(146.700 44.100)", "44.1° N, 146.7° E"),
        ("point (-70.5 -33.45678)", "33.45678° S, 70.5° W"),
        ("POINT(146.69999694824 44.099998474121)", "44.1° N, 146.7° E"),
        ("POINT(1 2 3)", "POINT(1 2 3)"),
        ("POLYGON((0 0, 1 1, 1 0, 0 0))", "POLYGON((0 0, 1 1, 1 0, 0 0))"),
    ],
)
def test_point_is_shown_by_latitude_and_longitude_and_any_other_text_as_it_is(text: str, shown: str) -> None:
    assert thing_facts.degrees(text) == shown
