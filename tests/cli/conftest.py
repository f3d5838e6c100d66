"""The command in this process, over a knowledge base of a dozen triples."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import tiny_kb
from diplograph.cli import main

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def shared_kb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base that tests only read, so that it is built once."""
    return tiny_kb.write(tmp_path_factory.mktemp("kb"))


@pytest.fixture
def own_kb(tmp_path: Path) -> Path:
    """A knowledge base that the test may spoil."""
    return tiny_kb.write(tmp_path / "kb")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `diplograph` with arguments; `kb` names the knowledge base, `stdin` what it reads."""

    def invoke(*arguments: object, kb: Path | None = None, stdin: str | None = None) -> Result:
        if kb is not None:
            monkeypatch.setenv("DIPLOGRAPH_KB", str(kb))
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)

    return invoke
