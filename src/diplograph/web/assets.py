"""The scripts of the pages: which files the build made of them, and how long they may be kept."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, request

BUILT = Path(__file__).parent / "static" / "built"
LOG = logging.getLogger(__name__)
PREFIX = "/static/built/"
FOREVER = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    """Let templates ask for the address of a script; the name holds a hash, so it may be kept for ever."""
    files = built()
    if not files:
        LOG.warning("the pages are served without scripts: they were left out or could not be built")

    def asset(name: str) -> str | None:
        """The address of a script or style sheet, None where the front-end was not built."""
        return f"{PREFIX}{files[name]}" if name in files else None

    app.jinja_env.globals["asset"] = asset

    @app.after_request
    def keep(response: Response) -> Response:
        if response.status_code in {200, 304} and request.path.startswith(PREFIX):
            response.headers["Cache-Control"] = FOREVER
        return response


def built() -> Mapping[str, str]:
    """The file that each script became; none where the front-end was left out or not built."""
    try:
        manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return dict(manifest["files"])
