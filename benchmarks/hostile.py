"""Hostile clients beside good ones: whether those are served, how fast, and what the service takes meanwhile.

Good clients do what people do: of a hundred requests 64 are pages, 25 canned queries, 10 look-ups of their
own, and one is a validation. Each has an address of its own. Service and clients share the cores.
"""

import asyncio
import multiprocessing
import multiprocessing.pool
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote

import click

from benchmarks.machine import this_machine, tree
from benchmarks.servers.base import HOST

ROOT = Path(__file__).resolve().parents[1]
PORT = 28790
PAUSE = 1.0
"""Seconds between two requests of a good client."""
CHANCE = Random()  # noqa: S311 - nobody gains by knowing what comes next
PATIENCE = 10.0
"""Seconds after which a good client gives up."""
WARMING = 15.0
"""Seconds of good requests alone at the beginning: a worker imports much for its first validation."""
AFTER = 3.0
"""Seconds after the attack at which the service should be idle again."""
PREFIX = "PREFIX dg: <https://w3id.org/diplograph/ontology#> "
HEAVY = (
    "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} # {0}",
    "SELECT * {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} ORDER BY ?i ?a # {0}",
    "SELECT * {{ ?a (!<urn:a>|!^<urn:a>)* ?b . ?b (!<urn:b>|!^<urn:b>)* ?c }} # {0}",
    "SELECT ?a (GROUP_CONCAT(?f) AS ?t) {{ ?a ?b ?c . ?d ?e ?f }} GROUP BY ?a # {0}",
    "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), STR(?f))) }} # {0}",
    "ASK {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = ?f && ?f = ?i && STR(?a) = 'x') }} # {0}",
)
PAGES = (
    *("/", "/queries", "/queries/timeline", "/limits", "/search?q=fish"),
    *("/doc/state/japan", "/doc/state/russia", "/doc/act/russia-expels-motoki-2022"),
    "/doc/act/japan-expels-eight-russians-2022-04",
)
CANNED = ("reciprocal-expulsions", "expulsions", "timeline", "sanctions", "threats", "acts-between-states")
TURTLE = "@prefix dg: <https://w3id.org/diplograph/ontology#> .\n<urn:example:{0}> a dg:Protest .\n"
FORMS = ("a=&" * 80_000, "a=" + "%41" * 80_000, "a=&" * 2_000_000)
UPLOADS = (
    "<urn:a> <urn:b> (" + " 1" * 45_000 + ") .",
    "".join(f"<urn:a{number}> <urn:b> <urn:c> .\n" for number in range(60_000)),
)
BIG = f"/sparql?query={quote('SELECT * { ?s ?p ?o . ?a a ?t } LIMIT 60000')}"

Attack = Callable[[int, int, float], Coroutine[None, None, None]]


@dataclass(slots=True)
class Served:
    """What the good clients saw; times in seconds."""

    times: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def success(self) -> float:
        """The share of requests that were answered as they should, of 100."""
        failed = sum(self.failures.values())
        return 100 * len(self.times) / max(1, len(self.times) + failed)


async def good(port: int, number: int, until: float, served: Served) -> None:
    """One client that behaves, on a connection that it keeps."""
    streams = None
    while time.time() < until:
        began = time.monotonic()
        request = _good_request(number)
        try:
            local = (f"127.100.{number}.1", 0)
            streams = streams or await asyncio.open_connection(HOST, port, local_addr=local)
            status = await asyncio.wait_for(_exchange(streams, request), PATIENCE)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            status = type(error).__name__
        if status == "200":
            served.times.append(time.monotonic() - began)
        else:
            served.failures[f"{status} {request.split()[1].partition('?')[0]}"] += 1
            if streams:
                streams[1].close()
            streams = None
        await asyncio.sleep(PAUSE * (0.5 + CHANCE.random()))


async def _exchange(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: str) -> str:
    reader, writer = streams
    writer.write(request.encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = head.partition("content-length:")[2].partition("\r\n")[0]
    await reader.readexactly(int(length))
    return head.split()[1]


def _good_request(number: int) -> str:
    chance, mark = CHANCE.random(), f"{number}-{CHANCE.getrandbits(40)}"
    if chance < 0.64:
        return _get(CHANCE.choice(PAGES))
    if chance < 0.89:
        return _get(f"/queries/{CHANCE.choice(CANNED)}.json?_limit={CHANCE.randrange(1, 100_000)}")
    if chance < 0.99:
        query = PREFIX + f"SELECT ?act {{ ?act dg:actor ?who }} LIMIT 20 # {mark}"
        return _get(f"/sparql?query={quote(query)}")
    return _post("/validate", "text/turtle", TURTLE.format(mark))


def _get(target: str) -> str:
    return f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\nAccept: */*\r\n\r\n"


def _post(target: str, media: str, body: str) -> str:
    head = f"POST {target} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {media}\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n{body}"


def address(number: int, of: int) -> str:
    """The address that a hostile client has, of so many; none is that of a good client."""
    return f"127.{1 + number % of}.0.1"


async def slow_body(port: int, number: int, until: float) -> None:
    """Says that it will send a body, and sends nothing, or a byte a second."""
    head = f"POST /sparql HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/sparql-query\r\n"
    reader, writer = await asyncio.open_connection(HOST, port, local_addr=(address(number, 8), 0))
    writer.write(f"{head}Content-Length: 100000\r\n\r\n".encode())
    try:
        while time.time() < until:
            if number % 2:
                writer.write(b"x")
                await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(100), 1)
                return
    finally:
        writer.close()


async def slow_reader(port: int, number: int, until: float) -> None:
    """Asks for a long answer and does not read it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    try:
        client.bind((address(number, 8), 0))
        await asyncio.get_running_loop().sock_connect(client, (HOST, port))
        client.send(_get(BIG).encode())
        while time.time() < until:
            await asyncio.sleep(1)
            client.send(b"G")  # fails as soon as the service has ended the connection
    finally:
        client.close()


def heavy_queries(addresses: int) -> Attack:
    """Clients at so many addresses that ask for what takes as long as the service lets it."""

    async def ask(port: int, number: int, until: float) -> None:
        local = (address(number, addresses), 0)
        streams = await asyncio.open_connection(HOST, port, local_addr=local, limit=1 << 24)
        try:
            while time.time() < until:
                text = CHANCE.choice(HEAVY).format(CHANCE.getrandbits(40))
                request = _post("/sparql", "application/sparql-query", text)
                if await asyncio.wait_for(_exchange(streams, request), 60) == "429":
                    await asyncio.sleep(0.05)
        finally:
            streams[1].close()

    return ask


def posts(target: str, media: str, bodies: Sequence[str]) -> Attack:
    """Clients at eight addresses that send these bodies, one after the other, and read the answers."""

    async def send(port: int, number: int, until: float) -> None:
        local = (address(number, 8), 0)
        streams = await asyncio.open_connection(HOST, port, local_addr=local, limit=1 << 24)
        try:
            while time.time() < until:
                request = _post(target, media, CHANCE.choice(bodies))
                await asyncio.wait_for(_exchange(streams, request), 60)
        finally:
            streams[1].close()

    return send


async def kept_answers(port: int, number: int, until: float) -> None:
    """Fills the cache with long answers, no two alike."""
    streams = await asyncio.open_connection(HOST, port, local_addr=(address(number, 8), 0), limit=1 << 24)
    try:
        while time.time() < until:
            query = f"SELECT * {{ ?s ?p ?o }} LIMIT {CHANCE.randrange(5_000, 20_000)}"
            await asyncio.wait_for(_exchange(streams, _get(f"/sparql?query={quote(query)}")), 60)
    finally:
        streams[1].close()


async def many_connections(port: int, number: int, until: float) -> None:
    """Keeps a connection of one client open, far past the number that it may have."""
    reader, writer = await asyncio.open_connection(HOST, port, local_addr=(address(0, 1), 0))
    try:
        while time.time() < until:
            with suppress(TimeoutError):
                if not await asyncio.wait_for(reader.read(1), 5):
                    return
    finally:
        writer.close()
        del number


ATTACKS: dict[str, tuple[Attack, int]] = {
    "slow-bodies": (slow_body, 500),
    "slow-readers": (slow_reader, 500),
    "queries-from-1": (heavy_queries(1), 64),
    "queries-from-8": (heavy_queries(8), 64),
    "connections": (many_connections, 600),
    "forms": (posts("/validate", "application/x-www-form-urlencoded", FORMS), 32),
    "uploads": (posts("/validate?_format=sarif", "text/turtle", UPLOADS), 32),
    "kept-answers": (kept_answers, 32),
}
"""The attacks, each with how many connections make it."""


COLUMNS = (
    *("attack", "good requests", "answered", "median", "99 %", "longest", "memory, most", "memory, after"),
    "processor 3 s after",
)


async def _again(attack: Attack, port: int, number: int, until: float) -> None:
    """Begin anew whenever the service ends the connection."""
    while time.time() < until:
        with suppress(OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
            await attack(port, number, until)
        await asyncio.sleep(0.1)


def _attacking(name: str, port: int, until: float) -> None:
    async def all_of_them() -> None:
        attack, many = ATTACKS.get(name, (many_connections, 0))
        await asyncio.gather(*(_again(attack, port, number, until) for number in range(many)))

    asyncio.run(all_of_them())


def _serving(port: int, clients: int, until: float) -> Served:
    async def all_of_them() -> Served:
        served = Served()
        await asyncio.gather(*(good(port, number, until, served) for number in range(clients)))
        return served

    return asyncio.run(all_of_them())


class Service:
    """The service as it runs, with its processes."""

    def __init__(self, kb: Path, port: int) -> None:
        """Start it, and wait until it answers."""
        self.port = port
        command = [sys.executable, "-m", "diplograph.cli", "serve", "--kb", str(kb)]
        self._process = subprocess.Popen(
            [*command, "--port", str(port), "--limit-loopback"], stderr=subprocess.DEVNULL
        )
        for path in (*PAGES, *(f"/queries/{name}.json" for name in CANNED)):
            self._await(path)
        self.web = self._web()

    def processor(self) -> float:
        """Seconds of processor time that it has used, of all its processes, those that have ended too."""
        return sum(_processor(pid) for pid in tree(self._process.pid))

    def memory(self) -> float:
        """What the web process has in memory, in MB."""
        status = Path(f"/proc/{self.web}/status").read_text(encoding="utf-8")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)

    def _web(self) -> int:
        """Find the process that has workers below it."""
        while self._process.poll() is None:
            for pid in tree(self._process.pid):
                if any("engine.worker" in _command(child) for child in tree(pid)[1:2]):
                    return pid
            time.sleep(0.1)
        raise click.ClickException("The service has ended: does another one listen at its port?")

    def _await(self, path: str) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with suppress(OSError, EOFError), socket.create_connection((HOST, self.port), 20) as client:
                client.sendall(_get(path).encode())
                if client.recv(12).endswith(b"200"):
                    return
            time.sleep(0.1)
        raise click.ClickException(f"The service does not answer {path}.")


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def _processor(pid: int) -> float:
    """What a process and its children that have ended used, in seconds; nothing for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


@click.command()
@click.option("--attack", multiple=True, type=click.Choice(list(ATTACKS)), help="[default: all]")
@click.option("--kb", type=click.Path(file_okay=False, path_type=Path), default=ROOT, help="Knowledge base.")
@click.option("--clients", default=50, show_default=True, help="Good clients.")
@click.option("--seconds", default=60.0, show_default=True, help="How long each attack lasts.")
@click.option("--results", type=click.Path(path_type=Path), help="Folder that gets hostile.md.")
def hostile(attack: tuple[str, ...], kb: Path, clients: int, seconds: float, results: Path | None) -> None:
    """Attacks the service and tells how its good clients fared."""
    lines = []
    service = Service(kb, PORT)
    try:
        with multiprocessing.get_context("spawn").Pool(2) as processes:
            for line in _report(Attacked(service, processes, clients, service.memory()), attack, seconds):
                click.echo(line)
                lines.append(line)
    finally:
        service.stop()
    if results is not None:
        (results / "hostile.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Attacked:
    """The service, with so many MB when nobody asks, processes for its clients, and how many are good."""

    service: Service
    processes: multiprocessing.pool.Pool
    clients: int
    idle: float


def _report(attacked: Attacked, attacks: Sequence[str], seconds: float) -> Iterator[str]:
    yield f"# {attacked.clients} good clients beside hostile ones, {seconds:g} s each\n"
    yield f"Machine: {this_machine()}. The web process has {attacked.idle:.0f} MB when nobody asks.\n"
    yield "| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|"
    _row(attacked, "none", time.time() + WARMING)
    for name in ("none", *(attacks or ATTACKS)):
        yield _row(attacked, name, time.time() + seconds)


def _row(attacked: Attacked, name: str, until: float) -> str:
    """Attack until a time, and tell of it in one row, with what failed below."""
    service, processes, idle = attacked.service, attacked.processes, attacked.idle
    attacking = processes.apply_async(_attacking, (name, service.port, until))
    time.sleep(1)
    serving = processes.apply_async(_serving, (service.port, attacked.clients, until))
    most = idle
    while not serving.ready():
        most = max(most, service.memory())
        serving.wait(0.5)
    served: Served = serving.get()
    attacking.get(timeout=120)
    time.sleep(AFTER)
    before = service.processor()
    time.sleep(1)
    times = sorted(served.times) or [0.0]
    cells = (
        name,
        str(len(times)),
        f"{served.success:.2f} %",
        f"{1000 * statistics.median(times):.0f} ms",
        f"{1000 * times[int(0.99 * len(times))]:.0f} ms",
        f"{times[-1]:.2f} s",
        f"{most - idle:+.0f} MB",
        f"{service.memory() - idle:+.0f} MB",
        f"{100 * (service.processor() - before):.0f} %",
    )
    failures = [f"\n  {many} x {reason}" for reason, many in served.failures.most_common(5)]
    return "| " + " | ".join(cells) + " |" + "".join(failures)
