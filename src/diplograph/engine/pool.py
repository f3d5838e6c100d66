"""Pool of workers, and the one thread that spawns them all.

The kernel kills a worker when the thread that spawned it ends, so that thread lives as long as the pool.
"""

import logging
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from diplograph.engine.frames import Message
from diplograph.engine.scheduling import Scheduler, Turn
from diplograph.engine.worker_process import WorkerProcess
from diplograph.errors import Busy, EngineUnavailable

SPAWN_TIMEOUT = 30.0
log = logging.getLogger(__name__)


class Pool:
    """Lends workers to threads, and replaces those that die or have served long enough."""

    def __init__(
        self, size: int, start: Message, most_waiting: int, kept: int = 0, *, spare: bool = False
    ) -> None:
        """Begin to spawn workers; `start` is the message that each reads first.

        At most `size` of them work at once, and `kept` more on what is short. At most `most_waiting` threads
        wait for one. With a spare one nobody waits for the replacement of one that died.
        """
        self._start = start
        self._scheduler = Scheduler(size, most_waiting, kept)
        self._idle: list[WorkerProcess | EngineUnavailable] = []
        self._orders: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._lent: set[WorkerProcess] = set()
        self._change = threading.Condition()
        self._started = threading.Event()
        self._closed = False
        for _ in range(size + kept + spare):
            self._orders.put(True)
        self._supervisor = threading.Thread(target=self._supervise, name="worker supervisor", daemon=True)
        self._supervisor.start()

    def await_start(self) -> None:
        """Wait for the first worker; what it takes to start is of nobody's time."""
        if not self._started.is_set():
            self._started.wait(SPAWN_TIMEOUT)

    @contextmanager
    def worker(self, wait: float, turn: Turn | None = None) -> Iterator[WorkerProcess]:
        """Lend a worker, waiting at most so many seconds for one; Busy when none came free."""
        self.await_start()
        turn = turn or Turn(is_task=True)
        deadline = time.monotonic() + wait
        with self._scheduler.place(turn, wait):
            worker = self._take(turn, deadline)
            try:
                yield worker
            finally:
                self._give_back(worker)

    def lengthen(self, turn: Turn) -> bool:
        """Note that the work of a turn is long; tell whether its worker may go on with it."""
        return self._scheduler.lengthen(turn)

    def close(self, grace: float) -> None:
        """Let requests that run finish for some seconds, then end every worker."""
        with self._change:
            if self._closed:
                return
            self._closed = True
            self._change.wait_for(lambda: not self._lent, timeout=grace)
            for worker in self._lent:
                worker.interrupt()
            left, self._idle = self._idle, [EngineUnavailable("The engine is closed.")]
            self._change.notify_all()
        self._started.set()
        self._orders.put(False)
        self._supervisor.join()
        for each in left:
            if isinstance(each, WorkerProcess):
                each.kill()

    def _take(self, turn: Turn, deadline: float) -> WorkerProcess:
        """Return a process that lives; one that died while it was idle is replaced.

        A task gets one that has done tasks, where there is one: it has imported what they need.
        """
        while True:
            with self._change:
                left = max(0.0, deadline - time.monotonic())
                found = self._change.wait_for(lambda: self._best(turn), timeout=min(left, SPAWN_TIMEOUT))
                if found is None and left < SPAWN_TIMEOUT:
                    raise Busy(f"No worker was ready for {left:.1f} s.", limit=left, retry_after=1)
                if found is None:
                    raise EngineUnavailable("No worker could start in time.")
                self._idle.remove(found)
                if isinstance(found, WorkerProcess):
                    self._lent.add(found)
                    self._replace_failed()
            if isinstance(found, EngineUnavailable):
                self._after_failure(found)
                raise EngineUnavailable(found.detail)
            if found.alive:
                return found
            found.kill()
            self._give_back(found)

    def _best(self, turn: Turn) -> WorkerProcess | EngineUnavailable | None:
        """Return the idle one to take: the last that is used to such work.

        A task may have another, but a query does not get the last one that is used to tasks. That one
        could not start is told where none is left.
        """
        living = [each for each in reversed(self._idle) if isinstance(each, WorkerProcess)]
        for worker in living:
            if worker.has_run_tasks == turn.is_task:
                return worker
        if living:
            return living[0] if turn.is_task or len(self._idle) > 1 else None
        return self._idle[0] if self._idle else None

    def _replace_failed(self) -> None:
        """Order those anew that could not start; nobody needs to hear of them as long as others live."""
        living = [each for each in self._idle if isinstance(each, WorkerProcess)]
        for _ in range(len(self._idle) - len(living)):
            self._orders.put(True)
        self._idle[:] = living

    def _after_failure(self, failure: EngineUnavailable) -> None:
        """Try again to spawn, or let the next one know that the pool is closed."""
        if self._closed:
            self._add(failure)
        else:
            self._orders.put(True)

    def _add(self, found: WorkerProcess | EngineUnavailable) -> None:
        with self._change:
            self._idle.append(found)
            self._change.notify_all()

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._change:
            self._lent.discard(worker)
            self._change.notify_all()
            if not worker.retired and not self._closed:
                self._idle.append(worker)
                return
        worker.kill()
        if not self._closed:
            self._orders.put(True)

    def _supervise(self) -> None:
        """Spawn a worker for each order until told to stop."""
        while self._orders.get():
            if self._closed:
                continue
            try:
                worker = WorkerProcess(self._start)
                worker.await_ready(SPAWN_TIMEOUT)
            except Exception as error:  # noqa: BLE001 - every worker dies with this thread
                log.warning("%r", error)
                self._add(EngineUnavailable("A worker could not start; the log says why."))
            else:
                self._give_back(worker)
            self._started.set()
