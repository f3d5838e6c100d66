"""Pairs that overlap in time are found by sorting, and are those that the engine finds by comparing."""

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib.term import Node

from diplograph.namespaces import XSD
from diplograph.rdf.terms import to_rdflib
from diplograph.sparql import patterns
from diplograph.sparql.patterns import Group
from diplograph.validation.prefilter.overlap import Overlap
from diplograph.validation.validation_graph import ValidationGraph

TARGET = "?this <urn:with> ?anyone ."
QUERY = """SELECT $this ?value WHERE {
  $this <urn:with> ?party ; <urn:from> ?begin ; <urn:until> ?end .
  ?value <urn:with> ?party ; <urn:from> ?otherBegin ; <urn:until> ?otherEnd .
  FILTER (?begin <= ?otherEnd && ?otherBegin <= ?end)
  FILTER (!sameTerm($this, ?value))
  FILTER NOT EXISTS { $this <urn:not> ?value }
}"""
days = st.builds(
    Literal,
    st.sampled_from(["2021-12-31", "2022-01-01", "2022-03-05", "2022-03-05Z", "2023-01-01"]),
    datatype=st.just(NamedNode(str(XSD.date))),
)
bounds = st.one_of(days, days, days, st.sampled_from([Literal("2022"), Literal(7), NamedNode("urn:day")]))
names = st.sampled_from([*(NamedNode(f"urn:{name}") for name in "abcdef"), BlankNode("x")])
meetings = st.tuples(names, st.sampled_from([NamedNode("urn:p"), NamedNode("urn:q")]), bounds, bounds)


def compared(judged: ValidationGraph, group: Group) -> set[Node]:
    """Ask the engine to compare each with each."""
    rows = judged.data.select(f"SELECT DISTINCT ?this WHERE {{ {TARGET} {group.text()} }}")
    return {to_rdflib(row["this"]) for row in rows}


@settings(max_examples=200, deadline=None)
@given(st.lists(meetings, max_size=8), st.lists(st.tuples(names, names), max_size=3))
def test_overlaps_by_sorting_miss_nothing_and_add_only_what_has_no_name(found, apart):
    triples = [Triple(a, NamedNode("urn:not"), b) for a, b in apart]
    for name, party, begin, end in found:
        triples.append(Triple(name, NamedNode("urn:with"), party))
        triples.append(Triple(name, NamedNode("urn:from"), begin))
        triples.append(Triple(name, NamedNode("urn:until"), end))
    judged, group = ValidationGraph.of(triples), patterns.parse(QUERY, {}, None)
    overlap = Overlap.of(group)
    assert overlap is not None

    candidates = {to_rdflib(row["this"]) for row in overlap.candidates(judged.data, TARGET)}

    wanted = compared(judged, group)
    assert candidates >= wanted
    if not any(isinstance(name, BlankNode) for name, *_ in found):
        assert candidates == wanted


def test_query_without_two_spans_is_left_to_the_engine():
    assert Overlap.of(patterns.parse("SELECT $this WHERE { $this <urn:with> ?x }", {}, None)) is None
