"""What a dataset has to pass before it may become a release: shapes, check queries, disjointness, counts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from diplograph import counts
from diplograph.closure import clashes
from diplograph.errors import BuildFailed, MalformedQuery
from diplograph.sources import KnowledgeBase
from diplograph.store import Dataset
from diplograph.vocab import DGG

SHOWN = 10


def run(knowledge_base: KnowledgeBase, dataset: Dataset, work: Path, *, reasoned: bool) -> dict[str, Any]:
    """Checks a whole dataset and leaves the validation report in the folder `work`.

    Returns what the manifest says about it. Counts and disjointness need the closure (`reasoned`). Raises
    BuildFailed with the list of problems.
    """
    problems = [*violations(knowledge_base, dataset)]
    warnings: list[str] = []
    found = counts.count(dataset)
    if reasoned:
        problems += disjointness(dataset)
        verdict = counts.compare(counts.read(knowledge_base.expectations()), found)
        problems += [f"data/expect.toml: {error}" for error in verdict.errors]
        warnings += [f"data/expect.toml: {warning}" for warning in verdict.warnings]
    if problems:
        raise BuildFailed("The data does not pass the checks.", problems=problems)
    return {"counts": found, "warnings": warnings}


def violations(knowledge_base: KnowledgeBase, dataset: Dataset) -> Iterator[str]:
    """What the queries of `queries/checks/` find; each must find nothing."""
    for path in knowledge_base.check_files():
        name = path.relative_to(knowledge_base.root).as_posix()
        text = path.read_text(encoding="utf-8")
        try:
            rows = dataset.select(text)
        except MalformedQuery as error:
            yield f"{name}: {error.detail}"
            continue
        for row in rows[:SHOWN]:
            yield f"{name}: {' '.join(f'{column}={term}' for column, term in row.items())}"
        if len(rows) > SHOWN:
            yield f"{name}: and {len(rows) - SHOWN} more"


def disjointness(dataset: Dataset) -> Iterator[str]:
    """The things that are members of two disjoint classes."""
    ontology = dataset.to_rdflib([str(DGG.ontology)])
    for clash in clashes(dataset, ontology):
        yield f"{clash.individual} is both {clash.first} and {clash.second}, which are disjoint"
