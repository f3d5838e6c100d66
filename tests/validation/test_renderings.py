"""One report in seven renderings: each says the same, in the form that its readers need."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from rdflib import Graph

from diplograph.namespaces import DG, DGS, ID, RDF, SH
from diplograph.validation import Edit, Finding, Fix, Report
from diplograph.validation.renderings import RENDERINGS, to_html, to_text
from diplograph.validation.renderings.ci import SCHEMA, command, to_github, to_junit, to_sarif
from diplograph.validation.report import Location
from schemas import problems, published

EXPULSION = str(ID["act/japan-expels-eight-russians-2022-04"])
DATATYPE = str(SH.DatatypeConstraintComponent)
MIN = str(SH.MinCountConstraintComponent)
HOSTILE = '50% <script>alert("x")</script>,\r\n::error::x]]>&\x00\x1b[31m'
FIX = Fix("Write the date, not text", (Edit(7, 5, 7, 12, '"2022"^^edtf:EDTF'),), safe=False)


def finding(**changed: object) -> Finding:
    members: dict[str, object] = {
        "severity": "violation",
        "shape": str(DGS["Act-evidence"]),
        "component": MIN,
        "focus": EXPULSION,
        "path": str(DG.evidence),
        "value": None,
        "message": "This act has no evidence.",
        "cure": "Add dg:evidence.",
        "file": "data/a 1.ttl",
        "line": 3,
        "column": 1,
        "end_line": 3,
        "end_column": 44,
    }
    return Finding(**{**members, **changed})  # type: ignore[arg-type]


@pytest.fixture
def report() -> Report:
    """A report with each severity, each change, a fix, hostile text and an uncovered triple."""
    found = Report.of(
        [
            finding(),
            finding(change="standing", focus=str(ID["act/the-other"]), file=None, line=None, column=None),
            finding(change="repaired", severity="info", shape=str(DGS["Act-when"])),
            finding(
                severity="warning", shape=str(DGS["Claim-wording"]), message=HOSTILE, component=DATATYPE,
                value='"<b>\\n%"@en', file="/data/ä,b:c.ttl", line=7, end_line=9, end_column=2, fix=FIX,
            ),
        ],
        ["<urn:s> <urn:p> <urn:o> ."],
        "0123456789abcdef",
        labels={EXPULSION: "Japan expels eight <Russians>", str(DGS["Act-evidence"]): "evidence"},
    )  # fmt: skip
    return replace(found, uncovered_at=[Location("b.ttl", 4, 2)])


def test_every_format_of_the_interface_is_written(report: Report):
    assert set(RENDERINGS) == {"text", "json", "github", "sarif", "junit", "html", "turtle"}
    for render in RENDERINGS.values():
        assert render(report)
        assert render(Report.of([]))


def test_text_says_how_many_more_of_a_shape_there_are():
    many = Report.of([finding(focus=str(ID[f"act/{number}"])) for number in range(5)])

    text = to_text(many.shortened(2))

    assert text.count("This act has no evidence.") == 2
    assert f"\n\nand 3 more of shape {DGS['Act-evidence']}\n\n" in text
    assert text.endswith("does not conform: 2 violations, 0 warnings, 0 remarks, 3 more left out\n")


def test_every_format_says_how_many_more_triples_no_shape_covers():
    triples = [f"<urn:s> <urn:p> <urn:o{number}> ." for number in range(5)]
    cut = Report.of([], triples, limit=2)

    for name, render in RENDERINGS.items():
        found = render(cut)
        said = (
            '"uncovered_omitted": 3'
            if name in {"json", "sarif"}
            else "and 3 more triples that no shape covers"
        )
        assert said in found.replace("And", "and"), name
        assert "urn:o3" not in found
    assert "2 violations, 0 warnings, 0 remarks, 3 more left out" in to_text(cut)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1 that only follows from undefined names left out"),
        (7, "7 that only follow from undefined names left out"),
    ],
)
def test_every_format_says_how_many_findings_follow_from_undefined_names(number: int, said: str):
    cut = replace(Report.of([finding()]), consequences=number)

    for name, render in RENDERINGS.items():
        assert (f'"consequences": {number}' if name in {"json", "sarif"} else said) in render(cut), name
        assert "undefined names" not in render(Report.of([finding()])), name


def test_text_names_the_place_of_an_uncovered_triple_and_the_fix(report: Report):
    text = to_text(report)

    assert "b.ttl:4:2: violation  No shape covers this triple.\n  <urn:s> <urn:p> <urn:o> ." in text
    assert "  fix: Write the date, not text\n" in text


def test_what_cannot_be_seen_in_a_label_or_a_value_is_shown_by_its_code_point():
    hidden = Report.of([finding(value='"a\u200b\u0085\x00"')], labels={EXPULSION: "one\n\x1b[31mtwo"})

    for render in (to_text, to_github, to_html):
        text = render(hidden)
        assert "a\\u200B\\u0085\\u0000" in text
        assert "one \\u001B[31mtwo" in text
        assert not {"\u200b", "\x85", "\x00", "\x1b"} & set(text)


def test_annotation_has_file_lines_and_title(report: Report):
    first = to_github(report).splitlines()[0]

    assert first == (
        "::error file=data/a 1.ttl,line=3,endLine=3,col=1,endColumn=44,title=Act-evidence::"
        "act:japan-expels-eight-russians-2022-04 (Japan expels eight <Russians>): This act has no evidence."
        " (expected a value of dg:evidence, found nothing) Add dg:evidence."
    )


def test_annotation_cannot_be_ended_or_begun_by_its_text(report: Report):
    lines = to_github(report).splitlines()

    assert [line.split("::")[1].split()[0] for line in lines[:-1]] == ["error", "error", "warning", "error"]
    assert "file=/data/ä%2Cb%3Ac.ttl," in lines[2]
    assert '50%25 <script>alert("x")</script>,%0D%0A::error::x' in lines[2]
    assert command("notice", "x", {}) == "::notice::x"


def test_sarif_is_valid_against_the_published_schema(report: Report):
    assert problems(json.loads(to_sarif(report)), SCHEMA) == []
    assert problems(json.loads(to_sarif(Report.of([]))), SCHEMA) == []
    assert published(SCHEMA)["properties"]["version"]["enum"] == ["2.1.0"]


def test_sarif_results_point_at_their_rules_and_places(report: Report):
    (run,) = json.loads(to_sarif(report))["runs"]
    rules = run["tool"]["driver"]["rules"]
    first, standing, warning, _, uncovered = run["results"]

    assert all(result["ruleId"] == rules[result["ruleIndex"]]["id"] for result in run["results"])
    assert rules[0]["shortDescription"]["text"] == "evidence"
    assert rules[0]["helpUri"] == str(DGS["Act-evidence"])
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "data/a%201.ttl"},
        "region": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 44},
    }
    assert (first["baselineState"], standing["baselineState"]) == ("new", "unchanged")
    assert "physicalLocation" not in standing["locations"][0]
    assert warning["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"]["startColumn"] == 5
    assert uncovered["locations"][0]["physicalLocation"]["region"]["startLine"] == 4


def test_sarif_fingerprint_stays_when_the_finding_moves():
    def fingerprint(**changed: object) -> str:
        (run,) = json.loads(to_sarif(Report.of([finding(**changed)])))["runs"]
        return run["results"][0]["partialFingerprints"]["finding/v1"]

    assert fingerprint(line=30, file="b.ttl") == fingerprint()
    assert fingerprint(focus=str(ID["act/other"])) != fingerprint()


def test_junit_counts_failures_and_holds_hostile_text(report: Report):
    root = ElementTree.fromstring(to_junit(report))

    assert {name: root.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "4", "failures": "4", "skipped": "0",
    }  # fmt: skip
    failures = [failure.get("message") for failure in root.iter("failure")]
    assert any("<script>" in str(message) and "\x00" not in str(message) for message in failures)


def test_junit_of_conforming_data_is_one_test_that_passes():
    root = ElementTree.fromstring(to_junit(Report.of([])))

    assert (root.get("tests"), root.get("failures")) == ("1", "0")


def test_page_is_whole_by_itself_and_runs_nothing(report: Report):
    page = to_html(report)

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"""(src|srcset|action)\s*=|@import|url\(|<link""", page)
    assert "Japan expels eight &lt;Russians&gt;" in page
    assert "data/a 1.ttl:3:1:" in page
    assert f'href="{DGS["Act-evidence"]}"' in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_turtle_is_a_validation_report_without_what_was_repaired(report: Report):
    graph = Graph().parse(data=RENDERINGS["turtle"](report), format="turtle")

    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert len(list(graph.objects(node, SH.result))) == 3
