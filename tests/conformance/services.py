"""Services for datasets: `diplograph serve FILE…`, a few at a time, each ended after its last test."""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import IO

import httpx
import live

from conformance.manifest import Data

AT_ONCE = 3
ATTEMPTS = 3
PATIENCE = 90.0
GRACE = 20.0
# The command `diplograph`, which the kernel ends should the tests be killed: what it starts follows it.
COMMAND = """
from diplograph.engine.limits import die_with_parent
die_with_parent({parent})
from diplograph.cli import main
main()
"""


class Service:
    """One running service and a client of it that sends no header of its own."""

    def __init__(self, files: Sequence[str]) -> None:
        """Start the command and wait until it is ready."""
        port = live.free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        self._process = subprocess.Popen(
            [sys.executable, "-c", COMMAND.format(parent=os.getpid())]
            + ["serve", "--port", str(port), "--workers", "1", *files],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
        )
        self.client = httpx.Client(base_url=self.url, timeout=30)
        del self.client.headers["Accept"]
        try:
            self._await_ready()
        except BaseException:
            self.stop()
            raise

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

    def _await_ready(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                self.client.get("/health/ready").raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
        self._errors.seek(0)
        raise StartError(self._errors.read().decode("utf-8", "replace"))


class StartError(Exception):
    """A service that did not become ready; the message is what it wrote to standard error."""


class Services:
    """Lends the service of a dataset to one test after another, and starts those that come next.

    `plan` names the dataset of every test to come, in order.
    """

    def __init__(self, plan: Sequence[Data], empty: Path) -> None:
        """Start nothing yet; `empty` is the file to serve where a dataset has none."""
        self._uses = Counter(data.key for data in plan)
        self._upcoming = list({data.key: data for data in plan}.values())
        self._empty = str(empty)
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
            self._running[data.key] = self._threads.submit(_start, data.arguments or [self._empty])

    def _end(self, key: str) -> None:
        starting = self._running.pop(key)
        self._ending.add(self._threads.submit(_stop, starting))


def _start(files: Sequence[str]) -> Service:
    for _ in range(ATTEMPTS - 1):
        try:
            return Service(files)
        except StartError as error:
            if "cannot be listened at" not in str(error):
                raise
    return Service(files)


def _stop(starting: Future[Service]) -> None:
    if starting.exception() is None:
        starting.result().stop()
