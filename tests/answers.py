"""The knowledge base as a release holds it, in memory, and the queries whose whole answers are known."""

from dataclasses import dataclass
from pathlib import Path

from diplograph.engine.protocol import Answer, Operation
from diplograph.namespaces import DG, OA
from diplograph.queries import QueryBook
from diplograph.rdf import Dataset
from diplograph.reasoning import saturate
from diplograph.release.assemble import add_derived, load_graphs, ontology_rules
from diplograph.sources import KnowledgeBase
from diplograph.sparql import results
from diplograph.sparql.clauses import selected_variables

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class InMemory:
    """A dataset that answers operations."""

    dataset: Dataset

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        del timeout
        names = selected_variables(operation.text)
        rows = [[row.get(name) for name in names] for row in self.dataset.select(operation.text)]
        written = b"".join(results.bindings(names, rows, media, results.Caps(1 << 30)))
        return Answer(written, media, len(rows), complete=True, elapsed=0.0)


def held(root: Path) -> Dataset:
    """What a release of a knowledge base holds: closed, summed up, inferred and merged."""
    dataset = Dataset.memory()
    knowledge_base = KnowledgeBase(root)
    load_graphs(knowledge_base, dataset)
    dataset.write_default_merge()
    rules = ontology_rules(dataset)
    saturate(dataset, rules)
    add_derived(dataset, rules, knowledge_base.rule_files())
    return dataset


def queries() -> dict[str, str]:
    """Every question and every canned query by its name."""
    questions = sorted((ROOT / "tests" / "questions").glob("*.rq"))
    canned = QueryBook.read(ROOT / "queries" / "canned")
    return {
        **{path.stem: path.read_text(encoding="utf-8") for path in questions},
        **{name: query.bind({}) for name, query in canned.items()},
    }


def evidence_queries() -> list[str]:
    """What the evidence is that whoever answers adds to canned queries, column by column."""
    canned = QueryBook.read(ROOT / "queries" / "canned").values()
    return [_evidence(query.bind({}), column) for query in canned for column in query.statements]


def _evidence(text: str, column: str) -> str:
    start = text.index("SELECT")
    return (
        f"{text[:start]}SELECT DISTINCT ?{column} ?span {{ {{ {text[start:]} }} "
        f"?{column} <{DG.evidence}>/<{OA.hasTarget}> ?span }} ORDER BY ?{column} ?span"
    )
