"""A validation report as JUnit XML, which every service for continuous integration shows."""

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from diplograph.validation.renderings import words
from diplograph.validation.report import Finding, Report

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(report: Report) -> str:
    """Return a suite for each shape with findings: violations and warnings fail, remarks are skipped.

    Repaired findings are left out; data without findings is one test that passes.
    """
    root = Element("testsuites", name="diplograph check")
    for shape, findings in report.by_shape().items():
        suite = SubElement(root, "testsuite", name=words.shape(shape))
        for finding in findings:
            if finding.change != "repaired":
                _case(suite, finding, report)
    for triple, at in words.uncovered(report):
        suite = SubElement(root, "testsuite", name="Uncovered")
        case = SubElement(suite, "testcase", classname="Uncovered", name=_valid(triple))
        _outcome(case, "violation", words.UNCOVERED, f"{words.place(at)} {triple}")
    if not len(root):
        suite = SubElement(root, "testsuite", name="shapes")
        SubElement(suite, "testcase", classname="shapes", name="conforms")
    for suite in [*root.iter("testsuite"), root]:
        suite.set("tests", str(sum(1 for _ in suite.iter("testcase"))))
        suite.set("failures", str(sum(1 for _ in suite.iter("failure"))))
        suite.set("skipped", str(sum(1 for _ in suite.iter("skipped"))))
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: Element, finding: Finding, report: Report) -> None:
    name = f"{words.place(finding)} {words.named(finding.focus, report)}".strip()
    case = SubElement(suite, "testcase", classname=words.shape(finding.shape), name=_valid(name))
    if finding.file:
        case.set("file", _valid(finding.file))
        case.set("line", str(finding.line or 1))
    detail = f"{words.place(finding)} {words.sentence(finding, report)}\n{finding.shape}"
    _outcome(case, finding.severity, finding.message, detail)


def _outcome(case: Element, severity: str, message: str, detail: str) -> None:
    tag = "skipped" if severity == "info" else "failure"
    outcome = SubElement(case, tag, message=_valid(message))
    outcome.text = _valid(detail.strip())
    if tag == "failure":
        outcome.set("type", severity)


def _valid(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)
