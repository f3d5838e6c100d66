"""Durable files: after a crash there is the old or the new one, never a part; and one writer at a time."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from diplograph.errors import BuildFailed, Busy, NoSpace, StorageUnavailable
from diplograph.release.folder import sync

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
READABLE = 0o644
UNWRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
SAYS_FULL = ("No space left on device", "Disk quota exceeded", "File too large")
SAYS_UNWRITABLE = ("Read-only file system", "Permission denied", "Input/output error")
PAUSE = 0.1
PATIENCE = 300.0
"""Seconds that a command waits for others that write in the same folder."""


@contextmanager
def disk_errors_told() -> Iterator[None]:
    """Raise NoSpace where the block finds the disk full, StorageUnavailable where it cannot be written.

    The store says so in words only.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL or any(text in str(error) for text in SAYS_FULL):
            raise NoSpace("The disk is full; nothing was changed.") from error
        said = next((text for text in SAYS_UNWRITABLE if text in str(error)), None)
        if error.errno in UNWRITABLE or said:
            reason = said or os.strerror(error.errno or errno.EIO)
            raise StorageUnavailable(f"The disk cannot be written: {reason}. Nothing was changed.") from error
        raise


def replace(path: Path, text: str | bytes, mode: int = READABLE) -> None:
    """Put a text in the place of a file, durably: temporary file, fsync, rename, fsync of the folder."""
    rename(stage(path, text, mode), path)


def stage(path: Path, text: str | bytes, mode: int = READABLE) -> Path:
    """Write a text beside a file, through to the disk, and return where it stands until it is renamed.

    Raises NoSpace or StorageUnavailable, and then nothing is left of it.
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        with disk_errors_told():
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            try:
                write(descriptor, text if isinstance(text, bytes) else text.encode())
            finally:
                os.close(descriptor)
    except (OSError, NoSpace, StorageUnavailable):
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    return temporary


def write(descriptor: int, content: bytes) -> None:
    """Write to an open file, whole and through to the disk."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.fsync(descriptor)


def rename(temporary: Path, path: Path) -> None:
    """Make a staged file the file itself, durably."""
    temporary.replace(path)
    sync(path.parent)


def remove(path: Path) -> None:
    """Remove a file, durably; one that is gone already is fine."""
    path.unlink(missing_ok=True)
    sync(path.parent)


@contextmanager
def build_lock(state: Path, wait: float = 0.0, name: str = "build") -> Iterator[None]:
    """Holds the lock of a name while the block runs.

    Waits at most `wait` seconds for another process, then raises BuildFailed naming its process.
    """
    descriptor = os.open(state / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(descriptor, wait):
            holder = os.pread(descriptor, 32, 0).decode() or "unknown"
            raise BuildFailed(
                f"Another {name} is running (process {holder}).",
                hint="Wait until it has ended, then try again.",
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def folder_lock(folder: Path, wait: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of a folder while the block runs; it leaves no file behind.

    Whoever makes the new text of a file of the old one takes it before reading, so that nothing is lost that
    another one writes meanwhile. Waits at most `wait` seconds, then raises Busy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not _take(descriptor, wait):
            raise Busy(
                f"Another command writes in {folder}.", hint="Wait until it has ended, then try again."
            )
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, wait: float) -> bool:
    """Take the lock of an open file or folder; False when another one holds it all the time."""
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(PAUSE)
        else:
            return True
