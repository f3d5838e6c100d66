"""Counts of a release: triples of graphs, things of classes, those with evidence; and what is expected."""

import re
import tomllib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from diplograph.errors import BuildFailed
from diplograph.namespaces import DG, DGV, PREFIXES
from diplograph.rdf import Dataset
from diplograph.rdf.terms import OxigraphTerm, to_rdflib
from diplograph.release.folder import Release

KEYS = {"min", "why"}
COUNTS = "SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE { ?thing a ?class } GROUP BY ?class"

PROPERTIES = """SELECT ?property (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects)
  (COUNT(DISTINCT ?o) AS ?objects) WHERE { ?s ?property ?o } GROUP BY ?property"""
_PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("dg", "oa", "rdfs", "schema"))
_CLASSES = f"""{_PROLOGUE}SELECT ?class (COUNT(DISTINCT ?thing) AS ?things)
  (COUNT(DISTINCT ?supported) AS ?withEvidence) WHERE {{
  ?thing a ?class .
  OPTIONAL {{ ?thing dg:evidence ?any BIND(?thing AS ?supported) }}
}} GROUP BY ?class"""
_EVIDENCE = f"""{_PROLOGUE}SELECT (COUNT(DISTINCT ?record) AS ?records) (COUNT(DISTINCT ?target) AS ?targets)
  (COUNT(DISTINCT ?hashed) AS ?passages) (COUNT(DISTINCT ?source) AS ?documents) WHERE {{
  ?record a dg:Evidence ; oa:hasTarget ?target .
  OPTIONAL {{ ?target schema:sha256 ?hash ; oa:hasSource ?pinned BIND(?target AS ?hashed) }}
  BIND(COALESCE(?pinned, ?target) AS ?source)
}}"""
_CERTAINTY = f"""{_PROLOGUE}SELECT ?certainty (COUNT(DISTINCT ?record) AS ?records)
  WHERE {{ ?record a dg:Evidence ; dg:certainty ?certainty }} GROUP BY ?certainty"""
_STAGES = f"""{_PROLOGUE}SELECT ?stage (COUNT(DISTINCT ?act) AS ?acts)
  WHERE {{ ?act a dg:Act ; dg:summaryStage ?stage }} GROUP BY ?stage ORDER BY DESC(?acts) ?stage"""
_LABELS = f"""{_PROLOGUE}SELECT ?thing (MIN(?label) AS ?name) WHERE {{
  ?thing rdfs:label ?label FILTER(LANG(?label) = "en")
  FILTER(EXISTS {{ GRAPH ?thing {{ ?s ?p ?o }} }} || EXISTS {{ ?one a ?thing }}
    || EXISTS {{ ?act dg:summaryStage ?thing }})
}} GROUP BY ?thing"""


@dataclass(frozen=True, slots=True)
class Expectation:
    """The least instances that a class has to have."""

    least: int
    why: str = ""


def count(dataset: Dataset) -> dict[str, int]:
    """Distinct instances per class IRI in the default graph."""
    return {str(to_rdflib(row["class"])): int(str(to_rdflib(row["count"]))) for row in dataset.select(COUNTS)}


def statistics(dataset: Dataset) -> dict[str, dict[str, object]]:
    """What evaluation is steered by: per property IRI triples, subjects and objects, and things per class.

    Counted in the default graph.
    """
    rows = dataset.select(PROPERTIES)
    properties = {
        str(to_rdflib(row["property"])): [
            int(str(to_rdflib(row[name]))) for name in ("triples", "subjects", "objects")
        ]
        for row in rows
    }
    return {"properties": dict(sorted(properties.items())), "classes": dict(sorted(count(dataset).items()))}


def read(path: Path) -> dict[str, Expectation]:
    """The expectations of a file by class IRI; a file that is not there expects nothing.

    A class is a table, named by its local name in our ontology or with a prefix in quotes. Raises
    BuildFailed with a line `file:line: what is wrong`.
    """
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f":{line[1]}" if line else ""
        raise BuildFailed(
            "The expected counts cannot be read.", problems=[f"{path}{where}: {error}"]
        ) from error
    problems = [f"{path}: [{name}] {wrong}" for name, table in tables.items() if (wrong := _wrong(table))]
    if problems:
        raise BuildFailed("The expected counts cannot be read.", problems=problems)
    return {_class(name): Expectation(table["min"], table.get("why", "")) for name, table in tables.items()}


def shortfalls(expected: Mapping[str, Expectation], found: Mapping[str, int]) -> list[str]:
    """One line for each class with fewer instances than expected."""
    cure = "if the loss is meant, say so there"
    return [
        f"{iri}: {found.get(iri, 0)} instances, expected at least {wanted.least}: {cure}"
        for iri, wanted in expected.items()
        if found.get(iri, 0) < wanted.least
    ]


def _wrong(table: object) -> str:
    if not isinstance(table, dict) or not {"min"} <= set(table) <= KEYS:
        return "has to hold min and perhaps why"
    return "" if isinstance(table["min"], int) else "needs a whole number as min"


def _class(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name if colon else str(DG[name])


@dataclass(frozen=True, slots=True)
class Things:
    """The things of one class, and those of them that carry evidence of their own."""

    count: int
    with_evidence: int


@dataclass(frozen=True, slots=True)
class ReleaseCounts:
    """The figures of a release.

    `graphs` has the triples of each named graph, `merged` those of their merge. `evidence` has the numbers of
    records, of passages with a hash and of documents that they point to; `certainty` how sure records are.
    `stages` has the acts of each stage, by the summary of each. `labels` are in English, by IRI.
    """

    release: str
    created: str
    graphs: Mapping[str, int]
    merged: int
    classes: Mapping[str, Things]
    evidence: Mapping[str, int]
    certainty: Mapping[str, int]
    stages: Mapping[str, int]
    labels: Mapping[str, str]

    def things(self, name: str) -> int:
        """How many things there are of a class of our ontology."""
        found = self.classes.get(str(DG[name]))
        return found.count if found else 0

    @property
    def own_classes(self) -> dict[str, Things]:
        """The classes of our ontology that have things."""
        return {iri: things for iri, things in self.classes.items() if iri.startswith(str(DG))}


def take(release: Release) -> ReleaseCounts:
    """Count what a release holds. Raises EngineUnavailable when its store cannot be opened."""
    with closing(Dataset.open_read_only(release.store_path)) as dataset:
        figures = dataset.select(_EVIDENCE)[0]
        levels = {_text(row["certainty"]): _number(row["records"]) for row in dataset.select(_CERTAINTY)}
        graphs = {str(iri): int(facts["triples"]) for iri, facts in release.manifest["graphs"].items()}
        return ReleaseCounts(
            release=release.id,
            created=str(release.manifest["created"]),
            graphs=dict(sorted(graphs.items())),
            merged=len(dataset) - sum(graphs.values()),
            classes=_classes(dataset),
            evidence={name: _number(figures[name]) for name in ("records", "passages", "documents")},
            certainty={iri.removeprefix(str(DGV)): number for iri, number in sorted(levels.items())},
            stages={_text(row["stage"]): _number(row["acts"]) for row in dataset.select(_STAGES)},
            labels={_text(row["thing"]): _text(row["name"]) for row in dataset.select(_LABELS)},
        )


def _classes(dataset: Dataset) -> dict[str, Things]:
    rows = {
        _text(row["class"]): Things(_number(row["things"]), _number(row["withEvidence"]))
        for row in dataset.select(_CLASSES)
    }
    return dict(sorted(rows.items(), key=lambda pair: (-pair[1].count, pair[0])))


def _text(term: OxigraphTerm) -> str:
    return str(getattr(term, "value", term))


def _number(term: OxigraphTerm) -> int:
    return int(_text(term))
