"""Counts of a release: triples of graphs, things of classes, those with evidence; and what is expected.

What a reference graph describes and no source mentions is no part of them; `unmentioned` says what that is.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad

from diplograph.errors import BuildFailed
from diplograph.namespaces import BUILT_GRAPHS, DG, DGG, DGV, PREFIXES, RDF, kind_of
from diplograph.rdf import Dataset
from diplograph.rdf.terms import OxigraphTerm, to_rdflib
from diplograph.release.folder import UNMENTIONED, Release

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


GRAPH_KIND, REFERENCE = NamedNode(str(DG.graphKind)), NamedNode(str(DGV["reference-graph"]))
TYPE, META = NamedNode(str(RDF.type)), NamedNode(str(DGG.meta))


@dataclass(frozen=True, slots=True)
class Expectation:
    """The least instances that a class has to have."""

    least: int
    why: str = ""


def count(dataset: Dataset) -> dict[str, int]:
    """Distinct instances per class IRI in the default graph."""
    return {str(to_rdflib(row["class"])): int(str(to_rdflib(row["count"]))) for row in dataset.select(COUNTS)}


def unmentioned(dataset: Dataset, among: Set[str] | None = None) -> frozenset[str]:
    """The things of ours, or those among some, that reference graphs describe and no other graph mentions.

    A thing is mentioned where it is the subject or the object of a triple. What the build writes mentions
    nothing. dgg:meta tells which graphs are for reference (`dg:graphKind`).
    """
    kinds = dataset.matching(None, GRAPH_KIND, REFERENCE, META)
    reference = [quad.subject for quad in kinds if isinstance(quad.subject, NamedNode)]
    mute = {DefaultGraph(), *reference, *map(NamedNode, BUILT_GRAPHS)}
    if among is None:
        quads = (quad for graph in reference for quad in dataset.quads(graph.value))
    else:
        things = map(NamedNode, among)
        quads = (q for thing in things for g in reference for q in dataset.matching(thing, None, None, g))
    described = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
    ours = (thing for thing in described if kind_of(thing.value))
    return frozenset(thing.value for thing in ours if not _is_told(dataset, thing, mute))


def unmentioned_after(dataset: Dataset, before: frozenset[str], changed: Iterable[Quad]) -> frozenset[str]:
    """What is unmentioned in a dataset after some quads came or went: only what they name is looked at."""
    quads = list(changed)
    if any(quad.predicate == GRAPH_KIND for quad in quads):
        return unmentioned(dataset)
    ends = (end for quad in quads for end in (quad.subject, quad.object))
    touched = {end.value for end in ends if isinstance(end, NamedNode)}
    return (before - touched) | unmentioned(dataset, touched)


def _is_told(dataset: Dataset, thing: NamedNode, mute: Set[object]) -> bool:
    """Whether a graph that is not mute mentions a thing."""
    return any(quad.graph_name not in mute for quad in about(dataset, [thing.value]))


def about(dataset: Dataset, things: Iterable[str]) -> Iterator[Quad]:
    """The quads that have one of some things as subject or object."""
    for thing in map(NamedNode, things):
        yield from dataset.matching(thing, None, None)
        yield from dataset.matching(None, None, thing)


def write_unmentioned(dataset: Dataset, things: Set[str], folder: Path) -> dict[str, object]:
    """Lists in a release's folder what no source mentions; returns its number, triples and classes.

    They are counted in the default graph.
    """
    (folder / UNMENTIONED).write_text("".join(f"{iri}\n" for iri in sorted(things)), encoding="utf-8")
    quads = [q for iri in things for q in dataset.matching(NamedNode(iri), None, None, DefaultGraph())]
    classes = Counter(str(getattr(q.object, "value", "")) for q in quads if q.predicate == TYPE)
    return {"things": len(things), "triples": len(quads), "classes": dict(sorted(classes.items()))}


def told(found: Mapping[str, Any]) -> dict[str, int]:
    """The things of each class IRI in a manifest, without those that no source mentions."""
    left_out = found.get("unmentioned", {}).get("classes", {})
    rest = {iri: number - left_out.get(iri, 0) for iri, number in found["counts"].items()}
    return {iri: number for iri, number in rest.items() if number}


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

    `graphs` has the triples of each named graph, `merged` those of their merge. `classes` are without what no
    source mentions. `evidence` has the numbers of
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
            classes=_classes(dataset, told(release.manifest)),
            evidence={name: _number(figures[name]) for name in ("records", "passages", "documents")},
            certainty={iri.removeprefix(str(DGV)): number for iri, number in sorted(levels.items())},
            stages={_text(row["stage"]): _number(row["acts"]) for row in dataset.select(_STAGES)},
            labels={_text(row["thing"]): _text(row["name"]) for row in dataset.select(_LABELS)},
        )


def _classes(dataset: Dataset, told: Mapping[str, int]) -> dict[str, Things]:
    rows = {
        iri: Things(told[iri], _number(row["withEvidence"]))
        for row in dataset.select(_CLASSES)
        if (iri := _text(row["class"])) in told
    }
    return dict(sorted(rows.items(), key=lambda pair: (-pair[1].count, pair[0])))


def _text(term: OxigraphTerm) -> str:
    return str(getattr(term, "value", term))


def _number(term: OxigraphTerm) -> int:
    return int(_text(term))
