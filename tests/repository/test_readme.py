"""Every command of the README runs as written and prints what is printed there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from live import free_port, wait_for
from shell_examples import Example, examples

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = examples(ROOT / "README.md")
MAKES = [example for example in EXAMPLES if example.command.split()[0] in {"git", "cd", "make"}]
OTHERS = [example for example in EXAMPLES if example not in MAKES]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is under version control, so that examples that write files leave no trace."""
    folder = tmp_path_factory.mktemp("readme") / "diplograph"
    for name in ("ontology", "data", "shapes", "queries", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def environment(checkout: Path) -> dict[str, str]:
    programs = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": programs + os.pathsep + os.environ["PATH"],
        "DIPLOGRAPH_KB": str(checkout),
        "COLUMNS": "120",
    }


@pytest.fixture(scope="module")
def port(checkout: Path, environment: dict[str, str]) -> Iterator[int]:
    """A service over the copy, started the way `make serve` starts it."""
    number = free_port()
    command = [str(Path(sys.executable).parent / "diplograph"), "serve", "--port", str(number)]
    process = subprocess.Popen(command, cwd=checkout, env=environment)
    try:
        wait_for(f"http://127.0.0.1:{number}/health/ready", process)
        yield number
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_the_readme_starts_with_the_two_commands_of_a_fresh_clone():
    assert [example.command for example in MAKES][-2:] == ["make serve", "make test"]


def test_the_readme_has_examples_with_their_real_answers():
    assert sum(1 for example in OTHERS if example.expected) >= 5


@pytest.mark.parametrize("example", OTHERS, ids=lambda example: f"line {example.line}")
def test_command_prints_what_the_readme_says(
    example: Example, checkout: Path, environment: dict[str, str], port: int
):
    missing = [
        name for name in ("bash", "curl", "cut", "grep") if name in example.command and not shutil.which(name)
    ]
    if missing or not shutil.which("bash"):
        pytest.skip(f"needs {', '.join(missing) or 'bash'}")
    command = example.command.replace("localhost:8000", f"127.0.0.1:{port}")

    done = subprocess.run(
        ["bash", "-c", command],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    output = done.stdout.replace(f"127.0.0.1:{port}", "localhost:8000")
    assert example.matches(output), f"{command}\n{output}\n{done.stderr}"
