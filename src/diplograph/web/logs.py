"""Logs: one JSON object a line, with the request's id; what users sent is quoted, cut and cleaned."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from flask import g, has_request_context

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LONGEST = 2048
LONGEST_TRACE = 16_384
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


def configure() -> None:
    """Send every record of the process to standard error in this form."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line names them
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    LOG.setLevel(logging.INFO)


def access(environ: WSGIEnvironment, status: int, seconds: float, *, cached: bool) -> None:
    """Log a request and how it was answered."""
    level = logging.ERROR if status >= 500 else logging.INFO
    if not LOG.isEnabledFor(level):
        return
    facts = {
        "request_id": environ.get("diplograph.request_id", "-"),
        "method": quoted(str(environ.get("REQUEST_METHOD", ""))),
        "path": quoted(_decoded(str(environ.get("PATH_INFO", "")))),
        "query": quoted(str(environ.get("QUERY_STRING", ""))),
        "status": status,
        "seconds": round(seconds, 6),
        "cached": cached,
        "worked": bool(environ.get("diplograph.worked")),
        "client": quoted(str(environ.get("REMOTE_ADDR", ""))),
        "agent": quoted(str(environ.get("HTTP_USER_AGENT", ""))),
    }
    if "HTTP_AUTHORIZATION" in environ:
        facts["authorization"] = "[redacted]"
    record = LOG.makeRecord(LOG.name, level, "", 0, "request", (), None, extra={"facts": facts})
    LOG.handle(record)  # `log` would look through the stack for the line that called it, which nobody reads


@lru_cache(maxsize=256)
def quoted(text: str) -> str:
    """What a user sent, as `repr` writes it, without credentials, at most 2 kB of it."""
    return repr(clean(text[: 4 * LONGEST]))[:LONGEST]


def clean(text: str) -> str:
    """The text without what lets somebody in."""
    folded = text.casefold()
    if not any(word in folded for word in TELLING):
        return text
    return SECRETS.sub(r"\1=[redacted]", CREDENTIALS.sub(r"\1 [redacted]", text))


def _decoded(path: str) -> str:
    """A path of WSGI, which is bytes spelled in Latin-1, as text."""
    return unquote_to_bytes(path.encode("latin-1", "replace")).decode("utf-8", "replace")
