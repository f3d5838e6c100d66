"""Figures on the service for Prometheus: one registry for the process, whatever releases come and go.

No label holds text that a client sent: routes are the service's own rules, the rest closed lists.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from diplograph import __version__
from diplograph.errors import DiplographError, InternalError, MemoryLimit, QueryTimeout, TooComplex
from diplograph.web.cache import Cache

UNMATCHED = "none"
SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
KILLS: tuple[type[DiplographError], ...] = (QueryTimeout, MemoryLimit, TooComplex, InternalError)
"""The errors that work ends with when it costs a worker."""


class Meters:
    """Counts what the service does; any number of threads may share it."""

    def __init__(self) -> None:
        """Begin at zero, in a registry of its own."""
        self.registry = CollectorRegistry()
        self._requests = self._counter("requests", "Answers by route and status.", "route", "status")
        self._children: dict[tuple[str, str], Counter] = {}
        self._timers: dict[tuple[str, str], Histogram] = {}
        self.hits = self._counter("cache_hits", "Answers sent from the cache.")
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
        self._release = self._gauge(
            "release_info", "The release in service and the software.", "release", "version"
        )
        self._seconds = Histogram(
            "diplograph_query_seconds",
            "Seconds that work took in the engine, waiting included.",
            ["form", "outcome"],
            registry=self.registry,
            buckets=SECONDS,
        )

    def watch(self, cache: Cache, release: str, workers: int) -> None:
        """Report from now on about this cache and this release, served by so many workers."""
        self._cache_bytes.set_function(lambda: float(cache.size))
        self._cache_entries.set_function(lambda: float(len(cache)))
        self._queue.set_function(lambda: max(0.0, self._now_running() - workers))
        self._release.clear()
        self._release.labels(release, __version__).set(1)

    def count(self, route: str, status: str) -> None:
        """Count an answer by the rule that its address matched, and its status."""
        known = self._children.get((route, status))
        if known is None:
            known = self._children[route, status] = self._requests.labels(route or UNMATCHED, status)
        known.inc()

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
        return generate_latest(self.registry)

    def _now_running(self) -> float:
        return float(self.registry.get_sample_value("diplograph_engine_requests") or 0.0)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"diplograph_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"diplograph_{name}", about, labels, registry=self.registry)
