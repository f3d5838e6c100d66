"""Agreement of two coders, its figures held against those of nltk."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from diplograph.cli import main
from diplograph.evidence import agreement

PROLOGUE = """@prefix dg: <https://w3id.org/diplograph/ontology#> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <urn:example:> .
:ev oa:hasTarget :span . :span oa:hasSource :doc ; oa:hasSelector [ oa:start 0 ; oa:end 9 ] .
:ev2 oa:hasTarget :span2 . :span2 oa:hasSource :doc ; oa:hasSelector [ oa:start 20 ; oa:end 29 ] .
"""
ONE = """:a a dg:Expulsion ; dg:evidence :ev ; dg:actor :x ; dg:target :y .
:a dg:realisation :ordered ; dg:when :t .
:t dg:notBefore "2022-04-27"^^xsd:date ; dg:notAfter "2022-04-27"^^xsd:date .
"""
ALONE = ":b a dg:Claim ; dg:evidence :ev2 ; dg:epistemicStatus :alleged ."


def compared(folder: Path, first: str, second: str) -> tuple[int, dict]:
    for name, text in (("a", first), ("b", second)):
        (folder / f"{name}.ttl").write_text(PROLOGUE + text, encoding="utf-8")
    arguments = ["agree", str(folder / "a.ttl"), str(folder / "b.ttl"), "--format", "json"]
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, json.loads(result.stdout)


def test_the_same_coding_agrees_under_other_names(tmp_path: Path) -> None:
    code, found = compared(tmp_path, ONE, ONE.replace(":a ", ":other "))

    assert (code, found["disagreements"]) == (0, [])
    assert {each["percent"] for each in found["agreement"] if each["units"]} == {100.0}


def test_what_differs_is_told_with_its_passage(tmp_path: Path) -> None:
    code, found = compared(tmp_path, ONE + ALONE, ONE.replace(":ordered", ":announced"))

    assert code == 1
    assert found["disagreements"] == [
        {
            "feature": "stage",
            "A": "urn:example:ordered",
            "B": "urn:example:announced",
            "unit": "urn:example:a",
            "passages": "urn:example:doc 0-9",
            "spans": [{"source": "urn:example:doc", "start": 0, "end": 9}],
        },
        {
            "feature": "kind",
            "A": "Claim",
            "B": "nothing",
            "unit": "urn:example:b",
            "passages": "urn:example:doc 20-29",
            "spans": [{"source": "urn:example:doc", "start": 20, "end": 29}],
        },
    ]


def test_disagreements_come_as_a_table_for_spreadsheets_and_for_a_terminal(tmp_path: Path) -> None:
    later = ONE.replace("2022-04-27", "2022-04-28")
    for name, text in (("a", ONE), ("b", later)):
        (tmp_path / f"{name}.ttl").write_text(PROLOGUE + text, encoding="utf-8")
    files = [str(tmp_path / "a.ttl"), str(tmp_path / "b.ttl")]
    cells = CliRunner().invoke(main, ["agree", *files, "--format", "csv"]).stdout.splitlines()
    told = CliRunner().invoke(main, ["agree", *files]).stdout

    assert cells == [
        "feature,A,B,unit,passages",
        "date,2022-04-27,2022-04-28,urn:example:a,urn:example:doc 0-9",
    ]
    assert [line.split() for line in told.splitlines() if line.startswith("target")] == [
        ["target", "1", "100.0", "-", "-"]
    ]


def test_a_file_that_is_no_turtle_is_told(tmp_path: Path) -> None:
    for name, text in (("a", ONE), ("b", "no turtle")):
        (tmp_path / f"{name}.ttl").write_text(PROLOGUE + text, encoding="utf-8")
    result = CliRunner().invoke(main, ["agree", str(tmp_path / "a.ttl"), str(tmp_path / "b.ttl")])

    assert result.exit_code == 2
    assert "b.ttl" in result.stderr


def article(name: str, digest: str, units: str) -> str:
    """The graph of an article: its record, a passage of it, and the units that rest on that."""
    prefixes = PROLOGUE.partition(":ev ")[0].replace("urn:example:", "https://example.org/")
    return (
        f"{prefixes}@prefix schema: <https://schema.org/> .\n"
        f':{name} schema:sha256 "{digest}" ; dg:codePointLength 99 .\n'
        f":{name}-ev oa:hasTarget :{name}-0-9 . :{name}-0-9 oa:hasSource :{name} .\n"
        f":{name}-0-9 oa:hasSelector [ oa:start 0 ; oa:end 9 ] .\n"
    ) + units.replace(" :ev ", f" :{name}-ev ")


def knowledge_base(folder: Path, **graphs: str) -> Path:
    (folder / "data").mkdir(parents=True)
    for name, text in graphs.items():
        (folder / "data" / f"{name}.ttl").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def two(tmp_path: Path) -> list[str]:
    """Two knowledge bases with one article of one name, one of two names, and one each of their own."""
    named = {"one": article("one", "11", ONE), "own": article("own", "33", ONE.replace(":a ", ":o "))}
    other = ONE.replace(":a ", ":b ")
    first = knowledge_base(tmp_path / "A", **named, two=article("two", "22", other))
    changed = other.replace(":ordered", ":planned")
    theirs = {"zwei": article("zwei", "22", changed), "new": article("new", "44", ONE.replace(":a ", ":n "))}
    second = knowledge_base(tmp_path / "B", one=article("one", "11", ONE), **theirs)
    return [str(first), str(second)]


def test_knowledge_bases_are_compared_on_the_articles_that_both_hold(two: list[str]) -> None:
    result = CliRunner().invoke(main, ["agree", *two, "--format", "json"])
    found = json.loads(result.stdout)
    stages = {
        each["article"]: next(one for one in each["agreement"] if one["feature"] == "stage")
        for each in found["articles"]
    }

    assert result.exit_code == 1
    assert {iri: (one["units"], one["percent"]) for iri, one in stages.items()} == {
        "https://example.org/one": (1, 100.0),
        "https://example.org/two": (1, 0.0),
    }
    assert [one["percent"] for one in found["agreement"] if one["feature"] == "stage"] == [50.0]
    assert {one["article"]: one["sha256"] for one in found["articles"]}["https://example.org/two"] == "22"
    assert [(one["feature"], one["unit"], one["passages"]) for one in found["disagreements"]] == [
        ("stage", "https://example.org/b", "https://example.org/two 0-9")
    ]


def test_a_terminal_shows_the_figures_of_each_article_and_of_all(two: list[str]) -> None:
    lines = CliRunner().invoke(main, ["agree", *two]).stdout.splitlines()

    assert [line for line in lines if line.startswith(("https:", "all "))] == [
        "https://example.org/one",
        "https://example.org/two",
        "all 2 articles",
    ]
    assert [line.split()[2] for line in lines if line.startswith("stage ")][:3] == ["100.0", "0.0", "50.0"]


@pytest.mark.parametrize("only", ["one", "https://example.org/one"])
def test_one_article_is_compared_alone(two: list[str], only: str) -> None:
    result = CliRunner().invoke(main, ["agree", *two, "--only", only, "--format", "json"])

    assert result.exit_code == 0
    assert [one["article"] for one in json.loads(result.stdout)["articles"]] == ["https://example.org/one"]


def test_an_article_that_only_one_holds_is_refused_and_those_of_both_are_named(two: list[str]) -> None:
    result = CliRunner().invoke(main, ["agree", *two, "--only", "own"])

    assert result.exit_code == 2
    assert "https://example.org/one, https://example.org/two" in " ".join(result.stderr.split())


def test_knowledge_bases_without_a_common_article_are_not_compared(two: list[str], tmp_path: Path) -> None:
    lonely = knowledge_base(tmp_path / "C", new=article("new", "55", ONE))
    result = CliRunner().invoke(main, ["agree", two[0], str(lonely)])

    assert result.exit_code == 2
    assert "no article in common" in result.stderr


@pytest.mark.parametrize("name", ["nominal", "interval", "masi"])
def test_figures_are_those_of_nltk(name: str) -> None:
    metrics = pytest.importorskip("nltk.metrics")
    chance = random.Random(7)
    values = {
        "nominal": "abc",
        "interval": (1, 2, 5, 9),
        "masi": [frozenset(each) for each in ("a", "ab", "bc", "abc", "d")],
    }[name]
    coded = [(a, a if chance.random() < 0.6 else chance.choice(values)) for a in chance.choices(values, k=40)]
    theirs = {"nominal": "binary", "interval": "interval", "masi": "masi"}[name]
    rows = [(coder, unit, pair[coder]) for unit, pair in enumerate(coded) for coder in (0, 1)]
    task = metrics.AnnotationTask(rows, distance=getattr(metrics, f"{theirs}_distance"))

    assert agreement.alpha(coded, getattr(agreement, name)) == pytest.approx(task.alpha())
    if name == "nominal":
        assert agreement.kappa(coded) == pytest.approx(task.kappa())
