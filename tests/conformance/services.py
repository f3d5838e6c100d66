"""Services for datasets: `diplograph serve FILE…`, a few at a time, each ended after its last test."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import IO

import httpx
import pyoxigraph

from conformance.manifest import Data, iri_of

AT_ONCE = 4
PATIENCE = 90.0
GRACE = 20.0
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
# The command `diplograph`, which the kernel ends should the tests be killed: what it starts follows it.
COMMAND = """
from diplograph.engine.sandbox import die_with_parent
die_with_parent({parent})
from diplograph.cli import main
main()
"""

OPTIONS = ("serve", "--port", "0", "--workers", "1")


class Service:
    """One running service and a client of it that sends no header of its own."""

    def __init__(self, files: Sequence[str]) -> None:
        """Start the command on a free port and wait until it is ready."""
        self._errors: IO[bytes] = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - closed by `stop`
        self._process = subprocess.Popen(
            [sys.executable, "-c", COMMAND.format(parent=os.getpid()), *OPTIONS, *files],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
        )
        self.client = httpx.Client(timeout=30)
        del self.client.headers["Accept"]
        try:
            self._await(self._announced)
            self._await(self._ready)
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """The address of the service, without a final slash."""
        return str(self.client.base_url).rstrip("/")

    def stop(self) -> None:
        """End the process, and with it its web process and its worker."""
        self.client.close()
        self._process.terminate()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _await(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not reached():
            if self._process.poll() is not None or time.monotonic() > end:
                raise StartError(self._said())
            time.sleep(0.03)

    def _announced(self) -> bool:
        if found := ADDRESS.search(self._said()):
            self.client.base_url = found[0]
        return found is not None

    def _ready(self) -> bool:
        try:
            return self.client.get("/health/ready").is_success
        except httpx.TransportError:
            return False

    def _said(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")


class StartError(Exception):
    """A service that did not become ready; the message is what it wrote to standard error."""


class Services:
    """Lends the service of a dataset to one test after another, and starts those that come next.

    `plan` names the dataset of every test to come, in order.
    """

    def __init__(self, plan: Sequence[Data], folder: Path) -> None:
        """Start nothing yet; `folder` is for files that a service needs beside those of the suite."""
        self._uses = Counter(data.key for data in plan)
        self._upcoming = list({data.key: data for data in plan}.values())
        self._folder = folder
        self._running: dict[str, Future[Service]] = {}
        self._ending: set[Future[None]] = set()
        # The kernel ends a service with the thread that started it, so these threads stay to the end.
        self._threads = ThreadPoolExecutor(2 * AT_ONCE)

    def lend(self, data: Data) -> Service:
        """The service of a dataset, ready; those of the next datasets start meanwhile."""
        self._begin(data)
        for following in self._upcoming:
            if len(self._running) >= AT_ONCE:
                break
            self._begin(following)
        return self._running[data.key].result()

    def give_back(self, data: Data) -> None:
        """Note that a test has ended; with the last one of its dataset the service ends."""
        self._uses[data.key] -= 1
        if self._uses[data.key] <= 0:
            self._upcoming = [other for other in self._upcoming if other.key != data.key]
            self._end(data.key)

    def close(self) -> None:
        """End what still runs, and wait until all of it is gone."""
        for key in list(self._running):
            self._end(key)
        done, _ = wait(self._ending)
        self._threads.shutdown()
        for future in done:
            future.result()

    def _begin(self, data: Data) -> None:
        if data.key not in self._running:
            self._running[data.key] = self._threads.submit(Service, _arguments(data, self._folder))

    def _end(self, key: str) -> None:
        starting = self._running.pop(key)
        self._ending.add(self._threads.submit(_stop, starting))


def _stop(starting: Future[Service]) -> None:
    if starting.exception() is None:
        starting.result().stop()


def _arguments(data: Data, folder: Path) -> list[str]:
    """The files as the command takes them."""
    default = [str(_absolute(path, folder)) for path in data.default]
    named = [f"{iri}={path}" for iri, path in data.named]
    return default + named or [str(_empty(folder))]


def _absolute(path: Path, folder: Path) -> Path:
    """The file, or a copy in N-Triples with the base that the suite means when it has relative IRIs."""
    try:
        list(pyoxigraph.parse(path=str(path)))
    except SyntaxError:
        quads = pyoxigraph.parse(path=str(path), base_iri=iri_of(path))
        copy = folder / f"{path.parent.name}-{path.stem}.nt"
        pyoxigraph.serialize((quad.triple for quad in quads), str(copy), pyoxigraph.RdfFormat.N_TRIPLES)
        return copy
    return path


def _empty(folder: Path) -> Path:
    path = folder / "empty.nt"
    path.touch()
    return path
