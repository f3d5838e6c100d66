"""Reads what a client sends: fields and bodies, up to a limit and never cut silently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import ClientDisconnected

from diplograph.errors import BadRequest, LengthRequired, TooLarge, UnsupportedMediaType

DRAIN = 8 << 20
CHUNK = 64 << 10
MAX_FIELDS = 1000

Fields = Mapping[str, list[str]]


def read(request: Request, limit: int) -> bytes:
    """The body of a request, whole, or TooLarge when it holds more than `limit` bytes.

    A chunked body has no length to trust, so one byte more than the limit is read
    and a longer body is refused, not shortened. Encoded bodies are refused.
    Raises BadRequest for a body that ends before its Content-Length (RFC 9112, 8).
    """
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in {"", "identity"}:
        raise UnsupportedMediaType(
            f"A body with Content-Encoding {coding!r} is not read.",
            hint="Send the body as it is, uncompressed.",
        )
    if (request.content_length or 0) > limit:
        raise TooLarge("The body is too large.", limit=limit)
    body = _up_to(request.stream, limit + 1)
    if len(body) > limit:
        raise TooLarge("The body is too large.", limit=limit)
    if len(body) < (request.content_length or 0):
        raise BadRequest(
            f"The body ends after {len(body)} bytes; its Content-Length is {request.content_length}.",
            hint="The connection broke on the way, and nothing was changed: send the request again.",
        )
    return body


def refuse_chunks(request: Request) -> None:
    """Raise LengthRequired for a body that comes in chunks and so does not say how long it is.

    The server hands on a chunked body that breaks off as one that ends: a part would pass for the whole.
    """
    if "Transfer-Encoding" in request.headers:
        raise LengthRequired("The body does not say how long it is, so a part could pass for the whole.")


def drain(request: Request) -> None:
    """Read and forget what is left of a refused body, so that the client gets to see the answer."""
    try:
        left = DRAIN
        while left > 0 and (chunk := request.stream.read(min(CHUNK, left))):
            left -= len(chunk)
    except (OSError, ClientDisconnected):
        return


def text(raw: bytes) -> str:
    """The text of a body, which must be UTF-8; one byte order mark is dropped."""
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The text is not UTF-8: byte {error.start + 1} does not fit.") from error


def fields(raw: bytes) -> dict[str, list[str]]:
    """The fields of a query string or a form, each with its values in order of appearance."""
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except UnicodeError as error:
        raise BadRequest("The fields are not percent-encoded UTF-8.") from error
    except ValueError as error:
        raise BadRequest("There are too many fields.", limit=MAX_FIELDS) from error
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def single(given: Fields, *names: str) -> str | None:
    """The one value of a field that may be spelled in several ways, or None when it is absent."""
    values = [value for name in names for value in given.get(name, ())]
    if len(values) > 1:
        raise BadRequest(f"The parameter {names[0]!r} is given more than once.", parameters=[names[0]])
    return values[0] if values else None


def media_type(request: Request) -> str:
    """The media type of the body in lower case, without its parameters; UTF-8 is the only charset read."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(f"The charset {charset!r} is not read.", hint="Send UTF-8.")
    return request.mimetype


def _up_to(stream: IO[bytes], size: int) -> bytes:
    """Read until `size` bytes are there or the stream ends; one read may return less than asked."""
    parts: list[bytes] = []
    while size > 0 and (chunk := stream.read(min(CHUNK, size))):
        parts.append(chunk)
        size -= len(chunk)
    return b"".join(parts)
