"""What an endpoint holds, counted before it is trusted: the release's graphs, and its default graph."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from diplograph.engine.upstream import NotEvaluatedError, Upstream
from diplograph.errors import EngineUnavailable
from diplograph.vocab import MERGED

SECONDS = 60.0
RESULTS = "application/sparql-results+json"
SIZE = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
SUM = "SELECT (7 / 2 AS ?half) (1 = 1 AS ?same) WHERE {}"
NO_ENDPOINT = "The engine does not answer as a SPARQL 1.1 endpoint does."
PUSH = "Load the release with `diplograph push`, or name an endpoint that holds it."


@dataclass(frozen=True, slots=True)
class Holdings:
    """What it has to hold: the named graphs with their numbers of triples, and the number in their merge."""

    graphs: Mapping[str, int]
    merged: int


@dataclass(frozen=True, slots=True)
class Census:
    """How queries reach the release's dataset on an endpoint.

    `default` and `named` are the graphs to send with a query that names none; None where the endpoint's own
    dataset is that of the release. `merges` is whether several default graphs count a shared triple once,
    `computes` whether expressions have the values and the datatypes of SPARQL 1.1.
    """

    default: tuple[str, ...] | None
    named: tuple[str, ...] | None
    merges: bool
    computes: bool


def take(upstream: Upstream, expected: Holdings) -> Census:
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
        return Census((MERGED,), tuple(graphs), merges, computes)
    if _size(upstream, []) == merged:
        return Census(None, None, merges, computes)
    if merges:
        return Census(tuple(graphs), tuple(graphs), merges, computes)
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
