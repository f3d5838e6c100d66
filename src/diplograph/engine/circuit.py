"""A circuit breaker: after some failures in a row an engine is left alone for a while, then tried by one."""

import threading
import time

from diplograph.errors import EngineUnavailable

FAILURES = 5
PAUSE_SECONDS = 2.0


class Circuit:
    """Counts the requests in a row that found no engine; a query that is slow or refused is none of them."""

    def __init__(self, failures: int = FAILURES, pause: float = PAUSE_SECONDS) -> None:
        """Open after so many failures, for so many seconds."""
        self._most, self._pause = failures, pause
        self._failed = 0
        self._open_until = 0.0
        self._lock = threading.Lock()

    def enter(self) -> None:
        """Let a request pass; EngineUnavailable at once while the circuit is open."""
        with self._lock:
            if self._failed < self._most:
                return
            if time.monotonic() < self._open_until:
                detail = f"The engine failed {self._failed} times in a row and is left alone for a moment."
                raise EngineUnavailable(detail)
            self._open_until = time.monotonic() + self._pause

    def works(self) -> None:
        """Note an answer."""
        with self._lock:
            self._failed = 0

    def fails(self) -> None:
        """Note that there was no engine to answer."""
        with self._lock:
            self._failed += 1
            self._open_until = time.monotonic() + self._pause
