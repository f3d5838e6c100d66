"""A request that breaks off changes nothing and leaves no work behind, wherever it is cut."""

import os
import select
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

import tiny_kb
from diplograph.changes.tokens import Tokens
from diplograph.namespaces import DGG
from diplograph.settings import Settings
from live import free_port, wait_for

ENGINES = ("embedded",)
pytestmark = pytest.mark.slow

GRAPH = str(DGG.a2)
WRITES = f"/graphs?graph={quote(GRAPH)}"
ACTS = "".join(
    f'act:n{number} a dg:Expulsion ; rdfs:label "{number}"@en ; dg:actor state:x ; dg:target state:y .\n'
    for number in range(40)
)
BODY = (tiny_kb.PROLOGUE + ACTS).encode()
CUTS = {
    "nothing": 0,
    "one byte": 1,
    "a whole statement": BODY.rindex(b"act:n39"),
    "all but a byte": len(BODY) - 1,
}
"""How much of the body is sent: after a statement it parses, and only its length shows what is missing."""
BOUNDARY = b"boundary"
FORM = (
    b'--%s\r\nContent-Disposition: form-data; name="f"; filename="f.ttl"\r\nContent-Type: text/turtle\r\n\r\n'
    % (BOUNDARY)
)


@dataclass(frozen=True)
class Service:
    """A service over a knowledge base of its own, and a token for it."""

    port: int
    pid: int
    token: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def head(self, method: str, *fields: str, path: str = WRITES) -> bytes:
        lines = (
            f"{method} {path} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {self.token}",
            *fields,
        )
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    def state(self) -> tuple[str, str]:
        """What the graph holds and what the journal says."""
        graph = httpx.get(
            f"{self.url}/graphs", params={"graph": GRAPH}, headers={"Accept": "application/n-triples"}
        )
        return graph.text, httpx.get(f"{self.url}/changes", headers={"Accept": "application/json"}).text

    def put(self, body: bytes) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "text/turtle"}
        return httpx.put(
            f"{self.url}/graphs", params={"graph": GRAPH}, content=body, headers=headers, timeout=60
        )


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    kb = tiny_kb.write(tmp_path_factory.mktemp("cut") / "kb")
    token = Tokens(Settings.resolve(kb, environ={}).state).create("Ada")
    port = free_port()
    command = [sys.executable, "-m", "diplograph.cli", "serve", "--kb", str(kb), "--port", str(port)]
    process = subprocess.Popen(command)
    try:
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)
        made = Service(port, process.pid, token)
        assert made.put(BODY).status_code == 201
        yield made
    finally:
        process.terminate()
        process.wait(timeout=30)


def send(service: Service, data: bytes, ending: str) -> bytes:
    """What is answered to a request after which the client ends the connection in one of two ways."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as line:
        line.sendall(data)
        time.sleep(0.05)  # let the server begin with the body
        if ending == "RST":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
            time.sleep(0.2)  # nobody answers: give a write that should not be the time to be made
            return b""
        if ending == "FIN":  # not after a whole request: an answer that is not there yet is dropped then
            line.shutdown(socket.SHUT_WR)
        answer = b""
        while select.select([line], [], [], 10)[0] and (part := line.recv(65536)):
            answer += part
        return answer


@pytest.mark.parametrize("ending", ["FIN", "RST"])
@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_body_that_ends_before_its_length_changes_nothing(
    service: Service, method: str, cut: str, ending: str
) -> None:
    before = service.state()
    head = service.head(method, "Content-Type: text/turtle", f"Content-Length: {len(BODY)}")

    answer = send(service, head + BODY[: CUTS[cut]], ending)

    assert answer.startswith(b"HTTP/1.1 400 ") or ending == "RST"
    assert answer == b"" or b"Content-Length" in answer
    assert service.state() == before


@pytest.mark.parametrize(
    ("last", "ending"),
    [(b"", "FIN"), (b"", "RST"), (b"0\r\n\r\n", "none"), (b"0\r\n\r\n", "RST")],
    ids=["cut-FIN", "cut-RST", "whole-none", "whole-RST"],
)
@pytest.mark.parametrize(
    ("method", "path"), [*((method, WRITES) for method in ("PUT", "POST", "DELETE")), ("POST", "/validate")]
)
def test_a_body_in_chunks_is_refused_where_a_part_could_pass_for_the_whole(
    service: Service, method: str, path: str, last: bytes, ending: str
) -> None:
    before = service.state()
    fields = ("Content-Type: text/turtle", "Transfer-Encoding: chunked", "Connection: close")
    head = service.head(method, *fields, path=path)
    sent = BODY[: CUTS["a whole statement"]]

    answer = send(service, head + b"%x\r\n%s\r\n" % (len(sent), sent) + last, ending)

    assert answer.startswith(b"HTTP/1.1 411 ") or ending == "RST"
    assert service.state() == before


@pytest.mark.parametrize("ending", ["FIN", "RST"])
def test_a_form_that_is_cut_behind_a_part_changes_nothing(service: Service, ending: str) -> None:
    before = service.state()
    whole = FORM + BODY + b"\r\n" + FORM + BODY + b"\r\n--%s--\r\n" % BOUNDARY
    fields = ("Content-Type: multipart/form-data; boundary=boundary", f"Content-Length: {len(whole)}")

    answer = send(service, service.head("PUT", *fields) + FORM + BODY + b"\r\n--%s--\r\n" % BOUNDARY, ending)

    assert answer.startswith(b"HTTP/1.1 400 ") or ending == "RST"
    assert service.state() == before


@pytest.mark.parametrize(
    "form",
    [
        FORM + BODY,  # no boundary ends it
        FORM
        + BODY
        + b"\r\n"
        + FORM.replace(b'; filename="f.ttl"', b"")
        + BODY
        + b"\r\n--%s--\r\n" % BOUNDARY,
        b"no form at all",
        b"",
    ],
    ids=["cut with its length", "a part that is no file", "no form", "empty"],
)
@pytest.mark.parametrize("path", [WRITES, "/validate"])
def test_a_form_that_is_not_whole_is_refused_whatever_its_length_says(
    service: Service, path: str, form: bytes
) -> None:
    before = service.state()
    fields = ("Content-Type: multipart/form-data; boundary=boundary", f"Content-Length: {len(form)}")

    answer = send(service, service.head("POST", *fields, "Connection: close", path=path) + form, "none")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert service.state() == before


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_write_without_a_body_and_a_length_changes_nothing(service: Service, method: str) -> None:
    before = service.state()

    answer = send(service, service.head(method, "Content-Type: text/turtle", "Connection: close"), "none")

    assert answer.startswith(b"HTTP/1.1 411 ")
    assert service.state() == before


def test_a_query_that_is_cut_is_no_query(service: Service) -> None:
    query = b"SELECT * { ?s ?p ?o } LIMIT 10"
    fields = ("Content-Type: application/sparql-query", f"Content-Length: {len(query)}")

    answer = send(service, service.head("POST", *fields, path="/sparql") + query[:-1], "FIN")

    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_whole_write_is_still_taken_after_all_this(service: Service) -> None:
    assert service.put(BODY + b"# once more\n").status_code == 204


def test_the_preface_of_http_2_is_refused_and_leaves_no_work_behind(service: Service) -> None:
    headers = b"\x00\x00\x03\x01\x04\x00\x00\x00\x01\x82\x87\x84"  # a stream that is begun and never ended
    for _ in range(4):
        preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" + headers
        assert not send(service, preface, "FIN").startswith(b"\x00")
        send(service, preface, "RST")

    before = seconds_used(service.pid)
    time.sleep(1)
    assert seconds_used(service.pid) - before < 0.3


def seconds_used(pid: int) -> float:
    """Processor time of a process and of those it started, in seconds."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return 0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(seconds_used(int(child)) for child in children)
