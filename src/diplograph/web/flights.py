"""Answers under way: who asks for one that is being made waits for it, so that it is made once."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

PATIENCE = 2.0
"""Seconds after which a request goes its own way: the answer may be one that is not kept."""


class Flights:
    """What is being answered now; any number of threads may share it."""

    def __init__(self, most: int) -> None:
        """Let at most so many requests wait for others; more go their own way."""
        self._most = most
        self._waiting = 0
        self._leaders: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    @contextmanager
    def joined(self, asked: Hashable) -> Iterator[bool]:
        """Wait for a request that asks the same, if there is one; tell whether the answer may be there now.

        While the block of the first one lasts, the others wait.
        """
        leader = self._leader(asked)
        if leader is None:
            try:
                yield False
            finally:
                with self._lock:
                    self._leaders.pop(asked).release()
        else:
            yield self._waited(leader)

    def _leader(self, asked: Hashable) -> threading.Lock | None:
        """Return what the first one to ask holds until it has its answer; None for that one itself."""
        with self._lock:
            leader = self._leaders.get(asked)
            if leader is None:
                first = self._leaders[asked] = threading.Lock()
                first.acquire()
            return leader

    def _waited(self, leader: threading.Lock) -> bool:
        with self._lock:
            if self._waiting >= self._most:
                return False
            self._waiting += 1
        done = leader.acquire(timeout=PATIENCE)
        if done:
            leader.release()
        with self._lock:
            self._waiting -= 1
        return done
