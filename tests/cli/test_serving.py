"""`serve` as a user runs it: it answers, tells when it cannot listen, and leaves no process behind."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

import live
from diplograph.cli.server import GRACE
from diplograph.settings import Settings

pytestmark = pytest.mark.slow


@contextmanager
def serving(kb: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "diplograph.cli", "serve", "--port", str(port)]
    environ = os.environ | {"DIPLOGRAPH_KB": str(kb)}
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, start_new_session=True) as process:
        try:
            live.wait_for(f"http://127.0.0.1:{port}/health/ready", process)
            yield process
        finally:
            process.kill()


def session(leader: int) -> set[int]:
    """The processes of a session that are alive: all that a service has started."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text(encoding="utf-8", errors="replace").rpartition(")")
        except OSError:
            continue
        state, _, _, leader_of = rest.split()[:4]
        if int(leader_of) == leader and state != "Z":
            found.add(int(name.split()[0]))
    return found


def gone(leader: int, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while session(leader) and time.monotonic() < end:
        time.sleep(0.1)
    return not session(leader)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_log_is_plain_lines_on_a_terminal_and_json_for_programs(own_kb: Path, is_terminal: bool) -> None:
    port = live.free_port()
    command = [sys.executable, "-m", "diplograph.cli", "serve", "--port", str(port), "--kb", str(own_kb)]
    build = [*command[:3], "build", "--kb", str(own_kb)]
    subprocess.run(build, check=True, capture_output=True)  # its progress would fill the terminal
    ours, theirs = os.openpty() if is_terminal else os.pipe()
    with live.running(command, port, stderr=theirs, start_new_session=True) as address:
        assert httpx.get(f"{address}/nowhere?a=b").status_code == 404
        data = own_kb / "data" / "a1.ttl"
        data.write_text(data.read_text("utf-8").replace('"X expels"', '"X expelled"'), "utf-8")
        subprocess.run(build, check=True, capture_output=True)
        text = ""
        while "is in service" not in text or not text.endswith("\n"):
            text += os.read(ours, 65536).decode(errors="replace")
    lines = text.splitlines()

    [request] = [line for line in lines if "nowhere" in line]
    [swapped] = [line for line in lines if "is in service" in line]
    if is_terminal:
        assert re.search(r"\d GET /nowhere\?a=b 404 in \d+ ms$", request)
        assert re.search(r":\d\d release [0-9a-f]{16} is in service$", swapped)
    else:
        assert (json.loads(request)["path"], json.loads(swapped)["level"]) == ("/nowhere", "info")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_service_stops_when_asked_and_leaves_no_process(shared_kb: Path, stop: signal.Signals) -> None:
    with serving(shared_kb, live.free_port()) as process:
        assert len(session(process.pid)) > 2
        process.send_signal(stop)

        assert process.wait(30) == 0
        assert gone(process.pid)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("after", [0, 0.1, 0.3, 0.6, 0.8, 1.0, 1.3])
def test_service_that_is_stopped_while_it_starts_ends_in_silence(
    shared_kb: Path, after: float, stop: signal.Signals
) -> None:
    command = [sys.executable, "-m", "diplograph.cli", "serve", "--port", "0", "--kb", str(shared_kb)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        time.sleep(after)
        (process.send_signal if stop == signal.SIGKILL else partial(os.killpg, process.pid))(stop)
        code = process.wait(GRACE + 10)  # who is told in the moment of beginning to serve is ended by force

        assert gone(process.pid, 5)
        assert not after or "Traceback" not in process.stderr.read()  # at once, Python is not there yet
    assert code == 0 or code == -stop == -signal.SIGKILL or not after


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_request_that_runs_is_answered_before_the_service_stops(
    shared_kb: Path, stop: signal.Signals
) -> None:
    endless = quote("SELECT (COUNT(*) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }")
    port = live.free_port()
    with serving(shared_kb, port) as process, ThreadPoolExecutor() as threads:
        address = f"http://127.0.0.1:{port}/sparql?timeout=2&query={endless}"
        running = threads.submit(httpx.get, address, timeout=20)
        time.sleep(1)
        assert not running.done()
        (partial(os.killpg, process.pid) if stop == signal.SIGINT else process.send_signal)(stop)

        assert running.result().json()["type"].endswith("/query-timeout")
        assert process.wait(5) == 0


def test_web_process_may_open_as_many_files_as_the_connections_need(shared_kb: Path) -> None:
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = Settings(shared_kb, shared_kb).most_connections
    if most < wanted:
        pytest.skip("this system allows fewer files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, before), most))
    try:
        with serving(shared_kb, live.free_port()) as process:
            limits = [resource.prlimit(pid, resource.RLIMIT_NOFILE)[0] for pid in forked(process.pid)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))

    assert len(limits) == 2
    assert min(limits) >= wanted


def forked(leader: int) -> list[int]:
    """The fork server of a session, and the web process."""
    return [pid for pid in session(leader) if "forkserver" in command(pid)]


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:  # it ended meanwhile
        return ""


def test_service_that_is_killed_leaves_no_process(shared_kb: Path) -> None:
    with serving(shared_kb, live.free_port()) as process:
        process.kill()
        process.wait(30)

        assert gone(process.pid)


def test_port_that_is_taken_is_told_and_exits_2(shared_kb: Path) -> None:
    port = live.free_port()
    with serving(shared_kb, port):
        command = [
            sys.executable,
            "-m",
            "diplograph.cli",
            "serve",
            "--port",
            str(port),
            "--kb",
            str(shared_kb),
        ]
        second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert second.returncode == 2
    assert f"error: Nothing can listen at 127.0.0.1:{port}" in second.stderr


def test_service_answers_a_canned_query(shared_kb: Path) -> None:
    port = live.free_port()
    with serving(shared_kb, port):
        answer = live.fetch(f"http://127.0.0.1:{port}/queries/acts?actor=x", accept="text/csv")

    assert answer.splitlines()[0] == "act,label,actor,evidence"
    assert len(answer.splitlines()) == 2
