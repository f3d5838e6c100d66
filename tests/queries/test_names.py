"""Names of things as values of a canned query: what they stand for, and those that stand for nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diplograph.engine.local import LocalEngine
from diplograph.errors import InvalidParameter, UnknownResource
from diplograph.namespaces import DGG, ID, PREFIXES
from diplograph.queries import CannedQuery, canned
from diplograph.rdf import Dataset
from diplograph.settings import Settings

DATA = """
state:japan a dg:State . state:twin a dg:State . polity:twin a dg:Polity .
polity:european-union a dg:Polity ; dg:memberCount 27 . act:one dg:actor polity:unlabelled .
"""
QUERY = """\
#+ summary: Acts
#+ key: [one]
#+ parameters:
#+   one: {type: iri, kind: [state, polity], label: One, default: japan, multiple: true}
#+   other: {type: iri, label: Other, optional: true}
#+   graph: {type: iri, label: Graph, optional: true, options: [{value: "urn:none", label: None}]}
SELECT ?one WHERE { VALUES ?one { UNDEF } VALUES ?other { UNDEF } VALUES ?graph { UNDEF } }
"""
UNION = f"{ID}polity/european-union"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    path = tmp_path_factory.mktemp("names") / "store"
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    dataset = Dataset.create(path)
    dataset.load((prologue + DATA).encode(), "ttl", str(DGG.a1))
    dataset.write_default_merge()
    dataset.close()
    engine = LocalEngine(path, Settings.resolve(environ={}, workers=1))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def query(tmp_path_factory: pytest.TempPathFactory) -> CannedQuery:
    path = tmp_path_factory.mktemp("query") / "acts.rq"
    path.write_text(QUERY, encoding="utf-8")
    return CannedQuery.read(path)


def refused(engine: LocalEngine, query: CannedQuery, **raw: list[str]) -> UnknownResource:
    with pytest.raises(UnknownResource) as caught:
        canned.checked(engine, query, raw, lambda text: [f"{ID}act/{text}", UNION] if text == "eu" else [])
    return caught.value


@pytest.mark.parametrize("text", ["european-union", "polity:european-union", UNION, f"<{UNION}>"])
def test_slug_of_either_kind_stands_for_the_one_thing_that_has_it(
    engine: LocalEngine, query: CannedQuery, text: str
) -> None:
    values = canned.checked(engine, query, {"one": [text]}, lambda _: [])

    assert f"VALUES ?one {{ <{UNION}> }}" in query.bind(values)


def test_default_stands_for_one_thing_too(engine: LocalEngine, query: CannedQuery) -> None:
    assert f"VALUES ?one {{ <{ID}state/japan> }}" in query.bind(canned.resolved(engine, query, {}))


def test_thing_that_is_only_an_object_and_a_graph_are_known(engine: LocalEngine, query: CannedQuery) -> None:
    given = {"one": ["unlabelled"], "other": [str(DGG.a1)]}

    assert canned.checked(engine, query, given, lambda _: []) == {
        "one": [f"{ID}polity/unlabelled"],
        "other": [str(DGG.a1)],
    }


def test_value_that_names_nothing_is_told_with_the_parameter_and_what_is_near(
    engine: LocalEngine, query: CannedQuery
) -> None:
    error = refused(engine, query, one=["japan", "jpan", "eu"], other=["urn:x"])

    assert error.status == 404
    assert error.detail == (
        "Parameter 'one': no thing of kind state or polity is called 'jpan'; near: state:japan. "
        "Parameter 'one': no thing of kind state or polity is called 'eu'; near: polity:european-union. "
        "Parameter 'other': nothing in this release is named 'urn:x'."
    )
    assert error.facts["parameters"] == ["one", "other"]


def test_of_many_values_that_name_nothing_a_few_are_told(engine: LocalEngine, query: CannedQuery) -> None:
    error = refused(engine, query, one=[f"x{number}" for number in range(100)])

    assert error.detail.count("is called") == canned.MOST_TOLD
    assert error.detail.endswith("Nothing is named by 95 more values either.")
    assert "label" in error.hint


def test_value_of_the_wrong_type_is_told_before_one_that_names_nothing(
    engine: LocalEngine, query: CannedQuery
) -> None:
    with pytest.raises(InvalidParameter):
        canned.checked(engine, query, {"one": ["atlantis", "person:x"]}, lambda _: [])


def test_slug_of_two_things_is_refused_with_both(engine: LocalEngine, query: CannedQuery) -> None:
    with pytest.raises(InvalidParameter, match="'twin': state:twin, polity:twin"):
        canned.resolved(engine, query, {"one": ["twin"]})


def test_default_and_listed_value_need_not_be_in_the_data(
    engine: LocalEngine, query: CannedQuery, tmp_path: Path
) -> None:
    (tmp_path / "acts.rq").write_text(QUERY.replace("default: japan", "default: atlantis"), encoding="utf-8")
    elsewhere = CannedQuery.read(tmp_path / "acts.rq")

    assert canned.checked(engine, elsewhere, {"graph": ["urn:none"]}, lambda _: [])["one"] == ["atlantis"]


def test_shortest_spelling_is_the_slug_unless_two_things_have_it(
    engine: LocalEngine, query: CannedQuery
) -> None:
    iris = [f"{ID}state/japan", UNION, f"{ID}state/twin", "urn:x"]

    found = canned.spellings(engine, query.parameters["one"], iris)

    assert list(found.values()) == ["japan", "european-union", "state:twin", "urn:x"]


def called(text: str) -> list[str]:
    """Things by their whole names: a code that two have, one for another kind too."""
    names = {
        "JPN": [f"{ID}state/japan"],
        "EU": [f"{ID}act/one", UNION],
        "eu": [UNION],
        "TW": [f"{ID}state/twin", f"{ID}polity/twin"],
    }
    return names.get(text, [])


def test_name_or_code_that_one_thing_bears_stands_for_it(engine: LocalEngine, query: CannedQuery) -> None:
    given = {"one": ["JPN", "EU", "japan", "eu"]}

    values = canned.checked(engine, query, given, lambda _: [], called)
    assert values == {"one": [f"{ID}state/japan", UNION]}


def test_code_of_several_things_is_refused_with_all_of_them(engine: LocalEngine, query: CannedQuery) -> None:
    with pytest.raises(InvalidParameter, match="several things called 'TW': state:twin, polity:twin"):
        canned.checked(engine, query, {"one": ["TW"]}, lambda _: [], called)


def test_unknown_name_is_told_with_what_is_near(engine: LocalEngine, query: CannedQuery) -> None:
    with pytest.raises(UnknownResource, match="nothing in this release is named 'Yapan'; near: state:japan"):
        canned.checked(engine, query, {"one": ["Yapan"]}, lambda _: [f"{ID}state/japan"], called)


def test_thing_of_another_kind_is_no_name(engine: LocalEngine, query: CannedQuery) -> None:
    with pytest.raises(InvalidParameter, match="which is of another kind"):
        canned.checked(engine, query, {"one": ["person:x"]}, lambda _: [], called)
