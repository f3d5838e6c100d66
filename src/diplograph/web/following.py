"""A service that follows the knowledge base: when a new release is current, it is swapped in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from diplograph import release as releases
from diplograph.errors import DiplographError
from diplograph.publication import Publication
from diplograph.release import Release
from diplograph.web.generation import Generation, opened
from diplograph.web.versions import Versions
from diplograph.web.writing import FOLLOW

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

INTERVAL = 1.0
LOG = logging.getLogger(__name__)


class Following:
    """A WSGI application over the release in service; every request sees one release from end to end."""

    def __init__(
        self,
        publication: Publication,
        mount: Callable[[Publication], WSGIApplication],
        interval: float = INTERVAL,
    ) -> None:
        """Serve `publication` as `mount` makes it, and look for another release every so many seconds."""
        self._mount = mount
        self._serving = Generation(publication, mount(publication))
        self._versions = Versions(publication.settings, mount)
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

    @property
    def release(self) -> Release:
        """The release in service."""
        return self._serving.publication.release

    def close(self) -> None:
        """Stop looking, and end what serves."""
        self._stopped.set()
        self._watcher.join()
        self._serving.publication.close()
        self._versions.close()
        for thread in self._ending:
            thread.join()

    def follow(self) -> bool:
        """Swap in the current release where it is not in service yet; tell whether that was so.

        Requests that run are answered by the release that they began with, and its workers end after them.
        """
        settings = self._serving.publication.settings
        if settings.engine is not None:  # an engine elsewhere holds the release that it was given
            return False
        with self._opening:
            found = releases.current(settings)
            if found is None or found.path == self.release.path:
                return False
            before, after = self._serving, opened(settings, found, self._mount)
            with self._swap:
                self._serving = after
            LOG.warning("release %s is in service", found.name)
            self._retire(before)
        return True

    def _retire(self, generation: Generation) -> None:
        """End a generation after its last request, which may be the very one that had it replaced."""
        ending = threading.Thread(target=generation.end, name="release end", daemon=True)
        self._ending = [thread for thread in self._ending if thread.is_alive()] + [ending]
        ending.start()

    def _watch(self, interval: float) -> None:
        while not self._stopped.wait(interval):
            try:
                self.follow()
            except (DiplographError, OSError) as error:
                LOG.warning("a new release cannot be served, the old one stays: %s", error)
