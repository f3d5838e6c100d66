"""Judging only what a change can touch reports the same as judging everything before and after it."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from diplograph.incremental.patterns import UnboundedError
from diplograph.incremental.revalidation import after
from diplograph.incremental.shape_reads import together
from diplograph.incremental.state import State, validation_graph_of
from diplograph.namespaces import RDF, XSD
from diplograph.rdf import turtle
from diplograph.rdf.dataset import Delta
from diplograph.validation import Shapes, inputs, validate
from diplograph.validation.validation_graph import is_kept
from validation.compared import REFUSED
from validation.generated import DECLARED, PROLOGUE, Maker

GRAPHS = [NamedNode("http://example.org/one"), NamedNode("http://example.org/two")]
COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "phases": [Phase.generate],
}
chances = st.randoms(use_true_random=False)


def quads(maker, text):
    """The triples of a text that the store keeps as written, each in one of two graphs."""
    found = parse((PROLOGUE + text).encode(), format=RdfFormat.TURTLE)
    return {Quad(*quad.triple, maker.one(GRAPHS)) for quad in found if is_plain(quad.object)}


def is_plain(term):
    return not isinstance(term, Literal) or is_kept(term)


def named(found):
    made = {}
    for quad in found:
        made.setdefault(quad.graph_name.value, []).append(quad.triple)
    return made


def compare(maker, shapes_text, before, come, gone):
    """What is found after a change by its footprint, and by a run over everything."""
    shapes = Shapes(turtle.parse(PROLOGUE + shapes_text), (), cover_everything=True)
    delta = Delta(frozenset(come - before), frozenset(gone))
    now = (before - gone) | come
    try:
        standing = validate(named(before), shapes, {})
        whole = validate(named(now), shapes, named(delta.added))
    except REFUSED:
        return "refused"
    loaded = inputs.dataset(named(before))
    state = State.of(loaded, validation_graph_of(loaded))
    held = set(state.loaded.quads()), set(state.judged.data.quads())
    submitted = [quad.triple for quad in delta.added]
    try:
        restricted = after(state, delta, shapes, standing.findings, submitted)
    except UnboundedError:
        return "too far"
    except REFUSED:
        return "refused"
    finally:
        assert (set(state.loaded.quads()), set(state.judged.data.quads())) == held
    story = f"{shapes_text}\n\n{before}\n\n+ {delta.added}\n\n- {gone}"
    different = {f.key for f in restricted.findings} ^ {f.key for f in whole.findings}
    assert not different, f"{different}\n\n{story}"
    assert restricted.uncovered == whole.uncovered, story
    return "same"


def case(chance):
    maker = Maker(chance)
    before = quads(maker, "\n".join(maker.graph() for _ in range(2)))
    come = quads(maker, "\n".join(maker.triple() for _ in range(chance.randint(0, 3))))
    gone = set(chance.sample(sorted(before, key=str), min(len(before), chance.randint(0, 3)))) - come
    return compare(maker, maker.shapes(), before, come, gone)


@settings(max_examples=100, derandomize=True, **COMMON)
@given(chances)
def test_restricted_and_whole_reports_are_the_same(chance):
    case(chance)


@pytest.mark.slow
@settings(max_examples=200, **COMMON)
@given(chances)
def test_restricted_and_whole_reports_are_the_same_in_many_more_cases(chance):
    case(chance)


PAIRS = '''
ex:Same a sh:NodeShape ; sh:targetClass ex:A ; sh:property ex:Same-p .
ex:Same-p a sh:PropertyShape ; sh:path ex:p ; sh:sparql [ a sh:SPARQLConstraint ; sh:prefixes ex: ;
  sh:select """SELECT $this ?value WHERE {
    $this ex:p ?one ; ex:q ?two . ?value ex:p ?one ; ex:q ?two . FILTER (STR($this) < STR(?value))
    FILTER NOT EXISTS { ?value ex:r ?told } FILTER NOT EXISTS { ?note ex:s $this , ?value } }""" ] .
'''
OVERLAPS = '''
ex:Same a sh:NodeShape ; sh:targetClass ex:A ; sh:property ex:Same-p .
ex:Same-p a sh:PropertyShape ; sh:path ex:p ; sh:sparql [ a sh:SPARQLConstraint ; sh:prefixes ex: ;
  sh:select """SELECT $this ?value WHERE {
    $this ex:p ?one ; ex:from ?begin ; ex:until ?end .
    ?value ex:p ?one ; ex:from ?otherBegin ; ex:until ?otherEnd .
    FILTER (STR($this) < STR(?value)) FILTER (?begin <= ?otherEnd && ?otherBegin <= ?end)
    FILTER NOT EXISTS { ?note ex:s $this , ?value } }""" ] .
'''
THINGS = [NamedNode(f"http://example.org/{name}") for name in "abcd"]
FACTS = st.builds(
    Quad,
    st.sampled_from(THINGS),
    st.sampled_from([NamedNode(f"http://example.org/{name}") for name in "pqrs"]),
    st.sampled_from(THINGS),
    st.sampled_from(GRAPHS),
)
TIMES = st.builds(
    Quad,
    st.sampled_from(THINGS),
    st.sampled_from([NamedNode(f"http://example.org/{name}") for name in ("from", "until")]),
    st.sampled_from(
        [Literal(day, datatype=NamedNode(str(XSD.date))) for day in ("2022-01-01", "2022-01-02")]
    ),
    st.sampled_from(GRAPHS),
)
OVERLAPPING = {
    Quad(thing, NamedNode(f"http://example.org/{name}"), term, GRAPHS[0])
    for thing in THINGS
    for name, term in {
        "p": THINGS[0],
        "from": Literal("2022-01-01", datatype=NamedNode(str(XSD.date))),
        "until": Literal("2022-01-01", datatype=NamedNode(str(XSD.date))),
    }.items()
}
MEMBERS = {
    Quad(thing, NamedNode(str(RDF.type)), NamedNode("http://example.org/A"), GRAPHS[0]) for thing in THINGS
}


@settings(max_examples=100, derandomize=True, **COMMON)
@given(st.sets(FACTS, max_size=14), st.sets(FACTS, max_size=3), st.randoms(use_true_random=False))
def test_what_has_all_values_in_common_with_a_changed_thing_is_judged_anew(before, come, chance):
    gone = set(chance.sample(sorted(before, key=str), min(len(before), 2))) - come
    chosen = Shapes(turtle.parse(PROLOGUE + DECLARED + PAIRS), (), cover_everything=True)
    assert all(group.reads for group in together(chosen))
    assert compare(None, DECLARED + PAIRS, before | MEMBERS, come, gone) == "same"


@settings(max_examples=100, derandomize=True, **COMMON)
@given(st.sets(st.sampled_from(sorted(OVERLAPPING, key=str))), st.sets(TIMES | FACTS, max_size=4), chances)
def test_what_overlaps_in_time_with_a_changed_thing_is_judged_anew(before, come, chance):
    gone = set(chance.sample(sorted(before, key=str), min(len(before), 2))) - come
    assert compare(None, DECLARED + OVERLAPS, before | MEMBERS, come, gone) == "same"
