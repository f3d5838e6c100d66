"""What a worker does to itself before it reads anything: it dies with its parent and within its limits."""

import ctypes
import os
import resource
import signal
import time

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGKILL when the thread that spawned this process ends (Linux)."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    except AttributeError:  # no prctl outside Linux: the end of the pipe must do
        return
    if os.getppid() != parent:
        raise SystemExit(1)


def no_core_dump() -> None:
    """Leave no core file and give way to the web process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def limit_memory(allowance: int) -> None:
    """Cap the address space at what is mapped now plus an allowance in bytes; past it the process aborts.

    Relative, because the store maps much more than it uses.
    """
    mapped = Memory().mapped()
    if mapped is not None:
        resource.setrlimit(resource.RLIMIT_AS, (mapped + allowance, mapped + allowance))


class Processor:
    """The processor time of this process, piece of work by piece of work."""

    def __init__(self) -> None:
        """Begin to count; nothing is limited yet."""
        self._began = time.process_time()
        self._limit = 0

    def allow(self, seconds: float) -> None:
        """Begin a piece of work that may use so many seconds, two for the rest of the work aside."""
        self._began = time.process_time()
        limit = int(self._began + seconds) + 2
        if limit != self._limit:
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))
            self._limit = limit

    def used(self) -> float:
        """Return the seconds that this piece of work has used up to now."""
        return time.process_time() - self._began


class Memory:
    """The memory of this process as the system counts it; kept open, since it is read after every query."""

    def __init__(self) -> None:
        """Open the counter, where the system has one."""
        try:
            self._counter = os.open("/proc/self/statm", os.O_RDONLY)
        except OSError:
            self._counter = -1

    def mapped(self) -> int | None:
        """Return the mapped address space in bytes, None where the system does not say."""
        return self._column(0)

    def resident(self) -> int | None:
        """Return the memory in use in bytes, None where the system does not say."""
        return self._column(1)

    def _column(self, index: int) -> int | None:
        if self._counter < 0:
            return None
        return int(os.pread(self._counter, 128, 0).split()[index]) * resource.getpagesize()
