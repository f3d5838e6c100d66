"""SPARQL operations as values, and results as terms."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import XSD, BNode, Literal, URIRef

from diplograph import media
from diplograph.engine import operations
from diplograph.engine.protocol import Answer
from diplograph.errors import FederationDisabled, InvalidParameter, TooLarge
from diplograph.sparql.guard import MAX_QUERY

QUERY = "SELECT * WHERE { ?s ?p ?o }"


@dataclass
class FixedEngine:
    """An engine that answers every operation with the same bytes and remembers what it was asked."""

    body: bytes
    asked: list = field(default_factory=list)

    def evaluate(self, operation, media, timeout=None):
        self.asked.append((operation, media, timeout))
        return Answer(self.body, media, None, complete=True, elapsed=0.0)


def test_an_operation_carries_form_base_and_dataset():
    found = operations.operation(QUERY, ["http://example.org/a"], None, "http://example.org/sparql")

    assert (found.text, found.form, found.base) == (QUERY, "select", "http://example.org/sparql")
    assert found.default_graphs == ("http://example.org/a",)
    assert found.named_graphs is None


def test_lists_not_sent_differ_from_empty_ones():
    assert operations.operation(QUERY).default_graphs is None
    assert operations.operation(QUERY, [], []).default_graphs == ()


@pytest.mark.parametrize("graph", ["a", "", "not an iri", "http://example.org/{a}"])
def test_a_graph_that_is_not_an_absolute_iri_names_its_parameter(graph):
    with pytest.raises(InvalidParameter) as caught:
        operations.operation(QUERY, None, [graph])

    assert caught.value.facts["parameters"] == ["named-graph-uri"]


def test_the_guard_stands_before_every_operation():
    with pytest.raises(FederationDisabled):
        operations.operation("SELECT * { SERVICE <http://127.0.0.1/> {} }")
    with pytest.raises(TooLarge):
        operations.operation(QUERY + " " * MAX_QUERY)


def test_solutions_are_rdflib_terms_with_their_lexical_forms():
    engine = FixedEngine(
        b"""{"head": {"vars": ["a", "b", "c", "d", "e"]}, "results": {"bindings": [{
        "a": {"type": "uri", "value": "http://example.org/a"},
        "b": {"type": "literal", "value": "08", "datatype": "http://www.w3.org/2001/XMLSchema#integer"},
        "c": {"type": "literal", "value": "x", "xml:lang": "ja"},
        "d": {"type": "bnode", "value": "b0"}}]}}"""
    )

    found = operations.select(engine, QUERY)

    assert found.variables == ("a", "b", "c", "d", "e")
    assert found.rows == [
        {
            "a": URIRef("http://example.org/a"),
            "b": Literal("08", datatype=XSD.integer, normalize=False),
            "c": Literal("x", lang="ja"),
            "d": BNode("b0"),
        }
    ]
    assert str(found.rows[0]["b"]) == "08"


def test_ask_is_a_boolean():
    assert operations.ask(FixedEngine(b'{"head": {}, "boolean": true}'), "ASK {}") is True
    assert operations.ask(FixedEngine(b'{"head": {}, "boolean": false}'), "ASK {}") is False


def test_a_graph_is_asked_for_as_n_triples_and_keeps_lexical_forms():
    engine = FixedEngine(b'<a:s> <a:p> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n')

    found = operations.graph(engine, "CONSTRUCT WHERE { ?s ?p ?o }", timeout=2)

    assert [str(value) for value in found.objects()] == ["1.50"]
    assert engine.asked[0][1:] == (media.N_TRIPLES, 2)


def test_iris_enter_a_query_as_their_own_serialisation():
    clause = operations.values("x", ["http://example.org/a", "https://example.org/日本"])

    assert clause == "VALUES ?x { <http://example.org/a> <https://example.org/日本> }"


@given(st.text(max_size=20))
def test_no_text_leaves_the_values_clause(text):
    try:
        clause = operations.values("x", [f"http://example.org/{text}"])
    except ValueError:
        return
    assert clause.count("<") == clause.count(">") == clause.count("{") == clause.count("}") == 1
