"""The service as it is run: Granian on a free port, asked by clients that are not ours."""

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import quote

import httpx
import pytest
from rdflib import Graph, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, TURTLE, SPARQLWrapper

import node
from diplograph import media
from diplograph.repository import Repository

pytestmark = pytest.mark.slow
ENGINES = ("embedded",)

DG = Namespace("https://w3id.org/diplograph/ontology#")
COUNT = "SELECT (COUNT(?a) AS ?n) WHERE { ?a a <https://w3id.org/diplograph/ontology#Expulsion> }"
EXPULSIONS = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
SELECT ?act { ?act a dg:Expulsion } ORDER BY ?act"""
PATIENCE = 60.0
SCRIPT = """
import sys
from pathlib import Path

from diplograph.cli.server import serve
from diplograph.release import current
from diplograph.settings import Settings

if __name__ == "__main__":
    kb, state, port = sys.argv[1:]
    settings = Settings.resolve(kb=Path(kb), environ={}, state=Path(state), port=int(port))
    serve(settings, current(settings))
"""


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the service ended by itself"
        try:
            if httpx.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the service did not become ready")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, published: Repository) -> Iterator[str]:
    """The address of the release in a running service."""
    port = free_port()
    script = tmp_path_factory.mktemp("live") / "run.py"
    script.write_text(SCRIPT, encoding="utf-8")
    settings = published.settings
    command = [sys.executable, str(script), str(settings.kb), str(settings.state), str(port)]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def connection(service: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(service.removeprefix("http://"), timeout=30)


def test_sparqlwrapper_gets_json_csv_and_turtle(service: str) -> None:
    client = SPARQLWrapper(f"{service}/sparql")
    client.setQuery(COUNT)
    client.setReturnFormat(JSON)
    assert int(client.query().convert()["results"]["bindings"][0]["n"]["value"]) > 3

    client.setMethod(POST)
    client.setReturnFormat(CSV)
    assert client.query().convert().startswith(b"n")

    client.setQuery("CONSTRUCT { ?s a ?o } WHERE { ?s a ?o } LIMIT 3")
    client.setReturnFormat(TURTLE)
    assert len(Graph().parse(data=client.query().convert(), format="turtle")) == 3


def test_store_of_rdflib_reads_the_endpoint(service: str) -> None:
    graph = Graph(SPARQLStore(f"{service}/sparql", returnFormat="json"))

    assert len(list(graph.subjects(None, DG.Expulsion))) > 3


def test_rdflib_follows_the_name_of_a_thing(service: str) -> None:
    graph = Graph().parse(f"{service}/id/state/japan")

    assert (URIRef("https://w3id.org/diplograph/id/state/japan"), None, None) in graph


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_gets_a_canned_query_as_csv(service: str) -> None:
    command = ["curl", "-sS", "-f", "-H", "Accept: text/csv", f"{service}/queries/sanctions"]

    answer = subprocess.run(command, capture_output=True, check=True, text=True)

    assert answer.stdout.count("\n") > 3


def test_comunica_selects_pages_constructs_and_is_told_why_not(service: str) -> None:
    answers = json.loads(node.run("comunica.mjs", f"{service}/sparql"))

    expected = httpx.get(f"{service}/sparql", params={"query": EXPULSIONS}, headers={"Accept": "text/csv"})
    acts = expected.text.split()[1:]
    assert len(acts) > 3
    assert answers["all"] == answers["made"] == acts
    assert answers["page"] == acts[1:3]
    assert answers["known"] is True
    assert "HTTP status 413" in answers["refused"]
    assert "/problems/too-large" in answers["refused"]


def test_head_has_the_length_and_no_body(service: str) -> None:
    for path in ("/", "/doc/state/japan.ttl", "/dumps", "/static/style.css"):
        plain = {"Accept-Encoding": "identity"}
        got, head = httpx.get(service + path, headers=plain), httpx.head(service + path, headers=plain)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) == len(got.content)


def test_chunked_query_is_read_whole(service: str) -> None:
    parts = (part for part in (b"ASK { ?s ?p ?o } #", b"x" * 60_000))

    answer = httpx.post(
        f"{service}/sparql", content=parts, headers={"Content-Type": "application/sparql-query"}
    )

    assert answer.json()["boolean"] is True


@pytest.mark.parametrize("length", [70_000, 6 << 20])
def test_client_that_sends_too_much_sees_why(service: str, length: int) -> None:
    answer = httpx.post(
        f"{service}/sparql", content=b"x" * length, headers={"Content-Type": "application/sparql-query"}
    )
    chunked = httpx.post(
        f"{service}/sparql",
        content=(b"x" * 1000 for _ in range(length // 1000)),
        headers={"Content-Type": "application/sparql-query"},
    )

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    assert (chunked.status_code, chunked.json()["type"]) == (413, "/problems/too-large")


def test_refused_write_is_answered_on_a_connection_that_stays(service: str) -> None:
    with closing(connection(service)) as line:
        for _ in range(3):
            line.request(
                "PUT", "/graphs?default", body=b"x" * 100_000, headers={"Content-Type": "text/turtle"}
            )
            answer = line.getresponse()
            answer.read()
            assert answer.status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/id/..%2f..%2f..%2fetc%2fpasswd",
        "/doc/act/%00",
        "/id/act/%ff%fe",
        "/doc/act/%0d%0aX-Evil:1",
        "//evil.example",
    ],
)
def test_strange_path_through_the_real_server_is_not_found(service: str, path: str) -> None:
    with closing(connection(service)) as line:
        line.request("GET", path, headers={"Host": "evil.example"})
        answer = line.getresponse()
        body = answer.read()

    assert answer.status == 404
    assert b"evil.example" not in body
    assert "X-Evil" not in answer.headers


def test_part_of_a_download_comes_through_the_real_server(service: str) -> None:
    address = httpx.get(f"{service}/dumps", headers={"Accept": "application/json"}).json()[0]["address"]

    part = httpx.get(service + address, headers={"Range": "bytes=0-99"})

    assert (part.status_code, len(part.content)) == (206, 100)


def test_request_head_that_is_too_long_is_refused_and_the_next_is_answered(service: str) -> None:
    answer = httpx.get(service + "/version", headers={"X-Long": "x" * (300 << 10)})

    assert answer.status_code == 431
    assert httpx.get(service + "/version").status_code == 200


@pytest.mark.parametrize(("length", "status"), [(60_000, 200), (70_000, 414)])
def test_address_may_have_nearly_64_kilobytes(service: str, length: int, status: int) -> None:
    with closing(connection(service)) as line:
        line.request("GET", "/sparql?query=ASK%20%7B%7D%23" + "x" * length)
        assert line.getresponse().status == status


def test_client_that_does_not_end_its_head_is_let_go(service: str) -> None:
    host, port = service.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(b"GET /version HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        began = time.monotonic()
        line.recv(100)

    assert 5 < time.monotonic() - began < 20


def test_kept_answer_is_sent_whole_and_packed(service: str) -> None:
    for _ in range(3):
        for coding in ("gzip", "zstd", "identity"):
            answer = httpx.get(f"{service}/doc/state/japan.ttl", headers={"Accept-Encoding": coding})
            assert answer.headers.get("content-encoding", "identity") == coding
            assert answer.text.startswith("PREFIX")
    assert "cache;desc=hit" in answer.headers["server-timing"]


def hits(service: str) -> int:
    """How many answers were sent from the cache."""
    figures = httpx.get(f"{service}/metrics").text
    return int(float(re.findall(r"^diplograph_cache_hits_total (\S+)", figures, re.MULTILINE)[0]))


def test_many_clients_at_once_are_answered_from_the_cache_and_past_it(service: str) -> None:
    path, posted = "/doc/state/russia.ttl", f"ASK {{}} # {time.time()}"
    expected, before = httpx.get(f"{service}{path}").text, hits(service)

    def ask(number: int) -> list[str]:
        with httpx.Client(base_url=service) as client:
            answers = [client.get(path) for _ in range(40)]
            other = client.post(
                "/sparql", data={"query": f"{posted} {number}"}, headers={"Accept": media.JSON}
            )
        assert [answer.text for answer in answers] == [expected] * 40
        assert other.json()["boolean"] is True
        return [answer.headers["x-request-id"] for answer in answers]

    with ThreadPoolExecutor(16) as threads:
        names = [name for answers in threads.map(ask, range(32)) for name in answers]

    assert len(set(names)) == hits(service) - before == 32 * 40


def test_openrefine_reconciles_a_column(service: str) -> None:
    """The requests of its dialog, in their order: manifest, types guessed from a sample, batches, preview."""
    with httpx.Client(base_url=service, headers={"Origin": "http://127.0.0.1:3333"}) as openrefine:
        manifest = openrefine.get("/reconcile").json()
        sample = {"q0": {"query": "Japan", "limit": 3}, "q1": {"query": "Россия", "limit": 3}}
        guessed = openrefine.post("/reconcile", data={"queries": json.dumps(sample)})
        kind = guessed.json()["q0"]["result"][0]["type"][0]["id"]
        batch = {
            "q0": {"query": "日本", "type": kind, "type_strict": "should", "limit": 3, "properties": []},
            "q1": {"query": "Rusxia", "type": kind, "type_strict": "should", "limit": 3},
        }
        found = openrefine.post("/reconcile", data={"queries": json.dumps(batch)}).json()
        first = found["q0"]["result"][0]
        preview = openrefine.get(manifest["preview"]["url"].replace("{{id}}", quote(first["id"], safe="")))
        typed = openrefine.get("/reconcile/suggest/entity", params={"prefix": "jap"})

    assert guessed.headers["Access-Control-Allow-Origin"] == "*"
    assert kind == str(DG.State)
    assert (first["name"], first["match"]) == ("Japan", True)
    assert (found["q1"]["result"][0]["name"], found["q1"]["result"][0]["match"]) == ("Russia", False)
    assert preview.status_code == 200
    assert "日本" in preview.text
    assert typed.json()["result"][0]["name"] == "Japan"
