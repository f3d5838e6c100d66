"""A release in service, from its first request to its last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from diplograph.publication import Publication
from diplograph.release import Release
from diplograph.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Generation:
    """A release in service, and how many requests it answers now."""

    def __init__(self, publication: Publication, app: WSGIApplication) -> None:
        """Begin without requests."""
        self.publication = publication
        self._app = app
        self._running = 0
        self._change = threading.Condition()

    def enter(self) -> None:
        """Count a request in."""
        with self._change:
            self._running += 1

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that was counted in; what the answer is made of is at hand afterwards."""
        try:
            return self._app(environ, start_response)
        finally:
            with self._change:
                self._running -= 1
                self._change.notify_all()

    def end(self) -> None:
        """Close the publication when the last request has its answer."""
        with self._change:
            self._change.wait_for(lambda: not self._running, timeout=3 * self.publication.settings.timeout)
        self.publication.close()


def opened(
    settings: Settings, release: Release, mount: Callable[[Publication], WSGIApplication]
) -> Generation:
    """Put a release into service; what was begun is undone when that fails."""
    with ExitStack() as undo:
        publication = undo.enter_context(Publication.of_release(settings, release))
        generation = Generation(publication, mount(publication))
        undo.pop_all()
    return generation
