"""The real knowledge base, built once, and a client that speaks HTTP to it without a network.

Every test that asks the service runs on each engine: the embedded one, `oxigraph serve` and Virtuoso. A
module about one of them alone says so with `ENGINES`. One about what we do with any answer says
`USUAL_ENGINES = ("embedded",)`: it runs on the others with `pytest --all-engines`.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from diplograph import repository
from diplograph.changes import apply
from diplograph.release import Release
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web import create_app
from engines import SERVERS

BASE_URL = "https://data.example.org"


ALL_ENGINES = ("embedded", "oxigraph", "virtuoso")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        usual = getattr(metafunc.module, "USUAL_ENGINES", ALL_ENGINES)
        everywhere = metafunc.config.getoption("--all-engines")
        names = getattr(metafunc.module, "ENGINES", ALL_ENGINES if everywhere else usual)
        chosen = [
            pytest.param(name, marks=() if name == "embedded" else (pytest.mark.slow, pytest.mark.engines))
            for name in names
        ]
        metafunc.parametrize("engine_name", chosen, indirect=True, scope="session")


class ReadingClient(FlaskClient):
    """A client that reads each answer to its end, as a server does, so that files are closed."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True} | kwargs)


@pytest.fixture(scope="session")
def settings(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    state = tmp_path_factory.mktemp("state")
    return Settings.resolve(kb=root, environ={}, state=state, base_url=BASE_URL, workers=2, timeout=60.0)


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine that a test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def release(settings: Settings) -> Release:
    return apply.prepare(settings)


@pytest.fixture(scope="session")
def published(
    settings: Settings, release: Release, engine_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Repository]:
    if engine_name == "embedded":
        with repository.load(settings) as loaded:
            yield loaded
        return
    with SERVERS[engine_name](tmp_path_factory.mktemp(engine_name)) as server:
        server.load(release)
        with Repository.of_release(replace(settings, engine=server.query), release) as loaded:
            yield loaded


@pytest.fixture(scope="session")
def app(published: Repository) -> Flask:
    return create_app(published)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return ReadingClient(app)
