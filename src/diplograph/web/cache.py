"""A cache of whole answers, bounded in bytes, for the WSGI layer in front of Flask."""

from __future__ import annotations

import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

REUSABLE = "diplograph.reusable"
"""Set by the application for an answer to POST that depends on nothing but the request and the release."""
LARGEST_BODY = 256 << 10
"""Requests with a longer body, or one of unknown length, go by."""
OVERHEAD = 600
"""What an entry takes in memory beside its text, in bytes."""
PASSING = ("HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_UPGRADE")
ABOUT_CONTENT = {"content-type", "content-length", "content-encoding", "content-language"}

Headers = list[tuple[str, str]]
Fields = Mapping[str, str]
Key = tuple[str, ...]
Varying = tuple[str, ...]
Variant = tuple[Key, Varying, tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored answer; `route` is the rule that it was found under."""

    status: str
    headers: Headers
    body: bytes
    route: str

    @property
    def size(self) -> int:
        """What it takes in memory, in bytes."""
        return OVERHEAD + len(self.body) + sum(map(len, chain.from_iterable(self.headers)))

    @property
    def varying(self) -> Varying:
        """What the answer depends on, as WSGI spells it."""
        return varies_on(fields(self.headers).get("vary", ""))

    @property
    def headers_unmodified(self) -> Headers:
        """The headers of a 304: those of the answer, without what describes its body."""
        return [(name, value) for name, value in self.headers if name.lower() not in ABOUT_CONTENT]


class Cache:
    """Answers by request, the least recently used dropped first; any number of threads may share it.

    A request is known by what `key` takes of it and by the raw values of the headers that the stored
    answer varies on. Answers to one request that name different headers are told apart by all of them.
    """

    def __init__(self, capacity: int, largest: int | None = None) -> None:
        """Keep at most `capacity` bytes, and no answer of more than `largest` (a sixteenth of them)."""
        self.largest = capacity // 16 if largest is None else largest
        self._capacity = capacity
        self._kept: OrderedDict[Key | Variant, Entry | Varying] = OrderedDict()
        self._lock = threading.Lock()
        self._size = 0

    @property
    def size(self) -> int:
        """The bytes taken now."""
        return self._size

    def __len__(self) -> int:
        """How many answers and lists of headers are kept."""
        return len(self._kept)

    def find(self, key: Key, environ: WSGIEnvironment) -> Entry | None:
        """The answer to this request, if it is kept."""
        with self._lock:
            varying = self._kept.get(key)
            if not isinstance(varying, tuple):
                return None
            variant = _variant(key, varying, environ)
            entry = self._kept.get(variant)
            if not isinstance(entry, Entry):
                return None
            self._kept.move_to_end(key)
            self._kept.move_to_end(variant)
            return entry

    def store(self, key: Key, environ: WSGIEnvironment, entry: Entry) -> None:
        """Keep an answer, and drop others until there is room."""
        with self._lock:
            known = self._kept.get(key)
            named = set(known) if isinstance(known, tuple) else set()
            varying = tuple(sorted(named.union(entry.varying)))
            self._put(key, varying)
            self._put(_variant(key, varying, environ), entry)
            while self._size > self._capacity and self._kept:
                self._size -= _cost(*self._kept.popitem(last=False))

    def _put(self, key: Key | Variant, value: Entry | Varying) -> None:
        before = self._kept.pop(key, None)
        if before is not None:
            self._size -= _cost(key, before)
        self._kept[key] = value
        self._size += _cost(key, value)


def key(epoch: str, environ: WSGIEnvironment) -> Key | None:
    """What a request is known by: epoch (release and software), method class, address, body.

    None for a request that is not answered from the cache. The body is read and put back.
    """
    method = environ["REQUEST_METHOD"]
    if method not in {"GET", "HEAD", "POST"} or not environ.keys().isdisjoint(PASSING):
        return None
    body = _body_hash(environ, posted=method == "POST")
    if body is None:
        return None
    return (
        epoch,
        "POST" if method == "POST" else "GET",
        environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        environ.get("CONTENT_TYPE", ""),
        body,
    )


def entry(status: str, headers: Headers, body: bytes, environ: WSGIEnvironment) -> Entry:
    """An answer as it is kept."""
    return Entry(status, headers, body, str(environ.get("diplograph.route", "")))


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


def fields(headers: Iterable[tuple[str, str]]) -> Fields:
    """The headers by their names in lower case; several of one name are one list."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


@lru_cache(maxsize=64)
def varies_on(vary: str) -> Varying:
    """The names in Vary, as WSGI spells them."""
    return tuple("HTTP_" + name.strip().upper().replace("-", "_") for name in vary.split(",") if name.strip())


def _variant(key: Key, varying: Varying, environ: WSGIEnvironment) -> Variant:
    """The key of one variant; a header that is absent differs from one that is empty."""
    return key, varying, tuple([environ.get(name) for name in varying])


def _cost(key: Key | Variant, value: Entry | Varying) -> int:
    """What a key and its value take, in bytes."""
    if isinstance(value, Entry):  # the key of a variant begins with the key of the request, which it shares
        return OVERHEAD + sum(len(part or "") for part in key[-1]) + value.size
    return OVERHEAD + sum(map(len, chain(key, value)))


def _body_hash(environ: WSGIEnvironment, *, posted: bool) -> str | None:
    """The hash of the body, which is put back; None for one that is not read here."""
    if not posted:
        return "" if environ.get("CONTENT_LENGTH", "") in {"", "0"} and not _is_chunked(environ) else None
    length = str(environ.get("CONTENT_LENGTH", ""))
    if not (length.isascii() and length.isdigit()) or len(length) > 9 or int(length) > LARGEST_BODY:
        return None
    if _is_chunked(environ) or environ.get("HTTP_CONTENT_ENCODING"):
        return None
    body = _read(environ["wsgi.input"].read, int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return hashlib.sha256(body).hexdigest() if len(body) == int(length) else None


def _is_chunked(environ: WSGIEnvironment) -> bool:
    return "HTTP_TRANSFER_ENCODING" in environ


def _read(read: Callable[[int], bytes], length: int) -> bytes:
    parts: list[bytes] = []
    while length > 0 and (part := read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
