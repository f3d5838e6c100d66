"""Queries meant to do harm, sent to the service as it runs: each is an error for its sender alone."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from diplograph.cli.server import MOST_DEATHS, Replacements

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]

TIMEOUT = 1.5
MEMORY = 256 << 20
MEBIBYTE = 1 << 20
N = "<urn:n>"
SCRIPT = f"""
import sys
from dataclasses import replace
from pathlib import Path

from diplograph.cli.server import serve
from diplograph.release.compare import build_from_files
from diplograph.settings import Settings

if __name__ == "__main__":
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    settings = Settings(kb=folder, state=folder, port=port, workers=2, timeout={TIMEOUT}, memory={MEMORY})
    serve(settings, build_from_files([str(folder / "ring.nt")], folder / "release"))
"""


class Service:
    """A running service, its processes, and what it is asked."""

    def __init__(self, folder: Path) -> None:
        ring = "".join(f"<urn:{i}> {N} <urn:{(i + 1) % 1000}> .\n" for i in range(1000))
        (folder / "ring.nt").write_text(ring, encoding="utf-8")
        (folder / "run.py").write_text(SCRIPT, encoding="utf-8")
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, str(folder / "run.py"), str(folder), str(port)]
        self.process = subprocess.Popen(command, start_new_session=True)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        self.web = self.wait()

    def wait(self) -> int:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert self.process.poll() is None, "the service ended by itself"
            try:
                if self.client.get("/health/ready").status_code == 200:
                    return next(pid for pid in tree(self.process.pid) if has_workers(pid))
            except httpx.TransportError:
                time.sleep(0.1)
        pytest.fail("the service did not become ready")

    def ask(self, text: str, accept: str = "*/*") -> httpx.Response:
        return self.client.post(
            "/sparql", content=text, headers={"Content-Type": "application/sparql-query", "Accept": accept}
        )

    def end(self) -> None:
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def workers(self) -> set[int]:
        return set(tree(self.web)[1:])


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *(found for child in children(pid) for found in tree(child))]


def children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it may end before it is read
            found += map(int, path.read_text(encoding="ascii").split())
    return found


def has_workers(pid: int) -> bool:
    return any("engine.worker" in command(child) for child in children(pid)) and "run.py" not in command(pid)


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def memory(pid: int, name: str) -> int:
    """A figure of the memory of a process, in bytes: VmRSS now, VmHWM at its highest."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def processor_time(pids: set[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # it ended, perhaps while being read
        return False


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("attacked"))
    try:
        yield service
    finally:
        service.end()


def nested(parts: tuple[str, ...], depth: int) -> str:
    start, opened, middle, closed, end = parts
    return start + opened * depth + middle + closed * depth + end


CROSS = " ".join(f"?a{i} {N} ?b{i} ." for i in range(4))
NESTING = {
    "B7 exists": ("ASK { FILTER ", "EXISTS { FILTER ", "EXISTS {}", " }", " }", 872),
    "B7 function": ("SELECT (", "STR(", "1", ")", " AS ?x) {}", 1027),
    "B7 sub-select": ("SELECT * ", "{ SELECT * ", "{}", "}", "", 1182),
    "B7 group": ("SELECT * ", "{", "", "}", "", 2265),
    "B7 optional": ("ASK {", "OPTIONAL {", "", "}", "}", 2729),
    "B7 minus": ("ASK {", "MINUS {", "", "}", "}", 2729),
    "B7 parenthesis": ("SELECT (", "(", "1", ")", " AS ?x) {}", 4740),
    "B7 sum": ("SELECT (", "1+", "1", "", " AS ?x) {}", 6906),
    "B7 path": ("ASK { ?s ", "(", N, ")*", " ?o }", 8762),
    "B7 not": ("SELECT (", "!", "1", "", " AS ?x) {}", 9381),
    "B7 alternatives": ("ASK { ?s ", f"{N}|", N, "", " ?o }", 6000),
}


@pytest.mark.parametrize("factor", [0.5, 1, 5])
@pytest.mark.parametrize("name", NESTING)
def test_nesting_costs_a_message(service: Service, name: str, factor: float) -> None:
    *parts, threshold = NESTING[name]

    answer = service.ask(nested(tuple(parts), int(threshold * factor)))

    assert answer.status_code in {400, 413}
    assert answer.json()["type"] in {"/problems/too-complex", "/problems/too-large"}
    assert alive(service.web)


COSTLY = {
    "C1 cross join": f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}",
    "C1 values": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?v{i} {{ 0 1 2 3 4 5 6 7 8 9 }}" for i in range(10))
    + " }",
    "C2 paths": f"SELECT * {{ ?a {N}* ?b . ?c {N}* ?d }}",
    "C2 both ways": f"SELECT (COUNT(*) AS ?n) {{ ?a ({N}|^{N})* ?b . ?b ({N}|^{N})* ?c }}",
    "C3 order": f"SELECT * {{ {CROSS} }} ORDER BY ?b0 ?b1",
    "C3 distinct": f"SELECT DISTINCT * {{ {CROSS} }}",
    "C3 group": f"SELECT ?a0 ?a1 (COUNT(*) AS ?n) {{ {CROSS} }} GROUP BY ?a0 ?a1",
    "C4 doubling": "SELECT (STRLEN(?x30) AS ?n) { BIND('0123456789' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(30))
    + " }",
    "C5 concatenation": f"SELECT (GROUP_CONCAT(?b0) AS ?x) {{ {CROSS} }}",
    "C5 templates": "CONSTRUCT { "
    + " ".join(f"?a0 <urn:p{i}> ?b1 ." for i in range(100))
    + f" }} {{ {CROSS} }}",
    "B8 many patterns": "ASK { " + " ".join(f"?x{i} {N} ?x{i + 1} ." for i in range(1000)) + " }",
}


@pytest.mark.parametrize("name", COSTLY)
def test_costly_query_is_stopped_and_its_processor_time_ends(service: Service, name: str) -> None:
    began = time.monotonic()

    answer = service.ask(COSTLY[name])

    assert time.monotonic() - began < TIMEOUT + 2
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) in {
        (503, "query-timeout"),
        (503, "memory-limit"),
        (413, "result-too-large"),
    }
    problem = answer.json()
    assert problem["limit"] > 0
    if answer.status_code == 503:
        assert problem["elapsed"] > 0
    assert service.ask("ASK { ?s ?p ?o }").json()["boolean"] is True
    assert alive(service.web)


def test_nothing_runs_on_after_a_503(service: Service) -> None:
    assert service.ask(COSTLY["C1 cross join"]).status_code == 503
    time.sleep(1)
    pids = service.workers()
    before = processor_time(pids)
    time.sleep(0.5)

    assert processor_time(pids) - before < 0.1


def test_stream_of_rows_without_end_is_refused_and_never_cut(service: Service) -> None:
    answer = service.ask(f"SELECT * {{ {CROSS} }}", "text/csv")

    assert answer.status_code in {413, 503}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://169.254.169.254/latest/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { SER\\u0056ICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "LOAD <http://127.0.0.1:1/>",
    ],
)
def test_what_calls_out_or_writes_is_refused_before_anything_runs(service: Service, text: str) -> None:
    before = service.workers()

    assert service.ask(text).status_code == 403
    assert service.workers() >= before


PAIRS = f"VALUES ?a {{ {' '.join(f'<urn:{i}>' for i in range(60))} }} ?a {N} ?b . ?c {N} ?d"
ROWS = f"SELECT ?a ?b ?c ?d {{ {PAIRS} }}"
TRIPLES = f"CONSTRUCT {{ ?a <urn:p> ?d }} {{ {PAIRS} }}"
LARGE = [
    (ROWS, "application/sparql-results+json"),
    (ROWS, "text/csv"),
    (ROWS, "text/tab-separated-values"),
    (TRIPLES, "application/n-triples"),
    (ROWS, "text/html"),
    (TRIPLES, "text/html"),
]


def test_web_process_stays_small_whatever_is_asked(service: Service) -> None:
    idle = memory(service.web, "VmRSS")
    sizes = []
    for text, accept in LARGE:
        plain = {"Accept": accept, "Accept-Encoding": "identity"}
        answer = service.client.get("/sparql", params={"query": text, "timeout": 60}, headers=plain)
        if answer.status_code == 200:
            assert int(answer.headers["Content-Length"]) == len(answer.content)
        sizes.append(len(answer.content))

    assert max(sizes) > 5 * MEBIBYTE
    assert memory(service.web, "VmHWM") - idle < 200 * MEBIBYTE


def test_client_that_leaves_does_not_keep_a_worker(service: Service) -> None:
    with pytest.raises(httpx.ReadTimeout):
        service.client.get("/sparql", params={"query": COSTLY["C1 cross join"]}, timeout=0.3)
    time.sleep(TIMEOUT + 0.5)
    pids = service.workers()
    before = processor_time(pids)
    time.sleep(0.5)

    assert processor_time(pids) - before < 0.1


def test_nothing_is_left_of_a_web_process_that_is_killed(tmp_path: Path) -> None:
    service = Service(tmp_path)
    end = time.monotonic() + 10
    while len(workers := service.workers()) < 2 and time.monotonic() < end:  # ready comes with the first
        time.sleep(0.05)
    os.kill(service.web, signal.SIGKILL)
    end = time.monotonic() + 5
    while any(map(alive, workers)) and time.monotonic() < end:
        time.sleep(0.05)
    left = [pid for pid in workers if alive(pid)]
    service.process.kill()
    service.end()

    assert len(workers) >= 2
    assert left == []


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    service.end()


def test_killed_web_process_is_replaced_and_clients_wait_for_the_next(own_service: Service) -> None:
    for _ in range(MOST_DEATHS + 2):
        before = own_service.web
        os.kill(before, signal.SIGKILL)
        while alive(before):
            time.sleep(0.001)
        with httpx.Client(base_url=own_service.client.base_url, timeout=10) as client:
            assert client.get("/health/ready").status_code == 200

        own_service.web = own_service.wait()
        assert own_service.web != before


def test_web_process_is_forked_off_one_that_opened_nothing(own_service: Service, tmp_path: Path) -> None:
    forking = parent(own_service.web)
    links = Path(f"/proc/{forking}/fd").iterdir()

    assert forking != own_service.process.pid
    assert len(list(Path(f"/proc/{forking}/task").iterdir())) == 1
    assert not [link for link in links if str(tmp_path) in str(link.readlink())]


def test_killed_fork_server_is_replaced_with_its_web_process(own_service: Service) -> None:
    web, forking = own_service.web, parent(own_service.web)
    os.kill(forking, signal.SIGKILL)
    end = time.monotonic() + 5
    while alive(web) and time.monotonic() < end:
        time.sleep(0.01)

    assert not alive(web)
    own_service.web = own_service.wait()
    assert parent(own_service.web) != forking


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def test_service_ends_only_when_its_web_process_ends_by_itself_again_and_again() -> None:
    often = Replacements(lambda _: False, lambda: 8.0)
    seldom = Replacements(lambda _: False, lambda: 100.0)
    killed = Replacements(lambda _: True, lambda: 8.0)
    for at in range(MOST_DEATHS - 1):
        often[0] = seldom[0] = killed[0] = float(at)
    assert often.get(0, 0) == 0
    often[0] = seldom[0] = killed[0] = 7.5

    assert often.get(0, 0) == 7.5
    assert seldom.get(0, 0) == 0
    assert killed.get(0, 0) == 0
