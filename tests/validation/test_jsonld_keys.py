"""Keys of JSON-LD that mean nothing are named, each where it stands."""

import json

import pytest

from diplograph.errors import DoesNotConform, TooComplex
from diplograph.validation.jsonld_keys import dropped, require_mapped
from diplograph.validation.locate import Text

A = {"a": "urn:a"}
MAPPED = {
    "a term": {"@context": A, "@id": "urn:s", "a": 1},
    "an IRI": {"@id": "urn:s", "urn:a": 1, "@type": "urn:T"},
    "a prefixed name": {
        "@context": {"p": "urn:p#"},
        "@id": "urn:s",
        "p:a": {"@value": "x", "@language": "en"},
    },
    "a vocabulary": {"@context": {"@vocab": "urn:"}, "@id": "urn:s", "a": {"b": {"c": 1}}},
    "a term of two words": {"@context": {"two words": "urn:a"}, "@id": "urn:s", "two words": 1},
    "an alias of a keyword": {"@context": {"id": "@id", "kind": "@type"}, "id": "urn:s", "kind": "urn:T"},
    "languages": {
        "@context": {"a": {"@id": "urn:a", "@container": "@language"}},
        "a": {"en": "x", "zh-Hant": "y"},
    },
    "an index": {"@context": {"a": {"@id": "urn:a", "@container": "@index"}}, "a": {"two words": "x"}},
    "JSON": {"@context": {"a": {"@id": "urn:a", "@type": "@json"}}, "a": {"note": {"@odd": 1}}},
    "a term for what it stands in": {
        "@context": {"a": {"@id": "urn:a", "@context": {"b": "urn:b"}}},
        "a": {"b": 1},
    },
    "a term for a type": {
        "@context": {"T": {"@id": "urn:T", "@context": {"b": "urn:b"}}},
        "@type": "T",
        "b": 1,
    },
    "a graph": {"@context": A, "@id": "urn:g", "@graph": [{"@id": "urn:s", "a": 1}]},
    "what was left out on purpose": {"@context": {"note": None}, "@id": "urn:s", "note": "x"},
    "what says nothing": {"@id": "urn:s", "note": None, "notes": []},
}
DROPPED = {
    "at the top": ({"@context": A, "@id": "urn:s", "a": 1, "note": "x"}, {("note", "urn:s")}),
    "without any context": ({"@id": "urn:s", "note": "x"}, {("note", "urn:s")}),
    "of two words": (
        {"@id": "urn:s", "two words": "x", "p:two words": "y"},
        {("two words", "urn:s"), ("p:two words", "urn:s")},
    ),
    "of no letters": ({"@id": "urn:s", "": "x", "%": "y"}, {("", "urn:s"), ("%", "urn:s")}),
    "deep": (
        {
            "@context": A,
            "@id": "urn:s",
            "a": [{"@id": "urn:t", "a": {"@id": "urn:u", "note": {"@id": "urn:v"}}}],
        },
        {("note", "urn:u")},
    ),
    "below another": (
        {"@id": "urn:s", "note": {"@id": "urn:t", "deep": 1}},
        {("note", "urn:s"), ("deep", "urn:t")},
    ),
    "in a list of nodes": (
        [{"@id": "urn:s", "x": 1}, {"@context": {"x": "urn:x"}, "@id": "urn:t", "x": 1}],
        {("x", "urn:s")},
    ),
    "in a graph": ({"@context": A, "@graph": [{"@id": "urn:s", "b": 1}]}, {("b", "urn:s")}),
    "where a context ends": (
        {"@context": A, "@id": "urn:s", "a": {"@context": None, "@id": "urn:t", "a": 1}},
        {("a", "urn:t")},
    ),
    "where a vocabulary ends": (
        {
            "@context": {"@vocab": "urn:"},
            "@id": "urn:s",
            "a": {"@context": {"@vocab": None}, "@id": "urn:t", "b": 1},
        },
        {("b", "urn:t")},
    ),
    "outside the scope of its term": (
        {
            "@context": {"a": {"@id": "urn:a", "@context": {"b": "urn:b"}}},
            "@id": "urn:s",
            "a": {"b": 1},
            "b": 2,
        },
        {("b", "urn:s")},
    ),
    "in reverse": ({"@id": "urn:s", "@reverse": {"note": {"@id": "urn:t"}}}, {("note", "urn:t")}),
    "of a colon before a name": ({"@context": A, "@id": "urn:s", ":b": "x"}, {(":b", "urn:s")}),
    "that a term stands for": ({"@context": {"b": "note"}, "@id": "urn:s", "b": "x"}, {("note", "urn:s")}),
    "like a keyword": ({"@id": "urn:s", "@typ": "urn:T", "@ID": "x"}, {("@typ", "urn:s"), ("@ID", "urn:s")}),
}


def text(document, name="a.jsonld"):
    return Text(
        name, json.dumps(document, indent=1, ensure_ascii=False).encode(), "application/ld+json", "urn:base:"
    )


@pytest.mark.parametrize("document", MAPPED.values(), ids=MAPPED)
def test_key_that_means_something_is_no_finding(document):
    assert dropped([text(document)]) == []
    require_mapped(text(document))


@pytest.mark.parametrize(("document", "expected"), DROPPED.values(), ids=DROPPED)
def test_key_that_means_nothing_is_named_with_its_node_wherever_it_stands(document, expected):
    found = dropped([text(document)])

    assert {(json.loads(f.value), f.focus) for f in found} == expected
    assert all(
        f.severity == "violation" and json.loads(f.value) in f.message.replace(chr(92), "") for f in found
    )
    with pytest.raises(DoesNotConform) as caught:
        require_mapped(text(document))
    assert len(caught.value.facts["report"]["findings"]) == len(found)


@pytest.mark.parametrize(("document", "expected"), DROPPED.values(), ids=DROPPED)
def test_key_that_means_nothing_has_the_place_of_the_key(document, expected):
    source = text(document)
    lines = source.content.decode().splitlines()

    for finding in dropped([source]):
        shown = lines[finding.line - 1][finding.column - 1 : finding.end_column - 1]
        assert (shown, finding.file) == (finding.value, "a.jsonld")


def test_each_node_has_its_own_place():
    nodes = [{"@id": f"urn:{number}", "note": "東京"} for number in range(3)]

    assert [(f.focus, f.line) for f in dropped([text(nodes)])] == [("urn:0", 4), ("urn:1", 8), ("urn:2", 12)]


@pytest.mark.parametrize("number", ["9" * 6000, "1e999", "-1E-999", "-0", "1.50"])
def test_numbers_of_any_size_are_read(number):
    source = f'{{"@context": {{"@version": 1.1}}, "@id": "urn:s", "urn:a": {number}, "b": {number}}}'

    found = dropped([Text("a.jsonld", source.encode(), "application/ld+json", "urn:base:")])

    assert [f.value for f in found] == ['"b"']


def test_what_is_nested_too_deep_is_refused():
    source = '{"urn:a": ' * 5000 + "1" + "}" * 5000

    with pytest.raises(TooComplex):
        dropped([Text("a.jsonld", source.encode(), "application/ld+json", "urn:base:")])


def test_other_syntaxes_have_no_keys():
    assert dropped([Text("a.ttl", b"<urn:s> <urn:p> <urn:o> .", "text/turtle", "urn:base:")]) == []
