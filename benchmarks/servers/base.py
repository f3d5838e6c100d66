"""What every system does in a benchmark: find its programs, load the data, start, say where to ask, end."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

HOST = "127.0.0.1"
PATIENCE = 600.0
GRACE = 30.0
LONGEST_TARGET = 4096
RESULTS = "application/sparql-results+json"
READY = "ASK { ?s ?p ?o }"


class Absent(Exception):  # noqa: N818 - a fact about the machine, not a fault
    """A system cannot take part here; the text says why."""


@dataclass(frozen=True, slots=True)
class Data:
    """One dataset in every form that a system loads it from.

    `quads` holds the default graph and the named graphs, `named` the named graphs only, `merged` the triples
    of the default graph, which is the merge of the others.
    """

    kb: Path
    state: Path
    quads: Path
    named: Path
    merged: Path


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading took: seconds, peak memory of the process in bytes (None where unknown), bytes on disk."""

    seconds: float
    peak: int | None
    disk: int


class Server(ABC):
    """One system with one dataset in one folder; start and stop it as often as needed."""

    name: ClassVar[str]
    port: ClassVar[int]
    path: ClassVar[str] = "/sparql"

    def __init__(self, data: Data, folder: Path) -> None:
        """Raises Absent when a program it needs is not installed."""
        self.data = data
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.locate()

    @abstractmethod
    def locate(self) -> None:
        """Finds the programs. Raises Absent."""

    @abstractmethod
    def load(self) -> Loaded:
        """Takes in the data, before the server starts."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The command that serves."""

    def request(self, query: str) -> str:
        """The path and query string of a GET request that evaluates a query."""
        return f"{self.path}?query={quote(query, safe='')}"

    def start(self, ready: str = READY) -> float:
        """Starts the server and waits until it says yes to a query; how many seconds that took."""
        began = time.perf_counter()
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        log.close()
        taken = None
        try:
            self._await_answer(self.request(ready), began + PATIENCE)
            taken = time.perf_counter() - began
        finally:
            if taken is None:
                self.stop()
        return taken

    def stop(self) -> None:
        """Ends the process that was started, by its id."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def restart(self) -> None:
        """Ends and starts again: a query that nobody waits for any more would slow down what follows."""
        self.stop()
        self.start()

    def get(self, target: str, timeout: float, accept: str = RESULTS) -> tuple[int, bytes]:
        """Status and body of one request over a connection of its own."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=timeout)
        try:
            return exchange(connection, target, accept)
        finally:
            connection.close()

    def _await_answer(self, target: str, deadline: float) -> None:
        while time.perf_counter() < deadline:
            if self.process is not None and self.process.poll() is not None:
                raise Absent(
                    f"{self.name} ended at start with {self.process.returncode}: {self._last_words()}"
                )
            try:
                status, body = self.get(target, PATIENCE)
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
                continue
            if status == 200 and b"true" in body:
                return
            if 400 <= status < 500:
                raise Absent(f"{self.name} answers {status}: {body[:90].decode('utf-8', 'replace')}")
            time.sleep(0.05)
        raise Absent(f"{self.name} did not answer within {PATIENCE:.0f} s: {self._last_words()}")

    def _last_words(self) -> str:
        log = self.folder / "server.log"
        return " ".join(log.read_text(encoding="utf-8", errors="replace").split()[-30:])


def exchange(connection: http.client.HTTPConnection, target: str, accept: str = RESULTS) -> tuple[int, bytes]:
    """Status and body of a GET request; one too long for some servers is sent as a form instead."""
    path, _, fields = target.partition("?")
    if len(target) <= LONGEST_TARGET:
        connection.request("GET", target, headers={"Accept": accept})
    else:
        form = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, body=fields.encode("ascii"), headers=form)
    response = connection.getresponse()
    return response.status, response.read()


def program(*names: str) -> str:
    """The path of the first of these programs that is installed, beside this Python or on PATH."""
    beside = str(Path(sys.executable).parent)
    for name in names:
        found = shutil.which(name, path=os.pathsep.join([beside, os.environ.get("PATH", ""), "/usr/sbin"]))
        if found:
            return found
    raise Absent(f"{names[0]} is not installed")


def timed(command: Sequence[str], log: Path) -> tuple[float, int]:
    """Runs a command to its end: seconds and peak memory in bytes. Raises Absent when it fails."""
    began = time.perf_counter()
    with log.open("ab") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        words = log.read_text(encoding="utf-8", errors="replace").split()[-60:]
        raise Absent(f"{Path(command[0]).name} failed with {process.returncode}: {' '.join(words)}")
    return time.perf_counter() - began, usage.ru_maxrss * 1024
