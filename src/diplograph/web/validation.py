"""`/validate`: RDF checked against the shapes in a worker, and the report as a page beside what was sent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from diplograph import media
from diplograph.errors import BadRequest, UnsupportedMediaType
from diplograph.rdf import reading
from diplograph.repository import Repository
from diplograph.translations import gettext, gettext_noop, ngettext, number, translated
from diplograph.validation import Finding, Report
from diplograph.validation.renderings import BY_MEDIA, wording
from diplograph.web import headers, links, request_parsing, responses
from diplograph.web.parameters import ServiceParameter

AROUND = 3
"""Lines shown before and after one that is marked, where the text is long."""
WHOLE = 400
"""Lines up to which a text is shown whole."""
KINDS = (
    *(gettext_noop("violation"), gettext_noop("warning"), gettext_noop("info")),
    *(gettext_noop("new"), gettext_noop("repaired"), gettext_noop("standing")),
)
"""How grave a finding is, and what the upload has to do with it, as `Finding` has them."""
FORMS = (request_parsing.FORM, request_parsing.MULTIPART)
TOGETHER = ("release", "none")
AGAINST = ServiceParameter(
    "against",
    {"type": "string", "enum": list(TOGETHER), "default": TOGETHER[0]},
    " or ".join(TOGETHER),
    "What the data is judged together with: the release, unless it is to stand alone.",
)
OVERHEAD = 64 << 10
LARGER = f"Send a larger text as the body itself, or in a form that is {request_parsing.MULTIPART}."
MEDIA = ServiceParameter(
    "media",
    {"type": "string", "enum": list(media.RDF_TYPES), "default": media.TURTLE},
    "one of the types of RDF",
    "The syntax, unless the name of the file tells it.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text; `gap` says that lines are left out before it."""

    number: int
    text: str
    severity: str | None
    gap: bool


def page(report: Report, source: str) -> Mapping[str, Any]:
    """What the page shows of a report on a text."""
    marks = marked(report)
    return {
        "report": report,
        "sentence": told(Counter(finding.change for finding in report.findings)),
        "findings": [_row(finding, report) for finding in report.findings],
        "bare": len(report.uncovered) + report.uncovered_omitted,
        "uncovered": [
            {
                "triple": triple,
                "line": place.line if place else None,
                "column": place.column if place else None,
            }
            for triple, place in zip(
                report.uncovered, report.uncovered_at or [None] * len(report.uncovered), strict=True
            )
        ],
        "lines": lines(source, marks),
    }


def told(changes: Mapping[str, int]) -> str:
    """What was found, in a sentence: in what was sent, and what it repairs and leaves open elsewhere."""
    new, *others = (changes.get(change, 0) for change in ("new", "repaired", "standing"))
    repaired, standing = (number(count) if count else gettext("none") for count in others)
    if not new:
        return gettext(
            "No problems in what you sent; it repairs %(repaired)s and leaves %(standing)s open elsewhere.",
            repaired=repaired,
            standing=standing,
        )
    return ngettext(
        "%(n)s problem in what you sent; it repairs %(repaired)s and leaves %(standing)s open elsewhere.",
        "%(n)s problems in what you sent; it repairs %(repaired)s and leaves %(standing)s open elsewhere.",
        new,
        repaired=repaired,
        standing=standing,
    )


def marked(report: Report) -> dict[int, str]:
    """The gravest severity at each line that something is found at."""
    marks = {place.line: "violation" for place in report.uncovered_at if place}
    for finding in reversed(report.findings):
        if finding.line and finding.change != "repaired" and marks.get(finding.line) != "violation":
            marks[finding.line] = finding.severity
    return marks


def lines(source: str, marks: Mapping[int, str]) -> list[Line]:
    """The lines of a text with their marks; of a long text those around the marks."""
    texts = source.replace("\r\n", "\n").split("\n")
    wanted = list(range(1, len(texts) + 1))
    if len(texts) > WHOLE:
        near = {line + step for line in marks for step in range(-AROUND, AROUND + 1)}
        wanted = [place for place in wanted if place in near]
    found, before = [], 0
    for place in wanted:
        found.append(Line(place, texts[place - 1], marks.get(place), gap=place > before + 1))
        before = place
    return found


def _row(finding: Finding, report: Report) -> dict[str, object]:
    focus = finding.focus
    return {
        "severity": finding.severity,
        "kind": gettext(
            "%(severity)s, %(change)s",
            severity=translated(finding.severity),
            change=translated(finding.change),
        ),
        "shape": links.iri_cell(finding.shape),
        "message": finding.message,
        "cure": finding.cure,
        "focus": links.iri_cell(focus, report.labels.get(focus)) if focus else None,
        "expected": wording.expected(finding, report),
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "change": finding.change,
        "fix": finding.fix,
        "edits": json.dumps([asdict(edit) for edit in finding.fix.edits]) if finding.fix else None,
    }


@dataclass(frozen=True, slots=True)
class Upload:
    """RDF to be checked: its bytes, its syntax, and what it is checked together with."""

    rdf: bytes
    media: str
    against: str


@dataclass(frozen=True, slots=True)
class Validation:
    """Validates uploads against the release, or on their own."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the page and the service."""
        pages = Blueprint("validation", __name__)
        pages.add_url_rule("/validate", endpoint="form", view_func=self.form, methods=["GET"])
        pages.add_url_rule("/validate", endpoint="check", view_func=self.check, methods=["POST"])
        return pages

    def form(self) -> Response:
        """Shows a box to paste RDF into and a field for a file."""
        responses.accept((media.HTML,))
        return responses.page("validate.html", title=gettext("Validate"), syntaxes=tuple(media.RDF_TYPES))

    def check(self) -> Response:
        """Checks the RDF sent and reports what the shapes object to."""
        chosen = responses.accept(media.REPORT_TYPES)
        request_parsing.require_length(request)
        upload = self._upload()
        report = Report.from_json(self.repository.engine.run("validate", self._payload(upload)))
        if chosen == media.HTML:
            content = reading.utf8(upload.rdf, reading.syntax_of(upload.media))
            source = content.decode("utf-8", "replace")
            response = responses.page("report.html", title=gettext("Report"), **page(report, source))
        else:
            response = responses.send(BY_MEDIA[chosen](report), chosen)
        response.headers["Cache-Control"] = headers.NO_STORE
        return response

    def _payload(self, upload: Upload) -> dict[str, object]:
        settings = self.repository.settings
        return {
            "rdf": upload.rdf,
            "media": upload.media,
            "against": upload.against,
            "release": str(self.repository.release.path),
            "name": self.repository.release.name,
            "max_bytes": settings.max_upload,
            "max_triples": settings.max_upload_triples,
            "max_findings": settings.max_findings,
        }

    def _upload(self) -> Upload:
        given = request_parsing.fields(request.query_string)
        kind = request.mimetype
        limit = self.repository.settings.max_upload
        if kind == request_parsing.FORM:
            return self._from_form(request_parsing.read(request, request_parsing.MAX_FORM, LARGER), given)
        if kind == request_parsing.MULTIPART:
            return self._from_form(request_parsing.read(request, limit + OVERHEAD), given)
        syntax = media.JSON_LD if kind == media.JSON else kind
        if syntax not in media.RDF_TYPES:
            raise UnsupportedMediaType(
                f"RDF is not read from {kind or 'a body without a type'}.", offers=[*media.RDF_TYPES, *FORMS]
            )
        request_parsing.media_type(request)
        wanted = request_parsing.value(given, AGAINST) or TOGETHER[0]
        return Upload(request_parsing.read(request, limit), syntax, wanted)

    def _from_form(self, body: bytes, given: request_parsing.Fields) -> Upload:
        with self.repository.engine.charged():
            return from_form(body, given, self.repository.settings.max_upload)


def from_form(body: bytes, given: request_parsing.Fields, limit: int) -> Upload:
    """The upload in a form: the pasted text, or the file when one was chosen, unpacked to a limit."""
    fields, files = request_parsing.form(request, body)
    wanted = AGAINST.checked(fields.get("against") or request_parsing.value(given, AGAINST) or TOGETHER[0])
    file = files.get("file")
    if file is not None and file.filename:
        content = reading.unpacked(file.filename, file.read(), limit)
        return Upload(content, syntax_of_file(file.filename, content, fields), wanted)
    if not fields.get("rdf"):
        raise BadRequest("There is nothing to validate.", parameters=["rdf", "file"])
    return Upload(fields["rdf"].encode("utf-8"), syntax_of(fields), wanted)


def syntax_of(fields: MultiDict[str, str]) -> str:
    """The syntax chosen in a form, Turtle without a choice."""
    return MEDIA.checked(fields.get("media") or media.TURTLE)


def syntax_of_file(name: str, content: bytes, fields: MultiDict[str, str]) -> str:
    """The syntax that the name of a file tells, else the one chosen."""
    return reading.syntax_of(name, content).media_type if reading.is_rdf(name) else syntax_of(fields)
