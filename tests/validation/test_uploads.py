"""RDF from strangers is parsed within limits and without fetching anything."""

import pytest

from diplograph.errors import MalformedRdf, TooComplex, TooLarge, UnsupportedMediaType
from diplograph.validation.inputs import merge
from diplograph.validation.rdf_parsing import UPLOAD, parse

TRIPLE = b"<urn:s> <urn:p> <urn:o> ."


def test_triples_belong_to_the_graph_of_the_upload():
    assert {name: len(triples) for name, triples in parse(TRIPLE, "text/turtle").items()} == {UPLOAD: 1}


def test_named_graphs_of_a_dataset_keep_their_names():
    content = b"<urn:s> <urn:p> <urn:o> <urn:g> .\n<urn:s> <urn:p> <urn:o2> ."

    assert set(parse(content, "application/n-quads")) == {"urn:g", UPLOAD}


def test_byte_order_mark_is_no_error():
    assert len(parse(b"\xef\xbb\xbf" + TRIPLE, "text/turtle")[UPLOAD]) == 1


def test_lexical_forms_stay_as_written():
    content = b'<urn:s> <urn:p> "08"^^<http://www.w3.org/2001/XMLSchema#integer> .'

    assert parse(content, "text/turtle")[UPLOAD][0].object.value == "08"


def test_relative_iris_are_resolved_against_the_upload():
    assert parse(b"<#s> <urn:p> <urn:o> .", "text/turtle")[UPLOAD][0].subject.value == f"{UPLOAD}#s"


def test_blank_nodes_of_two_uploads_never_meet():
    first, second = (parse(b"_:x <urn:p> <urn:o> .", "text/turtle")[UPLOAD][0].subject for _ in range(2))

    assert first != second


def test_syntax_error_has_line_and_column():
    with pytest.raises(MalformedRdf) as caught:
        parse(b"<urn:s> <urn:p> <urn:o> .\n<urn:s> <urn:p> ; .", "text/turtle")

    assert caught.value.facts["position"]["line"] == 2


def test_doctype_is_refused_with_a_cure():
    content = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><rdf:RDF/>'

    with pytest.raises(MalformedRdf) as caught:
        parse(content, "application/rdf+xml")
    assert "Remove the DOCTYPE" in caught.value.facts["hint"]


@pytest.mark.parametrize(
    "content",
    [
        b'{"@context": "http://127.0.0.1/c", "@id": "urn:s"}',
        b'{"@context": ["file:///etc/passwd"]}',
        b'{"@context": {"@import": "http://127.0.0.1/c"}}',
        b'[{"urn:p": {"@context": "http://127.0.0.1/c"}}]',
    ],
)
def test_remote_context_is_refused_with_a_cure(content):
    with pytest.raises(MalformedRdf) as caught:
        parse(content, "application/ld+json")

    assert "@context" in caught.value.facts["hint"]


def test_nested_json_is_refused_before_it_is_parsed():
    with pytest.raises(TooComplex):
        parse(b'{"urn:p": ' * 5000 + b"1" + b"}" * 5000, "application/ld+json")


def test_nested_turtle_is_refused_past_a_thousand_levels():
    with pytest.raises(TooComplex):
        parse(b"<urn:s> <urn:p> " + b"(" * 1001 + b")" * 1001 + b" .", "text/turtle")


def test_size_and_number_of_triples_are_limited():
    with pytest.raises(TooLarge):
        parse(TRIPLE, "text/turtle", max_bytes=10)
    with pytest.raises(TooLarge):
        parse(b"<urn:s> <urn:p> 1, 2, 3 .", "text/turtle", max_triples=2)


def test_syntax_that_is_not_rdf_is_unsupported():
    with pytest.raises(UnsupportedMediaType):
        parse(TRIPLE, "text/html")


def test_triple_terms_and_text_direction_are_refused():
    with pytest.raises(MalformedRdf):
        merge(parse(b'<urn:s> <urn:p> "x"@en--ltr .', "text/turtle"))
