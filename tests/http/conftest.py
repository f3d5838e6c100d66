"""The real knowledge base, built once, and a client that speaks HTTP to it without a network."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from diplograph import publication
from diplograph.publication import Publication
from diplograph.settings import Settings
from diplograph.web import create_app

BASE_URL = "https://data.example.org"


class ReadingClient(FlaskClient):
    """A client that reads each answer to its end, as a server does, so that files are closed."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True} | kwargs)


@pytest.fixture(scope="session")
def settings(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    state = tmp_path_factory.mktemp("state")
    return Settings.resolve(kb=root, environ={}, state=state, base_url=BASE_URL, workers=2, timeout=60.0)


@pytest.fixture(scope="session")
def published(settings: Settings) -> Iterator[Publication]:
    with publication.load(settings) as loaded:
        yield loaded


@pytest.fixture(scope="session")
def app(published: Publication) -> Flask:
    return create_app(published)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return ReadingClient(app)
