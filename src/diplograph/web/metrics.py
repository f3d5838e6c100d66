"""Metrics for Prometheus: one registry for the process, and an engine whose work is counted.

No label holds text that a client sent: routes are the service's own rules, the rest closed lists.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, Protocol

from flask import Blueprint, Flask, Response, g, has_request_context, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from diplograph import __version__
from diplograph.engine.admission import UNDER_WAY
from diplograph.engine.protocol import Answer, Engine, Operation
from diplograph.errors import (
    DiplographError,
    InternalError,
    MemoryLimit,
    QueryTimeout,
    TooComplex,
    WorkerKilled,
)
from diplograph.web.connections import REASONS, Guard
from diplograph.web.headers import NO_STORE

ROUTE, WORKED, ENGINE = "diplograph.route", "diplograph.worked", "diplograph.engine"
"""What the application tells the cache in front of it: the rule that matched, whether a worker had work, and
how many seconds the engine took and whether the query was rewritten."""
REUSABLE = "diplograph.reusable"
"""Where the application says that its answer to a POST may be kept."""
UNMATCHED = "none"
BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
KILLS: tuple[type[DiplographError], ...] = (
    QueryTimeout,
    MemoryLimit,
    TooComplex,
    InternalError,
    WorkerKilled,
)
"""The errors that work ends with when it costs a worker."""
LOG = logging.getLogger(__name__)


class Sized(Protocol):
    """What holds answers: how many, and their bytes."""

    @property
    def size(self) -> int:
        """Bytes held."""

    def __len__(self) -> int:
        """Answers held."""


class Metrics:
    """Counts what the service does; any number of threads may share it."""

    def __init__(self) -> None:
        """Begin at zero, in a registry of its own."""
        self.registry = CollectorRegistry()
        self._requests = self._counter("requests", "Answers by route and status.", "route", "status")
        self._answered: dict[tuple[str, int, bool], count[int]] = {}
        self._reported = Tally[tuple[str, int, bool]]()
        self._reporting = threading.Lock()
        self._timers: dict[tuple[str, str], Histogram] = {}
        self._hits = self._counter("cache_hits", "Answers sent from the cache.")
        self.misses = self._counter("cache_misses", "Requests that the cache could have answered.")
        self._kills = self._counter(
            "worker_kills", "Work stopped at the cost of a worker, by the error.", "reason"
        )
        for kind in KILLS:
            self._kills.labels(kind.slug)
        self._cache_bytes = self._gauge("cache_bytes", "Bytes that kept answers take.")
        self._cache_entries = self._gauge("cache_entries", "Answers and lists of headers kept.")
        self.running = self._gauge("engine_requests", "Requests that an engine works on or that wait for it.")
        self._queue = self._gauge("queue_length", "Requests that wait for a worker.")
        under_way = self._gauge("answers_under_way_bytes", "Bytes of long answers that are not sent yet.")
        under_way.set_function(lambda: float(UNDER_WAY.taken))
        self._release = self._gauge(
            "release_info", "The release in service and the software.", "release", "version"
        )
        self._seconds = Histogram(
            "diplograph_query_seconds",
            "Seconds that work took in the engine, waiting included.",
            ["form", "outcome"],
            registry=self.registry,
            buckets=BUCKETS,
        )

    def watch(self, cache: Sized, release: str, workers: int) -> None:
        """Report from now on about this cache and this release, served by so many workers."""
        self._cache_bytes.set_function(lambda: float(cache.size))
        self._cache_entries.set_function(lambda: float(len(cache)))
        self._queue.set_function(lambda: max(0.0, self._now_running() - workers))
        self._release.clear()
        self._release.labels(release, __version__).set(1)

    def watch_connections(self, guard: Guard) -> None:
        """Report from now on about the connections that a guard looks at."""
        self._gauge("connections", "Connections of clients.").set_function(lambda: float(guard.open))
        ended = self._gauge("connections_ended", "Connections that were ended, by the reason.", "reason")
        for reason in REASONS:
            ended.labels(reason).set_function(partial(guard.ended.__getitem__, reason))

    def count(self, route: str, status: int, *, cached: bool) -> None:
        """Count an answer by the rule that its address matched, its status, and whether it was kept."""
        asked = (route, status, cached)
        next(self._answered.get(asked) or self._answered.setdefault(asked, count()))

    def worked(self, form: str, seconds: float, error: DiplographError | None) -> None:
        """Note that the engine is done with a query, or a task, and how it ended."""
        outcome = error.slug if error else "ok"
        known = self._timers.get((form, outcome))
        if known is None:
            known = self._timers[form, outcome] = self._seconds.labels(form, outcome)
        known.observe(seconds)
        if isinstance(error, KILLS):
            self._kills.labels(error.slug).inc()

    def text(self) -> bytes:
        """Every figure in Prometheus' text format."""
        with self._reporting:
            self._report()
        return generate_latest(self.registry)

    def _report(self) -> None:
        """Move what was counted into the registry, whose own counting would be the longest part of a hit.

        `next` is one step for the interpreter, so no thread loses a count; to read one is to count once more.
        """
        for asked, counted in list(self._answered.items()):
            total = next(counted)
            new, self._reported[asked] = total - self._reported[asked], total + 1
            self._requests.labels(asked[0] or UNMATCHED, asked[1]).inc(new)
            if asked[2]:
                self._hits.inc(new)

    def _now_running(self) -> float:
        return float(self.registry.get_sample_value("diplograph_engine_requests") or 0.0)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"diplograph_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"diplograph_{name}", about, labels, registry=self.registry)


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """Publishes the metrics."""

    metrics: Metrics

    def blueprint(self) -> Blueprint:
        """Mount the page."""
        pages = Blueprint("metrics", __name__)
        pages.add_url_rule("/metrics", endpoint="metrics", view_func=self.show)
        return pages

    def show(self) -> Response:
        """Counts requests, work, waiting and kept answers, in Prometheus' text format."""
        response = Response(self.metrics.text(), content_type=CONTENT_TYPE_LATEST)
        response.headers["Cache-Control"] = NO_STORE
        return response


class MeasuredEngine:
    """The same engine; what it does is counted, and what it kills is logged."""

    def __init__(self, engine: Engine, metrics: Metrics) -> None:
        """Watch an engine, which stays the caller's to close."""
        self._engine = engine
        self._metrics = metrics

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """Evaluate a query, as the engine does."""
        with self._noted(operation.form):
            return self._engine.evaluate(operation, media, timeout)

    def run(self, task: str, payload: dict[str, Any], timeout: float | None = None) -> Any:
        """Run a task, as the engine does."""
        with self._noted("task"):
            return self._engine.run(task, payload, timeout)

    def charged(self) -> AbstractContextManager[None]:
        """Charge a client for what is refused, as the engine does."""
        return self._engine.charged()

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()

    @contextmanager
    def _noted(self, form: str) -> Iterator[None]:
        if has_request_context():
            g.worked = True
        began = time.perf_counter()
        failure: DiplographError | None = None
        try:
            self._metrics.running.inc()
            yield
        except DiplographError as error:
            failure = error
            if isinstance(error, KILLS):
                LOG.warning("work stopped: %s", error.slug)
            raise
        finally:
            self._metrics.running.dec()
            self._metrics.worked(form, time.perf_counter() - began, failure)


def install_marks(app: Flask) -> None:
    """Tell what stands in front of the application what became of each request."""

    @app.after_request
    def note(response: Response) -> Response:
        found = request.environ
        found[ROUTE] = request.url_rule.rule if request.url_rule else ""
        found[WORKED] = bool(g.get("worked"))
        found[ENGINE] = g.get("engine")
        found[REUSABLE] = bool(g.get("reusable"))
        return response
