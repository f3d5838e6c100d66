"""An engine under observation: how long it took, how it ended, and for which request it worked."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from diplograph.engine.protocol import Answer, Engine, Operation
from diplograph.errors import DiplographError
from diplograph.web.cache import REUSABLE
from diplograph.web.front import ENGINE, ROUTE, WORKED
from diplograph.web.meters import KILLS, Meters

LOG = logging.getLogger(__name__)


class Watched:
    """The same engine; what it does is counted, and what it kills is logged."""

    def __init__(self, engine: Engine, meters: Meters) -> None:
        """Watch an engine, which stays the caller's to close."""
        self._engine = engine
        self._meters = meters

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """Evaluate a query, as the engine does."""
        with self._noted(operation.form):
            return self._engine.evaluate(operation, media, timeout)

    def run(self, task: str, payload: dict[str, Any], timeout: float | None = None) -> Any:
        """Run a task, as the engine does."""
        with self._noted("task"):
            return self._engine.run(task, payload, timeout)

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()

    @contextmanager
    def _noted(self, form: str) -> Iterator[None]:
        if has_request_context():
            g.worked = True
        began = time.perf_counter()
        failure: DiplographError | None = None
        try:
            self._meters.running.inc()
            yield
        except DiplographError as error:
            failure = error
            if isinstance(error, KILLS):
                LOG.warning("work stopped: %s", error.slug)
            raise
        finally:
            self._meters.running.dec()
            self._meters.worked(form, time.perf_counter() - began, failure)


def install(app: Flask) -> None:
    """Tell what stands in front of the application what became of each request."""

    @app.after_request
    def note(response: Response) -> Response:
        found = request.environ
        found[ROUTE] = request.url_rule.rule if request.url_rule else ""
        found[WORKED] = bool(g.get("worked"))
        found[ENGINE] = g.get("engine")
        found[REUSABLE] = bool(g.get("reusable"))
        return response
