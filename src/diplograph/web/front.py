"""What stands in front of Flask: answers that are kept, conditional requests, request ids, figures, log."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.http import is_resource_modified, unquote_etag

from diplograph.engine.spool import IN_MEMORY
from diplograph.web import cache as caches
from diplograph.web import journal
from diplograph.web.cache import Cache, Entry, Fields, Headers, Key
from diplograph.web.flights import Flights
from diplograph.web.meters import Meters

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID = "diplograph.request_id"
ENGINE = "diplograph.engine"
"""Where the application says how many seconds the engine took, and whether the query was rewritten."""
ROUTE, WORKED = "diplograph.route", "diplograph.worked"
TOLD = (ROUTE, WORKED, ENGINE)
"""What the application says of a request, besides its answer."""
NEGOTIATED = ("HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE")
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


class Held:
    """The status and headers that an application began to answer with."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.status = ""
        self.headers: Headers = []

    def start(self, status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
        """Take them down, in the place of the server."""
        del exc_info
        self.status, self.headers = status, list(headers)
        return _no_writing


@dataclass(frozen=True, slots=True)
class Front:
    """A WSGI application that asks the one behind it only for what it does not keep.

    `epoch` names the release and the software that answer now; the headers `always` go with each answer
    that does not have them.
    """

    behind: WSGIApplication
    cache: Cache
    epoch: Callable[[], str]
    meters: Meters
    flights: Flights
    always: Sequence[tuple[str, str]] = ()
    access_log: bool = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        began = time.perf_counter()
        environ[REQUEST_ID] = f"{random.getrandbits(64):016x}"
        key = caches.key(self.epoch(), environ) if self.cache.largest else None
        if key is None:
            return self._ask(environ, start_response, key, began)
        entry = self.cache.find(key, environ)
        if entry is None:
            return self._with_others(environ, start_response, key, began)
        return self._known(environ, start_response, entry, began)

    def _with_others(
        self, environ: WSGIEnvironment, start_response: StartResponse, key: Key, began: float
    ) -> Iterable[bytes]:
        """Let the application answer, or take the answer that another request just had it make."""
        with self.flights.joined((key, *[environ.get(name) for name in NEGOTIATED])) as waited:
            entry = self.cache.find(key, environ) if waited else None
            if entry is None:
                return self._ask(environ, start_response, key, began)
        return self._known(environ, start_response, entry, began)

    def _known(
        self, environ: WSGIEnvironment, start_response: StartResponse, entry: Entry, began: float
    ) -> Iterable[bytes]:
        """Answer with what is kept."""
        self.meters.hits.inc()
        status, headers, body = _answer(entry, environ)
        self._finish(environ, status, entry.route, began, cached=True)
        start_response(status, [*headers, *_fresh(environ, began, "cache;desc=hit, ")])
        return [body]

    def _ask(
        self, environ: WSGIEnvironment, start_response: StartResponse, key: Key | None, began: float
    ) -> Iterable[bytes]:
        """Let the application answer, and keep the answer where that is possible.

        It is asked for the whole answer; HEAD and conditions are dealt with here.
        """
        inner = dict(environ)
        if key is not None and environ["REQUEST_METHOD"] == "HEAD":
            inner["REQUEST_METHOD"] = "GET"
        for name in CONDITIONS if key is not None else ():
            inner.pop(name, None)
        held = Held()
        body = self.behind(inner, held.start)
        for name in TOLD:
            environ[name] = inner.get(name)
        found = caches.fields(held.headers)
        held.headers += [pair for pair in self.always if pair[0].lower() not in found]
        if key is not None:
            self.meters.misses.inc()
            body = self._kept(key, inner, held, found, body)
            body = _shortened(environ, held, found, body)
        self._finish(environ, held.status, environ[ROUTE] or "", began)
        start_response(held.status, [*held.headers, *_fresh(environ, began, _engine(environ))])
        return _at_once(found, body)

    def _kept(
        self, key: Key, environ: WSGIEnvironment, held: Held, found: Fields, body: Iterable[bytes]
    ) -> Iterable[bytes]:
        """The same body, kept under the key when it is whole and the release is still the same."""
        if not caches.is_storable(held.status, found, environ, self.cache.largest):
            return body
        whole = _joined(body)
        complete = found.get("content-length") == str(len(whole))
        if complete and self.epoch() == key[0]:
            self.cache.store(key, environ, caches.entry(held.status, held.headers, whole, environ))
        return [whole]

    def _finish(
        self, environ: WSGIEnvironment, status: str, route: str, began: float, *, cached: bool = False
    ) -> None:
        self.meters.count(route, status[:3])
        worked = bool(environ.get(WORKED))
        if self.access_log or worked or status >= "4":
            journal.access(environ, int(status[:3]), time.perf_counter() - began, cached=cached)


def _fresh(environ: WSGIEnvironment, began: float, share: str) -> Headers:
    """The headers that no two answers have in common; times are in milliseconds, of the whole at the end."""
    timing = f"{share}total;dur={(time.perf_counter() - began) * 1000:.1f}"
    return [("Server-Timing", timing), ("X-Request-Id", environ[REQUEST_ID])]


def _engine(environ: WSGIEnvironment) -> str:
    """The share of the engine in an answer, where it has one."""
    if not environ.get(ENGINE):
        return ""
    seconds, rewritten = environ[ENGINE]
    return f"engine{';desc=rewritten' if rewritten else ''};dur={seconds * 1000:.1f}, "


def _answer(entry: Entry, environ: WSGIEnvironment) -> tuple[str, Headers, bytes]:
    """What is sent of a kept answer: all of it, its head, or that the client has it."""
    if environ["REQUEST_METHOD"] != "POST" and _is_conditional(entry.status, environ):
        found = caches.fields(entry.headers)
        if _client_has(found, environ):
            return "304 NOT MODIFIED", entry.headers_unmodified, b""
    return entry.status, entry.headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else entry.body


def _shortened(environ: WSGIEnvironment, held: Held, found: Fields, body: Iterable[bytes]) -> Iterable[bytes]:
    """The answer cut to what the request asks for: 304, or no body for HEAD."""
    method = environ["REQUEST_METHOD"]
    if method == "POST":
        return body
    if _is_conditional(held.status, environ) and _client_has(found, environ):
        held.status = "304 NOT MODIFIED"
        held.headers = [
            (name, value) for name, value in held.headers if name.lower() not in caches.ABOUT_CONTENT
        ]
    elif method != "HEAD":
        return body
    _close(body)
    return ()


def _is_conditional(status: str, environ: WSGIEnvironment) -> bool:
    return status.startswith("200 ") and not environ.keys().isdisjoint(CONDITIONS)


def _client_has(found: Fields, environ: WSGIEnvironment) -> bool:
    """Whether a conditional request names this very answer (RFC 9110, 13.1)."""
    etag = found.get("etag")
    if etag is not None and environ.get(CONDITIONS[0]) == etag:
        return True
    return not is_resource_modified(
        environ,
        etag=unquote_etag(etag)[0] if etag else None,
        last_modified=found.get("last-modified"),
    )


def _at_once(found: Fields, body: Iterable[bytes]) -> Iterable[bytes]:
    """A list where the answer is short: the server writes it with its head, so a proxy gets both or none."""
    length = found.get("content-length", "")
    if body == () or isinstance(body, list) or not length.isdigit() or int(length) > IN_MEMORY:
        return body
    return [_joined(body)]


def _joined(body: Iterable[bytes]) -> bytes:
    try:
        return b"".join(body)
    finally:
        _close(body)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()


def _no_writing(data: bytes) -> object:
    raise NotImplementedError(f"{len(data)} bytes written past the answer.")
