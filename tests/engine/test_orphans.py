"""No worker outlives the process that it works for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from diplograph.rdf import Dataset

PARENT = """
import sys, threading
from pathlib import Path
from diplograph.engine.local import LocalEngine
from diplograph.engine.protocol import Operation
from diplograph.settings import Settings

store = Path(sys.argv[1])
engine = LocalEngine(store, Settings(kb=store, state=store, workers=1, timeout=60))
with engine._pool.worker(20) as worker:
    print(worker.pid, flush=True)
endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
engine.evaluate(Operation(endless, "select"), "text/csv")
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux: the parent-death signal")
def test_a_busy_worker_dies_with_a_parent_that_is_killed(tmp_path):
    dataset = Dataset.create(tmp_path / "store")
    many = "".join(f"<http://example.org/n{i}> <http://example.org/q> {i} .\n" for i in range(300))
    dataset.load(many.encode(), "ttl")
    dataset.flush()
    dataset.close()
    command = [sys.executable, "-c", PARENT, str(tmp_path / "store")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        worker = int(parent.stdout.readline())
        time.sleep(0.3)
        os.kill(parent.pid, signal.SIGKILL)
    end = time.monotonic() + 5
    while alive(worker) and time.monotonic() < end:
        time.sleep(0.02)

    assert not alive(worker)


def alive(pid):
    """Whether a process runs: one that is dead and not yet reaped by its new parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # the second when it ends between opening and reading
        return False
