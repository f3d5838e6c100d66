"""Canned queries: headers, typed parameters, binding."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Store

from diplograph.errors import BuildFailed, InvalidParameter
from diplograph.queries import CannedQuery, QueryBook
from diplograph.queries.canned import fill
from diplograph.queries.parameters import MAX_VALUES, read_iri, read_string
from diplograph.sparql.clauses import selected_variables, values_clauses

HEADER = """\
#+ summary: Expulsions
#+ description: Every expulsion.
#+ question: Who expelled whom?
#+ tags: [expulsions]
#+ statements: [act]
#+ parameters:
#+   state:
#+     type: iri
#+     kind: state
#+     label: State
#+     example: japan
#+     multiple: true
#+     optional: true
#+   from:
#+     type: date
#+     label: From
#+     default: 2022-01-01
#+   limit:
#+     type: integer
#+     label: Most days
#+     example: 45
#+ key: [act]
"""
BODY = """\
PREFIX dg: <https://w3id.org/diplograph/ontology#>
# VALUES ?state { <urn:in-a-comment> }
SELECT ?act (STR(?actor) AS ?who) WHERE {
  VALUES ?state { UNDEF }
  VALUES ?from { "2022-01-01"^^<http://www.w3.org/2001/XMLSchema#date> }
  VALUES ?limit { 45 }
  ?act dg:actor ?actor . FILTER(?actor = ?state || "VALUES ?state { }" = "")
}
"""


@pytest.fixture
def query(tmp_path: Path) -> CannedQuery:
    return read(tmp_path, HEADER + BODY)


def read(folder: Path, text: str) -> CannedQuery:
    path = folder / "expulsions.rq"
    path.write_text(text, encoding="utf-8")
    return CannedQuery.read(path)


def problem(folder: Path, text: str) -> str:
    (folder / "expulsions.rq").write_text(text, encoding="utf-8")
    with pytest.raises(BuildFailed) as caught:
        QueryBook.read(folder)
    (only,) = caught.value.facts["problems"]
    return str(only).removeprefix(f"{folder}/")


def test_header_says_what_the_query_asks(query: CannedQuery) -> None:
    assert query.name == "expulsions"
    assert query.summary == "Expulsions"
    assert query.tags == ("expulsions",)
    assert query.statements == ("act",)
    assert query.key == ("act",)
    assert query.form == "select"


def test_columns_stand_in_the_order_of_the_select_clause(query: CannedQuery) -> None:
    assert query.variables == ("act", "who")
    assert query.columns == ("act", "who", "evidence")


NAMED = """\
#+ summary: x
#+ headline: [date, act]
#+ columns: {date: Day, lagMin: Days between}
SELECT ?act ?actLabel ?date ?notBefore ?notAfter ?lagMin ?firstNotBefore { ?act ?date ?lagMin }
"""


def test_readers_see_a_thing_with_its_label_and_a_date_with_its_bounds_in_one_column(tmp_path: Path) -> None:
    columns = {column.name: column for column in read(tmp_path, NAMED).table(every=True)}

    assert list(columns) == ["date", "act", "lagMin", "firstNotBefore"]
    assert columns["act"].variables == ("act", "actLabel")
    assert columns["date"].variables == ("date", "notBefore", "notAfter")


def test_the_headline_comes_first_and_columns_without_words_have_those_of_their_name(tmp_path: Path) -> None:
    query = read(tmp_path, NAMED)

    assert [column.name for column in query.table()] == ["date", "act"]
    heads = [column.head for column in query.table(every=True)]
    assert heads == ["Day", "Act", "Days between", "First not before"]


def test_a_query_without_a_headline_shows_every_column(query: CannedQuery) -> None:
    assert [column.name for column in query.table()] == ["act", "who", "evidence"]


def test_expressions_are_named_by_their_alias() -> None:
    text = "SELECT DISTINCT ?a (COUNT(DISTINCT ?x) AS ?n) (IF(?p > 1, (?q), ?r) AS ?s) { { SELECT ?z { } } }"

    assert selected_variables(text) == ("a", "n", "s")


def test_value_becomes_a_term_between_the_braces(query: CannedQuery) -> None:
    text = query.bind({"state": ["https://example.org/a"], "limit": ["7"]})

    assert "VALUES ?state { <https://example.org/a> }" in text
    assert 'VALUES ?limit { "7"^^<http://www.w3.org/2001/XMLSchema#integer> }' in text


def test_comment_and_string_that_look_like_clauses_are_left_alone(query: CannedQuery) -> None:
    text = query.bind({"state": ["japan"], "limit": ["7"]})

    assert "# VALUES ?state { <urn:in-a-comment> }" in text
    assert '"VALUES ?state { }"' in text


def test_default_is_bound_when_the_parameter_is_left_out(query: CannedQuery) -> None:
    assert 'VALUES ?from { "2022-01-01"^^' in query.bind({"limit": ["7"]})


def test_optional_parameter_left_out_takes_its_clause_with_it(query: CannedQuery) -> None:
    text = query.bind({"limit": ["7"]})

    assert [clause.variable for clause in values_clauses(text)] == ["from", "limit"]


def test_empty_string_means_left_out(query: CannedQuery) -> None:
    assert query.bind({"limit": ["7"], "state": [""]}) == query.bind({"limit": ["7"]})


def test_needed_parameter_left_out_is_named(query: CannedQuery) -> None:
    with pytest.raises(InvalidParameter, match="'limit' is needed") as caught:
        query.bind({})

    assert caught.value.facts["parameters"] == ["limit"]


def test_unknown_parameter_is_named_with_the_known_ones(query: CannedQuery) -> None:
    with pytest.raises(InvalidParameter, match=r"'stat'.*state, from, limit"):
        query.bind({"stat": ["japan"]})


@pytest.mark.parametrize("text", ["state:japan", "japan", "<https://w3id.org/diplograph/id/state/japan>"])
def test_thing_may_be_given_by_iri_prefix_or_slug(query: CannedQuery, text: str) -> None:
    bound = query.bind({"state": [text], "limit": ["1"]})

    assert "VALUES ?state { <https://w3id.org/diplograph/id/state/japan> }" in bound


def test_several_values_of_one_parameter_stand_side_by_side(query: CannedQuery) -> None:
    bound = query.bind({"state": ["urn:x:a", "urn:x:b"], "limit": ["1"]})

    assert "VALUES ?state { <urn:x:a> <urn:x:b> }" in bound


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("state", ["Japan!"], "an absolute IRI"),
        ("state", ["act:japan"], "of another kind"),
        ("state", ['http://a/"} UNION {?s ?p ?o} #'], "an absolute IRI"),
        ("state", ["http://a/> } #"], "an absolute IRI"),
        ("state", ["x" * 2001], "longer than 2000"),
        ("state", ["urn:x:a"] * (MAX_VALUES + 1), "at most 100 values"),
        ("limit", ["7", "8"], "at most 1 value"),
        ("limit", ["seven"], "a whole number"),
        ("limit", ["9223372036854775808"], "a whole number"),
        ("limit", ["٧"], "a whole number"),
        ("limit", ["1) #"], "a whole number"),
        ("from", ["2022-02-30"], "YYYY-MM-DD"),
        ("from", ["2022"], "YYYY-MM-DD"),
        ("from", ['2022-01-01"^^<x>'], "YYYY-MM-DD"),
    ],
)
def test_wrong_value_is_refused_with_what_was_expected(
    query: CannedQuery, name: str, values: list[str], expected: str
) -> None:
    with pytest.raises(InvalidParameter, match=expected) as caught:
        query.bind({"limit": ["1"], name: values})

    assert caught.value.facts["parameters"] == [name]


def evaluate(term: NamedNode | Literal) -> NamedNode | BlankNode | Literal:
    text = fill("SELECT ?p { # VALUES ?p { 1 }\n VALUES ?p { UNDEF } FILTER(BOUND(?p)) }", {"p": [term]})
    (row,) = Store().query(text)
    return row["p"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_round_trips_through_values(text: str) -> None:
    try:
        term = read_string(text)
    except ValueError:
        assert any(ord(character) < 32 for character in text)
    else:
        assert evaluate(term) == Literal(text)


@given(st.text(max_size=40).map("https://example.org/".__add__))
def test_every_iri_that_is_accepted_round_trips_through_values(text: str) -> None:
    try:
        term = read_iri(text)
    except ValueError:
        return

    assert evaluate(term) == NamedNode(text)


@given(st.dates())
def test_every_day_round_trips_through_values(tmp_path_factory: pytest.TempPathFactory, day: date) -> None:
    query = read(tmp_path_factory.mktemp("q"), HEADER + BODY)
    text = query.bind({"from": [day.isoformat()], "limit": ["1"]})

    assert f'VALUES ?from {{ "{day.isoformat()}"^^' in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("#+ summary: Expulsions\n", ""), "expulsions.rq:1: 'summary' has to be a text"),
        (("#+ tags: [", "#+ tags: [["), "expulsions.rq:5: not YAML"),
        (("tags:", "tag:"), "expulsions.rq:4: unknown key 'tag'"),
        (("statements: [act]", "statements: [deed]"), "expulsions.rq:5: 'deed' is not a column"),
        (("key: [act]", "key: [deed]"), "expulsions.rq:22: 'deed' is not a column"),
        (("key: [act]", "key: [act]\n#+ headline: [deed]"), "expulsions.rq:23: 'deed' is not a column"),
        (
            ("key: [act]", "key: [act]\n#+ columns:\n#+   who: Who\n#+   deed: Deed"),
            "expulsions.rq:25: 'deed' is not a column",
        ),
        (("key: [act]", "key: [act]\n#+ columns: {who: [Who]}"), "expulsions.rq:23: 'who' has to be a text"),
        (
            ("#+ statements:", "#+ pages: {state/acts: who}\n#+ statements:"),
            "expulsions.rq:5: 'who' is not a parameter",
        ),
        (("type: iri", "type: iris"), "expulsions.rq:8: the type has to be one of"),
        (("kind: state", "kind: stat"), "expulsions.rq:9: kind names kinds"),
        (("multiple: true", "multiple: often"), "expulsions.rq:12: 'multiple' has to be true or false"),
        (
            ("2022-01-01\n#+   l", "yesterday\n#+   l"),
            "expulsions.rq:17: Parameter 'from' does not take 'yesterday'",
        ),
        (("#+     example: 45\n", ""), "expulsions.rq:18: a parameter that is needed"),
        (("VALUES ?limit { 45 }", ""), "expulsions.rq:18: the text has no clause VALUES ?limit"),
        (
            ("#+   limit:", "#+   _limit:"),
            "expulsions.rq:18: names that begin with _ are reserved, and version",
        ),
        (
            ("#+   limit:", "#+   version:"),
            "expulsions.rq:18: names that begin with _ are reserved, and version",
        ),
        (("#+", "#"), "expulsions.rq:1: no header"),
        (("#+ tags", "#+ rows: many\n#+ tags"), "expulsions.rq:4: 'rows' has to be a whole number"),
        (
            ("#+     multiple", "#+     options: ASK {}\n#+     multiple"),
            "expulsions.rq:12: the query that offers values has to be a SELECT with a column ?value",
        ),
        (("?act (STR(?actor) AS ?who)", "*"), "expulsions.rq:1: a canned query names its columns"),
    ],
)
def test_bad_header_stops_with_file_and_line(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    assert problem(tmp_path, (HEADER + BODY).replace(*change)).startswith(expected)


def test_text_that_is_no_query_stops_with_file_and_line(tmp_path: Path) -> None:
    assert problem(tmp_path, "#+ summary: x\nDELETE WHERE { ?s ?p ?o }").startswith("expulsions.rq:")


def test_option_outside_the_list_is_refused_with_the_list(tmp_path: Path) -> None:
    header = (
        "#+ summary: x\n#+ parameters: {b: {type: string, label: B, default: one, options: "
        "[{value: one, label: One}, {value: two, label: Two}]}}\n"
    )
    query = read(tmp_path, header + 'ASK { VALUES ?b { "one" } }')

    with pytest.raises(InvalidParameter, match="one of one, two"):
        query.bind({"b": ["three"]})


def test_book_holds_the_queries_of_a_folder_by_name(tmp_path: Path, query: CannedQuery) -> None:
    assert list(QueryBook.read(tmp_path)) == ["expulsions"]


def test_folder_that_is_not_there_holds_no_queries(tmp_path: Path) -> None:
    assert len(QueryBook.read(tmp_path / "none")) == 0
