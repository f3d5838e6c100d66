"""The way of an answer out of a worker: sent in parts while it grows, measured, and stopped at the cap."""

from collections.abc import Callable

from diplograph.engine import frames
from diplograph.engine.results import Caps

PART = 256 << 10


class Outbox:
    """A file that serialisers write to; what fits into one part stays here and goes with the message."""

    def __init__(self, caps: Caps, send: Callable[[bytes], None]) -> None:
        """Measure against the caps, and send frames with `send`."""
        self._caps = caps
        self._send = send
        self._held = bytearray()

    def write(self, content: bytes) -> int:
        """Take bytes; ResultTooLarge past the cap."""
        self._caps.grow(len(content))
        self._held += content
        if len(self._held) >= PART:
            self._send(frames.part(self._held))
            self._held.clear()
        return len(content)

    def flush(self) -> None:
        """Do nothing: serialisers flush at their end, and the rest goes with the message."""

    def rest(self) -> bytes:
        """Return what was not sent yet."""
        return bytes(self._held)
