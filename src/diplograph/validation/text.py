"""A validation report in plain words."""

import re
from collections.abc import Iterator

from diplograph.validation.report import Finding, Report
from diplograph.vocab import short

_COMPONENT = re.compile(r"#(\w+?)ConstraintComponent$")
_EXPECTED = {
    "MinCount": "expected a value of {path}, found {value}",
    "MaxCount": "expected fewer values of {path}, found {value}",
    "QualifiedMinCount": "expected one more fitting value of {path}, found {value}",
    "QualifiedMaxCount": "expected fewer such values of {path}, found {value}",
    "Class": "expected a thing of the right class at {path}, found {value}",
    "Datatype": "expected another datatype at {path}, found {value}",
    "NodeKind": "expected an IRI at {path}, found {value}",
    "Pattern": "expected another form at {path}, found {value}",
    "In": "expected one of the listed values at {path}, found {value}",
    "UniqueLang": "expected one value of {path} per language, found {value}",
}


def to_text(report: Report) -> str:
    """Return the report: each finding with its place, what was expected, the cure and the shape."""
    blocks = ["\n".join(_lines(finding, report)) for finding in report.findings]
    blocks += [f"violation  no shape covers this triple\n  {triple}" for triple in report.uncovered]
    return "\n\n".join([*blocks, _summary(report)]) + "\n"


def written(iri: str) -> str:
    """Return an IRI by its prefix, or in angle brackets; blank nodes and literals as they are."""
    if iri.startswith(("_:", '"')):
        return iri
    name = short(iri)
    return name if name != iri else f"<{iri}>"


def _lines(finding: Finding, report: Report) -> Iterator[str]:
    place = "".join(f"{part}:" for part in (finding.file, finding.line, finding.column) if part)
    change = "" if finding.change == "new" else f" ({finding.change})"
    yield f"{place}{' ' if place else ''}{finding.severity}{change}  {_named(finding.focus, report)}"
    yield f"  {finding.message}"
    if finding.value is not None or _component(finding) in _EXPECTED:
        yield f"  {_expected(finding, report)}"
    yield f"  cure: {finding.cure}"
    yield f"  shape: {finding.shape}"


def _named(term: str | None, report: Report) -> str:
    if term is None:
        return "the file"
    label = report.labels.get(term)
    return f"{written(term)} ({label})" if label else written(term)


def _expected(finding: Finding, report: Report) -> str:
    pattern = _EXPECTED.get(_component(finding), "at {path}, found {value}")
    value = "nothing" if finding.value is None else _named(finding.value, report)
    return pattern.format(path=_path(finding.path), value=value)


def _component(finding: Finding) -> str:
    found = _COMPONENT.search(finding.component)
    return found[1] if found else ""


def _path(path: str | None) -> str:
    if path is None:
        return "the node"
    return re.sub(r"<([^>]*)>", lambda found: written(found[1]), path if "<" in path else f"<{path}>")


def _summary(report: Report) -> str:
    counts = [(len(report.of_severity("violation")) + len(report.uncovered), "violation")]
    counts += [(len(report.of_severity("warning")), "warning"), (len(report.of_severity("info")), "remark")]
    said = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)
    left = f", {report.omitted} more left out" if report.omitted else ""
    return f"{'conforms' if report.conforms else 'does not conform'}: {said}{left}"
