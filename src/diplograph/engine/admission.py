"""Admission: queries at once, processor seconds and bytes of answers under way for each client.

Work that reaches an engine counts, and what was done for a query or a form that is refused before. A client
without a name is not limited: the command line, and loopback unless the settings say otherwise.
"""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from diplograph.errors import Busy, Overloaded

MINUTE = 60.0
MOST_ACCOUNTS = 10_000

CLIENT: ContextVar[str | None] = ContextVar("client", default=None)
"""For whom this thread works now; the service sets it at the start of every request."""
_IS_STEP: ContextVar[bool] = ContextVar("is step", default=False)


@contextmanager
def step() -> Iterator[None]:
    """Let this thread ask an engine within the block as a step of a query that was admitted."""
    before = _IS_STEP.set(True)
    try:
        yield
    finally:
        _IS_STEP.reset(before)


@dataclass(slots=True)
class Account:
    """What a client runs now, and the processor seconds that it had left at a time."""

    left: float
    at: float
    running: int = 0
    spent: float = 0.0


class Admission:
    """Keeps the accounts of the clients; any number of threads may ask."""

    def __init__(
        self,
        concurrency: int,
        budget: float,
        burst: float,
        clock: Callable[[], float] = time.monotonic,
        unit: str = "processor seconds",
    ) -> None:
        """Allow each client so many queries at once and a `budget` of processor seconds, or a unit, a minute.

        Up to `burst` of them that a client did not use are kept for it.
        """
        self._concurrency = concurrency
        self._rate = budget / MINUTE
        self._burst = burst
        self._clock = clock
        self._unit = unit
        self._accounts: dict[str, Account] = {}
        self._lock = threading.Lock()

    @contextmanager
    def admitted(self) -> Iterator[Account]:
        """Let the client of this thread in while the block lasts; what it `spent` is charged at its end.

        Raises Busy, with the seconds to wait, past either limit.
        """
        client = CLIENT.get()
        if client is None or _IS_STEP.get():
            yield Account(self._burst, 0.0)
            return
        with self._lock:
            account = self._enter(client)
        spent = Account(0.0, 0.0)
        try:
            yield spent
        finally:
            with self._lock:
                account.running -= 1
                account.left -= spent.spent

    @contextmanager
    def charged(self) -> Iterator[None]:
        """Let the client in as `admitted` does, and charge it this thread's time if the block raises.

        What is not refused goes on to a worker, whose time is charged. Raises Busy past either limit.
        """
        with self.admitted() as account:
            began = time.thread_time()
            try:
                yield
            except BaseException:
                account.spent = time.thread_time() - began
                raise

    def _enter(self, client: str) -> Account:
        now = self._clock()
        account = self._accounts.get(client) or self._opened(client, now)
        account.left = min(self._burst, account.left + (now - account.at) * self._rate)
        account.at = now
        if account.left <= 0:
            wait = int(-account.left / self._rate) + 1
            detail = f"This client has used its {self._rate * MINUTE:g} {self._unit} a minute."
            raise Busy(detail, limit=self._rate * MINUTE, retry_after=wait)
        if account.running >= self._concurrency:
            detail = f"This client has {account.running} queries running or waiting already."
            raise Busy(detail, limit=self._concurrency, retry_after=1)
        account.running += 1
        return account

    def _opened(self, client: str, now: float) -> Account:
        if len(self._accounts) >= MOST_ACCOUNTS:
            self._forget(now)
        return self._accounts.setdefault(client, Account(self._burst, now))

    def _forget(self, now: float) -> None:
        """Drop the accounts that a new one would not differ from."""
        for client, account in list(self._accounts.items()):
            full = account.left + (now - account.at) * self._rate >= self._burst
            if full and not account.running:
                self._accounts.pop(client, None)


class Quota:
    """The bytes that answers take until they are sent, by client and in all; any number of threads may ask.

    A client without a name has no limit of its own.
    """

    def __init__(self, most: float = math.inf, most_of_client: float = math.inf) -> None:
        """Allow so many bytes in all, and to each client."""
        self.allow(most, most_of_client)
        self._taken: Counter[str | None] = Counter()
        self._all = 0
        self._lock = threading.RLock()  # an answer that is forgotten gives back whenever memory is tidied up

    @property
    def taken(self) -> int:
        """The bytes taken now."""
        return self._all

    def allow(self, most: float, most_of_client: float) -> None:
        """Allow so many bytes in all, and to each client, from now on."""
        self._most, self._most_of_client = most, most_of_client

    def take(self, client: str | None, size: int) -> None:
        """Take bytes for a client. Raises Overloaded past the limit of all, Busy past that of the client."""
        with self._lock:
            if self._all + size > self._most:
                detail = f"Answers that are still being sent take {self._all} bytes of {self._most}."
                raise Overloaded(detail, limit=self._most)
            own = self._taken[client]
            if client is not None and own + size > self._most_of_client:
                most = self._most_of_client
                detail = f"Answers to this client that are still being sent take {own} bytes of {most}."
                raise Busy(detail, limit=most, retry_after=1)
            self._taken[client] += size
            self._all += size

    def give_back(self, client: str | None, size: int) -> None:
        """Give back bytes that were taken."""
        with self._lock:
            self._all -= size
            self._taken[client] -= size
            if not self._taken[client]:
                del self._taken[client]


UNDER_WAY = Quota()
"""What the answers of this process take; a service sets its limits."""


class Presence:
    """Which clients are connected, as far as somebody looks now and then."""

    def __init__(self) -> None:
        """Begin without a look: everybody counts as connected."""
        self._seen: tuple[float, frozenset[str | None]] = (-math.inf, frozenset())

    def note(self, at: float, clients: frozenset[str | None]) -> None:
        """Note who was connected at a time, by the clock that `time.monotonic` reads."""
        self._seen = at, clients

    def has_gone(self, client: str | None, since: float) -> bool:
        """Tell whether a client that was connected at a time is not any more."""
        at, clients = self._seen
        return client is not None and since < at and client not in clients


PRESENT = Presence()
"""Who is connected to this process; a service that looks at its connections tells."""
