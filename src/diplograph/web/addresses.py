"""Addresses: the base URL that clients ask the service under, and every address below it.

The base URL may have a path: the prefix that a proxy in front takes away, or leaves, and that WSGI calls
SCRIPT_NAME (RFC 3875, 4.1.13). Every address of the service is written by `address` or `absolute`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import request

from diplograph.settings import HOST, PREFIX, Settings
from diplograph.web.request_parsing import last_untrusted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BASE = "diplograph.base"
"""Where a request has the base URL that it is answered under, without a final slash."""
LONGEST = 255
"""The most characters of a forwarded header: every link of an answer repeats them."""
SCHEME = re.compile("https?")


def address(path: str) -> str:
    """The address of a path of the service, such as `/sparql`, for whoever is on the same host."""
    return f"{request.script_root}{path}"


def absolute(path: str = "") -> str:
    """The same with scheme and host; of no path, the base URL itself."""
    return f"{request.environ[BASE]}{path}"


def below(path: str, prefix: str) -> str:
    """A path without the prefix that it begins with; any other path as it is."""
    return (path.removeprefix(prefix) or "/") if f"{path}/".startswith(f"{prefix}/") else path


class Mount:
    """A WSGI application under the base URL of the settings, or the one that trusted proxies tell of.

    A value that a proxy sends and that is malformed is ignored.
    """

    def __init__(self, behind: WSGIApplication, settings: Settings, names: Collection[str]) -> None:
        """Stand in front of `behind`; `names` are the first segments of its own paths.

        A prefix that begins with one of them is always taken away by the proxy: `/graphs` would otherwise
        mean two things under the prefix `/graphs`.
        """
        self._behind = behind
        self._names = names
        self._url = urlsplit(settings.public_url)
        self._trusted = settings.trusted_proxies
        self._trusted_for_host = 0 if settings.base_url else settings.trusted_proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Settle where a request is answered, and hand it on."""
        prefix = self._url.path or self._told_prefix(environ)
        environ[BASE] = self._origin(environ) + prefix
        environ["SCRIPT_NAME"] = prefix
        if prefix and prefix.split("/")[1] not in self._names:
            environ["PATH_INFO"] = below(environ.get("PATH_INFO", ""), prefix)
        return self._behind(environ, start_response)

    def _told_prefix(self, environ: WSGIEnvironment) -> str:
        told = _forwarded(environ, "PREFIX", PREFIX, self._trusted).removesuffix("/")
        return told or str(environ.get("SCRIPT_NAME", ""))

    def _origin(self, environ: WSGIEnvironment) -> str:
        trusted, scheme, host = self._trusted_for_host, self._url.scheme, self._url.netloc
        if trusted:
            asked = str(environ.get("HTTP_HOST", ""))
            scheme = _forwarded(environ, "PROTO", SCHEME, trusted) or scheme
            host = _forwarded(environ, "HOST", HOST, trusted) or (asked if HOST.fullmatch(asked) else host)
        return f"{scheme}://{host}"


def _forwarded(environ: WSGIEnvironment, name: str, form: re.Pattern[str], trusted: int) -> str:
    """What the outermost trusted proxy says in a header; nothing where it is malformed, or too long."""
    value = last_untrusted("", environ.get(f"HTTP_X_FORWARDED_{name}", "").split(","), trusted)
    return value if len(value) <= LONGEST and form.fullmatch(value) else ""
