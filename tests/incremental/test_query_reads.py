"""Which changes can matter to a query: none that does is ever missed."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, Triple
from rdflib import RDF

from diplograph.incremental.patterns import UnboundedError, finder
from diplograph.incremental.query_reads import footprint
from diplograph.incremental.walk import Walk
from diplograph.rdf import Dataset
from diplograph.rdf.terms import OxigraphTerm

EX = "https://example.org/"
QUERIES = {
    "a join": "?x a :A ; :p ?y . ?y :q ?z",
    "a union": "?x a :A { ?x :p ?y } UNION { ?y :q ?x } ?y a :B",
    "an option": "?x a :A OPTIONAL { ?x :p ?y . ?y a :B }",
    "what is not there": "?x a :A FILTER NOT EXISTS { ?x :p ?y . ?y a :B FILTER(?x != ?y) }",
    "what is taken away": "?x :p ?y MINUS { ?y :q ?z . ?x a :A }",
    "alternatives and inverses": "?x :p|^:q ?y . ?y a :B",
    "a group": "?x a :A { SELECT ?x (COUNT(?y) AS ?z) WHERE { ?x :p ?y . ?y a :B } GROUP BY ?x }",
    "a group of everything": "?x a :A { SELECT (COUNT(?v) AS ?y) WHERE { ?v :p ?w . ?w a :B } }",
    "a limit": "?x a :A { SELECT ?x ?y WHERE { ?x :p ?y . ?z a :B } ORDER BY ?x ?y ?z LIMIT 2 }",
    "the same name inside": "?x :p ?y { SELECT ?x WHERE { ?x :q ?y . ?y a :B } }",
    "named graphs": "GRAPH ?g { ?x a :A } GRAPH ?h { ?x :p ?y } FILTER(?g = ?h)",
    "a tested binding": "?x a :A BIND(EXISTS { ?x :q ?w . ?w a :B } AS ?y)",
    "an unknown property": "?x ?p ?y . ?y a :B",
    "an unnamed node": "?x :p [ :q ?y ]",
    "an exchange": "?x :p ?y . ?y :q ?x",
    "a path of several steps": "?x :p/^:q/:p ?y . ?y a :B",
    "a path back and forth": "?x (:p|^:q)+/:p ?y",
    "a path that may be empty": "?x a :A . ?x :p*/:q? ?y",
    "a path that anything has": "?x :p* ?y",
    "an option that anything has": "?x a :A OPTIONAL { ?y :p* ?z }",
}
UNTOLD = {
    QUERIES[name]
    for name in (
        *("a group of everything", "a limit", "an unknown property", "a path that anything has"),
        "an option that anything has",
    )
}
"""Those of which a change may matter to anything."""
NODES = st.sampled_from([NamedNode(EX + name) for name in "xyz"])
FACTS = st.one_of(
    st.builds(
        Triple,
        NODES,
        st.just(NamedNode(str(RDF.type))),
        st.sampled_from([NamedNode(EX + name) for name in "AB"]),
    ),
    st.builds(Triple, NODES, st.sampled_from([NamedNode(EX + name) for name in "pq"]), NODES),
)
GRAPH = NamedNode(f"{EX}g")


def written(where: str) -> str:
    group = where if "GRAPH" in where else f"GRAPH ?g0 {{ {where} }}"
    return f"PREFIX : <{EX}> CONSTRUCT {{ ?x :found ?y , ?z }} WHERE {{ {group} }}"


def holding(triples: Iterable[Triple]) -> Dataset:
    made = Dataset.memory()
    made.extend(Quad(t.subject, t.predicate, t.object, GRAPH) for t in triples)
    return made


def reached(text: str, both: Dataset, changed: Iterable[Triple]) -> set[OxigraphTerm] | None:
    """The values of ?x that a change may matter to, None for all."""
    try:
        return {term for _, term in footprint(text, "x").reached(Walk(finder(both), changed))}
    except UnboundedError:
        return None


@pytest.mark.parametrize("where", QUERIES.values(), ids=QUERIES)
@settings(max_examples=60, deadline=None)
@given(before=st.frozensets(FACTS, max_size=10), changed=st.frozensets(FACTS, min_size=1, max_size=3))
def test_change_leaves_the_solutions_of_all_that_it_does_not_reach(
    where: str, before: frozenset[Triple], changed: frozenset[Triple]
) -> None:
    text = written(where)
    found = reached(text, holding(before | changed), changed)

    then, now = (holding(triples).construct(text) for triples in (before, before ^ changed))
    if found is None:
        assert where in UNTOLD
    else:
        assert {t.subject for t in set(then) ^ set(now)} <= found


def test_neighbour_of_nothing_that_is_asked_for_does_not_matter() -> None:
    x, p, y = (NamedNode(EX + name) for name in "xpy")

    assert reached(written(QUERIES["a join"]), Dataset.memory(), [Triple(x, p, y)]) == set()


def test_what_shares_one_value_of_two_with_a_changed_thing_is_not_reached() -> None:
    one, other, third = ((f"{EX}{name}", "p", "q") for name in "xyz")
    facts = [
        Triple(NamedNode(thing), NamedNode(EX + name), NamedNode(f"{EX}{value}"))
        for (thing, *names), values in ((one, "ab"), (other, "ab"), (third, "ac"))
        for name, value in zip(names, values, strict=True)
    ]
    text = written("?x :p ?one ; :q ?two . ?y :p ?one ; :q ?two")

    assert reached(text, holding(facts), facts[:1]) == {NamedNode(one[0]), NamedNode(other[0])}


@pytest.mark.parametrize("known", [True, False])
def test_changed_thing_that_lacks_what_is_asked_of_it_leads_nowhere(known: bool) -> None:
    q, x, y, z = (NamedNode(EX + name) for name in "qxyz")
    p, a = NamedNode(f"{EX}p"), NamedNode(f"{EX}A")
    facts = [Triple(y, p, z), Triple(x, q, z), Triple(x, NamedNode(str(RDF.type)), a)]
    facts += [Triple(y, NamedNode(f"{EX}r"), z)] if known else []

    text = written("?x a :A ; :q ?z . ?y :p ?z ; :r ?any")

    assert reached(text, holding(facts), facts[:1]) == ({x} if known else set())


def test_paths_of_all_but_some_properties_are_not_told() -> None:
    with pytest.raises(UnboundedError):
        footprint(written("?x !:p ?y"), "x")
