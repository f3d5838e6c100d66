"""A knowledge base under attack, and what must be true of it after each blow."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import tiny_kb
from diplograph import release as releases
from diplograph.changes import apply
from diplograph.changes.journal import Journal
from diplograph.rdf import Dataset
from diplograph.release import Release
from diplograph.settings import Settings
from faults.content import file_text, graph, number_in

TESTS = Path(__file__).resolve().parents[1]
PATIENCE = 120


class Victim:
    """A knowledge base, the process that writes to it, and what that process was told was done."""

    def __init__(self, kb: Path) -> None:
        self.settings = Settings.resolve(tiny_kb.write(kb), environ={}, workers=1)
        releases.build(self.settings)
        self.acknowledged: dict[str, int] = {}
        self.sent: dict[str, int] = {}
        self.next = 1
        self.kills = 0
        self._lines: queue.Queue[str] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "faults.acceptor"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._reader.join()
        self._process.stdout.close()

    def strike(self, delay: float) -> int:
        """Let changes be taken in, kill whoever does after some seconds, and return its exit status."""
        pid = self._begin(count=1_000_000)
        timer = threading.Timer(delay, os.kill, (pid, signal.SIGKILL))
        timer.start()
        status = self._watch()
        timer.cancel()
        self.kills += 1
        return status

    def strike_at(self, step: int) -> int:
        """Let one change be taken in, killed at the n-th call to the disk; the exit status is 0 without."""
        self._begin(count=1, step=step)
        status = self._watch()
        self.kills += status == -signal.SIGKILL
        return status

    def fill_up(self, largest: int) -> list[str]:
        """Let one change be taken in where no file can grow past so many bytes; return what was refused."""
        self._begin(count=1, largest=largest)
        refused: list[str] = []
        assert self._watch(refused) == 0
        return refused

    def check(self) -> Release:
        """Start as a service does, and hold every promise against what is there now."""
        release = apply.prepare(self.settings)
        journal = Journal(self.settings.state)
        known = {int(change.message) for change in journal.changes()}
        assert set(self.acknowledged.values()) <= known
        assert journal.pending() == []
        assert release.damaged() == []
        assert releases.up_to_date(self.settings)
        store = Dataset.open_read_only(release.store_path)
        for name, sent in self.sent.items():
            self._check_graph(name, sent, store)
        store.close()
        return release

    @property
    def leftovers(self) -> list[str]:
        """What a killed writer left behind, until the next one has come and gone."""
        places = (self.settings.kb / "data", self.settings.state / "releases")
        return [path.name for place in places for path in place.iterdir() if path.name.startswith(".")]

    def _check_graph(self, name: str, sent: int, store: Dataset) -> None:
        path = self.settings.kb / "data" / f"{name.rpartition('/')[2]}.ttl"
        last = self.acknowledged.get(name, 0)
        quads = "".join(map(str, store.quads(name)))
        if not path.exists():
            assert (last, quads) == (0, "")
            return
        text = path.read_text(encoding="utf-8")
        number = number_in(text)
        assert last <= number <= sent
        assert text == file_text(number)
        assert number_in(quads) == number

    def matches_a_clean_build(self, folder: Path) -> bool:
        """Whether what is served is what the files make when they are built from nothing."""
        shutil.rmtree(folder, ignore_errors=True)
        built = releases.build(Settings.resolve(self.settings.kb, environ={}, state=folder))
        current = releases.current(self.settings)
        return current is not None and current.path.name == built.path.name

    def _begin(self, count: int, step: int = 0, largest: int | None = None) -> int:
        command = {
            "kb": str(self.settings.kb),
            "first": self.next,
            "count": count,
            "step": step,
            "largest": largest,
        }
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        kind, _, value = self._line()
        assert kind == "pid", value
        return int(value)

    def _watch(self, refused: list[str] | None = None) -> int:
        while True:
            kind, _, value = self._line()
            if kind == "ended":
                return int(value)
            if kind == "refused":
                assert refused is not None, value
                refused.append(value)
            else:
                (self.sent if kind == "sent" else self.acknowledged)[graph(int(value))] = int(value)
                self.next = int(value) + 1

    def _line(self) -> tuple[str, str, str]:
        line = self._lines.get(timeout=PATIENCE)
        assert line, "the acceptor ended"
        return line.rstrip("\n").partition(" ")

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    made = Victim(tmp_path / "kb")
    yield made
    made.close()
