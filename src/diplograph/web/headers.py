"""The headers of every answer: who may read it, how long it holds, what it may load."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from flask import Flask, Response, g, request
from werkzeug.http import http_date

from diplograph.engine import guard
from diplograph.web import codings

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
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS",
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


def install(app: Flask, created: datetime) -> None:
    """Give every answer the headers that depend on it; `created` is when the release was first built."""
    app.before_request(start)
    app.before_request(codings.refuse_unpackable)
    modified = http_date(created)

    @app.after_request
    def finish(response: Response) -> Response:
        if request.method == "OPTIONS":
            _complete(response, PREFLIGHT)
        _vary(response)
        return validated(codings.encode(response), modified)


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
