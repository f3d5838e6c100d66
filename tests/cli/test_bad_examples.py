"""`diplograph check` as a curator runs it: on the bad examples, in the context of the whole graph."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from rdflib import URIRef

from diplograph.cli import main
from diplograph.namespaces import DGS

ROOT = Path(__file__).resolve().parents[2]
BAD = sorted((ROOT / "tests" / "shapes" / "bad").iterdir())
SOURCES = ("ontology", "data", "shapes", "queries")
REFUSED = ("Act-evidence-opinion", "Act-evidence-allegation", "Linked-sameAs")
SAMPLE = [path for path in BAD if path in BAD[::25] or path.stem.startswith(REFUSED)]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The curated knowledge base with a release of its own, whose standing findings are known."""
    folder = tmp_path_factory.mktemp("kb")
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name)
    environment = {"DIPLOGRAPH_KB": str(folder)}
    CliRunner().invoke(main, ["build"], env=environment, catch_exceptions=False)
    return environment


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.stem)
def test_check_of_a_bad_example_exits_1_and_names_the_shape(path: Path, environment: dict[str, str]):
    result = CliRunner().invoke(main, ["check", str(path)], env=environment)

    assert result.exit_code == 1
    assert f"#{path.stem.split('--')[0]}" in result.stdout


def test_check_of_the_curated_data_exits_0(environment: dict[str, str]):
    result = CliRunner().invoke(main, ["check"], env=environment)

    assert result.exit_code == 0
    assert result.stdout == "conforms: 0 violations, 0 warnings, 0 remarks\n"


def test_stats_tell_what_each_shape_cost_and_found_and_leave_the_report_alone(environment: dict[str, str]):
    path = next(path for path in BAD if path.stem.startswith("Visit-when-planned--"))

    result = CliRunner().invoke(main, ["check", "--stats", str(path)], env=environment)
    rows = [line.split() for line in result.stderr.splitlines() if str(DGS) in line]
    costs = {URIRef(shape): (float(time), int(judged), int(found)) for shape, time, judged, found in rows}

    assert costs[DGS["Visit-when-planned"]][1:] == (1, 1)
    assert sum(judged for _, judged, _ in costs.values()) < 20
    assert [cost[0] for cost in costs.values()] == sorted((cost[0] for cost in costs.values()), reverse=True)
    assert result.stdout == CliRunner().invoke(main, ["check", str(path)], env=environment).stdout


def test_only_violations_count_when_asked(environment: dict[str, str]):
    warned = next(path for path in BAD if path.stem.startswith("Visit-when-planned--"))

    assert CliRunner().invoke(main, ["check", str(warned)], env=environment).exit_code == 1
    narrowed = CliRunner().invoke(main, ["check", "--fail-on", "violation", str(warned)], env=environment)
    assert narrowed.exit_code == 0
