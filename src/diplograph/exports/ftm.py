"""FollowTheMoney: persons and bodies under sanctions, with each listing, as lines of JSON.

Of people their name, role and listings are written, and nothing else: no birth, no address, no papers. The
model: https://followthemoney.tech/explorer/
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from diplograph.exports.edges import Ask, Row
from diplograph.namespaces import DCTERMS, DG, FOAF, RDFS, SCHEMA, SKOS, kind_of, split

WIKIDATA = "http://www.wikidata.org/entity/"
SCHEMAS: Mapping[str, str] = MappingProxyType(
    {str(DG.PublicBody): "PublicBody", str(DG.Person): "Person", str(DG.Organization): "Organization"}
)
"""The schema of each class of those that are listed, the narrowest first."""
_PROLOGUE = f"""PREFIX dg: <{DG}>
PREFIX dcterms: <{DCTERMS}>
PREFIX foaf: <{FOAF}>
PREFIX rdfs: <{RDFS}>
PREFIX schema: <{SCHEMA}>
PREFIX skos: <{SKOS}>
"""
_TARGETS = """?sanction dg:imposes ?measure . ?measure dg:measureTarget ?target .
  FILTER NOT EXISTS { ?sanction a dg:UnrealisedAct }"""
_LISTED = f"""{_PROLOGUE}SELECT DISTINCT ?target ?class ?label ?alias ?office ?same WHERE {{
  {{ SELECT DISTINCT ?target WHERE {{ {_TARGETS} }} }}
  VALUES ?class {{ dg:Person dg:Organization dg:PublicBody }} ?target a ?class .
  OPTIONAL {{ ?target rdfs:label ?label FILTER(LANG(?label) = "en") }}
  OPTIONAL {{ ?target rdfs:label|skos:altLabel ?alias }}
  OPTIONAL {{ ?target dg:heldOffice ?held . ?held rdfs:label ?office FILTER(LANG(?office) = "en") }}
  OPTIONAL {{ ?target schema:sameAs ?same }}
}}"""
_LISTINGS = f"""{_PROLOGUE}SELECT DISTINCT
  ?sanction ?target ?authority ?programme ?reference ?from ?to ?label ?page ?kind
WHERE {{ {_TARGETS}
  OPTIONAL {{ ?sanction rdfs:label ?label FILTER(LANG(?label) = "en") }}
  OPTIONAL {{ ?sanction dg:summaryActor ?actor .
    ?actor rdfs:label ?authority FILTER(LANG(?authority) = "en") }}
  OPTIONAL {{ {{ ?sanction dg:programme ?under }} UNION {{ ?measure dg:programme ?under }}
    ?under rdfs:label ?programme FILTER(LANG(?programme) = "en") }}
  OPTIONAL {{ {{ ?sanction dg:referenceNumber ?reference }}
    UNION {{ ?measure dg:referenceNumber ?reference }} }}
  OPTIONAL {{ ?sanction dg:earliestBegin ?from }}
  OPTIONAL {{ ?sanction dg:latestEnd ?to }}
  OPTIONAL {{ ?measure dg:measureType ?type . ?type rdfs:label ?kind FILTER(LANG(?kind) = "en") }}
  OPTIONAL {{ ?account dg:accountOf ?sanction ; dcterms:source ?document . ?document foaf:page ?page }}
}}"""
_OF_LISTING = MappingProxyType(
    {
        "authority": "authority",
        "programme": "program",
        "reference": "recordId",
        "from": "startDate",
        "to": "endDate",
        "label": "summary",
        "kind": "provisions",
        "page": "sourceUrl",
    }
)
"""The property of a listing that each variable fills."""


def lines(ask: Ask) -> Iterator[str]:
    """Yield an entity a line: those who are listed, then their listings, each by its address in the graph."""
    listed = _by(ask(_LISTED), "target")
    for iri in sorted(listed):
        yield _line(iri, _schema(listed[iri]), _told(iri, listed[iri]))
    by_pair: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in ask(_LISTINGS):
        if str(row["target"]) in listed:
            by_pair[str(row["sanction"]), str(row["target"])].append(row)
    for (sanction, target), rows in sorted(by_pair.items()):
        told = {name: _values(rows, variable) for variable, name in _OF_LISTING.items()}
        yield _line(f"{sanction} {target}", "Sanction", {"entity": [_identifier(target)], **told})


def _told(iri: str, rows: list[Row]) -> dict[str, list[str]]:
    labels = _values(rows, "label")
    same = (one.removeprefix(WIKIDATA) for one in _values(rows, "same") if one.startswith(WIKIDATA))
    return {
        "name": labels or [split(iri)[1]],
        "alias": [one for one in _values(rows, "alias") if one not in labels],
        "position": _values(rows, "office"),
        "wikidataId": list(same),
        "sourceUrl": [iri],
    }


def _schema(rows: list[Row]) -> str:
    classes = set(_values(rows, "class"))
    return next(name for kind, name in SCHEMAS.items() if kind in classes)


def _line(iri: str, schema: str, told: Mapping[str, list[str]]) -> str:
    kept = {name: values for name, values in told.items() if values}
    if schema != "Person":
        kept.pop("position", None)
    entity = {"id": _identifier(iri), "schema": schema, "properties": kept}
    return json.dumps(entity, ensure_ascii=False, sort_keys=True) + "\n"


def _identifier(iris: str) -> str:
    """What entities are called: kind and slug, of a listing those of the sanction and of whom it hits."""
    return "-".join(f"{kind_of(iri)}-{split(iri)[1]}" for iri in iris.split(" "))


def _values(rows: list[Row], variable: str) -> list[str]:
    return sorted({str(row[variable]) for row in rows if row.get(variable) is not None})


def _by(rows: Iterable[Row], variable: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row[variable])].append(row)
    return found
