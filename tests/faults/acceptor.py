"""A process that takes changes in until it is killed, forked from one that has everything imported.

Commands come as JSON lines on standard input; what happens is written to standard output, a line each:
`pid N` (the child), `sent N` and `acknowledged N` (a change), `refused TITLE`, `ended STATUS`.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyshacl  # noqa: F401 - so that no child has to import it

from diplograph.changes.accept import accept
from diplograph.changes.edits import Request
from diplograph.errors import DiplographError
from diplograph.settings import Settings
from faults.content import edit

DOORS = ("fsync", "replace", "rename", "unlink", "remove", "ftruncate", "rmdir", "mkdir", "symlink", "write")
"""The functions of `os` through which a change reaches the disk."""


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def kill_at(step: int) -> None:
    """Let this process be killed in the place of its n-th call through a door."""
    calls = 0

    def guarded(door: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal calls
            if arguments[:1] == (1,):  # what is said on standard output
                return door(*arguments, **options)
            calls += 1
            if calls == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return door(*arguments, **options)

        return call

    for name in DOORS:
        setattr(os, name, guarded(getattr(os, name)))


def work(command: dict[str, Any]) -> None:
    settings = Settings.resolve(Path(command["kb"]), environ={})
    if command["step"]:
        kill_at(command["step"])
    if command["largest"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (command["largest"],) * 2)
    for number in range(command["first"], command["first"] + command["count"]):
        say(f"sent {number}")
        try:
            accept(settings, Request([edit(number)], "Ada", f"{number}"))
        except DiplographError as error:
            say(f"refused {error.title}")
        else:
            say(f"acknowledged {number}")


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                say(f"pid {os.getpid()}")
                work(json.loads(line))
            finally:
                os._exit(0)
        say(f"ended {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")


if __name__ == "__main__":
    main()
