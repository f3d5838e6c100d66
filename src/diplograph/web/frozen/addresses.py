"""Which addresses a static site can keep, and the file that each becomes."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote, unquote, urlsplit

from diplograph import media

ALIVE = re.compile(
    r"/(?:sparql|search|validate|graphs|reconcile|describe|changes|versions|health|metrics|q)(?:/|$)"
)
"""What only a service can answer."""
AS_THEY_ARE = re.compile(r"/(?:static|dumps|\.well-known)/.|.*\.(?:bib|json|jsonld|rq|svg|txt|xml)$")
SUFFIXES = frozenset(suffix for known in media.MEDIA_TYPES for suffix in known.suffixes)
INDEX = "index.html"


def local(address: str, page: str) -> str | None:
    """The path that a link on a page leads to; None for one that leads elsewhere or depends on a query."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or parts.query:
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), parts.path)) if parts.path else page


def is_kept(path: str) -> bool:
    """Whether a static site can answer at this path."""
    return path.startswith("/") and not ALIVE.match(path)


def file_of(path: str) -> str:
    """The file, relative to the site, that holds the answer at a path: a page gets the suffix `.html`.

    A thing's own address is that of its page: a static site has no redirects.
    """
    if path.startswith("/id/"):
        path = "/doc/" + path.removeprefix("/id/")
    name = unquote(path.strip("/")) or INDEX
    has_suffix = name.rpartition(".")[2] in SUFFIXES and "." in posixpath.basename(name)
    return name if has_suffix or AS_THEY_ARE.match(path) or path == "/" else f"{name}.html"


def relative(target: str, page: str) -> str:
    """The address of a file as a link in another one, so that the site may stand in any folder."""
    return quote(posixpath.relpath(target, posixpath.dirname(page) or "."))
