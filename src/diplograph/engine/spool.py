"""Where an answer waits until it is whole: in memory up to a size, then in a file without a name."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

from diplograph.errors import NoSpace

IN_MEMORY = 1 << 20
CHUNK = 256 << 10


class Spool:
    """Bytes that are written once, from front to back, and read as often as wanted until they are closed."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        """Keep at most so many bytes in memory; the file has no name, so nothing stays behind a crash."""
        self._file = SpooledTemporaryFile(max_size=in_memory)  # noqa: SIM115 - closed by `close`
        self.size = 0

    def write(self, content: bytes) -> None:
        """Add bytes at the end. Raises NoSpace when the disk is full."""
        try:
            self._file.write(content)
        except OSError as error:
            raise NoSpace(f"An answer cannot be put aside: {error.strerror}.") from error
        self.size += len(content)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the whole content in pieces; one reader at a time."""
        self._file.seek(0)
        while piece := self._file.read(CHUNK):
            yield piece

    def read(self) -> bytes:
        """Return the whole content."""
        return b"".join(self)

    def __del__(self) -> None:
        """Close what nobody closed: an answer whose client went away before it was sent."""
        self.close()

    def close(self) -> None:
        """Free the memory or the file."""
        self._file.close()
