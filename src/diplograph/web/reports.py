"""A validation report as a page: findings beside the lines of what was sent, and what the change would do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from diplograph.validation import Finding, Report
from diplograph.validation.renderings import words
from diplograph.web import links

AROUND = 3
"""Lines shown before and after one that is marked, where the text is long."""
WHOLE = 400
"""Lines up to which a text is shown whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text; `gap` says that lines are left out before it."""

    number: int
    text: str
    severity: str | None
    gap: bool


def page(report: Report, source: str) -> Mapping[str, Any]:
    """What the page shows of a report on a text."""
    marks = marked(report)
    return {
        "report": report,
        "changes": Counter(finding.change for finding in report.findings),
        "findings": [_row(finding, report) for finding in report.findings],
        "uncovered": [
            {
                "triple": triple,
                "line": place.line if place else None,
                "column": place.column if place else None,
            }
            for triple, place in zip(
                report.uncovered, report.uncovered_at or [None] * len(report.uncovered), strict=True
            )
        ],
        "lines": lines(source, marks),
    }


def marked(report: Report) -> dict[int, str]:
    """The gravest severity at each line that something is found at."""
    marks = {place.line: "violation" for place in report.uncovered_at if place}
    for finding in reversed(report.findings):
        if finding.line and finding.change != "repaired" and marks.get(finding.line) != "violation":
            marks[finding.line] = finding.severity
    return marks


def lines(source: str, marks: Mapping[int, str]) -> list[Line]:
    """The lines of a text with their marks; of a long text those around the marks."""
    texts = source.replace("\r\n", "\n").split("\n")
    wanted = list(range(1, len(texts) + 1))
    if len(texts) > WHOLE:
        near = {line + step for line in marks for step in range(-AROUND, AROUND + 1)}
        wanted = [number for number in wanted if number in near]
    found, before = [], 0
    for number in wanted:
        found.append(Line(number, texts[number - 1], marks.get(number), gap=number > before + 1))
        before = number
    return found


def _row(finding: Finding, report: Report) -> dict[str, object]:
    focus = finding.focus
    return {
        "severity": finding.severity,
        "shape": links.iri_cell(finding.shape),
        "message": finding.message,
        "cure": finding.cure,
        "focus": links.iri_cell(focus, report.labels.get(focus)) if focus else None,
        "expected": words.expected(finding, report),
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "change": finding.change,
        "fix": finding.fix,
        "edits": json.dumps([asdict(edit) for edit in finding.fix.edits]) if finding.fix else None,
    }
