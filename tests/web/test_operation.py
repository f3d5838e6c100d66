"""What operators see: figures, the log, request ids, kept answers through the real application."""

import io
import json
import logging
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from diplograph.repository import Repository
from diplograph.web import create_app, logs, responses
from diplograph.web.metrics import Metrics

SECRET = "s3cr3t-t0ken"


def sample(client: FlaskClient, name: str, **labels: str) -> float:
    text = client.get("/metrics").get_data(as_text=True)
    found = [
        one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if one.name == name and labels.items() <= one.labels.items()
    ]
    return sum(found)


@pytest.fixture
def fresh(published: Repository) -> FlaskClient:
    """A client of the service with nothing kept and nothing counted."""
    return create_app(published).test_client()


class LogLines:
    """What is logged while a test runs."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def lines() -> Iterator[LogLines]:
    found = LogLines()
    handler = logging.StreamHandler(found.stream)
    handler.setFormatter(logs.JsonFormatter())
    level = logs.LOG.level
    logging.getLogger().addHandler(handler)
    logs.LOG.setLevel(logging.INFO)
    yield found
    logging.getLogger().removeHandler(handler)
    logs.LOG.setLevel(level)


def test_answers_are_counted_by_route_and_status(fresh: FlaskClient) -> None:
    for _ in range(3):
        fresh.get("/doc/state/japan.ttl")
    fresh.get("/nothing/of/the/kind")

    assert sample(fresh, "diplograph_requests_total", status="200", route="/doc/<kind>/<slug>") == 3
    assert sample(fresh, "diplograph_requests_total", status="404", route="none") == 1
    assert sample(fresh, "diplograph_cache_hits_total") == 2
    assert sample(fresh, "diplograph_cache_bytes") > 1000


def test_answers_are_counted_exactly_by_any_number_of_threads() -> None:
    metrics = Metrics()

    def count() -> None:
        for number in range(5000):
            metrics.count("/x", 200, cached=number % 2 == 0)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        metrics.text()
    for thread in threads:
        thread.join()
    figures = metrics.text().decode()

    assert 'diplograph_requests_total{route="/x",status="200"} 20000.0' in figures
    assert "diplograph_cache_hits_total 10000.0" in figures


def test_work_is_counted_by_form_and_outcome(fresh: FlaskClient) -> None:
    fresh.get("/sparql?query=ASK%20%7B%7D")
    fresh.get("/sparql?query=ASK%20%7B%7D")

    assert sample(fresh, "diplograph_query_seconds_count", form="ask", outcome="ok") == 1
    assert sample(fresh, "diplograph_engine_requests") == 0
    assert sample(fresh, "diplograph_queue_length") == 0


def test_killed_work_is_counted_and_logged(fresh: FlaskClient, engine_name: str, lines: LogLines) -> None:
    if engine_name != "embedded":
        pytest.skip("an engine elsewhere has no worker of ours to kill: 504 engine-timeout, tested with it")
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    answer = fresh.get("/sparql", query_string={"query": query, "timeout": "0.2"})

    assert answer.status_code == 503
    assert sample(fresh, "diplograph_worker_kills_total", reason="query-timeout") == 1
    name = answer.headers["X-Request-Id"]
    assert [line["logger"] for line in lines.read() if line["request_id"] == name] == [
        "diplograph.web.metrics",
        "diplograph.access",
    ]


def test_release_in_service_is_told(fresh: FlaskClient, published: Repository) -> None:
    assert sample(fresh, "diplograph_release_info", release=published.release.name) == 1


@pytest.mark.parametrize("text", ["<script>", 'x"} 1\n', "é"])
def test_no_figure_is_labelled_with_what_a_client_sent(fresh: FlaskClient, text: str) -> None:
    fresh.get(f"/{text}", query_string={text: text}, headers={"User-Agent": "zzz"})
    fresh.open("/sparql", method="ZZZ")

    figures = fresh.get("/metrics").get_data(as_text=True)
    assert text not in figures
    assert "ZZZ" not in figures


def test_counts_go_on_over_a_later_release(published: Repository) -> None:
    metrics = Metrics()
    for _ in range(2):
        create_app(published, metrics).test_client().get("/version")

    last = create_app(published, metrics).test_client()
    assert sample(last, "diplograph_requests_total", route="/version") == 2
    assert sample(last, "diplograph_cache_bytes") == 0


def test_every_answer_names_its_request_and_an_error_the_same(fresh: FlaskClient) -> None:
    names = {fresh.get("/version").headers["X-Request-Id"] for _ in range(3)}
    error = fresh.get("/nothing", headers={"X-Request-Id": "mine"})

    assert len(names) == 3
    assert error.headers["X-Request-Id"] == error.get_json()["request_id"] != "mine"


def test_request_that_worked_is_logged_and_a_kept_answer_is_not(fresh: FlaskClient, lines: LogLines) -> None:
    for _ in range(3):
        fresh.get("/doc/state/japan.ttl")

    [line] = lines.read()
    assert (line["path"], line["status"], line["worked"]) == ("/doc/state/japan.ttl", 200, True)


def test_error_is_logged_with_its_request(fresh: FlaskClient, lines: LogLines) -> None:
    answer = fresh.get("/nothing")

    assert [line["request_id"] for line in lines.read()] == [answer.headers["X-Request-Id"]]


def test_credentials_and_line_breaks_stay_out_of_the_log(fresh: FlaskClient, lines: LogLines) -> None:
    fresh.get(
        f"/nothing%0a{{}}?access_token={SECRET}&q=Bearer%20{SECRET}",
        headers={"Authorization": f"Bearer {SECRET}", "User-Agent": f"Basic {SECRET}"},
    )
    fresh.get("/nothing?" + "x" * 50_000)

    first, second = lines.read()
    assert SECRET not in json.dumps(first)
    assert first["authorization"] == "[redacted]"
    assert first["path"] == "/nothing\n{}"
    assert len(str(second["query"])) <= 2048


def test_log_for_a_terminal_is_lines_to_read_that_command_nothing(fresh: FlaskClient) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.PlainFormatter())
    logs.LOG.addHandler(handler)
    logs.LOG.setLevel(logging.INFO)
    try:
        fresh.get("/nothing%1b[2J?q=1")
        fresh.get("/nothing?" + "x" * 5000)
    finally:
        logs.LOG.removeHandler(handler)

    first, second = stream.getvalue().splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d GET /nothing\\x1b\[2J\?q=1 404 in \d+ ms", first)
    assert len(second) < 140


def test_posted_query_is_evaluated_once(fresh: FlaskClient) -> None:
    for _ in range(3):
        answer = fresh.post("/sparql", data={"query": "ASK {}"})
        assert answer.get_json()["boolean"] is True
        assert answer.headers["Cache-Control"] == "no-store"

    assert sample(fresh, "diplograph_query_seconds_count", form="ask") == 1


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_query_that_differs_each_time_is_never_kept(fresh: FlaskClient, call: str, method: str) -> None:
    sent = {"query": f"SELECT ({call} AS ?x) {{}}"}
    given = {"query_string": sent} if method == "GET" else {"data": sent}

    first, second = (fresh.open("/sparql", method=method, **given) for _ in range(2))

    assert first.data != second.data


def test_answers_do_not_depend_on_headers_that_are_not_keyed(
    fresh: FlaskClient, published: Repository
) -> None:
    strange = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Original-URL": "/evil",
        "X-HTTP-Method-Override": "DELETE",
        "Forwarded": "host=evil.example",
        "Origin": "https://evil.example",
        "Referer": "https://evil.example",
        "Cookie": "evil=1",
        "User-Agent": "evil",
        "Accept-Language": "ja",
    }
    for path in ("/", "/doc/state/japan", "/.well-known/void", "/queries", "/id/state/japan"):
        clean = create_app(published).test_client().get(path)
        first = fresh.get(path, headers=strange)

        assert first.data == clean.data
        assert fresh.get(path).data == clean.data
        assert first.headers.get("Location") == clean.headers.get("Location")


def test_limits_of_request_heads_and_kept_answers_are_told(fresh: FlaskClient) -> None:
    limits = fresh.get("/limits", headers={"Accept": "application/json"}).get_json()

    assert limits["request_head_bytes"] == 128 << 10
    assert limits["request_head_seconds"] == 10
    assert limits["kept_answers_bytes"] == 64 << 20


def test_every_limit_is_told_in_words_with_its_unit(fresh: FlaskClient) -> None:
    limits = fresh.get("/limits", headers={"Accept": "application/json"}).get_json()
    page = fresh.get("/limits", headers={"Accept": "text/html"}).text

    told = re.findall(r'<th scope="row">(.+?)</th><td class="number">(.+?)</td><td><code>(\w+)</code>', page)
    amounts = {name: amount for _, amount, name in told}
    assert amounts.keys() == limits.keys()
    assert not any("_" in says for says, _, _ in told)
    assert (amounts["request_head_bytes"], amounts["request_head_seconds"]) == ("128 KiB", "10 s")
    assert (amounts["result_rows"], amounts["upload_triples"]) == ("no limit", "100,000")
    assert amounts["loopback_clients_are_limited"] == "no"


@pytest.mark.parametrize(
    ("count", "told"),
    [
        *[(0, "0 bytes"), (999, "999 bytes"), (1024, "1 KiB"), (1536 << 10, "1.5 MiB"), (1 << 30, "1 GiB")],
        *[(1000, "1 kB"), (312_345, "312 kB"), (3_050_001, "3.05 MB"), (1_234_567_891_011, "1,235 GB")],
    ],
)
def test_sizes_are_told_in_the_unit_that_they_are_round_in(count: int, told: str) -> None:
    assert responses.size(count) == told
