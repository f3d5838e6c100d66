"""RDF/XML that every reader reads back as what was written, or an error that says why there is none."""

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple
from rdflib import Graph
from rdflib.compare import isomorphic

from diplograph.errors import NotAcceptable
from diplograph.rdf import rdf_xml
from diplograph.rdf.terms import to_rdflib

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
A, P = NamedNode("http://example.org/a"), NamedNode("http://example.org/p")
PREFIXES = {"ex": "http://example.org/", "b": "http://example.org/b/"}

PROPERTIES = (
    *("http://example.org/p", "http://example.org/1num", "http://example.org/b/c-d.e", f"{RDF}type"),
    *("http://example.org/x?a=1&b", "http://example.org/日本", "http://example.org/it's", "urn:uuid:a1"),
    f"{RDF}_1",
)
texts = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda c: not rdf_xml.NOT_XML.search(c)))
nodes = st.one_of(
    st.sampled_from(["http://example.org/a,b(c)", "http://example.org/a&b", "urn:uuid:1"]).map(NamedNode),
    st.sampled_from(["b0", "1a", "a.b", "_a", "é", "a:b", "_613a62"]).map(BlankNode),
)
objects = st.one_of(
    nodes,
    st.builds(Literal, texts),
    st.builds(lambda text: Literal(text, language="zh-hant-tw"), texts),
    st.builds(lambda text: Literal(text, datatype=NamedNode(f"{RDF}XMLLiteral")), texts),
    st.builds(lambda text: Literal(text, datatype=NamedNode("http://example.org/d&e")), texts),
)
triples = st.builds(Triple, nodes, st.sampled_from(PROPERTIES).map(NamedNode), objects)


def written(found: list[Triple]) -> bytes:
    return b"".join(rdf_xml.serialised(found, PREFIXES))


def expat(body: bytes) -> Graph:
    """What rdflib reads, lexical forms kept: it reads with expat, whose reading of XML is not Oxigraph's."""
    return Graph().parse(data=body, format="xml")


@given(found=st.lists(triples, max_size=6))
@settings(max_examples=200, deadline=None)
def test_triples_read_back_as_they_were(found: list[Triple]) -> None:
    body = written(found)

    read = {quad.triple for quad in pyoxigraph.parse(body, RdfFormat.RDF_XML)}
    graph, theirs = Graph(), Graph()
    for triple in found:
        graph.add(tuple(map(to_rdflib, triple)))
    for triple in read:
        theirs.add(tuple(map(to_rdflib, triple)))
    assert isomorphic(graph, theirs)


@pytest.mark.parametrize(
    "text", ["a\rb\r\nc", "\r", "   ", "\n", "\t x \t", "<b>&amp; ]]> \"'</b>", "a\x85b\u2028c"]
)
def test_text_keeps_its_white_space_and_marks_in_every_reader(text: str) -> None:
    body = written([Triple(A, P, Literal(text))])

    assert [quad.object.value for quad in pyoxigraph.parse(body, RdfFormat.RDF_XML)] == [text]
    assert [str(term) for term in expat(body).objects()] == [text]


def test_a_class_without_a_name_is_written_as_the_value_of_rdf_type() -> None:
    triple = Triple(A, NamedNode(f"{RDF}type"), NamedNode("urn:uuid:1234"))

    assert [quad.triple for quad in pyoxigraph.parse(written([triple]), RdfFormat.RDF_XML)] == [triple]
    assert len(expat(written([triple]))) == 1


@pytest.mark.parametrize("label", ["1a", "a:b", "_a"])
def test_blank_nodes_whose_labels_are_no_names_stay_apart(label: str) -> None:
    found = [Triple(BlankNode(label), P, BlankNode("a")), Triple(BlankNode("_" + label), P, BlankNode(label))]

    assert len(expat(written(found)).all_nodes()) == 3


@pytest.mark.parametrize(
    "iri",
    [
        *("http://example.org/p(x)", "http://example.org/", "http://example.org/x/", "urn:uuid:1234"),
        *(f"{RDF}li", f"{RDF}Description", f"{RDF}about", "http://www.w3.org/2000/xmlns/a"),
    ],
)
def test_a_property_without_a_name_in_xml_is_an_error_that_names_it(iri: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        written([Triple(A, P, A), Triple(A, NamedNode(iri), A)])

    assert f"<{iri}>" in refused.value.detail
    assert refused.value.facts["offers"] == ["text/turtle", "application/n-triples", "application/ld+json"]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1f", "\ufffe", "\uffff"])
def test_a_character_that_xml_cannot_hold_is_an_error_that_names_it(character: str) -> None:
    with pytest.raises(NotAcceptable, match=rf"U\+{ord(character):04X}"):
        written([Triple(A, P, Literal(f"x{character}y"))])


def test_what_rdf_1_1_does_not_have_is_an_error() -> None:
    with pytest.raises(NotAcceptable, match="triple term"):
        written([Triple(A, P, Triple(A, P, A))])
    with pytest.raises(NotAcceptable, match="direction"):
        written([Triple(A, P, Literal("x", language="en", direction=pyoxigraph.BaseDirection.LTR))])


def test_a_long_iri_that_ends_in_no_name_is_told_at_once() -> None:
    with pytest.raises(NotAcceptable):
        written([Triple(A, NamedNode("http://example.org/" + "a/1" * 200_000), A)])
