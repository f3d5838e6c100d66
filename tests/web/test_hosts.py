"""The host that a request names: one, well formed and, where the service is told which, one of its own."""

import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from diplograph.errors import InvalidParameter
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web import create_app
from diplograph.web.addresses import LONGEST, MOST_HOSTS, Mount
from live import free_port, running

ENGINES = ("embedded",)
KEPT = f"/sparql?query={quote('ASK { ?s ?p ?o }')}"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a running service that answers for its own address and one name."""
    folder, port = tmp_path_factory.mktemp("hosts"), free_port()
    (folder / "data.nt").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    command = [sys.executable, "-m", "diplograph.cli", "serve", "--port", str(port), "data.nt"]
    with running([*command, "--trusted-host", "Graph.example.org"], port, cwd=folder):
        yield port


def answered(port: int, version: str, *fields: str, path: str = KEPT) -> tuple[int, bytes]:
    """Status and body of the answer to a request with these lines in its head and no others."""
    lines = (f"GET {path} {version}", "Accept: application/json", "Connection: close", *fields)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "fields", "status"),
    [
        ("HTTP/1.1", ["Host: graph.example.org"], 200),
        ("HTTP/1.1", ["Host: GRAPH.example.org:8080"], 200),
        ("HTTP/1.1", ["Host: 127.0.0.1"], 200),
        ("HTTP/1.0", [], 200),
        ("HTTP/1.1", [], 400),
        ("HTTP/1.1", ["Host:"], 400),
        ("HTTP/1.1", ["Host: graph.example.org", "Host: graph.example.org"], 400),
        ("HTTP/1.1", ["Host: graph.example.org", "Host: evil.example"], 400),
        ("HTTP/1.1", ["Host: graph.example.org/x"], 400),
        ("HTTP/1.1", ["Host: user@graph.example.org"], 400),
        ("HTTP/1.1", ["Host: grāph.example.org".encode().decode("latin-1")], 400),
        ("HTTP/1.1", ["Host: evil.example"], 400),
        ("HTTP/1.0", ["Host: evil.example"], 400),
        ("HTTP/1.1", ["Host: " + "a" * 60_000], 400),
    ],
)
def test_running_service_answers_one_good_host_alone(
    service: int, version: str, fields: list[str], status: int
) -> None:
    for _ in range(2):  # the second answer to the first host comes from the cache
        found, body = answered(service, version, *fields)

        assert found == status
        assert (b'"/problems/bad-request"' in body) == (status == 400)
        assert b"evil.example" not in body


@pytest.mark.parametrize("said", ["a, b", "a,a", "a b", "evil.example/x", "[::1", "a:b", "a" * (LONGEST + 1)])
def test_malformed_host_is_a_problem_and_never_a_kept_answer(client: FlaskClient, said: str) -> None:
    assert client.get(KEPT).status_code == 200
    answer = client.get(KEPT, environ_overrides={"HTTP_HOST": said})

    assert (answer.status_code, answer.get_json()["type"]) == (400, "/problems/bad-request")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]
    assert client.get(KEPT).status_code == 200


def test_without_trusted_hosts_every_well_formed_host_is_answered(client: FlaskClient) -> None:
    for host in ("a", "other.example:81", "[2001:db8::1]:80", "under_score"):
        assert client.get("/version", environ_overrides={"HTTP_HOST": host}).status_code == 200


def test_host_of_the_base_url_is_always_trusted(published: Repository) -> None:
    settings = replace(published.settings, base_url="https://Data.example.org:8443/kg", trusted_hosts=("a",))
    client = create_app(replace(published, settings=settings)).test_client()
    hosts = ("data.example.org", "a:8000", "b", "kg")

    found = [client.get("/kg/version", environ_overrides={"HTTP_HOST": host}).status_code for host in hosts]

    assert found == [200, 200, 400, 400]


def test_forwarded_host_that_is_not_trusted_makes_no_address(published: Repository) -> None:
    settings = replace(published.settings, base_url=None, trusted_proxies=1, trusted_hosts=("inner", "outer"))
    client = create_app(replace(published, settings=settings)).test_client()

    def base(forwarded: str) -> str:
        headers = {"Host": "inner", "X-Forwarded-Host": forwarded}
        return client.get("/robots.txt", headers=headers).text.partition("Sitemap: ")[2]

    assert base("outer") == "http://outer/sitemap.xml\n"
    assert base("evil.example") == "http://inner/sitemap.xml\n"


def test_good_hosts_are_remembered_up_to_a_number(tmp_path: Path) -> None:
    mount = Mount(lambda *_: [], Settings(kb=tmp_path, state=tmp_path), ())
    for number in range(2 * MOST_HOSTS):
        environ = {"HTTP_HOST": f"h{number}"}
        mount(environ, lambda *_: lambda _: None)
        assert "diplograph.refused" not in environ

    assert len(mount._good) == MOST_HOSTS


@pytest.mark.parametrize("name", ["", "a:80", "https://a", "a/b", "a, b", "*.example.org"])
def test_trusted_host_that_is_no_name_is_refused_at_the_start(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidParameter, match="expected a name or an address"):
        Settings(kb=tmp_path, state=tmp_path, trusted_hosts=(name,))
