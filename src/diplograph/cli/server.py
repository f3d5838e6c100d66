"""Server: Granian in front, one web process with threads, workers behind.

The parent only watches; the web process opens the release. It is spawned, never forked, and dies with the
parent, and its workers die with it. One that dies by itself is replaced, which takes about a second.
"""

import os
import resource
import socket
import threading
import time
import webbrowser
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from multiprocessing import set_start_method
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from diplograph.cli import console
from diplograph.engine.sandbox import die_with_parent
from diplograph.engine.worker_process import is_isolated
from diplograph.errors import EngineUnavailable
from diplograph.release import Release
from diplograph.settings import Settings

MOST_THREADS = 1000
"""Threads that answer, made when they are needed: one that waits for a body costs little more than its stack.

What bounds work is the admission of clients and the pool of workers.
"""
SPARE_DESCRIPTORS = 256
"""Files that the service has open beside connections: stores, workers, answers that are put aside."""
MOST_DEATHS, DEATHS_SECONDS = 8, 12.0
"""The service ends when its web process dies so often in so many seconds: then it cannot start."""
GRACE = 15
LOOPBACK = {"localhost", "::1"}


def serve(settings: Settings, release: Release, *, browse: bool = False) -> None:
    """Serves a release until SIGINT or SIGTERM; port 0 takes a free one.

    Raises EngineUnavailable when the address is taken or is not of this machine, or when it is public and
    nothing here can keep a query from the network.
    """
    _stay_inside(settings.host)
    settings = replace(settings, port=free_port(settings.host, settings.port))
    connections = allow_connections(settings.most_connections)
    set_start_method("spawn", force=True)
    server = Granian(
        "diplograph.web",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # a dropped stream of HTTP/2 leaves the read of its body turning for good
        workers=1,
        blocking_threads=MOST_THREADS,
        backpressure=connections,
        websockets=False,
        log_level=LogLevels.error,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(settings.head_seconds * 1000), max_buffer_size=settings.max_head
        ),
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
    )
    server.respawned_wrks = Replacements()

    def announce() -> None:
        console.note(f"serving release {release.name} at {settings.public_url} (Ctrl-C stops)")
        if browse:
            threading.Timer(1.0, webbrowser.open, [settings.public_url]).start()

    server.on_startup(announce)
    loader = partial(application, settings, release, os.getpid())
    try:
        server.serve(target_loader=loader, wrap_loader=False)
    except SystemExit as end:
        raise EngineUnavailable("The web process ended by itself; the lines above say why.") from end


class Replacements(dict[int, float]):
    """When web processes were replaced, as the server keeps it: it ends where that was just now.

    One that is killed twice in a row is no reason yet, so they are told only when there were many.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without any; `clock` tells seconds."""
        super().__init__()
        self._clock = clock
        self._times: deque[float] = deque(maxlen=MOST_DEATHS)

    def __setitem__(self, worker: int, at: float) -> None:
        """Note a replacement."""
        self._times.append(at)
        super().__setitem__(worker, at)

    def get(self, worker: int, default: Any = None) -> Any:
        """Return when a worker was replaced last, where there were too many replacements."""
        many = len(self._times) == MOST_DEATHS and self._clock() - self._times[0] < DEATHS_SECONDS
        return super().get(worker, default) if many else default


def _stay_inside(host: str) -> None:
    """Refuse strangers where a query that gets past the guard could reach the network."""
    if host in LOOPBACK or host.startswith("127.") or is_isolated():
        return
    raise EngineUnavailable(
        "This system has neither seccomp nor network namespaces, so a query could reach the network.",
        hint="Serve at 127.0.0.1, or run in a container that allows seccomp filters.",
    )


def allow_connections(most: int) -> int:
    """Return how many connections may be open, up to so many, after asking for the descriptors they take.

    Raises EngineUnavailable where there are too few for the service itself.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + SPARE_DESCRIPTORS
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < 2 * SPARE_DESCRIPTORS:
        raise EngineUnavailable(
            f"The service may open {wanted} files and connections; it needs {2 * SPARE_DESCRIPTORS}.",
            hint=f"Allow more: ulimit -n {most + SPARE_DESCRIPTORS}.",
        )
    return min(most, wanted - SPARE_DESCRIPTORS)


def free_port(host: str, port: int) -> int:
    """The port, once it is sure that nothing listens at it: the server itself would share it in silence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EngineUnavailable(
                f"Nothing can listen at {host}:{port}: {error.strerror or error}.",
                hint="Choose another --port or --host, or stop what uses this one.",
            ) from error
        return int(probe.getsockname()[1])


def application(settings: Settings, release: Release, parent: int) -> Any:
    """The WSGI application, made in the web process, which ends with its parent."""
    from diplograph.web.release_swap import swapping_application  # noqa: PLC0415 - the parent only watches, without Flask

    die_with_parent(parent)
    return swapping_application(settings, release)
