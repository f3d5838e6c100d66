"""Logs: one JSON object a line, with the request's id, or a plain line for whoever reads a terminal.

What users sent is cut, and cleaned of what lets somebody in.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from flask import g, has_request_context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed.wsgi import WSGIEnvironment

LONGEST = 2048
LONGEST_TRACE = 16_384
LONGEST_SHOWN = 100
"""Characters of an address on a terminal."""
CREDENTIALS = re.compile(r"(?i)\b(bearer|basic)(\s+|%20|\+)[^\s'\"&]+")
SECRETS = re.compile(r"(?i)\b((?:access_)?token|api_?key|password|secret|authorization)=[^&\s'\"]+")
TELLING = ("bearer", "basic", "token", "key", "password", "secret", "authorization")
"""One of these is in every text that the patterns find something in."""
LOG = logging.getLogger("diplograph.access")


class JsonFormatter(logging.Formatter):
    """Renders a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's time, level, origin, message and facts."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage())[:LONGEST],
        }
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["trace"] = clean(self.formatException(record.exc_info))[-LONGEST_TRACE:]
        return json.dumps(line, ensure_ascii=True)


class PlainFormatter(logging.Formatter):
    """Renders a record as a line to read: the time, a warning or worse as such, what happened."""

    def format(self, record: logging.LogRecord) -> str:
        """The record in words; nothing in it commands the terminal."""
        facts: dict[str, object] = getattr(record, "facts", {})
        told = _request(facts) if facts else clean(record.getMessage())[:LONGEST]
        level = "" if record.levelno < logging.WARNING else f"{record.levelname.lower()}: "
        line = f"{datetime.fromtimestamp(record.created):%H:%M:%S} {level}{_printable(told)}"
        trace = clean(self.formatException(record.exc_info))[-LONGEST_TRACE:] if record.exc_info else ""
        return "\n".join([line, *map(_printable, trace.splitlines())])


def _request(facts: Mapping[str, object]) -> str:
    query = f"?{facts['query']}" if facts["query"] else ""
    target = f"{facts['path']}{query}"
    cut = "…" if len(target) > LONGEST_SHOWN else ""
    took = f"{float(str(facts['seconds'])) * 1000:.0f} ms"
    return f"{facts['method']} {target[:LONGEST_SHOWN]}{cut} {facts['status']} in {took}"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def configure() -> None:
    """Send every record of the process to standard error: plain lines to a terminal, else JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainFormatter() if sys.stderr.isatty() else JsonFormatter())
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line names them
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("diplograph").setLevel(logging.INFO)


def access(environ: WSGIEnvironment, status: int, seconds: float, *, cached: bool) -> None:
    """Log a request and how it was answered."""
    level = logging.ERROR if status >= 500 else logging.INFO
    if not LOG.isEnabledFor(level):
        return
    facts = {
        "request_id": environ.get("diplograph.request_id", "-"),
        "method": sent(str(environ.get("REQUEST_METHOD", ""))),
        "path": sent(_decoded(str(environ.get("PATH_INFO", "")))),
        "query": sent(str(environ.get("QUERY_STRING", ""))),
        "status": status,
        "seconds": round(seconds, 6),
        "cached": cached,
        "worked": bool(environ.get("diplograph.worked")),
        "client": sent(str(environ.get("REMOTE_ADDR", ""))),
        "agent": sent(str(environ.get("HTTP_USER_AGENT", ""))),
    }
    if "HTTP_AUTHORIZATION" in environ:
        facts["authorization"] = "[redacted]"
    record = LOG.makeRecord(LOG.name, level, "", 0, "request", (), None, extra={"facts": facts})
    LOG.handle(record)  # `log` would look through the stack for the line that called it, which nobody reads


@lru_cache(maxsize=256)
def sent(text: str) -> str:
    """What a user sent, without credentials, at most 2 kB of it; the form of the line escapes it."""
    return clean(text[: 4 * LONGEST])[:LONGEST]


def clean(text: str) -> str:
    """The text without what lets somebody in."""
    folded = text.casefold()
    if not any(word in folded for word in TELLING):
        return text
    return SECRETS.sub(r"\1=[redacted]", CREDENTIALS.sub(r"\1 [redacted]", text))


def _decoded(path: str) -> str:
    """A path of WSGI, which is bytes spelled in Latin-1, as text."""
    return unquote_to_bytes(path.encode("latin-1", "replace")).decode("utf-8", "replace")
