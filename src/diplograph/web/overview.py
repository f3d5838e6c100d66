"""Overview of a release for its first page: what it covers, its newest acts, and its questions by theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from diplograph.documents import naming
from diplograph.documents.dates import in_words
from diplograph.engine import operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Engine
from diplograph.namespaces import DG, PREFIXES
from diplograph.queries.canned import CannedQuery
from diplograph.repository import Repository
from diplograph.translations import LANGUAGE, gettext, gettext_noop
from diplograph.web.links import Cell, iri_cell

_PREFIXES = f"PREFIX dg: <{PREFIXES['dg']}> PREFIX dgv: <{PREFIXES['dgv']}> PREFIX rdfs: <{PREFIXES['rdfs']}>"
FIGURES = """
SELECT ?acts ?realised ?unrealised ?claims ?evidence ?documents ?articles ?agents ?triples WHERE {
  { SELECT (COUNT(DISTINCT ?a) AS ?acts) WHERE { ?a a dg:Act } }
  { SELECT (COUNT(DISTINCT ?a) AS ?realised) WHERE { ?a a dg:RealisedAct } }
  { SELECT (COUNT(DISTINCT ?a) AS ?unrealised) WHERE { ?a a dg:UnrealisedAct } }
  { SELECT (COUNT(DISTINCT ?c) AS ?claims) WHERE { ?c a dg:Claim } }
  { SELECT (COUNT(DISTINCT ?e) AS ?evidence) WHERE { ?e a dg:Evidence } }
  { SELECT (COUNT(DISTINCT ?d) AS ?documents) WHERE { ?d a dg:SourceDocument } }
  { SELECT (COUNT(DISTINCT ?d) AS ?articles) WHERE { ?d a dg:PinnedDocument } }
  { SELECT (COUNT(DISTINCT ?g) AS ?agents) WHERE { ?g a dg:Agent } }
  { SELECT (COUNT(*) AS ?triples) WHERE { ?s ?p ?o } }
}
"""
STATES = """
SELECT ?state (COUNT(DISTINCT ?act) AS ?acts) WHERE {
  { ?act dg:summaryActor ?state } UNION { ?act dg:summaryTarget ?state }
  ?state a dg:State
}
GROUP BY ?state ORDER BY DESC(?acts) ?state
"""
YEARS = """
SELECT ?year (COUNT(*) AS ?acts) WHERE {
  ?act a dg:RealisedAct ; dg:earliestBegin ?day BIND(SUBSTR(STR(?day), 1, 4) AS ?year)
}
GROUP BY ?year ORDER BY ?year
"""
NEWEST = """
SELECT ?act ?stage ?date ?day WHERE {
  ?act a dg:%s ; dg:summaryStage ?stage
  OPTIONAL { ?act dg:earliestBegin ?day }
  OPTIONAL { ?act dg:summaryDate ?date }
}
ORDER BY DESC(?day) ?act LIMIT 8
"""
NOT_DONE = """
SELECT ?act ?stage ?date WHERE {
  ?act dg:summaryStage ?stage
  FILTER NOT EXISTS { ?act a dg:RealisedAct }
  OPTIONAL { ?act dg:summaryDate ?date }
}
ORDER BY DESC(BOUND(?date)) DESC(?date) ?act LIMIT 12
"""
DOCUMENTS = """
SELECT ?document WHERE { ?document a dg:PinnedDocument } ORDER BY ?document LIMIT 50
"""
MOSTLY = 0.75
"""The share of all acts that one year has to have to stand for them."""
MOST_STATES = 4
"""States that are named; the others are counted."""

THEMES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        gettext_noop("Expulsions and answers"): frozenset({"expulsions", "responses"}),
        gettext_noop("Sanctions"): frozenset({"sanctions"}),
        gettext_noop("Acts between states"): frozenset(
            {"acts", "timeline", "agreements", "visits", "statements", "threats"}
        ),
        gettext_noop("Claims, opinions, contradictions"): frozenset(
            {"claims", "opinions", "contradictions", "territory"}
        ),
        gettext_noop("Sources, dates and evidence"): frozenset({"evidence", "dates", "sources"}),
        gettext_noop("People, places and their names"): frozenset({"officials", "names"}),
    }
)
"""The themes of questions, each with the first tags of those that belong to it."""
OTHERS = gettext_noop("More questions")


@dataclass(frozen=True, slots=True)
class ListedAct:
    """An act in a list: under its label, how far it got, and its date in words."""

    act: Cell
    stage: Cell
    date: Cell | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What a release covers: `figures` by name, its busiest states and how many others, its years."""

    figures: Mapping[str, int]
    states: tuple[Cell, ...]
    other_states: int
    years: str

    @property
    def announced(self) -> int:
        """Acts of which nobody says more than that they were announced, or how far they got."""
        return self.figures["acts"] - self.figures["realised"] - self.figures["unrealised"]

    @property
    def reports(self) -> int:
        """Documents of which no text is kept: what others reported."""
        return self.figures["documents"] - self.figures["articles"]


def overview(repository: Repository, languages: Sequence[str]) -> Overview:
    """Count what the release holds and name whom it is about, in the first of the languages that will do."""
    engine = repository.engine
    states = _rows(engine, STATES)
    busiest = [str(row["state"]) for row in states[:MOST_STATES]]
    return Overview(
        counts(repository),
        tuple(_named(engine, busiest, languages).values()),
        max(0, len(states) - MOST_STATES),
        _years({str(row["year"]): int(str(row["acts"])) for row in _rows(engine, YEARS)}),
    )


def counts(repository: Repository) -> dict[str, int]:
    """Count the things of a release by kind, and its triples, without those that no source mentions."""
    found = {name: int(str(value)) for name, value in _rows(repository.engine, FIGURES)[0].items()}
    left_out = repository.release.manifest.get("unmentioned")
    if left_out:
        found["agents"] -= left_out["classes"].get(str(DG.Agent), 0)
        found["triples"] -= left_out["triples"]
    return found


def newest(engine: Engine, languages: Sequence[str]) -> list[ListedAct]:
    """Return the newest acts that took place."""
    return _listed(engine, NEWEST % "RealisedAct", languages)


def not_done(engine: Engine, languages: Sequence[str]) -> list[ListedAct]:
    """Return acts that were only announced, planned, promised, threatened or called for."""
    return _listed(engine, NOT_DONE, languages)


def articles(engine: Engine, languages: Sequence[str]) -> list[Cell]:
    """Return the articles whose text was read."""
    documents = [str(row["document"]) for row in _rows(engine, DOCUMENTS)]
    return list(_named(engine, documents, languages).values())


def by_theme(queries: Iterable[CannedQuery]) -> dict[str, list[CannedQuery]]:
    """Group questions by theme, which their first tag tells; a page translates the names of the themes."""
    found: dict[str, list[CannedQuery]] = {name: [] for name in (*THEMES, OTHERS)}
    for query in queries:
        tag = next(iter(query.tags), "")
        found[next((name for name, tags in THEMES.items() if tag in tags), OTHERS)].append(query)
    return {name: own for name, own in found.items() if own}


def featured(queries: Iterable[CannedQuery]) -> CannedQuery | None:
    """Return the question whose answer the first page shows: one on exchanges, which pictures tell best."""
    return next((query for query in queries if query.chart.get("type") == "exchange"), None)


def comparison(queries: Iterable[CannedQuery]) -> CannedQuery | None:
    """Return the question what each source says."""
    return next((query for query in queries if "sources" in query.tags[:1]), None)


def _listed(engine: Engine, query: str, languages: Sequence[str]) -> list[ListedAct]:
    rows = _rows(engine, query)
    cells = _named(engine, [str(row[name]) for row in rows for name in ("act", "stage")], languages)
    return [
        ListedAct(cells[str(row["act"])], cells[str(row["stage"])], _date(row.get("date"))) for row in rows
    ]


def _date(edtf: object) -> Cell | None:
    return None if edtf is None else Cell(in_words(str(edtf), LANGUAGE.get()), title=str(edtf))


def _years(acts: Mapping[str, int]) -> str:
    """Tell the years of acts; one in which nearly all took place stands before the rest."""
    if len(acts) < 2:
        return "".join(acts)
    first, *_, last = acts
    busiest = max(acts, key=lambda year: acts[year])
    if acts[busiest] < MOSTLY * sum(acts.values()):
        return gettext("%(first)s to %(last)s", first=first, last=last)
    years = {"first": first, "busiest": busiest, "last": last}
    if busiest == first:
        return gettext("mostly %(busiest)s, the latest of %(last)s", **years)
    if busiest == last:
        return gettext("mostly %(busiest)s, the earliest of %(first)s", **years)
    return gettext("mostly %(busiest)s, the earliest of %(first)s and the latest of %(last)s", **years)


def _named(engine: Engine, iris: Iterable[str], languages: Sequence[str]) -> dict[str, Cell]:
    """Return things under their labels in the first of the languages that will do, in the same order."""
    known = list(dict.fromkeys(iris))
    labels = naming.labels(engine, known)
    return {iri: iri_cell(iri, *naming.best(labels.get(iri, {}), iri, languages)) for iri in known}


def _rows(engine: Engine, query: str) -> list[Row]:
    return list(operations.select(engine, f"{_PREFIXES}{query}").rows)
