"""The pool: who gets which worker, whatever becomes of the others."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from diplograph.engine import pool as pools
from diplograph.engine.pool import Pool
from diplograph.engine.scheduling import Turn
from diplograph.errors import Busy, EngineUnavailable


class Worker:
    """A worker without a process."""

    start_takes = 0.0
    cannot_start = False

    def __init__(self, _start):
        self.has_run_tasks = self.retired = False
        self.ended = threading.Event()

    def await_ready(self, _timeout):
        if self.cannot_start:
            raise EngineUnavailable("A worker could not start.")
        time.sleep(self.start_takes)

    @property
    def alive(self):
        return not self.retired

    def kill(self):
        self.retired = True
        self.ended.set()

    interrupt = kill


@pytest.fixture(autouse=True)
def _without_processes(monkeypatch):
    monkeypatch.setattr(pools, "WorkerProcess", Worker)
    monkeypatch.setattr(Worker, "start_takes", 0.0)
    monkeypatch.setattr(Worker, "cannot_start", False)


def pool_of(size):
    """A pool whose workers all stand ready."""
    pool = Pool(size, {}, most_waiting=5, spare=True)
    has_idle(pool, size + 1)
    return pool


def has_idle(pool, count):
    end = time.monotonic() + 5
    while len(pool._idle) < count:
        assert time.monotonic() < end
        time.sleep(0.001)


def lose_one(pool):
    with pool.worker(1) as worker:
        worker.retired = True


def test_workers_that_live_are_used_while_no_other_can_start(monkeypatch):
    pool = pool_of(2)
    monkeypatch.setattr(Worker, "cannot_start", True)
    for _ in range(2):
        lose_one(pool)
        has_idle(pool, 3)
        for _ in range(5):
            with pool.worker(1, Turn()) as worker:
                assert worker.alive
            has_idle(pool, 3)
    worker.has_run_tasks = True
    with pool.worker(1, Turn()) as last:
        assert last is worker
    monkeypatch.setattr(Worker, "cannot_start", False)
    has_idle(pool, 3)
    with pool.worker(1):
        pass
    has_idle(pool, 3)
    assert all(isinstance(each, Worker) for each in pool._idle)
    pool.close(0)


def test_failure_to_start_is_told_where_no_worker_lives_and_the_next_is_tried(monkeypatch):
    pool = pool_of(1)
    monkeypatch.setattr(Worker, "cannot_start", True)
    for _ in range(2):
        lose_one(pool)
    for _ in range(3):
        with pytest.raises(EngineUnavailable), pool.worker(1, Turn()):
            pass
    has_idle(pool, 2)
    monkeypatch.setattr(Worker, "cannot_start", False)
    with pytest.raises(EngineUnavailable), pool.worker(1, Turn()):
        pass
    has_idle(pool, 2)
    for _ in range(2):
        with pool.worker(1, Turn()) as worker:
            assert worker.alive
    pool.close(0)


def test_query_leaves_the_last_worker_that_is_used_to_tasks():
    pool = pool_of(1)
    with pool.worker(1) as worker:
        worker.has_run_tasks = True
    with pool.worker(1, Turn()) as other:
        assert other is not worker
    with pool.worker(1) as again:
        assert again is worker
    other.has_run_tasks = True
    with pool.worker(1, Turn()):
        pass
    pool.close(0)


def test_waiting_for_a_worker_to_start_ends_at_the_deadline(monkeypatch):
    pool = pool_of(1)
    monkeypatch.setattr(Worker, "start_takes", 1.5)
    for _ in range(2):
        lose_one(pool)
    began = time.monotonic()
    with pytest.raises(Busy, match=r"No worker was ready for 0\.2 s"), pool.worker(0.2, Turn()):
        pass
    assert time.monotonic() - began < 0.4
    monkeypatch.setattr(Worker, "start_takes", 0.0)
    with pool.worker(5, Turn()):
        pass
    pool.close(0)


def test_pool_that_has_interrupted_its_workers_lends_no_other(monkeypatch):
    def work():
        with pool.worker(5, Turn()) as worker:
            lent.append(worker)
            return worker.ended.wait(2)

    pool, lent = pool_of(2), []
    with ThreadPoolExecutor(3) as threads:
        done = [threads.submit(work) for _ in range(3)]
        monkeypatch.setattr(Worker, "start_takes", 0.3)
        pool._orders.put(True)
        while len(lent) < 2 or not pool._scheduler._waiting or not pool._orders.empty():
            time.sleep(0.001)
        time.sleep(0.02)
        pool.close(0)
        assert len(lent) == 2
        assert sorted(str(each.exception()) for each in done) == ["None", "None", "The engine is closed."]
    assert not any(isinstance(each, Worker) for each in pool._idle)


@pytest.mark.parametrize("error", [MemoryError(), OSError("Resource temporarily unavailable")])
def test_nothing_that_goes_wrong_at_a_start_ends_the_pool(monkeypatch, error):
    def fail(_worker, _timeout):
        raise error

    pool = pool_of(1)
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "await_ready", fail)
        for _ in range(2):
            lose_one(pool)
        has_idle(pool, 2)
        with pytest.raises(EngineUnavailable), pool.worker(1):
            pass
        has_idle(pool, 2)
    with pytest.raises(EngineUnavailable), pool.worker(1):
        pass
    has_idle(pool, 2)
    with pool.worker(1) as worker:
        assert worker.alive
    pool.close(0)
