"""OpenAPI 3.1 description, from the route table and the headers of the canned queries."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response
from werkzeug.routing import Rule

from diplograph import __version__, media
from diplograph.documents import PROFILES
from diplograph.queries import CannedQuery, Parameter
from diplograph.repository import Repository
from diplograph.web import answers, canned_page, responses
from diplograph.web.addresses import absolute

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
HIDDEN = {"static"}
LANGUAGES = {"type": "string", "description": "Languages of a page's labels, such as ja or ja,en."}
DATASET = ("default-graph-uri", "named-graph-uri")
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
SCHEMAS: Mapping[str, Mapping[str, str]] = {
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "iri": {"type": "string"},
}
SERVICE: Mapping[str, Mapping[str, Any]] = {
    "_evidence": {"type": "integer", "enum": [0, 1], "description": "Columns with the passages of each row."},
    "_labels": {"type": "string", "description": "Languages, such as en,ja: columns with labels."},
    "_lang": LANGUAGES,
    "_limit": {"type": "integer", "minimum": 0, "description": "Most rows."},
    "_rewrite": {"type": "string", "enum": ["on", "off"], "default": "on"},
    "_spreadsheet": {"type": "integer", "enum": [0, 1], "description": "With .csv: text stays text."},
    "_timeout": {"type": "number", "exclusiveMinimum": 0, "description": "Seconds."},
    "_version": {"type": "string", "description": "Release: 8 or more digits of its id, or a date."},
}
"""What every canned query takes beside its own parameters."""
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "position": {
            "type": "object",
            "properties": {"line": {"type": "integer"}, "column": {"type": "integer"}},
        },
        "hint": {"type": "string"},
        "parameters": {"type": "array", "items": {"type": "string"}},
        "limit": {},
        "elapsed": {"type": "number"},
        "request_id": {"type": "string"},
    },
}


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
            paths.setdefault(path, {})[method.lower()] = operation(path, method, summary)
        for query in self.repository.queries.values():
            paths[f"/queries/{query.name}"] = {"get": canned_operation(query)}
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "diplograph",
                "version": __version__,
                "summary": "A knowledge graph of diplomatic acts, every fact tied to its source.",
                "license": {"name": "CC BY 4.0", "url": responses.LICENSE},
            },
            "servers": [{"url": absolute()}],
            "paths": dict(sorted(paths.items())),
            "components": {"schemas": {"Problem": PROBLEM}, "securitySchemes": {"bearer": BEARER}},
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


BEARER = {"type": "http", "scheme": "bearer"}


def operation(path: str, method: str, summary: str) -> dict[str, Any]:
    """One route with one method."""
    described: dict[str, Any] = {"summary": summary, "responses": response_objects()}
    names = re.findall(r"{(\w+)}", path)
    if names:
        described["parameters"] = [path_parameter(name) for name in names]
    if path.startswith(("/doc/", "/describe")):
        described["parameters"] = [*described.get("parameters", []), *document_parameters(path)]
    if path == "/graphs":
        described |= graph_request(method)
    if path in {"/sparql", "/sparql.{suffix}"}:
        described.setdefault("parameters", []).extend(sparql_parameters(method))
        described |= sparql_body(method)
    if path == "/q":
        described |= sparql_body(method)
    if path == "/reconcile":
        described |= reconcile_request(method)
    return described


def document_parameters(path: str) -> list[dict[str, Any]]:
    """What a document is asked for with: how much of it, and of which thing where the path does not say."""
    profile = {"type": "string", "enum": list(PROFILES), "default": PROFILES[0]}
    found: list[dict[str, Any]] = [
        {"name": "_profile", "in": "query", "schema": profile},
        {"name": "_lang", "in": "query", "schema": LANGUAGES},
    ]
    if path == "/describe":
        iri = {"type": "string", "format": "uri"}
        found.append({"name": "uri", "in": "query", "required": True, "schema": iri})
    return found


def graph_request(method: str) -> dict[str, Any]:
    """How a graph is named and sent; writing needs a token."""
    text = {"type": "string"}
    names = ("graph", "default") if method == "GET" else ("graph", "message")
    described: dict[str, Any] = {
        "parameters": [{"name": name, "in": "query", "schema": text} for name in names]
    }
    if method == "GET":
        return described
    described["security"] = [{"bearer": []}]
    if method in {"PUT", "POST"}:
        content = {name: {"schema": text} for name in media.GRAPH_TYPES}
        described["requestBody"] = {"required": True, "content": content}
    return described


def reconcile_request(method: str) -> dict[str, Any]:
    """How a batch of names is sent: a JSON object of queries, in a form or in the address."""
    text = {"type": "string", "contentMediaType": media.JSON}
    if method == "GET":
        return {"parameters": [{"name": "queries", "in": "query", "schema": text}]}
    form = {"schema": {"type": "object", "properties": {"queries": text}, "required": ["queries"]}}
    return {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": form}}}


def sparql_parameters(method: str) -> list[dict[str, Any]]:
    """How a query is sent in the address."""
    if method != "GET":
        return []
    ours = ("_chart", "_labels", "_limit", "_rewrite", "_spreadsheet")
    names = ("query", *DATASET, "format", "timeout", *ours)
    return [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]


def sparql_body(method: str) -> dict[str, Any]:
    """How a query is sent as a body."""
    if method == "GET":
        return {}
    text = {"type": "string"}
    form = {"schema": {"type": "object", "properties": {"query": text}}}
    content = {"application/x-www-form-urlencoded": form, "application/sparql-query": {"schema": text}}
    return {"requestBody": {"required": True, "content": content}}


def canned_operation(query: CannedQuery) -> dict[str, Any]:
    """One canned query."""
    return {
        "operationId": query.name,
        "summary": query.summary,
        "description": query.description or query.question,
        "tags": list(query.tags),
        "parameters": [
            *(query_parameter(parameter) for parameter in query.parameters.values()),
            *({"name": name, "in": "query", "schema": SERVICE[name]} for name in canned_page.RESERVED),
        ],
        "responses": response_objects(answers.offers(query.form)),
    }


def query_parameter(parameter: Parameter) -> dict[str, Any]:
    """One parameter of a canned query."""
    schema: dict[str, Any] = dict(SCHEMAS.get(parameter.type, {"type": "string"}))
    if parameter.options:
        schema["enum"] = [option.value for option in parameter.options]
    if parameter.default and not parameter.multiple:
        schema["default"] = parameter.default[0]
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description or parameter.label,
        "required": not (parameter.optional or parameter.default),
        "schema": {"type": "array", "items": schema} if parameter.multiple else schema,
    }


def path_parameter(name: str) -> dict[str, Any]:
    """One part of a path."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def response_objects(offers: Iterable[str] = ()) -> dict[str, Any]:
    """What may come back: the answer, or a problem."""
    problem = {media.PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer: dict[str, Any] = {"description": "The answer."}
    content: dict[str, Any] = {name: {} for name in offers}
    if content:
        answer["content"] = content
    return {"200": answer, "default": {"description": "What went wrong, and the cure.", "content": problem}}
