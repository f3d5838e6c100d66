"""One writer at a time for one state folder, also between processes; one that is killed frees the lock."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from diplograph.errors import BuildFailed

PAUSE = 0.1
_HELD: ContextVar[frozenset[Path]] = ContextVar("held", default=frozenset())


@contextmanager
def build_lock(state: Path, wait: float = 0.0, name: str = "build") -> Iterator[None]:
    """Holds the lock of a name while the block runs; who holds it may take it again inside.

    Waits at most `wait` seconds for another writer, then raises BuildFailed naming its process.
    """
    path = state / f"{name}.lock"
    if path in _HELD.get():
        yield
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(descriptor, time.monotonic() + wait, name)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        held = _HELD.set(_HELD.get() | {path})
        try:
            yield
        finally:
            _HELD.reset(held)
    finally:
        os.close(descriptor)


def _take(descriptor: int, deadline: float, name: str) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 32, 0).decode() or "unknown"
                raise BuildFailed(
                    f"Another {name} is running (process {holder}).",
                    hint="Wait until it has ended, then try again.",
                ) from error
            time.sleep(PAUSE)
        else:
            return
