"""Slices: the first rows of an ordered query are those of the whole, in the same order."""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from diplograph.engine.slices import FIRST, LARGEST, MOST_TOGETHER, Slices, Unsliced
from diplograph.sparql.rewriting.ordered import Ordered, ordered
from diplograph.sparql.rewriting.outline import Leave
from diplograph.sparql.rewriting.statistics import Property, Statistics

EX = "http://example.org/"
PREFIX = f"PREFIX ex: <{EX}>\n"
ACTS = 60
UNCOUNTED = Statistics({}, {})
MANY = Statistics(
    {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": Property(200_000, 200_000, 5),
        f"{EX}actor": Property(200_000, 200_000, 20),
        f"{EX}of": Property(300_000, 300_000, 100_000),
        f"{EX}near": Property(100_000, 100_000, 100_000),
    },
    {f"{EX}Act": 100_000, f"{EX}Expulsion": 20_000},
)


def graph() -> Store:
    """Sixty acts, some without a date, some with two actors, each with accounts in graphs of their own."""
    lines = []
    for number in range(ACTS):
        lines.append(f"ex:a{number} a ex:Act ; ex:actor ex:s{number % 5}, ex:s{number % 7} .")
        lines.append(f"ex:a{number} ex:near ex:a{(number * 7) % ACTS} .")
        if number % 3:
            day = f"2022-0{1 + number % 4}-1{number % 3}"
            lines.append(f'ex:a{number} ex:date "{day}"^^<http://www.w3.org/2001/XMLSchema#date> .')
        if number % 4:
            lines.append(f"ex:a{number} a ex:Expulsion ; ex:target ex:s{number % 3} .")
        for account in range(number % 3):
            lines.append(f"ex:c{number}-{account} ex:of ex:a{number} .")
            lines.append(f"GRAPH ex:g{account} {{ ex:c{number}-{account} ex:of ex:a{number} }}")
    lines += [
        f"ex:s{number} a ex:State ; ex:in ex:r{number % 2} ; ex:size {number % 3} ." for number in range(7)
    ]
    store = Store()
    store.load(PREFIX.encode() + "\n".join(lines).encode(), format=RdfFormat.TRIG)
    return store


STORE = graph()
PARTS = (
    *("?x a ex:Act .", "?x a ex:Expulsion .", "?x ex:actor ?s .", "?c ex:of ?x .", "?x ex:near ?y ."),
    *("?x ex:actor ?s ; ex:target ?t .", "?s ex:in ?r .", "?x ex:date ?d .", "?x ex:near/ex:actor ?t ."),
    *("?x a ?k .", "?x ex:near* ?y .", "[] ex:of ?x .", "?s ex:size ?z .", "?x ex:of|ex:near ?y ."),
    *("{ ?x ex:actor ?s } UNION { ?x ex:target ?s }", "{ ?x a ex:Act } UNION { ?y a ex:Act }"),
    "{ ?x ex:actor ?s BIND(ex:actor AS ?k) } UNION { ?x ex:target ?s BIND(?s AS ?t) }",
    *("OPTIONAL { ?x ex:date ?d }", "OPTIONAL { ?x ex:target ?t }", "OPTIONAL { ?s ex:size ?z }"),
    *("OPTIONAL { ?c ex:of ?x }", "OPTIONAL { ?x ex:date ?d FILTER(?d > ?e) }", "OPTIONAL { ?y ex:date ?d }"),
    *("VALUES ?s { ex:s1 ex:s2 }", "VALUES ?s { UNDEF ex:s1 }", "VALUES ?k { ex:Expulsion }"),
    *("VALUES (?s ?t) { (ex:s1 UNDEF) (ex:s2 ex:s0) }", "VALUES ?s { ex:s1 ex:s1 }", "VALUES ?z { 1 }"),
    *("VALUES ?s { ex:s1 <http://example.org/s1> }", "VALUES ?x { ex:a1 ex:a2 ex:a61 }"),
    *("FILTER(?s != ex:s0)", "FILTER EXISTS { ?x ex:target ?s }", "FILTER NOT EXISTS { ?c ex:of ?x }"),
    *("FILTER(!BOUND(?t) || ?t = ?s)", "FILTER(!BOUND(?d) || ?d >= '2022-02-01'^^<ex:no>)"),
    *("MINUS { ?x ex:target ex:s1 }", "MINUS { ?s ex:size 1 }", "BIND(?s AS ?b)", "BIND(STR(?x) AS ?b)"),
    "{ SELECT ?x (COUNT(*) AS ?n) WHERE { ?c ex:of ?x } GROUP BY ?x }",
    "{ SELECT ?s WHERE { ?s ex:in ?r } }",
    "{ SELECT ?x WHERE { ?x ex:actor ?s } ORDER BY ?x ?s LIMIT 9 }",
    "{ SELECT DISTINCT ?x WHERE { ?x ex:actor ?s . ?s ex:in ?r } }",
    "{ SELECT (MAX(?z) AS ?m) WHERE { ?s ex:size ?z } }",
    *("GRAPH ?g { ?c ex:of ?x }", "GRAPH ex:g1 { ?c ex:of ?x }", "GRAPH ?g { ?c ?p ?x }"),
    "{ ?x ex:actor ?s OPTIONAL { ?x ex:date ?d } VALUES ?s { ex:s1 ex:s4 } FILTER(?x != ex:a1) }",
    "{ ?x ex:actor ?s { ?s ex:size ?z } }",
    *(
        "?x ex:near [ ex:actor ?s ] .",
        "?x ex:near [ ex:date ?d ; ex:actor ?s ] .",
        "[ ex:date ?d ] ex:near ?x .",
    ),
    "{ SELECT ?x WHERE { VALUES ?s { ex:s2 ex:s3 } ?x ex:target ?s } }",
    "{ SELECT ?x WHERE { ?x ex:near/ex:date ?d } }",
    "{ SELECT DISTINCT ?x WHERE { ?x ex:actor ?s OPTIONAL { ?x ex:near/ex:date ?d } } }",
    "{ SELECT * WHERE { ?x a ex:Act } VALUES ?d { '2022-02-11'^^<http://www.w3.org/2001/XMLSchema#date> } }",
    "{ SELECT ?x WHERE { ?x a ex:Act } VALUES ?x { ex:a1 ex:a9 } }",
)
VARIABLES = "xystckdzrgmn"


@st.composite
def queries(draw: st.DrawFn) -> str:
    """An ordered query of a few parts in any order; a row that another equals stands next to it."""
    parts = draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=5))
    columns = draw(st.lists(st.sampled_from(VARIABLES), min_size=1, max_size=5, unique=True))
    first = draw(st.sampled_from(VARIABLES))
    key = draw(st.sampled_from((f"?{first}", f"DESC(?{first})", f"ASC(?{first})")))
    rest = " ".join(f"?{name}" for name in columns)
    distinct = draw(st.sampled_from(("", "DISTINCT ")))
    limit = draw(st.sampled_from((1, 3, 10, 30, 100, 1000)))
    offset = draw(st.sampled_from(("", "OFFSET 7", "OFFSET 200")))
    where = " ".join(parts)
    return f"{PREFIX}SELECT {distinct}{rest} WHERE {{ {where} }} ORDER BY {key} {rest} LIMIT {limit} {offset}"


def rows(found: Any) -> list[tuple[str, ...]]:
    """The rows of an answer."""
    return [tuple(str(term) for term in row) for row in found]


def asked(store: Store = STORE) -> tuple[list[str], Callable[[str], Any]]:
    """An engine, and what it was asked."""
    texts: list[str] = []

    def ask(text: str) -> Any:
        texts.append(text)
        return store.query(text)

    return texts, ask


@given(text=queries(), statistics=st.sampled_from((UNCOUNTED, MANY)))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_first_rows_are_those_of_the_whole(text: str, statistics: Statistics) -> None:
    try:
        whole = rows(STORE.query(text))
    except SyntaxError:
        assume(False)
    try:
        found = Slices().first_rows(ordered(text, statistics), None, STORE.query)
    except (Leave, Unsliced):
        assume(False)

    assert rows(found) == whole


def first(text: str, most: int | None = None, statistics: Statistics = UNCOUNTED) -> tuple[Any, list[str]]:
    """The first rows of a query, and the queries that found them."""
    texts, ask = asked()
    found = Slices().first_rows(read(text, statistics), most, ask)
    return rows(found), texts


def read(text: str, statistics: Statistics = UNCOUNTED) -> Ordered:
    """A query as it is read for slices."""
    return ordered(PREFIX + text, statistics)


ACCOUNTS = "SELECT ?x ?c WHERE { ?x a ex:Act . ?c ex:of ?x OPTIONAL { ?x ex:target ?t } } ORDER BY ?x ?c"


def test_only_as_many_slices_are_asked_for_as_give_the_rows() -> None:
    found, texts = first(f"{ACCOUNTS} LIMIT 4")

    assert len(found) == 4
    assert len(texts) == 2
    assert texts[1].count("<http://example.org/a") == FIRST


def test_rows_end_where_the_client_says_even_without_a_limit_in_the_text() -> None:
    found, texts = first(ACCOUNTS, most=50)

    assert len(found) == 50
    assert "LIMIT" not in " ".join(texts)


def test_slice_grows_by_what_is_missing_and_no_further_than_the_engine_bears() -> None:
    _, texts = first(f"{ACCOUNTS} LIMIT 1000")
    sizes = [text.count("<http://example.org/a") for text in texts[1:]]

    assert sizes == [FIRST, 4 * FIRST, ACTS - 5 * FIRST]
    assert max(sizes) <= LARGEST


def test_values_of_the_first_key_are_found_once_for_queries_that_ask_alike() -> None:
    texts, ask = asked()
    slices = Slices()
    for offset in range(0, 30, 10):
        slices.first_rows(read(f"{ACCOUNTS} LIMIT 10 OFFSET {offset}"), None, ask)

    assert sum("SELECT DISTINCT" in text for text in texts) == 1


def test_values_given_narrow_what_slices_are_made_of() -> None:
    text = "SELECT ?x { VALUES ?s { ex:s1 } ?x a ex:Act ; ex:actor ?s } ORDER BY ?x LIMIT 3"

    _, texts = first(text, statistics=MANY)

    assert "ex:s1" in texts[0] or "<http://example.org/s1>" in texts[0]
    assert "FILTER(?s IN (<http://example.org/s1>))" in texts[1]


def test_unbound_keys_come_first_and_last_where_the_order_is_reversed() -> None:
    text = "SELECT ?d ?x { ?x a ex:Act OPTIONAL { ?x ex:date ?d } } ORDER BY {} ?x LIMIT 25"

    assert [row[0] for row in first(text.replace("{} ?x L", "?d ?x L"))[0]].count("None") == 20
    assert "None" not in {row[0] for row in first(text.replace("{} ?x L", "DESC(?d) ?x L"))[0]}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ASK { ?x a ex:Act }", "no SELECT"),
        ("SELECT ?x { ?x a ex:Act }", "no ORDER BY"),
        ("SELECT ?x { ?x a ex:Act } GROUP BY ?x ORDER BY ?x", "GROUP BY"),
        ("SELECT ?x { ?x a ex:Act } ORDER BY ?x VALUES ?x { ex:a1 }", "VALUES at its end"),
        ("SELECT (STR(?x) AS ?y) { ?x a ex:Act } ORDER BY ?x", "computed"),
        ("SELECT ?x FROM ex:g1 { ?x a ex:Act } ORDER BY ?x", "dataset"),
        ("SELECT REDUCED ?x { ?x a ex:Act } ORDER BY ?x", "REDUCED"),
        ("SELECT ?x { ?x a ex:Act } ORDER BY STR(?x)", "first key"),
        ("SELECT ?x { ?x a ex:Act } ORDER BY ?x COUNT(?x)", "aggregate"),
        ("SELECT ?x { ?x a ex:Act OPTIONAL { ?y ex:date ?d } VALUES ?d { 1 } } ORDER BY ?d", "first key"),
        ("SELECT DISTINCT ?s { ?x ex:actor ?s } ORDER BY ?x", "first key"),
        ("SELECT ?x { ?x a ex:Act SERVICE ex:e { ?x a ex:Act } } ORDER BY ?x", "SERVICE"),
        ("SELECT ?x { ?x ex:date ?d FILTER(?d < NOW()) } ORDER BY ?x", "NOW"),
        ("SELECT ?x { ?x a ex:\\u0041ct } ORDER BY ?x", "escapes"),
        ("SELECT ?x { { SELECT REDUCED ?x { ?x a ex:Act } } } ORDER BY ?x", "REDUCED"),
        ("SELECT ?x { ?x a ex:Act } ORDER BY ?x LIMIT 1.5", "no number"),
        ("SELECT ?x { ?x a ex:Act } ORDER BY ?x LIMIT 1000000000000", "very large"),
        (f"SELECT ?x {'{' * 20} ?x a ex:Act {'}' * 20} ORDER BY ?x", "too many groups"),
        ("SELECT ?x { ?x a ex:Act ORDER BY ?x", "not a query"),
    ],
)
def test_query_whose_rows_are_not_told_by_their_first_key_is_left_alone(text: str, why: str) -> None:
    with pytest.raises(Leave, match=why):
        read(text)


def test_query_that_values_given_make_small_is_left_alone() -> None:
    text = "SELECT ?x ?c { VALUES ?s { ex:s1 } ?x a ex:Act . ?y ex:near ?s . ?y ex:of ?x } ORDER BY ?x"

    with pytest.raises(Leave, match="few rows"):
        read(text, MANY)


NOT_KNOWN = {
    "no limit": (ACCOUNTS, None),
    "a limit of the client that is high": (ACCOUNTS, 10_001),
    "a high limit": (f"{ACCOUNTS} LIMIT 10001", None),
    "a limit behind many rows": (f"{ACCOUNTS} LIMIT 10 OFFSET 9991", None),
    "a key that is text": ("SELECT ?s { ?s ex:note ?n } ORDER BY ?n LIMIT 5", None),
    "a key with several values": ("SELECT ?s { ?s ex:rank ?n } ORDER BY ?n LIMIT 5", None),
    "a key of two kinds": ("SELECT ?s { ?s ex:known ?n } ORDER BY ?n LIMIT 5", None),
}


@pytest.mark.parametrize(("text", "most"), NOT_KNOWN.values(), ids=NOT_KNOWN.keys())
def test_query_is_evaluated_whole_where_the_order_or_the_end_is_not_known(
    text: str, most: int | None
) -> None:
    with pytest.raises(Unsliced):
        first(text, most)


def test_values_are_remembered_for_what_relative_names_stand_for() -> None:
    slices, query = Slices(), read("SELECT ?x { ?x <actor> ?s } ORDER BY ?x ?s LIMIT 3")
    other = "http://example.net/"
    with pytest.raises(Unsliced):  # nothing has the property, so there is nothing to slice
        slices.first_rows(query, None, partial(STORE.query, base_iri=other), other)

    assert len(rows(slices.first_rows(query, None, partial(STORE.query, base_iri=EX), EX))) == 3


def test_many_values_that_no_key_tells_apart_are_not_put_into_one_slice() -> None:
    store = Store()
    lines = (f"ex:a{number} a ex:Act ; ex:near ex:a{number % 7} ." for number in range(MOST_TOGETHER + 1))
    store.load(PREFIX.encode() + "\n".join(lines).encode(), format=RdfFormat.TURTLE)
    text = "SELECT ?y { ?x a ex:Act ; ex:near ?y OPTIONAL { ?x ex:date ?d } } ORDER BY ?d ?y LIMIT 5"

    with pytest.raises(Unsliced):
        Slices().first_rows(read(text), None, store.query)


def test_slices_that_lead_to_few_rows_are_given_up() -> None:
    store = Store()
    lines = (f"ex:a{number} a ex:Act ; ex:of ex:o{number} ." for number in range(3000))
    store.load(PREFIX.encode() + "\n".join(lines).encode(), format=RdfFormat.TURTLE)
    texts, ask = asked(store)
    query = read("SELECT ?x { ?x a ex:Act . ?x ex:of ?o FILTER(?o = ex:o1) } ORDER BY ?x LIMIT 5")

    with pytest.raises(Unsliced):
        Slices().first_rows(query, None, ask)
    assert 8 < len(texts) < 20


def test_slices_that_take_long_whatever_is_in_them_are_given_up() -> None:
    texts, ask = asked()
    seconds = count(step=100)

    with pytest.raises(Unsliced):
        Slices(lambda: next(seconds)).first_rows(read(f"{ACCOUNTS} LIMIT 1000"), None, ask)
    assert len(texts) == 2
