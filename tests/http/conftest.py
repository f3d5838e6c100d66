"""The real knowledge base, built once, and a client that speaks HTTP to it without a network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from diplograph import publication
from diplograph.publication import Publication
from diplograph.settings import Settings
from diplograph.web import create_app

BASE_URL = "https://data.example.org"


@pytest.fixture(scope="session")
def settings(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    state = tmp_path_factory.mktemp("state")
    return Settings.resolve(kb=root, environ={}, state=state, base_url=BASE_URL, workers=2)


@pytest.fixture(scope="session")
def published(settings: Settings) -> Iterator[Publication]:
    with publication.load(settings) as loaded:
        yield loaded


@pytest.fixture(scope="session")
def app(published: Publication) -> Flask:
    return create_app(published)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
