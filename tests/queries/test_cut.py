"""Canned queries that say where a limit may be set inside: their first rows stay the same."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Quad

from diplograph.namespaces import DG, RDFS
from diplograph.queries import CannedQuery, QueryBook
from diplograph.rdf import Dataset
from diplograph.sparql.clauses import cuts
from diplograph.sparql.lexer import Lexer, Token

BOOK = QueryBook.read(Path(__file__).resolve().parents[2] / "queries" / "canned")
QUERIES = [name for name, query in BOOK.items() if list(cuts(query.text))]
DOUBLED = ("actor", "target", "when", "realisation", "epistemicStatus")
LIMITS = (0, 1, 2, 5, 13, 40)

Row = tuple[str | None, ...]


def rows(dataset: Dataset, text: str, columns: tuple[str, ...]) -> list[Row]:
    return [tuple(str(row.get(name, "")) for name in columns) for row in dataset.select(text)]


def ordered(query: CannedQuery) -> tuple[str, ...]:
    """The columns that the answer is ordered by, those that its `?xOrder` are made from among them."""
    tokens = list(Lexer(query.body))
    last = max(index for index, token in enumerate(tokens) if token.says("order"))
    found: list[str] = []
    for name in variables(tokens[last:]):
        found += made_from(tokens, name) if name.lower().endswith("order") else [name]
    return tuple(name for name in found if name in query.variables)


def made_from(tokens: Sequence[Token], name: str) -> list[str]:
    """The variables in `BIND(… AS ?name)`."""
    end = next(n for n, token in enumerate(tokens) if token.text == f"?{name}" and tokens[n - 1].says("as"))
    start = max(n for n, token in enumerate(tokens[:end]) if token.says("bind"))
    return variables(tokens[start:end])


def variables(tokens: Sequence[Token]) -> list[str]:
    return [token.text[1:] for token in tokens if token.kind == "variable"]


@pytest.fixture(scope="module")
def awkward(curated: Dataset) -> Dataset:
    """The curated graph, every third label left out, and many a thing with its neighbour's values too."""
    dataset = Dataset.memory()
    dataset.extend(quad for number, quad in enumerate(curated.quads()) if number % 3 or not is_label(quad))
    for name in DOUBLED:
        dataset.extend(doubled([quad for quad in curated.quads() if quad.predicate.value == str(DG[name])]))
    return dataset


def is_label(quad: Quad) -> bool:
    return quad.predicate.value == str(RDFS.label)


def doubled(quads: Sequence[Quad]) -> Iterator[Quad]:
    for quad, following in pairwise(sorted(quads, key=str)):
        if quad.graph_name == following.graph_name == DefaultGraph():
            yield Quad(quad.subject, quad.predicate, following.object, quad.graph_name)


def limits_that_change_the_first_rows(
    dataset: Dataset, query: CannedQuery, given: dict[str, list[str]]
) -> list[int]:
    columns = ordered(query)
    whole = rows(dataset, query.bind(given), columns)
    return [n for n in LIMITS if rows(dataset, query.bind(given, n), columns)[: n + 1] != whole[: n + 1]]


@pytest.mark.parametrize("name", QUERIES)
def test_limit_inside_keeps_the_first_rows(name: str, curated: Dataset):
    given = [{}, *({key: value} for key, value in BOOK[name].example_values().items())]
    changing = [limits_that_change_the_first_rows(curated, BOOK[name], values) for values in given]

    assert changing == [[]] * len(given)


@pytest.mark.parametrize("name", QUERIES)
def test_limit_inside_keeps_the_first_rows_where_values_are_many_or_missing(name: str, awkward: Dataset):
    assert limits_that_change_the_first_rows(awkward, BOOK[name], {}) == []


def test_limit_inside_finds_one_row_more_than_is_wanted(curated: Dataset):
    assert len(rows(curated, BOOK["timeline"].bind({}, 3), ("act",))) == 4
