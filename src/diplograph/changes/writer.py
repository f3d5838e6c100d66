"""Writer process of a service: spawned when the first change comes, replaced when it dies."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from diplograph import release as releases
from diplograph.changes.journal import Journal
from diplograph.engine.pool import Pool
from diplograph.errors import (
    DiplographError,
    EngineUnavailable,
    InternalError,
    MemoryLimit,
    QueryTimeout,
    TooComplex,
    problem_types,
)
from diplograph.settings import Settings

TASKS: Mapping[str, str] = MappingProxyType(
    {name: f"diplograph.changes.accept:{name}_task" for name in ("accept", "recover", "describe")}
)
SECONDS = 300.0
"""How long a change may take: checking and building, not only reading it."""
GRACE = 10.0
MEMORY = 4
"""How many times the memory of a query a change may take."""
DEATHS = (EngineUnavailable, InternalError, MemoryLimit, QueryTimeout, TooComplex)
"""What the death of the process looks like: the change may have come as far as the journal."""


log = logging.getLogger(__name__)


class Writer:
    """Takes changes in, one after the other; any number of threads may share it."""

    def __init__(self, settings: Settings) -> None:
        """Spawn nothing yet."""
        self._settings = settings
        self._lock = threading.Lock()
        self._pool: Pool | None = None
        self._running = 0

    @property
    def is_working(self) -> bool:
        """Whether a change waits or runs; that may take minutes, in which its client hears nothing."""
        return self._running > 0

    def accept(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run the task `accept` with a request that has a key; return what became of it.

        Raises what the task raises. A process that died after the change was in the journal did its work:
        then the change is carried out and told like any other.
        """
        with self._counted():
            told = self._accepted(request)
        release = releases.current(self._settings)
        if release is not None and release.is_pending:
            threading.Thread(target=self._describe, name="describer", daemon=True).start()
        return told

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def _accepted(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._ask("accept", request)
        except DEATHS:
            if not self._is_in(request["who"], request["key"]):
                raise
            self._ask("recover", {})
            return self._ask("accept", request)

    def close(self) -> None:
        """End the process, after letting a change that runs finish."""
        with self._lock:
            if self._pool is not None:
                self._pool.close(GRACE)

    def _describe(self) -> None:
        """Have another process make what the release in service still lacks, so that changes go on."""
        pool = self._new_pool()
        try:
            self._ask("describe", {}, pool)
        except DiplographError as error:
            log.warning("dumps and description are left to the next start: %s", error)
        finally:
            pool.close(GRACE)

    def _is_in(self, who: str, key: str) -> bool:
        changes = Journal(self._settings.state).changes()
        return any((change.who, change.key) == (who, key) for change in changes)

    def _ask(self, task: str, request: dict[str, Any], pool: Pool | None = None) -> dict[str, Any]:
        blobs = {f"payload.{name}": value for name, value in request.items() if isinstance(value, bytes)}
        plain = {name: value for name, value in request.items() if not isinstance(value, bytes)}
        payload = plain | {"settings": self._settings.packed()}
        message = {"kind": "task", "task": task, "payload": payload, "seconds": SECONDS, **blobs}
        with (pool or self._started()).worker(SECONDS) as worker:
            reply = worker.request(message, SECONDS)
        if "error" in reply:
            raise _error(reply)
        result: dict[str, Any] = reply["result"]
        return result

    def _started(self) -> Pool:
        with self._lock:
            if self._pool is None:
                self._pool = self._new_pool()
            return self._pool

    def _new_pool(self) -> Pool:
        start = {
            "store": None,
            "memory": MEMORY * self._settings.memory,
            "prefixes": {},
            "tasks": dict(TASKS),
        }
        return Pool(1, start, self._settings.queue_length)


def _error(reply: dict[str, Any]) -> DiplographError:
    if "trace" in reply:
        log.error("%s", reply["trace"])
    return problem_types()[reply["error"]](reply["detail"], **reply["facts"])
