"""The canned queries over the curated data: what each answers, and what it does with odd values."""

import csv
from collections import defaultdict
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Quad, Store

from answers import InMemory
from diplograph import media
from diplograph.documents import provenance
from diplograph.engine import operations
from diplograph.engine.slices import Slices, Unsliced
from diplograph.errors import InvalidParameter
from diplograph.namespaces import DG
from diplograph.queries import CannedQuery, Parameter, QueryBook
from diplograph.rdf import Dataset
from diplograph.sparql.alternatives import as_unions
from diplograph.sparql.rewriting.ordered import ordered
from diplograph.sparql.rewriting.outline import Leave
from diplograph.sparql.rewriting.statistics import Property, Statistics

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = Path(__file__).parent / "expected"
BOOK = QueryBook.read(ROOT / "queries" / "canned")
QUERIES = sorted(BOOK)
PARAMETERS = [(name, parameter) for name in QUERIES for parameter in BOOK[name].parameters.values()]
HOSTILE = (
    'x"} UNION {?s ?p ?o} #',
    "https://example.org/a> } . ?s ?p ?o . { <https://example.org/b",
    "'''} SELECT * {",
    "\\u0022} #",
    "a\nb} #",
)
SEVERAL = (
    *(
        "actor",
        "attestedAt",
        "claimedBy",
        "claimedTime",
        "completeness",
        "contradicts",
        "coversGoods",
        "deadline",
    ),
    *("discontinues", "exemptsGoods", "hasParty", "imposes", "measureTarget", "measureType", "nameUsedBy"),
    *("officeIn", "organOf", "relativesOf", "saidWhen", "sector", "when", "wording"),
)
"""Properties of which a thing may have several values, from several sources or one; the shapes allow it."""
MATCHES_NOTHING = {
    "iri": "https://example.org/nothing",
    "date": "1066-10-14",
    "language": "tlh",
    "string": "nothing like it",
}


AFTER_EVERYTHING = {("expulsions", "from"): "2999-12-31"}

Rows = list[dict[str, str]]


def answer(dataset: Dataset, query: CannedQuery, **raw: list[str]) -> Rows:
    found = provenance.evaluate(InMemory(dataset), query.operation(raw), media.RESULTS_JSON)
    return [{name: str(term) for name, term in row.items()} for row in operations.solutions(found.body).rows]


def matching_nothing(query: CannedQuery, parameter: Parameter) -> str:
    return AFTER_EVERYTHING.get((query.name, parameter.name), MATCHES_NOTHING[parameter.type])


def of(kind: str) -> list[tuple[str, Parameter]]:
    tests = {
        "free": lambda p: p.type in MATCHES_NOTHING and not p.options,
        "closed": lambda p: bool(p.options),
        "any": lambda _: True,
    }
    return [pair for pair in PARAMETERS if tests[kind](pair[1])]


def bound_unless_refused(query: CannedQuery, parameter: Parameter, text: str) -> str | None:
    """The bound query, or None when the error names the parameter."""
    try:
        return query.bind({parameter.name: [text]})
    except InvalidParameter as refused:
        return None if refused.facts["parameters"] == [parameter.name] else "an error that names another"


def ids(pair: object) -> str:
    return f"{pair[0]}-{pair[1].name}" if isinstance(pair, tuple) else str(pair)


@pytest.mark.parametrize("name", QUERIES)
def test_canned_query_gives_its_expected_answer(name: str, curated: Dataset):
    with (EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        expected = [{key: value for key, value in row.items() if value} for row in csv.DictReader(stream)]

    found = [{key: value for key, value in row.items() if value} for row in answer(curated, BOOK[name])]
    assert found == expected


@pytest.mark.parametrize("name", [name for name in QUERIES if BOOK[name].columns != BOOK[name].variables])
def test_a_row_has_the_evidence_of_all_its_statements(name: str, curated: Dataset):
    spans = """PREFIX dg: <https://w3id.org/diplograph/ontology#> PREFIX oa: <http://www.w3.org/ns/oa#>
        SELECT DISTINCT ?thing ?span ?document {
            ?thing dg:evidence/oa:hasTarget ?span OPTIONAL { ?span oa:hasSource ?document } }"""
    told: dict[str, set[tuple[str, str]]] = {}
    for row in curated.select(spans):
        span = row["span"].value
        told.setdefault(row["thing"].value, set()).add((span, row.get("document", row["span"]).value))

    for row in answer(curated, BOOK[name]):
        things = {iri for column in BOOK[name].statements for iri in row.get(column, "").split()}
        found = {each for iri in things for each in told.get(iri, ())}
        own = row.get(BOOK[name].document or "")
        wanted = sorted({span for span, document in found if own in (None, document)})
        assert row.get("evidence") == (" ".join(wanted) or None), row


@pytest.mark.parametrize("name", QUERIES)
def test_a_text_is_short_and_has_nothing_in_it_for_the_sake_of_an_engine(name: str):
    text = BOOK[name].body
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("PREFIX ")]

    assert len(lines) <= 30
    assert text.count("SELECT") <= 2
    assert "GROUP_CONCAT" not in text


def test_a_claim_over_a_territory_is_one_row_for_each_who_makes_it(curated: Dataset):
    rows = answer(curated, BOOK["territorial-claims"])
    rivals = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
        SELECT ?claim (COUNT(DISTINCT ?other) AS ?number) { ?claim dg:contradicts ?other } GROUP BY ?claim"""
    numbers = {row["claim"].value: row["number"].value for row in curated.select(rivals)}

    assert len({(row["claim"], row["claimant"]) for row in rows}) == len(rows)
    assert [row.get("conflicts") for row in rows] == [numbers.get(row["claim"]) for row in rows]


def test_each_two_sides_of_a_contradiction_stand_side_by_side_once(curated: Dataset):
    sides = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
        SELECT DISTINCT ?discrepancy ?side { ?discrepancy dg:discrepancyKind ?any ; dg:concerns ?side }"""
    told: dict[str, list[str]] = defaultdict(list)
    for row in curated.select(sides):
        told[row["discrepancy"].value].append(row["side"].value)
    wanted = {(one, *pair) for one, found in told.items() for pair in combinations(sorted(found), 2)}

    rows = answer(curated, BOOK["contradictions"])

    assert {(row["discrepancy"], row["one"], row["other"]) for row in rows} == wanted
    assert len(rows) == len(wanted)


def test_every_expected_answer_belongs_to_a_canned_query():
    assert sorted(path.stem for path in EXPECTED.glob("*.csv")) == QUERIES


@pytest.mark.parametrize("name", QUERIES)
def test_canned_query_is_explained_to_its_reader(name: str):
    query = BOOK[name]

    assert "\n#+ key: [" in query.text
    assert query.summary
    assert query.description
    assert query.question.endswith("?")
    assert query.tags
    assert query.chart
    assert set(query.statements) <= set(query.variables)
    assert query.headline
    heads = [column.head for column in query.table(every=True)]
    assert len(set(heads)) == len(heads)


@pytest.mark.parametrize("pair", of("any"), ids=ids)
def test_the_example_of_a_parameter_narrows_or_keeps_the_answer(
    pair: tuple[str, Parameter], curated: Dataset
):
    query, parameter = BOOK[pair[0]], pair[1]
    rows = answer(curated, query, **{parameter.name: list(parameter.example)})

    assert rows
    if parameter.optional:
        everything = answer(curated, query)
        assert all(row in everything for row in rows)


@pytest.mark.parametrize("pair", of("free"), ids=ids)
def test_a_value_that_matches_nothing_gives_no_row(pair: tuple[str, Parameter], curated: Dataset):
    query, parameter = BOOK[pair[0]], pair[1]

    assert answer(curated, query, **{parameter.name: [matching_nothing(query, parameter)]}) == []


@pytest.mark.parametrize("name", QUERIES)
def test_no_two_rows_of_an_answer_have_the_same_key(name: str, curated: Dataset):
    query = BOOK[name]

    for given in ({}, *({key: value} for key, value in query.example_values().items())):
        keys = [tuple(row.get(column) for column in query.key) for row in answer(curated, query, **given)]
        assert len(keys) == len(set(keys)), given


@pytest.fixture(scope="module")
def disagreeing(curated: Dataset) -> Dataset:
    """The curated graph, where each thing has its neighbour's value too of what may have several values."""
    dataset = Dataset.memory()
    dataset.extend(curated.quads())
    merged = sorted((q for q in curated.quads() if q.graph_name == DefaultGraph()), key=str)
    for name in SEVERAL:
        told = [quad for quad in merged if quad.predicate.value == str(DG[name])]
        dataset.extend(Quad(q.subject, q.predicate, other.object) for q, other in pairwise(told))
    return dataset


@pytest.mark.parametrize("name", QUERIES)
def test_sources_that_disagree_repeat_no_key(name: str, disagreeing: Dataset):
    query = BOOK[name]
    rows = disagreeing.select(query.bind({}))

    assert len({tuple(row.get(column) for column in query.key) for row in rows}) == len(rows)


@pytest.mark.parametrize("pair", of("closed"), ids=ids)
def test_a_value_that_is_not_offered_is_refused_by_name(pair: tuple[str, Parameter]):
    query, parameter = BOOK[pair[0]], pair[1]

    with pytest.raises(InvalidParameter) as refused:
        query.bind({parameter.name: ["nothing like it"]})

    assert refused.value.facts["parameters"] == [parameter.name]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("pair", of("any"), ids=ids)
def test_a_hostile_value_is_refused_or_matches_nothing(
    pair: tuple[str, Parameter], text: str, curated: Dataset
):
    query, parameter = BOOK[pair[0]], pair[1]
    bound = bound_unless_refused(query, parameter, text)

    assert bound is None or curated.select(bound) == []


IN_NO_SLICES = {
    "evidence-of": "its first key is computed",
    "opinions": "its first key is the name of a graph",
    "territorial-claims": "its first key is a label",
}


@pytest.fixture(scope="module", params=["curated", "disagreeing"])
def held(request: pytest.FixtureRequest) -> Store:
    store = Store()
    store.bulk_extend(request.getfixturevalue(request.param).quads())
    return store


@pytest.mark.parametrize("name", QUERIES)
def test_first_rows_of_a_canned_query_found_in_slices_are_those_of_the_whole(name: str, held: Store) -> None:
    query = BOOK[name]
    counts = Statistics(defaultdict(lambda: Property(10**6, 10**6, 10)), defaultdict(lambda: 10**6))
    sliced = 0
    for given in [{}, *({key: value} for key, value in query.example_values().items())]:
        text = as_unions(f"{query.bind(given).rstrip()}\nLIMIT 7")
        whole = [str(row) for row in held.query(text)]
        try:
            found = Slices().first_rows(ordered(text, counts), None, held.query)
        except (Leave, Unsliced):
            continue
        sliced += not given
        assert [str(row) for row in found] == whole

    assert sliced == (name not in IN_NO_SLICES)
