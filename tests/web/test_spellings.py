"""Names and codes as people write them: the thing that is meant comes first, all that are meant come alike.

`tests/search/spellings.tsv` has the texts, each with everything that it may mean, written down by what is
known of the world.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from answers import ROOT
from diplograph.namespaces import short
from diplograph.repository import Repository
from diplograph.search import MAX_BATCH, read_batch, reconcile

ENGINES = ("embedded",)
TABLE = ROOT / "tests/search/spellings.tsv"
SHARE = 0.98
"""The least share of texts whose first answer is right."""
SCRIPTS = ("ar", "ja", "ru", "zh")
Answers = Mapping[str, Sequence[str]]


def spellings(path: Path = TABLE) -> dict[str, tuple[str, set[str]]]:
    """The kind of each text and what it may mean."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    return {row["text"]: (row["kind"], set(row["right"].split())) for row in rows}


def found(published: Repository, texts: Sequence[str]) -> Answers:
    return {text: [short(one.iri) for one in published.names.find(text, limit=10)] for text in texts}


def reconciled(published: Repository, texts: Sequence[str]) -> Answers:
    answers: dict[str, list[str]] = {}
    for start in range(0, len(texts), MAX_BATCH):
        batch = {text: {"query": text} for text in texts[start : start + MAX_BATCH]}
        queries = {key: query for key, query in read_batch(json.dumps(batch)).items() if query is not None}
        for text, matches in reconcile(published.names, published.engine, queries).items():
            answers[text] = [short(one.candidate.iri) for one in matches]
    return answers


def test_table_is_long_and_a_third_of_it_is_in_other_scripts() -> None:
    kinds = [kind for kind, _ in spellings().values()]

    assert len(kinds) >= 300
    assert sum(kind in SCRIPTS for kind in kinds) >= len(kinds) / 3


@pytest.mark.parametrize("ask", [found, reconciled])
def test_what_is_meant_is_first(
    published: Repository, ask: Callable[[Repository, Sequence[str]], Answers]
) -> None:
    wanted = spellings()
    answers = ask(published, list(wanted))
    first = {text: set(answers[text][:1]) for text in wanted}
    wrong = {text: answers[text][:3] for text, (_, right) in wanted.items() if not first[text] & right}

    assert len(wrong) <= (1 - SHARE) * len(wanted), wrong


@pytest.mark.parametrize("ask", [found, reconciled])
def test_code_of_several_finds_all_of_them_first(
    published: Repository, ask: Callable[[Repository, Sequence[str]], Answers]
) -> None:
    ties = {text: right for text, (kind, right) in spellings().items() if kind == "tie"}
    answers = ask(published, list(ties))

    assert {text: set(answers[text][: len(right)]) for text, right in ties.items()} == ties


def test_code_of_several_is_told_with_the_scheme_of_each_and_never_certain(client: FlaskClient) -> None:
    answer = client.get("/reconcile", query_string={"queries": json.dumps({"q": {"query": "AUS"}})})
    first, second, *_ = answer.json["q"]["result"]

    assert {first["name"], second["name"]} == {"Australia", "Austria"}
    assert first["score"] == second["score"]
    assert not first["match"]
    assert "Correlates of War state abbreviation “AUS”" in f"{first['description']} {second['description']}"
    assert "ISO 3166-1 alpha-3 code “AUS”" in f"{first['description']} {second['description']}"


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("UK", "state:united-kingdom"),
        ("Q159", "state:russia"),
        ("Türkiye", "state:turkiye"),
        ("日本", "state:japan"),
    ],
)
def test_search_finds_it_first(client: FlaskClient, text: str, iri: str) -> None:
    wanted = {"Accept": "application/sparql-results+json"}
    rows = client.get("/search", query_string={"q": text}, headers=wanted).json["results"]["bindings"]

    assert short(rows[0]["thing"]["value"]) == iri


@pytest.mark.parametrize("text", ["JPN", "392", "Q17", "日本", "Япония", "japan"])
def test_query_takes_codes_and_names_of_a_state(client: FlaskClient, text: str) -> None:
    answer = client.get("/queries/expulsions.json", query_string={"by": text})

    assert answer.json == client.get("/queries/expulsions.json?by=japan").json


def test_query_refuses_a_code_of_several_and_names_them(client: FlaskClient) -> None:
    answer = client.get("/queries/expulsions.json?by=AUS")

    assert answer.status_code == 400
    assert "state:australia" in answer.json["detail"]
    assert "state:austria" in answer.json["detail"]


def test_state_without_acts_has_an_empty_answer_and_a_page(client: FlaskClient) -> None:
    answer = client.get("/queries/expulsions.json?by=venezuela")
    page = client.get("/id/state/venezuela", headers={"Accept": "text/html"}, follow_redirects=True)

    assert answer.json["results"]["bindings"] == []
    assert "No source mentions it yet" in page.text
