"""The command in this process, over a knowledge base of a dozen triples."""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What `diplograph` writes to a terminal of so many columns, its colours and links among it."""

    def shown(*arguments: object, kb: Path, columns: int = 80) -> str:
        ours, theirs = os.openpty()
        environ = {"DIPLOGRAPH_KB": str(kb), "COLUMNS": str(columns), "TERM": "xterm-256color"}
        with ThreadPoolExecutor(1) as threads, os.fdopen(theirs, "w", encoding="utf-8") as stream:
            written = threads.submit(_read, ours)
            with monkeypatch.context() as patch:
                for name, value in environ.items():
                    patch.setenv(name, value)
                patch.setattr(sys, "stdout", stream)
                main([str(argument) for argument in arguments], standalone_mode=False)
            stream.close()
            return written.result().decode("utf-8").replace("\r\n", "\n")

    return shown


def _read(terminal: int) -> bytes:
    """All that is written to a terminal until it is closed."""
    found = b""
    with os.fdopen(terminal, "rb", buffering=0) as stream:
        while True:
            try:
                found += stream.read(65536)
            except OSError:  # on Linux the end of it
                return found
