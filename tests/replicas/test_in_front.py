"""What nginx keeps from the replicas: slow clients, too many connections, second tries, forged headers."""

import select
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

import live
import nginx
import tiny_kb

pytestmark = [pytest.mark.slow, nginx.required]

SECONDS = 2
SHORT = {
    **{f"{name} 10s": f"{name} {SECONDS}s" for name in ("header_timeout", "body_timeout", "send_timeout")},
    "127.0.0.1:8000;": "127.0.0.1:8000 sndbuf=32k;",  # or the kernel takes megabytes in the client's place
}
SLOW = 200
LEAST = 1_000_000
"""Bytes of the long answer: much more than what stands in the buffers of a connection."""
OTHERS = [f"127.0.0.{number}" for number in range(2, 6)]
LONG = f"/sparql?format=json&query={quote('SELECT * { ?a ?b ?c . ?d ?e ?f }')}"
STARTS = {
    "heads": b"GET /version HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "bodies": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    b"Content-Length: 60000\r\n\r\nASK",
    "readers": f"GET {LONG} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
}
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"


class Replica(threading.Thread):
    """A port that notes each request that it gets whole, and answers after a while or ends the connection."""

    def __init__(self, *, dies: bool = False, pause: float = 0, length: int = 2) -> None:
        super().__init__(daemon=True)
        self.dies, self.pause = dies, pause
        self.answer = HEAD % length + b"x" * length
        self.begun = self.ended = 0
        self.got: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self) -> None:
        while True:
            line, _ = self.socket.accept()
            self.begun += 1
            with line:
                request = whole(line)
                if request.startswith(b"GET /health/live"):
                    line.sendall(HEAD % 0)
                    continue
                self.got.append(request)
                time.sleep(self.pause)
                line.sendall(b"" if self.dies else self.answer)
            self.ended += 1


def whole(line: socket.socket) -> bytes:
    """A request with its body."""
    data, length = b"", None
    while length is None or len(data) < length:
        part = line.recv(65_536)
        assert part
        data += part
        if length is None and b"\r\n\r\n" in data:
            head = data.partition(b"\r\n\r\n")[0].lower() + b"\r\n\r\n"
            length = len(head) + int(head.partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
    return data


def sent(port: int, data: bytes) -> int:
    """The status of the answer to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(data)
        return int(line.recv(65_536).split()[1])


def connected(port: int, data: bytes, source: str) -> socket.socket:
    """A connection of another client, with a small buffer, that has sent these bytes."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(10)
    line.bind((source, 0))
    line.connect(("127.0.0.1", port))
    line.sendall(data)
    return line


@pytest.fixture(scope="module")
def dying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Sequence[Replica]]]:
    """A proxy before two replicas that end in the middle of each request."""
    replicas = [Replica(dies=True) for _ in range(2)]
    ports = [replica.port for replica in replicas]
    with nginx.proxy(tmp_path_factory.mktemp("nginx") / "dying", ports) as port:
        yield port, replicas


@pytest.fixture(scope="module")
def noting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Replica]]:
    """A proxy before a replica that answers and another that is not there; clients may say where they are."""
    replica = Replica()
    told = {"http {": "http { set_real_ip_from 127.0.0.1; real_ip_header X-From;"}
    ports = (replica.port, live.free_port())
    with nginx.proxy(tmp_path_factory.mktemp("nginx") / "noting", ports, told) as port:
        yield port, replica


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A proxy before the service, with shorter deadlines."""
    folder, port = tmp_path_factory.mktemp("site"), live.free_port()
    kb = tiny_kb.write(folder / "kb")
    command = [sys.executable, "-m", "diplograph.cli", "serve", "--kb", str(kb), "--port", str(port)]
    with (
        live.running([*command, "--trusted-proxies", "1", "--forwarded"], port),
        nginx.proxy(folder / "nginx", (port, port), SHORT) as front,
    ):
        yield front


@pytest.mark.parametrize("kind", STARTS)
def test_slow_clients_are_ended_and_hinder_nobody(site: int, kind: str) -> None:
    answers: Counter[int] = Counter()
    stopped = threading.Event()
    url = f"http://127.0.0.1:{site}"
    with closing(connected(site, STARTS["readers"], OTHERS[0])) as line:
        assert rest(line, 1)[1] > LEAST  # from here on the answer is kept

    def ask() -> None:
        with httpx.Client(base_url=url, timeout=5) as good:
            while not stopped.is_set():
                for path in ("/doc/act/x-expels.ttl", "/queries/acts.csv", "/health/live"):
                    answers[good.get(path).status_code] += 1

    with ExitStack() as held:
        slow = [
            held.enter_context(closing(connected(site, STARTS[kind], OTHERS[number % len(OTHERS)])))
            for number in range(SLOW)
        ]
        good = [threading.Thread(target=ask) for _ in range(4)]
        for thread in good:
            thread.start()
        time.sleep(2 * SECONDS)
        stopped.set()
        for thread in good:
            thread.join()
        taken = [rest(line, 0.5) for line in slow]

    assert answers[200] > 500
    assert answers[200] >= 0.999 * answers.total()
    assert all(ended for _, _, ended in taken)
    if kind == "readers":
        assert all(head.startswith(b"HTTP/1.1 200 ") and size < LEAST for head, size, _ in taken)
    else:
        assert {head for head, _, _ in taken} == {b""}


def rest(line: socket.socket, seconds: float) -> tuple[bytes, int, bool]:
    """The first bytes of what a connection still has, the number of all, and whether it has ended."""
    line.settimeout(seconds)
    head, size = b"", 0
    try:
        while part := line.recv(65_536):
            head, size = head or part, size + len(part)
    except ConnectionResetError:
        pass
    except TimeoutError:
        return head, size, False
    return head, size, True


def test_client_with_too_many_connections_is_refused_and_others_are_not(site: int) -> None:
    with ExitStack() as held:
        lines = [
            held.enter_context(closing(connected(site, STARTS["bodies"], "127.0.0.9"))) for _ in range(70)
        ]
        other = httpx.get(f"http://127.0.0.1:{site}/version").status_code
        time.sleep(0.3)
        answered = select.select(lines, [], [], 0)[0]
        refused = [line.recv(65_536)[:13] for line in answered]

    assert (refused, other) == ([b"HTTP/1.1 429 "] * 6, 200)


def test_network_of_ipv6_is_one_client(noting: tuple[int, Replica]) -> None:
    port, _ = noting
    start = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nX-From: 2001:db8:1:%s\r\n\r\n"
    with ExitStack() as held:
        for number in range(64):
            line = connected(port, start % (b"2:%x:3:4:5" % (number + 1)), "127.0.0.1")
            held.enter_context(closing(line))
        time.sleep(0.3)
        found = [sent(port, start % address + b"123456789") for address in (b"2::7", b"3::7")]

    assert found == [429, 200]


@pytest.mark.parametrize(
    "line", ["GET /a", "HEAD /a", "POST /sparql", "POST /graphs", "PUT /graphs", "DELETE /graphs"]
)
def test_only_what_changes_nothing_is_tried_again_when_a_replica_dies_in_the_middle(
    dying: tuple[int, Sequence[Replica]], line: str
) -> None:
    port, replicas = dying
    for replica in replicas:
        replica.got.clear()
    method, path = line.split()
    body = b"x" * 50_000 if method in {"POST", "PUT"} else b""
    answer = httpx.request(method, f"http://127.0.0.1:{port}{path}?default", content=body)

    tried = [len(replica.got) for replica in replicas]
    assert answer.status_code == 502
    assert min(tried) >= 1 if method in {"GET", "HEAD"} else sorted(tried) == [0, 1]
    assert all(request.endswith(body) for replica in replicas for request in replica.got)


def test_replicas_that_all_failed_just_now_are_asked_nevertheless(
    dying: tuple[int, Sequence[Replica]],
) -> None:
    url = f"http://127.0.0.1:{dying[0]}"

    assert [httpx.post(f"{url}/sparql").status_code for _ in range(4)] == [502] * 4
    assert httpx.get(f"{url}/health/live").status_code == 200


def test_replica_gets_a_body_when_it_is_whole(noting: tuple[int, Replica]) -> None:
    port, replica = noting
    before = replica.begun
    with closing(connected(port, STARTS["bodies"], OTHERS[0])) as line:
        time.sleep(0.2)
        assert replica.begun == before
        line.sendall(b"x" * 60_000)
        assert line.recv(15) == b"HTTP/1.1 200 OK"

    assert replica.begun == before + 1


def test_replica_is_rid_of_an_answer_that_is_not_read(tmp_path: Path) -> None:
    replica = Replica(length=16 << 20)
    with (
        nginx.proxy(tmp_path / "nginx", [replica.port] * 2, SHORT) as port,
        closing(connected(port, b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n", OTHERS[0])),
    ):
        end = time.monotonic() + 1.5
        while not replica.ended and time.monotonic() < end:
            time.sleep(0.05)

        assert replica.ended == 1


@pytest.mark.parametrize(
    ("line", "status"),
    [("PUT /graphs", 200), ("POST /graphs", 200), ("DELETE /graphs/", 200), ("POST /", 504)],
)
def test_change_may_take_longer_than_a_query(tmp_path: Path, line: str, status: int) -> None:
    replica, short = Replica(pause=0.6), {"read_timeout 30s": "read_timeout 300ms"}
    method, path = line.split()
    with nginx.proxy(tmp_path / "nginx", [replica.port] * 2, short) as port:
        assert httpx.request(method, f"http://127.0.0.1:{port}{path}").status_code == status


def test_post_that_no_replica_got_goes_to_one_that_is_there(noting: tuple[int, Replica]) -> None:
    port, _ = noting

    assert [httpx.post(f"http://127.0.0.1:{port}/sparql", content=b"x").status_code for _ in range(4)] == [
        200
    ] * 4


def received(noting: tuple[int, Replica], head: bytes) -> bytes:
    """What the replica gets of a request with these lines."""
    port, replica = noting
    replica.got.clear()
    assert sent(port, head) == 200
    return replica.got[0]


def test_names_with_underscores_do_not_get_through(noting: tuple[int, Replica]) -> None:
    names = b"X_Forwarded_For: 6.6.6.6\r\nAccept_Encoding: gzip\r\nIf_None_Match: *\r\nIf-Match: x\r\n"
    got = received(noting, b"GET / HTTP/1.1\r\nHost: x\r\n" + names + b"\r\n")

    assert b"_" not in got
    assert b"If-Match: x\r\n" in got


def test_bare_line_feeds_get_through_as_whole_line_ends(noting: tuple[int, Replica]) -> None:
    got = received(noting, b"GET /a HTTP/1.1\nHost: x\nX-A: b\n\n")

    assert got.startswith(b"GET /a HTTP/1.1\r\n")
    assert b"\r\nX-A: b\r\n" in got
    assert got.count(b"\n") == got.count(b"\r\n")


def test_body_in_chunks_gets_through_with_its_length(noting: tuple[int, Replica]) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    got = received(noting, head + b"3\r\nabc\r\n0\r\n\r\n")

    assert b"\r\nContent-Length: 3\r\n" in got
    assert got.endswith(b"\r\n\r\nabc")


@pytest.mark.parametrize(
    ("address", "spelled"), [("192.0.2.1", b"192.0.2.1"), ("2001:db8::1", b'"[2001:db8::1]"')]
)
def test_replica_is_told_who_is_asking_whatever_the_client_says(
    noting: tuple[int, Replica], address: str, spelled: bytes
) -> None:
    names = (b"Forwarded", b"X-Forwarded-For", b"X-Forwarded-Host", b"X-Forwarded-Prefix")
    said = b"".join(b"%s: evil\r\n" % name for name in names)
    where = b"X-From: " + address.encode()
    got = received(noting, b"GET / HTTP/1.1\r\nHost: a:80\r\n%s\r\n%s\r\n" % (where, said))

    assert b"\r\nForwarded: for=%s;proto=http\r\n" % spelled in got
    assert b"\r\nX-Forwarded-For: %s\r\n" % address.encode() in got
    assert b"evil" not in got


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_request_that_could_be_read_in_two_ways_reaches_no_replica(
    noting: tuple[int, Replica], data: bytes
) -> None:
    port, replica = noting
    replica.got.clear()

    assert sent(port, data) == 400
    assert replica.got == []


@pytest.mark.parametrize("host", ["a,b", 'a";for="6.6.6.6', "user@a"])
def test_malformed_host_that_nginx_lets_through_is_refused_by_the_service(site: int, host: str) -> None:
    assert sent(site, f"GET /version HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()) == 400


@pytest.mark.parametrize(
    ("line", "fields", "statuses"),
    [
        ("PUT /graphs?default", "", {401}),
        ("GET /version", "", {200}),
        ("POST /nothing", "", {404}),
        # the HTTP parser ends these without reading their bodies, which nginx is told or not
        ("POST /sparql", "".join(f"X-{number}: a\r\n" for number in range(150)), {431, 502}),
        ("POST /sp<arql", "", {400, 502}),
    ],
    ids=["refused", "without a use", "not found", "too many headers", "malformed address"],
)
def test_bodies_that_replicas_do_not_want_keep_them_from_nobody(
    site: int, line: str, fields: str, statuses: set[int]
) -> None:
    body = b"x" * 1_900_000
    head = f"{line} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
    with httpx.Client(base_url=f"http://127.0.0.1:{site}") as good:
        for _ in range(8):
            assert sent(site, head.encode() + body) in statuses
            assert [good.get("/version").status_code for _ in range(3)] == [200] * 3


@pytest.mark.parametrize(("length", "status"), [(2 << 20, 400), (2_200_000, 413), (4 << 20, 413)])
def test_body_of_the_size_that_the_service_takes_gets_through(site: int, length: int, status: int) -> None:
    headers = {"Content-Type": "text/turtle"}
    answer = httpx.post(f"http://127.0.0.1:{site}/validate", content=b"x" * length, headers=headers)

    assert answer.status_code == status
    assert (answer.headers["Content-Type"] == "application/problem+json") == (length < 3 << 20)


@pytest.mark.parametrize(("length", "status"), [(30_000, 200), (40_000, 414)])
def test_query_may_stand_in_an_address_up_to_32_kilobytes(site: int, length: int, status: int) -> None:
    query = "/sparql?query=ASK%20%7B%7D%23" + "x" * length

    assert sent(site, f"GET {query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) == status
