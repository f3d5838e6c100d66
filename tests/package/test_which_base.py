"""Which knowledge base a command acts on: the one whose folder one stands in, as git has it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import tiny_kb
from diplograph.cli import main
from diplograph.settings import SETTINGS_FILE, Settings, packaged

MARKER = '[base]\niri = "https://example.org/kb/"\n'


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """The folder of a knowledge base with nothing in it."""
    folder = (tmp_path / "own").resolve()
    (folder / "data" / "deep").mkdir(parents=True)
    (folder / SETTINGS_FILE).write_text(MARKER)
    return folder


@pytest.mark.parametrize("below", ["", "data", "data/deep"])
def test_it_is_the_one_whose_folder_one_stands_in(
    marked: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    monkeypatch.chdir(marked / below)

    assert Settings.resolve(environ={}).kb == marked


def test_outside_of_every_one_it_is_that_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ontology").mkdir()  # a folder of that name marks nothing
    monkeypatch.chdir(tmp_path)

    assert Settings.resolve(environ={}).kb == packaged()


def test_a_name_and_the_environment_win_over_where_one_stands(
    marked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(marked)

    assert Settings.resolve(tmp_path, {}).kb == tmp_path.resolve()
    assert Settings.resolve(environ={"DIPLOGRAPH_KB": str(tmp_path)}).kb == tmp_path.resolve()


@pytest.mark.slow
def test_every_file_of_data_conforms_from_inside_a_clone_with_the_package_elsewhere(
    root: Path, tmp_path: Path
) -> None:
    """The package that is run is not that of the clone: its files are the clone's graphs all the same."""
    clone = tmp_path / "clone"
    (clone / "data").mkdir(parents=True)
    for name in ("ontology", "queries", "shapes", SETTINGS_FILE):
        (clone / name).symlink_to(root / name)
    for path in (root / "data").glob("*.ttl"):
        (clone / "data" / path.name).write_bytes(path.read_bytes())
    files = [f"data/{path.name}" for path in sorted((clone / "data").glob("*.ttl"))]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DIPLOGRAPH_")}

    for file in files:
        done = subprocess.run(
            [sys.executable, "-m", "diplograph.cli", "check", file],
            cwd=clone,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "conforms: 0 violations" in done.stdout, f"{file}: {done.stdout}{done.stderr}"

    assert files


def test_a_verb_that_writes_says_which_base_it_acts_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tiny_kb.write(tmp_path / "own")
    (base / SETTINGS_FILE).write_text(MARKER)
    monkeypatch.delenv("DIPLOGRAPH_KB", raising=False)
    monkeypatch.chdir(base / "data")
    file = base / "data" / "more.ttl"

    act = ["--label", "Z acts"]
    told = {
        verb: CliRunner().invoke(main, [*verb.split(), *rest]).stderr
        for verb, rest in (
            ("build", []),
            ("new act", [str(file), *act]),
            ("token", ["--name", "desk"]),
            ("prune", ["--keep", "1"]),
        )
    }
    shown = CliRunner().invoke(main, ["new", "act", *act])

    assert [text.splitlines()[0] for text in told.values()] == [f"knowledge base {base}"] * len(told)
    assert "knowledge base" not in shown.stderr
