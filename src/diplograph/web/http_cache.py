"""The HTTP cache in front of Flask: whole answers kept, conditional and identical concurrent requests."""

from __future__ import annotations

import hashlib
import io
import random
import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from werkzeug.http import is_resource_modified, unquote_etag

from diplograph.engine.protocol import CHUNK, IN_MEMORY
from diplograph.web import languages, logs
from diplograph.web.addresses import BASE, REFUSED
from diplograph.web.metrics import ENGINE, REUSABLE, ROUTE, WORKED, Metrics
from diplograph.web.request_parsing import NEGOTIATED, blank_dates, up_to
from diplograph.web.response_store import CachedResponse, Fields, Headers, Key, ResponseStore, fields

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 256 << 10
"""Requests with a longer body, or one of unknown length, go by."""
PASSING = (
    *("HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_UPGRADE"),
    REFUSED,
)
NOT_AT_ONCE = {*PASSING, "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"}
"""A read with one of these is looked at closely first."""
ABOUT_CONTENT = {"content-type", "content-length", "content-encoding", "content-language"}

Hit = tuple[int, Headers, bytes]
"""Status, headers and body of an answer that was kept."""
NOT_MODIFIED = "304 NOT MODIFIED"
READS = ("GET", "HEAD")
PATIENCE = 2.0
"""Seconds after which a request goes its own way: the answer may be one that is not kept."""
REQUEST_ID = "diplograph.request_id"
TOLD = (ROUTE, WORKED, ENGINE, REUSABLE)
"""What the application says of a request, besides its answer."""
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


def cache_key(epoch: str, environ: WSGIEnvironment, posted: Collection[str]) -> Key | None:
    """What a request is known by: epoch (release and software), method class, address, body.

    None for a request that is not answered from the cache, such as a POST to a path that is not of those
    `posted`. The body is read and put back.
    """
    method = environ["REQUEST_METHOD"]
    if method not in {"GET", "HEAD", "POST"} or not environ.keys().isdisjoint(PASSING):
        return None
    if method == "POST" and environ.get("PATH_INFO") not in posted:
        return None
    body = _body_hash(environ, posted=method == "POST")
    if body is None:
        return None
    return (
        epoch,
        "POST" if method == "POST" else "GET",
        environ.get("SCRIPT_NAME", ""),
        environ.get(BASE, ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        environ.get("CONTENT_TYPE", ""),
        body,
    )


def is_storable(status: str, found: Fields, environ: WSGIEnvironment, largest: int) -> bool:
    """Whether an answer may be kept: 200 with a strong tag, 303, or an answer to POST that says so."""
    length = found.get("content-length", "")
    if not length.isdigit() or int(length) > largest:
        return False
    if "set-cookie" in found or "*" in found.get("vary", ""):
        return False
    if environ["REQUEST_METHOD"] == "POST":
        return status.startswith("200 ") and bool(environ.get(REUSABLE))
    control = found.get("cache-control", "").lower()
    if "no-store" in control or "private" in control:
        return False
    return status.startswith("303 ") or (status.startswith("200 ") and found.get("etag", "").startswith('"'))


def _body_hash(environ: WSGIEnvironment, *, posted: bool) -> str | None:
    """The hash of the body, which is put back; None for one that is not read here."""
    is_chunked = "HTTP_TRANSFER_ENCODING" in environ
    if not posted:
        return "" if environ.get("CONTENT_LENGTH", "") in {"", "0"} and not is_chunked else None
    length = str(environ.get("CONTENT_LENGTH", ""))
    if not (length.isascii() and length.isdigit()) or len(length) > 9 or int(length) > LARGEST_BODY:
        return None
    if is_chunked or environ.get("HTTP_CONTENT_ENCODING"):
        return None
    body = up_to(environ["wsgi.input"], int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return hashlib.sha256(body).hexdigest() if len(body) == int(length) else None


class SingleFlight:
    """What is being answered now; any number of threads may share it."""

    def __init__(self, most: int) -> None:
        """Let at most so many requests wait for others; more go their own way."""
        self._most = most
        self._waiting = 0
        self._leaders: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    @contextmanager
    def joined(self, asked: Hashable) -> Iterator[bool]:
        """Wait for a request that asks the same, if there is one; tell whether the answer may be there now.

        While the block of the first one lasts, the others wait.
        """
        leader = self._leader(asked)
        if leader is None:
            try:
                yield False
            finally:
                with self._lock:
                    self._leaders.pop(asked).release()
        else:
            yield self._waited(leader)

    def _leader(self, asked: Hashable) -> threading.Lock | None:
        """Return what the first one to ask holds until it has its answer; None for that one itself."""
        with self._lock:
            leader = self._leaders.get(asked)
            if leader is None:
                first = self._leaders[asked] = threading.Lock()
                first.acquire()
            return leader

    def _waited(self, leader: threading.Lock) -> bool:
        with self._lock:
            if self._waiting >= self._most:
                return False
            self._waiting += 1
        done = leader.acquire(timeout=PATIENCE)
        if done:
            leader.release()
        with self._lock:
            self._waiting -= 1
        return done


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
class HttpCache:
    """A WSGI application that asks the one behind it only for what it does not keep.

    `epoch` names the release and the software that answer now; the headers `always` go with each answer
    that does not have them. Answers to POST are kept of the paths `posted` alone.
    """

    behind: WSGIApplication
    cache: ResponseStore
    epoch: Callable[[], str]
    metrics: Metrics
    single_flight: SingleFlight
    always: Sequence[tuple[str, str]] = ()
    access_log: bool = False
    posted: Collection[str] = ()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        began = time.perf_counter()
        environ[REQUEST_ID] = _new_id()
        languages.settle(environ)
        key = cache_key(self.epoch(), environ, self.posted) if self.cache.largest else None
        if key is None:
            return self._ask(environ, start_response, key, began)
        entry = self.cache.find(key, environ)
        if entry is None:
            return self._with_others(environ, start_response, key, began)
        return self._from_store(environ, start_response, entry, began)

    def hit(self, environ: WSGIEnvironment, prefix: str, base: str, path: str) -> Hit | None:
        """What is sent of the kept answer to a read, at a path below a prefix; None for any other request.

        A long one is not sent at once, so it is none either. It never waits, so the one thread that receives
        requests can ask it first.
        """
        began = time.perf_counter()
        if environ["REQUEST_METHOD"] not in READS or not NOT_AT_ONCE.isdisjoint(environ):
            return None
        languages.settle(environ)
        key = (self.epoch(), "GET", prefix, base, path, environ["QUERY_STRING"], "", "")
        entry = self.cache.find(key, environ)
        if entry is None or len(entry.body) > IN_MEMORY:
            return None
        return self._sent(environ | {"PATH_INFO": path, REQUEST_ID: _new_id()}, entry, began)

    def _with_others(
        self, environ: WSGIEnvironment, start_response: StartResponse, key: Key, began: float
    ) -> Iterable[bytes]:
        """Let the application answer, or take the answer that another request just had it make."""
        with self.single_flight.joined((key, *[environ.get(name) for name in NEGOTIATED])) as waited:
            entry = self.cache.find(key, environ) if waited else None
            if entry is None:
                return self._ask(environ, start_response, key, began)
        return self._from_store(environ, start_response, entry, began)

    def _from_store(
        self, environ: WSGIEnvironment, start_response: StartResponse, entry: CachedResponse, began: float
    ) -> Iterable[bytes]:
        """Answer with what is kept."""
        code, headers, body = self._sent(environ, entry, began)
        start_response(entry.status if code == entry.code else NOT_MODIFIED, headers)
        return _sendable(body)

    def _sent(self, environ: WSGIEnvironment, entry: CachedResponse, began: float) -> Hit:
        code, headers, body = entry.code, entry.headers, entry.body
        if environ["REQUEST_METHOD"] != "GET" or not environ.keys().isdisjoint(CONDITIONS):
            code, headers, body = _shortened_hit(entry, environ)
        self.metrics.count(entry.route, code, cached=True)
        seconds = time.perf_counter() - began
        if self.access_log:
            logs.access(environ, code, seconds, cached=True)
        own = (_hit_timing(round(seconds * 1e4)), ("X-Request-Id", environ[REQUEST_ID]))
        return code, [*headers, *own], body

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
        found = fields(held.headers)
        held.headers += [pair for pair in self.always if pair[0].lower() not in found]
        if key is not None:
            self.metrics.misses.inc()
            body = self._kept(key, environ, held, found, body)  # the application rewrites its own
            body = _shortened(environ, held, found, body)
        self._finish(environ, held.status, environ[ROUTE] or "", began)
        start_response(held.status, [*held.headers, *_fresh(environ, began, _engine(environ))])
        return _at_once(found, body)

    def _kept(
        self, key: Key, environ: WSGIEnvironment, held: Held, found: Fields, body: Iterable[bytes]
    ) -> Iterable[bytes]:
        """The same body, kept under the key when it is whole and the release is still the same."""
        if not is_storable(held.status, found, environ, self.cache.largest):
            return body
        whole = _joined(body)
        complete = found.get("content-length") == str(len(whole))
        if complete and self.epoch() == key[0]:
            entry = CachedResponse(held.status, held.headers, whole, environ.get(ROUTE) or "")
            self.cache.store(key, environ, entry)
        return _sendable(whole)

    def _finish(self, environ: WSGIEnvironment, status: str, route: str, began: float) -> None:
        code = int(status[:3])
        self.metrics.count(route, code, cached=False)
        if self.access_log or environ.get(WORKED) or code >= 400:
            logs.access(environ, code, time.perf_counter() - began, cached=False)


def _new_id() -> str:
    return random.getrandbits(64).to_bytes(8, "big").hex()


@lru_cache(maxsize=256)
def _hit_timing(tenths: int) -> tuple[str, str]:
    """Server-Timing of a kept answer, after so many tenths of a millisecond."""
    return "Server-Timing", f"cache;desc=hit, total;dur={tenths / 10:.1f}"


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


def _shortened_hit(entry: CachedResponse, environ: WSGIEnvironment) -> Hit:
    """What is sent of a kept answer: all of it, its head, or that the client has it."""
    is_read = environ["REQUEST_METHOD"] != "POST"
    if is_read and _is_conditional(entry.status, environ) and _client_has(fields(entry.headers), environ):
        return 304, _without_content(entry.headers), b""
    return entry.code, entry.headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else entry.body


def _shortened(environ: WSGIEnvironment, held: Held, found: Fields, body: Iterable[bytes]) -> Iterable[bytes]:
    """The answer cut to what the request asks for: 304, or no body for HEAD."""
    method = environ["REQUEST_METHOD"]
    if method == "POST":
        return body
    if _is_conditional(held.status, environ) and _client_has(found, environ):
        held.status = NOT_MODIFIED
        held.headers = _without_content(held.headers)
    elif method != "HEAD":
        return body
    _close(body)
    return ()


def _without_content(headers: Headers) -> Headers:
    """The headers of a 304: those of the answer, without what describes its body."""
    return [(name, value) for name, value in headers if name.lower() not in ABOUT_CONTENT]


def _is_conditional(status: str, environ: WSGIEnvironment) -> bool:
    return not environ.keys().isdisjoint(CONDITIONS) and status.startswith("200 ")


def _client_has(found: Fields, environ: WSGIEnvironment) -> bool:
    """Whether a conditional request names this very answer (RFC 9110, 13.1)."""
    etag = found.get("etag")
    if etag is not None and environ.get(CONDITIONS[0]) == etag:
        return True
    blank_dates(environ)
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


def _sendable(body: bytes) -> Iterable[bytes]:
    """The body at once, or in pieces where it is long: the server copies what waits for a slow client."""
    if len(body) <= IN_MEMORY:
        return [body]
    return (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))


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
