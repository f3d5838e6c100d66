"""What a knowledge base has to pass before it may become a release: shapes, check queries, counts."""

from collections.abc import Mapping
from pathlib import Path

from diplograph import counts, validation
from diplograph.errors import BuildFailed
from diplograph.sources import KnowledgeBase
from diplograph.validation import Finding, Report
from diplograph.validation.renderings import to_turtle


def report_on(knowledge_base: KnowledgeBase) -> Report:
    """Validates a whole knowledge base."""
    return validation.check(knowledge_base, limit=None)


def require_conformance(report: Report, folder: Path) -> None:
    """Leaves the report on a knowledge base in a folder, as JSON and as Turtle.

    Raises BuildFailed with a line `file:line:column: what is wrong` for every violation and every triple
    that no shape covers.
    """
    if not report.conforms:
        problems = list(dict.fromkeys(described(finding) for finding in report.of_severity("violation")))
        problems += [f"no shape covers: {triple}" for triple in report.uncovered]
        raise BuildFailed("The data does not conform.", problems=problems, findings=True)
    (folder / "report.json").write_text(report.to_json() + "\n", encoding="utf-8")
    (folder / "report.ttl").write_text(to_turtle(report), encoding="utf-8")


def described(finding: Finding) -> str:
    """A finding on one line."""
    place = [str(part) for part in (finding.file, finding.line, finding.column) if part is not None]
    subject = "" if finding.focus is None else f"{finding.focus}: "
    return f"{''.join(f'{part}:' for part in place)} {subject}{finding.message} {finding.cure}".strip()


def require_counts(knowledge_base: KnowledgeBase, found: Mapping[str, int]) -> None:
    """Holds the number of instances of each class against `data/expect.toml`, where there is one.

    Raises BuildFailed when there are fewer than expected.
    """
    short = counts.shortfalls(counts.read(knowledge_base.expectations()), found)
    if short:
        problems = [f"data/expect.toml: {line}" for line in short]
        raise BuildFailed("The data holds less than expected.", problems=problems, findings=True)
