"""Which changes can matter to a query: none that does is ever missed."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, Triple
from rdflib import RDF

from diplograph.incremental.query_reads import Footprint, UnboundedError
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
}
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


@pytest.mark.parametrize("where", QUERIES.values(), ids=QUERIES)
@settings(max_examples=60, deadline=None)
@given(before=st.frozensets(FACTS, max_size=10), changed=st.frozensets(FACTS, min_size=1, max_size=3))
def test_change_that_touches_nothing_leaves_the_answer(
    where: str, before: frozenset[Triple], changed: frozenset[Triple]
) -> None:
    text = written(where)
    both = holding(before | changed)

    def match(s: OxigraphTerm | None, p: OxigraphTerm | None, o: OxigraphTerm | None) -> Iterator[Triple]:
        return (quad.triple for quad in both.matching(s, p, o))

    if not Footprint(text).is_touched(changed, match):
        after = holding(before ^ changed)
        assert set(after.construct(text)) == set(holding(before).construct(text))


def test_neighbour_of_nothing_that_is_asked_for_does_not_matter() -> None:
    x, p, y = (NamedNode(EX + name) for name in "xpy")
    triple = Triple(x, p, y)

    assert not Footprint(written(QUERIES["a join"])).is_touched([triple], lambda *_: [])


def test_path_of_several_steps_may_be_touched_by_anything() -> None:
    with pytest.raises(UnboundedError):
        Footprint(written("?x :p/:q ?y"))
