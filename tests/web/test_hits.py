"""A hit is asked for alone, and is what the application would answer."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from diplograph.repository import Repository
from diplograph.web import create_app
from diplograph.web.release_swap import ReleaseSwap

ENGINES = ("embedded",)
DOCUMENT = "/doc/state/japan.ttl"


def environ(path: str, **headers: str) -> dict[str, Any]:
    return EnvironBuilder(path, headers=headers).get_environ() | {"SCRIPT_NAME": ""}


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
