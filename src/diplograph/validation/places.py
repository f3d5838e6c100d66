"""The place of each finding of a report: the wrong triple, or the block of a subject that lacks one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import pyoxigraph

from diplograph.turtle.alignment import written
from diplograph.turtle.statements import Statement
from diplograph.validation import positions
from diplograph.validation.positions import Parsed, Positions, Range
from diplograph.validation.report import Finding, Place, Report
from diplograph.vocab import SH

_STEP = re.compile(r"<([^>]*)>")
_COUNTED = {str(SH[f"{name}ConstraintComponent"]) for name in ("MaxCount", "QualifiedMaxCount", "UniqueLang")}
_MISSING = {str(SH[f"{name}ConstraintComponent"]) for name in ("MinCount", "QualifiedMinCount", "HasValue")}
Ranked = tuple[int, Range]


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was validated: the name to print, its bytes and its syntax.

    `base` is the graph that it was parsed for, `parsed` what `uploads.parse` made of it then.
    """

    name: str | None
    content: bytes
    syntax: str
    base: str
    parsed: Parsed = field(default_factory=dict)

    def positions(self) -> Positions:
        """Read where the statements stand."""
        return positions.read(self.content.decode("utf-8"), self.syntax, self.base, self.parsed)


def located(report: Report, texts: Iterable[Text]) -> Report:
    """Return the report with a place for each finding and each uncovered triple that the texts hold.

    The texts are read only when there is something to place.
    """
    if not report.findings and not report.uncovered:
        return report
    known = [(text.name, text.positions()) for text in texts]
    findings = [_placed(finding, known) for finding in report.findings]
    return replace(
        report, findings=findings, uncovered_at=[_stated(line, known) for line in report.uncovered]
    )


def _placed(finding: Finding, texts: Sequence[tuple[str | None, Positions]]) -> Finding:
    """Return the finding at the best place in any text: the triple, else the subject, else a mention."""
    ranked = [(*found, name) for name, at in texts if (found := _ranked(finding, at))]
    if not ranked:
        return finding
    _, where, name = min(ranked, key=lambda item: item[0])
    return replace(
        finding,
        file=name,
        line=where.line,
        column=where.column,
        end_line=where.end_line,
        end_column=where.end_column,
    )


def _ranked(finding: Finding, at: Positions) -> Ranked | None:
    if statement := _statement(finding, at):
        return 0, at.range(statement.object_span)
    if finding.focus and (subject := at.of_subject(finding.focus)):
        return 1, subject
    for rank, term in enumerate((finding.value, finding.focus), 2):
        if term and (mentions := at.naming(term)):
            return rank, at.range(mentions[0].object_span)
    return None


def _statement(finding: Finding, at: Positions) -> Statement | None:
    """Return the statement that a finding objects to; None where something is missing."""
    if finding.focus is None or finding.component in _MISSING:
        return None
    path = finding.path or ""
    steps = _STEP.findall(path) if "<" in path else [path]
    said = [s for s in at.about(finding.focus) if s.predicate in steps]
    if finding.value is not None:
        return _with_value(finding, at, said, steps)
    if not said:
        return None
    return said[-1] if finding.component in _COUNTED else said[0]


def _with_value(finding: Finding, at: Positions, said: list[Statement], steps: list[str]) -> Statement | None:
    """Return the statement that gives the value: of the focus, at the path's end, or back to the focus."""
    focus, value = finding.focus or "", positions.normal(finding.value or "")
    reached = {focus, *(s.object for s in said)}
    naming, back = at.naming(value), at.about(value)
    choices = (
        [s for s in said if s.object == value],
        [s for s in naming if s.subject == focus],
        [s for s in naming if s.predicate in steps and s.subject in reached],
        [s for s in back if s.predicate in steps and s.object in reached],
        [s for s in naming if s.predicate in steps],
    )
    return next((found[0] for found in choices if found), said[0] if len(said) == 1 else None)


def _stated(line: str, texts: Sequence[tuple[str | None, Positions]]) -> Place | None:
    """Return where a triple in N-Triples is stated, or else its subject."""
    triple = next(iter(pyoxigraph.parse(line, pyoxigraph.RdfFormat.N_TRIPLES)))
    terms = written(triple.subject), triple.predicate.value, written(triple.object)
    for name, at in texts:
        if where := at.of_triple(*terms) or at.of_subject(terms[0]):
            return Place(name, where.line, where.column)
    return None
