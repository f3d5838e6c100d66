"""How many things of each class a knowledge base has to hold at least, so that no loss goes unseen."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from diplograph.errors import BuildFailed
from diplograph.store import Dataset
from diplograph.terms import to_rdflib
from diplograph.vocab import DG, PREFIXES

KEYS = {"min", "why"}
COUNTS = "SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) WHERE { ?thing a ?class } GROUP BY ?class"

PROPERTIES = """SELECT ?property (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects)
  (COUNT(DISTINCT ?o) AS ?objects) WHERE { ?s ?property ?o } GROUP BY ?property"""


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
    return [
        f"{iri}: {found.get(iri, 0)} instances, expected at least {wanted.least}"
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
