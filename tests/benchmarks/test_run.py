"""A whole run at the smallest scale: build, serve, compare, time, report."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.__main__ import main
from benchmarks.servers import SYSTEMS, Absent
from benchmarks.servers.base import program
from click.testing import CliRunner

from benchmarks import clients, hostile, load, machine

ROOT = Path(__file__).resolve().parents[2]


def test_a_program_that_is_not_installed_is_absent_with_its_name():
    with pytest.raises(Absent, match="no-such-program"):
        program("no-such-program")


def test_the_machine_is_named_without_its_host(monkeypatch):
    monkeypatch.setattr("platform.node", lambda: "secret-host")

    assert "secret-host" not in str(machine.this_machine())


def test_the_memory_of_a_process_is_counted_with_its_descendants():
    assert machine.memory(1) >= 0
    assert len(machine.tree(1)) >= 1


def test_generate_writes_a_knowledge_base(tmp_path):
    done = CliRunner().invoke(main, ["generate", str(tmp_path / "kb"), "--acts", "20"])

    assert done.exit_code == 0, done.output
    assert (tmp_path / "kb" / "data" / "a1.ttl").is_file()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="every client has an address of its own in 127.0.0.0/8")
def test_an_attack_is_told_beside_what_good_clients_saw(tmp_path, monkeypatch):
    monkeypatch.setattr(hostile, "WARMING", 2.0)
    options = ["--attack", "queries-from-8", "--clients", "5", "--seconds", "4", "--results", str(tmp_path)]

    done = CliRunner().invoke(main, ["hostile", *options], catch_exceptions=False)

    assert done.exit_code == 0
    report = (tmp_path / "hostile.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in report if line.startswith(("| none", "| queries"))]
    assert [row[0] for row in rows] == ["none", "queries-from-8"]
    assert all(int(row[1]) > 0 for row in rows)
    assert all(float(row[-1].removesuffix(" %")) >= 0 for row in rows)


@pytest.mark.slow
def test_a_run_measures_this_service_and_writes_report_and_data(tmp_path):
    options = ["--acts", "30", "--rounds", "1", "--seconds", "1", "--growth", "2000", "--growth", "3000"]
    parts = [text for part in ("throughput", "analytic", "reciprocal", "growth") for text in ("--part", part)]
    where = [
        "--system",
        "diplograph",
        "--results",
        str(tmp_path / "results"),
        "--work",
        str(tmp_path / "work"),
    ]

    done = CliRunner().invoke(main, ["measure", *options, *parts, *where], catch_exceptions=False)

    assert done.exit_code == 0
    found = json.loads((tmp_path / "results" / "latest.json").read_text(encoding="utf-8"))
    measured = {(row["system"], row["measure"]) for row in found["samples"]}
    assert {("diplograph", "throughput"), ("diplograph", "analytic mix")} <= measured
    assert "| measure | at least | measured |" in (tmp_path / "results" / "latest.md").read_text(
        encoding="utf-8"
    )


@pytest.mark.slow
def test_paint_of_pages_is_timed_the_slowest_first(tmp_path):
    if shutil.which("chromium") is None:
        pytest.skip("needs chromium")
    options = ["--page", "home", "--page", "limits", "--rounds", "1", "--results", str(tmp_path)]
    command = [sys.executable, "-m", "benchmarks", "pages", *options]  # a browser wants a process of its own

    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

    rows = [line.split(" | ") for line in (tmp_path / "pages.md").read_text().splitlines() if " ms |" in line]
    medians = [float(row[1].removesuffix(" ms")) for row in rows]
    assert len(medians) == 2
    assert medians == sorted(medians, reverse=True)
    assert min(medians) > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SYSTEMS if name != "diplograph"])
def test_a_peer_gives_the_same_answers_or_is_left_out(name, tmp_path):
    options = ["--acts", "30", "--rounds", "1", "--part", "analytic", "--system", name]
    where = ["--results", str(tmp_path / "results"), "--work", str(tmp_path / "work")]

    CliRunner().invoke(main, ["measure", *options, *where], catch_exceptions=False)

    found = json.loads((tmp_path / "results" / "latest.json").read_text(encoding="utf-8"))
    if name in found["absent"]:
        pytest.skip(found["absent"][name])
    wrong = [verdict for verdict in found["verdicts"] if not verdict["word"].startswith("same")]
    assert wrong == []


def test_the_clients_without_wrk_count_what_fails():
    rate, _, _, errors = clients.drive(9, ["/"], 0.2, 1)

    assert rate == 0
    assert errors > 0


def test_a_run_without_targets_is_refused():
    with pytest.raises(ValueError, match="nothing"):
        load.run(9, [], 1, 1)
