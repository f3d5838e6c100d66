"""A load generator of a few processes, for machines without wrk."""

import http.client
import os
import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.servers.base import HOST, RESULTS

Seen = tuple[list[float], int]
"""Latencies in milliseconds and the number of errors."""


def drive(
    port: int, targets: Sequence[str], seconds: float, connections: int
) -> tuple[float, float, float, int]:
    """Requests a second, median and 99th percentile of the latency in milliseconds, errors."""
    processes = min(connections, max(1, (os.cpu_count() or 2) // 2))
    threads = [connections // processes + (number < connections % processes) for number in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        futures = [
            pool.submit(_ask, port, targets[n::processes] or targets, seconds, threads[n])
            for n in range(processes)
        ]
        seen = [future.result() for future in futures]
    errors = sum(failed for _, failed in seen)
    latencies = sorted(value for times, _ in seen for value in times)
    if not latencies:
        return 0.0, 0.0, 0.0, errors
    at_99 = latencies[min(len(latencies) - 1, int(len(latencies) * 0.99))]
    return len(latencies) / seconds, statistics.median(latencies), at_99, errors


def _ask(port: int, targets: Sequence[str], seconds: float, threads: int) -> Seen:
    seen: list[Seen] = []
    workers = [
        threading.Thread(
            target=lambda n=n: seen.append(_connection(port, targets[n::threads] or targets, seconds))
        )
        for n in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return [value for times, _ in seen for value in times], sum(errors for _, errors in seen)


def _connection(port: int, targets: Sequence[str], seconds: float) -> Seen:
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    times: list[float] = []
    errors, position, end = 0, 0, time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        try:
            connection.request("GET", targets[position % len(targets)], headers={"Accept": RESULTS})
            response = connection.getresponse()
            response.read()
            errors += response.status != 200
            if response.status == 200:
                times.append(1000 * (time.perf_counter() - began))
        except (OSError, http.client.HTTPException):
            errors += 1
            connection.close()
        position += 1
    return times, errors
