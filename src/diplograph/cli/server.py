"""Server: Granian in front, one web process with threads, workers behind.

The parent watches and holds the port; the web process opens the release. It is forked off a process that has
imported all that it needs and opened nothing, so that one that dies is replaced in a fraction of a second;
clients that come meanwhile wait at the port. It dies with the parent, and its workers die with it.
"""

import ctypes
import os
import resource
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from multiprocessing import (
    active_children,
    forkserver,
    get_context,
    parent_process,
    resource_tracker,
    set_start_method,
)
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import mp
from granian.server.mp import MPServer, WorkerProcess

from diplograph.cli import console
from diplograph.engine.sandbox import die_with_parent
from diplograph.engine.worker_process import is_isolated
from diplograph.errors import EngineUnavailable
from diplograph.release import Release
from diplograph.settings import Settings

MOST_THREADS = 600
"""Threads that answer, made when they are needed: one that waits for a body costs little more than its stack.

What bounds work is the admission of clients and the pool of workers.
"""
PAUSE, PATIENCE = 0.01, 30.0
"""Seconds between two hits, past which it does not matter who sends them, and between two looks at that."""
SPARE_DESCRIPTORS = 256
"""Files that the service has open beside connections: stores, workers, answers that are put aside."""
MOST_DEATHS, DEATHS_SECONDS = 8, 12.0
"""The service ends when its web process ends by itself so often in so many seconds: then it cannot start."""
GRACE = 15
Run = Callable[[Any, dict[str, Any]], object]
"""It gets where an answer goes, and the request as WSGI spells it."""
LOOPBACK = {"localhost", "::1"}
BACKLOG = 1024
"""Connections that wait at the port until a web process takes them."""
IMPORTED = ["diplograph.cli.server", "diplograph.web.release_swap"]
"""What web processes find imported."""
FORKS, FORK_SECONDS = 20, 0.1
"""How often and after how many seconds a process is forked again where the fork server is dying."""
TRIMMING = 10.0
"""Seconds between two times that memory is given back."""
_MOST_ARENAS, _MAPPED_FROM = -8, -3
"""What `mallopt` of glibc knows as M_ARENA_MAX and M_MMAP_THRESHOLD."""
STOPPING = {signal.SIGINT, signal.SIGTERM}


class Server(MPServer):
    """Granian that forks its web processes off one that has all imported, and gives each the same socket."""

    def __init__(self, listener: socket.socket, **options: Any) -> None:
        """Serve at a socket that is bound; the options are Granian's."""
        super().__init__("diplograph.web", address=listener.getsockname()[0], **options)
        self._listener = listener
        self.respawned_wrks = Replacements(self._was_killed)

    def signal_handler_interrupt(self, *_: Any, **__: Any) -> None:
        """Stop, at once while there is no web process: the first waits until all is imported."""
        if not active_children():
            sys.exit(0)
        super().signal_handler_interrupt()  # type: ignore[no-untyped-call]

    def _was_killed(self, number: int) -> bool:
        return bool(self.wrks[number].inner.exitcode == -signal.SIGKILL)

    def _init_shared_socket(self) -> None:
        self._sso = self._listener

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> WorkerProcess:  # type: ignore[override]
        start_fork_server()
        worker: WorkerProcess = super()._spawn_worker(idx, target, callback_loader)
        worker.inner._Popen = forked  # noqa: SLF001 - Granian itself only spawns
        return worker


def forked(process: Any) -> Any:
    """Fork a process off the fork server, and off a new one where that was killed just now.

    The death of a parent is told to its children before it is told to whoever waits for it.
    """
    fork = get_context("forkserver").Process._Popen  # noqa: SLF001 - what its start calls
    for _ in range(FORKS):
        with suppress(EOFError, ConnectionError):
            return fork(process)
        time.sleep(FORK_SECONDS)
        start_fork_server()
    return fork(process)


def start_fork_server() -> None:
    """See that the process runs that web processes are forked off.

    It ends with the last of them and with this one. Signals that stop are kept from it: Ctrl-C goes to every
    process of a terminal, and a web process stops when this one tells it to.
    """
    os.putenv("PYTHONSAFEPATH", "1")  # or a file of the present folder could stand for a package
    forkserver.set_forkserver_preload(IMPORTED)
    resource_tracker.ensure_running()  # before signals are held back: it lets them through at its end
    held = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def web_process(number: int, name: str | None, loader: Any, sockets: Any, *options: Any) -> None:
    """Serve in a forked process at the socket that it was given, until SIGTERM; Ctrl-C is the parent's."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    die_with_parent(os.getppid())
    spare_memory()
    threading.Thread(target=_end_with_parent, name="parent watcher", daemon=True).start()
    holder: Any = SocketHolder  # on Linux it takes one value more than its types say
    taken = (sockets[1].detach(), False, *([BACKLOG] if sys.platform == "linux" else []))
    Server._spawn_wsgi_worker(number, name, loader, ((None, holder(*taken)), None), *options)  # noqa: SLF001 - as Granian does


def spare_memory() -> None:
    """Have the C library keep little of what is freed.

    All threads share two of its arenas, as each would keep what its thread freed. What is large is mapped by
    itself, however much of it was freed before, and what is free goes back to the system now and then.
    """
    library = ctypes.CDLL(None)
    with suppress(AttributeError):  # another C library has none of this
        library.mallopt(_MOST_ARENAS, 2)
        library.mallopt(_MAPPED_FROM, 256 << 10)
        trim = partial(library.malloc_trim, 0)
        threading.Thread(target=_again_and_again, args=(trim,), name="memory", daemon=True).start()


def _again_and_again(act: Callable[[], object]) -> None:
    while True:
        time.sleep(TRIMMING)
        act()


def _end_with_parent() -> None:
    """End with the process that watches, of which the kernel says nothing: the fork server is between."""
    watching = parent_process()
    if watching is not None:
        watching.join()
    os.kill(os.getpid(), signal.SIGKILL)


def serve(settings: Settings, release: Release, *, browse: bool = False) -> None:
    """Serves a release until SIGINT or SIGTERM; port 0 takes a free one.

    Raises EngineUnavailable when the address is taken or is not of this machine, or when it is public and
    nothing here can keep a query from the network.
    """
    _stay_inside(settings.host)
    listener = listening(settings.host, settings.port)
    settings = replace(settings, port=listener.getsockname()[1])
    connections = allow_connections(settings.most_connections)
    set_start_method("spawn", force=True)
    server = Server(
        listener,
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

    def announce() -> None:
        console.note(f"serving release {release.name} at {settings.public_url} (Ctrl-C stops)")
        if browse:
            threading.Timer(1.0, webbrowser.open, [settings.public_url]).start()

    server.on_startup(announce)
    loader = partial(application, settings, release)
    try:
        server.serve(web_process, loader, wrap_loader=False)
    except SystemExit as end:
        if not end.code:  # stopped before it began
            raise
        raise EngineUnavailable("The web process ended by itself; the lines above say why.") from end


class Replacements(dict[int, float]):
    """When web processes were replaced, as the server keeps it: it ends where that was just now.

    It is told of those that ended by themselves, and only when there were many. One that somebody killed says
    nothing of the next.
    """

    def __init__(
        self, was_killed: Callable[[int], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin without any; `was_killed` tells of the one to be replaced, `clock` tells seconds."""
        super().__init__()
        self._was_killed = was_killed
        self._clock = clock
        self._times: deque[float] = deque(maxlen=MOST_DEATHS)

    def __setitem__(self, worker: int, at: float) -> None:
        """Note a replacement."""
        if not self._was_killed(worker):
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


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at the port, from now on; EngineUnavailable where nothing can."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections take it over
        found.bind(address)
        found.listen(BACKLOG)
    except OSError as error:
        raise EngineUnavailable(
            f"Nothing can listen at {host}:{port}: {error.strerror or error}.",
            hint="Choose another --port or --host, or stop what uses this one.",
        ) from error
    return found


def application(settings: Settings, release: Release) -> Any:
    """The WSGI application, made in the web process."""
    from diplograph.web.release_swap import swapping_application  # noqa: PLC0415 - the parent only watches, without Flask

    # what calls the application has no public name
    mp._wsgi_call_wrap = partial(hits_first, mp._wsgi_call_wrap)  # type: ignore[attr-defined]  # noqa: SLF001
    return swapping_application(settings, release)


def hits_first(wrap: Callable[..., Run], service: Any, *options: Any) -> Run:
    """What the server calls for each request, in one of its threads: a hit is sent at once."""
    run, hit, leader = wrap(service, *options), service.hit, Leader()

    def answer(response: Any, environ: dict[str, Any]) -> None:
        found = hit(environ)
        if found is None:
            leader.step_down()
            run(response, environ)
        else:
            response.response_bytes(*found)
            del found
            environ.clear()  # who waits keeps nothing of a request that is answered
            leader.follow()

    return answer


class Leader:
    """The thread that sends the hits, while they come so fast that threads would get into each other's way.

    Each thread that takes a request waits for the lock of the interpreter, which then goes from one to the
    next with every request. So whoever has sent a hit waits while another one leads.
    """

    def __init__(self, pause: float = PAUSE, patience: float = PATIENCE) -> None:
        """Begin without a leader; it leads until a pause, and those that wait look at that now and then."""
        self._pause = pause
        self._patience = patience
        self._thread = 0
        self._since = 0.0
        self._waiting: dict[int, threading.Lock] = {}
        self._lock = threading.Lock()

    def step_down(self) -> None:
        """Let one that waits lead, where this thread does: its request may take long."""
        if self._thread != threading.get_ident():
            return
        with self._lock:
            self._thread, turn = self._waiting.popitem() if self._waiting else (0, None)
            self._since = time.monotonic()
        if turn:
            turn.release()

    def follow(self) -> None:
        """Return at once to lead, else when this thread is to lead or nobody does."""
        me, now = threading.get_ident(), time.monotonic()
        if self._thread == me:
            self._since = now
            return
        with self._lock:
            if not self._is_led(now):
                self._thread, self._since = me, now
                return
            turn = self._waiting[me] = threading.Lock()
            turn.acquire()
        while not turn.acquire(timeout=self._patience) and self._is_led(time.monotonic()):
            continue
        with self._lock:
            self._waiting.pop(me, None)

    def _is_led(self, now: float) -> bool:
        return bool(self._thread) and now - self._since <= self._pause
