"""Limits for clients: counted by address, for work that reaches a worker, and told with Retry-After."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from diplograph.repository import Repository
from diplograph.web import create_app

STRANGER = {"REMOTE_ADDR": "192.0.2.7"}
OTHER = {"REMOTE_ADDR": "192.0.2.8"}
QUERY = "/sparql?query=ASK+{?s+?p+?o}"


@pytest.fixture
def limited(published: Repository) -> Iterator[FlaskClient]:
    """A service that keeps no answer, and where a client has spent everything with its first query."""
    settings = replace(
        published.settings,
        workers=1,
        client_burst=1e-9,
        client_seconds=1e-6,
        trusted_proxies=1,
        max_cache=0,
    )
    with Repository.of_release(settings, published.release) as strict:
        yield create_app(strict).test_client()


def test_client_over_its_budget_gets_429_and_when_to_come_back(limited: FlaskClient) -> None:
    first = limited.get(QUERY, environ_base=STRANGER)
    second = limited.get(QUERY, environ_base=STRANGER)

    assert first.status_code == 200
    assert (second.status_code, json.loads(second.data)["type"]) == (429, "/problems/busy")
    assert int(second.headers["Retry-After"]) >= 1


def test_other_clients_and_this_machine_are_not_concerned(limited: FlaskClient) -> None:
    for _ in range(2):
        limited.get(QUERY, environ_base=STRANGER)

    assert limited.get(QUERY, environ_base=OTHER).status_code == 200
    assert [limited.get(QUERY).status_code for _ in range(3)] == [200, 200, 200]


def test_behind_a_proxy_the_client_is_whom_the_proxy_saw(limited: FlaskClient) -> None:
    def through(seen: str) -> int:
        return limited.get(QUERY, headers={"X-Forwarded-For": f"6.6.6.6, {seen}"}).status_code

    assert [through("192.0.2.20"), through("192.0.2.20"), through("192.0.2.21")] == [200, 429, 200]


def test_answers_that_need_no_worker_are_free(limited: FlaskClient) -> None:
    limited.get(QUERY, environ_base=STRANGER)

    for path, status in (("/limits", 200), ("/nothing", 404)):
        assert limited.get(path, environ_base=STRANGER).status_code == status


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/sparql", {"query": "SELECT * {" + " a." * 10_001}),
        ("/validate", {f"f{number}": "" for number in range(1001)}),
    ],
)
def test_what_is_refused_is_charged_too(limited: FlaskClient, path: str, sent: dict[str, str]) -> None:
    first = limited.post(path, data=sent, environ_base=STRANGER)
    second = limited.post(path, data=sent, environ_base=STRANGER)

    assert (first.status_code, second.status_code) == (400, 429)
    assert limited.get(QUERY, environ_base=STRANGER).status_code == 429
    assert limited.get(QUERY, environ_base=OTHER).status_code == 200


def test_limits_for_clients_are_printed(client: FlaskClient) -> None:
    limits = client.get("/limits", headers={"Accept": "application/json"}).get_json()

    assert limits["queries_per_client"] == 4 * limits["workers"]
    assert limits["running_queries_per_client"] == max(1, limits["workers"] - 1)
    assert 0 < limits["short_query_processor_seconds"] < limits["query_seconds"]
    assert limits["processor_seconds_per_client_and_minute"] == 60
    assert limits["processor_seconds_per_client_at_once"] == 120
    assert limits["loopback_clients_are_limited"] is False
    assert limits["waiting_queries"] > 0


def test_kept_answer_is_free(published: Repository) -> None:
    settings = replace(published.settings, workers=1, client_burst=1e-9, client_seconds=1e-6)
    with Repository.of_release(settings, published.release) as strict:
        client = create_app(strict).test_client()

        answers = [client.get(QUERY, environ_base=STRANGER) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "cache;desc=hit" in answers[2].headers["Server-Timing"]
