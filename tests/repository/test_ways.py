"""How many modules a request, a check and an acceptance pass through, for whoever wants to follow one."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from click.testing import CliRunner

import tiny_kb
from diplograph.cli import main
from diplograph.repository import load
from diplograph.settings import Settings
from diplograph.web import create_app

SOURCE = str(Path(__file__).resolve().parents[2] / "src" / "diplograph") + "/"
pytestmark = pytest.mark.slow
QUERY = "SELECT ?s WHERE { ?s a <https://w3id.org/diplograph/ontology#State> } LIMIT %d"


@contextmanager
def traced() -> Iterator[set[str]]:
    """The modules of the package of which a function is called, in any thread, while the block runs."""
    seen: set[str] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if (
            event == "call"
            and frame.f_code.co_name != "<module>"
            and frame.f_code.co_filename.startswith(SOURCE)
        ):
            seen.add(frame.f_code.co_filename.removeprefix(SOURCE))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]


def run(*arguments: object) -> None:
    """The command line in this process, which has to go well."""
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    return tiny_kb.write(tmp_path / "kb")


def article(kb: Path, name: str) -> Path:
    """A file with one new act."""
    path = kb / "data" / f"{name}.ttl"
    path.write_text(
        tiny_kb.PROLOGUE
        + f'act:{name} a dg:Expulsion ; rdfs:label "{name}"@en ; dg:actor state:x ; dg:target state:y .\n'
    )
    return path


def test_a_query_passes_through_few_modules_of_the_web_process(kb: Path) -> None:
    settings = Settings.resolve(kb, environ={}, workers=1)
    with load(settings) as repository:
        client = create_app(repository).test_client()
        assert client.get("/sparql", query_string={"query": QUERY % 1}).status_code == 200
        with traced() as modules:
            assert client.get("/sparql", query_string={"query": QUERY % 2}).status_code == 200

    assert len(modules) <= 24, sorted(modules)


def test_a_check_of_a_file_passes_through_few_modules(kb: Path, root: Path) -> None:
    found = {}
    for base, path in ((kb, article(kb, "a7")), (root, root / "data" / "a1.ttl")):
        run("check", "--kb", base, path)
        with traced() as modules:
            run("check", "--kb", base, path)
        found[base.name] = sorted(modules)

    assert {name: len(modules) for name, modules in found.items() if len(modules) > 43} == {}, found


def test_an_acceptance_passes_through_few_modules(kb: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        path = article(kb, f"a{number + 5}").rename(tmp_path / f"a{number + 5}.ttl")
        with traced() as modules:
            run("accept", "--kb", kb, path, "-m", "why")

    assert len(modules) <= 52, sorted(modules)
