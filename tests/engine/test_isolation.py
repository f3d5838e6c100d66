"""What a worker cannot do: reach the network, start programs, see the environment."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

import worker_tasks
from diplograph.engine import sandbox, worker_process
from diplograph.engine.local import LocalEngine
from diplograph.engine.protocol import Operation
from diplograph.errors import (
    DiplographError,
    EngineUnavailable,
    InternalError,
    MemoryLimit,
    QueryTimeout,
    WorkerKilled,
)
from diplograph.rdf import Dataset
from diplograph.settings import Settings

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: seccomp and namespaces")
TESTS = Path(worker_tasks.__file__).parent


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    path = tmp_path_factory.mktemp("isolation") / "store"
    dataset = Dataset.create(path)
    dataset.load(b"<urn:a> <urn:b> <urn:c> .", "ttl")
    dataset.flush()
    dataset.close()
    tasks = {"attempt": "worker_tasks:attempt"}
    with pytest.MonkeyPatch.context() as patch:
        paths = os.pathsep.join([worker_process.ENVIRONMENT["PYTHONPATH"], str(TESTS)])
        patch.setattr(worker_process, "ENVIRONMENT", {"PYTHONPATH": paths})
        with LocalEngine(path, Settings(kb=path, state=path, workers=1), tasks=tasks) as engine:
            engine.run("attempt", {"code": ""})
            yield engine


@pytest.fixture
def canary():
    """A listener on loopback, and the addresses of those that came."""
    came = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def accept():
            try:
                while True:
                    connection, address = listener.accept()
                    came.append(address)
                    connection.close()
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1], came
        listener.shutdown(socket.SHUT_RDWR)


CALLING_OUT = [
    "SELECT * { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } } }",
    "SELECT * FROM <http://127.0.0.1:%d/> { ?s ?p ?o }",
]


@linux
@pytest.mark.parametrize("text", CALLING_OUT)
def test_a_query_that_got_past_the_guard_reaches_nobody(engine, canary, text):
    port, came = canary

    with suppress(DiplographError):
        engine.evaluate(Operation(text % port, "select"), "text/csv")

    assert came == []


FORBIDDEN = {
    "tcp": "import socket; socket.socket()",
    "udp": "import socket; socket.socket(type=socket.SOCK_DGRAM)",
    "unix socket": "import socket; socket.socketpair()",
    "sending": "import os, socket; socket.socket(fileno=os.dup(0)).send(b'x')",
    "program": "import os; os.execv('/bin/true', ['true'])",
    "io_uring": "import ctypes, os; c = ctypes.CDLL(None, use_errno=True); r = c.syscall(425, 1, None);"
    " raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))",
    "another thread": "import socket, concurrent.futures as f\n"
    "f.ThreadPoolExecutor(1).submit(socket.socket).result()",
}


@linux
@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_worker_is_refused(engine, name):
    assert engine.run("attempt", {"code": FORBIDDEN[name]}) == "PermissionError"


def test_a_worker_sees_nothing_of_the_environment(engine, monkeypatch):
    seen = engine.run("attempt", {"code": "import os; found = sorted(os.environ)"})

    assert set(eval(seen)) <= {"PYTHONPATH", "LC_CTYPE"}


def test_a_worker_writes_no_core_file_and_gives_way(engine):
    code = "import os, resource; found = resource.getrlimit(resource.RLIMIT_CORE), os.nice(0) >= 5"

    assert engine.run("attempt", {"code": code}) == "((0, 0), True)"


def test_work_that_uses_up_its_processor_time_ends_and_is_a_timeout(engine):
    code = """
import signal
signal.setitimer(signal.ITIMER_PROF, signal.getitimer(signal.ITIMER_PROF)[0] - 10.8)
while True:
    pass
"""
    with pytest.raises(QueryTimeout, match="limit of 9 s"):
        engine.run("attempt", {"code": code}, timeout=9)


def test_processor_time_is_counted_from_the_beginning_of_each_piece_of_work(engine):
    code = "import signal; found = round(signal.getitimer(signal.ITIMER_PROF)[0])"

    assert [engine.run("attempt", {"code": code}, timeout=seconds) for seconds in (9, 5)] == ["11", "7"]


@linux
def test_a_network_namespace_does_where_there_is_no_filter():
    code = (
        "from diplograph.engine import sandbox; import socket\n"
        "assert sandbox.leave_network()\n"
        "socket.create_connection(('127.0.0.1', 9), timeout=2)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=worker_process.ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    if "AssertionError" in ended.stderr:
        pytest.skip("namespaces are not allowed here")

    assert "Network is unreachable" in ended.stderr


def test_a_system_without_either_means_is_told_apart(monkeypatch):
    monkeypatch.setattr(sandbox, "_libc", lambda: None)

    assert sandbox.isolate() == "none"


def test_a_worker_that_is_not_isolated_is_cried_out(monkeypatch, caplog):
    worker = object.__new__(worker_process.WorkerProcess)
    monkeypatch.setattr(worker, "_exchange", lambda *_: {"isolation": "none"}, raising=False)
    worker._start = {}

    worker.await_ready(1)

    assert "NOT kept from the network" in caplog.text


def test_a_public_address_is_refused_without_isolation(monkeypatch):
    from diplograph.cli import server

    monkeypatch.setattr(server, "is_isolated", lambda: False)
    settings = Settings(kb=Path(), state=Path(), host="0.0.0.0")

    with pytest.raises(EngineUnavailable, match="seccomp"):
        server.serve(settings, None)
    server._stay_inside("127.0.0.1")


@linux
def test_this_system_isolates():
    assert worker_process.is_isolated()


DEATHS = {
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", WorkerKilled),
    "aborted": ("os.abort()", InternalError),
    "aborted for want of memory": (
        "os.write(2, b'memory allocation of 240 bytes failed\\n'); os.abort()",
        MemoryLimit,
    ),
    "too much memory": ("found = len(bytearray(2 << 30))", MemoryLimit),
}


@pytest.mark.parametrize("name", DEATHS)
def test_the_death_of_a_worker_is_told_as_what_it_was(engine, name):
    code, meaning = DEATHS[name]
    with pytest.raises(DiplographError) as caught:
        engine.run("attempt", {"code": f"import os, signal\n{code}"})

    assert caught.type is meaning
    assert engine.run("attempt", {"code": "found = 1"}) == "1"
