"""A report as a value: order, JSON, comparison, text and Turtle."""

import json

from rdflib import Literal

from diplograph.namespaces import DG, DGS, ID, RDF, SH
from diplograph.rdf import turtle
from diplograph.validation import Edit, Finding, Fix, Report, compared
from diplograph.validation.renderings import to_text, to_turtle

MIN = str(SH.MinCountConstraintComponent)


def finding(name: str = "Act-evidence", **changed: object) -> Finding:
    members: dict[str, object] = {
        "severity": "violation",
        "shape": str(DGS[name]),
        "component": MIN,
        "focus": str(ID["act/example"]),
        "path": str(DG.evidence),
        "value": None,
        "message": "This act has no evidence.",
        "cure": "Add dg:evidence.",
    }
    return Finding(**{**members, **changed})  # type: ignore[arg-type]


def test_violation_breaks_conformance_and_warning_does_not():
    assert not Report.of([finding()]).conforms
    assert Report.of([finding(severity="warning"), finding(severity="info")]).conforms


def test_uncovered_triple_breaks_conformance():
    assert not Report.of([], ["<urn:s> <urn:p> <urn:o> ."]).conforms


def test_repaired_violation_leaves_the_report_conforming():
    assert Report.of([finding(change="repaired")]).conforms


def test_findings_over_the_limit_are_counted_and_the_gravest_kept():
    report = Report.of([finding(severity="info"), finding(), finding("Act-when")], limit=2)

    assert [f.severity for f in report.findings] == ["violation", "violation"]
    assert report.omitted == 1


def test_uncovered_triples_over_the_limit_are_counted_like_findings():
    triples = [f"<urn:s> <urn:p> <urn:o{number}> ." for number in range(5)]
    report = Report.of([finding()], triples, limit=3)

    assert (report.conforms, report.uncovered, report.uncovered_omitted) == (False, triples[:3], 2)
    assert Report.from_json(report.to_json()) == report


def test_json_has_exactly_the_members_of_the_interface_and_reads_back():
    report = Report.of(
        [finding(file="a.ttl", line=3, column=1)], ["<urn:s> <urn:p> <urn:o> ."], "0123456789abcdef"
    )

    members = json.loads(report.to_json())

    assert list(members) == [
        "conforms",
        "release",
        "findings",
        "uncovered",
        "omitted",
        "uncovered_at",
        "uncovered_omitted",
        "consequences",
    ]
    assert list(members["findings"][0]) == [
        "severity", "shape", "component", "focus", "path", "value", "message", "cure",
        "file", "line", "column", "change", "fix", "end_line", "end_column",
    ]  # fmt: skip
    assert Report.from_json(report.to_json()) == report


def test_proposed_fix_is_part_of_the_json_and_reads_back():
    mend = Fix("Write the date as it is", (Edit(3, 14, 3, 30, '"2022-04-20"^^xsd:date'),), safe=True)
    report = Report.of([finding(file="a.ttl", line=3, column=14, fix=mend), finding("Act-when")])

    fixes = [found["fix"] for found in json.loads(report.to_json())["findings"]]

    assert fixes == [
        {
            "title": mend.title,
            "edits": [{"line": 3, "column": 14, "end_line": 3, "end_column": 30, "text": mend.edits[0].text}],
            "safe": True,
            "diff": "",
        },
        None,
    ]
    assert Report.from_json(report.to_json()) == report


def test_findings_are_new_standing_or_repaired_by_what_they_are_about():
    old, kept, fresh = finding("Act-when"), finding("Act-actor"), finding("Act-target")

    changes = {f.shape: f.change for f in compared([kept, fresh], [old, kept])}

    assert changes == {old.shape: "repaired", kept.shape: "standing", fresh.shape: "new"}


def test_text_names_thing_defect_expectation_cure_and_shape():
    report = Report.of(
        [finding(file="a.ttl", line=3, column=1)], labels={str(ID["act/example"]): "An example"}
    )

    assert to_text(report).splitlines() == [
        "a.ttl:3:1: violation  act:example (An example)",
        "  This act has no evidence.",
        "  expected a value of dg:evidence, found nothing",
        "  cure: Add dg:evidence.",
        f"  shape: {DGS['Act-evidence']}",
        "",
        "does not conform: 1 violation, 0 warnings, 0 remarks",
    ]


def test_turtle_is_a_validation_report():
    path = f"<{DG.actor}>|^<{DG.actingBody}>/<{DG.organOf}>"
    literal = '"08"^^<http://www.w3.org/2001/XMLSchema#integer>'
    report = Report.of(
        [finding(path=path, value=literal), finding(focus="_:b", value=str(ID["state/japan"]))]
    )

    graph = turtle.parse(to_turtle(report))

    node = graph.value(None, RDF.type, SH.ValidationReport)
    assert graph.value(node, SH.conforms) == Literal(False)
    assert len(list(graph.objects(node, SH.result))) == 2
    assert len(list(graph.objects(None, SH.alternativePath))) == 1
    assert {str(value) for value in graph.objects(None, SH.value)} == {"08", str(ID["state/japan"])}
