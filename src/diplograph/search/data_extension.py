"""Data extension: codes, names, dates and offices of things that a table has been matched to.

Reconciliation Service API 0.2, section 7: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph
from rdflib import Literal, URIRef
from rdflib.term import Node

from diplograph.documents.naming import batches
from diplograph.engine import operations
from diplograph.engine.protocol import Engine
from diplograph.errors import InvalidParameter, TooLarge
from diplograph.namespaces import DG, DGV, LANGUAGES, RDF, RDFS, SCHEMA, SKOS, XSD
from diplograph.queries.parameters import read_iri
from diplograph.rdf.terms import days
from diplograph.search.index import NameIndex
from diplograph.search.reconcile_requests import iri_of

MOST_IDS, MOST_PROPERTIES, MOST_VALUES, MOST_PROPOSED = 1000, 50, 1000, 200
CODES: Mapping[str, str] = {
    "iso-3166-1-alpha-2": "ISO 3166-1 alpha-2",
    "iso-3166-1-alpha-3": "ISO 3166-1 alpha-3",
    "iso-3166-1-numeric": "ISO 3166-1 numeric",
    "cow": "Correlates of War, number",
    "cow-abbreviation": "Correlates of War, abbreviation",
    "gw": "Gleditsch and Ward, number",
    "gw-abbreviation": "Gleditsch and Ward, abbreviation",
}
"""Schemes of codes, by the name of the concept scheme that their datatype is."""
ELSEWHERE: Mapping[str, tuple[str, str, str]] = {
    "wikidata": ("Wikidata", str(SCHEMA.sameAs), "http://www.wikidata.org/entity/"),
    "geonames": ("GeoNames", str(DG.closeTo), "https://sws.geonames.org/"),
}
"""Identifiers that others give, with the property that leads there and what their IRIs begin with."""
NAMED = {f"label-{language}": f"Label ({language})" for language in LANGUAGES}
LIMIT_SETTING = {
    "name": "limit",
    "label": "Limit",
    "type": "number",
    "default": 0,
    "help_text": "How many values of each cell are given at most; 0 for all.",
}
UNTOLD = {str(term) for term in (RDF.type, RDFS.label, DG.evidence, SKOS.notation, DG.hasName)}
"""Properties that are no column of anybody's table."""
Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A property that is asked for: its name as the client has it, and how many values at most, 0 for all."""

    name: str
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Extension:
    """What is asked: of which things, and which properties."""

    things: Mapping[str, str | None]
    """The IRI of each identifier that a client sends, None for what is none."""
    columns: Sequence[Column]


def read_extension(text: str) -> Extension:
    """Read `extend`, a JSON object of ids and properties.

    A property that nothing is known by has empty cells. Raises InvalidParameter where it is none, TooLarge
    for more than 1000 ids or 50 properties.
    """
    try:
        given = json.loads(json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise _wrong("extend has to be a JSON object.") from error
    ids, properties = (
        given.get(name, []) if isinstance(given, dict) else None for name in ("ids", "properties")
    )
    if not isinstance(ids, list) or not isinstance(properties, list):
        raise _wrong("extend has to be a JSON object with ids and properties, both lists.")
    for found, most, what in ((ids, MOST_IDS, "ids"), (properties, MOST_PROPERTIES, "properties")):
        if len(found) > most:
            raise TooLarge(f"There are {len(found)} {what} in one request.", limit=most)
    if not all(isinstance(one, str) for one in ids):
        raise _wrong("ids has to be a list of texts.")
    return Extension({one: _thing(one) for one in ids}, [_column(one) for one in properties])


def extended(names: NameIndex, engine: Engine, wanted: Extension) -> dict[str, Any]:
    """Return the answer: what the columns are, and the cells of each thing, none where nothing is known."""
    rows: dict[str, dict[str, list[Cell]]] = {
        one: {column.name: [] for column in wanted.columns} for one in wanted.things
    }
    things = [iri for iri in wanted.things.values() if iri]
    for column in wanted.columns:
        found = _values(names, engine, column.name, things)
        for one, iri in wanted.things.items():
            cells = found.get(iri or "", [])
            rows[one][column.name] = cells[: column.limit or MOST_VALUES]
    meta = [{"id": column.name, "name": title(names, column.name)} for column in wanted.columns]
    return {"meta": meta, "rows": rows}


def proposed(names: NameIndex, engine: Engine, group: str | None, limit: int) -> list[dict[str, str]]:
    """Return columns for things of a class: codes and names, and what the graph says of such things."""
    found = [*CODES, *ELSEWHERE, *NAMED]
    if group is not None:
        text = f"""SELECT DISTINCT ?property WHERE {{ {operations.values("group", [group])}
            ?thing a ?group ; ?property ?value FILTER(STRSTARTS(STR(?property), "{DG}")) }}"""
        used = sorted(str(row["property"]) for row in operations.select(engine, text).rows)
        found = [one.removeprefix(str(DG)) for one in used if one not in UNTOLD] + found
    return [{"id": one, "name": title(names, one)} for one in found[: limit or MOST_PROPOSED]]


def title(names: NameIndex, name: str) -> str:
    """Return what a column is called for people."""
    known = CODES.get(name) or NAMED.get(name) or (ELSEWHERE[name][0] if name in ELSEWHERE else "")
    iri = _property(name)
    return known or (names.label(iri)[0] if iri else name)


def _values(names: NameIndex, engine: Engine, name: str, things: Iterable[str]) -> dict[str, list[Cell]]:
    found: dict[str, dict[str, Cell]] = {}
    is_known = name in CODES or name in NAMED or name in ELSEWHERE or _property(name)
    for batch in batches(things) if is_known else ():
        subjects = operations.values("thing", batch)
        for row in operations.select(engine, _query(name, subjects)).rows:
            cell = _cell(names, name, row["value"], row.get("edtf"))
            found.setdefault(str(row["thing"]), {})[json.dumps(cell, sort_keys=True)] = cell
    return {iri: [cells[key] for key in sorted(cells)] for iri, cells in found.items()}


def _query(name: str, subjects: str) -> str:
    """The query for the values of a column; `subjects` binds ?thing."""
    head = (
        f"PREFIX dg: <{DG}> PREFIX rdfs: <{RDFS}> PREFIX skos: <{SKOS}> SELECT DISTINCT ?thing ?value ?edtf"
    )
    if name in CODES:
        path = "skos:notation|dg:hasName/skos:notation"
        return f"{head} WHERE {{ {subjects} ?thing {path} ?value FILTER(DATATYPE(?value) = <{DGV[name]}>) }}"
    if name in NAMED:
        language = pyoxigraph.Literal(name.removeprefix("label-"))
        return f"{head} WHERE {{ {subjects} ?thing rdfs:label ?value FILTER(LANG(?value) = {language}) }}"
    if name in ELSEWHERE:
        pairs, begin = (
            operations.values("property", [ELSEWHERE[name][1]]),
            pyoxigraph.Literal(ELSEWHERE[name][2]),
        )
        test = f"FILTER(STRSTARTS(STR(?value), {begin}))"
        return f"{head} WHERE {{ {subjects} {pairs} ?thing ?property ?value {test} }}"
    pairs = operations.values("property", [iri_of(name)])
    return (
        f"{head} WHERE {{ {subjects} {pairs} ?thing ?property ?value OPTIONAL {{ ?value dg:edtf ?edtf }} }}"
    )


def _cell(names: NameIndex, name: str, value: Node, edtf: Node | None) -> Cell:
    """A value as the specification has it: a thing, a date, a number, or a text."""
    if name in ELSEWHERE:
        return {"str": str(value).removeprefix(ELSEWHERE[name][2]).rstrip("/")}
    if edtf is not None:
        span = days(str(edtf))
        return {"date": str(edtf)} if span and span[0] == span[1] else {"str": str(edtf)}
    if isinstance(value, URIRef):
        return {"id": str(value), "name": names.label(str(value))[0]}
    if isinstance(value, Literal) and value.datatype == XSD.integer:
        return {"int": int(value)}
    if isinstance(value, Literal) and value.datatype == XSD.boolean:
        return {"bool": str(value) == "true"}
    return (
        {"date": str(value)}
        if isinstance(value, Literal) and value.datatype == XSD.date
        else {"str": str(value)}
    )


def _thing(identifier: str) -> str | None:
    try:
        return read_iri(identifier).value
    except ValueError:
        return None


def _property(name: str) -> str | None:
    """The IRI of a property, by a name of ours or in full; None for what is neither."""
    try:
        return iri_of(name)
    except InvalidParameter:
        return None


def _column(given: Any) -> Column:
    name = given.get("id") if isinstance(given, dict) else None
    if not isinstance(name, str):
        raise _wrong("A property has no id.")
    settings = given.get("settings") or {}
    limit = settings.get("limit", 0) if isinstance(settings, dict) else None
    text = str(limit).strip() or "0"
    if isinstance(limit, bool) or not text.isdecimal() or len(text) > len(str(MOST_IDS)):
        raise _wrong(f"limit has to be a whole number, and is {str(limit)[:80]!r}.")
    return Column(name, int(text))


def _wrong(detail: str) -> InvalidParameter:
    hint = 'Send extend={"ids": ["…"], "properties": [{"id": "iso-3166-1-alpha-3"}]}, form-encoded.'
    return InvalidParameter(detail, parameters=["extend"], hint=hint)
