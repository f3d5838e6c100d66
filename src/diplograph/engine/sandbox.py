"""Limits of a worker process: memory, processor time, no network, and death with its parent.

The network is kept out by a seccomp filter, else by a namespace without interfaces, else by nothing.
"""

import ctypes
import os
import platform
import resource
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_PR_SET_PDEATHSIG = 1
Isolation = Literal["seccomp", "namespace", "none"]
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
_FILTER_EVERY_THREAD = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
"""Where a filter finds the number of a system call and the architecture it was made for."""
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 13, 0x80000000
_X32 = 0x40000000
"""Numbers from here on are system calls of x86-64 with 32-bit pointers: nothing of ours makes them."""
_LITTLE = 4 << 20
"""Bytes of address space: what a library takes that is loaded, at most."""
_IO_URING = (425, 426, 427)


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

    def allow(self, seconds: float) -> None:
        """Begin a piece of work that may use so many seconds.

        Past them SIGPROF ends the process. A limit of the process as a whole (RLIMIT_CPU) would not do: it is
        held against a clock of ticks, which in a long life comes to run seconds before the one read here.
        """
        self._began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, seconds)

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

    def is_spent(self) -> bool:
        """Tell whether so little address space is left that what failed may have failed for want of it."""
        limit, mapped = resource.getrlimit(resource.RLIMIT_AS)[0], self.mapped()
        return mapped is not None and limit != resource.RLIM_INFINITY and limit - mapped < _LITTLE

    def _column(self, index: int) -> int | None:
        if self._counter < 0:
            return None
        return int(os.pread(self._counter, 128, 0).split()[index]) * resource.getpagesize()


@dataclass(frozen=True, slots=True)
class _Machine:
    """The architecture as audit names it, and the numbers of `seccomp` and of what is refused there."""

    audit: int
    seccomp: int
    refused: tuple[int, ...]


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        317,
        # socket connect accept sendto sendmsg bind listen socketpair accept4 sendmmsg
        # execve execveat ptrace process_vm_readv process_vm_writev, then io_uring
        (41, 42, 43, 44, 46, 49, 50, 53, 288, 307, 59, 322, 101, 310, 311, *_IO_URING),
    ),
    "aarch64": _Machine(
        0xC00000B7,
        277,
        (198, 203, 202, 206, 211, 200, 201, 199, 242, 269, 221, 281, 117, 270, 271, *_IO_URING),
    ),
}


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("yes", ctypes.c_uint8),
        ("no", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("first", ctypes.POINTER(_Instruction)))


def isolate() -> Isolation:
    """Take the network away from this process and say by which means; "none" when there is no means."""
    if filter_calls():
        return "seccomp"
    return "namespace" if leave_network() else "none"


def filter_calls() -> bool:
    """Refuse sockets, programs and other processes from here on, for every thread; tell whether it held."""
    machine = _MACHINES.get(platform.machine())
    libc = _libc()
    if machine is None or libc is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    instructions = [_Instruction(*each) for each in _filter(machine)]
    program = _Program(len(instructions), (_Instruction * len(instructions))(*instructions))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    found = libc.syscall(
        machine.seccomp, _SECCOMP_SET_MODE_FILTER, _FILTER_EVERY_THREAD, ctypes.byref(program)
    )
    return int(found) == 0


def leave_network() -> bool:
    """Move this process into a network namespace of its own, where no interface is up."""
    libc = _libc()
    if libc is None or not hasattr(libc, "unshare"):
        return False
    return bool(libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def _filter(machine: _Machine) -> Iterator[tuple[int, int, int, int]]:
    """Yield the filter: another architecture kills, what is refused fails with EACCES, the rest passes."""
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield _EQUAL, 1, 0, machine.audit
    yield _RETURN, 0, 0, _KILL
    yield _LOAD, 0, 0, _NUMBER
    yield _AT_LEAST, 0, 1, _X32
    yield _RETURN, 0, 0, _REFUSE
    for number in machine.refused:
        yield _EQUAL, 0, 1, number
        yield _RETURN, 0, 0, _REFUSE
    yield _RETURN, 0, 0, _ALLOW


def _libc() -> ctypes.CDLL | None:
    """The C library, None where processes are not limited this way."""
    return ctypes.CDLL(None, use_errno=True) if os.uname().sysname == "Linux" else None


if __name__ == "__main__":
    raise SystemExit(isolate() == "none")
