"""Worker process: answers queries and runs tasks, one at a time, until it is told to stop or is killed.

Started as `python -m diplograph.engine.worker` with a socket as standard input. Nothing is imported before
it is needed: a worker that only answers queries is ready in tens of milliseconds.
"""

import importlib
import os
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph

from diplograph.engine import dataset, frames, sandbox, serialization
from diplograph.engine.dataset import Datasets
from diplograph.engine.frames import Message
from diplograph.engine.serialization import OutputBuffer
from diplograph.engine.slices import Rows, Slices, Unsliced
from diplograph.errors import DiplographError, MalformedQuery
from diplograph.sparql.alternatives import as_unions
from diplograph.sparql.clauses import with_columns_named
from diplograph.sparql.diagnostics import not_sparql
from diplograph.sparql.results import Caps
from diplograph.sparql.rewriting.ordered import ordered
from diplograph.sparql.rewriting.outline import Leave
from diplograph.sparql.rewriting.rewriter import Rewriter
from diplograph.sparql.rewriting.statistics import SMALL, Statistics

SOCKET = 0


class Worker:
    """Serves requests from one socket over one store."""

    def __init__(self, start: Message, send: Callable[[bytes], None]) -> None:
        """Open the store, if any, and take on the limits of the start message; `send` sends a frame."""
        self._send = send
        self.prefixes: dict[str, str] = start["prefixes"]
        self.tasks: dict[str, str] = start["tasks"]
        path = start["store"]
        self.datasets = Datasets(pyoxigraph.Store.read_only(path) if path else pyoxigraph.Store())
        counted = Statistics.read(Path(start["statistics"])) if start.get("statistics") else None
        self.statistics = counted if counted and counted.triples >= SMALL else None
        self.rewriter = Rewriter(counted) if counted else None
        self.slices = Slices()
        self.memory = sandbox.Memory()
        sandbox.limit_memory(start["memory"])

    def handle(self, request: Message) -> Message:
        """Return the answer to a request, or the error that it ended in."""
        kinds: dict[str, Callable[[Message], Message]] = {"query": self.query, "task": self.task}
        try:
            return kinds[request["kind"]](request)
        except DiplographError as error:
            return {"error": error.slug, "detail": error.detail, "facts": error.facts}
        except (RecursionError, MemoryError) as error:
            return _too_much("too-complex" if isinstance(error, RecursionError) else "memory-limit")
        except Exception:  # noqa: BLE001 - the last resort: the worker lives on and the trace goes to the log
            trace = traceback.format_exc()
            if self.memory.is_spent():  # a library that cannot be loaded for it does not say MemoryError
                return _too_much("memory-limit") | {"trace": trace}
            return {"error": "internal-error", "detail": "A worker failed.", "facts": {}, "trace": trace}

    def query(self, request: Message) -> Message:
        """Evaluate and serialise one query; a long answer goes out in parts before the message."""
        began = time.perf_counter()
        caps = Caps(request["max_result"], request["limit"], request["max_rows"])
        out = OutputBuffer(caps, self._send)
        asked = with_columns_named(request["text"], partial(dataset.columns, base=request["base"]))
        text = self._text(request, asked)
        rows = self._first_rows(request, as_unions(text), caps)
        found = self._evaluate(request, as_unions(text)) if rows is None else rows
        try:
            serialization.write(found, request["media"], self.prefixes, caps, out)
        except (RuntimeError, ValueError) as error:
            raise MalformedQuery(str(error)) from error
        return {
            "rows": caps.rows,
            "body": out.rest(),
            "complete": caps.complete,
            "rewritten": rows is not None or text != asked,
            "elapsed": time.perf_counter() - began,
        }

    def task(self, request: Message) -> Message:
        """Run a function of the allow-list on its payload."""
        module, _, name = self.tasks[request["task"]].partition(":")
        function: Callable[[dict[str, Any]], Any] = getattr(importlib.import_module(module), name)
        return {"result": function(request["payload"] | frames.under("payload.", request))}

    def _text(self, request: Message, text: str) -> str:
        """Return the text to evaluate: the one given, or one that means the same and is quicker."""
        if self.rewriter is None or not _may_change(request):
            return text
        return self.rewriter.of(text).text

    def _first_rows(self, request: Message, text: str, caps: Caps) -> Rows | None:
        """Return the rows up to a limit where they are found in their order; None where they are not."""
        if self.statistics is None or not _may_change(request):
            return None
        try:
            query = ordered(text, self.statistics)
            evaluate = partial(self._solutions, request)
            return self.slices.first_rows(query, caps.most, evaluate, request["base"])
        except (Leave, Unsliced):
            return None
        except (SyntaxError, RuntimeError, ValueError):  # what is wrong is told of the text as it was sent
            return None

    def _solutions(self, request: Message, text: str) -> Any:
        return self.datasets.store.query(text, base_iri=request["base"])

    def _evaluate(self, request: Message, text: str) -> Any:
        try:
            base = request["base"]
            store, options = self.datasets.of(text, base, request["default_graphs"], request["named_graphs"])
            return store.query(text, base_iri=base, **options)
        except SyntaxError as error:
            if text != request["text"]:  # places in an error are those of the text that was sent
                return self._evaluate(request, request["text"])
            raise not_sparql(error, text) from error
        except (RuntimeError, ValueError) as error:
            raise MalformedQuery(str(error)) from error


def _too_much(slug: str) -> Message:
    return {"error": slug, "detail": "The work went past what a worker may use.", "facts": {}}


def _may_change(request: Message) -> bool:
    """Tell whether another text may be evaluated: where it is wanted, over the dataset that was counted."""
    chosen = request["default_graphs"] is not None or request["named_graphs"] is not None
    return bool(request["rewrite"]) and not chosen


def main() -> None:
    """Read requests from the socket until it closes."""
    reader = frames.FrameReader(receive)
    start = reader.message()
    sandbox.die_with_parent(start["parent"])
    sandbox.no_core_dump()
    isolation = sandbox.isolate()
    processor = sandbox.Processor()
    worker = Worker(start, send)
    send(frames.encode({"ready": os.getpid(), "isolation": isolation}))
    while True:
        try:
            request = reader.message()
        except EOFError:
            return
        processor.allow(request["seconds"])
        reply = worker.handle(request)
        used = {"processor": processor.used(), "resident": worker.memory.resident()}
        send(frames.encode(reply | used))


def receive(into: memoryview) -> int:
    """Read from the socket what is there."""
    return os.readv(SOCKET, [into])


def send(frame: bytes) -> None:
    """Write a frame to the socket, whole."""
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(SOCKET, rest) :]


if __name__ == "__main__":
    main()
