"""Syntax errors: at the first token that cannot stand, with a caret under it and what to write instead."""

import itertools
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diplograph.errors import DiplographError, MalformedQuery
from diplograph.sparql import grammar, guard
from diplograph.sparql.diagnostics import not_sparql
from diplograph.sparql.lexer import Lexer, excerpt

STORE = pyoxigraph.Store()
ROOT = Path(__file__).resolve().parents[2]
OURS = sorted([*ROOT.glob("queries/**/*.rq"), *ROOT.glob("tests/questions/*.rq")])
W3C = ROOT.parent / "shared" / "w3c" / "sparql11"

# The text with § before the token that is wrong, and a word of the hint.
SLIPS = {
    "missing prefix": ("SELECT ?x { ?x §foaf:name ?n }", "PREFIX foaf: <http://xmlns.com/foaf/0.1/>"),
    "unknown prefix": ("SELECT ?x { ?x §zzz:name ?n }", "PREFIX zzz: <…>"),
    "bare aggregate": ("SELECT §count(*) { ?s ?p ?o }", "(COUNT(…) AS ?name)"),
    "aggregate without brackets": ("SELECT §COUNT(?s) AS ?n { ?s ?p ?o }", "(COUNT(…) AS ?name)"),
    "second aggregate": ("SELECT ?s §SUM(?o) { ?s ?p ?o } GROUP BY ?s", "(SUM(…) AS ?name)"),
    "aggregate without AS": ("SELECT (COUNT(?s)§) { ?s ?p ?o }", "AS ?name"),
    "AS without brackets": ("SELECT ?s §AS ?t { ?s ?p ?o }", "brackets"),
    "missing dot": ("SELECT * {\n  ?s a ?t\n  §?s <a:b> ?o .\n}", "full stop"),
    "missing dot before a name": ("SELECT * { ?s a ?t §<a:x> <a:b> ?o }", "full stop"),
    "two dots": ("SELECT * { ?s ?p ?o .§. ?a ?b ?c }", "One full stop"),
    "unclosed brace": ("SELECT * §{ ?s ?p ?o .", "Write }"),
    "unclosed inner brace": ("SELECT * §{ OPTIONAL { ?s ?p ?o }", "Write }"),
    "unclosed bracket": ("SELECT * { ?s ?p ?o FILTER(?o > (3 + 1) §}", "still open"),
    "brace too many": ("SELECT * { ?s ?p ?o } §}", "Take it away"),
    "ungrouped variable": ("SELECT §?s (COUNT(?o) AS ?n) { ?s ?p ?o }", "GROUP BY"),
    "one variable ungrouped": ("SELECT ?s §?p (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s", "SAMPLE(?p)"),
    "ungrouped in a sub-select": ("SELECT * { { SELECT §?s (MAX(?o) AS ?n) { ?s ?p ?o } } }", "GROUP BY"),
    "star with groups": ("SELECT §* { ?s ?p ?o } GROUP BY ?s", "Name the variables"),
    "filter without brackets": ("SELECT * { ?s ?p ?o FILTER §?o > 3 }", "FILTER(?x > 3)"),
    "having without brackets": (
        "SELECT (COUNT(?s) AS ?n) { ?s ?p ?o } HAVING COUNT(?s) §> 3",
        "HAVING(COUNT(?x) > 3)",
    ),
    "commas between variables": ("SELECT ?s§, ?p { ?s ?p ?o }", "not by commas"),
    "variable without mark": ("SELECT §s { ?s ?p ?o }", "?s"),
    "nothing selected": ("SELECT §WHERE { ?s ?p ?o }", "what to select"),
    "DISTINCT too late": ("SELECT ?s §DISTINCT { ?s ?p ?o }", "right after SELECT"),
    "ORDER without BY": ("SELECT * { ?s ?p ?o } ORDER §?s", "ORDER BY"),
    "ORDER before WHERE": ("SELECT * §ORDER BY ?s { ?s ?p ?o }", "The order is"),
    "ORDER inside the group": ("SELECT * { ?s ?p ?o §ORDER BY ?s }", "Close the group"),
    "LIMIT before ORDER": ("SELECT * { ?s ?p ?o } LIMIT 3 §ORDER BY ?s", "The order is"),
    "direction after": ("SELECT * { ?s ?p ?o } ORDER BY ?o DESC§", "DESC(?n)"),
    "LIMIT in words": ("SELECT * { ?s ?p ?o } LIMIT §ten", "digits"),
    "BIND without AS": ("SELECT * { ?s ?p ?o BIND(?o + 1§) }", "AS ?name"),
    "BIND of a used variable": ("SELECT * { ?s ?p ?o BIND(1 AS §?o) }", "not in use"),
    "two equals signs": ("SELECT * { ?s ?p ?o FILTER(?o =§= 3) }", "single sign"),
    "AND in words": ("SELECT * { ?s ?p ?o FILTER(?o = 3 §AND ?o = 4) }", "&&"),
    "inequality of SQL": ("SELECT * { ?s ?p ?o FILTER(?o <§> 3) }", "!="),
    "function of SQL": ("SELECT * { ?s ?p ?o FILTER(§LENGTH(?o) > 3) }", "STRLEN"),
    "separator after a comma": ("SELECT (GROUP_CONCAT(?s§, ',') AS ?x) { ?s ?p ?o }", "SEPARATOR"),
    "OPTIONAL without braces": ("SELECT * { ?s ?p ?o OPTIONAL §?s ?q ?r }", "OPTIONAL { … }"),
    "UNION without braces": ("SELECT * { ?s ?p ?o §UNION ?s ?q ?r }", "{ … } UNION { … }"),
    "NOT EXISTS without FILTER": ("SELECT * { ?s ?p ?o §NOT EXISTS { ?s ?q ?r } }", "FILTER NOT EXISTS"),
    "VALUES without braces": ("SELECT * { VALUES ?x §1 2 }", "VALUES ?x { … }"),
    "sub-select without braces": ("SELECT * { ?s ?p ?o §SELECT ?x { ?x ?y ?z } }", "braces of its own"),
    "FROM a variable": ("SELECT ?s FROM §?g WHERE { ?s ?p ?o }", "GRAPH ?g"),
    "missing object": ("SELECT * { ?s ?p §. }", "one is missing"),
    "missing property": ("SELECT * { ?s §. }", "one is missing"),
    "text as property": ("SELECT * { ?s §'knows' ?o }", "never a text"),
    "stray word": ("SELECT *\nWHERE {\n ?s ?p ?o .\n §hello\n ?a ?b ?c }", "'hello'"),
    "misspelt keyword": ("SELECT * { ?s ?p ?o . §OPTINAL { ?s ?q ?r } }", "OPTIONAL"),
    "prefix as in Turtle": ("§@prefix a: <b:c> .\nSELECT * { ?s ?p ?o }", "neither @ nor full stop"),
    "prefix with a full stop": ("PREFIX a: <b:c> §.\nSELECT * { ?s ?p ?o }", "full stop"),
    "no form": ("§WHERE { ?s ?p ?o }", "Begin with SELECT"),
    "text without end": ("SELECT * { ?s ?p §'abc }", "quotation mark"),
    "curly quotation marks": ("SELECT * { ?s ?p §“abc” }", "straight"),
    "IRI without end": ("SELECT * { ?s §<http://a.b ?o }", "ends with >"),
    "CONSTRUCT without WHERE": ("CONSTRUCT { ?s ?p ?o }§", "two groups"),
    "FILTER in CONSTRUCT WHERE": ("CONSTRUCT WHERE { ?s ?p ?o §FILTER(?o > 3) }", "template"),
    "WHERE without braces": ("SELECT * WHERE §?s ?p ?o", "WHERE { … }"),
}


def refused(text: str) -> MalformedQuery:
    """The error that a user gets for a text."""
    try:
        guard.inspect(text)
        STORE.query(text)
    except MalformedQuery as error:
        return error
    except SyntaxError as error:
        return not_sparql(error, text)
    pytest.fail("the engine takes it")


@pytest.mark.parametrize("name", SLIPS)
def test_slip_is_found_where_it_is_and_comes_with_its_cure(name: str) -> None:
    marked, cure = SLIPS[name]
    start = marked.index("§")
    text = marked.replace("§", "")

    error = refused(text)

    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    assert error.facts["position"] == {"line": line, "column": column}
    assert cure in str(error.facts["hint"])
    shown, caret = str(error.facts["excerpt"]).split("\n")
    assert shown == text.split("\n")[line - 1].rstrip()
    assert caret == " " * (column - 1) + "^"


def test_there_are_slips_of_every_usual_kind() -> None:
    assert len(SLIPS) >= 50


def test_empty_query_says_what_it_lacks() -> None:
    assert "SELECT" in refused("").detail


def test_what_only_the_engine_refuses_has_its_reason() -> None:
    error = refused("SELECT * { ?s ?p ?o VALUES (?x ?y) { (1) } }")

    assert error.facts["position"]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_grammar_takes_every_query_of_ours(path: Path) -> None:
    assert grammar.first_wrong(list(Lexer(path.read_text(encoding="utf-8")))) is None


@pytest.mark.skipif(not W3C.is_dir(), reason="the W3C suite is not at hand")
def test_grammar_takes_every_query_of_the_w3c_that_the_engine_takes() -> None:
    wrong = []
    for path in sorted(W3C.glob("**/*.rq")):
        text = path.read_text(encoding="utf-8")
        try:
            guard.inspect(text)
            STORE.query(text, base_iri="http://example.org/")
        except (DiplographError, SyntaxError, RuntimeError, ValueError, OSError):
            continue
        stuck = grammar.first_wrong(list(Lexer(text)))
        if stuck is not None:
            wrong.append((path.name, stuck.expected, stuck.token))

    assert wrong == []


TOKENS = [
    [token.text for token in Lexer(path.read_text(encoding="utf-8"))]
    for path in OURS[:: max(1, len(OURS) // 12)]
]


@given(st.sampled_from(TOKENS), st.data())
@settings(max_examples=300, deadline=None)
def test_a_place_is_found_exactly_when_the_grammar_is_broken(tokens: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(tokens) - 1))
    other = data.draw(st.sampled_from(tokens))
    change = data.draw(st.sampled_from(["drop", "swap", "add"]))
    changed = [*tokens[:at], *([] if change == "drop" else [other]), *tokens[at + (change != "add") :]]
    text = " ".join(changed)
    try:
        guard.inspect(text)
        STORE.query(text)
    except SyntaxError as error:
        found = not_sparql(error, text)
        assert found.facts["position"]
    except (DiplographError, RuntimeError, ValueError):
        return
    else:
        assert grammar.first_wrong(list(Lexer(text))) is None


@pytest.mark.parametrize(
    ("text", "start", "shown"),
    [
        ("abc", 1, "abc\n ^"),
        ("a\nb\tc", 4, "b c\n  ^"),
        ("日本 x", 3, "日本 x\n     ^"),
        ("a\n", 2, "\n^"),
        ("", 0, "\n^"),
    ],
)
def test_excerpt_is_the_line_and_a_caret_below(text: str, start: int, shown: str) -> None:
    assert excerpt(text, start) == shown


def test_excerpt_of_a_long_line_is_cut_around_the_caret() -> None:
    line, caret = excerpt("x" * 500 + "!" + "y" * 500, 500).split("\n")

    assert len(line) <= 100
    assert line[caret.index("^")] == "!"


def test_long_text_is_judged_quickly() -> None:
    text = "SELECT * { " + "?s ?p ?o . " * 2400 + " hello }"

    found = list(itertools.islice(Lexer(text), 10))

    assert found
    assert refused(text).facts["position"]["column"] == len(text) - 6
