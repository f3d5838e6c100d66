"""The embedded engine: Oxigraph in worker processes over the store of one release."""

import logging
import math
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from diplograph.engine.admission import CLIENT, PRESENT, Account, Admission
from diplograph.engine.frames import Message
from diplograph.engine.pool import Pool
from diplograph.engine.protocol import Answer, Operation
from diplograph.engine.scheduling import SLICE, Turn
from diplograph.engine.serialization import GRAPH_FORMATS, RESULT_FORMATS
from diplograph.engine.worker_process import WorkerProcess
from diplograph.errors import (
    Busy,
    InternalError,
    InvalidParameter,
    NotAcceptable,
    QueryTimeout,
    problem_types,
)
from diplograph.namespaces import prefixes
from diplograph.settings import Settings
from diplograph.sparql.rewriting import statistics
from diplograph.sparql.rewriting.rewriter import advice

NO_TASKS: Mapping[str, str] = MappingProxyType({})
TASK_SLICE = 3.0
"""Seconds that a task may take before it counts as long. A worker imports much for its first one: it is not
given up afterwards, as one that gave way is."""
GIVING_WAY = 0.6
"""Seconds of processor time after which a query gives way, which uses its worker up."""
LONG_PAYLOAD = 64 << 10
"""Bytes past which a task is held to be long from the beginning."""
LOOK = 1.0
"""Seconds between two looks whether the client of long work is still there."""
SLACK = 2.0
"""Seconds of processor time beside those of the work itself."""
KEPT = 2
"""Places for short work beside those for any, where there are several."""

log = logging.getLogger(__name__)


class LocalEngine:
    """Answers from a store that nobody writes any more; any number of threads may share it."""

    def __init__(
        self,
        store_path: Path,
        settings: Settings,
        release_dir: Path | None = None,
        tasks: Mapping[str, str] = NO_TASKS,
    ) -> None:
        """Begin to spawn the workers; the first to ask waits until one is ready.

        `tasks` says what workers may run besides queries: name to `module:function`, imported in the worker
        when it is first asked for. They find the release's folder as `release` in their payload, unless the
        caller put one there.
        """
        self._settings = settings
        self._release_dir = release_dir
        self._statistics = store_path.resolve().with_name(statistics.FILE)
        start = {
            "store": str(store_path.resolve()),
            "memory": settings.memory,
            "prefixes": dict(prefixes()),
            "tasks": dict(tasks),
            "statistics": str(self._statistics) if settings.rewrite else None,
        }
        kept = KEPT if settings.workers > 1 else 0
        self._pool = Pool(settings.workers, start, settings.queue_length, kept, spare=True)
        self._admission = Admission(
            settings.queries_per_client, settings.client_seconds, settings.client_burst
        )

    @property
    def admission(self) -> Admission:
        """The accounts of the clients."""
        return self._admission

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """Evaluate a query in a worker and return the whole answer.

        Raises NotAcceptable for a media type that cannot carry this form, MalformedQuery, TooComplex,
        ResultTooLarge, QueryTimeout, MemoryLimit, Busy, EngineUnavailable.
        """
        offers = RESULT_FORMATS if operation.form in ("select", "ask") else GRAPH_FORMATS
        if media not in offers:
            detail = f"{operation.form.upper()} cannot be answered as {media}."
            raise NotAcceptable(detail, offers=list(offers))
        try:
            reply = self._request(
                self._query(operation, media),
                timeout,
                Turn(CLIENT.get(), math.inf if operation.ours else SLICE),
            )
        except QueryTimeout as late:
            if hint := advice(operation.text):
                late.facts["hint"] = hint
            raise
        rewritten = reply["rewritten"]
        return Answer(reply["body"], media, reply["rows"], reply["complete"], reply["elapsed"], rewritten)

    def run(self, task: str, payload: dict[str, Any], timeout: float | None = None) -> Any:
        """Run a task in a worker; values of the payload are JSON values or bytes.

        Raises what the task raises, and what `evaluate` raises for a worker that dies.
        """
        if self._release_dir is not None:
            payload = {"release": str(self._release_dir.resolve())} | payload
        blobs = {key: value for key, value in payload.items() if isinstance(value, bytes)}
        plain = {key: value for key, value in payload.items() if key not in blobs}
        behind = {f"payload.{key}": value for key, value in blobs.items()}
        message = {"kind": "task", "task": task, "payload": plain, **behind}
        turn = Turn(CLIENT.get(), TASK_SLICE, is_task=True)
        turn.is_long = sum(map(len, blobs.values())) > LONG_PAYLOAD
        return self._request(message, timeout, turn)["result"]

    def charged(self) -> AbstractContextManager[None]:
        """Charge the client of this thread for what is refused in the block; Busy where it has spent all."""
        return self._admission.charged()

    def close(self) -> None:
        """End the workers, after letting what runs finish within the configured timeout."""
        self._pool.close(self._settings.timeout)

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the engine."""
        self.close()

    def _query(self, operation: Operation, media: str) -> Message:
        return {
            "kind": "query",
            "text": operation.text,
            "base": operation.base,
            "default_graphs": operation.default_graphs,
            "named_graphs": operation.named_graphs,
            "limit": operation.limit,
            "rewrite": operation.rewrite,
            "media": media,
            "max_rows": self._settings.max_rows,
            "max_result": self._settings.max_result,
        }

    def _request(self, message: Message, timeout: float | None, turn: Turn) -> Message:
        """Have a worker do some work when its turn comes, and raise the error that it ended in."""
        seconds = self._seconds(timeout)
        try:
            with self._admission.admitted() as account:
                reply = self._worked(message, seconds, turn, account)
        except InternalError as error:
            log.warning("%s\n%s", error.detail, error.facts.pop("trace", ""))
            raise
        if "error" in reply:
            log.log(logging.ERROR if "trace" in reply else logging.DEBUG, "%s", reply.get("trace", reply))
            raise problem_types()[reply["error"]](reply["detail"], **reply["facts"])
        return reply

    def _worked(self, message: Message, seconds: float, turn: Turn, account: Account) -> Message:
        """Return the reply of a worker. What is too long for a kept place begins anew at another one.

        Waiting counts: at so many seconds from now there is an answer, or none. Nothing is begun for a client
        that went away while it waited, and long work is stopped when its client goes.
        """
        self._pool.await_start()
        began = time.monotonic()
        deadline = began + seconds
        while True:
            with self._pool.worker(deadline - time.monotonic(), turn) as worker:
                left = deadline - time.monotonic()
                if left <= 0:  # a worker that was asked would be killed
                    raise _query_timeout(seconds, seconds)
                is_wanted = partial(_is_wanted, turn.client, began)
                if not is_wanted():
                    raise _nobody_waits()
                message["seconds"] = left + SLACK
                more = self._more(worker, turn, deadline, is_wanted)
                try:
                    return worker.request(message, min(left, turn.slice), more)
                except QueryTimeout as late:
                    if not is_wanted():
                        raise _nobody_waits() from late
                    if not turn.is_put_off or time.monotonic() >= deadline:
                        raise _query_timeout(seconds, seconds - left) from late
                finally:
                    turn.spent = worker.processor
                    account.spent += worker.processor

    def _more(
        self, worker: WorkerProcess, turn: Turn, deadline: float, is_wanted: Callable[[], bool]
    ) -> Callable[[], float]:
        """Return what says how many seconds more a worker has for its work, asked when they are over.

        A slice is of processor time, as work is not long because others work, too; by the clock it may take
        twice as long.
        """
        before, end = worker.used(), time.monotonic() + 2 * turn.slice

        def more() -> float:
            left, used = deadline - time.monotonic(), worker.used() - before
            if used < turn.slice and time.monotonic() < end:
                return min(left, turn.slice - used, end - time.monotonic())
            if left <= 0 or not is_wanted() or not self._pool.lengthen(turn):
                return 0.0
            if used < GIVING_WAY and not turn.is_task:
                return min(left, GIVING_WAY - used)
            if not turn.is_task:
                worker.give_way()
            return min(left, LOOK)

        return more

    def _seconds(self, timeout: float | None) -> float:
        """Return the limit in force: a caller may lower it, never raise it."""
        if timeout is None:
            return self._settings.timeout
        if not timeout > 0 or math.isnan(timeout):
            raise InvalidParameter("A timeout is a number of seconds above zero.", parameters=["timeout"])
        return min(timeout, self._settings.timeout)


def _is_wanted(client: str | None, since: float) -> bool:
    return not PRESENT.has_gone(client, since)


def _nobody_waits() -> Busy:
    return Busy("Whoever asked went away before there was an answer.", limit=0, retry_after=1)


def _query_timeout(seconds: float, waited: float) -> QueryTimeout:
    detail = f"The work was stopped at its limit of {seconds:g} s."
    if waited >= 0.1:
        detail = f"{detail[:-1]}, of which it waited {waited:.1f} s for a worker."
    return QueryTimeout(detail, limit=seconds, elapsed=round(seconds - waited, 3))
