"""Edges: acts as relations between two parties, with codes of states, time, stage and sources; as CSV."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from types import MappingProxyType

from rdflib import Literal
from rdflib.term import Node

from diplograph.namespaces import DG, DGV, RDFS, SKOS, short
from diplograph.sparql.results import spreadsheet_text

Row = Mapping[str, Node]
Ask = Callable[[str], Iterable[Row]]
"""What answers a SELECT query of ours with its rows: an engine, or a client of a service."""

_PROLOGUE = f"""PREFIX dg: <{DG}>
PREFIX dgv: <{DGV}>
PREFIX rdfs: <{RDFS}>
PREFIX skos: <{SKOS}>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX xl: <http://www.w3.org/2008/05/skos-xl#>
"""
_ACTS = f"""{_PROLOGUE}SELECT
  ?act ?label ?kind ?kindLabel ?stage ?edtf ?from ?to ?least ?most ?unrealised ?told
WHERE {{
  ?act dg:summaryKind ?kind .
  FILTER EXISTS {{ ?act dg:summaryActor ?actor ; dg:summaryTarget ?target }}
  OPTIONAL {{ ?kind rdfs:label ?kindLabel FILTER(LANG(?kindLabel) = "en") }}
  OPTIONAL {{ ?act rdfs:label ?label FILTER(LANG(?label) = "en") }}
  OPTIONAL {{ ?act dg:summaryStage ?stage }}
  OPTIONAL {{ ?act dg:summaryDate ?edtf }}
  OPTIONAL {{ ?act dg:earliestBegin ?from }}
  OPTIONAL {{ ?act dg:latestEnd ?to }}
  OPTIONAL {{ ?act dg:leastAffected ?least }}
  OPTIONAL {{ ?act dg:mostAffected ?most }}
  BIND(EXISTS {{ ?act a dg:UnrealisedAct }} AS ?unrealised)
  BIND(EXISTS {{
    ?account dg:accountOf ?act ; dg:carrier ?carrier FILTER NOT EXISTS {{ ?carrier a dg:Claim }}
  }} AS ?told)
}}"""
_SIDES = f"""{_PROLOGUE}SELECT DISTINCT ?act ?sender ?receiver
WHERE {{ ?act dg:summaryActor ?sender ; dg:summaryTarget ?receiver }} ORDER BY ?act ?sender ?receiver"""
_PLOVER = f"""{_PROLOGUE}SELECT DISTINCT ?act ?value
WHERE {{ ?act dg:summaryActor ?sender ; dg:eventCode ?code . ?code skos:notation ?value }}"""
_SOURCES = f"""{_PROLOGUE}SELECT DISTINCT ?act ?value
WHERE {{ ?account dg:accountOf ?act ; dcterms:source ?value }}"""
_PARTY = "{ SELECT DISTINCT ?party WHERE { ?act dg:summaryActor|dg:summaryTarget ?party } }"
_PARTIES = f"""{_PROLOGUE}SELECT DISTINCT ?party ?label ?class WHERE {{ {_PARTY}
  OPTIONAL {{ ?party rdfs:label ?label FILTER(LANG(?label) = "en") }}
  OPTIONAL {{ VALUES ?class {{ dg:State dg:Polity dg:Person dg:Organization dg:Group }} ?party a ?class }}
}}"""
_CODES = f"""{_PROLOGUE}SELECT DISTINCT ?party ?code ?first ?last WHERE {{ {_PARTY}
  {{ ?party skos:notation ?code }}
  UNION
  {{ ?party xl:altLabel|dg:hasName ?name . ?name skos:notation ?code
    OPTIONAL {{ ?name dg:firstYear ?first }} OPTIONAL {{ ?name dg:lastYear ?last }} }}
}}"""
KINDS: Mapping[str, int] = MappingProxyType(
    {"State": 0, "Polity": 1, "Person": 2, "Organization": 3, "Group": 4}
)
"""What a party may be, the narrowest first."""
UNREALISED, CLAIMED, REPORTED = "unrealised", "claimed", "reported"
"""The status of an act: none took place; somebody says that it did; a source reports it."""
COLUMNS = (
    *("sender", "receiver", "sender_iri", "receiver_iri", "sender_kind", "receiver_kind"),
    *("sender_iso3", "receiver_iso3", "sender_cow", "receiver_cow"),
    *("kind", "kind_iri", "plover", "from", "to", "edtf", "count_least", "count_most"),
    *("stage", "status", "act", "act_label", "sources"),
)
"""The columns of an edge, in their order; what is several is separated by `; `."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a party in a scheme, and the years in which it held, None where they are open."""

    scheme: str
    text: str
    first: int | None = None
    last: int | None = None

    def holds(self, year: int | None) -> bool:
        """Whether it held in a year. Without a year only what always held does."""
        if year is None:
            return self.first is None and self.last is None
        return (self.first or year) <= year <= (self.last or year)


@dataclass(frozen=True, slots=True)
class Party:
    """Who acts or is acted on: its label in English, its kind and its codes."""

    iri: str
    label: str
    kind: str
    codes: tuple[Code, ...] = ()

    def code(self, scheme: str, year: int | None) -> str:
        """The code of a scheme in a year, empty where there is none or several are possible."""
        held = [code for code in self.codes if code.scheme == scheme and code.holds(year)]
        dated = [code for code in held if code.first or code.last] or held
        found = {code.text for code in dated}
        return found.pop() if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An act from one party to another. `row` has its columns, all but the parties as text."""

    sender: Party
    receiver: Party
    act: Mapping[str, str]

    @property
    def year(self) -> int | None:
        """The year of the act by which codes are chosen: that of its first day, else of its last."""
        day = self.act["from"] or self.act["to"]
        return int(day[:4]) if day else None

    def row(self) -> dict[str, str]:
        """The cells by column."""
        both = (("sender", self.sender), ("receiver", self.receiver))
        cells = {
            f"{side}{suffix}": text
            for side, party in both
            for suffix, text in (
                ("", party.label),
                ("_iri", party.iri),
                ("_kind", party.kind),
                ("_iso3", party.code("iso-3166-1-alpha-3", self.year)),
                ("_cow", party.code("cow", self.year)),
            )
        } | dict(self.act)
        return {name: cells[name] for name in COLUMNS}


def edges(ask: Ask) -> list[Edge]:
    """Return every act that has an actor and a target, once for each pair of them, by what all sources say.

    An act against an organ of a state is one against the state. What is only threatened, planned or promised
    is there too: `status` and `stage` tell it.
    """
    parties, acts = _parties(ask), _acts(ask)
    return [
        Edge(parties[str(row["sender"])], parties[str(row["receiver"])], acts[str(row["act"])])
        for row in ask(_SIDES)
        if str(row["act"]) in acts
    ]


def table(found: Iterable[Edge]) -> Iterator[str]:
    """Yield edges as lines of CSV (RFC 4180), the head first; no cell is a formula to a spreadsheet."""
    yield _line(COLUMNS)
    for edge in found:
        yield _line(map(spreadsheet_text, edge.row().values()))


def _line(cells: Iterable[str]) -> str:
    stream = StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()


def _acts(ask: Ask) -> dict[str, dict[str, str]]:
    """Return the columns of each act that do not depend on the parties."""
    plover, sources = _listed(ask(_PLOVER)), _listed(ask(_SOURCES))
    found: dict[str, dict[str, set[str]]] = {}
    for row in ask(_ACTS):
        cells = found.setdefault(str(row["act"]), defaultdict(set))
        for name, text in _cells(row).items():
            cells[name].add(text)
    names = ("kind", "kind_iri", "edtf", "from", "to", "count_least", "count_most", "stage", "status")
    return {
        act: {name: _joined(cells[name]) for name in (*names, "act_label")}
        | {"act": act, "plover": _joined(plover[act]), "sources": _joined(sources[act])}
        for act, cells in found.items()
    }


def _cells(row: Row) -> dict[str, str]:
    """Return what one row says of an act, by column."""
    kind = str(row["kind"])
    status = CLAIMED if not _is(row, "told") else REPORTED
    told = {
        "kind": str(row.get("kindLabel", short(kind))),
        "kind_iri": kind,
        "act_label": str(row.get("label", short(str(row["act"])))),
        "stage": str(row.get("stage", "")).removeprefix(str(DGV)),
        "status": UNREALISED if _is(row, "unrealised") else status,
    }
    names = {"edtf": "edtf", "from": "from", "to": "to", "count_least": "least", "count_most": "most"}
    return told | {column: str(row.get(name, "")) for column, name in names.items()}


def _is(row: Row, name: str) -> bool:
    return str(row[name]) == "true"


def _listed(rows: Iterable[Row]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[str(row["act"])].add(str(row["value"]))
    return found


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(sorted(filter(None, texts)))


def _parties(ask: Ask) -> dict[str, Party]:
    codes: dict[str, list[Code]] = defaultdict(list)
    for row in ask(_CODES):
        if isinstance(code := row["code"], Literal):
            years = (_year(row.get("first")), _year(row.get("last")))
            scheme = str(code.datatype).removeprefix(str(DGV))
            codes[str(row["party"])].append(Code(scheme, str(code), *years))
    labels, kinds = dict[str, str](), defaultdict[str, set[str]](set)
    for row in ask(_PARTIES):
        iri = str(row["party"])
        labels[iri] = str(row.get("label", short(iri)))
        kinds[iri].add(str(row.get("class", "")).removeprefix(str(DG)))
    return {
        iri: Party(iri, label, min(kinds[iri], key=lambda kind: KINDS.get(kind, len(KINDS))), (*codes[iri],))
        for iri, label in labels.items()
    }


def _year(term: Node | None) -> int | None:
    return int(str(term)) if term is not None else None
