"""Headers of every answer: caching, security, and content codings (RFC 9110, 12.5.3)."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from uuid import uuid4

import zstandard
from flask import Flask, Response, g, request
from werkzeug.datastructures import Accept
from werkzeug.http import http_date, parse_accept_header

from diplograph.errors import NotAcceptable
from diplograph.sparql import guard

IDENTITY = "identity"
SMALL = 1024
"""Bodies below so many bytes are not worth packing; they fit into one packet as they are."""
LARGE = 1 << 20
"""Files of more bytes are sent as they are, so that they are never in memory."""
PACKABLE = re.compile(
    r"text/|image/svg\+xml|application/(?:json|xml|javascript|n-triples|n-quads|trig|[\w.-]+\+(?:json|xml))"
)
EXPOSED = (
    "Allow, Content-Length, Content-Location, Diplograph-Release, ETag, Last-Modified, Link, Location, "
    "Result-Complete, Retry-After, Server-Timing, Vary, WWW-Authenticate, X-Request-Id"
)
POLICY = (
    "default-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
"""`blob:` is how a page turns a picture of its own into a PNG: only scripts of ours make such addresses."""
FIXED = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
)
"""Added to every answer that does not have them, in front of the application."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, "
        "If-Modified-Since, If-None-Match, Range"
    ),
    "Access-Control-Max-Age": "86400",
}
SHORT_LIVED = "public, max-age=60"
FOR_GOOD = "public, max-age=31536000, immutable"
VERSION = "diplograph.version"
"""Where a request says that it named a release, and whether by a name that lasts."""
GONE = "diplograph.gone"
"""Where a request says that the release it named was removed."""
NO_STORE = "no-store"
CONDITIONS = {"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"}
DYNAMIC = re.compile(r"(?<![\w?$:])(NOW|RAND|UUID|STRUUID|BNODE)(?!\w|:)", re.IGNORECASE)


def _zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(body)


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


PACKERS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType({"zstd": _zstd, "gzip": _gzip})
"""Each coding with its function, the one that is quicker to pack and smaller first."""


@lru_cache(maxsize=256)
def settle(accept_encoding: str | None) -> str:
    """The coding that the client likes best; `identity` for one that names none of ours.

    Takes the header as it was sent. Raises NotAcceptable for a client that refuses all of them and the
    plain bytes too.
    """
    accepted = parse_accept_header(accept_encoding)
    best = max(PACKERS, key=lambda coding: quality(accepted, coding))
    if quality(accepted, best) > 0 and quality(accepted, best) >= quality(accepted, IDENTITY, named=True):
        return best
    if quality(accepted, IDENTITY) > 0:
        return IDENTITY
    raise NotAcceptable("None of the content codings is acceptable.", offers=[*PACKERS, IDENTITY])


def quality(accepted: Accept, coding: str, *, named: bool = False) -> float:
    """How much a coding is liked, from 0 to 1; `identity` is at hand unless it is refused.

    With `named`, `identity` counts for nothing where the client does not name it itself.
    """
    own = [float(given) for value, given in accepted if value.lower() == coding]
    if own:
        return own[0]
    if named:
        return 0.0
    rest = [float(given) for value, given in accepted if value == "*"]
    if coding == IDENTITY:
        return 0.0 if rest == [0.0] else 1.0
    return rest[0] if rest else 0.0


def refuse_unpackable() -> None:
    """Refuse a request whose answer could not be sent in any form. Raises NotAcceptable."""
    settle(request.environ.get("HTTP_ACCEPT_ENCODING"))


def encode(response: Response) -> Response:
    """Pack the body where the client can unpack it and it is worth the time."""
    try:
        coding = settle(request.environ.get("HTTP_ACCEPT_ENCODING"))
    except NotAcceptable:
        return response
    if not _is_packable(response):
        return response
    _hold(response)
    if coding == IDENTITY:
        return response
    body = response.get_data()
    if len(body) < SMALL and quality(request.accept_encodings, IDENTITY) > 0:
        return response
    response.set_data(PACKERS[coding](body))
    response.headers["Content-Encoding"] = coding
    _retag(response, coding)
    return response


def _is_packable(response: Response) -> bool:
    if response.status_code in {204, 206, 304} or "Content-Encoding" in response.headers:
        return False
    if not PACKABLE.match(response.content_type or ""):
        return False
    return response.is_sequence or (
        response.direct_passthrough and (response.content_length or LARGE + 1) <= LARGE
    )


def _hold(response: Response) -> None:
    """Take a small file into memory; from here on it is an answer like any other, tagged by its bytes."""
    if response.direct_passthrough:
        response.direct_passthrough = False
        response.set_data(response.get_data())
        del response.headers["ETag"]
        response.headers.pop("Accept-Ranges", None)


def _retag(response: Response, coding: str) -> None:
    """A tag made before packing names the coding at its end, or is left to the hash of the bytes."""
    tag, _ = response.get_etag()
    if tag is None:
        return
    del response.headers["ETag"]
    if tag.endswith(f"-{IDENTITY}"):
        response.set_etag(tag.removesuffix(IDENTITY) + coding)


def install(app: Flask, created: datetime) -> None:
    """Give every answer the headers that depend on it; `created` is when the release was first built."""
    app.before_request(start)
    app.before_request(refuse_unpackable)
    modified = http_date(created)

    @app.after_request
    def finish(response: Response) -> Response:
        if request.method == "OPTIONS":
            _complete(response, PREFLIGHT)
        _vary(response)
        return validated(encode(response), modified)


def _vary(response: Response) -> None:
    """Name what every answer depends on beside what its handler named."""
    if "Vary" in response.headers:
        response.vary.update(["Accept", "Accept-Encoding"])
    else:
        response.headers.add("Vary", "Accept, Accept-Encoding")


def _complete(response: Response, values: Mapping[str, str]) -> None:
    """Add the headers that the answer does not have yet; each `set` of the framework reads them all."""
    present = {name.lower() for name, _ in response.headers}
    for name, value in values.items():
        if name.lower() not in present:
            response.headers.add(name, value)


def start() -> None:
    """Give the request a name that its error, if any, can be found by."""
    g.request_id = request.environ.get("diplograph.request_id") or uuid4().hex[:16]


def validated(response: Response, modified: str) -> Response:
    """Add validators to an answer that may be kept, and turn it into 304 when the client has it.

    `modified` is the HTTP date for an answer that has none of its own.
    """
    if response.headers.get("Cache-Control") == NO_STORE:
        return response
    if request.method not in {"GET", "HEAD"}:
        _complete(response, {"Cache-Control": NO_STORE})
        return response
    version = request.environ.get(VERSION)
    added = {"Cache-Control": FOR_GOOD if version == "lasting" else SHORT_LIVED}
    if version is not None:
        added["Memento-Datetime"] = modified
    whole = response.status_code == 200 and not response.direct_passthrough
    if whole:
        added["Last-Modified"] = modified
        if "ETag" not in response.headers:
            added["ETag"] = f'"{hashlib.sha256(response.get_data()).hexdigest()}"'
    _complete(response, added)
    if whole and not CONDITIONS.isdisjoint(request.environ):
        response.make_conditional(request)
    return response


def is_dynamic(query: str) -> bool:
    """Whether a query may answer differently each time; a word too many only costs a cache entry."""
    return DYNAMIC.search(guard.decode(query)) is not None
