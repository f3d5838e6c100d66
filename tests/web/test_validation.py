"""Validation over HTTP: what is read, what is refused, and how the report is told."""

import gzip
import io
import json
import time

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Namespace
from rdflib.namespace import RDF
from werkzeug.test import TestResponse

from diplograph import media
from diplograph.namespaces import DG, DGS
from diplograph.validation import Edit, Finding, Fix, Report
from diplograph.validation.renderings.ci import SCHEMA
from diplograph.web import request_parsing, validation
from schemas import problems

SH = Namespace("http://www.w3.org/ns/shacl#")
ALONE = "?against=none"
GOOD = """
@prefix dg: <https://w3id.org/diplograph/ontology#> .
@prefix person: <https://w3id.org/diplograph/id/person/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
person:test-person a dg:Person ; rdfs:label "Test person"@en .
"""
BAD = """
@prefix act: <https://w3id.org/diplograph/id/act/> .
@prefix dg: <https://w3id.org/diplograph/ontology#> .
act:test-expulsion a dg:Expulsion .
"""


def post(
    client: FlaskClient,
    rdf: str | bytes,
    media: str = "text/turtle",
    accept: str | None = None,
    query: str = ALONE,
) -> TestResponse:
    headers = {"Accept": accept} if accept else {}
    return client.post(f"/validate{query}", data=rdf, content_type=media, headers=headers)


def kind(response: TestResponse) -> tuple[int, str]:
    return response.status_code, json.loads(response.data)["type"].removeprefix("/problems/")


def uploaded(client: FlaskClient, name: str, content: bytes) -> TestResponse:
    form = {"file": (io.BytesIO(content), name)}
    return client.post(f"/validate{ALONE}", data=form, headers={"Accept": "application/json"})


def test_a_file_is_read_by_its_name_packed_or_in_utf_16(client: FlaskClient) -> None:
    graph = Graph().parse(data=BAD, format="turtle")
    xml = graph.serialize(format="pretty-xml").replace('encoding="utf-8"', 'encoding="UTF-16"')
    contents = {
        "a.ttl.gz": gzip.compress(BAD.encode()),
        "a.owl": BAD.encode(),
        "b.owl": xml.encode("utf-16"),
        "a.rdf.gz": gzip.compress(xml.encode("utf-16")),
    }
    expected = {finding["message"] for finding in uploaded(client, "a.ttl", BAD.encode()).json["findings"]}

    assert expected
    for name, content in contents.items():
        found = uploaded(client, name, content).json["findings"]
        assert {finding["message"] for finding in found} == expected
        assert all(finding["line"] for finding in found)


def test_a_packed_file_is_held_to_the_limit_of_uploads_when_it_is_unpacked(client: FlaskClient) -> None:
    limit = client.get("/limits", headers={"Accept": "application/json"}).json["upload_bytes"]
    response = uploaded(client, "a.ttl.gz", gzip.compress(b"\n" * (limit + 1)))

    assert kind(response) == (413, "too-large")
    assert json.loads(response.data)["limit"] == limit
    assert kind(uploaded(client, "a.ttl.gz", b"plain")) == (400, "malformed-rdf")


def test_rdf_xml_alone_is_read_in_utf_16(client: FlaskClient) -> None:
    xml = Graph().parse(data=BAD, format="turtle").serialize(format="pretty-xml")
    wide = xml.replace('encoding="utf-8"', 'encoding="UTF-16"').encode("utf-16")

    for media_type in ("application/rdf+xml", "application/rdf+xml; charset=utf-16"):
        assert (
            post(client, wide, media_type).json["findings"]
            == post(client, xml, "application/rdf+xml").json["findings"]
        )
    assert kind(post(client, BAD.encode("utf-16"))) == (400, "malformed-rdf")
    assert kind(post(client, BAD.encode("utf-16"), "text/turtle; charset=utf-16")) == (
        415,
        "unsupported-media-type",
    )


def test_a_key_of_json_ld_that_means_nothing_is_a_violation_at_its_place(client: FlaskClient) -> None:
    body = json.dumps({"@context": {"p": "urn:p#"}, "@id": "urn:s", "note": "x"}, indent=1)

    report = post(client, body, "application/ld+json").json
    found = [finding for finding in report["findings"] if finding["shape"].endswith("#KeyMapped")]
    assert not report["conforms"]
    assert [(f["focus"], f["value"], f["line"], f["column"]) for f in found] == [("urn:s", '"note"', 6, 2)]


def test_page_works_without_script(client: FlaskClient) -> None:
    page = client.get("/validate").get_data(as_text=True)

    assert 'action="/validate" method="post" enctype="multipart/form-data"' in page
    assert '<textarea id="rdf"' in page
    assert '<input id="file" name="file" type="file">' in page


def test_data_that_breaks_a_shape_is_told_with_the_cure(client: FlaskClient) -> None:
    response = post(client, BAD)

    report = json.loads(response.data)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert report["conforms"] is False
    assert {"shape", "message", "cure", "severity", "focus"} <= report["findings"][0].keys()


def test_data_that_breaks_nothing_conforms(client: FlaskClient) -> None:
    assert json.loads(post(client, GOOD).data)["conforms"] is True


@pytest.mark.slow
@pytest.mark.parametrize("syntax", sorted(media.RDF_TYPES.keys() - {media.JSON_LD}))
def test_nothing_is_nothing_in_every_syntax_that_allows_it(client: FlaskClient, syntax: str) -> None:
    form = {"file": (io.BytesIO(), f"nothing.{media.RDF_TYPES[syntax]}")}
    response = client.post(f"/validate{ALONE}", data=form)

    assert response.status_code == 200
    assert [found["shape"] for found in json.loads(response.data)["findings"]] == [f"{DGS}EmptySubmission"]


@pytest.mark.slow
def test_data_is_judged_together_with_the_release_unless_told_otherwise(client: FlaskClient) -> None:
    report = json.loads(post(client, BAD, query="").data)

    assert report["conforms"] is False
    assert {
        finding["change"] for finding in report["findings"] if "test-expulsion" in str(finding["focus"])
    } == {"new"}


def test_report_names_the_release(client: FlaskClient) -> None:
    assert json.loads(post(client, GOOD).data)["release"] == json.loads(client.get("/version").data)["name"]


def test_report_comes_as_turtle_text_or_page(client: FlaskClient) -> None:
    turtle = Graph().parse(data=post(client, BAD, accept="text/turtle").data, format="turtle")

    assert list(turtle.subjects(RDF.type, SH.ValidationReport))
    assert post(client, BAD, accept="text/plain").mimetype == "text/plain"
    assert "does not conform" in post(client, BAD, accept="text/html").get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "2 findings that only follow from undefined names are left out."),
        ("ja", "未定義の名前だけから生じる指摘事項2件は省略しました。"),
        ("ru", "Опущено 2 замечания"),
    ],
)
def test_page_says_how_many_findings_follow_from_undefined_names(
    client: FlaskClient, language: str, said: str
) -> None:
    response = post(
        client, GOOD.replace("Person ;", "Persoon ;"), accept="text/html", query=f"?_lang={language}"
    )

    assert said in response.text
    assert "dg:Persoon is no class of the ontology" in response.text


def test_report_in_no_known_form_is_406(client: FlaskClient) -> None:
    assert post(client, BAD, accept="image/png").status_code == 406


def test_pasted_text_and_file_are_judged_like_a_body(client: FlaskClient) -> None:
    direct = json.loads(post(client, BAD).data)["findings"]
    pasted = client.post(f"/validate{ALONE}", data={"rdf": BAD, "media": "text/turtle"})
    encoded = client.post(
        f"/validate{ALONE}",
        data={"rdf": BAD, "file": (io.BytesIO(b""), "")},
        content_type="multipart/form-data",
    )
    filed = client.post(
        f"/validate{ALONE}",
        data={"file": (io.BytesIO(BAD.encode()), "new.ttl")},
        content_type="multipart/form-data",
    )

    found = [[f["shape"] for f in json.loads(r.data)["findings"]] for r in (pasted, encoded, filed)]
    assert found == [[f["shape"] for f in direct]] * 3


def test_ending_of_a_file_tells_its_syntax(client: FlaskClient) -> None:
    file = (io.BytesIO(b"<urn:a> <urn:b> <urn:c> .\n"), "new.nt")

    response = client.post(
        f"/validate{ALONE}",
        data={"file": file, "media": "application/rdf+xml"},
        content_type="multipart/form-data",
    )

    assert response.status_code == 200


def test_syntax_error_reports_line_and_column(client: FlaskClient) -> None:
    response = post(client, "@prefix dg: <urn:x> .\ndg:a dg:b .\n")

    assert kind(response) == (400, "malformed-rdf")
    assert json.loads(response.data)["position"]["line"] == 2


@pytest.mark.parametrize(
    ("rdf", "media", "expected"),
    [
        (BAD, "text/csv", (415, "unsupported-media-type")),
        (BAD, "", (415, "unsupported-media-type")),
        (BAD, "text/turtle; charset=utf-16", (415, "unsupported-media-type")),
        ("#" * ((2 << 20) + 1), "text/turtle", (413, "too-large")),
        (
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
            "application/rdf+xml",
            (400, "malformed-rdf"),
        ),
        (
            '{"@context": "http://127.0.0.1:9/c", "@id": "urn:a"}',
            "application/ld+json",
            (400, "malformed-rdf"),
        ),
        (
            f'[{"9" * 5000}, {{"@context": "http://127.0.0.1:9/c", "@id": "urn:a"}}]',
            "application/ld+json",
            (400, "malformed-rdf"),
        ),
        ("[" * 2000, "text/turtle", (400, "too-complex")),
        (f"@prefix a: <urn:{'a' * 2000}> . a:b a:c a:d .", "text/turtle", (413, "too-large")),
    ],
)
def test_body_that_cannot_be_judged_is_refused(
    client: FlaskClient, rdf: str, media: str, expected: tuple[int, str]
) -> None:
    assert kind(post(client, rdf, media)) == expected


@pytest.mark.parametrize("form", ["{}", '{{"@value": {}}}', '{{"@value": "{}", "@type": "xsd:integer"}}'])
def test_an_integer_of_thousands_of_digits_is_judged_like_any_other_value(
    client: FlaskClient, form: str
) -> None:
    value = form.format("9" * 5000)
    context = json.dumps({"dg": str(DG), "xsd": "http://www.w3.org/2001/XMLSchema#"})
    document = f'{{"@context": {context}, "@id": "urn:a", "@type": "dg:Expulsion", "dg:headcount": {value}}}'

    response = post(client, document, "application/ld+json")

    assert response.status_code == 200
    assert response.json["conforms"] is False


@pytest.mark.parametrize(
    ("kind_of_form", "body"),
    [
        ("multipart/form-data", b"--b--\r\n"),
        ("multipart/form-data; boundary=", b"--\r\n"),
        ("multipart/form-data; boundary=b", b""),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="rdf"\r\n\r\n<a:b> <a',
        ),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nno name\r\n--b--\r\n"),
    ],
)
@pytest.mark.parametrize("path", ["/validate", "/reconcile", "/sparql"])
def test_a_form_without_a_boundary_or_an_end_is_refused(
    client: FlaskClient, path: str, kind_of_form: str, body: bytes
) -> None:
    response = client.post(path, data=body, content_type=kind_of_form)

    assert kind(response) in {(400, "bad-request"), (415, "unsupported-media-type")}


ENCODED = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="rdf"'
COSTLY_FORMS = {
    "fields": (ENCODED, b"a=&" * 80_000, (400, "bad-request"), request_parsing.MAX_FIELDS),
    "bytes": (ENCODED, b"rdf=" + b"%41" * 2_000_000, (413, "too-large"), request_parsing.MAX_FORM),
    "parts": (PARTS, (PART + b"\r\n\r\n\r\n") * 40_000, (413, "too-large"), request_parsing.MAX_PARTS),
    "parameters of a part": (
        PARTS,
        PART + b";a=1" * 500_000 + b"\r\n\r\nx\r\n--b--\r\n",
        (413, "too-large"),
        request_parsing.MAX_PART_HEADS,
    ),
    "heads of parts together": (
        PARTS,
        (PART + b";a=1" * 400 + b"\r\n\r\nx\r\n") * 90 + b"--b--\r\n",
        (413, "too-large"),
        request_parsing.MAX_PART_HEADS,
    ),
    "what stands before the first part": (
        PARTS,
        b"\r\n--" * 400_000 + PART + b"\r\n\r\nx\r\n--b--\r\n",
        (413, "too-large"),
        request_parsing.MAX_PART_HEADS,
    ),
}


@pytest.mark.parametrize("name", COSTLY_FORMS)
def test_a_form_that_takes_long_to_read_is_refused_at_once_with_the_limit(
    client: FlaskClient, name: str
) -> None:
    kind_of_form, body, refusal, limit = COSTLY_FORMS[name]
    began = time.thread_time()
    response = client.post("/validate", data=body, content_type=kind_of_form)

    assert time.thread_time() - began < 0.3
    assert kind(response) == refusal
    assert response.json["limit"] == limit
    assert limit in client.get("/limits").json.values()


def test_a_form_at_the_limits_is_read(client: FlaskClient) -> None:
    text = b"# " + b"\r\n--" * 100_000
    many = [PART + b"\r\n\r\n" + text] + [PART.replace(b"rdf", b"x") + b"\r\n\r\n"] * 99
    response = client.post("/validate", data=b"\r\n".join([*many, b"--b--\r\n"]), content_type=PARTS)
    encoded = client.post("/validate", data={"rdf": "#" + "x" * 200_000, **{f"f{n}": "" for n in range(999)}})

    assert kind(response) == (400, "malformed-rdf")
    assert encoded.status_code == 200


def test_a_report_stays_short_however_many_triples_no_shape_covers(client: FlaskClient) -> None:
    body = f"<urn:a> <urn:b> ({'1 ' * 20_000}) ."
    reports = {kind: post(client, body, accept=kind) for kind in (*media.REPORT_TYPES,)}

    assert {response.status_code for response in reports.values()} == {200}
    assert max(len(response.data) for response in reports.values()) < 2_000_000
    found = reports[media.JSON].json
    assert (len(found["uncovered"]), found["uncovered_omitted"]) == (1000, 39_001)
    assert "39,001 more triples that no shape covers are not shown" in reports[media.HTML].text
    assert "40,001 triples of it are covered by no shape" in reports[media.HTML].text


def test_compressed_body_is_415(client: FlaskClient) -> None:
    response = client.post(
        "/validate",
        data=gzip.compress(BAD.encode()),
        content_type="text/turtle",
        headers={"Content-Encoding": "gzip"},
    )

    assert kind(response) == (415, "unsupported-media-type")


def test_empty_form_is_a_bad_request(client: FlaskClient) -> None:
    assert kind(client.post("/validate", data={"rdf": ""})) == (400, "bad-request")


def test_data_may_be_judged_alone(client: FlaskClient) -> None:
    assert post(client, BAD, query="?against=none").status_code == 200
    assert kind(post(client, BAD, query="?against=everything")) == (400, "invalid-parameter")


def test_nothing_that_was_sent_is_kept(client: FlaskClient) -> None:
    post(client, BAD)

    assert client.get("/id/act/test-expulsion").status_code == 404


def test_page_shows_the_lines_around_what_was_found_and_escapes_them(client: FlaskClient) -> None:
    page = post(client, BAD.replace("\n", "\n# <script>\n", 1), accept="text/html").get_data(as_text=True)

    assert "<code># &lt;script&gt;</code>" in page
    assert page.count('<tr id="L') == len(BAD.split("\n")) + 1


def test_page_of_a_long_text_leaves_out_lines_that_are_sound() -> None:
    shown = validation.lines("\n".join("abc" * 300), {500: "warning"})

    assert [line.number for line in shown] == list(range(497, 504))
    assert [line.gap for line in shown] == [True, *[False] * 6]
    assert shown[3].severity == "warning"


def test_proposed_fix_is_on_the_page_with_its_edits() -> None:
    fix = Fix("Write the state's name", (Edit(3, 5, 3, 9, 'x"<'),), safe=False)
    finding = Finding("violation", "urn:s", "urn:c", None, None, None, "Wrong.", "Mend it.", line=3, fix=fix)

    row = validation.page(Report.of([finding]), "a\nb\nc")["findings"][0]

    assert json.loads(row["edits"]) == [
        {"line": 3, "column": 5, "end_line": 3, "end_column": 9, "text": 'x"<'}
    ]


def test_report_is_offered_as_sarif_with_the_line_of_each_finding(client: FlaskClient):
    response = post(client, BAD, accept="application/sarif+json")
    (run,) = json.loads(response.data)["runs"]

    assert (response.status_code, response.mimetype) == (200, "application/sarif+json")
    assert problems(json.loads(response.data), SCHEMA) == []
    places = {result["ruleId"]: result["locations"][0]["physicalLocation"] for result in run["results"]}
    assert places["Expulsion-target"]["region"]["startLine"] == 4


def test_finding_in_an_upload_has_line_and_column(client: FlaskClient):
    findings = json.loads(post(client, BAD).data)["findings"]

    assert {(found["file"], found["line"], found["column"]) for found in findings} == {(None, 4, 1)}
