"""Renderings of a report: for people, for programs, for the services that run checks."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from jinja2 import Environment, Template

from diplograph import media
from diplograph.validation.renderings import wording
from diplograph.validation.renderings.ci import command, to_github, to_junit, to_sarif
from diplograph.validation.renderings.turtle import to_turtle
from diplograph.validation.report import Finding, Report

__all__ = ["BY_MEDIA", "RENDERINGS", "command", "to_text", "to_turtle"]
Written = Callable[[Report], str]


def to_html(report: Report) -> str:
    """Return the page: the verdict, the findings by shape with places and cures, the uncovered triples."""
    return _template().render(report=report, words=wording)


@cache
def _template() -> Template:
    text = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)


def to_text(report: Report) -> str:
    """Return the report: each finding with its place, what was expected, the cure and the shape.

    After the last finding of a shape, and the last uncovered triple, stands how many more were left out.
    """
    blocks = []
    for shape, findings in report.by_shape().items():
        blocks += ["\n".join(_lines(finding, report)) for finding in findings]
        if more := report.more.get(shape):
            blocks.append(f"and {more} more of shape {shape}")
    for triple, at in wording.uncovered(report):
        blocks.append(f"{_start(wording.place(at))}violation  {wording.UNCOVERED}\n  {triple}")
    if left := wording.uncovered_left_out(report):
        blocks.append(left)
    return "\n\n".join([*blocks, wording.verdict(report)]) + "\n"


def _lines(finding: Finding, report: Report) -> Iterator[str]:
    change = "" if finding.change == "new" else f" ({finding.change})"
    about = wording.named(finding.focus, report)
    yield f"{_start(wording.place(finding))}{finding.severity}{change}  {about}"
    yield f"  {finding.message}"
    if found := wording.expected(finding, report):
        yield f"  {found}"
    yield f"  cure: {finding.cure}"
    if finding.fix:
        yield f"  fix: {finding.fix.title}{' (safe)' if finding.fix.safe else ''}"
        yield from (f"    {line}" for line in finding.fix.diff.splitlines())
    yield f"  shape: {finding.shape}"


def _start(place: str) -> str:
    return f"{place} " if place else ""


RENDERINGS: Mapping[str, Written] = MappingProxyType(
    {
        "text": to_text,
        "json": Report.to_json,
        "github": to_github,
        "sarif": to_sarif,
        "junit": to_junit,
        "html": to_html,
        "turtle": to_turtle,
    }
)
"""What writes a report, by the name of the format."""
BY_MEDIA: Mapping[str, Written] = MappingProxyType(
    {
        media.JSON: Report.to_json,
        media.TEXT: to_text,
        media.TURTLE: to_turtle,
        media.HTML: to_html,
        media.SARIF: to_sarif,
    }
)
"""What writes a report, by media type."""
