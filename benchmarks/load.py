"""The load generator: wrk where it is installed (Debian: wrk), else processes of our own.

wrk is C with an event loop: on the machines it was tried on it asks five times faster than the fastest
server here answers, so that the server is what is measured. The processes that stand in for it are Python;
with them figures above some ten thousand requests a second are the client's and not the server's.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from benchmarks.clients import drive
from benchmarks.servers.base import HOST, RESULTS, Absent


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the load generator saw. Latencies are in milliseconds."""

    rate: float
    median: float
    p99: float
    errors: int


def client() -> str:
    """Which load generator is used, for the report."""
    return (
        "wrk" if shutil.which("wrk") else "Python processes (install wrk for figures above 10,000 a second)"
    )


def run(port: int, targets: Sequence[str], seconds: float, connections: int, threads: int = 1) -> Run:
    """Asks for the targets in turn, over and over, on so many kept connections.

    With several threads of wrk, each asks for every target.
    """
    if not targets:
        raise ValueError("nothing to ask for")
    if not shutil.which("wrk"):
        return Run(*drive(port, targets, seconds, connections))
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "targets"
        listed.write_text("\n".join(targets) + "\n", encoding="utf-8")
        return _wrk(port, listed, seconds, connections, threads)


def _wrk(port: int, listed: Path, seconds: float, connections: int, threads: int) -> Run:
    with resources.as_file(resources.files("benchmarks") / "wrk.lua") as script:
        command = [
            *("wrk", "--threads", str(threads), "--connections", str(connections), "--timeout", "30s"),
            *("--duration", f"{max(1, round(seconds))}s", "--script", str(script)),
            *("--header", f"Accept: {RESULTS}", f"http://{HOST}:{port}", "--", str(listed)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 120)
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode or not last.startswith("{"):
        raise Absent(f"wrk: {(done.stderr or done.stdout).strip()[:200]}")
    found = json.loads(last)
    return Run(found["rate"], found["median"], found["p99"], found["errors"])
