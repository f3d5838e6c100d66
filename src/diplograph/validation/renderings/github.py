"""A validation report as workflow commands: GitHub shows them as annotations beside the lines.

See https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from collections.abc import Iterator, Mapping

from diplograph.validation.renderings import words
from diplograph.validation.report import Finding, Report

_COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}
Properties = Mapping[str, str | int | None]


def to_github(report: Report) -> str:
    """Return one command a finding, those that were repaired left out, and the verdict as the last line."""
    return "\n".join([*_commands(report), words.verdict(report)]) + "\n"


def command(name: str, text: str, properties: Properties) -> str:
    """Return a workflow command, its text and properties escaped; what is None or empty is left out."""
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if given else ''}{given}::{_data(text)}"


def _commands(report: Report) -> Iterator[str]:
    for finding in report.findings:
        if finding.change != "repaired":
            yield command(
                _COMMANDS[finding.severity],
                words.sentence(finding, report),
                {**_where(finding), "title": _title(finding)},
            )
    for shape, more in report.more.items():
        yield command("notice", f"{more} more findings of {shape}", {"title": words.shape(shape)})
    for triple, at in words.uncovered(report):
        where = {"file": at.file, "line": at.line, "col": at.column} if at else {}
        yield command("error", f"{words.UNCOVERED} {triple}", {**where, "title": "Uncovered"})


def _title(finding: Finding) -> str:
    standing = " (standing)" if finding.change == "standing" else ""
    return words.shape(finding.shape) + standing


def _where(finding: Finding) -> Properties:
    """Return the place; GitHub takes the column of an end only on the line of the start."""
    if finding.file is None or finding.line is None:
        return {"file": finding.file}
    one_line = finding.end_line == finding.line
    return {
        "file": finding.file,
        "line": finding.line,
        "endLine": finding.end_line,
        "col": finding.column if one_line else None,
        "endColumn": finding.end_column if one_line else None,
    }


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str | int | None) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
