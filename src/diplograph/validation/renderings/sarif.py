"""A validation report as SARIF: the shapes are the rules.

See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from diplograph import __version__
from diplograph.validation.renderings import words
from diplograph.validation.report import Edit, Finding, Place, Report
from diplograph.validation.uploads import UPLOAD
from diplograph.vocab import DGS

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
UNCOVERED = str(DGS.Uncovered)
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_STATES = {"new": "new", "standing": "unchanged", "repaired": "absent"}
Members = dict[str, Any]


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
        "properties": {"conforms": report.conforms, "release": report.release, "omitted": report.omitted},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rules(report: Report) -> list[Members]:
    rules = [
        _rule(shape, report.labels.get(shape) or words.shape(shape), found[0].cure, found[0].severity)
        for shape, found in report.by_shape().items()
    ]
    if report.uncovered:
        rules.append(_rule(UNCOVERED, "covered by no shape", words.UNCOVERED_CURE, "violation"))
    return rules


def _rule(shape: str, name: str, cure: str, severity: str) -> Members:
    return {
        "id": words.shape(shape),
        "shortDescription": {"text": name},
        "help": {"text": cure},
        "helpUri": shape,
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }


def _results(report: Report, rules: Mapping[str, int]) -> Iterator[Members]:
    for finding in report.findings:
        yield _result(finding, report) | {"ruleIndex": rules[finding.shape]}
    for triple, at in words.uncovered(report):
        yield {
            "ruleId": words.shape(UNCOVERED),
            "ruleIndex": rules[UNCOVERED],
            "level": "error",
            "message": {"text": f"{words.UNCOVERED} {triple}"},
            "locations": _locations(at, None),
            "partialFingerprints": {"finding/v1": _digest(UNCOVERED, triple)},
        }


def _result(finding: Finding, report: Report) -> Members:
    result = {
        "ruleId": words.shape(finding.shape),
        "level": _LEVELS[finding.severity],
        "message": {"text": words.sentence(finding, report)},
        "locations": _locations(finding, finding.focus),
        "partialFingerprints": {"finding/v1": _digest(*finding.key)},
        "baselineState": _STATES[finding.change],
    }
    if finding.fix:
        result["fixes"] = [_fix(finding)]
    return result


def _locations(at: Finding | Place | None, focus: str | None) -> list[Members]:
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


def _region(at: Finding | Place | Edit) -> Members:
    """Return the region; SARIF too counts from one and leaves the end column out."""
    region = {"startLine": at.line, "startColumn": at.column}
    if not isinstance(at, Place) and at.end_line and at.end_column:
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
