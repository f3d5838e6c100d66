"""Addresses: the base URL that clients ask the service under, and every address below it.

The base URL may have a path: the prefix that a proxy in front takes away, or leaves, and that WSGI calls
SCRIPT_NAME (RFC 3875, 4.1.13). Every address of the service is written by `address` or `absolute`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.http import parse_list_header, parse_options_header

from diplograph.errors import BadRequest
from diplograph.settings import HOST, PREFIX, Settings
from diplograph.web.request_parsing import last_untrusted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from diplograph.web.http_cache import Hit, HttpCache

BASE = "diplograph.base"
"""Where a request has the base URL that it is answered under, without a final slash."""
REFUSED = "diplograph.refused"
"""Where a request has the reason that nothing but an error answers it, and the way out."""
LONGEST = 255
"""The most characters of a host or a forwarded header: every link of an answer repeats them."""
SCHEME = re.compile("https?")
WITHOUT_HOST = {"HTTP/1", "HTTP/1.0"}
"""The protocols, as servers spell them, whose requests may lack a Host."""
MOST_HOSTS = 1024
"""How many hosts are kept as good ones."""
LONGEST_FORWARDED = 2048
"""The most characters of the header Forwarded, which names every proxy on the way."""
PROXIED = ("FOR", "PROTO", "HOST", "PREFIX")
"""What a proxy tells in X-Forwarded headers, and all but the last in Forwarded, too."""
HOST_HINT = "Send one header Host, with the host and port of the address."
FORWARDED_HINT = "Let each proxy add an element with `for`, and values in quotes where they hold a colon."


def address(path: str) -> str:
    """The address of a path of the service, such as `/sparql`, for whoever is on the same host."""
    return f"{request.script_root}{path}"


def absolute(path: str = "") -> str:
    """The same with scheme and host; of no path, the base URL itself."""
    return f"{request.environ[BASE]}{path}"


def below(path: str, prefix: str) -> str:
    """A path without the prefix that it begins with; any other path as it is."""
    return (path.removeprefix(prefix) or "/") if f"{path}/".startswith(f"{prefix}/") else path


def install(app: Flask) -> None:
    """Let a request that was refused on its way to the application end in an error like any other."""

    @app.before_request
    def refuse() -> None:
        if REFUSED in request.environ:
            fault, hint = request.environ[REFUSED]
            raise BadRequest(fault, hint=hint)


class Mount:
    """A WSGI application under the base URL of the settings, or the one that trusted proxies tell of.

    A request without a Host that could be meant is refused. A value that a proxy adds and that is malformed
    is ignored.
    """

    def __init__(self, behind: HttpCache, settings: Settings, names: Collection[str]) -> None:
        """Stand in front of `behind`; `names` are the first segments of its own paths.

        A prefix that begins with one of them is always taken away by the proxy: `/graphs` would otherwise
        mean two things under the prefix `/graphs`.
        """
        self._behind = behind
        self._names = names
        self._url = urlsplit(settings.public_url)
        self._trusted = settings.trusted_proxies
        self._by_forwarded = settings.forwarded
        self._trusted_for_host = 0 if settings.base_url else settings.trusted_proxies
        self._hosts = _trusted_hosts(settings)
        self._good: set[str] = set()
        self._own_origin = self._origin({})
        self._is_plain = not self._trusted and not self._url.path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Settle where a request is answered, and hand it on."""
        host = environ.get("HTTP_HOST", "")
        if host not in self._good:
            self._look_at(host, environ)
        if self._by_forwarded:
            self._read_forwarded(environ)
        environ["SCRIPT_NAME"], environ[BASE], environ["PATH_INFO"] = self._settled(environ)
        return self._behind(environ, start_response)

    def hit(self, environ: WSGIEnvironment) -> Hit | None:
        """What the cache behind has for a request to a host that is known, which stays as it is."""
        if self._by_forwarded or environ.get("HTTP_HOST") not in self._good:
            return None
        return self._behind.hit(environ, *self._settled(environ))

    def _settled(self, environ: WSGIEnvironment) -> tuple[str, str, str]:
        """The prefix that a request is answered under, its base URL, and its path below that."""
        path = environ.get("PATH_INFO", "")
        if self._is_plain and not environ.get("SCRIPT_NAME"):
            return "", self._own_origin, path
        prefix = self._url.path or self._told_prefix(environ)
        if prefix and prefix.split("/")[1] not in self._names:
            path = below(path, prefix)
        return prefix, self._origin(environ) + prefix, path

    def _look_at(self, host: str, environ: WSGIEnvironment) -> None:
        """Remember a good Host; mark a request with any other as refused, so that nobody reads it."""
        if not host and environ.get("SERVER_PROTOCOL") in WITHOUT_HOST:
            return
        fault = self._fault(host)
        if fault is not None:
            environ[REFUSED], environ["HTTP_HOST"] = (fault, HOST_HINT), ""
        elif len(self._good) < MOST_HOSTS:
            self._good.add(host)

    def _read_forwarded(self, environ: WSGIEnvironment) -> None:
        """Put what Forwarded tells in the place of the X-Forwarded headers, which anybody could have sent.

        A request is refused when it does not tell who is asking: the limits would then be those of a proxy.
        """
        for name in PROXIED:
            environ.pop(f"HTTP_X_FORWARDED_{name}", None)
        if header := environ.get("HTTP_FORWARDED"):
            told = element(header, self._trusted) if len(header) <= LONGEST_FORWARDED else {}
            if not told.get("for"):
                environ[REFUSED] = "The header Forwarded does not tell who is asking.", FORWARDED_HINT
            environ |= {f"HTTP_X_FORWARDED_{name}": told.get(name.lower(), "") for name in PROXIED[:3]}

    def _fault(self, host: str) -> str | None:
        """What is wrong with a host that a request names, if anything (RFC 9112, 3.2)."""
        found = HOST.fullmatch(host) if len(host) <= LONGEST else None
        if found is None:
            return "The header Host is malformed, or there are two of them." if host else "There is no Host."
        if self._hosts and found[1].lower() not in self._hosts:
            return "This service does not answer for the host that the request names."
        return None

    def _told_prefix(self, environ: WSGIEnvironment) -> str:
        told = _forwarded(environ, "PREFIX", PREFIX, self._trusted).removesuffix("/")
        return told or str(environ.get("SCRIPT_NAME", ""))

    def _origin(self, environ: WSGIEnvironment) -> str:
        trusted, scheme, host = self._trusted_for_host, self._url.scheme, self._url.netloc
        if trusted:
            told = _forwarded(environ, "HOST", HOST, trusted)
            scheme = _forwarded(environ, "PROTO", SCHEME, trusted) or scheme
            host = (told if self._fault(told) is None else environ.get("HTTP_HOST")) or host
        return f"{scheme}://{host}"


def _trusted_hosts(settings: Settings) -> frozenset[str]:
    """The hosts that are answered for, in lower case and without ports; none where every host is."""
    if not settings.trusted_hosts:
        return frozenset()
    own = HOST.match(urlsplit(settings.public_url).netloc)
    return frozenset(name.lower() for name in (*settings.trusted_hosts, *([own[1]] if own else [])))


@lru_cache(maxsize=1024)
def element(header: str, trusted: int) -> Mapping[str, str]:
    """What the outermost of so many trusted proxies says in Forwarded (RFC 7239), by names in lower case.

    Nothing where the header is malformed; with fewer elements than proxies the first counts.
    """
    elements = parse_list_header(header)
    return parse_options_header(f"forwarded;{elements[-trusted:][0]}")[1] if elements else {}


def _forwarded(environ: WSGIEnvironment, name: str, form: re.Pattern[str], trusted: int) -> str:
    """What the outermost trusted proxy says in a header; nothing where it is malformed, or too long."""
    value = last_untrusted("", environ.get(f"HTTP_X_FORWARDED_{name}", "").split(","), trusted)
    return value if len(value) <= LONGEST and form.fullmatch(value) else ""
