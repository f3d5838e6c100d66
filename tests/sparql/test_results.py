"""Serialised answers read back as what was asked."""

import csv
import io
import xml.etree.ElementTree as ET

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, RdfFormat, Triple

from diplograph.engine import serialization
from diplograph.engine.serialization import OutputBuffer
from diplograph.errors import MalformedQuery, NotAcceptable, ResultTooLarge
from diplograph.rdf import rdf_xml
from diplograph.sparql import results
from diplograph.sparql.results import Caps

XSD = "http://www.w3.org/2001/XMLSchema#"
FORMATS = {
    name: found for name, found in serialization.RESULT_FORMATS.items() if found != QueryResultsFormat.CSV
}
HUGE = 1 << 30

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
kept_by_xml = texts.filter(lambda text: rdf_xml.NOT_XML.search(text) is None)
datatypes = st.sampled_from(["integer", "decimal", "double", "boolean", "date", "string"])


def terms(text):
    return st.one_of(
        st.none(),
        st.builds(NamedNode, st.sampled_from(["http://example.org/a&b,c", "urn:x:日本"])),
        st.builds(BlankNode, st.sampled_from(["b0", "b1"])),
        st.builds(Literal, text),
        st.builds(lambda value: Literal(value, language="en-gb"), text),
        st.builds(lambda value, name: Literal(value, datatype=NamedNode(XSD + name)), text, datatypes),
    )


def written(names, rows, media, caps):
    return b"".join(map(bytes, pieces(results.bindings(names, rows, media, caps), caps)))


def pieces(found, caps):
    for piece in found:
        caps.grow(len(piece))
        yield piece


def graph(triples, media):
    caps = Caps(HUGE)
    out = OutputBuffer(caps, pytest.fail)
    serialization.graph(triples, media, {}, caps, out)
    return out.rest()


def read(body, form):
    found = pyoxigraph.parse_query_results(io.BytesIO(body), form)
    return [variable.value for variable in found.variables], [list(row) for row in found]


@pytest.mark.parametrize("media", FORMATS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_solutions_read_back_as_they_were(media, data):
    text = kept_by_xml if media.endswith("xml") else texts
    rows = data.draw(st.lists(st.lists(terms(text), min_size=2, max_size=2), max_size=4))

    body = written(["a", "b"], rows, media, Caps(HUGE))

    assert read(body, FORMATS[media]) == (["a", "b"], rows)


@pytest.mark.parametrize("media", FORMATS)
def test_no_solutions_are_an_empty_table(media):
    assert read(written(["a"], [], media, Caps(HUGE)), FORMATS[media]) == (["a"], [])


CSV_ROWS = [
    [NamedNode("http://dbpedia.org/resource/Paris,_Texas"), Literal("Paris, Texas")],
    [NamedNode("http://example.org/it's"), Literal('x,"y"\r\nz\r', language="fr")],
    [BlankNode("b0"), Literal("1,5", datatype=NamedNode("http://example.org/a,b"))],
    [None, Literal("")],
]


def test_csv_quotes_what_has_to_be_whatever_the_term_is():
    body = written(["a", "b"], CSV_ROWS, "text/csv", Caps(HUGE))

    assert body.startswith(b'a,b\r\n"http://dbpedia.org/resource/Paris,_Texas","Paris, Texas"\r\n')
    assert body.endswith(b'\r\n_:b0,"1,5"\r\n,\r\n')
    assert list(csv.reader(io.StringIO(body.decode(), newline=""))) == [
        ["a", "b"],
        ["http://dbpedia.org/resource/Paris,_Texas", "Paris, Texas"],
        ["http://example.org/it's", 'x,"y"\r\nz\r'],
        ["_:b0", "1,5"],
        ["", ""],
    ]


@given(rows=st.lists(st.lists(terms(texts), min_size=2, max_size=2), max_size=4))
def test_csv_has_as_many_fields_in_each_row_as_variables(rows):
    body = written(["a", "b"], rows, "text/csv", Caps(HUGE))

    found = list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))
    assert [len(row) for row in found] == [2] * (1 + len(rows))


@pytest.mark.parametrize("text", ["a\x01b", "a\uffffb"])
def test_characters_that_xml_cannot_hold_are_an_error_that_names_other_formats(text):
    with pytest.raises(NotAcceptable, match=r"U\+(0001|FFFF)") as refused:
        written(["a"], [[Literal(text)]], "application/sparql-results+xml", Caps(HUGE))

    assert "text/csv" in refused.value.facts["offers"]


def test_white_space_and_carriage_returns_come_back_from_xml():
    body = written(["a"], [[Literal(" a\rb\r\n")]], "application/sparql-results+xml", Caps(HUGE))

    assert ET.fromstring(body).find(".//{*}literal").text == " a\rb\r\n"


def test_a_number_that_is_none_is_quoted_in_tsv():
    body = written(
        ["a"],
        [[Literal("a\tb", datatype=NamedNode(f"{XSD}integer"))]],
        "text/tab-separated-values",
        Caps(HUGE),
    )

    assert body.splitlines()[1] == f'"a\\tb"^^<{XSD}integer>'.encode()


@pytest.mark.parametrize("media", serialization.RESULT_FORMATS)
def test_triple_terms_are_refused(media):
    term = Triple(NamedNode("a:a"), NamedNode("a:b"), NamedNode("a:c"))

    with pytest.raises(MalformedQuery):
        written(["a"], [[term]], media, Caps(HUGE))


def test_rows_stop_being_read_at_the_cut():
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield [Literal("x")]

    caps = Caps(HUGE, limit=3)
    written(["a"], endless(), "text/csv", caps)

    assert (caps.rows, caps.complete, len(taken)) == (3, False, 4)


@pytest.mark.parametrize("media", serialization.RESULT_FORMATS)
def test_an_endless_answer_ends_at_the_byte_cap(media):
    def endless():
        while True:
            yield [Literal("x" * 100)]

    with pytest.raises(ResultTooLarge):
        written(["a"], endless(), media, Caps(5000))


@pytest.mark.parametrize("media", serialization.GRAPH_FORMATS)
def test_graphs_do_not_depend_on_the_order_of_triples(media):
    triples = [Triple(NamedNode(f"a:{i}"), NamedNode("a:p"), Literal(str(i))) for i in range(5)]

    forward = graph(triples, media)
    backward = graph(reversed(triples), media)

    assert forward == backward
    assert len(list(pyoxigraph.parse(forward, RdfFormat.from_media_type(media)))) == 5
