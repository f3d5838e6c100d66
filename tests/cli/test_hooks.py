"""The pre-commit hooks and the GitHub Action, run in a git repository as pre-commit and GitHub run them."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pre_commit.clientlib import load_manifest

import tiny_kb
from schemas import problems

ROOT = Path(__file__).resolve().parents[2]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BAD = "act:z-expels\n    a dg:Expulsion ;\n    dg:actor state:x ;\n.\n"

pytestmark = pytest.mark.slow


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository that holds a small knowledge base in canonical form."""
    folder = tiny_kb.write(tmp_path / "repository")
    run(folder, "diplograph", "fmt", "data", "ontology", "shapes")
    for command in (["init", "-q"], ["add", "."]):
        run(folder, "git", *command)
    return folder


def run(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(folder.parent / "cache"), **variables}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def hooked(folder: Path) -> subprocess.CompletedProcess[str]:
    """What pre-commit does with our hooks; they are installed already, so that nothing is fetched."""
    hooks = [hook | {"language": "system"} for hook in yaml.safe_load(HOOKS.read_text(encoding="utf-8"))]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    run(folder, "git", "add", ".")
    return run(folder, "pre-commit", "run", "--all-files", "--color", "never", DIPLOGRAPH_KB=".")


def steps(folder: Path, **inputs: str) -> dict[str, subprocess.CompletedProcess[str]]:
    """What the steps of the action do that need no installation, with its inputs as a workflow gives them."""
    given = {
        name: str(inputs.get(name.replace("-", "_"), value["default"]))
        for name, value in ACTION["inputs"].items()
    }
    return {
        step["name"]: run(folder, "bash", "-eo", "pipefail", "-c", step["run"], **variables(step, given))
        for step in ACTION["runs"]["steps"]
        if not step["name"].startswith("Install")
    }


def variables(step: dict[str, Any], given: dict[str, str]) -> dict[str, str]:
    return {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in step["env"].items()
    }


def test_hooks_are_a_manifest_that_pre_commit_reads():
    assert [hook["entry"] for hook in load_manifest(HOOKS)] == ["diplograph fmt --check", "diplograph check"]


def test_hooks_pass_on_data_in_order(repository: Path):
    result = hooked(repository)

    assert (result.returncode, result.stdout.count("Passed")) == (0, 2), result.stdout


def test_hooks_name_file_and_line_of_what_is_wrong(repository: Path):
    path = repository / "data" / "a1.ttl"
    path.write_text(path.read_text() + "\n" + BAD + "\n\n")

    result = hooked(repository)

    assert result.returncode == 1
    assert re.search(r"data/a1\.ttl:\d+: not canonical", result.stdout)
    line = path.read_text().splitlines().index("act:z-expels") + 1
    assert f"data/a1.ttl:{line}:1: violation  act:z-expels" in result.stdout


def test_action_is_valid_against_the_published_schema_and_pastes_no_input_into_a_script():
    assert problems(ACTION, "https://json.schemastore.org/github-action.json") == []
    assert not any("${{" in step["run"] for step in ACTION["runs"]["steps"])


def test_action_passes_on_data_in_order(repository: Path):
    for result in steps(repository).values():
        assert result.returncode == 0, result.stderr


def test_action_annotates_the_line_of_each_finding(repository: Path):
    path = repository / "data" / "a1.ttl"
    path.write_text(path.read_text() + "\n" + BAD)
    line = path.read_text().splitlines().index("act:z-expels") + 1

    result = steps(repository, files="data/a1.ttl data/entities.ttl")["Content"]

    assert result.returncode == 1
    assert result.stdout.startswith(f"::error file=data/a1.ttl,line={line},endLine={line},col=1,")


def test_action_annotates_a_syntax_error(repository: Path):
    path = repository / "data" / "a1.ttl"
    path.write_text(path.read_text() + "act:z a .\n")

    form, content = steps(repository, files="data/*.ttl").values()

    assert (form.returncode, content.returncode) == (2, 2)
    assert re.match(r"::error file=data/a1\.ttl,line=\d+,col=9::", content.stdout)


def test_action_takes_its_inputs_as_words(repository: Path):
    result = steps(repository, files="$(touch pwned) `touch pwned` ;touch pwned")["Content"]

    assert result.returncode == 2
    assert not (repository / "pwned").exists()
