"""Reports for services that run checks: GitHub annotations, SARIF 2.1.0 and JUnit XML."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from diplograph import __version__
from diplograph.namespaces import DGS
from diplograph.rdf import rdf_xml
from diplograph.validation.rdf_parsing import UPLOAD
from diplograph.validation.renderings import wording
from diplograph.validation.report import Edit, Finding, Location, Report

_COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}
Properties = Mapping[str, str | int | None]
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
UNCOVERED = str(DGS.Uncovered)
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_STATES = {"new": "new", "standing": "unchanged", "repaired": "absent"}
Members = dict[str, Any]


def to_github(report: Report) -> str:
    """Return one command a finding, those that were repaired left out, and the verdict as the last line."""
    return "\n".join([*_commands(report), wording.verdict(report)]) + "\n"


def command(name: str, text: str, properties: Properties) -> str:
    """Return a workflow command, its text and properties escaped; what is None or empty is left out."""
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if given else ''}{given}::{_data(text)}"


def _commands(report: Report) -> Iterator[str]:
    for finding in report.findings:
        if finding.change != "repaired":
            yield command(
                _COMMANDS[finding.severity],
                wording.sentence(finding, report),
                {**_where(finding), "title": _title(finding)},
            )
    for shape, more in report.more.items():
        yield command("notice", f"{more} more findings of {shape}", {"title": wording.shape(shape)})
    for triple, at in wording.uncovered(report):
        where = {"file": at.file, "line": at.line, "col": at.column} if at else {}
        yield command("error", f"{wording.UNCOVERED} {triple}", {**where, "title": "Uncovered"})
    if left := wording.uncovered_left_out(report):
        yield command("notice", left, {"title": "Uncovered"})


def _title(finding: Finding) -> str:
    standing = " (standing)" if finding.change == "standing" else ""
    return wording.shape(finding.shape) + standing


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


def to_junit(report: Report) -> str:
    """Return a suite for each shape with findings: violations and warnings fail, remarks are skipped.

    Repaired findings are left out; data without findings is one test that passes.
    """
    root = Element("testsuites", name="diplograph check")
    for shape, findings in report.by_shape().items():
        suite = SubElement(root, "testsuite", name=wording.shape(shape))
        for finding in findings:
            if finding.change != "repaired":
                _case(suite, finding, report)
    for triple, at in wording.uncovered(report):
        suite = SubElement(root, "testsuite", name="Uncovered")
        case = SubElement(suite, "testcase", classname="Uncovered", name=_valid(triple))
        _outcome(case, "violation", wording.UNCOVERED, f"{wording.place(at)} {triple}")
    _note(root, "Uncovered", wording.uncovered_left_out(report), "violation")
    _note(root, "UndefinedName", wording.consequences(report), "info")
    if not len(root):
        suite = SubElement(root, "testsuite", name="shapes")
        SubElement(suite, "testcase", classname="shapes", name="conforms")
    for suite in [*root.iter("testsuite"), root]:
        suite.set("tests", str(sum(1 for _ in suite.iter("testcase"))))
        suite.set("failures", str(sum(1 for _ in suite.iter("failure"))))
        suite.set("skipped", str(sum(1 for _ in suite.iter("skipped"))))
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _note(root: Element, name: str, said: str, severity: str) -> None:
    if not said:
        return
    suite = SubElement(root, "testsuite", name=name)
    _outcome(SubElement(suite, "testcase", classname=name, name=said), severity, said, said)


def _case(suite: Element, finding: Finding, report: Report) -> None:
    name = f"{wording.place(finding)} {wording.named(finding.focus, report)}".strip()
    case = SubElement(suite, "testcase", classname=wording.shape(finding.shape), name=_valid(name))
    if finding.file:
        case.set("file", _valid(finding.file))
        case.set("line", str(finding.line or 1))
    detail = f"{wording.place(finding)} {wording.sentence(finding, report)}\n{finding.shape}"
    _outcome(case, finding.severity, finding.message, detail)


def _outcome(case: Element, severity: str, message: str, detail: str) -> None:
    tag = "skipped" if severity == "info" else "failure"
    outcome = SubElement(case, tag, message=_valid(message))
    outcome.text = _valid(detail.strip())
    if tag == "failure":
        outcome.set("type", severity)


def _valid(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold."""
    return rdf_xml.NOT_XML.sub("\ufffd", text)


def to_sarif(report: Report) -> str:
    """Return the log of one run: rules, results with regions, fingerprints, changes and proposed fixes."""
    rules = _rules(report)
    places = {rule["helpUri"]: number for number, rule in enumerate(rules)}
    driver = {
        "name": "diplograph",
        "version": __version__,
        "informationUri": str(DGS).rstrip("#"),
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [*_results(report, places)],
        "properties": {
            "conforms": report.conforms,
            "release": report.release,
            "omitted": report.omitted,
            "uncovered_omitted": report.uncovered_omitted,
            "consequences": report.consequences,
        },
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rules(report: Report) -> list[Members]:
    rules = [
        _rule(shape, report.labels.get(shape) or wording.shape(shape), found[0].cure, found[0].severity)
        for shape, found in report.by_shape().items()
    ]
    if report.uncovered:
        rules.append(_rule(UNCOVERED, "covered by no shape", wording.UNCOVERED_CURE, "violation"))
    return rules


def _rule(shape: str, name: str, cure: str, severity: str) -> Members:
    return {
        "id": wording.shape(shape),
        "shortDescription": {"text": name},
        "help": {"text": cure},
        "helpUri": shape,
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


def _results(report: Report, rules: Mapping[str, int]) -> Iterator[Members]:
    for finding in report.findings:
        yield _result(finding, report) | {"ruleIndex": rules[finding.shape]}
    for triple, at in wording.uncovered(report):
        yield {
            "ruleId": wording.shape(UNCOVERED),
            "ruleIndex": rules[UNCOVERED],
            "level": "error",
            "message": {"text": f"{wording.UNCOVERED} {triple}"},
            "locations": _locations(at, None),
            "partialFingerprints": {"finding/v1": _digest(UNCOVERED, triple)},
        }


def _result(finding: Finding, report: Report) -> Members:
    result = {
        "ruleId": wording.shape(finding.shape),
        "level": _LEVELS[finding.severity],
        "message": {"text": wording.sentence(finding, report)},
        "locations": _locations(finding, finding.focus),
        "partialFingerprints": {"finding/v1": _digest(*finding.key)},
        "baselineState": _STATES[finding.change],
    }
    if finding.fix:
        result["fixes"] = [_fix(finding)]
    return result


def _locations(at: Finding | Location | None, focus: str | None) -> list[Members]:
    location: Members = {}
    if at and (at.file or at.line):
        location["physicalLocation"] = {"artifactLocation": _artifact(at.file)}
        if at.line:
            location["physicalLocation"]["region"] = _region(at)
    if focus:
        location["logicalLocations"] = [{"fullyQualifiedName": focus, "kind": "resource"}]
    return [location] if location else []


def _artifact(name: str | None) -> Members:
    if name is None:
        return {"uri": UPLOAD}
    path = PurePath(name)
    return {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}


def _region(at: Finding | Location | Edit) -> Members:
    """Return the region; SARIF too counts from one and leaves the end column out."""
    region = {"startLine": at.line, "startColumn": at.column}
    if not isinstance(at, Location) and at.end_line and at.end_column:
        region |= {"endLine": at.end_line, "endColumn": at.end_column}
    return region


def _fix(finding: Finding) -> Members:
    title, edits = (finding.fix.title, finding.fix.edits) if finding.fix else ("", ())
    replacements = [
        {"deletedRegion": _region(edit), "insertedContent": {"text": edit.text}} for edit in edits
    ]
    change = {"artifactLocation": _artifact(finding.file), "replacements": replacements}
    return {"description": {"text": title}, "artifactChanges": [change]}


def _digest(*parts: str | None) -> str:
    return hashlib.sha256("\n".join(part or "" for part in parts).encode("utf-8")).hexdigest()
