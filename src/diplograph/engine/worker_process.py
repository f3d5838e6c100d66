"""Worker process as its parent sees it: spawned, asked, killed when late, and its death explained."""

import logging
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from diplograph.engine import frames
from diplograph.engine.frames import Message
from diplograph.engine.protocol import Spool
from diplograph.errors import (
    DiplographError,
    EngineUnavailable,
    InternalError,
    MemoryLimit,
    QueryTimeout,
    TooComplex,
    WorkerKilled,
)

PYTHON = [sys.executable, "-P", "-X", "utf8", "-m"]
COMMAND = [*PYTHON, "diplograph.engine.worker"]
ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=500",
}
"""All that a worker sees of the environment: where the code lies that this process runs, and that each thread
may keep 500 freed pieces of each small size at hand (7 by default): a look-up spends a quarter less time."""
RECYCLE_AFTER = 20_000
"""Requests that one process answers before it makes room for a fresh one."""
MOMENT = 0.02
"""Seconds after an answer in which a process counts as alive."""
NICENESS = 15
"""Of work that proved long; other work has 5."""
_PROCESSOR = 2
"""Kind of clock that counts the processor time of a process (clock_getcpuclockid of Linux)."""
_NO_MEMORY = re.compile(r"memory allocation of \d+ bytes failed|std::bad_alloc|MemoryError")
"""What Rust, C++ and Python write to standard error before they give up for want of memory."""
_INTERVAL = struct.Struct("@ll")
"""Seconds and microseconds, as the system takes them."""

log = logging.getLogger(__name__)


def is_isolated() -> bool:
    """Tell whether workers on this system are kept from the network, by trying it in a process."""
    return (
        subprocess.run([*PYTHON, "diplograph.engine.sandbox"], env=ENVIRONMENT, check=False).returncode == 0
    )


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
                env=ENVIRONMENT,
                cwd="/",
            )
        self._start = start | {"parent": os.getpid()}
        self._reader = frames.FrameReader(self._receive)
        self._deadline = 0.0
        self._answered = 0.0
        self._requests = 0
        self._more: Callable[[], float] = float
        self._gave_way = False
        self.has_run_tasks = False
        self.retired = False
        self.processor = 0.0

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process can be asked again. One that answered a moment ago is not looked for."""
        if self.retired or time.monotonic() - self._answered < MOMENT:
            return not self.retired
        return self._process.poll() is None

    def await_ready(self, timeout: float) -> None:
        """Wait until the store is open; EngineUnavailable, the process reaped, when it does not open."""
        try:
            reply = self._exchange(self._start, time.monotonic() + timeout)
        except (EOFError, OSError) as error:
            raise EngineUnavailable(f"A worker could not start: {self.kill() or error}") from error
        if reply["isolation"] == "none":
            log.critical(
                "Workers are NOT kept from the network: this system has neither seccomp nor namespaces."
            )

    def request(self, message: Message, timeout: float, more: Callable[[], float] = float) -> Message:
        """Send a request and return the reply; a `body` that came in parts is a Spool.

        At the deadline, in seconds from now, `more` says how many seconds longer it may take; when there are
        none the process is killed and reaped before QueryTimeout is raised. A death of its own is raised as
        what it means, and what `Spool.write` raises where the answer finds no room.
        `processor` is afterwards what the request cost, in seconds.
        """
        began = time.monotonic()
        self.processor = 0.0
        self._more = more
        try:
            reply = self._exchange(message, began + timeout)
        except TimeoutError as error:
            self.kill()
            raise _timed_out(timeout, began) from error
        except (EOFError, ConnectionError) as error:
            raise self._explain(timeout, began) from error
        except BaseException:  # whatever it was, what is left of the reply is not for the next request
            self.kill()
            raise
        finally:
            self.processor = self.processor or time.monotonic() - began
        self._requests += 1
        self.has_run_tasks = self.has_run_tasks or message["kind"] == "task"
        self._answered = time.monotonic()
        too_big = (reply.get("resident") or 0) > self._memory // 2
        self.retired = too_big or self._gave_way or self._requests >= RECYCLE_AFTER
        return reply

    def interrupt(self) -> None:
        """End the process from another thread; the one that waits for its reply finds it dead."""
        self.retired = True
        self._process.kill()

    def used(self) -> float:
        """Return the processor time of the process in seconds; by the clock where the system does not say."""
        try:
            return time.clock_gettime(~self.pid << 3 | _PROCESSOR)
        except OSError:
            return time.monotonic()

    def give_way(self) -> None:
        """Let shorter work have the processor first; there is no way back, so this request is its last."""
        self._gave_way = True
        with suppress(OSError):  # it has just ended
            os.setpriority(os.PRIO_PROCESS, self.pid, NICENESS)

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
        """Send a message and wait for its reply, whose parts, if any, become its body."""
        parts = _Parts()
        self._deadline = deadline
        try:
            self._send(frames.encode(message))
            reply = self._reader.message(parts.keep)
            self.processor = reply.get("processor", 0.0)
            return parts.finish(reply)
        except BaseException:
            parts.close()
            raise

    def _send(self, frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            self._wait_no_longer(socket.SO_SNDTIMEO)
            with suppress(BlockingIOError):
                rest = rest[self._socket.send(rest) :]

    def _receive(self, into: memoryview) -> int:
        while True:
            self._wait_no_longer(socket.SO_RCVTIMEO)
            with suppress(BlockingIOError):
                return self._socket.recv_into(into)

    def _wait_no_longer(self, option: int) -> None:
        """Let the system end the next call at the deadline, with BlockingIOError; TimeoutError past it.

        A timeout of the socket object would cost three more system calls, at each of which threads change.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            left = self._more()
            self._deadline = time.monotonic() + left
        if left <= 0:
            raise TimeoutError
        seconds = int(left)
        microseconds = max(1, int((left - seconds) * 1e6))  # nothing at all would mean no end
        self._socket.setsockopt(socket.SOL_SOCKET, option, _INTERVAL.pack(seconds, microseconds))

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
        if _NO_MEMORY.search(trace):
            detail = f"The work needed more than {self._memory} bytes of memory and was stopped."
            return MemoryLimit(detail, limit=self._memory, elapsed=_since(began))
        if status == -signal.SIGKILL:
            return WorkerKilled("The worker was killed from outside: by an operator, or for want of memory.")
        if status == -signal.SIGPROF:
            return _timed_out(timeout, began)
        return InternalError(f"A worker ended with status {status}.", trace=trace)


class _Parts:
    """The parts of a long answer, in a spool as soon as there is one."""

    def __init__(self) -> None:
        self._spool: Spool | None = None

    def keep(self, part: bytes) -> None:
        """Add a part."""
        self._spool = self._spool or Spool()
        self._spool.write(part)

    def finish(self, reply: Message) -> Message:
        """Put the end of a long answer behind its parts; after an error the parts are worth nothing."""
        if self._spool is None:
            return reply
        if "error" in reply:
            self.close()
            return reply
        self._spool.write(reply["body"])
        return reply | {"body": self._spool}

    def close(self) -> None:
        """Forget the parts."""
        if self._spool is not None:
            self._spool.close()


def _timed_out(timeout: float, began: float) -> QueryTimeout:
    detail = f"The work was stopped at its limit of {timeout:g} s."
    return QueryTimeout(detail, limit=timeout, elapsed=_since(began))


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)
