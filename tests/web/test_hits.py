"""Kept answers are sent at once, by one thread while they are many."""

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from diplograph.cli.server import Leader, hits_first
from diplograph.repository import Repository
from diplograph.web import create_app, logs
from diplograph.web.release_swap import ReleaseSwap

ENGINES = ("embedded",)
DOCUMENT = "/doc/state/japan.ttl"


def environ(path: str, **headers: str) -> dict[str, Any]:
    return EnvironBuilder(path, headers=headers).get_environ() | {"SCRIPT_NAME": ""}


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.005)
    return holds()


@pytest.fixture(scope="module")
def swap(published: Repository) -> Iterator[ReleaseSwap]:
    repository = Repository.of_release(published.settings, published.release)
    with closing(ReleaseSwap(repository, create_app, interval=3600)) as found:
        run_wsgi_app(found, environ(DOCUMENT))
        yield found


def test_kept_answer_is_a_hit_and_another_is_none(swap: ReleaseSwap) -> None:
    code, headers, body = swap.hit(environ(DOCUMENT))
    parts, status, others = run_wsgi_app(swap, environ(DOCUMENT))

    assert (code, body) == (int(status[:3]), b"".join(parts))
    own = {"X-Request-Id", "Server-Timing"}
    assert {name for name, _ in headers} > own
    assert [pair for pair in headers if pair[0] not in own] == [pair for pair in others if pair[0] not in own]
    assert swap.hit(environ("/doc/state/russia.ttl")) is None
    assert swap.hit(environ(DOCUMENT, Accept_Encoding="gzip")) is None


def test_answer_is_kept_for_the_very_header_that_was_sent(swap: ReleaseSwap) -> None:
    java = {"Accept": "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"}
    run_wsgi_app(swap, environ(DOCUMENT, **java))

    assert swap.hit(environ(DOCUMENT, **java)) is not None


def test_date_that_no_calendar_has_is_no_condition(swap: ReleaseSwap) -> None:
    never = {"If_Modified_Since": "1 Jan 99999999999 0:00 GMT"}

    assert swap.hit(environ(DOCUMENT, **never))[0] == 200
    for path in (DOCUMENT, f"{DOCUMENT}?x"):
        for more in ({}, {"Range": "bytes=0-3"}):
            assert run_wsgi_app(swap, environ(path, **never, **more))[1] == "200 OK"


def test_request_that_names_a_version_is_no_hit(swap: ReleaseSwap) -> None:
    path = f"{DOCUMENT}?version={swap.release.name}"
    for _ in range(2):
        run_wsgi_app(swap, environ(path))

    assert swap.hit(environ(path)) is None


@pytest.mark.parametrize("strips", [True, False])
def test_hit_under_a_path_is_told_apart_by_it_and_leaves_the_request_as_it_is(
    published: Repository, strips: bool
) -> None:
    settings = replace(published.settings, trusted_proxies=1, base_url=None)
    app = create_app(replace(published, settings=settings))

    def asked(prefix: str) -> dict[str, Any]:
        path = DOCUMENT if strips else prefix + DOCUMENT
        return environ(path, X_Forwarded_Prefix=prefix, X_Forwarded_Host="a.example")

    run_wsgi_app(app, asked("/kg"))
    request = asked("/kg")
    _, headers, _ = app.hit(request)

    assert dict(headers)["Content-Location"].startswith("/kg/doc/")
    assert request["PATH_INFO"] == asked("/kg")["PATH_INFO"]
    assert app.hit(asked("/other")) is None
    assert app.hit(asked("/kg") | {"HTTP_X_FORWARDED_HOST": "b.example"}) is None


def test_hit_is_logged_by_its_path_below_the_prefix(
    published: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(published.settings, base_url="https://a.example/kg", access_log=True)
    app = create_app(replace(published, settings=settings))
    logged: list[str] = []
    monkeypatch.setattr(logs, "access", lambda asked, *_, **__: logged.append(asked["PATH_INFO"]))

    run_wsgi_app(app, environ("/kg" + DOCUMENT))
    app.hit(environ("/kg" + DOCUMENT))

    assert logged == [DOCUMENT, DOCUMENT]


class Sent(list[Any]):
    """Where an answer goes, as the server has it."""

    def response_bytes(self, *answer: Any) -> None:
        self.append(answer)


def test_hit_is_sent_and_whatever_is_none_goes_to_the_application(swap: ReleaseSwap) -> None:
    def wrap(service: Any, option: str) -> Callable[[Sent, dict[str, Any]], None]:
        return lambda response, asked: response.append((service is swap, option, asked["PATH_INFO"]))

    answer = hits_first(wrap, swap, "option")
    hit, rest = Sent(), Sent()
    answer(hit, environ(DOCUMENT))
    answer(rest, environ("/nothing"))

    assert hit[0][0] == 200
    assert rest == [(True, "option", "/nothing")]


def test_thread_that_waits_keeps_nothing_of_request_and_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    class Headers(list[Any]):
        """A list that tells when it is gone."""

    kept: list[weakref.ref[Headers]] = []

    def hit(_: dict[str, Any]) -> tuple[int, Headers, bytes]:
        headers = Headers()
        kept.append(weakref.ref(headers))
        return 200, headers, b""

    left: list[Any] = []
    request: dict[str, Any] = {"HTTP_COOKIE": "long"}
    service = SimpleNamespace(hit=hit)
    monkeypatch.setattr(Leader, "follow", lambda _: left.extend((kept[0](), dict(request))))
    hits_first(lambda *_: left.append, service)(SimpleNamespace(response_bytes=lambda *_: None), request)

    assert left == [None, {}]


class Following(threading.Thread):
    """A thread that has sent a hit."""

    def __init__(self, leader: Leader) -> None:
        super().__init__(target=leader.follow, daemon=True)
        self.start()

    def is_back(self, seconds: float) -> bool:
        self.join(seconds)
        return not self.is_alive()


def test_one_thread_leads_and_the_others_wait_until_it_steps_down() -> None:
    leader = Leader(pause=60, patience=60)
    leader.follow()
    leader.follow()
    others = [Following(leader) for _ in range(2)]

    assert not any(thread.is_back(0.05) for thread in others)
    leader.step_down()
    assert within(5, lambda: sum(not thread.is_alive() for thread in others) == 1)
    leader.step_down()
    assert sum(thread.is_alive() for thread in others) == 1


def test_leader_that_steps_down_is_followed_by_the_next_to_send_a_hit() -> None:
    leader = Leader(pause=60, patience=60)
    leader.follow()
    leader.step_down()

    with ThreadPoolExecutor(1) as other:
        other.submit(leader.follow).result(5)
        assert not Following(leader).is_back(0.05)


def test_nobody_waits_for_a_leader_that_has_nothing_to_send() -> None:
    leader = Leader(pause=-1, patience=60)
    leader.follow()
    assert Following(leader).is_back(5)


def test_who_waits_is_let_go_when_the_leader_has_nothing_more_to_send() -> None:
    leader = Leader(pause=0.5, patience=0.05)
    leader.follow()
    other = Following(leader)

    assert not other.is_back(0.1)
    assert other.is_back(5)
