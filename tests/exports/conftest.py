"""The curated knowledge base, asked as exports ask it, and what the command writes of it."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner
from rdflib import Graph

from diplograph.cli import main
from diplograph.exports.edges import Ask, Row


@pytest.fixture(scope="session")
def written(root: Path) -> Callable[[str], bytes]:
    """What `diplograph export` writes in a format."""

    def write(form: str) -> bytes:
        result = CliRunner().invoke(main, ["export", "--to", form, "--kb", str(root)])
        assert result.exit_code == 0, result.output
        return result.stdout_bytes

    return write


@pytest.fixture
def ask_of() -> Callable[[str], Ask]:
    """What answers from a graph in Turtle."""

    def of(turtle: str) -> Ask:
        graph = Graph().parse(data=turtle, format="turtle")

        def ask(text: str) -> Iterable[Row]:
            return [row.asdict() for row in graph.query(text)]

        return ask

    return of
