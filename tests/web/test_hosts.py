"""The host that a request names, one good one, and what proxies tell of it in Forwarded (RFC 7239)."""

import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from diplograph.cli import main
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
    """The port of a running service that answers for its own address and one name, behind one proxy."""
    folder, port = tmp_path_factory.mktemp("hosts"), free_port()
    (folder / "data.nt").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    command = [sys.executable, "-m", "diplograph.cli", "serve", "--port", str(port), "data.nt"]
    command += ["--trusted-host", "Graph.example.org", "--trusted-proxies", "1", "--forwarded"]
    with running(command, port, cwd=folder):
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


FORGED = ("X-Forwarded-Proto: https", "X_Forwarded_Host: 127.0.0.1", "X_Forwarded_Prefix: /kg")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "base"),
    [
        (["Forwarded: for=192.0.2.1;proto=https"], "https://graph.example.org"),
        (['Forwarded: for="[2001:db8::1]:80"; HOST="127.0.0.1:81"'], "http://127.0.0.1:81"),
        (["Forwarded: for=192.0.2.1;proto=http", *FORGED], "http://graph.example.org"),
        (FORGED, "http://graph.example.org"),
        (["Forwarded: for=a;proto=https", "Forwarded: for=b"], "http://graph.example.org"),
        (["Forwarded: for=b;host=evil.example"], "http://graph.example.org"),
    ],
)
def test_running_service_believes_forwarded_and_no_header_with_a_hyphen(
    service: int, fields: list[str], base: str
) -> None:
    status, body = answered(service, "HTTP/1.1", "Host: graph.example.org", *fields, path="/robots.txt")

    assert status == 200
    assert f"Sitemap: {base}/sitemap.xml" in body.decode()


@pytest.fixture(scope="module")
def limited(published: Repository) -> Iterator[Callable[..., int]]:
    """Asks a service behind two proxies, where a client has spent everything with its first query."""
    settings = replace(
        published.settings,
        workers=1,
        client_burst=1e-9,
        client_seconds=1e-6,
        max_cache=0,
        trusted_proxies=2,
        forwarded=True,
    )
    with Repository.of_release(settings, published.release) as strict:
        client = create_app(strict).test_client()
        yield lambda **headers: client.get(KEPT, headers=headers).status_code


def test_client_is_whom_the_outermost_trusted_proxy_forwards_for(limited: Callable[..., int]) -> None:
    def through(seen: str, others: str = "") -> int:
        chain = f"for=192.0.2.99, for={seen};proto=https, for=10.0.0.1"
        return limited(Forwarded=chain, **({"X-Forwarded-For": others} if others else {}))

    assert [through("192.0.2.20"), through("192.0.2.20")] == [200, 429]
    assert through("192.0.2.20", "192.0.2.77") == 429
    assert through('"192.0.2.20:4711"') == 429
    assert [through('"[2001:db8::1]:80"'), through('"[2001:db8::2]"'), through("unknown")] == [200, 429, 200]


@pytest.mark.parametrize(
    "said",
    [
        *('for="192.0.2.1, for=192.0.2.2, for=10.0.0.1', "proto=https", "for=", "x", ";", ",", "for"),
        "for=a, proto=http, for=10.0.0.1",
        "for=a," * 1000,
    ],
)
def test_request_that_does_not_tell_its_client_is_refused(limited: Callable[..., int], said: str) -> None:
    assert limited(Forwarded=said) == 400


def test_forwarded_is_not_read_unless_it_is_asked_for(published: Repository) -> None:
    settings = replace(published.settings, base_url=None, trusted_proxies=1)
    client = create_app(replace(published, settings=settings)).test_client()
    headers = {"Forwarded": "for=a;host=evil.example", "X-Forwarded-Host": "good.example"}

    assert "Sitemap: http://good.example/" in client.get("/robots.txt", headers=headers).text
    assert client.get("/robots.txt", headers={"Forwarded": "x"}).status_code == 200


def test_forwarded_without_the_number_of_proxies_is_wrong_use() -> None:
    result = CliRunner().invoke(main, ["serve", "--forwarded"])

    assert (result.exit_code, "--trusted-proxies" in result.output) == (2, True)


@pytest.mark.parametrize("name", ["", "a:80", "https://a", "a/b", "a, b", "*.example.org"])
def test_trusted_host_that_is_no_name_is_refused_at_the_start(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidParameter, match="expected a name or an address"):
        Settings(kb=tmp_path, state=tmp_path, trusted_hosts=(name,))
