"""Checks RDF that a client sends against the shapes, in a worker that can be killed."""

from __future__ import annotations

import io
from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

from diplograph import media
from diplograph.errors import BadRequest, InvalidParameter, UnknownResource, UnsupportedMediaType
from diplograph.publication import Publication
from diplograph.validation import Report
from diplograph.validation.renderings import BY_MEDIA
from diplograph.web import bodies, headers, reports, represent

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
AGAINST = ("release", "none")
OVERHEAD = 64 << 10


@dataclass(frozen=True, slots=True)
class Upload:
    """RDF to be checked: its bytes, its syntax, and what it is checked together with."""

    rdf: bytes
    media: str
    against: str


@dataclass(frozen=True, slots=True)
class Validation:
    """Validates uploads against the release, or on their own."""

    publication: Publication

    def blueprint(self) -> Blueprint:
        """Mount the page and the service."""
        pages = Blueprint("validation", __name__)
        pages.add_url_rule("/validate", endpoint="form", view_func=self.form, methods=["GET"])
        pages.add_url_rule("/validate", endpoint="check", view_func=self.check, methods=["POST"])
        return pages

    def form(self) -> Response:
        """Shows a box to paste RDF into and a field for a file."""
        represent.accept((media.HTML,))
        return represent.page("validate.html", title="Validate", syntaxes=tuple(media.RDF_TYPES))

    def check(self) -> Response:
        """Checks the RDF sent and reports what the shapes object to."""
        chosen = represent.accept(media.REPORT_TYPES)
        bodies.refuse_chunks(request)
        upload = self._upload()
        report = Report.from_json(self.publication.engine.run("validate", self._payload(upload)))
        if chosen == media.HTML:
            source = upload.rdf.decode("utf-8", "replace")
            response = represent.page("report.html", title="Report", **reports.page(report, source))
        else:
            response = represent.send(BY_MEDIA[chosen](report), chosen)
        response.headers["Cache-Control"] = headers.NO_STORE
        return response

    def _payload(self, upload: Upload) -> dict[str, object]:
        settings = self.publication.settings
        return {
            "rdf": upload.rdf,
            "media": upload.media,
            "against": upload.against,
            "release": str(self.publication.release.path),
            "name": self.publication.release.name,
            "max_bytes": settings.max_upload,
            "max_triples": settings.max_upload_triples,
            "max_findings": settings.max_findings,
        }

    def _upload(self) -> Upload:
        given = bodies.fields(request.query_string)
        kind = request.mimetype
        limit = self.publication.settings.max_upload
        if kind in FORMS:
            return from_form(bodies.read(request, 3 * limit + OVERHEAD), given)
        syntax = media.JSON_LD if kind == media.JSON else kind
        if syntax not in media.RDF_TYPES:
            raise UnsupportedMediaType(
                f"RDF is not read from {kind or 'a body without a type'}.", offers=[*media.RDF_TYPES, *FORMS]
            )
        bodies.media_type(request)
        return Upload(bodies.read(request, limit), syntax, against(bodies.single(given, "against")))


def from_form(body: bytes, given: bodies.Fields) -> Upload:
    """The upload in a form: the pasted text, or the file when one was chosen."""
    _, fields, files = FormDataParser(stream_factory=in_memory, silent=False).parse(
        io.BytesIO(body), request.mimetype, len(body), request.mimetype_params
    )
    wanted = against(fields.get("against") or bodies.single(given, "against"))
    file = files.get("file")
    if file is not None and file.filename:
        return Upload(file.read(), syntax_of_file(file, fields), wanted)
    if not fields.get("rdf"):
        raise BadRequest("There is nothing to validate.", parameters=["rdf", "file"])
    return Upload(fields["rdf"].encode("utf-8"), syntax_of(fields), wanted)


def in_memory(
    total_content_length: int | None = None,  # noqa: ARG001 - the names are werkzeug's
    content_type: str | None = None,  # noqa: ARG001
    filename: str | None = None,  # noqa: ARG001
    content_length: int | None = None,  # noqa: ARG001
) -> io.BytesIO:
    """Where an uploaded file is put: its size is known to be small by now."""
    return io.BytesIO()


def against(value: str | None) -> str:
    """What the data is judged together with: the release, unless it is to stand alone."""
    if value is not None and value not in AGAINST:
        raise InvalidParameter("against has to be release or none.", parameters=["against"])
    return value or AGAINST[0]


def syntax_of(fields: MultiDict[str, str]) -> str:
    """The syntax chosen in a form, Turtle without a choice."""
    chosen = fields.get("media") or media.TURTLE
    if chosen not in media.RDF_TYPES:
        raise InvalidParameter("media has to be one of the types of RDF.", parameters=["media"])
    return chosen


def syntax_of_file(file: FileStorage, fields: MultiDict[str, str]) -> str:
    """The syntax that the name of a file tells, else the one chosen."""
    suffix = (file.filename or "").rpartition(".")[2]
    try:
        return media.by_suffix(suffix, media.RDF_TYPES)
    except UnknownResource:
        return syntax_of(fields)
