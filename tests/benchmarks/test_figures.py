"""What is said of figures, and when two answers count as the same."""

import json

from benchmarks.answers import solutions
from benchmarks.figures import Figures
from benchmarks.goals import CANNED, GROWTH, held_against
from benchmarks.report import table


def test_a_ratio_is_the_median_of_the_ratios_of_the_rounds():
    figures = Figures("throughput", "requests/s", smaller_is_better=False)
    for mine, its in ((10.0, 5.0), (30.0, 10.0), (40.0, 10.0)):
        figures.add("one", "read", mine)
        figures.add("other", "read", its)

    assert figures.ratio("one", "other", "read") == 3.0


def test_where_less_is_better_twice_as_fast_is_two():
    figures = Figures("canned", "ms", smaller_is_better=True)
    figures.add("one", "query", 5.0)
    figures.add("other", "query", 10.0)

    assert figures.ratio("one", "other", "query") == 2.0


def test_what_was_not_measured_stays_empty_in_the_table():
    figures = Figures("canned", "ms", smaller_is_better=True)
    figures.add("one", "first", 5.0)
    figures.add("other", "second", 10.0)

    assert list(table(figures))[2] == "| first | 5.00 |  |  |"


def test_a_slow_canned_query_misses_the_goal():
    figures = Figures(CANNED, "ms", smaller_is_better=True)
    figures.add("diplograph", "timeline", 1500.0)

    assert list(held_against([figures])) == [
        "| every canned query, limit 1000 | under 1 s | 1.50 s (timeline) | NOT MET |"
    ]


def test_quadratic_growth_misses_the_goal_and_linear_growth_meets_it():
    rows = {}
    for word, most in (("linear", 1000.0), ("quadratic", 100_000.0)):
        figures = Figures(GROWTH, "ms", smaller_is_better=True)
        figures.add("10000", word, 10.0)
        figures.add("1000000", word, most)
        rows[word] = next(held_against([figures]))

    assert "NOT MET" not in rows["linear"]
    assert "NOT MET" in rows["quadratic"]


def body(**term: str) -> bytes:
    return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": term}]}}).encode()


def test_literals_that_systems_write_in_their_own_way_are_the_same():
    xsd = "http://www.w3.org/2001/XMLSchema#"

    assert solutions(body(type="literal", value="true", datatype=f"{xsd}boolean")) == solutions(
        body(type="typed-literal", value="1", datatype=f"{xsd}integer")
    )
    assert solutions(body(type="literal", value="a")) == solutions(
        body(type="literal", value="a", datatype=f"{xsd}string")
    )


def test_another_language_is_another_answer():
    assert solutions(body(type="literal", value="a", **{"xml:lang": "en"})) != solutions(
        body(type="literal", value="a", **{"xml:lang": "de"})
    )


def test_order_does_not_count_but_repetition_does():
    def rows(*values: str) -> bytes:
        found = [{"x": {"type": "literal", "value": value}} for value in values]
        return json.dumps({"head": {}, "results": {"bindings": found}}).encode()

    assert solutions(rows("a", "b")) == solutions(rows("b", "a"))
    assert solutions(rows("a", "a")) != solutions(rows("a"))
