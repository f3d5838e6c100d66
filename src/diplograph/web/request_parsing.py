"""Request parsing: bodies and fields up to a limit, and the client address."""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import islice
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import Flask, Request, Response, request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import ClientDisconnected
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_date

from diplograph import media
from diplograph.engine.admission import CLIENT
from diplograph.errors import BadRequest, LengthRequired, TooLarge, UnsupportedMediaType
from diplograph.settings import Settings
from diplograph.web.parameters import ServiceParameter

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

DRAIN = 4 << 20
"""More than a proxy in front lets through: one that cannot send a body on takes the service for broken."""
DRAIN_SECONDS = 1.0
SIP = 16 << 10
"""What is read of an unread body at once: the server gives nothing back before so much has come."""
CHUNK = 64 << 10
MAX_FIELDS = 1000
MAX_FORM = 256 << 10
"""Bytes of a percent-encoded form: decoding one takes a second for 8 MB."""
MAX_PARTS = 100
MAX_PART_HEADS = 64 << 10
"""Bytes of a form of parts that are no content: their heads, and what stands around them."""

_DECODING = threading.RLock()
"""Held while fields are decoded: that takes many times their size, and no less time for several at once."""
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
Fields = Mapping[str, list[str]]
NETWORK_OF_A_SITE = 64
"""Bits that a site does not choose for itself in IPv6."""
BLANK_LINE = re.compile(rb"\r\n\r\n|\r\r|\n\n")
QUALITY = re.compile(r"(;\s*q\s*=\s*)(\d?)\.(\d*)", re.IGNORECASE)
NEGOTIATED = ("HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE")
DATES = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE")


class LenientRequest(Request):
    """A request whose qualities may lack a digit: `.2`, as Java's own client sends it, or `1.`.

    Blanks are told by one, as the framework takes time by the square of how many there are.
    """

    def __init__(self, environ: WSGIEnvironment, *args: Any, **kwargs: Any) -> None:
        """Write the qualities in full, where the parser of the framework would drop what they belong to."""
        for name in NEGOTIATED:
            if name in environ:
                environ[name] = QUALITY.sub(in_full, " ".join(environ[name].split()))
        blank_dates(environ)
        super().__init__(environ, *args, **kwargs)


def blank_dates(environ: WSGIEnvironment) -> None:
    """Put what is no date in the place of one that no calendar has: the framework fails at those alone."""
    for name in DATES:
        try:
            parse_date(environ.get(name))
        except OverflowError:
            environ[name] = "-"


def in_full(quality: re.Match[str]) -> str:
    """A quality, as `QUALITY` finds it, with a digit before and after its point."""
    before, whole, fraction = quality.groups()
    return f"{before}{whole or 0}.{fraction or 0}"


def read(request: Request, limit: int, hint: str | None = None) -> bytes:
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
        raise TooLarge("The body is too large.", limit=limit, hint=hint)
    body = up_to(request.stream, limit + 1)
    if len(body) > limit:
        raise TooLarge("The body is too large.", limit=limit, hint=hint)
    if len(body) < (request.content_length or 0):
        raise BadRequest(
            f"The body ends after {len(body)} bytes; its Content-Length is {request.content_length}.",
            hint="The connection broke on the way, and nothing was changed: send the request again.",
        )
    return body


def require_length(request: Request) -> None:
    """Raise LengthRequired for a body in chunks, and for PUT and POST without a length.

    The server hands on a chunked body that breaks off as one that ends: a part would pass for the whole.
    Without a length it reads none, and what comes until the end of the connection (HTTP/1.0) would be lost.
    """
    unmeasured = request.method != "DELETE" and request.content_length is None
    if unmeasured or "Transfer-Encoding" in request.headers:
        raise LengthRequired("The body does not say how long it is, so a part could pass for the whole.")


def drain(request: Request) -> None:
    """Read and forget what is left of a body, so that the client gets to see the answer.

    A client that sends more than DRAIN bytes, or for longer than DRAIN_SECONDS, may miss it.
    """
    left, deadline = DRAIN, time.monotonic() + DRAIN_SECONDS
    try:
        while left > 0 and time.monotonic() < deadline and (piece := request.stream.read(min(SIP, left))):
            left -= len(piece)
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
        with _DECODING:
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


def value(given: Fields, parameter: ServiceParameter, *names: str) -> str | None:
    """The value of a parameter of the service, by its own name or those that it has at this address.

    A field that a form sends empty counts as not sent, unless the parameter is required. Raises BadRequest
    for several values, InvalidParameter for one that does not fit.
    """
    names = names or (parameter.name,)
    text = single(given, *names)
    if text is None or (not text and not parameter.required):
        return None
    return parameter.checked(text, names[0])


def check(given: Fields, parameters: Iterable[ServiceParameter]) -> None:
    """Hold a request to every parameter of its address, those that the format has no use for among them."""
    for parameter in parameters:
        value(given, parameter)


def form(request: Request, body: bytes) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    """The fields and files of a form.

    Raises BadRequest for one that is no form, ends before its last boundary or has too many fields, and
    TooLarge for too many parts or too much around their content, which takes long to read.
    """
    with _DECODING:
        return _form(request, body)


def _form(request: Request, body: bytes) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    if request.mimetype != MULTIPART:
        return MultiDict(fields(body)), MultiDict()
    _require_short_heads(body, request.mimetype_params.get("boundary", ""))
    parser = FormDataParser(stream_factory=_in_memory, silent=False)
    try:
        _, given, files = parser.parse(io.BytesIO(body), request.mimetype, len(body), request.mimetype_params)
    except ValueError as error:
        raise BadRequest("The form is malformed, or ends before its last boundary.") from error
    return given, files


def _require_short_heads(body: bytes, boundary: str) -> None:
    """Raise TooLarge for what the parser would take long for, whatever in it is a part."""
    mark = rb"--%s(?=--|\s)" % re.escape(boundary.encode("utf-8", "replace"))
    first = re.search(mark, body)
    heads = first.start() if first else len(body)
    later = re.compile(rb"[\r\n]" + mark).finditer(body, heads + 1)
    starts = [heads, *(found.end() for found in islice(later, MAX_PARTS + 1))]
    if len(starts) > MAX_PARTS + 1:
        raise TooLarge(f"The form has more than {MAX_PARTS} parts.", limit=MAX_PARTS)
    for start in starts:
        blank = BLANK_LINE.search(body, start, start + MAX_PART_HEADS)
        heads += (blank.end() if blank else len(body)) - start
    if heads > MAX_PART_HEADS:
        raise TooLarge("The heads of the form's parts are too long.", limit=MAX_PART_HEADS)


def _in_memory(
    total_content_length: int | None = None,  # noqa: ARG001 - the names are werkzeug's
    content_type: str | None = None,  # noqa: ARG001
    filename: str | None = None,  # noqa: ARG001
    content_length: int | None = None,  # noqa: ARG001
) -> io.BytesIO:
    """Where an uploaded file is put: its size is known to be small by now."""
    return io.BytesIO()


def media_type(request: Request) -> str:
    """The media type of the body in lower case, without its parameters; UTF-16 is read as RDF/XML alone."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    known = {"utf-8", "utf8", "us-ascii"} | ({"utf-16"} if request.mimetype == media.RDF_XML else set())
    if charset not in known:
        raise UnsupportedMediaType(f"The charset {charset!r} is not read.", hint="Send UTF-8.")
    return request.mimetype


def up_to(stream: IO[bytes], size: int) -> bytes:
    """Read until `size` bytes are there or the stream ends; one read may return less than asked."""
    parts: list[bytes] = []
    while size > 0 and (chunk := stream.read(min(CHUNK, size))):
        parts.append(chunk)
        size -= len(chunk)
    return b"".join(parts)


def install(app: Flask, settings: Settings) -> None:
    """Let the engine know, for every request, whose work it does; and let no body go unread."""

    @app.before_request
    def note() -> None:
        hops = request.environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = last_untrusted(request.remote_addr or "", hops, settings.trusted_proxies)
        CLIENT.set(client(address, limit_loopback=settings.limit_loopback))

    @app.after_request
    def read_on(response: Response) -> Response:
        if request.environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in request.environ:
            drain(request)
        return response


def last_untrusted(peer: str, hops: Sequence[str], trusted: int) -> str:
    """The address that the outermost of so many trusted proxies saw; without proxies the peer's.

    Each proxy adds the address that it was asked from at the end, so what stands before was not seen by
    any of them. With fewer entries than proxies the first counts.
    """
    named = [hop.strip() for hop in hops if hop.strip()]
    if not trusted or not named:
        return peer
    return named[-trusted] if trusted <= len(named) else named[0]


@lru_cache(maxsize=1024)
def client(address: str, *, limit_loopback: bool) -> str | None:
    """The name of a client's account, None for one without limits; a network of IPv6 is one client."""
    found = _parsed(address)
    if found is None:
        return address[:64]
    if found.is_loopback and not limit_loopback:
        return None
    if isinstance(found, IPv6Address):
        return str(IPv6Address(int(found) >> NETWORK_OF_A_SITE << NETWORK_OF_A_SITE))
    return str(found)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """The address without the port that some proxies add, an IPv4 address in IPv6 as itself."""
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
