"""Connections that hold the service up are ended, those that keep to the rate are not."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from diplograph.changes.writer import Writer
from diplograph.settings import Settings
from diplograph.web.connections import (
    MOST_AT_ONCE,
    SENDING,
    SLOW_READER,
    SLOW_SENDER,
    TOO_MANY,
    Connection,
    Guard,
)
from live import free_port, running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux tells of connections")

RATE, PATIENCE = 1000.0, 30.0


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def fault(*looks: tuple[float, int, int, int]) -> str | None:
    """What is held against a connection after some looks: a time, bytes taken, bytes sent, bytes left."""
    connection = Connection(0, None, (0.0, 0))
    found = None
    for now, taken, sent, left in looks:
        connection.note(now, taken, sent, left)
        found = connection.fault(now, RATE, PATIENCE)
    return found


@pytest.mark.parametrize(
    ("looks", "found"),
    [
        ([(0, 0, 0, 0), (29, 0, 0, 0)], None),
        ([(0, 0, 0, 0), (30, 0, 0, 0)], SLOW_SENDER),
        ([(0, 0, 100, 0), (30, 0, 29_999, 0)], SLOW_SENDER),
        ([(0, 0, 100, 0), (30, 0, 30_000, 0)], None),
        ([(0, 0, 0, 0), (30, 0, 30_000, 0), (61, 0, 30_001, 0)], SLOW_SENDER),
        ([(0, 0, 500, 0), (25, 900, 500, 0), (40, 900, 500, 0)], None),
        ([(0, 0, 500, 0), (25, 900, 500, 0), (56, 900, 500, 0)], SLOW_SENDER),
        ([(5, 0, 500, 9_000), (14, 0, 500, 9_000)], None),
        ([(5, 0, 500, 9_000), (15, 0, 500, 9_000)], SLOW_READER),
        ([(5, 0, 500, 9_000), (15, 9_999, 500, 9_000)], SLOW_READER),
        ([(5, 0, 500, 90_000), (15, 10_000, 500, 9_000), (24, 10_001, 500, 9_000)], None),
        ([(5, 0, 500, 90_000), (15, 10_000, 500, 9_000), (25, 10_001, 500, 9_000)], SLOW_READER),
        ([(5, 0, 500, 9_000), (9, 9_000, 500, 0), (16, 9_000, 600, 70)], None),
    ],
)
def test_rate_is_held_against_a_client_from_when_it_could_send_or_take(
    looks: list[tuple[float, int, int, int]], found: str | None
) -> None:
    assert SENDING == 10
    assert fault(*looks) == found


class Listener:
    """A port of ours, and the connections to it: ours and the client's end of each."""

    def __init__(self, most: int | None = None, client: Callable[[str], str | None] = str) -> None:
        self.clock = Clock()
        self.port = socket.create_server(("127.0.0.1", 0))
        self.guard = Guard(self.port.getsockname()[1], RATE, PATIENCE, most, client, self.clock)
        self.ends: list[tuple[socket.socket, socket.socket]] = []

    def connect(self) -> tuple[socket.socket, socket.socket]:
        theirs = socket.create_connection(self.port.getsockname())
        ours, _ = self.port.accept()
        self.ends.append((ours, theirs))
        return self.ends[-1]

    def close(self) -> None:
        for pair in self.ends:
            for end in pair:
                end.close()
        self.port.close()


@contextmanager
def listening(most: int | None = None, client: Callable[[str], str | None] = str) -> Iterator[Listener]:
    with closing(Listener(most, client)) as listener:
        yield listener


def is_ended(end: socket.socket) -> bool:
    """Whether the other side has ended a connection on which nothing is to be read."""
    end.settimeout(0.2)
    try:
        return end.recv(1) == b""
    except TimeoutError:
        return False


def test_silent_client_is_ended_and_one_that_sends_is_not() -> None:
    with listening() as listener:
        _, silent = listener.connect()
        ours, sending = listener.connect()
        listener.guard.look()
        listener.clock.now = PATIENCE
        sending.sendall(b"x" * 40_000)
        ours.recv(40_000)
        listener.guard.look()

        assert is_ended(silent)
        assert not is_ended(sending)
        assert listener.guard.open == 1
        assert listener.guard.ended == {SLOW_SENDER: 1}


def test_who_is_connected_is_told_of_every_look() -> None:
    told: list[frozenset[str | None]] = []
    with listening() as listener:
        listener.guard.tell = lambda _, clients: told.append(clients)
        _, theirs = listener.connect()
        listener.guard.look()
        ours = listener.ends[-1][0]
        theirs.close()
        listener.guard.look()
        assert listener.guard.open == 1
        ours.close()
        listener.guard.look()

    assert told == [frozenset({"127.0.0.1"}), frozenset(), frozenset()]


def test_client_that_waits_for_a_change_is_not_ended_however_long_it_takes() -> None:
    with listening() as listener:
        _, writing = listener.connect()
        listener.guard.look()
        listener.guard.is_busy = lambda: True
        for listener.clock.now in (PATIENCE, 9 * PATIENCE):
            listener.guard.look()
        listener.guard.is_busy = lambda: False
        listener.clock.now = 10 * PATIENCE - 1
        listener.guard.look()
        assert not is_ended(writing)
        listener.clock.now = 10 * PATIENCE
        listener.guard.look()

        assert is_ended(writing)


def test_writer_tells_that_it_works_while_a_change_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(Settings(kb=tmp_path, state=tmp_path))
    seen = []
    monkeypatch.setattr(writer, "_ask", lambda *_: seen.append(writer.is_working) or {})
    writer.accept({})

    assert seen == [True]
    assert not writer.is_working


def test_client_that_does_not_read_is_ended() -> None:
    with listening() as listener:
        ours, _ = listener.connect()
        ours.setblocking(False)
        with suppress(BlockingIOError):
            while ours.send(b"x" * 65_536):
                pass
        listener.guard.look()
        listener.clock.now = SENDING
        listener.guard.look()

        assert listener.guard.ended == {SLOW_READER: 1}
        with pytest.raises(BrokenPipeError):
            ours.send(b"x")


def test_connections_past_the_number_of_a_client_are_ended_the_newest_ones() -> None:
    with listening(most=3) as listener:
        ends = [listener.connect()[1] for _ in range(3)]
        listener.guard.look()
        more = [listener.connect()[1] for _ in range(2)]
        listener.guard.look()

        assert [is_ended(end) for end in ends + more] == [False, False, False, True, True]
        assert listener.guard.ended == {TOO_MANY: 2}


def test_client_without_limits_may_have_any_number() -> None:
    with listening(most=1, client=lambda _: None) as listener:
        ends = [listener.connect()[1] for _ in range(4)]
        listener.guard.look()

        assert not any(map(is_ended, ends))


def test_other_sockets_and_closed_connections_are_left_alone() -> None:
    with listening() as listener, ExitStack() as held:
        other = held.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        held.enter_context(closing(socket.create_connection(other.getsockname())))
        ours, theirs = listener.connect()
        listener.guard.look()
        assert listener.guard.open == 1
        ours.close()
        theirs.close()
        listener.clock.now = 10 * PATIENCE
        listener.guard.look()

        assert listener.guard.open == 0
        assert not listener.guard.ended


def test_many_are_ended_a_part_at_a_time() -> None:
    with listening() as listener:
        for _ in range(MOST_AT_ONCE + 5):
            listener.connect()
        listener.guard.look()
        listener.clock.now = PATIENCE

        assert [listener.guard.look(), listener.guard.look(), listener.guard.look()] == [MOST_AT_ONCE, 5, 0]


# The service as it runs

TIMEOUT = 2.0
TRIPLES = 200
UNDER_WAY, UNDER_WAY_OF_CLIENT = 60 << 20, 16 << 20
SCRIPT = f"""
import sys
from pathlib import Path

from diplograph.cli.server import serve
from diplograph.release.compare import build_from_files
from diplograph.settings import Settings

if __name__ == "__main__":
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    limits = dict(timeout={TIMEOUT}, limit_loopback=True, connections_per_client=120)
    limits |= dict(max_under_way={UNDER_WAY}, max_under_way_per_client={UNDER_WAY_OF_CLIENT})
    settings = Settings(kb=folder, state=folder, port=port, workers=2, **limits)
    serve(settings, build_from_files([str(folder / "data.nt")], folder / "release"))
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("guarded")
    lines = (f"<urn:a:{number}> <urn:b> <urn:c> .\n" for number in range(TRIPLES))
    (folder / "data.nt").write_text("".join(lines), encoding="utf-8")
    (folder / "run.py").write_text(SCRIPT, encoding="utf-8")
    port = free_port()
    with running([sys.executable, str(folder / "run.py"), str(folder), str(port)], port) as address:
        yield address


def attacker(address: str, head: bytes, source: str = "127.0.0.2") -> socket.socket:
    """A connection of another client that has sent the head of a request."""
    host, port = address.removeprefix("http://").split(":")
    found = socket.socket()
    # or the kernel takes megabytes in the client's place
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    found.bind((source, 0))
    found.connect((host, int(port)))
    found.sendall(head)
    return found


BODY = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/sparql-query\r\nContent-Length: 60000\r\n\r\n"
)


@pytest.mark.slow
@pytest.mark.parametrize("drips", [False, True])
def test_slow_bodies_are_ended_and_hinder_nobody(service: str, drips: bool) -> None:
    with ExitStack() as held:
        slow = [held.enter_context(closing(attacker(service, BODY))) for _ in range(100)]
        stopped = threading.Event()
        held.callback(stopped.set)
        threading.Thread(
            target=drip if drips else time.sleep, args=(slow, stopped) if drips else (0,)
        ).start()
        end = time.monotonic() + 3 * TIMEOUT + 5
        seconds = []
        with httpx.Client(base_url=service, timeout=5) as good:
            while time.monotonic() < end:
                began = time.monotonic()
                assert good.get("/health/live").status_code == 200
                seconds.append(time.monotonic() - began)
                time.sleep(0.05)
            figures = good.get("/metrics").text

        assert sorted(seconds)[len(seconds) * 99 // 100] < 1
        assert f'connections_ended{{reason="{SLOW_SENDER}"}} ' in figures
        stopped.set()
        assert all(map(is_over, slow))


def drip(connections: list[socket.socket], stopped: threading.Event) -> None:
    while not stopped.wait(0.5):
        for connection in connections:
            try:
                connection.send(b"x")
            except OSError:
                continue


def is_over(connection: socket.socket) -> bool:
    """Whether the service has ended a connection, after an answer perhaps."""
    connection.settimeout(1)
    try:
        while connection.recv(65_536):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.slow
def test_readers_that_do_not_read_are_ended_and_hinder_nobody(service: str) -> None:
    query = quote("SELECT * { ?a ?b ?c . ?d ?e ?f }")
    head = f"GET /sparql?query={query}&format=json HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with ExitStack() as held, httpx.Client(base_url=service, timeout=10) as good:
        assert len(good.get(f"/sparql?query={query}&format=json").content) > 4 << 20
        for number in range(4):
            slow = held.enter_context(closing(attacker(service, head, f"127.0.0.{10 + number}")))
            assert slow.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 200"
        end, ended = time.monotonic() + SENDING + 20, f'connections_ended{{reason="{SLOW_READER}"}} 4.0'
        while ended not in (figures := good.get("/metrics").text) and time.monotonic() < end:
            assert good.get("/health/live", timeout=1).status_code == 200
            time.sleep(0.1)

        assert ended in figures


BIG = f"/sparql?query={quote('SELECT * { ?a ?b ?c . ?d ?e ?f }')}&format=json"
ASKING = f"GET {BIG} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


@pytest.mark.slow
def test_client_has_its_bytes_back_when_its_connection_ends_in_the_middle_of_an_answer(service: str) -> None:
    for _ in range(3):
        with closing(attacker(service, ASKING, "127.0.0.20")) as slow:
            assert b"200" in slow.recv(12)
            assert UNDER_WAY_OF_CLIENT / 2 < under_way(service) <= UNDER_WAY_OF_CLIENT
            with closing(attacker(service, ASKING, "127.0.0.20")) as second:
                refused = whole(second)
            assert refused.startswith(b"HTTP/1.1 429")
            assert b"Answers to this client that are still being sent" in refused

        assert comes_to_nothing(service)


@pytest.mark.slow
def test_answers_past_what_the_service_may_hold_are_refused_until_others_end(service: str) -> None:
    size = len(httpx.get(f"{service}{BIG}", headers={"Accept-Encoding": "identity"}).content)
    fitting = UNDER_WAY // size
    with ExitStack() as held:
        for number in range(fitting + 3):
            reader = held.enter_context(closing(attacker(service, ASKING, f"127.0.0.{30 + number}")))
            if number < fitting:
                assert reader.recv(12) == b"HTTP/1.1 200"
            else:
                assert whole(reader).startswith(b"HTTP/1.1 503")
        assert under_way(service) == fitting * size

    assert comes_to_nothing(service)
    assert httpx.get(f"{service}{BIG}").status_code == 200
    assert comes_to_nothing(service)


def under_way(address: str) -> float:
    figures = httpx.get(f"{address}/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in figures if line.startswith("diplograph_answers_under_way"))


def comes_to_nothing(address: str, seconds: float = 5) -> bool:
    """Whether soon no answer is under way."""
    end = time.monotonic() + seconds
    while (left := under_way(address)) and time.monotonic() < end:
        time.sleep(0.05)
    return left == 0


def whole(connection: socket.socket) -> bytes:
    """A short answer, head and body."""
    connection.settimeout(10)
    head, _, body = connection.recv(65_536).partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0])
    while len(body) < length:
        body += connection.recv(65_536)
    return head + body


@pytest.mark.slow
def test_one_client_with_too_many_connections_leaves_the_others_theirs(service: str) -> None:
    with ExitStack() as held:
        for _ in range(300):
            held.enter_context(closing(attacker(service, b"GET / HTTP/1.1\r\n", "127.0.0.3")))
        end, ended = time.monotonic() + 10, f'connections_ended{{reason="{TOO_MANY}"}} 180.0'
        while ended not in (figures := httpx.get(f"{service}/metrics").text) and time.monotonic() < end:
            time.sleep(0.1)

    assert ended in figures


@pytest.mark.slow
def test_too_few_descriptors_are_told_with_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "data.nt").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    service = Path(sys.executable).with_name("diplograph")
    command = ["bash", "-c", f"ulimit -n 64; exec {service} serve --port 0 data.nt"]

    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode != 0
    assert "ulimit -n" in ended.stderr
