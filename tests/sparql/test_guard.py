"""The guard: what it lets through, what it refuses, and that nothing is mistaken for something else."""

import time

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diplograph.errors import FederationDisabled, MalformedQuery, TooComplex, TooLarge, UpdateDisabled
from diplograph.sparql import guard
from diplograph.sparql.guard import inspect
from diplograph.sparql.lexer import Lexer

EX = "PREFIX ex: <http://example.org/> PREFIX : <http://example.org/> "
WORDS = st.sampled_from(
    [
        "SERVICE",
        "service",
        "Service SILENT",
        "LOAD",
        "INSERT DATA",
        "DROP ALL",
        "DELETE",
        "CLEAR",
        "{{{",
        "}",
        "((",
    ]
)
PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\\"'\r\n"), max_size=5)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * WHERE { ?s ?p ?o }", "select"),
        ("select distinct ?s{?s ?p ?o}", "select"),
        (EX + "ASK { ex:a a ex:B }", "ask"),
        ("# SELECT\nBASE <http://example.org/> CONSTRUCT WHERE { <a> <b> <c> }", "construct"),
        ("DESCRIBE <http://example.org/a>", "describe"),
        (EX + "DESCRIBE ex:a ?x WHERE { ?x ex:p ex:a }", "describe"),
        ("PREFIX select: <http://example.org/> ASK { select:a select:select select:ask }", "ask"),
    ],
)
def test_the_form_is_the_first_word_after_the_prologue(text, form):
    assert inspect(text) == form


ORDINARY = [
    "SELECT * WHERE { ?s <http://a.org/a'b> ?o ; <http://a.org/p>/^<http://a.org/q>+ (1 <a:b>) }",
    "SELECT * WHERE { ?s ?p ?o FILTER(?s<?o && ?o>?p || ?o <= 3 && ?o>=1) }",
    "SELECT (COUNT(?x) AS ?n) WHERE { VALUES (?a ?b) { (<a:a><a:b>) (UNDEF 'x'@en) } } ORDER BY DESC(?n)",
    "SELECT * WHERE { { SELECT (?a<?b AS ?c) { ?a a ?b } GROUP BY ?a ?b HAVING(?a<3) } } LIMIT 3 OFFSET 1",
    "SELECT * WHERE { [] a _:b.1 ; ?p true , 1.5e0 , -3 , .5 , '''a'b''' , \"\"\"a\"b\"\"\" , 'x'^^<a:t> }",
    EX + "SELECT * FROM ex:g { GRAPH ex:g { ex:a.b ex:c%2d\\,e ?o } BIND(IF(?o<1,<a:a>,'x') AS ?z) }",
    "SELECT ?日本 { ?日本 <http://пример.org/п> 'ü', 'don\\'t \\u0041' }",
    'SELECT (GROUP_CONCAT(?x; SEPARATOR="|") AS ?y) { ?x ?p ?o FILTER NOT EXISTS {?x a ?t} MINUS {?x a 1} }',
    "SELECT * { ?s (<a:p>|!(<a:q>|^<a:r>))* ?o FILTER(?o IN (<a:a>, 'x') && ?o NOT IN (1)) }",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_queries_pass_and_the_engine_takes_them(text):
    pyoxigraph.Store().query(text)

    assert inspect(text) == "select"


SERVICES = [
    "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { sErViCe<http://127.0.0.1/>{ ?s ?p ?o } }",
    "SELECT * { SERVICE#comment\n<http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT ?x { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <a:b> {} } }",
    "SELECT * { { SELECT * { SERVICE <a:b> {} } } }",
    "SELECT * { SER\\u0056ICE <a:b> {} }",
    "SELECT * { \\U00000053ERVICE <a:b> {} }",
]
TOUCHING = [
    # The engine reads these as SERVICE although each looks like a name, a string or an IRI.
    EX + "SELECT * { SERVICEex:a { ?s ?p ?o } }",
    EX + "SELECT * { SERVICE:a { ?s ?p ?o } }",
    EX + "SELECT * { ?s ?p trueSERVICEex:a { ?s ?p ?o } }",
    EX + "PREFIX SERVICEex: <a:b> SELECT * { SERVICEex:a { ?s ?p ?o } }",
    EX + "SELECT * { ?s ?p ?o FILTER(?o<1)SERVICE:p#>\n{ ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(?o<'x>')SERVICE<http://127.0.0.1>{?s?p?o}FILTER('y') #'\n}",
    "SELECT * { ?s ?p '\\u0027 ' SERVICE <a:b> {} #'\n}",
]


@pytest.mark.parametrize("text", SERVICES + TOUCHING)
def test_service_is_refused_however_it_is_written(text):
    with pytest.raises(FederationDisabled):
        inspect(text)


@pytest.mark.parametrize("text", SERVICES[:7] + TOUCHING[:2] + TOUCHING[4:6])
def test_the_engine_would_have_read_it_as_service(text):
    pyoxigraph.Store().query(text)


@pytest.mark.parametrize(
    "text",
    [
        EX + "PREFIX FILTERex: <a:b> SELECT * { ?s ?p ?o FILTERex:f(?o<'x>')SERVICE<a:b>{}FILTER('y') #'\n}",
        EX + "SELECT * { ?s ?p ?o FILTERex:f(1) }",
        'SELECT * { ("""x") ?p ?o }',
        "SELECT * { << ?s ?p ?o >> ?q ?r }",
    ],
)
def test_what_could_be_read_two_ways_is_refused(text):
    with pytest.raises(MalformedQuery):
        inspect(text)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:b> <a:c> 1 }",
        EX + "DELETE WHERE { ex:a ?p ?o }",
        "LOAD <http://127.0.0.1/>",
        "load silent <file:///etc/passwd>",
        "CLEAR ALL",
        "WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o } ; DROP ALL",
        "SELECT * { ?s ?p ?o }\nDELETE { ?s ?p ?o } WHERE {}",
        "COPY <a:b> TO DEFAULT",
        "IN\\u0053ERT DATA {}",
    ],
)
def test_updates_are_refused(text):
    with pytest.raises(UpdateDisabled):
        inspect(text)


@given(WORDS, PLAIN, PLAIN)
@settings(max_examples=60, deadline=None)
def test_words_inside_strings_are_not_keywords(word, before, after):
    for quote in ('"', "'", '"""', "'''"):
        assert inspect(f"SELECT * {{ ?s ?p {quote}{before}{word}{after}{quote} }}") == "select"


@given(WORDS, PLAIN)
@settings(max_examples=60, deadline=None)
def test_words_inside_comments_are_not_keywords(word, noise):
    assert inspect(f"#{word} {noise}\nSELECT * # {noise}{word}\n {{ ?s ?p ?o }} # {word}") == "select"


NAMES = st.sampled_from(["service", "SERVICE", "load", "insert", "drop", "delete", "Clear"])


@given(NAMES)
def test_words_inside_iris_names_and_variables_are_not_keywords(word):
    text = (
        f"PREFIX ex: <http://{word}.example.org/{word}#{word}> PREFIX {word}: <a:{word}> SELECT ?{word} "
        f"FROM {word}:g {{ GRAPH {word}:h {{ ?{word} ex:{word} _:{word} ; <http://{word}/> ${word} . "
        f"{word}:{word} {word}:p ex:a{word} , 'x'@{word} }} }}"
    )

    assert inspect(text) == "select"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "PREFIX ex: <http://example.org/>",
        "FETCH * { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o",
        "SELECT * { ( }",
        "SELECT * { ?s ?p ?o } }",
        "SELECT * { ?s ex:p ?o }",
        "SELECT * { ?s ?p 'open }",
        "SELECT * { ?s ?p 'a\nb' }",
        'SELECT * { ?s ?p """open" }',
        "SELECT * { ?s ?p <a b> }",
        "SELECT * { ?s ?p \u0000 }",
        "SELECT * { ?s ?p \\U00FFFFFF }",
        "SELECT * { ?s ?p ~ }",
        "{ ?s ?p ?o }",
    ],
)
def test_unclear_text_is_malformed(text):
    with pytest.raises(MalformedQuery):
        inspect(text)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("SELECT * {\n  ?s ex:p ?o }", 2, 6),
        ("SELECT * {\n  ?s ?p 'x }", 2, 9),
        ("SELECT *\n\n {", 3, 2),
        ("SELECT * { ?日本 ?p ` }", 1, 19),
    ],
)
def test_a_malformed_query_is_malformed_somewhere(text, line, column):
    with pytest.raises(MalformedQuery) as caught:
        inspect(text)

    assert caught.value.facts["position"] == {"line": line, "column": column}


def test_size_is_counted_in_bytes():
    query = "SELECT * { ?s ?p 'é' }"
    fits = query + " " * (guard.MAX_QUERY - len(query.encode()))

    assert inspect(fits) == "select"
    with pytest.raises(TooLarge) as caught:
        inspect(f"{fits} ")
    assert caught.value.facts["limit"] == guard.MAX_QUERY


DEEP = {
    "exists": ("FILTER EXISTS {", "}"),
    "function": ("STR(", ")"),
    "sub-select": ("{ SELECT * WHERE {", "}}"),
    "group": ("{", "}"),
    "optional": ("OPTIONAL {", "}"),
    "minus": ("MINUS {", "}"),
    "parenthesis": ("(", ")"),
    "blank node": ("[ ?p ", "]"),
}
WIDE = [
    "||1",
    "+1",
    "!",
    "-",
    "/<a:p>",
    "|<a:p>",
    "^ ",
    "*1",
    "=1",
    " UNION {}",
    " OPTIONAL {}",
    " FILTER(1)",
]


@pytest.mark.parametrize("opened", DEEP)
def test_nesting_deeper_than_the_limit_is_too_complex(opened):
    start, end = DEEP[opened]

    with pytest.raises(TooComplex) as caught:
        inspect("ASK {" + start * 101 + end * 101 + "}")
    assert caught.value.facts["limit"] == guard.MAX_DEPTH


@pytest.mark.parametrize("operator", WIDE)
def test_more_operators_than_the_limit_are_too_complex(operator):
    with pytest.raises(TooComplex) as caught:
        inspect("ASK {" + operator * 2001 + "}")
    assert caught.value.facts["limit"] == guard.MAX_OPERATORS


@pytest.mark.parametrize("piece", ["a.", "a ", "?", "<a>", "1 ", "''", "\\u0061."])
def test_more_tokens_than_the_limit_are_refused_before_the_rest_is_read(piece):
    text = "SELECT * { " + piece * (60_000 // len(piece))
    began = time.thread_time()
    with pytest.raises((TooComplex, MalformedQuery)):
        inspect(text)

    assert time.thread_time() - began < 0.15
    with pytest.raises(TooComplex) as caught:
        inspect("SELECT * { VALUES ?n {" + " 1" * 10_000 + "} }")
    assert caught.value.facts["limit"] == guard.MAX_TOKENS


def test_depth_and_number_at_the_limit_pass():
    assert inspect("SELECT * { VALUES ?n {" + " 1" * 9_992 + "} }") == "select"
    assert inspect("ASK " + "{" * 100 + "}" * 100) == "ask"
    assert inspect("ASK { FILTER(1" + "+1" * 1997 + ") }") == "ask"


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text",
    [
        "a." * 32_000,
        "a:" + "." * 60_000,
        "<" + "a" * 60_000,
        '"""' + '""a' * 20_000,
        "_:" + "." * 60_000,
        "@a-" * 20_000,
    ],
    ids=lambda text: text[:6],
)
def test_no_text_takes_the_guard_long(text):
    with pytest.raises((MalformedQuery, TooComplex)):
        inspect("SELECT * { " + text)


@given(st.text(st.sampled_from("SELCT*{}?sp()<>'\"#\n\\u0:.@_ÿ日 "), max_size=40))
@settings(max_examples=200, deadline=None)
def test_tokens_are_pieces_of_the_text_in_order(text):
    try:
        tokens = list(Lexer(text))
    except MalformedQuery:
        return
    assert all(text.startswith(token.text, token.start) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)
