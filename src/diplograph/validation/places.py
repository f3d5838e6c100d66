"""The place of each finding of a report: the wrong triple, or the block of a subject that lacks one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pyoxigraph

from diplograph.turtle.alignment import written
from diplograph.turtle.statements import Span, Statement
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
    """Return the best place of a finding in a text, and how good it is: the lower the better."""
    for rank, found in enumerate(_choices(finding, at)):
        if found:
            return rank, at.range(found[0])
    return None


def _choices(finding: Finding, at: Positions) -> Iterator[list[Span]]:
    """Yield the places of a finding, the best first: its triple, its subject, where it is spoken of."""
    focus, path = finding.focus or "", finding.path or ""
    steps = _STEP.findall(path) if "<" in path else [path]
    said = [s for s in at.about(focus) if s.predicate in steps]
    if finding.value is not None:
        yield from _with_value(finding.value, focus, said, at)
    is_said = finding.component not in _MISSING and (finding.value is None or len(said) == 1)
    yield _objects(said[::-1] if finding.component in _COUNTED else said) if is_said else []
    yield [at.blocks[focus]] if focus in at.blocks else []
    if finding.value is not None:
        yield _objects([s for s in at.naming(finding.value) if s.predicate in steps])
        yield _objects(at.naming(finding.value))
    yield _objects(at.naming(focus))


def _with_value(value: str, focus: str, said: list[Statement], at: Positions) -> Iterator[list[Span]]:
    """Yield where the value is given: by the focus, at the end of the path, or as what names the focus."""
    reached = {focus, *(s.object for s in said)}
    yield _objects([s for s in at.naming(value) if s in said])
    yield _objects([s for s in at.naming(value) if s.subject in reached])
    yield _objects([s for s in at.about(positions.normal(value)) if s.object in reached])


def _objects(found: Iterable[Statement]) -> list[Span]:
    return [statement.object_span for statement in found]


def _stated(line: str, texts: Sequence[tuple[str | None, Positions]]) -> Place | None:
    """Return where a triple in N-Triples is stated, or else its subject."""
    triple = next(iter(pyoxigraph.parse(line, pyoxigraph.RdfFormat.N_TRIPLES)))
    terms = written(triple.subject), triple.predicate.value, written(triple.object)
    for name, at in texts:
        if where := at.of_triple(*terms) or at.of_subject(terms[0]):
            return Place(name, where.line, where.column)
    return None
