"""Stored responses: found by their request and by the headers that they vary on (RFC 9111, 4.1)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

OVERHEAD = 600
"""What an entry takes in memory beside its text, in bytes."""

Headers = list[tuple[str, str]]
Fields = Mapping[str, str]
Key = tuple[str, ...]
Varying = tuple[str, ...]
Variant = tuple[Key, Varying, tuple[str | None, ...]]


@dataclass(slots=True)
class CachedResponse:
    """A stored answer; `route` is the rule that it was found under, `used` is the store's own."""

    status: str
    headers: Headers
    body: bytes
    route: str
    used: int = -1
    code: int = field(init=False)

    def __post_init__(self) -> None:
        """Read the code from the status."""
        self.code = int(self.status[:3])

    @property
    def size(self) -> int:
        """What it takes in memory, in bytes."""
        return OVERHEAD + len(self.body) + sum(map(len, chain.from_iterable(self.headers)))

    @property
    def varying(self) -> Varying:
        """What the answer depends on, as WSGI spells it."""
        return varies_on(fields(self.headers).get("vary", ""))


class ResponseStore:
    """Answers by request, the least recently used dropped first; any number of threads may share it.

    A request is known by what `key` takes of it and by the raw values of the headers that the stored
    answer varies on. Answers to one request that name different headers are told apart by all of them.
    """

    def __init__(self, capacity: int, largest: int | None = None) -> None:
        """Keep at most `capacity` bytes, and no answer of more than `largest` (a sixteenth of them)."""
        self.largest = capacity // 16 if largest is None else largest
        self._capacity = capacity
        self._kept: OrderedDict[Key | Variant, CachedResponse | Varying] = OrderedDict()
        self._lock = threading.Lock()
        self._size = 0
        self._stored = 0

    @property
    def size(self) -> int:
        """The bytes taken now."""
        return self._size

    def __len__(self) -> int:
        """How many answers and lists of headers are kept."""
        return len(self._kept)

    def find(self, key: Key, environ: WSGIEnvironment) -> CachedResponse | None:
        """The answer to this request, if it is kept."""
        varying = self._kept.get(key)
        if not isinstance(varying, tuple):
            return None
        variant = _variant(key, varying, environ)
        entry = self._kept.get(variant)
        if not isinstance(entry, CachedResponse):
            return None
        if entry.used != self._stored:  # else it has been moved since the order of use last mattered
            self._move(entry, key, variant)
        return entry

    def _move(self, entry: CachedResponse, *names: Key | Variant) -> None:
        with self._lock:
            entry.used = self._stored
            for name in filter(self._kept.__contains__, names):
                self._kept.move_to_end(name)

    def store(self, key: Key, environ: WSGIEnvironment, entry: CachedResponse) -> None:
        """Keep an answer, and drop others until there is room."""
        with self._lock:
            self._stored += 1
            known = self._kept.get(key)
            named = set(known) if isinstance(known, tuple) else set()
            varying = tuple(sorted(named.union(entry.varying)))
            self._put(key, varying)
            self._put(_variant(key, varying, environ), entry)
            while self._size > self._capacity and self._kept:
                self._size -= _cost(*self._kept.popitem(last=False))

    def _put(self, key: Key | Variant, value: CachedResponse | Varying) -> None:
        before = self._kept.pop(key, None)
        if before is not None:
            self._size -= _cost(key, before)
        self._kept[key] = value
        self._size += _cost(key, value)


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
    return key, varying, tuple(map(environ.get, varying))


def _cost(key: Key | Variant, value: CachedResponse | Varying) -> int:
    """What a key and its value take, in bytes."""
    if isinstance(value, CachedResponse):  # the key of a variant shares that of the request
        return OVERHEAD + sum(len(part or "") for part in key[-1]) + value.size
    return OVERHEAD + sum(map(len, chain(key, value)))
