"""What a worker does to itself before it reads anything: it dies with its parent and within its limits."""

import ctypes
import os
import resource
import signal
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGKILL when the thread that spawned this process ends (Linux)."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    except AttributeError:  # no prctl outside Linux: the end of the pipe must do
        return
    if os.getppid() != parent:
        raise SystemExit(1)


def no_core_dump(niceness: int = 5) -> None:
    """Leave no core file and give way to the web process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(niceness)


def limit_memory(allowance: int) -> None:
    """Cap the address space at what is mapped now plus an allowance in bytes; past it the process aborts.

    Relative, because the store maps much more than it uses.
    """
    mapped = virtual_size()
    if mapped is not None:
        resource.setrlimit(resource.RLIMIT_AS, (mapped + allowance, mapped + allowance))


def limit_processor(seconds: float) -> None:
    """Let the process use so many more seconds of processor time, two for the rest of the work aside."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 2
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def virtual_size() -> int | None:
    """Return the mapped address space in bytes, None where the system does not say."""
    return _statm(0)


def resident_size() -> int | None:
    """Return the memory in use in bytes, None where the system does not say."""
    return _statm(1)


def _statm(column: int) -> int | None:
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[column]
    except OSError:
        return None
    return int(pages) * resource.getpagesize()
