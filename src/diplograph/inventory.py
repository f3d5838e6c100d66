"""What a release holds: triples of each graph, things of each class, and how many of them have evidence."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from diplograph.release import Release
from diplograph.store import Dataset
from diplograph.terms import OxigraphTerm
from diplograph.vocab import DG, DGV, PREFIXES

_PROLOGUE = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("dg", "oa", "schema"))
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


@dataclass(frozen=True, slots=True)
class Things:
    """The things of one class, and those of them that carry evidence of their own."""

    count: int
    with_evidence: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """The figures of a release.

    `graphs` has the triples of each named graph, `merged` those of their merge. `evidence` has the numbers of
    records, of passages with a hash and of documents that they point to; `certainty` how sure records are.
    """

    release: str
    created: str
    graphs: Mapping[str, int]
    merged: int
    classes: Mapping[str, Things]
    evidence: Mapping[str, int]
    certainty: Mapping[str, int]

    @property
    def own_classes(self) -> dict[str, Things]:
        """The classes of our ontology that have things."""
        return {iri: things for iri, things in self.classes.items() if iri.startswith(str(DG))}


def take(release: Release) -> Inventory:
    """Count what a release holds. Raises EngineUnavailable when its store cannot be opened."""
    with closing(Dataset.open_read_only(release.store_path)) as dataset:
        figures = dataset.select(_EVIDENCE)[0]
        levels = {_text(row["certainty"]): _number(row["records"]) for row in dataset.select(_CERTAINTY)}
        graphs = {str(iri): int(facts["triples"]) for iri, facts in release.manifest["graphs"].items()}
        return Inventory(
            release=release.id,
            created=str(release.manifest["created"]),
            graphs=dict(sorted(graphs.items())),
            merged=len(dataset) - sum(graphs.values()),
            classes=_classes(dataset),
            evidence={name: _number(figures[name]) for name in ("records", "passages", "documents")},
            certainty={iri.removeprefix(str(DGV)): number for iri, number in sorted(levels.items())},
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
