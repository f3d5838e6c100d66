"""What each system takes: time to load, disk, memory, time from start to the first answer."""

import http.client
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.dataset import Dataset
from benchmarks.figures import Figures
from benchmarks.machine import memory
from benchmarks.servers.base import HOST, Loaded, Server, program, timed

PORT = 28711
CURATED = "curated graph: release built, `serve` to the first answer"
LOAD, DISK, PEAK = "load or build (s)", "on disk (MiB)", "peak memory while loading (MiB)"
COLD, MEMORY = "start to first answer (s)", "memory after start (MiB)"
MEBIBYTE = 2**20


def of_loading(figures: Figures, system: str, loaded: Loaded) -> None:
    """Notes what loading took."""
    if loaded.seconds:
        figures.add(system, LOAD, loaded.seconds)
    if loaded.peak:
        figures.add(system, PEAK, loaded.peak / MEBIBYTE)
    figures.add(system, DISK, loaded.disk / MEBIBYTE)


def of_build(figures: Figures, dataset: Dataset) -> None:
    """Notes what building the release took, phase by phase."""
    figures.add("diplograph", LOAD, dataset.seconds)
    figures.add("diplograph", PEAK, dataset.peak / MEBIBYTE)
    for phase, seconds in dataset.timings.items():
        figures.add("diplograph", f"build: {phase} (s)", seconds)


def of_starting(figures: Figures, servers: Sequence[Server], times: int) -> None:
    """Starts every system so many times and leaves it running after the last."""
    for turn in range(times):
        for server in servers:
            server.stop()
            figures.add(server.name, COLD, server.start())
            if turn == times - 1 and server.process:
                figures.add(server.name, MEMORY, memory(server.process.pid) / MEBIBYTE)


def of_curated(
    figures: Figures, template: Path, folder: Path, times: int, note: Callable[[str], None]
) -> None:
    """Starts `diplograph serve` on a copy of the curated knowledge base, its release built before."""
    kb = folder / "curated"
    for name in ("ontology", "data", "shapes", "queries"):
        shutil.copytree(template / name, kb / name, dirs_exist_ok=True)
    build = (sys.executable, "-m", "benchmarks.building", str(kb), str(kb / ".diplograph"), "unchecked")
    timed(build, folder / "curated.log")
    for _ in range(times):
        figures.add("diplograph", CURATED, _first_answer(kb, folder / "curated.log"))
    note(f"  {figures.described('diplograph', CURATED)}")


def _first_answer(kb: Path, log: Path) -> float:
    began = time.perf_counter()
    command = (program("diplograph"), "serve", "--kb", str(kb), "--port", str(PORT))
    with log.open("ab") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream)
    try:
        while time.perf_counter() < began + 300 and process.poll() is None:
            if _answers():
                return time.perf_counter() - began
            time.sleep(0.005)
        raise TimeoutError(f"diplograph serve gave no answer; see {log}")
    finally:
        process.terminate()
        process.wait()


def _answers() -> bool:
    connection = http.client.HTTPConnection(HOST, PORT, timeout=60)
    try:
        connection.request(
            "GET", "/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D", headers={"Accept": "*/*"}
        )
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
