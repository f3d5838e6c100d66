"""Alternatives of paths find a pair as often as the standard says, and everything else in the text stays."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from diplograph.sparql import alternatives, guard
from diplograph.sparql.alternatives import as_unions

EX = "http://example.org/"
PREFIX = f"PREFIX ex: <{EX}>\n"
NODES = [NamedNode(f"{EX}{name}") for name in "abc"]
PROPERTIES = [NamedNode(f"{EX}{name}") for name in "pqr"]
TRIPLES = list(product(NODES, PROPERTIES, NODES))
Pairs = Counter[tuple[NamedNode, NamedNode]]
Path = tuple[object, ...]


def asked(text: str, *triples: tuple[NamedNode, NamedNode, NamedNode | Literal]) -> Counter[tuple[str, ...]]:
    store = Store()
    store.extend(Quad(*triple) for triple in triples)
    return Counter(tuple(str(term) for term in row) for row in store.query(as_unions(PREFIX + text)))


# what the standard says, by brute force (SPARQL 1.1, 18.4)


def ends(path: Path, graph: set[tuple[NamedNode, ...]]) -> Pairs:
    """Each pair of ends as often as the path finds it."""
    kind, *parts = path
    if kind == "iri":
        return Counter((s, o) for s, p, o in graph if p.value == EX + parts[0])
    if kind == "^":
        return Counter({(o, s): count for (s, o), count in ends(parts[0], graph).items()})
    if kind == "|":
        return ends(parts[0], graph) + ends(parts[1], graph)
    if kind == "/":
        one, two = (ends(part, graph) for part in parts)
        steps = ((a, b, m * n) for (a, x), m in one.items() for (y, b), n in two.items() if x == y)
        joined: Pairs = Counter()
        for start, end, count in steps:
            joined[start, end] += count
        return joined
    return Counter(set(closure(kind, ends(parts[0], graph), graph)))


def closure(
    kind: object, pairs: Pairs, graph: set[tuple[NamedNode, ...]]
) -> set[tuple[NamedNode, NamedNode]]:
    found = set(pairs)
    while kind != "?" and (more := {(a, d) for a, b in found for c, d in pairs if b == c} - found):
        found |= more
    return found | ({(node, node) for s, _, o in graph for node in (s, o)} if kind in ("*", "?") else set())


def written(path: Path) -> str:
    kind, *parts = path
    if kind == "iri":
        return f"ex:{parts[0]}"
    if kind == "^":
        return f"^({written(parts[0])})"
    if kind in ("|", "/"):
        return f"({f' {kind} '.join(map(written, parts))})"
    return f"({written(parts[0])}){kind}"


paths = st.recursive(
    st.sampled_from("pqr").map(lambda name: ("iri", name)),
    lambda inner: st.one_of(
        st.tuples(st.just("|"), inner, inner),
        st.tuples(st.just("|"), inner, inner),
        st.tuples(st.just("/"), inner, inner),
        st.tuples(st.just("^"), inner),
        st.tuples(st.sampled_from("*+?"), inner),
    ),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sets(st.sampled_from(TRIPLES), min_size=1, max_size=8), paths)
def test_a_pair_is_found_as_often_as_the_standard_says(graph: set[tuple[NamedNode, ...]], path: Path) -> None:
    expected = {(str(s), str(o)): count for (s, o), count in ends(path, graph).items()}

    assert asked(f"SELECT ?s ?o {{ ?s {written(path)} ?o }}", *graph) == expected


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sets(st.sampled_from(TRIPLES), min_size=4, max_size=12), paths, paths)
def test_properties_of_one_subject_are_joined_as_before(
    graph: set[tuple[NamedNode, ...]], one: Path, two: Path
) -> None:
    expected: Counter[tuple[str, ...]] = Counter()
    for (s, o), m in ends(one, graph).items():
        for (t, u), n in ends(two, graph).items():
            if s == t and (s, PROPERTIES[0], o) in graph:
                expected[str(s), str(o), str(u)] += m * n

    text = f"{{ ?s {written(one)} ?o ; ex:p ?o ; {written(two)} ?u }}"
    assert asked(f"SELECT ?s ?o ?u {text}", *graph) == expected


# where it stands in a query

A, B, P, Q = NODES[0], NODES[1], PROPERTIES[0], PROPERTIES[1]
BOTH = ((A, P, B), (A, Q, B))


@pytest.mark.parametrize(
    "pattern",
    [
        "?s ex:p|ex:q ex:b",
        "ex:a ex:p|ex:q ?o .",
        "ex:a ex:p|ex:q ex:b",
        "?s (ex:p|ex:q) ?o ; ex:p ex:b",
        "?s ex:p ex:b ; (ex:p|ex:q) ?o ;",
        "?s<http://example.org/p>|<http://example.org/q> ?o ; ex:q?z",
        "_:x ex:q ?o . ?s ex:p|ex:q ?o . FILTER(?o = ex:b) ?s ex:p _:y",
        "?s ex:p ex:b ; (ex:p|ex:q) ?o ; ; ex:q ?o . FILTER(?o = ex:b || false)",
        "?s (ex:p|ex:q) # a | b\n ?o # c\n . # d\n",
        "?o ^(ex:p|ex:q) ?s",
        "?o ^ex:p|^ex:q ?s . ?s ex:q ?z",
        "ex:a ex:q ?z { ?s ex:p|ex:q ?o }",
        "OPTIONAL { ?s ex:p|ex:q ?o }",
        "{ SELECT ?s { ?s ex:p|ex:q ?o } }",
        "_:x ex:q ?o . ?s ex:p|ex:q ?o . _:x ex:p ?o",
        "ex:a ex:p|ex:q ?o FILTER EXISTS { ex:a ex:p|ex:q ?o }",
        "BIND(ex:a AS ?s) ?s ex:p|ex:q ?o VALUES ?o { ex:b }",
    ],
)
def test_alternatives_count_wherever_they_stand(pattern: str) -> None:
    assert asked(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", *BOTH) == {
        ('"2"^^<http://www.w3.org/2001/XMLSchema#integer>',): 1
    }


@pytest.mark.parametrize("path", ["!(ex:p|^ex:p)", "^!(ex:p|^ex:q|ex:r)"])
def test_what_is_not_some_properties_forwards_and_what_is_not_backwards_are_two_ways(path: str) -> None:
    graph = [*BOTH, (B, P, A), (B, Q, A)]

    assert asked(f"SELECT ?s {{ BIND(ex:a AS ?s) ex:a {path} ex:b }}", *graph) == {(str(A),): 2}


def test_a_label_of_a_template_says_nothing_of_the_pattern() -> None:
    text = PREFIX + "CONSTRUCT { _:x ex:r ?o } { _:x ex:q ?o . ?s ex:p|ex:q ?o }"

    assert "UNION" in as_unions(text)


def test_every_object_counts_for_itself() -> None:
    text = 'SELECT ?s { ?s ex:p|ex:q "x"@en , -1, ex:b }'
    graph = [(A, p, o) for p in (P, Q) for o in (Literal("x", language="en"), Literal(-1), B)]

    assert asked(text, *graph) == {(str(A),): 8}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ex:p ?o FILTER(?o = 1 || ?o = 2) }",
        "SELECT * { ?s (ex:p|ex:q)* ?o }",
        "SELECT * { ?s !(ex:p|ex:q) ?o }",
        "SELECT * { ?s ex:p|ex:q [] }",
        "SELECT * { _:s ex:p|ex:q ?o }",
        "SELECT * { _:x ex:q ?o . ?s ex:p|ex:q ?o . FILTER(?o = ex:b) _:x ex:p ?o }",
        "SELECT * { ?s ex:p|ex:q ?o . ",
        "SELECT * { ?s ex:p| ?o }",
        f"SELECT * {{ ?s {'/'.join(['(ex:p|ex:q)'] * 7)} ?o }}",
        f"SELECT * {{ ?s {'|'.join(['ex:p'] * 65)} ?o }}",
        f"SELECT * {{ ?s {'|'.join(['ex:p'] * 60)} {', '.join(f'ex:o{n}' for n in range(9))} }}",
        f"SELECT * {{ ?s {'/'.join(['ex:p'] * 7000)}|ex:q {', '.join(f'ex:o{n}' for n in range(9))} }}",
        "",
    ],
)
def test_text_without_such_alternatives_or_with_too_many_stays_as_it_is(text: str) -> None:
    assert as_unions(PREFIX + text) == PREFIX + text


def test_what_is_written_is_let_through_by_the_guard() -> None:
    many = alternatives.MOST_TRIPLES // 2
    text = f"{PREFIX}SELECT * {{ {' . '.join(f'?s{n} ex:p|ex:q ?s{n + 1}' for n in range(many))} }}"

    assert as_unions(text).count("UNION") == many
    assert guard.inspect(as_unions(text)) == "select"
    assert as_unions(text.replace("}", "?s0 ex:p|ex:q ?x }")) == text.replace("}", "?s0 ex:p|ex:q ?x }")
