"""Rules compiled from axioms, run to a fixed point."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Triple
from rdflib import RDF, XSD, Graph

from closures import close
from diplograph.incremental.closure import update
from diplograph.rdf import Dataset, turtle
from diplograph.rdf.dataset import Delta
from diplograph.reasoning import Clash, Rule, clashes, compile_rules, disjoint_classes

EX = "https://example.org/"
INTEGER = NamedNode(str(XSD.integer))
PREFIXES = """
PREFIX : <https://example.org/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""

ENTAILMENTS = {
    "subclasses of subclasses": (
        ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .",
        ":x a :A",
        [":x a :B", ":x a :C"],
    ),
    "equivalent classes": (":A owl:equivalentClass :B .", ":x a :A . :y a :B", [":x a :B", ":y a :A"]),
    "subproperties": (":p rdfs:subPropertyOf :q .", ":x :p :y", [":x :q :y"]),
    "equivalent properties": (":p owl:equivalentProperty :q .", ":x :q :y", [":x :p :y"]),
    "subproperties of data": (":p rdfs:subPropertyOf :q .", ':x :p "a"@ja', [':x :q "a"@ja']),
    "inverse": (":p owl:inverseOf :q .", ":x :p :y . :z :q :x", [":y :q :x", ":x :p :z"]),
    "symmetric": (":p a owl:SymmetricProperty .", ":x :p :y", [":y :p :x"]),
    "transitive": (
        ":p a owl:TransitiveProperty .",
        ":a :p :b . :b :p :c . :c :p :d",
        [":a :p :c", ":b :p :d", ":a :p :d"],
    ),
    "chain": (":p owl:propertyChainAxiom ( :q :r ) .", ":x :q :y . :y :r :z", [":x :p :z"]),
    "chain of three": (
        ":p owl:propertyChainAxiom ( :q :r :q ) .",
        ":a :q :b . :b :r :c . :c :q :d",
        [":a :p :d"],
    ),
    "chain onto itself": (
        ":p owl:propertyChainAxiom ( :p :q ) .",
        ":a :p :b . :b :q :c . :c :q :d",
        [":a :p :c", ":a :p :d"],
    ),
    "value on the left": (
        "[ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :A .",
        ":x :p :v . :y :p :w",
        [":x a :A"],
    ),
    "value on the right": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] .",
        ":x a :A",
        [":x :p :v"],
    ),
    "literal value": (
        "[ owl:onProperty :p ; owl:hasValue 1 ] rdfs:subClassOf :A .",
        ":x :p 1 . :y :p 2",
        [":x a :A"],
    ),
    "some value on the left": (
        "[ owl:onProperty :p ; owl:someValuesFrom :B ] rdfs:subClassOf :A .",
        ":x :p :y . :y a :B . :z :p :x",
        [":x a :A"],
    ),
    "some value at all": (
        "[ owl:onProperty :p ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf :A .",
        ":x :p :y",
        [":x a :A"],
    ),
    "union on the left": (
        "[ owl:unionOf ( :B :C ) ] rdfs:subClassOf :A .",
        ":x a :B . :y a :C",
        [":x a :A", ":y a :A"],
    ),
    "intersection on the left": (
        "[ owl:intersectionOf ( :B :C ) ] rdfs:subClassOf :A .",
        ":x a :B , :C . :y a :B",
        [":x a :A"],
    ),
    "intersection on the right": (
        ":A rdfs:subClassOf [ owl:intersectionOf ( :B :C ) ] .",
        ":x a :A",
        [":x a :B", ":x a :C"],
    ),
}
TYPING = {
    "domain": (":p rdfs:domain :A .", ":x :p :y", [":x a :A"]),
    "range": (":p a owl:ObjectProperty ; rdfs:range :A .", ":x :p :y", [":y a :A"]),
}
SILENT = {
    "a disjunction": ":A rdfs:subClassOf [ owl:unionOf ( :B :C ) ] .",
    "an existence": ":A rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :B ] .",
    "a union as a domain": ":p rdfs:domain [ owl:unionOf ( :B :C ) ] .",
    "a range of data": ":p a owl:DatatypeProperty ; rdfs:range xsd:integer .",
    "a functional property": ":p a owl:FunctionalProperty .",
    "the class of everything": ":A rdfs:subClassOf owl:Thing .",
    "an unnamed inverse": "[ owl:inverseOf :p ] rdfs:subPropertyOf :q .",
}


def parse(text: str) -> Graph:
    return turtle.parse(PREFIXES + text)


def dataset(**graphs: str) -> Dataset:
    made = Dataset.memory()
    for name, text in graphs.items():
        made.load((PREFIXES + text + " .").encode(), graph=EX + name)
    return made


def statements(text: str) -> set[str]:
    return {str(quad.triple) for quad in dataset(g=text).quads()}


def entailed(axioms: str, facts: str) -> tuple[set[str], set[str]]:
    """Return what follows at all, and what the restricted rules alone yield."""
    closure = close(dataset(g=facts), compile_rules(parse(axioms)))
    return {str(quad.triple) for quad in closure.quads}, {str(quad.triple) for quad in closure.validation}


@pytest.mark.parametrize(("axioms", "facts", "expected"), ENTAILMENTS.values(), ids=ENTAILMENTS)
def test_axiom_entails_and_may_validate(axioms: str, facts: str, expected: list[str]) -> None:
    everything, validation = entailed(axioms, facts)

    assert everything == validation == statements(" . ".join(expected))


@pytest.mark.parametrize(("axioms", "facts", "expected"), TYPING.values(), ids=TYPING)
def test_domain_and_range_entail_and_may_not_validate(axioms: str, facts: str, expected: list[str]) -> None:
    everything, validation = entailed(axioms, facts)

    assert everything == statements(" . ".join(expected))
    assert validation == set()


@pytest.mark.parametrize("axioms", SILENT.values(), ids=SILENT)
def test_axiom_that_no_rule_can_say_makes_no_rule(axioms: str) -> None:
    assert compile_rules(parse(axioms)) == []


def test_what_follows_from_a_domain_only_is_kept_from_validation_further_up() -> None:
    everything, validation = entailed(":p rdfs:domain :A . :A rdfs:subClassOf :B .", ":x :p :y")

    assert everything == statements(":x a :A , :B")
    assert validation == set()


def test_rules_join_statements_of_different_graphs() -> None:
    rules = compile_rules(parse(":p owl:propertyChainAxiom ( :q :r ) ."))

    closure = close(dataset(one=":x :q :y", two=":y :r :z"), rules)

    assert {str(quad.triple) for quad in closure.quads} == statements(":x :p :z")


def test_nothing_is_entailed_that_stands_in_a_graph_already() -> None:
    rules = compile_rules(parse(":A rdfs:subClassOf :B ."))

    assert close(dataset(one=":x a :A", two=":x a :B"), rules).quads == []


def test_dataset_stays_as_it_is() -> None:
    facts = dataset(g=":x a :A")

    close(facts, compile_rules(parse(":A rdfs:subClassOf :B .")))

    assert len(facts) == 1


def test_quads_are_of_the_closure_graph() -> None:
    closure = close(dataset(g=":y a :A . :x a :A"), compile_rules(parse(":A rdfs:subClassOf :B .")))

    assert {quad.subject.value for quad in closure.quads} == {f"{EX}x", f"{EX}y"}
    assert {quad.graph_name.value for quad in closure.quads} == {"https://w3id.org/diplograph/graph/closure"}


def test_rule_is_named_after_its_axiom() -> None:
    rules = compile_rules(
        parse("PREFIX dg: <https://w3id.org/diplograph/ontology#> dg:Threat rdfs:subClassOf dg:Act .")
    )

    assert [rule.name for rule in rules] == ["cax-sco dg:Threat > dg:Act"]


def test_disjoint_classes_are_read_from_pairs_and_lists() -> None:
    axioms = parse(":B owl:disjointWith :A . [ a owl:AllDisjointClasses ; owl:members ( :C :D :E ) ] .")

    assert disjoint_classes(axioms) == {(EX + a, EX + b) for a, b in ("AB", "CD", "CE", "DE")}


def test_member_of_disjoint_classes_is_found_on_the_closure() -> None:
    axioms = parse(":p rdfs:domain :A . :B owl:disjointWith :A .")
    facts = dataset(g=":x a :B ; :p :y . :z a :B")

    assert clashes(facts, axioms) == []

    facts.extend(close(facts, compile_rules(axioms)).quads)

    assert clashes(facts, axioms) == [Clash(f"{EX}x", f"{EX}A", f"{EX}B")]


# The closure of a change

AXIOMS = """
:A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :C owl:equivalentClass :D .
:p rdfs:subPropertyOf :q . :q owl:inverseOf :r . :s a owl:SymmetricProperty . :t a owl:TransitiveProperty .
:c owl:propertyChainAxiom ( :p :t ) . :t owl:propertyChainAxiom ( :s :s ) .
[ owl:onProperty :q ; owl:hasValue :a ] rdfs:subClassOf :A .
[ owl:onProperty :p ; owl:someValuesFrom :B ] rdfs:subClassOf :E .
[ owl:intersectionOf ( :E :C ) ] rdfs:subClassOf [ owl:onProperty :s ; owl:hasValue :b ] .
:r a owl:ObjectProperty ; rdfs:range :A . :p rdfs:domain :E . :t rdfs:domain :D .
:n owl:inverseOf :q . :v rdfs:subPropertyOf :w . [ owl:onProperty :w ; owl:hasValue 1 ] rdfs:subClassOf :B .
"""
RULES = compile_rules(parse(AXIOMS))


def nodes(names: str) -> st.SearchStrategy[NamedNode]:
    return st.sampled_from([NamedNode(EX + name) for name in names])


ANYTHING = nodes("abxyz")
FACTS = st.one_of(
    st.builds(Triple, ANYTHING, st.just(NamedNode(str(RDF.type))), nodes("ABCDE")),
    st.builds(Triple, ANYTHING, nodes("pqrstcn"), ANYTHING),
    st.builds(
        Triple,
        ANYTHING,
        nodes("vwq"),
        st.sampled_from(["1", "01", "2"]).map(lambda text: Literal(text, datatype=INTEGER)),
    ),
)
QUADS = st.builds(
    lambda fact, graph: Quad(fact.subject, fact.predicate, fact.object, graph), FACTS, nodes("gh")
)
SOME = st.frozensets(QUADS, max_size=14)


def holding(quads: Iterable[Quad]) -> Dataset:
    made = Dataset.memory()
    made.extend(quads)
    return made


def closed(quads: Iterable[Quad], rules: Sequence[Rule]) -> frozenset[Quad]:
    return frozenset(close(holding(quads), rules).quads)


@pytest.mark.parametrize("only_validation", [False, True])
@settings(max_examples=100, deadline=None)
@given(before=SOME, added=SOME, removed=st.frozensets(st.integers(0, 13)))
def test_closure_of_a_change_is_that_of_the_changed_graphs(
    only_validation: bool, before: frozenset[Quad], added: frozenset[Quad], removed: frozenset[int]
) -> None:
    rules = [rule for rule in RULES if rule.validation or not only_validation]
    old = frozenset(holding(before).quads())
    gone = frozenset(quad for number, quad in enumerate(sorted(old, key=str)) if number in removed)
    new = (old - gone) | frozenset(holding(added).quads())
    delta = Delta.between(old, new)
    standing = closed(old, rules)

    change = update(holding(old | standing), rules, delta)

    assert not change.added & standing
    assert change.removed <= standing
    assert (standing - change.removed) | change.added == closed(new, rules)


def test_asserting_what_follows_takes_it_out_of_the_closure_and_back() -> None:
    rules = compile_rules(parse(":A rdfs:subClassOf :B ."))
    facts = dataset(g=":x a :A")
    facts.extend(close(facts, rules).quads)
    asserted = Delta(frozenset(dataset(h=":x a :B").quads()), frozenset())

    change = update(facts, rules, asserted)
    assert {str(quad.triple) for quad in change.removed} == statements(":x a :B")
    assert not change.added

    facts.extend(asserted.added)
    facts.remove(change.removed)
    assert update(facts, rules, asserted.inverse) == change.inverse


def test_triples_that_support_each_other_alone_are_deleted() -> None:
    rules = compile_rules(parse(":p owl:inverseOf :q . :s a owl:SymmetricProperty ."))
    facts = dataset(g=":x :p :y ; :s :z")
    facts.extend(close(facts, rules).quads)
    removed = frozenset(facts.quads(f"{EX}g"))

    change = update(facts, rules, Delta(frozenset(), removed))

    assert change.removed == frozenset(facts.quads("https://w3id.org/diplograph/graph/closure"))
