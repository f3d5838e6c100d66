"""Older releases, by `version=`: opened when somebody asks for one, the least recently used closed."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from diplograph.errors import DiplographError, Gone
from diplograph.intake.prune import HEX, find
from diplograph.publication import Publication
from diplograph.release import Release
from diplograph.settings import Settings
from diplograph.web.generation import Generation, opened
from diplograph.web.headers import GONE, VERSION

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

MOST = 2
"""How many older releases are open at once, each with one worker."""
MAX_CACHE = 4 << 20
NAMES = ("version", "_version")
NAME = 16
"""Digits of an id that name one release for good."""
log = logging.getLogger(__name__)


class Versions:
    """The older releases that are open; any number of threads may share them."""

    def __init__(
        self, settings: Settings, mount: Callable[[Publication], WSGIApplication], most: int = MOST
    ) -> None:
        """Open nothing yet; `mount` makes the application of a release."""
        self._settings = replace(settings, workers=1, max_cache=min(settings.max_cache, MAX_CACHE))
        self._mount = mount
        self._most = most
        self._open: OrderedDict[Path, Generation] = OrderedDict()
        self._lock = threading.Lock()

    def enter(self, environ: WSGIEnvironment, current: Release) -> Generation | None:
        """Count a request in to the older release that it asks for, None for any other request.

        The version in the request becomes the id of what was found.
        """
        version = asked_for(environ)
        if version is None:
            return None
        try:
            found = find(self._settings, version)
        except Gone as error:
            environ[GONE] = error.detail
            return None
        if found is None:
            return None
        name_release(environ, found, lasting=HEX.fullmatch(version) is not None and len(version) >= NAME)
        try:
            return None if found.id == current.id else self._entered(found)
        except (DiplographError, OSError) as error:
            log.warning("release %s cannot be opened: %s", found.name, error)
            return None

    def close(self) -> None:
        """Close them all."""
        while self._open:
            self._open.popitem()[1].publication.close()

    def _entered(self, release: Release) -> Generation:
        with self._lock:
            generation = self._open.pop(release.path, None)
            if generation is None:
                generation = opened(self._settings, release, self._mount)
            self._open[release.path] = generation
            generation.enter()
            while len(self._open) > self._most:
                oldest = self._open.popitem(last=False)[1]
                threading.Thread(target=oldest.end, name="release end", daemon=True).start()
        return generation


def asked_for(environ: WSGIEnvironment) -> str | None:
    """The version that a read names, None without one."""
    query = str(environ.get("QUERY_STRING", ""))
    if "version=" not in query:
        return None
    reads = environ["REQUEST_METHOD"] in {"GET", "HEAD"} or environ["PATH_INFO"].startswith("/sparql")
    return next((value for name, value in parse_qsl(query) if name in NAMES), None) if reads else None


def name_release(environ: WSGIEnvironment, release: Release, *, lasting: bool) -> None:
    """Put the id of a release, or its name, in the place of the version that was asked for.

    The two are kept apart, as their answers are: what was asked for by a date is not the same for good.
    """
    version = release.id if lasting else release.name
    pairs = parse_qsl(str(environ["QUERY_STRING"]), keep_blank_values=True)
    named = [(name, version if name in NAMES else value) for name, value in pairs]
    environ["QUERY_STRING"] = urlencode(named)
    environ[VERSION] = "lasting" if lasting else "found"
