"""Turtle in and out: nothing is lost, and one graph has one text."""

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import OWL, BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.plugins.serializers.longturtle import LongTurtleSerializer

import turtle_texts
from diplograph.errors import MalformedRdf
from diplograph.rdf import turtle
from diplograph.rdf.terms import to_oxigraph, to_rdflib

XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = f"PREFIX ex: <http://example.org/> PREFIX xsd: <{XSD}> "

iris = st.sampled_from(
    [URIRef(f"http://example.org/{name}") for name in ("a", "b", "c-1", "d.e", "f(g)", "1", "é")]
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
datatypes = st.sampled_from(
    [URIRef(XSD + name) for name in ("integer", "decimal", "double", "boolean", "date")]
    + [URIRef("http://example.org/type")]
)
lexical = texts | st.sampled_from(
    ["08", "1", "+1.50", "1.", ".5", "1e0", "1.5E-7", "true", "1", "INF", 'a"\n', '\n\\"']
)
literals = st.one_of(
    st.builds(lambda text, datatype: Literal(text, datatype=datatype, normalize=False), lexical, datatypes),
    st.builds(lambda text: Literal(text, lang="ja"), texts),
)
triples = st.tuples(iris, iris, st.one_of(iris, literals))


def graph_of(found):
    graph = Graph(bind_namespaces="none")
    for triple in found:
        graph.add(triple)
    return graph


def test_the_header_of_an_ontology_comes_first():
    header = "https://example.org/z"
    text = f"{PREFIXES} ex:a a ex:b . <{header}> a <http://www.w3.org/2002/07/owl#Ontology> ; ex:p ex:a ."

    first = turtle.canonical(text).partition("\n\n")[2].splitlines()[0]

    assert first == f"<{header}>"


@given(st.lists(triples, max_size=8))
@settings(max_examples=80, deadline=None)
def test_canonical_text_reads_back_as_the_same_graph_and_is_a_fixed_point(found):
    graph = graph_of(found)

    text = turtle.canonical(graph)

    assert set(turtle.parse(text)) == set(graph)
    assert turtle.canonical(text) == text


@given(st.lists(triples, max_size=12), st.sampled_from([None, "http://example.org/c-1"]))
@settings(max_examples=150, deadline=None)
def test_the_quick_writer_and_the_serializer_make_one_text(found, first):
    graph = turtle.parse(PREFIXES)
    for triple in found:
        graph.add(triple)

    text = turtle.canonical(graph, first)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turtle._Plain, "written", lambda *_: None)
        assert turtle.canonical(graph, first) == text


@given(st.permutations(range(6)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_triples_does_not_show_in_the_text(order):
    found = [
        (URIRef(f"http://example.org/{i % 2}"), URIRef("http://example.org/p"), Literal(i)) for i in order
    ]

    assert turtle.canonical(graph_of(found)) == turtle.canonical(graph_of(sorted(found)))


@given(turtle_texts.short_bodies)
@settings(max_examples=60, deadline=None)
def test_any_text_keeps_its_graph_and_its_form_is_a_fixed_point(body):
    text = turtle_texts.HEAD + f"@base <{turtle_texts.E}> .\n" + body

    form = turtle.format_text(text)

    assert isomorphic(turtle.parse(form), turtle.parse(text))
    assert turtle.format_text(form) == form


@pytest.mark.parametrize(
    "body",
    [
        "_:x :p :a , _:x ; :q :a , ( :a :b ) .",
        "_:l rdf:first 1 ; rdf:rest _:l . :a :p _:l .",
        ":a :p _:l . _:l rdf:first 1 ; rdf:rest _:m . :b :p _:m . _:m rdf:first 2 ; rdf:rest () .",
        "_:l rdf:first _:l ; rdf:rest () .",
        ":a :p [ rdf:first 1 , 2 ; rdf:rest () ] , [ rdf:rest () ] .",
    ],
    ids=["beside itself", "circle", "cell named elsewhere", "in itself", "no list"],
)
def test_collections_that_are_none_keep_their_triples(body):
    text = f"{turtle_texts.HEAD}@prefix rdf: <{rdflib.RDF}> .\n{body}"

    form = turtle.format_text(text)

    assert isomorphic(turtle.parse(form), turtle.parse(text))
    assert turtle.format_text(form) == form


def test_comments_among_the_prefixes_are_kept_and_those_below_are_told():
    text = "# one\nPREFIX ex: <http://example.org/#> # two\n\n  # three\nex:a ex:p 'a # b' . # four\n"

    assert turtle.comments(text) == "# one\n# two\n# three\n"
    assert [(found.text, found.line) for found in turtle.remarks(text) if not found.in_head] == [
        ("# four", 5)
    ]


def test_graphs_with_blank_nodes_have_one_text():
    text = PREFIXES + "ex:a ex:p [ ex:q ( 1 [ ex:r 2 ] ) ] , [ ex:q 3 ] ."
    canonical = turtle.canonical(text)

    assert isomorphic(turtle.parse(canonical), turtle.parse(text))
    assert turtle.canonical(canonical) == canonical


@pytest.mark.parametrize("name", ["data/entities.ttl", "ontology/vocab.ttl", "ontology/diplograph-dl.ttl"])
def test_each_block_is_what_rdflib_writes_with_canon(root, name, monkeypatch):
    path = root / name
    if not path.exists():
        pytest.skip(f"{name} is not there")
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    monkeypatch.setattr(LongTurtleSerializer, "topClasses", [OWL.Ontology])
    graph = Graph(bind_namespaces="none").parse(path, format="turtle")

    text = turtle.canonical(path.read_text(encoding="utf-8"))
    assert blocks(text) == blocks(graph.serialize(format="longturtle", canon=True))


def blocks(text):
    """The blocks of a canonical text, in the order of their texts."""
    return sorted(text.strip().split("\n\n"))


def test_the_place_of_a_block_depends_on_no_other():
    lines = [f"ex:{name} ex:p 1 ." for name in "abcd"]
    text = turtle.canonical(PREFIXES + "\n".join(lines))
    more = turtle.canonical(PREFIXES + "\n".join(["ex:d ex:q ex:a , ex:b .", *lines]))

    assert [line for line in text.splitlines() if line.startswith("ex:")] == [f"ex:{n}" for n in "abcd"]
    assert [line for line in more.splitlines() if line.startswith("ex:")] == [f"ex:{n}" for n in "abcd"]


def test_lexical_forms_are_kept():
    text = PREFIXES + 'ex:a ex:p 08 , 1.50 , 1.5E0 , "1"^^xsd:boolean , "abc"^^xsd:integer .'
    forms = {str(value) for value in turtle.parse(text).objects()}

    assert forms == {"08", "1.50", "1.5E0", "1", "abc"}
    assert {str(value) for value in turtle.parse(turtle.canonical(text)).objects()} == forms


def test_control_characters_are_written_by_their_code_points():
    text = turtle.canonical('<urn:s> <urn:p> "a\x00\x07\x85\\uFFFE\\tb" .')

    assert '"a\\u0000\\u0007\\u0085\\uFFFE\tb"' in text
    assert str(next(turtle.parse(text).objects())) == "a\x00\x07\x85\ufffe\tb"


def test_only_used_prefixes_are_written_and_ours_go_by_our_names():
    text = (
        "PREFIX x: <https://schema.org/> PREFIX y: <http://example.org/> PREFIX z: <http://unused.org/> "
        "y:a x:name 'b' ."
    )

    lines = turtle.canonical(text).splitlines()

    assert lines[:2] == ["PREFIX schema: <https://schema.org/>", "PREFIX y: <http://example.org/>"]
    assert "unused" not in turtle.canonical(text)


def test_the_subject_that_is_to_be_first_is():
    graph = turtle.parse(f"{PREFIXES}\nex:a ex:p ex:c . ex:b ex:p ex:c . ex:c ex:p 1 .")

    subjects = [
        line for line in turtle.canonical(graph, "http://example.org/b").splitlines() if "ex:" in line[:3]
    ]

    assert subjects == ["ex:b", "ex:a", "ex:c"]


def test_comments_above_the_first_statement_are_kept_and_others_are_not():
    text = f"# one\n{PREFIXES}\n# two\nex:a ex:p 1 . # three\n# four\n"

    formatted = turtle.format_text(text)

    assert formatted.startswith("# one\n# two\nPREFIX ex:")
    assert "three" not in formatted
    assert turtle.format_text(formatted) == formatted


def test_a_byte_order_mark_is_dropped():
    assert len(turtle.parse("\ufeff<http://example.org/a> a <http://example.org/b> .")) == 1


def test_a_syntax_error_has_line_and_column_in_characters():
    with pytest.raises(MalformedRdf) as caught:
        turtle.parse('<http://example.org/a> <http://example.org/p>\n  "日本" oops .')

    assert caught.value.facts["position"] == {"line": 2, "column": 8}


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "broken.ttl"
    path.write_text("<http://example.org/a> .", encoding="utf-8")

    with pytest.raises(MalformedRdf) as caught:
        turtle.read(path)

    assert caught.value.facts["file"] == str(path)
    assert caught.value.facts["position"]["line"] == 1


def test_a_file_that_is_not_utf_8_is_malformed(tmp_path):
    path = tmp_path / "latin.ttl"
    path.write_bytes(b'<http://example.org/a> <http://example.org/p> "\xe9" .')

    with pytest.raises(MalformedRdf, match="UTF-8"):
        turtle.read(path)


def test_a_relative_iri_without_base_is_malformed():
    with pytest.raises(MalformedRdf):
        turtle.parse("<a> <b> <c> .")


def test_relative_iris_are_resolved_against_the_base():
    graph = turtle.parse("<a> <b> <c> .", "http://example.org/x/")

    assert (URIRef("http://example.org/x/a"), None, None) in graph


def test_triple_terms_are_refused():
    with pytest.raises(MalformedRdf, match="triple terms"):
        turtle.parse("<http://a/a> <http://a/b> <<( <http://a/c> <http://a/d> 1 )>> .")


@given(st.one_of(iris, literals, st.builds(BNode, st.sampled_from(["b1", "b2"]))))
def test_terms_cross_between_the_two_libraries_unchanged(term):
    crossed = to_rdflib(to_oxigraph(term))

    assert str(crossed) == str(term)
    assert type(crossed) is type(term)
    if isinstance(term, Literal) and term.datatype != URIRef(f"{XSD}string"):
        assert (crossed.datatype, crossed.language) == (term.datatype, term.language)
