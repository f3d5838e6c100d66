"""Check queries on every text, date and IRI: which forms are taken and which are refused."""

import re

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from diplograph import media
from diplograph.namespaces import BASE, DG, DGG, DGS, DGV, EDTF, ID, KINDS, OWL, PROV, RDFS, VOID, XSD
from diplograph.rdf import Dataset
from diplograph.validation import Shapes
from diplograph.validation.checks import queried

THING, SAYS = NamedNode(ID["act/example"]), NamedNode(str(RDFS.comment))
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
FORMS = (
    "AddressCase",
    "AddressForm",
    "BlankText",
    "ControlCharacter",
    "DateForm",
    "TermDefined",
    "TextLength",
)


@pytest.fixture(scope="module")
def broken(shapes: Shapes):
    """What is broken by some triples in a graph."""

    def found(*triples, graph="urn:example"):
        held = Dataset.memory()
        held.extend([Quad(*triple, NamedNode(graph)) for triple in triples])
        checks = [check for check in shapes.checks if check.shape.removeprefix(DGS) in FORMS]
        return {finding.shape.removeprefix(DGS) for finding in queried(held, checks)}

    return found


@pytest.mark.parametrize("text", ["a", "…", "東", " a\n\tb ", "❤️", "e\u0301", "\u200bx"])
def test_text_with_something_to_read_is_taken(broken, text):
    assert broken((THING, SAYS, Literal(text))) == set()


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\t", "\u00a0", "\u3000", "\u200b\ufeff\u2060", "\u2028", "\u0301", "\u3164", "\u2800"],
)
@pytest.mark.parametrize("language", [None, "ja"])
def test_text_with_nothing_to_read_is_refused_at_any_property(broken, text, language):
    assert broken((THING, SAYS, Literal(text, language=language))) == {"BlankText"}


@pytest.mark.parametrize("code", [0, 7, 0xB, 0xD, 0x1F, 0x7F, 0x85, 0x9F, 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE])
def test_control_character_and_what_is_no_character_are_refused(broken, code):
    assert broken((THING, SAYS, Literal(f"a{chr(code)}b"))) == {"ControlCharacter"}


def test_text_of_more_than_two_thousand_characters_is_refused(broken):
    assert broken((THING, SAYS, Literal("東" * 2000, language="ja"))) == set()
    assert broken((THING, SAYS, Literal("東" * 2001, language="ja"))) == {"TextLength"}


@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("2022-04-01", XSD.date),
        ("0001-01-01", XSD.date),
        ("9999-12-31", XSD.date),
        ("2024-02-29", XSD.date),
        ("2022-04", XSD.gYearMonth),
        ("2022", XSD.gYear),
        ("2022-04-01T10:00:00Z", XSD.dateTime),
        ("[2022-04-01..2022-04-26]", EDTF.EDTF),
        ("../2022-04-26?", EDTF.EDTF),
        ("20XX", EDTF.EDTF),
        ("2018-03-14T12:30:00+09:00", EDTF.EDTF),
        ("2018-21", EDTF.EDTF),
    ],
)
def test_date_of_four_digits_without_a_zone_is_taken(broken, text, datatype):
    assert broken((THING, SAYS, Literal(text, datatype=NamedNode(str(datatype))))) == set()


@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("2022-04-01Z", XSD.date),
        ("2022-04-01+09:00", XSD.date),
        ("2022-04-01+00:00", XSD.date),
        ("2022-04Z", XSD.gYearMonth),
        ("2022-05:00", XSD.gYear),
        ("2022-02-30", XSD.date),
        ("1900-02-29", XSD.date),
        ("2022-4-1", XSD.date),
        ("1 April 2022", XSD.date),
        ("0000-01-01", XSD.date),
        ("-0044-03-15", XSD.date),
        ("12022-04-01", XSD.date),
        ("Y12022", EDTF.EDTF),
        ("2022/Y12022", EDTF.EDTF),
        ("[-0100..-0044]", EDTF.EDTF),
        ("0000", EDTF.EDTF),
    ],
)
def test_date_with_a_zone_or_outside_the_years_that_are_taken_is_refused(broken, text, datatype):
    assert broken((THING, SAYS, Literal(text, datatype=NamedNode(str(datatype))))) == {"DateForm"}


@pytest.mark.parametrize("bound", [DG.notBefore, DG.notAfter])
@pytest.mark.parametrize(("text", "expected"), [("2022-04-01Z", {"DateForm"}), ("12022-04-01", set())])
def test_bound_that_its_own_shape_refuses_is_not_refused_twice(broken, bound, text, expected):
    literal = Literal(text, datatype=NamedNode(str(XSD.date)))

    assert broken((THING, NamedNode(str(bound)), literal)) == expected


@pytest.mark.parametrize("local", ["", "dataset", "vocab", "ontology", "graph/a1"])
def test_iri_of_ours_that_an_address_answers_is_taken(broken, local):
    assert broken((THING, SAYS, NamedNode(BASE + local))) - {"TermDefined"} == set()


BUILT_KINDS = {"account", "pair"}
"""Kinds of things that the build makes and no file names."""


@pytest.mark.parametrize("kind", sorted({*KINDS} - BUILT_KINDS))
def test_thing_of_every_kind_is_taken(broken, kind):
    assert broken((NamedNode(f"{ID}{kind}/an-example.2"), SAYS, Literal("said"))) == set()


UNANSWERED = [
    *("id", "id/", "id/act", "id/act/", "id/act/x/", "id/act/x/y", "id/acts/x", "id/Act/x", "id//x"),
    *("id/act/x?y=1", "id/act/x#y", "id/act/x%20y", "id/act/.", "id/act/..", f"id/act/{'x' * 101}"),
    *(
        "doc/act/x",
        "about",
        "vocab/x/y",
        "graph/",
        "graph/a?b",
        "graph/A1",
        "graph/a.b",
        "ontology#a/b",
        "dataset#x",
    ),
    *(f"id/act/x.{suffix}" for known in media.MEDIA_TYPES for suffix in known.suffixes),
]


@pytest.mark.parametrize("local", UNANSWERED)
def test_iri_of_ours_that_no_address_answers_is_refused_wherever_it_stands(broken, local):
    named = NamedNode(BASE + local)
    said = (named, SAYS, Literal("said"))

    assert broken(said) == {"AddressForm"}
    assert broken((THING, SAYS, named), said) - {"TermDefined"} == {"AddressForm"}
    assert broken((THING, SAYS, Literal("said")), graph=named.value) == {"AddressForm"}


@pytest.mark.parametrize(
    ("local", "kind"),
    [
        ("ontology#Example", OWL.Class),
        ("ontology#example", OWL.ObjectProperty),
        ("ontology#example", OWL.DatatypeProperty),
        ("graph/example", VOID.Dataset),
        ("rule/example", PROV.Plan),
    ],
)
def test_term_of_ours_has_to_be_defined_where_it_is_named(broken, local, kind):
    named = NamedNode(BASE + local)

    assert broken((THING, SAYS, named)) == {"TermDefined"}
    assert broken((THING, SAYS, named), (named, TYPE, NamedNode(str(kind)))) == set()


def test_datatype_of_ours_has_to_be_defined(broken):
    named = NamedNode(DGV.example)
    said = (THING, SAYS, Literal("x", datatype=named))

    assert broken(said) == {"TermDefined"}
    assert broken(said, (named, TYPE, NamedNode(str(RDFS.Datatype)))) == set()


def test_two_things_whose_iris_differ_by_case_alone_are_refused_both(shapes):
    held = Dataset.memory()
    names = [NamedNode(ID[f"act/{slug}"]) for slug in ("example", "Example", "another")]
    kind = NamedNode(str(DG.Act))
    held.extend([Quad(name, TYPE, kind, NamedNode(f"urn:{n}")) for n, name in enumerate(names)])
    case = [check for check in shapes.checks if check.shape == str(DGS.AddressCase)]

    found = queried(held, case)

    assert {(f.focus, f.value) for f in found} == {
        (names[0].value, names[1].value),
        (names[1].value, names[0].value),
    }


def test_class_and_property_of_the_ontology_may_differ_by_case_alone(broken):
    terms = [NamedNode(str(DG[name])) for name in ("evidence", "Evidence")]

    assert broken(*((t, TYPE, NamedNode(str(OWL.Class))) for t in terms), graph=DGG.ontology) == set()


def test_check_of_addresses_knows_the_kinds_that_the_service_knows(shapes):
    text = next(check.text for check in shapes.checks if check.shape == str(DGS.AddressForm))

    assert re.search(r"id/\(([a-z|]+)\)", text)[1].split("|") == sorted({*KINDS} - BUILT_KINDS)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("entities", set()),
        ("reference", set()),
        ("background", {"SourceNameEvidence"}),
        (None, {"SourceNameEvidence"}),
    ],
)
def test_name_needs_evidence_unless_its_graph_is_of_entities_or_for_reference(shapes: Shapes, kind, told):
    held = Dataset.memory()
    graph, meta = NamedNode(str(DGG.entities)), NamedNode(str(DGG.meta))
    held.extend([Quad(NamedNode(ID["name/x"]), TYPE, NamedNode(str(DG.Name)), graph)])
    if kind:
        held.extend([Quad(graph, NamedNode(str(DG.graphKind)), NamedNode(str(DGV[f"{kind}-graph"])), meta)])
    checks = [check for check in shapes.checks if check.shape.removeprefix(DGS) == "SourceNameEvidence"]

    assert {finding.shape.removeprefix(DGS) for finding in queried(held, checks)} == told
