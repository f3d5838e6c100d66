"""A new release is swapped in between requests, and none is answered by two of them."""

import threading
import time
from pathlib import Path

import pytest
from werkzeug.test import Client

import tiny_kb
from diplograph import repository
from diplograph.changes import apply
from diplograph.release import Release
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web import create_app
from diplograph.web.release_swap import ReleaseSwap


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.resolve(tiny_kb.write(tmp_path / "kb"), workers=1)


def change(settings: Settings) -> Release:
    path = settings.kb / "data/a1.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("X expels", "X throws out"), encoding="utf-8")
    return apply.prepare(settings)


def name_of(client: Client) -> str:
    return str(client.get("/version", headers={"Accept": "application/json"}).json["name"])


def answers(client: Client) -> bool:
    return b"throws out" in client.get("/sparql?query=SELECT+*+{?s+?p+?o}").data


def test_a_new_release_is_served_by_new_workers_without_a_restart(settings: Settings) -> None:
    following = ReleaseSwap(repository.load(settings), create_app, interval=0.05)
    client = Client(following)
    try:
        first = name_of(client)
        assert not answers(client)
        second = change(settings)
        end = time.monotonic() + 20
        while following.release.path != second.path and time.monotonic() < end:
            time.sleep(0.02)

        assert (name_of(client), name_of(client) != first) == (second.name, True)
        assert answers(client)
    finally:
        following.close()


def test_a_request_that_runs_is_answered_by_the_release_it_began_with(settings: Settings) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def mount(published: Repository):
        def app(environ, start_response):
            begun.set()
            go_on.wait(10)
            with published.engine._pool.worker(5) as worker:  # still open
                assert worker.alive
            start_response("200 OK", [])
            return [published.release.name.encode()]

        return app

    following = ReleaseSwap(repository.load(settings), mount, interval=3600)
    try:
        first = following.release.name
        found: list[bytes] = []
        request = threading.Thread(target=lambda: found.append(Client(following).get("/").data))
        request.start()
        begun.wait(10)
        change(settings)
        swap = threading.Thread(target=following.follow)
        swap.start()
        while following.release.name == first:
            time.sleep(0.01)
        go_on.set()
        request.join()
        swap.join()

        assert found == [first.encode()]
        assert Client(following).get("/").data == following.release.name.encode()
    finally:
        following._stopped.set()
        following.close()


def test_a_release_that_cannot_be_opened_leaves_the_old_one(settings: Settings) -> None:
    following = ReleaseSwap(repository.load(settings), create_app, interval=3600)
    try:
        (settings.state / "current").write_text("0000\n", encoding="utf-8")

        assert following.follow() is False
        assert name_of(Client(following)) == following.release.name
    finally:
        following.close()
