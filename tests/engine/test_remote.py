"""The remote engine against endpoints that fail in every known way: never a 200, never too late."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

import tiny_kb
from diplograph import release as releases
from diplograph.engine import operations
from diplograph.engine.protocol import Operation
from diplograph.engine.remote import RemoteEngine
from diplograph.engine.upstream import Circuit
from diplograph.errors import (
    EngineTimeout,
    EngineUnavailable,
    FederationDisabled,
    MalformedQuery,
    ResultTooLarge,
)
from diplograph.namespaces import MERGED, NOTHING
from diplograph.release import Release
from diplograph.repository import Repository
from diplograph.settings import Settings

XSD = "http://www.w3.org/2001/XMLSchema#"
JSON = "application/sparql-results+json"
NT = "application/n-triples"
ASK = Operation("ASK { ?s ?p ?o }", "ask")
ROWS = Operation("SELECT ?s WHERE { ?s ?p ?o }", "select")
GRAPH = Operation("CONSTRUCT WHERE { ?s ?p ?o }", "construct")
Handle = Callable[["Handler", dict[str, list[str]]], None]


class Handler(BaseHTTPRequestHandler):
    """Lets a function of the test write the answer."""

    protocol_version = "HTTP/1.1"
    server: "Fake"

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.requests.append(form)
        if form["query"][0].startswith("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"):
            self.server.census(self, form)
        elif "?half" in form["query"][0]:
            self.say(bindings([self.server.values], "half", "same"))
        else:
            self.server.handle(self, form)

    def say(self, body: bytes, media: str = JSON, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


class Fake(ThreadingHTTPServer):
    """An endpoint that holds the release, as far as counting goes."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, release: Release, handle: Handle, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.handle = handle
        self.requests: list[dict[str, list[str]]] = []
        self.sizes = {iri: facts["triples"] for iri, facts in release.manifest["graphs"].items()}
        self.values = {
            "half": {"type": "literal", "value": "3.5", "datatype": f"{XSD}decimal"},
            "same": {"type": "literal", "value": "true", "datatype": f"{XSD}boolean"},
        }
        self.twice = 0  # triples that several default graphs make it count twice
        self.merged = release.manifest["quads"] - sum(self.sizes.values())

    def census(self, handler: Handler, form: dict[str, list[str]]) -> None:
        graphs = form.get("default-graph-uri", [])
        size = self.merged if not graphs else sum(self.sizes.get(graph, 0) for graph in graphs)
        size += self.twice if len(graphs) > 1 else 0
        handler.say(bindings([{"n": {"type": "literal", "value": str(size)}}], "n"))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/query"


def bindings(rows: list[dict[str, dict[str, str]]], *names: str) -> bytes:
    return json.dumps({"head": {"vars": names}, "results": {"bindings": rows}}).encode()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tiny_kb.write(tmp_path_factory.mktemp("tiny"))
    return Settings.resolve(kb=root, environ={}, workers=1, timeout=5.0, max_result=1 << 20)


@pytest.fixture(scope="module")
def release(settings: Settings) -> Release:
    return releases.build(settings)


@contextmanager
def serving(release: Release, settings: Settings, handle: Handle) -> Iterator[tuple[Fake, RemoteEngine]]:
    with Fake(release, handle) as fake:
        threading.Thread(target=fake.serve_forever, daemon=True).start()
        with Repository.of_release(replace(settings, engine=fake.url), release) as published:
            assert isinstance(published.engine, RemoteEngine)
            yield fake, published.engine
        fake.shutdown()


def yes(handler: Handler, _: dict[str, list[str]]) -> None:
    handler.say(b'{"head": {}, "boolean": true}')


def stalled(handler: Handler, _: dict[str, list[str]]) -> None:
    time.sleep(6)


def trickling(handler: Handler, _: dict[str, list[str]]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    try:
        for _number in range(40):
            handler.wfile.write(b" ")
            time.sleep(0.2)
    except OSError:
        return


def reset(handler: Handler, _: dict[str, list[str]]) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def short(handler: Handler, _: dict[str, list[str]]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"head"')
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def endless(handler: Handler, _: dict[str, list[str]]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", str(10 << 30))
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * 65536)
    except OSError:
        return


def saying(body: bytes, media: str = JSON, status: int = 200, **headers: str) -> Handle:
    return lambda handler, _: handler.say(body, media, status, **headers)


WHOLE = bindings([], "s")
FAILURES = {
    "connection reset": (reset, EngineUnavailable),
    "body cut off": (short, EngineUnavailable),
    "JSON cut off": (saying(WHOLE[:-1]), EngineUnavailable),
    "JSON of something else": (saying(b'{"error": "x"}'), EngineUnavailable),
    "a page": (saying(b"<html></html>", "text/html"), EngineUnavailable),
    "a page that says it is JSON": (saying(b"<html></html>"), EngineUnavailable),
    "compressed": (saying(WHOLE, Content_Encoding="gzip"), EngineUnavailable),
    "a redirect": (saying(b"", status=302, Location="http://127.0.0.1:1/"), EngineUnavailable),
    "206": (saying(WHOLE, status=206), EngineUnavailable),
    "another SQL state": (saying(WHOLE, X_SQL_State="01004"), EngineUnavailable),
    "401": (saying(b"", status=401), EngineUnavailable),
    "500": (saying(b"broken", "text/plain", 500), EngineUnavailable),
    "503": (saying(b"", status=503), EngineUnavailable),
    "204": (saying(b"", status=204), EngineUnavailable),
    "anytime results": (saying(WHOLE, X_SQL_State="S1TAT"), EngineTimeout),
    "500 for its own limit": (saying(b"Virtuoso S1T00 Error: timeout", "text/plain", 500), EngineTimeout),
    "504": (saying(b"", status=504), EngineTimeout),
    "an answer without end": (endless, ResultTooLarge),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failure_of_the_endpoint_is_said_and_never_an_answer(release, settings, name):
    handle, expected = FAILURES[name]
    with (
        serving(release, settings, handle) as (_, engine),
        pytest.raises(expected) as raised,
    ):
        engine.evaluate(ROWS, "text/csv")

    assert "127.0.0.1" not in raised.value.detail


def test_the_columns_of_select_star_are_asked_for_as_the_query_first_has_them(release, settings):
    with serving(release, settings, saying(bindings([], "s", "p", "o"))) as (fake, engine):
        answer = engine.evaluate(Operation("SELECT * { ?s ?p ?o }", "select"), "text/csv")

    assert fake.requests[-1]["query"][0].split() == ["SELECT", "?s", "?p", "?o", "{", "?s", "?p", "?o", "}"]
    assert answer.body == b"s,p,o\r\n"


@pytest.mark.slow
@pytest.mark.parametrize("handle", [stalled, trickling])
def test_late_answer_is_cut_at_the_deadline(release, settings, handle):
    with serving(release, settings, handle) as (_, engine):
        engine.endpoint_check()
        engine.run("read-query", {"text": ASK.text, "base": None})
        began = time.monotonic()
        with pytest.raises(EngineTimeout) as raised:
            engine.evaluate(ASK, JSON, 0.5)

    assert time.monotonic() - began < 0.5 + 1 + 1.5  # the fakes take six seconds and more
    assert raised.value.facts["limit"] == 0.5


def test_waiting_for_a_worker_counts_for_the_deadline(release, settings):
    with serving(release, settings, stalled) as (_, engine):
        engine.endpoint_check()
        engine.run("read-query", {"text": ASK.text, "base": None})
        taken = threading.Event()

        def occupy():
            with engine._local._pool.worker(5):
                taken.set()
                time.sleep(1)

        threading.Thread(target=occupy).start()
        taken.wait()
        began = time.monotonic()
        with pytest.raises(EngineTimeout) as raised:
            engine.evaluate(ASK, JSON, 1.2)

    assert time.monotonic() - began < 1.2 + 1 + 0.5
    assert raised.value.facts["limit"] == 1.2


def test_endpoint_that_is_down_is_unavailable_and_used_again_once_it_is_up(release, settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/query"
    with Repository.of_release(replace(settings, engine=url), release) as published:
        with pytest.raises(EngineUnavailable):
            published.engine.evaluate(ASK, JSON)
        with Fake(release, yes, port) as fake:
            threading.Thread(target=fake.serve_forever, daemon=True).start()
            assert json.loads(published.engine.evaluate(ASK, JSON).body)["boolean"] is True
            fake.shutdown()


def test_query_sent_on_a_connection_that_was_closed_meanwhile_is_sent_again(release, settings):
    seen: list[int] = []

    def once(handler: Handler, form: dict[str, list[str]]) -> None:
        seen.append(1)
        if len(seen) == 1:
            reset(handler, form)
        else:
            yes(handler, form)

    with serving(release, settings, once) as (_, engine):
        assert json.loads(engine.evaluate(ASK, JSON).body)["boolean"] is True
    assert len(seen) == 2


def test_endpoint_that_holds_another_release_is_refused(release, settings):
    with serving(release, settings, yes) as (fake, engine):
        fake.sizes[next(iter(fake.sizes))] += 1
        with pytest.raises(EngineUnavailable) as raised:
            engine.evaluate(ASK, JSON)

    assert "diplograph push" in str(raised.value.facts["hint"])


def test_endpoint_whose_default_graph_is_something_else_is_refused(release, settings):
    with serving(release, settings, yes) as (fake, engine):
        fake.merged, fake.twice = 0, 1
        with pytest.raises(EngineUnavailable):
            engine.evaluate(ASK, JSON)


def test_merge_that_was_pushed_as_a_graph_is_named_in_each_query(release, settings):
    with serving(release, settings, yes) as (fake, engine):
        fake.sizes[MERGED] = fake.merged
        engine.evaluate(ASK, JSON)

    sent = fake.requests[-1]
    assert sent["default-graph-uri"] == [MERGED]
    assert set(sent["named-graph-uri"]) == set(release.manifest["graphs"])


def test_graph_that_the_release_does_not_hold_is_never_sent(release, settings):
    query = "ASK FROM <http://127.0.0.1/x> FROM NAMED <file:///etc/passwd> { ?s ?p ?o }"
    with serving(release, settings, yes) as (fake, engine):
        engine.evaluate(operations.operation(query), JSON)
        engine.evaluate(operations.operation("ASK {}", ["http://127.0.0.1/x", MERGED], []), JSON)

    for sent in fake.requests[-2:]:
        assert sent["default-graph-uri"] == sent["named-graph-uri"] == [NOTHING]


def test_query_is_read_here_before_it_is_sent(release, settings):
    with serving(release, settings, yes) as (fake, engine):
        engine.endpoint_check()
        asked = len(fake.requests)
        with pytest.raises(MalformedQuery) as raised:
            engine.evaluate(Operation("SELECT count(*) {\n?s ?p", "select"), JSON)
        with pytest.raises(FederationDisabled):
            operations.operation("ASK { SERVICE <http://127.0.0.1/> {} }")

    assert raised.value.facts["position"]
    assert len(fake.requests) == asked


def test_answer_is_written_here_in_every_syntax_and_cut_where_the_client_asked(release, settings):
    rows = [{"s": {"type": "uri", "value": f"urn:{number}"}} for number in range(3)]
    with serving(release, settings, saying(bindings(rows, "s"))) as (_, engine):
        whole = engine.evaluate(ROWS, "text/csv")
        cut = engine.evaluate(replace(ROWS, limit=2), JSON)

    assert (whole.body, whole.rows, whole.complete) == (b"s\r\nurn:0\r\nurn:1\r\nurn:2\r\n", 3, True)
    assert (cut.rows, cut.complete) == (2, False)
    assert json.loads(cut.body)["head"]["complete"] is False


def test_terms_as_virtuoso_writes_them_are_read(release, settings):
    row = {
        "a": {"type": "bnode", "value": "nodeID://b1"},
        "b": {"type": "typed-literal", "datatype": f"{XSD}boolean", "value": "1"},
        "c": {"type": "literal", "xml:lang": "ja", "value": "日本"},
    }
    with serving(release, settings, saying(bindings([row], "a", "b", "c", "d"))) as (_, engine):
        answer = engine.evaluate(ROWS, "text/tab-separated-values")

    assert answer.body.decode() == '?a\t?b\t?c\t?d\n_:b1\ttrue\t"日本"@ja\t\n'


def test_graph_is_a_set_of_triples_in_a_fixed_order(release, settings):
    body = b'<urn:b> <urn:p> "2" .\n<urn:a>\t<urn:p>\t"1" .\n<urn:b> <urn:p> "2" .\n'
    with serving(release, settings, saying(body, "text/plain")) as (_, engine):
        answer = engine.evaluate(GRAPH, NT)

    assert (answer.rows, answer.body) == (2, b'<urn:a> <urn:p> "1" .\n<urn:b> <urn:p> "2" .\n')


def test_deadline_is_passed_on_to_virtuoso_in_milliseconds(release, settings):
    class Named(Handler):
        server_version = "Virtuoso/07.20.3229"

    with serving(release, settings, yes) as (fake, engine):
        fake.RequestHandlerClass = Named
        engine.evaluate(ASK, JSON, 3)
        engine.evaluate(ASK, JSON, 3)

    (sent,) = fake.requests[-1]["timeout"]
    assert 2000 < int(sent) <= 3000


def test_several_default_graphs_are_merged_here_when_the_endpoint_does_not(release, settings):
    both = list(release.manifest["graphs"])
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    with serving(release, settings, yes) as (fake, engine):
        fake.twice = 1
        engine.endpoint_check()
        asked = len(fake.requests)
        answer = engine.evaluate(operations.operation(query, both, []), "text/csv")

    assert int(answer.body.split()[1]) == fake.merged
    assert len(fake.requests) == asked


@pytest.mark.parametrize("status", [400, 500, 501])
def test_query_that_the_endpoint_cannot_evaluate_is_answered_from_the_release(release, settings, status):
    with serving(release, settings, saying(b"Virtuoso 37000 Error SP031", "text/plain", status)) as (
        _,
        engine,
    ):
        answer = engine.evaluate(ROWS, "text/csv")

    assert answer.body.count(b"\r\n") > 2


def test_dataset_in_the_text_goes_out_as_that_of_the_request(release, settings):
    first, *_ = release.manifest["graphs"]
    query = f"PREFIX g: <{first}> ASK FROM g: FROM NAMED <{first}> {{ ?from ?p 'FROM' }}"
    with serving(release, settings, yes) as (fake, engine):
        engine.evaluate(operations.operation(query), JSON)

    sent = fake.requests[-1]
    assert "FROM g:" not in sent["query"][0]
    assert "{ ?from ?p 'FROM' }" in sent["query"][0]
    assert sent["default-graph-uri"] == sent["named-graph-uri"] == [first]


@pytest.mark.parametrize(
    ("projection", "local"),
    [
        ("(COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) (GROUP_CONCAT(?p; SEPARATOR=' ') AS ?q)", False),
        ("('x' AS ?x) (1 AS ?y)", False),
        ("(7 / 2 AS ?half)", True),
        ("(COUNT(*) + 1 AS ?n)", True),
        ("(EXISTS { ?s ?p ?o } AS ?there)", True),
        ("(<x> AS ?iri)", True),
    ],
)
def test_values_are_computed_here_where_the_endpoint_computes_otherwise(release, settings, projection, local):
    query = operations.operation(f"SELECT {projection} WHERE {{ ?s ?p ?o }}", base="http://127.0.0.1/")
    with serving(release, settings, saying(bindings([], "n"))) as (fake, engine):
        fake.values["half"]["value"] = "3"
        engine.endpoint_check()
        asked = len(fake.requests)
        engine.evaluate(query, JSON)

    assert (len(fake.requests) == asked) is local


def test_validation_runs_in_a_local_worker(release, settings):
    payload = {"rdf": b"", "media": "text/turtle", "against": "none", "name": release.name}
    caps = {"max_bytes": 1000, "max_triples": 10, "max_findings": 10}
    with serving(release, settings, yes) as (fake, engine):
        assert "conforms" in engine.run("validate", payload | caps)

    assert fake.requests == []


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "not a url", "http://", "http://[::1"])
def test_address_that_is_none_is_refused_at_start(release, settings, url):
    with pytest.raises(EngineUnavailable):
        Repository.of_release(replace(settings, engine=url), release)


def test_loose_files_are_answered_here_whatever_the_settings_name(settings, tmp_path):
    path = tmp_path / "x.nt"
    path.write_text("<urn:s> <urn:p> <urn:o> .")
    with Repository.of_files([str(path)], replace(settings, engine="http://127.0.0.1:1/")) as published:
        assert published.engine.evaluate(ROWS, "text/csv").body == b"s\r\nurn:s\r\n"


def test_password_in_the_address_is_not_shown(settings):
    assert "secret" not in repr(replace(settings, engine="http://user:secret@127.0.0.1/query"))


def test_circuit_opens_after_failures_in_a_row_and_lets_one_try_after_a_pause():
    circuit = Circuit(failures=2, pause=0.05)
    circuit.fails()
    circuit.enter()
    circuit.fails()
    with pytest.raises(EngineUnavailable):
        circuit.enter()
    time.sleep(0.06)
    circuit.enter()
    with pytest.raises(EngineUnavailable):
        circuit.enter()
    circuit.works()
    circuit.enter()


def test_engine_may_be_named_in_the_environment(tmp_path: Path):
    root = tiny_kb.write(tmp_path)

    assert Settings.resolve(root, {"DIPLOGRAPH_ENGINE": "http://a/"}).engine == "http://a/"
    assert (
        Settings.resolve(root, {"DIPLOGRAPH_ENGINE": "http://a/"}, engine="http://b/").engine == "http://b/"
    )
