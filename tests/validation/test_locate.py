"""Where statements stand in a text: exactly in Turtle and its relatives, by subject elsewhere."""

import time

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import turtle_texts
from diplograph.errors import MalformedRdf, UnsupportedMediaType
from diplograph.rdf.statements import aligned, statements
from diplograph.validation import locate
from diplograph.validation.locate import Range
from diplograph.validation.rdf_parsing import parse

E = "http://example.org/"
HEAD = f"@prefix : <{E}> .\n"
XSD = "http://www.w3.org/2001/XMLSchema#"


def place(text, subject, predicate, value, **read):
    """What the text itself holds at the place of the triple, and on which line."""
    found = locate.read(text, read.get("syntax", "ttl"), read.get("base"))
    where = found.of_triple(subject, predicate, value)
    assert where is not None
    lines = text.removeprefix("\ufeff").split("\n")
    held = lines[where.line - 1 : where.end_line]
    held[-1] = held[-1][: where.end_column - 1]
    held[0] = held[0][where.column - 1 :]
    return "\n".join(held), where.line


def test_each_object_of_a_list_over_several_lines_has_its_own_line():
    text = HEAD + ":s :p\n    :x ,\n    :y ,  # a remark, with a dot.\n    :z ;\n    :q :x .\n"

    assert place(text, E + "s", E + "p", E + "x") == (":x", 3)
    assert place(text, E + "s", E + "p", E + "z") == (":z", 5)
    assert place(text, E + "s", E + "q", E + "x") == (":x", 6)


def test_what_a_nested_blank_node_says_has_its_own_line():
    text = HEAD + ":s :p [\n  :q [\n    :r 1\n  ]\n] .\n"
    parsed = parse(text.encode(), "ttl", "urn:g")
    inner = next(t for t in parsed["urn:g"] if t.predicate.value == E + "r")

    found = locate.read(text, "ttl", "urn:g", parsed)

    assert found.of_triple(str(inner.subject), E + "r", str(inner.object)) == Range(4, 8, 4, 9)
    assert found.of_subject(str(inner.subject)) == Range(3, 6, 3, 7)


def test_blank_nodes_that_say_the_same_keep_their_order():
    text = HEAD + ":s :p [ :q 1 ] ,\n  [ :q 1 ] ,\n  [ :q 1 ] .\n"
    parsed = parse(text.encode(), "ttl", "urn:g")
    nodes = dict.fromkeys(str(t.subject) for t in parsed["urn:g"] if t.predicate.value == E + "q")

    found = locate.read(text, "ttl", "urn:g", parsed)

    assert [found.of_subject(node).line for node in nodes] == [2, 3, 4]


def test_labelled_blank_node_goes_by_the_name_that_the_upload_gave_it():
    text = HEAD + "_:x :p :o .\n_:y :p _:x .\n"
    parsed = parse(text.encode(), "ttl", "urn:g")
    first, second = parsed["urn:g"]

    found = locate.read(text, "ttl", "urn:g", parsed)

    assert found.of_subject(str(second.subject)) == Range(3, 1, 3, 4)
    assert found.of_triple(str(second.subject), E + "p", str(first.subject)) == Range(3, 8, 3, 11)


def test_members_of_a_collection_have_their_own_lines():
    text = HEAD + ":s :p (\n  :x\n  ( :y )\n  ()\n) .\n"
    found = locate.read(text, "ttl")

    lines = {s.object: found.range(s.object_span).line for s in found.statements if s.object.startswith(E)}

    assert lines == {E + "x": 3, E + "y": 4}


def test_prefixed_names_are_found_by_the_iri_they_stand_for():
    text = HEAD + f"PREFIX e.x: <{E}long/>\n:s :p e.x:a\\,b%20c.d , e.x: , <{E}p:q> .\n"

    assert place(text, E + "s", E + "p", E + "long/a,b%20c.d") == ("e.x:a\\,b%20c.d", 3)
    assert place(text, E + "s", E + "p", E + "long/") == ("e.x:", 3)


def test_prefix_that_is_declared_again_means_something_else_from_there_on():
    text = HEAD + f":s :p :x .\n@prefix : <{E}second/> .\n:s :p :x .\n"
    found = locate.read(text, "ttl")

    assert found.of_subject(E + "second/s") == Range(4, 1, 4, 3)


def test_literal_of_several_lines_ends_where_its_quotes_do():
    text = HEAD + ':s :p """one\n"two" \\"\n# no remark\n"""@en ;\n   :q 2 .\n'

    assert place(text, E + "s", E + "p", '"one\\n\\"two\\" \\"\\n# no remark\\n"@en') == (
        '"""one\n"two" \\"\n# no remark\n"""@en',
        2,
    )
    assert place(text, E + "s", E + "q", f'"2"^^<{XSD}integer>') == ("2", 6)


def test_a_is_a_predicate_with_its_object_in_place():
    type_ = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

    assert place(HEAD + ":s a\n  :T .", E + "s", type_, E + "T") == (":T", 3)


@pytest.mark.parametrize(
    ("written", "datatype"),
    [("08", "integer"), ("-1.50", "decimal"), (".5e-3", "double"), ("1.E0", "double"), ("true", "boolean")],
)
def test_shorthand_of_numbers_and_booleans_is_found_by_its_lexical_form(written, datatype):
    text = HEAD + f":s :p 7 ,\n  {written}."

    assert place(text, E + "s", E + "p", f'"{written}"^^<{XSD}{datatype}>') == (written, 3)


def test_relative_iris_are_resolved_against_the_base_in_force():
    text = f"<#s> <p> <../o> .\n@base <{E}x/y> .\n<#s> <p> <../o> .\n"

    assert place(text, "http://b/c/d#s", "http://b/c/p", "http://b/o", base="http://b/c/d") == ("<../o>", 1)
    assert place(text, E + "x/y#s", E + "x/p", E + "o", base="http://b/c/d") == ("<../o>", 3)


def test_typed_literal_is_found_whichever_way_a_finding_quotes_it():
    text = HEAD + f":s :p 'a\\u0062'  ^^ <{XSD}token> ."

    assert place(text, E + "s", E + "p", f'"""ab"""^^<{XSD}token>')[0] == f"'a\\u0062'  ^^ <{XSD}token>"


def test_columns_count_code_points_and_a_byte_order_mark_is_none():
    text = "\ufeff" + f'<{E}s> <{E}p> "日本𝄞" , <{E}o> .'

    assert locate.read(text, "ttl").of_triple(E + "s", E + "p", E + "o").column == len(text) - 1 - 23


def test_triples_of_trig_know_their_graph():
    text = HEAD + ":s :p :o .\n:g { :s :p :o }\nGRAPH <h> {\n  :s :p :o ; :q :o .\n}\n{ :t :p :o }\n"
    found = locate.read(text, "trig", "urn:x:")

    said = [(s.graph, found.range(s.object_span).line) for s in found.about(E + "s")]
    assert said == [(None, 2), (E + "g", 3), ("urn:h", 5), ("urn:h", 5)]
    assert found.of_triple(E + "s", E + "p", E + "o").line == 2
    assert found.of_subject(E + "t").line == 7


def test_n_triples_and_n_quads_have_a_line_for_each_statement():
    lines = f'<{E}s> <{E}p> "a"@en .\n# remark\n<{E}s> <{E}p> <{E}o> .\n'
    with_graph = lines.replace(f"<{E}o> .", f"<{E}o> <{E}g> .")

    assert place(lines, E + "s", E + "p", E + "o", syntax="nt") == (f"<{E}o>", 3)
    assert place(with_graph, E + "s", E + "p", E + "o", syntax="application/n-quads") == (f"<{E}o>", 3)
    assert [s.graph for s in locate.read(with_graph, "nq").about(E + "s")][-1] == E + "g"


def test_subjects_of_json_ld_are_found_where_they_are_described():
    text = """{"@context": {"ex": "http://example.org/", "id": "@id"},
 "@graph": [{"@id": "ex:a", "ex:p": {"@id": "ex:b"}},
  {"id": "ex:b", "ex:q": "{ \\"@id\\": 1"},
  {"ex:q": 2, "@id": "rel"}]}"""
    found = locate.read(text, "jsonld", "urn:upload:")

    assert found.statements == ()
    assert [found.of_subject(s).line for s in (E + "a", E + "b", "urn:rel")] == [2, 3, 4]
    assert found.of_triple(E + "a", E + "p", E + "b") is None


def test_subjects_of_rdf_xml_are_found_at_their_elements():
    text = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="{E}">
 <rdf:Description rdf:about="{E}é"><e:p>é</e:p></rdf:Description> <e:T rdf:ID="x" xml:base="{E}d"/>
 <e:T rdf:about="y"><e:p><e:T rdf:about="z"/></e:p></e:T>
</rdf:RDF>"""
    found = locate.read(text, "rdf", E)

    assert found.of_subject(E + "é").line == 2
    assert found.of_subject(E + "d#x").column == text.split("\n")[1].index("<e:T") + 1
    assert found.of_subject(E + "z").line == 3


def test_block_reaches_to_the_last_object():
    text = HEAD + ":s :p 1 ;\n  :q [ :r\n    2 ] ;\n.\n:t :p 1 .\n:s :z 3 .\n"

    assert locate.read(text, "ttl").of_block(E + "s") == Range(2, 1, 4, 8)


def test_syntax_error_keeps_the_position_that_the_engine_gives():
    with pytest.raises(MalformedRdf) as caught:
        locate.read(HEAD + ":s :p :o ;\n   :q .", "ttl")

    assert caught.value.facts["position"] == {"line": 3, "column": 7}


def test_unknown_syntax_is_refused():
    with pytest.raises(UnsupportedMediaType):
        locate.read("", "text/x-unknown")


@pytest.mark.parametrize(
    "text", [":s :p <<( :a :b :c )>> .", ":s :p << :a :b :c >> .", ':s :p "x"@en--ltr .']
)
def test_what_only_rdf_1_2_has_is_refused(text):
    with pytest.raises(MalformedRdf):
        locate.read(HEAD + text, "ttl")


def test_other_statements_than_the_engines_are_an_error():
    ours = list(statements(HEAD + ":s :p [ :q 1 ] , [ :q 2 ] ."))
    theirs = list(pyoxigraph.parse(HEAD + ":s :p [ :q 1 ; :q 2 ] , [] .", pyoxigraph.RdfFormat.TURTLE))

    with pytest.raises(MalformedRdf, match="two different graphs"):
        aligned(ours, theirs)


@given(turtle_texts.bodies, st.sampled_from(["ttl", "trig"]))
@settings(max_examples=120, deadline=None)
def test_any_text_yields_the_engines_graph(body, syntax):
    text = HEAD + (f":g {{ {body} }}" if syntax == "trig" else body)

    read = locate.read(text, syntax, E)

    places = [read.range(statement.object_span) for statement in read.statements]
    count = sum(1 for _ in pyoxigraph.parse(text, locate.syntax_of(syntax), base_iri=E))
    assert len(places) == count


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        "".join(f':s{i} a :T ;\n :p "label {i}"@en , {i} ;\n :q [ :r :o ] .\n' for i in range(20_000)),
        ":s :p (" + " 1" * 50_000 + ") .",
        ":s :p " + "[ :p " * 900 + "1" + " ]" * 900 + " .",
        ":s :p " + "1" + "." * 1 + "\n" + ":s :p '''" + "'' " * 300_000 + "''' .",
        "#" * 1_000_000 + "\n:s :p :o .",
    ],
    ids=["100,000 triples", "long collection", "deep nesting", "long literal", "long remark"],
)
def test_large_texts_take_seconds(body):
    start = time.process_time()

    assert locate.read(HEAD + body, "ttl").statements

    assert time.process_time() - start < 12
