"""OpenAPI 3.1 description, from the route table and the headers of the canned queries."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response
from werkzeug.routing import Rule

from diplograph import __version__, media
from diplograph.errors import problem_types
from diplograph.repository import Repository
from diplograph.web import interface, responses
from diplograph.web.addresses import absolute

ARGUMENT = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
HIDDEN = {"static"}
METHODS = ("GET", "POST", "PUT", "DELETE")
BEARER = {"type": "http", "scheme": "bearer"}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "position": {
            "type": "object",
            "required": ["line", "column"],
            "properties": {
                "line": {"type": "integer", "minimum": 1},
                "column": {"type": "integer", "minimum": 1},
            },
        },
        "hint": {"type": "string"},
        "parameters": {"type": "array", "items": {"type": "string"}},
        "problems": {"type": "array"},
        "report": {"type": "object"},
        "limit": {},
        "elapsed": {"type": "number"},
        "request_id": {"type": "string"},
    },
}
RESULTS = {
    "type": "object",
    "required": ["head"],
    "properties": {
        "head": {"type": "object", "properties": {"vars": {"type": "array", "items": {"type": "string"}}}},
        "boolean": {"type": "boolean"},
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {"bindings": {"type": "array", "items": {"type": "object"}}},
        },
    },
    "oneOf": [{"required": ["boolean"]}, {"required": ["results"]}],
}
"""The results of SELECT and ASK (https://www.w3.org/TR/sparql11-results-json/)."""


@dataclass(frozen=True, slots=True)
class Description:
    """Describes the routes of an application, for programs and for people."""

    repository: Repository
    app: Flask

    def blueprint(self) -> Blueprint:
        """Mount the descriptions."""
        pages = Blueprint("description", __name__)
        pages.add_url_rule("/openapi.json", view_func=self.openapi)
        pages.add_url_rule("/docs", view_func=self.docs)
        return pages

    def openapi(self) -> Response:
        """Describes the HTTP interface in OpenAPI 3.1."""
        chosen = responses.accept((media.JSON,))
        return responses.send(responses.dumps(self.document()), chosen)

    def docs(self) -> Response:
        """Describes the HTTP interface for people."""
        responses.accept((media.HTML,))
        routes = [(path, method, summary) for path, method, summary in self._routes()]
        return responses.page(
            "docs.html", title="Interface", routes=routes, queries=self.repository.queries.values()
        )

    def document(self) -> dict[str, Any]:
        """The description as a value."""
        paths: dict[str, dict[str, Any]] = {}
        for path, method, summary in self._routes():
            paths.setdefault(path, {})[method.lower()] = {
                "summary": summary,
                **interface.operation(path, method.lower(), interface.path_schemas(path, self._names())),
            }
        for query in self.repository.queries.values():
            paths[f"/queries/{query.name}"] = {"get": interface.canned_operation(query)}
        project = self.repository.settings.project_url
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "diplograph",
                "version": __version__,
                "summary": "A knowledge graph of diplomatic acts, every fact tied to its source.",
                "description": "HEAD and OPTIONS are answered at every address.",
                "license": {"name": "CC BY 4.0", "url": responses.LICENSE},
            }
            | ({"contact": {"url": project}} if project else {}),
            "servers": [{"url": absolute()}],
            "paths": dict(sorted(paths.items())),
            "components": {
                "schemas": {"Problem": PROBLEM, "Results": RESULTS},
                "responses": interface.problems(),
                "headers": interface.HEADERS,
                "securitySchemes": {"bearer": BEARER},
            },
        }

    def _names(self) -> dict[str, list[str]]:
        """The names that there are at an address, where they are few."""
        return {
            "/dumps/{name}": list(self.repository.release.dumps),
            "/problems/{slug}": list(problem_types()),
        }

    def _routes(self) -> list[tuple[str, str, str]]:
        found = {
            (ARGUMENT.sub(r"{\1}", rule.rule), method, self._summary(rule))
            for rule in self.app.url_map.iter_rules()
            if rule.endpoint not in HIDDEN
            for method in METHODS
            if method in (rule.methods or ())
        }
        return sorted(found)

    def _summary(self, rule: Rule) -> str:
        return (inspect.getdoc(self.app.view_functions[rule.endpoint]) or "").partition("\n")[0]
