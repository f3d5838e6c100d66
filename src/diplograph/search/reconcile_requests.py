"""Reconciliation queries, read from JSON and checked."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diplograph.errors import InvalidParameter, TooLarge
from diplograph.namespaces import DG
from diplograph.queries.parameters import read_iri
from diplograph.search.index import LONGEST

MAX_BATCH = 50
"""How many queries one request holds at most."""
MAX_CANDIDATES = 25
CANDIDATES = 5
MAX_HINTS = 10
MAX_VALUES = 10
STRICTNESS = ("any", "all", "should")
HINTS: Mapping[str, str] = {"date": str(DG.when), "place": str(DG.occursAt)}
"""Properties by the names that people give them; any other is a term of the ontology or an IRI."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a column says: the IRI of a thing that is known already, or a text."""

    text: str
    iri: str | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known about the thing that is looked for: `pid` is the property as the client wrote it."""

    pid: str
    predicate: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A name to be reconciled, empty for none, the classes it may be of, and what else is known."""

    text: str
    classes: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = CANDIDATES
    hints: tuple[Hint, ...] = ()


def read_batch(text: str) -> dict[str, Query | None]:
    """Read `queries`, a JSON object of queries by the client's own keys; None for what is no query.

    One cell of a table must not cost the others their answers; half a character, which UTF-8 cannot hold,
    becomes `?`. Raises InvalidParameter where the whole is no such object, TooLarge for more than 50.
    """
    try:
        batch = json.loads(json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise _wrong("queries has to be a JSON object.") from error
    if not isinstance(batch, dict):
        raise _wrong("queries has to be a JSON object of queries by key.")
    if len(batch) > MAX_BATCH:
        raise TooLarge(f"There are {len(batch)} queries in one request.", limit=MAX_BATCH)
    return {key: _read(value) for key, value in batch.items()}


def iri_of(name: str) -> str:
    """Return the IRI that a client means: in full, with a prefix of ours, or by the name of a term.

    Raises InvalidParameter for what cannot be one.
    """
    if name in HINTS:
        return HINTS[name]
    try:
        return read_iri(name if ":" in name else f"dg:{name}").value
    except ValueError as error:
        raise _wrong(f"{name[:80]!r} is neither an IRI nor a term of the ontology.") from error


def _read(given: Any) -> Query | None:
    try:
        return _query(given)
    except InvalidParameter:
        return None


def _query(given: Any) -> Query | None:
    """Return a query; None for one with neither a name nor anything else that is known."""
    if not isinstance(given, dict):
        raise _wrong("A query has to be a JSON object.")
    text = given.get("query") or ""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise _wrong(f"query has to be a text of at most {LONGEST} characters.")
    strict = given.get("type_strict") or STRICTNESS[0]
    if strict not in STRICTNESS:
        raise _wrong(f"type_strict has to be one of {', '.join(STRICTNESS)}.")
    hints = _hints(given)
    if not (text.strip() or any(hint.values for hint in hints)):
        return None
    return Query(text.strip(), _classes(given.get("type")), strict, _limit(given), hints)


def _classes(given: Any) -> tuple[str, ...]:
    names = given if isinstance(given, list) else [given] if given else []
    found = [name.get("id") if isinstance(name, dict) else name for name in names]
    if not all(isinstance(name, str) for name in found) or len(found) > MAX_VALUES:
        raise _wrong("type has to be the identifier of a class, or a short list of them.")
    return tuple(iri_of(str(name)) for name in found if name)


def _limit(given: Mapping[str, Any]) -> int:
    limit = given.get("limit", CANDIDATES)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 1 <= limit < math.inf:
        raise _wrong("limit has to be a number above 0.")
    return min(int(limit), MAX_CANDIDATES)


def _hints(given: Mapping[str, Any]) -> tuple[Hint, ...]:
    properties = given.get("properties") or []
    if not isinstance(properties, list) or len(properties) > MAX_HINTS:
        raise _wrong(f"properties has to be a list of at most {MAX_HINTS}.")
    return tuple(_hint(entry) for entry in properties)


def _hint(entry: Any) -> Hint:
    pid = entry.get("pid") if isinstance(entry, dict) else None
    if not isinstance(pid, str) or not pid:
        raise _wrong("A property has no pid.")
    values = entry.get("v")
    listed: Sequence[Any] = values if isinstance(values, list) else [values]
    found = (_value(value) for value in listed[:MAX_VALUES])
    return Hint(pid, iri_of(pid), tuple(value for value in found if value is not None))


def _value(given: Any) -> Value | None:
    """Return one value of a hint; None for an empty cell."""
    if isinstance(given, dict):
        name, identifier = str(given.get("name", ""))[:LONGEST], given.get("id")
        return Value(name, iri_of(identifier)) if isinstance(identifier, str) else None
    if isinstance(given, bool):
        return Value(str(given).lower())
    text = str(given)[:LONGEST] if isinstance(given, str | int | float) else ""
    return Value(text) if text.strip() else None


def _wrong(detail: str) -> InvalidParameter:
    return InvalidParameter(
        detail, parameters=["queries"], hint='Send queries={"q0": {"query": "a name"}}, form-encoded.'
    )
