"""Wording that renderings share: names, what was expected, the verdict."""

import re

from diplograph.namespaces import short, split
from diplograph.validation.report import Finding, Location, Report

UNCOVERED = "No shape covers this triple."
UNCOVERED_CURE = "Give the subject a class and use the properties of the ontology, or take the triple out."
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


def written(iri: str) -> str:
    """Return an IRI by its prefix, or in angle brackets; what a literal hides is shown by its code point."""
    if iri.startswith(("_:", '"')):
        return _visible(iri)
    name = short(iri)
    return name if name != iri else f"<{iri}>"


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in text)


def named(term: str | None, report: Report) -> str:
    """Return a term by its prefix, with its label where it is known."""
    if term is None:
        return "the file"
    label = _visible(" ".join(report.labels.get(term, "").split()))
    return f"{written(term)} ({label})" if label else written(term)


def expected(finding: Finding, report: Report) -> str | None:
    """Return what was expected against what was found; None where the message says it all."""
    found = _COMPONENT.search(finding.component)
    pattern = _EXPECTED.get(found[1] if found else "")
    if pattern is None and finding.value is None:
        return None
    value = "nothing" if finding.value is None else named(finding.value, report)
    if finding.focus is None and finding.path is None:
        return f"found {value}"
    return (pattern or "at {path}, found {value}").format(path=_path(finding.path), value=value)


def sentence(finding: Finding, report: Report) -> str:
    """Return all that there is to say of a finding in a line: what, about which thing, and the cure."""
    about = f"{named(finding.focus, report)}: " if finding.focus else ""
    found = expected(finding, report)
    return f"{about}{finding.message}{f' ({found})' if found else ''} {finding.cure}"


def shape(iri: str) -> str:
    """Return the short name of a shape."""
    return split(iri)[1] or iri


def place(where: Finding | Location | None) -> str:
    """Return `file:line:column:` as far as it is known."""
    parts = (where.file, where.line, where.column) if where else ()
    return "".join(f"{part}:" for part in parts if part is not None)


def uncovered(report: Report) -> list[tuple[str, Location | None]]:
    """Return each triple that no shape covers with its place, if it has one."""
    places = [*report.uncovered_at, *[None] * len(report.uncovered)]
    return list(zip(report.uncovered, places, strict=False))


def uncovered_left_out(report: Report) -> str:
    """Return how many triples that no shape covers are not shown, nothing for none."""
    left = report.uncovered_omitted
    return f"and {left} more triple{'' if left == 1 else 's'} that no shape covers" if left else ""


def consequences(report: Report) -> str:
    """Return how many findings are left out since they follow from an undefined name, nothing for none."""
    left = report.consequences
    return f"{left} that only follow{'s' if left == 1 else ''} from undefined names left out" if left else ""


def verdict(report: Report) -> str:
    """Return the outcome with the number of findings of each severity."""
    counts = [(len(report.of_severity("violation")) + len(report.uncovered), "violation")]
    counts += [(len(report.of_severity("warning")), "warning"), (len(report.of_severity("info")), "remark")]
    said = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)
    omitted = report.omitted + report.uncovered_omitted
    left = f", {omitted} more left out" if omitted else ""
    left += f", {consequences(report)}" if report.consequences else ""
    return f"{'conforms' if report.conforms else 'does not conform'}: {said}{left}"


def _path(path: str | None) -> str:
    if path is None:
        return "the node"
    return re.sub(r"<([^>]*)>", lambda found: written(found[1]), path if "<" in path else f"<{path}>")
