"""One writer at a time for one state folder, also between processes; one that is killed frees the lock."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from diplograph.errors import BuildFailed

PAUSE = 0.1


@contextmanager
def build_lock(state: Path, wait: float = 0.0, name: str = "build") -> Iterator[None]:
    """Holds the lock of a name while the block runs.

    Waits at most `wait` seconds for another process, then raises BuildFailed naming its process.
    """
    descriptor = os.open(state / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(descriptor, time.monotonic() + wait, name)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
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
