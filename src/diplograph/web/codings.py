"""Content codings: what a client can unpack, and when packing is worth it (RFC 9110, 12.5.3)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import zstandard
from flask import Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from diplograph.errors import NotAcceptable

IDENTITY = "identity"
SMALL = 1024
"""Bodies below so many bytes are not worth packing; they fit into one packet as they are."""
LARGE = 1 << 20
"""Files of more bytes are sent as they are, so that they are never in memory."""
PACKABLE = re.compile(
    r"text/|image/svg\+xml|application/(?:json|xml|javascript|n-triples|n-quads|trig|[\w.-]+\+(?:json|xml))"
)


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
