"""Two replicas of one release behind nginx: one is killed under load, and no GET fails."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

import nginx
import tiny_kb
from answers import ROOT
from diplograph import release as releases
from diplograph.client.access import Client
from diplograph.settings import Settings
from engines import running
from live import free_port, wait_for

PATHS = (
    "/doc/act/x-expels.ttl",
    "/queries/acts.csv",
    "/sparql?query=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D",
    "/health/ready",
)
CLIENTS = 4

pytestmark = [pytest.mark.slow, nginx.required]


@dataclass
class Site:
    """The address of the proxy, and the process of each replica by its port."""

    url: str
    replicas: dict[int, subprocess.Popen[bytes]]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    root = tiny_kb.write(tmp_path / "kb")
    releases.build(Settings.resolve(kb=root, environ={}))
    replicas = {}
    with ExitStack() as stack:
        for number in range(2):
            port, folder = free_port(), tmp_path / f"replica-{number}"
            folder.mkdir()
            command = [
                sys.executable,
                "-m",
                "diplograph.cli",
                "serve",
                *("--trusted-proxies", "1", "--forwarded"),
                "--kb",
                str(root),
                "--port",
                str(port),
            ]
            process = running([*command, "--workers", "1"], folder, f"http://127.0.0.1:{port}/health/ready")
            replicas[port] = stack.enter_context(process)
        port = stack.enter_context(nginx.proxy(tmp_path / "nginx", list(replicas)))
        yield Site(f"http://127.0.0.1:{port}", replicas)


def test_lines_of_the_document_serve_the_graph_under_a_path(tmp_path: Path) -> None:
    root, inner, outer = tiny_kb.write(tmp_path / "kb"), free_port(), free_port()
    releases.build(Settings.resolve(kb=root, environ={}))
    url = f"http://127.0.0.1:{outer}"
    document = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    lines = (
        document.partition("```nginx\n")[2]
        .partition("```")[0]
        .replace("127.0.0.1:8000", f"127.0.0.1:{inner}")
    )
    text = f"events {{ }}\nhttp {{ server {{ listen 127.0.0.1:{outer};\n{lines} }} }}\n"
    command = [sys.executable, "-m", "diplograph.cli", "serve", "--kb", str(root), "--workers", "1"]
    command += ["--port", str(inner), "--base-url", f"{url}/kg"]
    folder = tmp_path / "service"
    folder.mkdir()
    with (
        running(command, folder, f"http://127.0.0.1:{inner}/health/ready"),
        nginx.serving(tmp_path / "nginx", text, f"{url}/kg/health/ready"),
    ):
        thing = httpx.get(f"{url}/kg/id/act/x-expels", follow_redirects=True)
        void = httpx.get(f"{url}/.well-known/void", follow_redirects=True)
        with Client(f"{url}/kg/sparql") as client:
            rows = client.run("acts")
            described = client.describe("https://w3id.org/diplograph/id/act/x-expels")

    assert str(thing.url) == f"{url}/kg/doc/act/x-expels.ttl"
    assert f"{url}/kg/sparql" in void.text
    assert (len(list(rows)), len(described) > 0) == (2, True)


def test_no_get_fails_while_a_replica_is_killed(site: Site) -> None:
    stop = threading.Event()
    answers: list[tuple[str, int | str]] = []

    def ask(client: httpx.Client, path: str) -> int | str:
        try:
            if path == "POST":
                return client.post(f"{site.url}/sparql", data={"query": "ASK {?s ?p ?o}"}).status_code
            return client.get(site.url + path).status_code
        except httpx.HTTPError as error:
            return repr(error)

    def read() -> None:
        with httpx.Client(timeout=30) as client:
            while not stop.is_set():
                answers.extend((path, ask(client, path)) for path in (*PATHS, "POST"))

    readers = [threading.Thread(target=read) for _ in range(CLIENTS)]
    for reader in readers:
        reader.start()
    time.sleep(1.5)
    before = len(answers)
    next(iter(site.replicas.values())).kill()
    time.sleep(3)
    stop.set()
    for reader in readers:
        reader.join()

    failed = [answer for answer in answers if answer[1] != 200]
    # what a client sent by POST may have been done: it is told, and asks again if it likes
    assert {path for path, _ in failed} <= {"POST"}
    assert len(failed) <= CLIENTS
    assert before > 0
    assert len(answers) > before


def test_replicas_answer_alike_down_to_the_validator(site: Site) -> None:
    direct = [httpx.get(f"http://127.0.0.1:{port}/doc/act/x-expels.ttl") for port in site.replicas]
    through = httpx.get(f"{site.url}/doc/act/x-expels.ttl")

    assert {answer.headers["etag"] for answer in (*direct, through)} == {through.headers["etag"]}
    assert {answer.content for answer in (*direct, through)} == {through.content}


def test_refusals_come_through_as_they_are(site: Site) -> None:
    answer = httpx.get(f"{site.url}/sparql", params={"query": "SELECT"})

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed-query")
    assert wait_for(f"{site.url}/health/ready", next(iter(site.replicas.values()))) is None
