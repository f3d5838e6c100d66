"""A validation report in plain words, for a terminal or an editor."""

from collections.abc import Iterator

from diplograph.validation.renderings import words
from diplograph.validation.report import Finding, Report


def to_text(report: Report) -> str:
    """Return the report: each finding with its place, what was expected, the cure and the shape.

    After the last finding of a shape stands how many more of it were left out.
    """
    blocks = []
    for shape, findings in report.by_shape().items():
        blocks += ["\n".join(_lines(finding, report)) for finding in findings]
        if more := report.more.get(shape):
            blocks.append(f"and {more} more of shape {shape}")
    for triple, at in words.uncovered(report):
        blocks.append(f"{_start(words.place(at))}violation  {words.UNCOVERED}\n  {triple}")
    return "\n\n".join([*blocks, words.verdict(report)]) + "\n"


def _lines(finding: Finding, report: Report) -> Iterator[str]:
    change = "" if finding.change == "new" else f" ({finding.change})"
    about = words.named(finding.focus, report)
    yield f"{_start(words.place(finding))}{finding.severity}{change}  {about}"
    yield f"  {finding.message}"
    if found := words.expected(finding, report):
        yield f"  {found}"
    yield f"  cure: {finding.cure}"
    if finding.fix:
        yield f"  fix: {finding.fix.title}{' (safe)' if finding.fix.safe else ''}"
        yield from (f"    {line}" for line in finding.fix.diff.splitlines())
    yield f"  shape: {finding.shape}"


def _start(place: str) -> str:
    return f"{place} " if place else ""
