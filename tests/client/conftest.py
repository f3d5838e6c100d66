"""The same graph three ways: a service that runs, the folder of a release, and the knowledge base itself."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from diplograph.changes import apply
from diplograph.client.access import Client
from diplograph.release import Release
from diplograph.settings import Settings
from live import free_port, running

KINDS = ("service", "release", "knowledge base")


@pytest.fixture(scope="session")
def built(root: Path) -> Release:
    """The release of the checkout, which every client here shares."""
    return apply.prepare(Settings.resolve(root, environ={}))


@pytest.fixture(scope="session")
def address(built: Release, root: Path) -> Iterator[str]:
    """The address of a service over the release."""
    port = free_port()
    command = [sys.executable, "-m", "diplograph.cli", "serve", "--kb", str(root), "--port", str(port)]
    with running(command, port, env=os.environ | {"NO_COLOR": "1"}, start_new_session=True) as found:
        yield found


@pytest.fixture(scope="session", params=KINDS)
def client(request: pytest.FixtureRequest, built: Release) -> Iterator[Client]:
    """A client of each kind."""
    source: dict[str, str | Path | None] = {"release": built.path, "knowledge base": None}
    where = request.getfixturevalue("address") if request.param == "service" else source[request.param]
    with Client(where) as made:
        yield made
