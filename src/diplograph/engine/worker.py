"""The worker process: answers queries and runs tasks, one at a time, until it is told to stop or is killed.

Started as `python -m diplograph.engine.worker` with a socket as standard input. Nothing is imported before
it is needed: a worker that only answers queries is ready in tens of milliseconds.
"""

import importlib
import os
import time
import traceback
from collections.abc import Callable
from typing import Any

import pyoxigraph

from diplograph.engine import frames, limits, results
from diplograph.engine.dataset import Datasets
from diplograph.engine.frames import Message
from diplograph.engine.syntax import not_sparql
from diplograph.errors import DiplographError, MalformedQuery

SOCKET = 0


class Worker:
    """Serves requests from one socket over one store."""

    def __init__(self, start: Message) -> None:
        """Open the store and take on the limits that the start message names."""
        self.prefixes: dict[str, str] = start["prefixes"]
        self.tasks: dict[str, str] = start["tasks"]
        self.datasets = Datasets(pyoxigraph.Store.read_only(start["store"]))
        limits.limit_memory(start["memory"])

    def handle(self, request: Message) -> Message:
        """Return the answer to a request, or the error that it ended in."""
        limits.limit_processor(request["seconds"])
        kinds: dict[str, Callable[[Message], Message]] = {"query": self.query, "task": self.task}
        try:
            return kinds[request["kind"]](request)
        except DiplographError as error:
            return {"error": error.slug, "detail": error.detail, "facts": error.facts}
        except (RecursionError, MemoryError) as error:
            slug = "too-complex" if isinstance(error, RecursionError) else "memory-limit"
            return {"error": slug, "detail": "The work went past what a worker may use.", "facts": {}}
        except Exception:  # noqa: BLE001 - the last resort: the worker lives on and the trace goes to the log
            trace = traceback.format_exc()
            return {"error": "internal-error", "detail": "A worker failed.", "facts": {}, "trace": trace}

    def query(self, request: Message) -> Message:
        """Evaluate and serialise one query."""
        began = time.perf_counter()
        caps = results.Caps(request["max_result"], request["limit"], request["max_rows"])
        found = self._evaluate(request)
        try:
            rows, body = self._serialise(found, request["media"], caps)
        except (RuntimeError, ValueError) as error:
            raise MalformedQuery(str(error)) from error
        return {
            "rows": rows,
            "body": body,
            "complete": caps.complete,
            "elapsed": time.perf_counter() - began,
        }

    def task(self, request: Message) -> Message:
        """Run a function of the allow-list on its payload."""
        module, _, name = self.tasks[request["task"]].partition(":")
        function: Callable[[dict[str, Any]], Any] = getattr(importlib.import_module(module), name)
        return {"result": function(request["payload"] | frames.under("payload.", request))}

    def _evaluate(self, request: Message) -> Any:
        try:
            text, base = request["text"], request["base"]
            store, options = self.datasets.of(text, base, request["default_graphs"], request["named_graphs"])
            return store.query(text, base_iri=base, **options)
        except SyntaxError as error:
            raise not_sparql(error, request["text"]) from error
        except (RuntimeError, ValueError) as error:
            raise MalformedQuery(str(error)) from error

    def _serialise(self, found: Any, media: str, caps: results.Caps) -> tuple[int | None, bytes]:
        graph = isinstance(found, pyoxigraph.QueryTriples)
        if media not in (results.GRAPH_FORMATS if graph else results.RESULT_FORMATS):
            raise MalformedQuery(f"The result of this form of query cannot be sent as {media}.")
        if isinstance(found, pyoxigraph.QueryBoolean):
            return None, results.boolean(found, media)
        if isinstance(found, pyoxigraph.QueryTriples):
            body = results.graph(found, media, self.prefixes, caps)
        else:
            names = [variable.value for variable in found.variables]
            body = results.bindings(names, found, media, caps)
        return caps.rows, body


def main() -> None:
    """Read requests from the socket until it closes."""

    def receive(length: int) -> bytes:
        return os.read(SOCKET, length)

    start = frames.read(receive)
    limits.die_with_parent(start["parent"])
    limits.no_core_dump()
    worker = Worker(start)
    _send({"ready": os.getpid()})
    while True:
        try:
            request = frames.read(receive)
        except EOFError:
            return
        _send(worker.handle(request) | {"resident": limits.resident_size()})


def _send(message: Message) -> None:
    rest = memoryview(frames.encode(message))
    while rest:
        rest = rest[os.write(SOCKET, rest) :]


if __name__ == "__main__":
    main()
