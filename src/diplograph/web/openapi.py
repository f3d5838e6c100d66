"""OpenAPI 3.1 description, from the route table and the headers of the canned queries."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response
from werkzeug.routing import Rule

from diplograph import __version__, media
from diplograph.documents import naming
from diplograph.errors import problem_types
from diplograph.namespaces import ID, SPACE
from diplograph.queries import CannedQuery
from diplograph.repository import Repository
from diplograph.translations import gettext_noop
from diplograph.web import interface, reconcile, responses
from diplograph.web.addresses import absolute
from diplograph.web.editor import prologue
from diplograph.web.sparql import SAMPLE

ARGUMENT = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
HIDDEN = {"static", "send_messages"}
PURPOSES = {
    gettext_noop("Ask the graph"): r"/(sparql|queries).*",
    gettext_noop("Find a thing and read about it"): r"/(search|describe|(between|id|doc|graph|rule)/.*|)",
    gettext_noop("Learn what the terms mean"): r"/(ontology|vocab|shapes|context).*",
    gettext_noop("Take all of it along"): r"/(dumps|graphs|dataset|versions|\.well-known|sitemap).*",
    gettext_noop("Check data, and add it"): r"/(validate|changes).*",
    gettext_noop("Match names in a table"): r"/reconcile.*",
    gettext_noop("Run the service, and know its rules"): r"/.*",
}
"""What one may want to do, and the addresses for it; the first that fits counts."""
WRITES = "Check data, and add it"
SAMPLE_THING = f"{ID}state/japan"
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
        """Describes the HTTP interface for people: by what one wants to do, each address with an example."""
        responses.accept((media.HTML,))
        queries = self.repository.queries
        found = [
            Action.of(path, method, told, self._example(path, method))
            for path, methods in self.document()["paths"].items()
            if path.rpartition("/")[2] not in queries
            for method, told in methods.items()
        ]
        return responses.page(
            "docs.html",
            title="API",
            purposes=by_purpose(folded(found)),
            queries=queries.values(),
            example_path=example_path,
        )

    def _example(self, path: str, method: str) -> str:
        """The path of a request to try, or the command for one that sends something; empty for none."""
        if method != "get":
            return SENT.get((path, method), "").format(base=absolute(), names=SPACE.get())
        if "{" not in path and path not in TRIED:
            return path
        if path == "/queries/{name}":
            return next((f"/queries/{name}.csv" for name in self._ready_queries()), "")
        has_sample = naming.exists(self.repository.engine, SAMPLE_THING)
        return TRIED.get(path, "") if has_sample else ""

    def _ready_queries(self) -> Iterator[str]:
        """The names of the canned queries that need no value."""
        for query in self.repository.queries.values():
            if all(parameter.optional or parameter.default for parameter in query.parameters.values()):
                yield query.name

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


@dataclass(frozen=True, slots=True)
class Taken:
    """One parameter as people read it."""

    name: str
    says: str
    is_needed: bool


@dataclass(frozen=True, slots=True)
class Action:
    """One request that can be made: address, method, what it does, takes and answers, and an example.

    `sends` are the types of its body; `suffixes` stand for the formats of the same address. The example is a
    path, or a command.
    """

    path: str
    method: str
    summary: str
    takes: tuple[Taken, ...]
    answers: tuple[str, ...]
    example: str
    sends: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: str, method: str, told: Mapping[str, Any], example: str) -> Action:
        """One operation of the description."""
        takes = tuple(taken(one) for one in told.get("parameters", ()))
        good = told["responses"].get("200", {}).get("content", ())
        sent = told.get("requestBody", {}).get("content", ())
        return cls(path, method.upper(), told["summary"], takes, tuple(good), example, tuple(sent))


def taken(parameter: Mapping[str, Any]) -> Taken:
    """A parameter: what it does and what values it takes."""
    values = expected(parameter["schema"]) if "schema" in parameter else "JSON"
    says = [parameter.get("description", "").removesuffix("."), values]
    return Taken(parameter["name"], ": ".join(filter(None, says)), parameter.get("required", False))


def expected(schema: Mapping[str, Any]) -> str:
    """The values of a JSON Schema in words; empty for any text."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(filter(None, map(expected, schema["anyOf"]))))
    if "enum" in schema:
        return ", ".join(f"{value}" for value in schema["enum"] if value != "")
    if schema["type"] == "array":
        return f"{expected(schema['items']) or 'a text'}, several times"
    names = {"integer": "a whole number", "number": "a number", "iri": "an IRI", "date": "a date"}
    return names.get(schema.get("format", schema["type"]), "")


def folded(found: Iterable[Action]) -> list[Action]:
    """The actions, those whose address is that of another one with a suffix as suffixes of that one."""
    actions = {(one.path, one.method): one for one in found}
    kept: dict[tuple[str, str], Action] = {}
    for (path, method), one in actions.items():
        stem, dot, suffix = path.rpartition(".")
        if dot and suffix in interface.SUFFIXES and (known := kept.get((stem, method))):
            kept[stem, method] = replace(known, suffixes=(*known.suffixes, suffix))
        else:
            kept[path, method] = one
    return list(kept.values())


def by_purpose(actions: Iterable[Action]) -> dict[str, list[Action]]:
    """The actions under what they are for."""
    found: dict[str, list[Action]] = {purpose: [] for purpose in PURPOSES}
    for one in actions:
        fits = (purpose for purpose, paths in PURPOSES.items() if re.fullmatch(paths, one.path))
        found[WRITES if one.method in METHODS[2:] else next(fits)].append(one)
    return found


def example_path(query: CannedQuery) -> str:
    """The path of a canned query with its example values."""
    values = {name: given for name, given in query.example_values().items() if given}
    return f"/queries/{query.name}" + (f"?{urlencode(values, doseq=True)}" if values else "")


QUERY = urlencode({"query": prologue(("dg", "rdfs")) + SAMPLE})
TRIED = {
    "/between/{one}/{other}": "/between/japan/russia.md",
    "/describe": f"/describe?{urlencode({'uri': SAMPLE_THING})}",
    "/doc/{kind}/{slug}": "/doc/state/japan.ttl",
    "/dumps/{name}": "/dumps/diplograph.ttl.gz",
    "/graph/{name}": "/graph/meta",
    "/id/{kind}/{slug}": "/id/state/japan",
    "/ontology/{name}": "/ontology/dl.ttl",
    "/problems/{slug}": "/problems/busy",
    "/reconcile/preview": "/reconcile/preview?id=state:japan",
    "/reconcile/properties": "/reconcile/properties?type=State",
    **{f"/reconcile/suggest/{kind}": f"/reconcile/suggest/{kind}?prefix=act" for kind in reconcile.SUGGESTED},
    "/rule/{name}": "/rule/reciprocity-1",
    "/search": "/search?q=japan",
    "/shapes/{name}": "/shapes/Act",
    "/sparql": f"/sparql?{QUERY}",
    "/sparql.{suffix}": f"/sparql.csv?{QUERY}",
    "/vocab/{name}": "/vocab/stated",
}
"""A request to try at each address that needs values."""
_WRITING = "curl -X {method} -H 'Authorization: Bearer TOKEN' {sent}'{{base}}/graphs?graph={{names}}graph/a1'"
_TURTLE = "-H 'Content-Type: text/turtle' --data-binary @data.ttl "
SENT = {
    ("/sparql", "post"): "curl -H 'Accept: text/csv' --data-urlencode query@query.rq {base}/sparql",
    ("/validate", "post"): f"curl {_TURTLE}{{base}}/validate",
    (
        "/reconcile",
        "post",
    ): 'curl --data-urlencode \'queries={{"q0": {{"query": "Japan"}}}}\' {base}/reconcile',
    ("/graphs", "put"): _WRITING.format(method="PUT", sent=_TURTLE),
    ("/graphs", "post"): _WRITING.format(method="POST", sent=_TURTLE),
    ("/graphs", "delete"): _WRITING.format(method="DELETE", sent=""),
}
"""A command for each request that sends something."""
