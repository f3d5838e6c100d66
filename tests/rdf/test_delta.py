"""A change to a dataset as a value."""

from pyoxigraph import NamedNode, Quad, Triple

from diplograph.rdf.dataset import Delta

A, B, C = (Triple(NamedNode(f"urn:{n}"), NamedNode("urn:p"), NamedNode("urn:o")) for n in "abc")
G, H = "urn:g", "urn:h"


def quad(triple, graph):
    return Quad(triple.subject, triple.predicate, triple.object, NamedNode(graph))


def test_a_change_between_graphs_holds_only_what_differs():
    delta = Delta.of_graphs({G: [A, B]}, {G: [B, C], H: [A]})
    assert delta.added == {quad(C, G), quad(A, H)}
    assert delta.removed == {quad(A, G)}
    assert delta.graphs == {G, H}


def test_the_same_triple_in_another_graph_is_a_change_of_both_graphs():
    delta = Delta.of_graphs({G: [A]}, {H: [A]})
    assert delta.graphs == {G, H}


def test_undoing_a_change_swaps_its_sides():
    delta = Delta.of_graphs({G: [A]}, {G: [B]})
    assert delta.inverse == Delta.of_graphs({G: [B]}, {G: [A]})
    assert delta.inverse.inverse == delta


def test_equal_graphs_make_no_change():
    assert not Delta.of_graphs({G: [A, A, B]}, {G: [B, A]})
