"""A remote SPARQL 1.1 endpoint that holds the release's graphs, counted before it is trusted."""

import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from diplograph.engine import admission
from diplograph.engine.local import NO_TASKS, LocalEngine
from diplograph.engine.protocol import CHUNK, IN_MEMORY, Answer, Operation, Spool
from diplograph.engine.serialization import GRAPH_FORMATS, RESULT_FORMATS
from diplograph.engine.upstream import Fields, NotEvaluatedError, Upstream
from diplograph.errors import EngineUnavailable, NotAcceptable
from diplograph.namespaces import MERGED, NOTHING
from diplograph.settings import Settings

SECONDS = 60.0
RESULTS = "application/sparql-results+json"
SIZE = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
SUM = "SELECT (7 / 2 AS ?half) (1 = 1 AS ?same) WHERE {}"
NO_ENDPOINT = "The engine does not answer as a SPARQL 1.1 endpoint does."
PUSH = "Load the release with `diplograph push`, or name an endpoint that holds it."
REMOTE_TASKS: Mapping[str, str] = MappingProxyType(
    {
        "read-query": "diplograph.engine.remote_tasks:read_query",
        "write-answer": "diplograph.engine.remote_tasks:write_answer",
    }
)
"""What the workers beside a remote engine may run."""
ACCEPTED = {
    "bindings": "application/sparql-results+json",
    "graph": "application/n-triples, text/turtle;q=0.5",
}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What it has to hold: the named graphs with their numbers of triples, and the number in their merge."""

    graphs: Mapping[str, int]
    merged: int


@dataclass(frozen=True, slots=True)
class EndpointCheck:
    """How queries reach the release's dataset on an endpoint.

    `default` and `named` are the graphs to send with a query that names none; None where the endpoint's own
    dataset is that of the release. `merges` is whether several default graphs count a shared triple once,
    `computes` whether expressions have the values and the datatypes of SPARQL 1.1.
    """

    default: tuple[str, ...] | None
    named: tuple[str, ...] | None
    merges: bool
    computes: bool


def take(upstream: Upstream, expected: Holdings) -> EndpointCheck:
    """Count the graphs of an endpoint; EngineUnavailable when they are not those of the release."""
    graphs, merged = expected.graphs, expected.merged
    for iri, triples in graphs.items():
        found = _size(upstream, [iri])
        if found != triples:
            detail = f"The engine does not hold this release: {iri} has {found} triples, not {triples}."
            raise EngineUnavailable(detail, hint=PUSH)
    merges = _size(upstream, list(graphs)) == merged
    computes = _computes(upstream)
    if _size(upstream, [MERGED]) == merged:
        return EndpointCheck((MERGED,), tuple(graphs), merges, computes)
    if _size(upstream, []) == merged:
        return EndpointCheck(None, None, merges, computes)
    if merges:
        return EndpointCheck(tuple(graphs), tuple(graphs), merges, computes)
    detail = "The default graph of the engine is not the merge of the release's graphs."
    raise EngineUnavailable(detail, hint=PUSH)


def _computes(upstream: Upstream) -> bool:
    """Tell whether half of seven is no integer and a comparison a boolean; on Virtuoso they are 3 and 1."""
    try:
        row = _ask(upstream, [("query", SUM)])
    except NotEvaluatedError:
        return False
    return float(row["half"]["value"]) == 3.5 and row["same"].get("datatype", "").endswith("#boolean")


def _size(upstream: Upstream, default: Sequence[str]) -> int:
    """Return the number of triples of a default graph, the endpoint's own when none is named."""
    fields = [("query", SIZE), *(("default-graph-uri", graph) for graph in default)]
    try:
        return int(_ask(upstream, fields)["n"]["value"])
    except NotEvaluatedError as error:
        raise EngineUnavailable(NO_ENDPOINT) from error


def _ask(upstream: Upstream, fields: Sequence[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Return the one row of an answer; EngineUnavailable when there is none."""
    answer = BytesIO()
    upstream.post(fields, RESULTS, SECONDS, answer)
    try:
        row: dict[str, dict[str, str]] = json.loads(answer.getvalue())["results"]["bindings"][0]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise EngineUnavailable(NO_ENDPOINT) from error
    return row


class RemoteEngine:
    """Answers from an endpoint; any number of threads may share it.

    What the endpoint cannot do is done over the release itself, in a local worker: a query that it does not
    know how to evaluate, the merge of several default graphs where it would count a triple twice, and values
    that are computed where its arithmetic is not that of SPARQL.
    """

    def __init__(
        self,
        url: str,
        settings: Settings,
        holdings: Holdings,
        release_dir: Path,
        tasks: Mapping[str, str] = NO_TASKS,
    ) -> None:
        """Take the address, what it has to hold, and the folder of the release that holds the same.

        Nothing is asked yet: an engine that is down when the service starts may come up later.
        """
        self._settings = settings
        self._holdings, self._graphs = holdings, holdings.graphs
        self._local = LocalEngine(release_dir / "store", settings, release_dir, {**REMOTE_TASKS, **tasks})
        self._upstream = Upstream(url, settings.max_result)
        self._folder = TemporaryDirectory(prefix="diplograph-engine-")
        self._endpoint_check: EndpointCheck | None = None
        self._lock = threading.Lock()

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """Have a query evaluated elsewhere and return the whole answer.

        Raises what the embedded engine raises for the query itself, EngineUnavailable when the endpoint
        cannot be reached, refuses, or sends a part for the whole, and EngineTimeout when it is late. A client
        is charged the time from beginning to end: what the endpoint's processors did is not known.
        """
        with self._local.admission.admitted() as account:
            began = time.monotonic()
            try:
                with admission.step():
                    return self._evaluate(operation, media, timeout)
            finally:
                account.spent = time.monotonic() - began

    def _evaluate(self, operation: Operation, media: str, timeout: float | None) -> Answer:
        began = time.monotonic()
        seconds = self._settings.timeout if timeout is None else min(timeout, self._settings.timeout)
        offers = RESULT_FORMATS if operation.form in ("select", "ask") else GRAPH_FORMATS
        if media not in offers:
            detail = f"{operation.form.upper()} cannot be answered as {media}."
            raise NotAcceptable(detail, offers=list(offers))
        read = {"text": operation.text, "base": operation.base}
        clauses = self._local.run("read-query", read, timeout)
        endpoint_check = self.endpoint_check()
        default, named = _dataset(operation, clauses)
        several = len(set(default or ()) & self._graphs.keys()) > 1
        if (several and not endpoint_check.merges) or (clauses["computes"] and not endpoint_check.computes):
            return self._local.evaluate(operation, media, timeout)
        query = f"BASE <{operation.base}> {clauses['text']}" if operation.base else clauses["text"]
        fields = [("query", query), *self._parameters(endpoint_check, default, named)]
        try:
            return self._fetch(operation, media, fields, began, seconds)
        except NotEvaluatedError as refusal:
            log.info("answered from the release: %s", refusal)
            return self._local.evaluate(operation, media, max(0.1, began + seconds - time.monotonic()))

    def run(self, task: str, payload: dict[str, Any], timeout: float | None = None) -> Any:
        """Run a task in a local worker, over the release itself."""
        return self._local.run(task, payload, timeout)

    def charged(self) -> AbstractContextManager[None]:
        """Charge the client of this thread for what is refused in the block; Busy where it has spent all."""
        return self._local.charged()

    def close(self) -> None:
        """End the workers and the connections."""
        self._local.close()
        self._upstream.close()
        self._folder.cleanup()

    def endpoint_check(self) -> EndpointCheck:
        """Return what the endpoint was found to hold; EngineUnavailable when it is not this release."""
        if self._endpoint_check is None:
            with self._lock:
                if self._endpoint_check is None:
                    self._endpoint_check = take(self._upstream, self._holdings)
        return self._endpoint_check

    def _parameters(
        self, endpoint_check: EndpointCheck, default: Fields | None, named: Fields | None
    ) -> list[tuple[str, str]]:
        """Return the dataset as the protocol sends it; an empty list is said by a graph that is empty.

        Graphs that the release does not hold are left out: some engines would fetch them.
        """
        if default is None and named is None:
            default, named = endpoint_check.default, endpoint_check.named
            if default is None:
                return []
        known = {*self._graphs, MERGED} if default is endpoint_check.default else set(self._graphs)
        found = []
        for name, graphs in (("default-graph-uri", default), ("named-graph-uri", named)):
            held = [graph for graph in dict.fromkeys(graphs or ()) if graph in known]
            found += [(name, graph) for graph in held or [NOTHING]]
        return found

    def _fetch(
        self, operation: Operation, media: str, fields: list[tuple[str, str]], began: float, seconds: float
    ) -> Answer:
        kind = "bindings" if media in RESULT_FORMATS else "graph"
        with TemporaryDirectory(dir=self._folder.name) as folder:
            source, target = Path(folder, "source"), Path(folder, "target")
            with source.open("wb") as spool:
                sent = self._upstream.post(fields, ACCEPTED[kind], seconds, spool, began)
            wanted = {
                "source": str(source),
                "target": str(target),
                "sent": sent,
                "media": media,
                "limit": operation.limit,
                "max_rows": self._settings.max_rows,
                "max_result": self._settings.max_result,
            }
            left = max(1.0, began + seconds + 1 - time.monotonic())
            written = self._local.run("write-answer", wanted, left)
            content = _content(target)
        return Answer(content, media, written["rows"], written["complete"], time.monotonic() - began)


def _content(path: Path) -> bytes | Spool:
    """Return what a worker wrote, in memory when it is short."""
    if path.stat().st_size <= IN_MEMORY:
        return path.read_bytes()
    spool = Spool()
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            spool.write(piece)
    return spool


def _dataset(operation: Operation, clauses: Mapping[str, Any]) -> tuple[Fields | None, Fields | None]:
    """Return the graphs of the request, else those of FROM in the text, else none."""
    if operation.default_graphs is None and operation.named_graphs is None:
        return clauses["default"], clauses["named"]
    return operation.default_graphs or (), operation.named_graphs or ()
