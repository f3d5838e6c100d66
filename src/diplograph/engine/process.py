"""One worker process as its parent sees it: spawned, asked, killed when late, and its death explained."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

from diplograph.engine import frames
from diplograph.engine.frames import Message
from diplograph.errors import (
    DiplographError,
    EngineUnavailable,
    InternalError,
    MemoryLimit,
    QueryTimeout,
    TooComplex,
)

COMMAND = [sys.executable, "-P", "-X", "utf8", "-m", "diplograph.engine.worker"]


class WorkerProcess:
    """A spawned worker and the socket to it. Used by one thread at a time."""

    def __init__(self, start: Message) -> None:
        """Spawn the worker; `start` is what `worker.Worker` reads first. `await_ready` comes next."""
        self._memory = int(start["memory"])
        self._socket, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        with theirs:
            self._process = subprocess.Popen(
                COMMAND,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env={},
                cwd="/",
            )
        self._start = start | {"parent": os.getpid()}
        self.retired = False

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process can be asked again."""
        return not self.retired and self._process.poll() is None

    def await_ready(self, timeout: float) -> None:
        """Wait until the store is open; EngineUnavailable, the process reaped, when it does not open."""
        try:
            self._exchange(self._start, time.monotonic() + timeout)
        except (EOFError, OSError) as error:
            raise EngineUnavailable(f"A worker could not start: {self.kill() or error}") from error

    def request(self, message: Message, timeout: float) -> Message:
        """Send a request and return the reply.

        At the deadline, in seconds from now, the process is killed and reaped before QueryTimeout is
        raised; a death of its own is raised as what it means.
        """
        began = time.monotonic()
        try:
            reply = self._exchange(message, began + timeout)
        except TimeoutError as error:
            self.kill()
            raise _late(timeout, began) from error
        except (EOFError, ConnectionError) as error:
            raise self._explain(timeout, began) from error
        self.retired = (reply.get("resident") or 0) > self._memory // 2
        return reply

    def interrupt(self) -> None:
        """End the process from another thread; the one that waits for its reply finds it dead."""
        self.retired = True
        self._process.kill()

    def kill(self) -> str:
        """End and reap the process, and return the end of what it wrote to standard error."""
        self.retired = True
        self._process.kill()
        self._process.wait()
        self._socket.close()
        if self._errors.closed:
            return ""
        with self._errors:
            self._errors.seek(max(0, self._errors.seek(0, os.SEEK_END) - 4000))
            return self._errors.read().decode("utf-8", "replace")

    def _exchange(self, message: Message, deadline: float) -> Message:
        def receive(length: int) -> bytes:
            self._wait_no_longer_than(deadline)
            return self._socket.recv(length)

        self._wait_no_longer_than(deadline)
        self._socket.sendall(frames.encode(message))
        return frames.read(receive)

    def _wait_no_longer_than(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def _explain(self, timeout: float, began: float) -> DiplographError:
        """Reap the process and say what its exit status means."""
        interrupted = self.retired
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            status = 0
        trace = self.kill()
        if interrupted:
            return EngineUnavailable("The engine was closed while it worked.")
        if status in (-signal.SIGSEGV, -signal.SIGBUS):
            return TooComplex("The text is nested too deeply to be read.")
        if status in (-signal.SIGABRT, -signal.SIGKILL):
            detail = f"The work needed more than {self._memory} bytes of memory and was stopped."
            return MemoryLimit(detail, limit=self._memory, elapsed=_since(began))
        if status == -signal.SIGXCPU:
            return _late(timeout, began)
        return InternalError(f"A worker ended with status {status}.", trace=trace)


def _late(timeout: float, began: float) -> QueryTimeout:
    detail = f"The work was stopped at its limit of {timeout:g} s."
    return QueryTimeout(detail, limit=timeout, elapsed=_since(began))


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)
