"""kill -9 of any process of a service while clients and the command line write: what was answered stays."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from diplograph.changes.tokens import Tokens
from faults.conftest import PATIENCE, Victim
from faults.content import GRAPHS, graph, number_in, turtle
from live import free_port, wait_for

pytestmark = pytest.mark.slow
ROUNDS = 5
COMMAND = """
from diplograph.engine.sandbox import die_with_parent
die_with_parent({parent})
from diplograph.cli import main
main()
"""


class Tree:
    """A running service, every process of it."""

    def __init__(self, kb: Path) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        arguments = ["serve", "--kb", str(kb), "--port", str(port), "--workers", "1"]
        self.process = diplograph(*arguments)
        wait_for(f"{self.url}/health/ready", self.process)

    def kill(self, chance: random.Random) -> None:
        """Kill one process of the service, whichever, and then the whole service."""
        with suppress(ProcessLookupError):
            os.kill(chance.choice(descendants(self.process.pid)), signal.SIGKILL)
        time.sleep(chance.uniform(0, 1))
        self.process.kill()
        self.process.wait()


def diplograph(*arguments: str) -> "subprocess.Popen[bytes]":
    """The command, which ends with the tests whatever becomes of them."""
    command = [sys.executable, "-c", COMMAND.format(parent=os.getpid()), *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def descendants(pid: int) -> list[int]:
    """A process and all that it started, directly or not."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


class Author(threading.Thread):
    """Changes one graph again and again, and notes what was acknowledged."""

    def __init__(self, victim: Victim, write: Callable[[int], bool], first: int) -> None:
        super().__init__()
        self._victim, self._write, self._number = victim, write, first
        self.stopped, self.done = threading.Event(), threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            name = graph(self._number)
            self._victim.sent[name] = self._number
            if self._write(self._number):
                self._victim.acknowledged[name] = self._number
                self.done.set()
            self._number += GRAPHS


def sent(request: Callable[[], httpx.Response]) -> httpx.Response | None:
    """The answer to a request, when it is one and says that all went well."""
    try:
        answer = request()
    except httpx.TransportError:
        time.sleep(0.1)
        return None
    return answer if answer.is_success else None


def over_http(url: str, token: str) -> Callable[[int], bool]:
    """Changes sent to a service."""

    def write(number: int) -> bool:
        query = {"graph": graph(number), "message": str(number)}
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/turtle"}
        done = sent(
            lambda: httpx.put(
                f"{url}/graphs", params=query, content=turtle(number), headers=headers, timeout=60
            )
        )
        seen = sent(lambda: httpx.get(f"{url}/graphs", params={"graph": graph(number)}))
        assert not (done and seen) or number_in(seen.text) == number
        return done is not None

    return write


def by_command(kb: Path, folder: Path) -> Callable[[int], bool]:
    """Changes made on the command line, beside the service."""

    def write(number: int) -> bool:
        path = folder / "change.ttl"
        path.write_text(turtle(number), encoding="utf-8")
        options = ("--kb", str(kb), "--graph", graph(number), "-m", str(number))
        return diplograph("accept", str(path), *options).wait() == 0

    return write


@pytest.mark.timeout(600)
def test_what_a_service_acknowledged_survives_the_death_of_any_process(
    victim: Victim, tmp_path: Path
) -> None:
    chance = random.Random(20220427)
    token = Tokens(victim.settings.state).create("Ada")
    kb = victim.settings.kb
    for _ in range(ROUNDS):
        tree = Tree(kb)
        ways = [over_http(tree.url, token), over_http(tree.url, token), by_command(kb, tmp_path)]
        first = max(victim.sent.values(), default=0) // GRAPHS * GRAPHS + GRAPHS
        authors = [Author(victim, way, first + offset) for offset, way in enumerate(ways)]
        for author in authors:
            author.start()
        authors[0].done.wait(PATIENCE)
        time.sleep(chance.uniform(0, 2))
        tree.kill(chance)
        for author in authors:
            author.stopped.set()
            author.join()
        victim.check()

    assert len(victim.acknowledged) == GRAPHS
    assert victim.matches_a_clean_build(tmp_path / "clean")
