"""Rules compiled from axioms, run to a fixed point."""

import pytest
from rdflib import Graph

from diplograph import turtle
from diplograph.closure import Clash, clashes, close, compile_rules, disjoint_classes
from diplograph.store import Dataset

EX = "https://example.org/"
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
