"""Reconciliation Service API 0.2, as OpenRefine and others speak it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, request

from diplograph import __version__, documents, media, search
from diplograph.errors import BadRequest, InvalidParameter, UnsupportedMediaType
from diplograph.namespaces import DG, OWL, RDF, RDFS, SCHEMA, SPACE
from diplograph.queries.parameters import read_iri
from diplograph.repository import Repository
from diplograph.search import Candidate, Scope, reconciliation
from diplograph.search.index import LONGEST
from diplograph.search.reconcile_requests import HINTS, iri_of
from diplograph.search.reconciliation import Match
from diplograph.web import headers, request_parsing, responses, thing_facts
from diplograph.web.addresses import absolute
from diplograph.web.parameters import IRI, ServiceParameter

PAGE = 10
PREVIEW = (400, 220)
PREFIX = ServiceParameter("prefix", {"type": "string"}, "the beginning of a name")
CURSOR = ServiceParameter(
    "cursor",
    {"type": "integer", "minimum": 0, "maximum": 999},
    "a small whole number",
    "How many suggestions were shown before.",
)
TYPE = ServiceParameter("type", {"type": "string"}, "the identifier of a class", "What the things are.")
LIMIT = ServiceParameter(
    "limit", {"type": "integer", "minimum": 0, "maximum": 200}, "a small whole number", "How many at most."
)
ID_OF_THING = ServiceParameter("id", IRI, "an absolute IRI", "The thing to show.", required=True)
ROWS = 6
"""How many properties a preview shows."""
UNTOLD = {str(term) for term in (RDF.type, RDFS.label, DG.evidence, DG.eventCode, SCHEMA.sameAs)}
"""What it leaves to the page of the thing."""
SUGGESTED: Mapping[str, Scope] = {
    "entity": Scope(without=search.EXCLUDED),
    "type": Scope(classes=(str(OWL.Class),)),
    "property": Scope(classes=(str(OWL.ObjectProperty), str(OWL.DatatypeProperty))),
}
FRAMED = headers.POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
"""The policy of a preview, which is made to be shown inside another page."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Tells which thing a name in somebody's table means."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the service, its suggestions and its preview."""
        pages = Blueprint("reconcile", __name__)
        pages.add_url_rule("/reconcile", view_func=self.service, methods=["GET", "POST"])
        pages.add_url_rule("/reconcile/preview", view_func=self.preview)
        pages.add_url_rule("/reconcile/properties", view_func=self.properties)
        views: tuple[tuple[str, Callable[[], Response]], ...] = (
            ("entity", self.suggest_entity),
            ("type", self.suggest_type),
            ("property", self.suggest_property),
        )
        for kind, view in views:
            pages.add_url_rule(f"/reconcile/suggest/{kind}", endpoint=f"suggest_{kind}", view_func=view)
        return pages

    def service(self) -> Response:
        """Reconciles a batch of names, or describes the service when none is sent."""
        chosen = responses.accept((media.JSON,))
        given = self._fields()
        text, extend = (request_parsing.single(given, name) for name in ("queries", "extend"))
        if text is not None:
            found = self._reconciled(text)
        elif extend is not None:
            wanted = search.read_extension(extend)
            found = search.extended(self.repository.names, self.repository.engine, wanted)
        elif "query" in given or request.method == "POST":
            raise BadRequest(
                "There is nothing to reconcile.",
                parameters=["queries"],
                hint="Send a batch in queries=, or extend= for data of things that are known.",
            )
        else:
            found = self.manifest()
        return responses.send(responses.dumps(found), chosen)

    def manifest(self) -> dict[str, Any]:
        """The description of the service, with absolute addresses."""
        width, height = PREVIEW
        return {
            "versions": ["0.2"],
            "name": "diplograph: diplomatic acts, states, persons, bodies and places",
            "identifierSpace": f"{SPACE.get()}id/",
            "schemaSpace": str(DG),
            "documentation": absolute("/docs"),
            "serviceVersion": __version__,
            "logo": absolute("/static/icon.svg"),
            "batchSize": search.MAX_BATCH,
            "defaultTypes": reconciliation.usual_types(self.repository.names),
            "view": {"url": absolute("/describe?uri={{id}}")},
            "preview": {
                "url": absolute("/reconcile/preview?id={{id}}"),
                "width": width,
                "height": height,
            },
            "extend": {
                "propose_properties": {"service_url": absolute(), "service_path": "/reconcile/properties"},
                "property_settings": [search.LIMIT_SETTING],
            },
            "suggest": {
                kind: {"service_url": absolute(), "service_path": f"/reconcile/suggest/{kind}"}
                for kind in SUGGESTED
            },
        }

    def properties(self) -> Response:
        """Proposes properties for columns of things of a class."""
        chosen = responses.accept((media.JSON,))
        given = request_parsing.fields(request.query_string)
        group, limit = request_parsing.value(given, TYPE), int(request_parsing.value(given, LIMIT) or 0)
        iri = iri_of(group) if group else None
        found = search.proposed(self.repository.names, self.repository.engine, iri, limit)
        told = (
            {"properties": found} | ({"type": group} if group else {}) | ({"limit": limit} if limit else {})
        )
        return responses.send(responses.dumps(told), chosen)

    def suggest_entity(self) -> Response:
        """Completes the beginning of a thing's name."""
        return self._suggest("entity")

    def suggest_type(self) -> Response:
        """Completes the beginning of a class's name."""
        return self._suggest("type")

    def suggest_property(self) -> Response:
        """Completes the beginning of a property's name."""
        return self._suggest("property")

    def preview(self) -> Response:
        """Shows a thing in a few lines, to be framed by the page of another program."""
        responses.accept((media.HTML,))
        identifier = request_parsing.value(request_parsing.fields(request.query_string), ID_OF_THING)
        if identifier is None:
            raise BadRequest("There is nothing to preview.", parameters=["id"], hint="Send ?id=.")
        view = documents.view(self.repository.engine, _iri(identifier))
        outgoing = thing_facts.stated(view.outgoing) or view.outgoing
        told = [entry for entry in outgoing if entry.predicate.iri not in UNTOLD]
        view = replace(view, outgoing=tuple(told[:ROWS]), incoming=())
        shown = thing_facts.page(view, {})
        response = responses.page("preview.html", None, title=view.label, **shown)
        response.headers["Content-Security-Policy"] = FRAMED
        return response

    def _fields(self) -> request_parsing.Fields:
        if request.method != "POST":
            return request_parsing.fields(request.query_string)
        if request_parsing.media_type(request) != request_parsing.FORM:
            raise UnsupportedMediaType(
                f"Queries are not read from {request.mimetype or 'a body without a type'}.",
                offers=[request_parsing.FORM],
            )
        return request_parsing.fields(request_parsing.read(request, request_parsing.MAX_FORM))

    def _reconciled(self, text: str) -> dict[str, Any]:
        read = search.read_batch(text)
        queries = {key: query for key, query in read.items() if query is not None}
        found = search.reconcile(self.repository.names, self.repository.engine, queries)
        return {key: {"result": [self._candidate(match) for match in found.get(key, ())]} for key in read}

    def _candidate(self, match: Match) -> dict[str, Any]:
        found = match.candidate
        return {
            "id": found.iri,
            "name": found.label,
            "description": search.described(self.repository.names, found),
            "type": search.types(self.repository.names, found.classes),
            "score": match.score,
            "match": match.certain,
            "features": [{"id": name, "value": value} for name, value in match.features.items()],
        }

    def _suggest(self, kind: str) -> Response:
        chosen = responses.accept((media.JSON,))
        given = request_parsing.fields(request.query_string)
        prefix = (request_parsing.value(given, PREFIX) or "").strip()[:LONGEST]
        start = int(request_parsing.value(given, CURSOR) or 0)
        found = self.repository.names.find(prefix, SUGGESTED[kind], start + PAGE) if prefix else []
        result = [self._suggestion(kind, one) for one in found[start:]]
        if kind == "property" and prefix and not start:
            result = [
                {"id": name, "name": name} for name in HINTS if name.startswith(prefix.lower())
            ] + result
        return responses.send(responses.dumps({"result": result}), chosen)

    def _suggestion(self, kind: str, found: Candidate) -> dict[str, Any]:
        shown = {"id": found.iri, "name": found.label}
        if kind != "entity":
            return shown
        names = self.repository.names
        notable = search.types(names, found.classes[:4])
        return shown | {"description": search.described(names, found), "notable": notable}


def _iri(identifier: str) -> str:
    try:
        return read_iri(identifier).value
    except ValueError as error:
        raise InvalidParameter("id has to be an absolute IRI.", parameters=["id"]) from error
