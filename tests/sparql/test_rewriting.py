"""Rewritten queries: what is rewritten, what is left alone, and that answers stay the same."""

import time
from collections import Counter
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from diplograph.sparql.lexer import Lexer
from diplograph.sparql.rewriting import proof
from diplograph.sparql.rewriting.joins import every_subject
from diplograph.sparql.rewriting.outline import Leave, Outline
from diplograph.sparql.rewriting.rewriter import Rewriter, advice, rewritten
from diplograph.sparql.rewriting.statistics import Property, Statistics

EX = "http://example.org/"
PREFIX = f"PREFIX ex: <{EX}>\n"
NOTHING = Statistics({}, {})
EVERY = Property(100_000, 100_000, 200)
"""A property that every act has, with one of some two hundred values."""
ACTS = Statistics(
    {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": Property(200_000, 200_000, 5),
        **{f"{EX}{name}": EVERY for name in ("actor", "target")},
        f"{EX}when": Property(100_000, 100_000, 20_000),
        f"{EX}date": Property(20_000, 20_000, 5_000),
        f"{EX}answers": Property(30_000, 30_000, 25_000),
    },
    {f"{EX}Expulsion": 20_000},
)
NATURAL = f"""{PREFIX}SELECT ?first ?second WHERE {{
  ?first a ex:Expulsion ; ex:actor ?one ; ex:target ?two ; ex:when ?firstTime . # the first
  ?second a ex:Expulsion ; ex:actor ?two ; ex:target ?one ; ex:when ?secondTime .
  ?firstTime ex:date ?firstDate . ?secondTime ex:date ?secondDate
  FILTER(?secondDate > ?firstDate) # later
}}"""


def decided(text: str, statistics: Statistics = ACTS) -> str:
    """Why a query is left as it is."""
    found = Rewriter(statistics).of(text)

    assert not found.rewritten
    assert found.text == text
    return found.why


def test_two_sides_that_meet_in_what_many_share_become_sub_selects() -> None:
    found = Rewriter(ACTS).of(NATURAL)

    assert found.rewritten
    assert found.text.count("SELECT * WHERE") == 2
    first, second = found.text.split("SELECT * WHERE")[1:]
    assert "?first a ex:Expulsion" in first
    assert "?firstTime ex:date ?firstDate" in first
    assert "?secondTime ex:date ?secondDate" in second
    assert second.index("} }") < second.index("FILTER(?secondDate > ?firstDate) # later")


def test_reason_tells_what_is_saved() -> None:
    assert "10,020,000 look-ups" in Rewriter(ACTS).of(NATURAL).why


def test_rewritten_text_is_not_rewritten_again() -> None:
    rewriter = Rewriter(ACTS)

    assert not rewriter.of(rewriter.of(NATURAL).text).rewritten


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (NATURAL.replace("?first a", "ex:one a"), "cheap"),
        (NATURAL.replace("ex:actor ?one", "ex:actor ?one ; ex:answers ex:x"), "cheap"),
        ("SELECT ?x ?y ?z ?u WHERE { ?x ?y ?z . ?z ?y ?u }", "one subject"),
        (f"{NATURAL} LIMIT 10", "LIMIT"),
        (NATURAL.replace("SELECT", "SELECT REDUCED"), "REDUCED"),
        (f"{NATURAL} ORDER BY ?first LIMIT 10", "LIMIT"),
        (f"{NATURAL} ORDER BY ?first ?secondDate OFFSET 10", "LIMIT"),
        (f"{NATURAL} ORDER BY ?first STR(?second) LIMIT 10", "LIMIT"),
        (NATURAL.replace("?first ?second WHERE", "* WHERE") + " ORDER BY ?first ?second LIMIT 10", "LIMIT"),
        (
            NATURAL.replace("?second WHERE", "?firstDate WHERE") + " ORDER BY ?first ?firstDate LIMIT 10",
            "LIMIT",
        ),
        *(
            (NATURAL.replace("?first ?second WHERE", f"({name}(?firstDate) AS ?x) WHERE"), "Aggregates")
            for name in ("SAMPLE", "GROUP_CONCAT", "MIN", "MAX", "SUM", "AVG")
        ),
        (NATURAL + " GROUP BY ?first ?second HAVING(max(?firstDate) > 1)", "Aggregates"),
        (NATURAL.replace("SELECT ?first ?second", "ASK"), "ASK"),
        (NATURAL.replace("WHERE", "FROM ex:g WHERE"), "FROM"),
        (f"{NATURAL} VALUES ?one {{ ex:a }}", "VALUES"),
        (NATURAL.replace("FILTER", "VALUES ?one { ex:a } FILTER"), "VALUES"),
        (NATURAL.replace("FILTER", "{ ?first ex:is ?it } FILTER"), "group"),
        (NATURAL.replace("FILTER", "GRAPH ?g { ?first ex:is ?it } FILTER"), "GRAPH"),
        (NATURAL.replace("ex:when ?firstTime", "ex:when/ex:date ?firstDate"), "path"),
        (NATURAL.replace("ex:when ?firstTime", "ex:when [ ex:date ?firstDate ]"), "blank node"),
        (NATURAL.replace("?second a", "_:b a"), "blank node"),
        (NATURAL.replace("  ?firstTime", "  OPTIONAL { ?first ex:is ?it } ?firstTime"), "behind"),
        (NATURAL.replace("?firstDate .", "?firstDate . ?alone ex:is ?it ."), "no variable"),
        (NATURAL.replace("ex:Expulsion", "ex:\\u0045xpulsion"), "every reader"),
        (NATURAL.replace("}", ""), "not a query"),
    ],
)
def test_query_whose_answer_might_change_or_come_later_is_left_alone(text: str, why: str) -> None:
    assert why in decided(text)


def test_small_graph_is_left_alone() -> None:
    assert "small" in decided(NATURAL, Statistics({f"{EX}actor": Property(1000, 1000, 2)}, {}))


def test_join_that_does_not_fit_in_memory_is_left_alone() -> None:
    wide = Statistics(
        {iri: Property(n * 500, s * 500, o) for iri, (n, s, o) in ACTS.properties.items()},
        {f"{EX}Expulsion": 10_000_000},
    )

    assert "memory" in decided(NATURAL, wide)


@pytest.mark.parametrize(
    "text",
    [
        f"{NATURAL} ORDER BY ?first ?second LIMIT 10",
        NATURAL.replace("SELECT", "SELECT DISTINCT") + " ORDER BY DESC(?second) ?first LIMIT 10 OFFSET 5",
        f"{NATURAL} ORDER BY ?firstDate",
        NATURAL.replace("?first ?second WHERE", "*"),
        NATURAL.replace("?first ?second WHERE", "(COUNT(*) AS ?n) WHERE"),
        NATURAL.replace("SELECT ?first ?second", "CONSTRUCT { ?first ex:with ?second }"),
        NATURAL.replace("FILTER", "OPTIONAL { ?first ex:is ?it } BIND(STR(?first) AS ?name) FILTER"),
        NATURAL.replace("FILTER", "FILTER NOT EXISTS { ?second ex:actor ?one } FILTER"),
        NATURAL.replace("?one", "$one"),
        NATURAL.replace("FILTER", ". ?one ex:date ?x . ?two ex:date ?y FILTER"),
        f"{PREFIX}SELECT (COUNT(*) AS ?n) {{ ?a ex:actor ?x . ?b ex:actor ?x }}",
        NATURAL.replace("ex:Expulsion", f"<{EX}Expulsion>"),
        NATURAL.replace("\n", "\r\n"),
    ],
)
def test_what_stands_around_the_triples_is_kept(text: str) -> None:
    assert Rewriter(ACTS).of(text).rewritten


def test_advice_names_the_variables_of_the_query_and_those_that_the_sides_meet_in() -> None:
    said = advice(f"{NATURAL} LIMIT 10")

    assert said is not None
    assert "joined in ?one, ?two" in said
    assert (
        "{ SELECT * WHERE { ?first … ?firstTime … } } { SELECT * WHERE { ?second … ?secondTime … } }" in said
    )


@pytest.mark.parametrize(
    "text", ["SELECT * { ?a ?b ?c }", "SELECT * { ?a ?b ?c . ?d ?e ?f }", "nonsense", ""]
)
def test_nothing_is_advised_where_the_form_would_not_help(text: str) -> None:
    assert advice(text) is None


@pytest.mark.parametrize(
    "other",
    [
        NATURAL.replace("?one", "?two", 1),
        NATURAL.replace(">", "<="),
        NATURAL.replace("SELECT ?first", "SELECT DISTINCT ?first"),
        NATURAL.replace("?first ?second WHERE", "?second ?first WHERE").replace("ex:when", "ex:then"),
        NATURAL.replace("?firstTime ex:date", "OPTIONAL { ?x ?y ?z } ?firstTime ex:date"),
        "nonsense",
    ],
)
def test_proof_fails_for_a_query_that_means_something_else(other: str) -> None:
    changed = Rewriter(ACTS).of(NATURAL).text

    assert proof.same(NATURAL, changed)
    assert not proof.same(other, changed)


def test_proof_fails_for_a_sub_select_that_hides_a_variable() -> None:
    changed = Rewriter(ACTS).of(NATURAL).text.replace("SELECT * WHERE", "SELECT ?one ?two ?first WHERE", 1)

    assert not proof.same(NATURAL, changed)


def test_proof_gives_up_on_a_text_that_takes_too_long() -> None:
    long = NATURAL.replace(
        "FILTER", f"FILTER(?one IN ({', '.join(f'ex:x{n}' for n in range(20_000))})) FILTER"
    )
    began = time.process_time()

    assert not proof.same(long, long)
    assert time.process_time() - began < 4 * proof.SECONDS
    assert proof.same(NATURAL, NATURAL)


# ----- answers: the engine itself says whether a rewritten query is the same

SUBJECTS = [NamedNode(f"{EX}s{n}") for n in range(4)]
OBJECTS = [*SUBJECTS, Literal(1), Literal(2), Literal("1"), Literal("x", language="en")]
PREDICATES = [NamedNode(f"{EX}p{n}") for n in range(3)]
TRIPLES = [Quad(*each) for each in product(SUBJECTS, PREDICATES, OBJECTS)]
GRAPHS = st.lists(st.sampled_from(TRIPLES), min_size=4, max_size=20)
VARIABLES = ["?a", "?b", "?c", "$d", "?e"]
CONSTANTS = ["ex:s0", f"<{EX}s1>", "1", '"1"', '"x"@en', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>']
VERBS = ["ex:p0", "ex:p1", f"<{EX}p2>", "?p"]
FILTERS = [
    *("?a = ?b", "?c > 1", "BOUND(?e)", "!BOUND(?a)", "STR(?a) < STR(?b)", "?a IN (1, ex:s0)", "isIRI(?c)"),
    *("EXISTS { ?a ex:p0 ?b }", "NOT EXISTS { ?c ex:p1 ?x . ?x ex:p0 ?a }", "?nowhere = 1", "1 / 0 = 1"),
]
AFTER = [
    *("OPTIONAL { ?a ex:p1 ?f }", "OPTIONAL { ?f ex:p0 ?c FILTER(?a != ?f) }", "MINUS { ?a ex:p0 ?c }"),
    *("BIND(STR(?b) AS ?g)", "MINUS { ?b ex:p1 1 }"),
]
FORMS = [
    *(
        "SELECT *",
        "SELECT ?a ?b",
        "SELECT DISTINCT ?c",
        "SELECT (COUNT(*) AS ?n)",
        "SELECT ?e (STR(?a) AS ?h)",
    ),
    *("SELECT ?a (COUNT(DISTINCT ?b) AS ?n)", "CONSTRUCT { ?a ex:made ?b }"),
]


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """Some triples with one subject, with commas and semicolons."""
    subject = draw(st.sampled_from([*VARIABLES[:3], "ex:s0"]))
    terms = st.sampled_from([*VARIABLES * 2, *CONSTANTS])
    objects = st.lists(terms, min_size=1, max_size=2).map(" , ".join)
    said = st.lists(st.tuples(st.sampled_from(VERBS), objects).map(" ".join), min_size=1, max_size=3)
    return f"{subject} {' ; '.join(draw(said))}{draw(st.sampled_from(['', ' ;']))}"


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A query of one group."""
    elements = [f"{each} ." for each in draw(st.lists(sentences(), min_size=2, max_size=4))]
    for condition in draw(st.lists(st.sampled_from(FILTERS), max_size=2)):
        bracketed = condition if "EXISTS" in condition else f"({condition})"
        elements.insert(draw(st.integers(0, len(elements))), f"FILTER {bracketed} # ?a }}\n")
    elements += draw(st.lists(st.sampled_from(AFTER), max_size=2, unique=True))
    form = draw(st.sampled_from(FORMS))
    grouped = " GROUP BY ?a" if "?a (COUNT" in form else ""
    return f"{PREFIX}{form} WHERE {{ {' '.join(elements)} }}{grouped}"


def answer(graph: list[Quad], text: str) -> tuple[list[str], Counter[tuple[str, ...]]]:
    store = Store()
    store.extend(graph)
    found = store.query(text)
    names = [str(each) for each in getattr(found, "variables", [])]
    return names, Counter(tuple(str(term) for term in row) for row in found)


def assert_same_answer(graph: list[Quad], text: str) -> None:
    try:
        changed = rewritten(text, every_subject(Outline.of(list(Lexer(text))).sentences, NOTHING))
    except Leave:
        assume(False)

    assert answer(graph, changed) == answer(graph, text), changed


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(GRAPHS, queries())
def test_rewritten_queries_have_the_same_answers(graph: list[Quad], text: str) -> None:
    assert_same_answer(graph, text)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(GRAPHS, queries())
def test_many_rewritten_queries_have_the_same_answers(graph: list[Quad], text: str) -> None:
    assert_same_answer(graph, text)


# ----- families whose answers hang on the order of the solutions: left alone, or the same

NUMBERS = [
    Literal(text, datatype=NamedNode(f"http://www.w3.org/2001/XMLSchema#{name}"))
    for text, name in (("1", "integer"), ("1", "decimal"), ("1", "double"), ("2", "float"), ("2", "integer"))
]
NUMBERED = [
    *(Quad(subject, PREDICATES[0], number) for subject in SUBJECTS for number in NUMBERS),
    *(Quad(subject, PREDICATES[1], other) for subject in SUBJECTS for other in SUBJECTS),
]
COLUMNS = ["?a ?b", "?a ?n", "?n", "DISTINCT ?b", "?a ?b ?n ?m", "*", "?b (STR(?n) AS ?s)"]
KEYS = ["?a", "?b", "DESC(?b)", "?n", "ASC(?m)", "?m", "(STR(?n))"]
AGGREGATED = [
    f"SELECT{group} ({name}({'DISTINCT ' if name == 'SUM' else ''}?n) AS ?x)"
    for name in ("MIN", "MAX", "SUM", "AVG", "COUNT", "SAMPLE", "GROUP_CONCAT")
    for group in ("", " ?b")
]


@st.composite
def ordered(draw: st.DrawFn) -> str:
    """A query with a cut or an aggregate over triples of two subjects that meet in a third."""
    triples = "?a ex:p0 ?n . ?a ex:p1 ?c . ?b ex:p1 ?c . ?b ex:p0 ?m"
    keys = draw(st.lists(st.sampled_from(KEYS), max_size=3, unique=True))
    order = f" ORDER BY {' '.join(keys)}" if keys else ""
    if draw(st.booleans()):
        form = draw(st.sampled_from(AGGREGATED))
        return f"{PREFIX}{form} WHERE {{ {triples} }}{' GROUP BY ?b ORDER BY ?b' if ' ?b' in form else ''}"
    columns = draw(st.sampled_from(COLUMNS))
    cut = draw(st.sampled_from(["LIMIT 1", "LIMIT 2", "LIMIT 3 OFFSET 2", "OFFSET 1"]))
    return f"{PREFIX}SELECT {columns} WHERE {{ {triples} }}{order} {cut}"


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(NUMBERED), min_size=6, max_size=24), ordered())
def test_cuts_and_aggregates_have_the_same_answers(graph: list[Quad], text: str) -> None:
    assert answer(graph, Rewriter(NOTHING, 0).of(text).text) == answer(graph, text)


def test_a_cut_of_rows_in_one_order_is_rewritten_and_keeps_it() -> None:
    triples = "?a ex:p0 ?n . ?a ex:p1 ?c . ?b ex:p1 ?c . ?b ex:p0 ?m"
    text = f"{PREFIX}SELECT ?a ?b WHERE {{ {triples} }} ORDER BY DESC(?b) ?a LIMIT 40"
    changed = Rewriter(NOTHING, 0).of(text)
    store = Store()
    store.extend(NUMBERED)

    assert changed.rewritten
    assert [list(map(str, row)) for row in store.query(changed.text)] == [
        list(map(str, row)) for row in store.query(text)
    ]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(queries())
def test_what_is_rewritten_is_proved(text: str) -> None:
    assume("EXISTS" not in text)

    found = Rewriter(NOTHING, 0).of(text)

    assert found.rewritten or "one subject" in found.why or "path" in found.why
