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
        },
        {
            "feature": "kind",
            "A": "Claim",
            "B": "nothing",
            "unit": "urn:example:b",
            "passages": "urn:example:doc 20-29",
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
