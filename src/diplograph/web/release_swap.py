"""Release swap: a service follows its knowledge base to the next release, and keeps older ones at hand."""

from __future__ import annotations

import gc
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.test import TestResponse

from diplograph import release as releases
from diplograph.changes.writer import Writer
from diplograph.engine.admission import PRESENT, UNDER_WAY
from diplograph.errors import DiplographError, Gone
from diplograph.release import Release
from diplograph.release.versions import HEX, find
from diplograph.repository import Repository
from diplograph.settings import Settings
from diplograph.web import Service, create_app, logs
from diplograph.web.connections import Guard
from diplograph.web.graph_store import FOLLOW
from diplograph.web.headers import GONE, VERSION
from diplograph.web.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from diplograph.web.http_cache import Hit

MOST_OPEN = 2
"""How many older releases are open at once, each with one worker."""
MAX_CACHE = 4 << 20
VERSION_PARAMETERS = ("version", "_version")
ID_DIGITS = 16
"""Digits of an id that name one release for good."""
INTERVAL = 1.0
LOG = logging.getLogger(__name__)


class OpenRelease:
    """A release in service, and how many requests it answers now."""

    def __init__(self, repository: Repository, app: Service) -> None:
        """Begin without requests."""
        self.repository = repository
        self.app = app
        self._running = 0
        self._change = threading.Condition()

    def enter(self) -> None:
        """Count a request in."""
        with self._change:
            self._running += 1

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that was counted in; what the answer is made of is at hand afterwards."""
        try:
            return self.app(environ, start_response)
        finally:
            with self._change:
                self._running -= 1
                self._change.notify_all()

    def end(self) -> None:
        """Close the repository when the last request has its answer."""
        with self._change:
            self._change.wait_for(lambda: not self._running, timeout=3 * self.repository.settings.timeout)
        self.repository.close()


def opened(settings: Settings, release: Release, mount: Callable[[Repository], Service]) -> OpenRelease:
    """Put a release into service; what was begun is undone when that fails."""
    with ExitStack() as undo:
        repository = undo.enter_context(Repository.of_release(settings, release))
        open_release = OpenRelease(repository, mount(repository))
        undo.pop_all()
    return open_release


class Versions:
    """The older releases that are open; any number of threads may share them."""

    def __init__(
        self, settings: Settings, mount: Callable[[Repository], Service], most: int = MOST_OPEN
    ) -> None:
        """Open nothing yet; `mount` makes the application of a release."""
        self._settings = replace(settings, workers=1, max_cache=min(settings.max_cache, MAX_CACHE))
        self._mount = mount
        self._most = most
        self._open: OrderedDict[Path, OpenRelease] = OrderedDict()
        self._lock = threading.Lock()

    def enter(self, environ: WSGIEnvironment, current: Release) -> OpenRelease | None:
        """Count a request in to the older release that it asks for, None for any other request.

        The version in the request becomes the id of what was found.
        """
        version = requested_version(environ)
        if version is None:
            return None
        try:
            found = find(self._settings, version)
        except Gone as error:
            environ[GONE] = error.detail
            return None
        if found is None:
            return None
        name_release(environ, found, lasting=HEX.fullmatch(version) is not None and len(version) >= ID_DIGITS)
        try:
            return None if found.id == current.id else self._entered(found)
        except (DiplographError, OSError) as error:
            LOG.warning("release %s cannot be opened: %s", found.name, error)
            return None

    def close(self) -> None:
        """Close them all."""
        while self._open:
            self._open.popitem()[1].repository.close()

    def _entered(self, release: Release) -> OpenRelease:
        with self._lock:
            open_release = self._open.pop(release.path, None)
            if open_release is None:
                open_release = opened(self._settings, release, self._mount)
            self._open[release.path] = open_release
            open_release.enter()
            while len(self._open) > self._most:
                oldest = self._open.popitem(last=False)[1]
                threading.Thread(target=oldest.end, name="release end", daemon=True).start()
        return open_release


def requested_version(environ: WSGIEnvironment) -> str | None:
    """The version that a read names, None without one."""
    query = str(environ.get("QUERY_STRING", ""))
    if "version=" not in query:
        return None
    path = environ["PATH_INFO"].rstrip("/")
    reads = environ["REQUEST_METHOD"] in {"GET", "HEAD"} or path.endswith("/sparql")
    return (
        next((value for name, value in parse_qsl(query) if name in VERSION_PARAMETERS), None)
        if reads
        else None
    )


def name_release(environ: WSGIEnvironment, release: Release, *, lasting: bool) -> None:
    """Put the id of a release, or its name, in the place of the version that was asked for.

    The two are kept apart, as their answers are: what was asked for by a date is not the same for good.
    """
    version = release.id if lasting else release.name
    pairs = parse_qsl(str(environ["QUERY_STRING"]), keep_blank_values=True)
    named = [(name, version if name in VERSION_PARAMETERS else value) for name, value in pairs]
    environ["QUERY_STRING"] = urlencode(named)
    environ[VERSION] = "lasting" if lasting else "found"


class ReleaseSwap:
    """A WSGI application over the release in service; every request sees one release from end to end."""

    def __init__(
        self,
        repository: Repository,
        mount: Callable[[Repository], Service],
        interval: float = INTERVAL,
    ) -> None:
        """Serve `repository` as `mount` makes it, and look for another release every so many seconds."""
        self._mount = mount
        self._serving = OpenRelease(repository, mount(repository))
        self._versions = Versions(repository.settings, mount)
        self._swap = threading.Lock()
        self._opening = threading.Lock()
        self._ending: list[threading.Thread] = []
        self._stopped = threading.Event()
        self._watcher = threading.Thread(
            target=self._watch, args=(interval,), name="release watcher", daemon=True
        )
        self._watcher.start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the release that is in service at this moment."""
        environ[FOLLOW] = self.follow
        older = self._versions.enter(environ, self.release)
        if older is not None:
            return older.answer(environ, start_response)
        with self._swap:
            serving = self._serving
            serving.enter()
        return serving.answer(environ, start_response)

    def hit(self, environ: WSGIEnvironment) -> Hit | None:
        """What the release in service has kept for a request that names no version.

        An answer that is kept needs nothing of its release, so the request is not counted in.
        """
        return None if "version=" in environ["QUERY_STRING"] else self._serving.app.hit(environ)

    @property
    def release(self) -> Release:
        """The release in service."""
        return self._serving.repository.release

    def close(self) -> None:
        """Stop looking, and end what serves."""
        self._stopped.set()
        self._watcher.join()
        self._serving.repository.close()
        self._versions.close()
        for thread in self._ending:
            thread.join()

    def follow(self) -> bool:
        """Swap in the current release where it is not in service yet; tell whether that was so.

        Requests that run are answered by the release that they began with, and its workers end after them.
        """
        settings = self._serving.repository.settings
        if settings.engine is not None:  # an engine elsewhere holds the release that it was given
            return False
        with self._opening:
            found = releases.current(settings)
            if found is None or found.path == self.release.path:
                return False
            before, after = self._serving, opened(settings, found, self._mount)
            with self._swap:
                self._serving = after
            LOG.info("release %s is in service", found.name)
            self._retire(before)
        return True

    def _retire(self, open_release: OpenRelease) -> None:
        """End a generation after its last request, which may be the very one that had it replaced."""
        ending = threading.Thread(target=open_release.end, name="release end", daemon=True)
        self._ending = [thread for thread in self._ending if thread.is_alive()] + [ending]
        ending.start()

    def _watch(self, interval: float) -> None:
        while not self._stopped.wait(interval):
            try:
                self.follow()
            except (DiplographError, OSError) as error:
                LOG.warning("a new release cannot be served, the old one stays: %s", error)


def swapping_application(settings: Settings, release: Release) -> Any:
    """One that goes with the knowledge base to its next release; it is closed when its process ends.

    Over files as they are, which have no next release, it stays with those. Its connections are guarded.
    """
    logs.configure()
    metrics, guard = Metrics(), Guard.of(settings)
    metrics.watch_connections(guard)
    if not settings.trusted_proxies:  # else the connections are theirs
        guard.tell = PRESENT.note
    guard.start()
    UNDER_WAY.allow(settings.max_under_way, settings.max_under_way_per_client)
    gc.set_threshold(10_000, 20, 20)  # requests leave few cycles behind
    repository = Repository.of_release(settings, release)
    if release.path.parent != settings.state / "releases":
        Finalize(None, repository.close, exitpriority=10)
        return create_app(repository, metrics)
    writer = Writer(settings)
    guard.is_busy = lambda: writer.is_working
    Finalize(None, writer.close, exitpriority=10)
    followed = ReleaseSwap(repository, partial(create_app, metrics=metrics, writer=writer))
    Finalize(None, followed.close, exitpriority=10)
    return followed


def answer_once(settings: Settings, release: Release, path: str) -> TestResponse:
    """What it answers to one GET."""
    with Repository.of_release(settings, release) as published:
        return create_app(published).test_client().get(path, base_url=settings.public_url)
