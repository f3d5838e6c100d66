"""Interface: what each address takes and answers, as operations of OpenAPI 3.1.

What a JSON Schema cannot say is said in words: the syntax of SPARQL and RDF, sizes in bytes (/limits), and
what depends on the answer, such as the pictures that can be drawn of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from prometheus_client.exposition import CONTENT_TYPE_LATEST

from diplograph import media
from diplograph.errors import problem_types
from diplograph.namespaces import KINDS
from diplograph.queries import CannedQuery, Parameter
from diplograph.queries.parameters import BOOLEANS, MAX_VALUES
from diplograph.search.data_extension import MOST_IDS, MOST_PROPERTIES
from diplograph.search.reconcile_requests import MAX_BATCH
from diplograph.web import (
    answers,
    between,
    canned_page,
    changes,
    documents,
    graph_store,
    parameters,
    pictures,
    reconcile,
    request_parsing,
    responses,
    result_charts,
    search,
    sparql,
    things,
    validation,
)
from diplograph.web.downloads import GZIP

Object = dict[str, Any]
MULTIPART = request_parsing.MULTIPART
TEXT: Object = {"type": "string"}
LISTS = (media.JSON, media.HTML)
XML = "application/xml"
RESULTS = tuple(dict.fromkeys((*media.SELECT_TYPES, *media.DOCUMENT_TYPES)))
SUFFIXES = tuple(dict.fromkeys((*media.SELECT_TYPES.values(), *media.DOCUMENT_TYPES.values())))
ANSWERS: Mapping[str, Collection[str]] = {
    "/": (media.HTML, media.JSON),
    "/about": (media.HTML,),
    "/.well-known/sparql-examples": media.GRAPH_TYPES,
    "/.well-known/void": media.GRAPH_TYPES,
    "/between/{one}/{other}": between.TYPES,
    "/changes": LISTS,
    "/changes.atom": (changes.ATOM,),
    "/changes/{number}/{side}": (media.N_QUADS,),
    "/context.jsonld": (media.JSON_LD,),
    "/docs": (media.HTML,),
    "/dumps": LISTS,
    "/dumps/{name}": (GZIP,),
    "/editor.json": (media.JSON,),
    "/graphs": (*LISTS, *media.GRAPH_TYPES),
    "/metrics": (CONTENT_TYPE_LATEST.partition(";")[0],),
    "/openapi.json": (media.JSON,),
    "/queries": LISTS,
    "/queries/{name}": (*RESULTS, media.TEXT, pictures.MEDIA_TYPE, canned_page.CSL),
    "/reconcile": (media.JSON,),
    "/reconcile/preview": (media.HTML,),
    "/reconcile/properties": (media.JSON,),
    **{f"/reconcile/suggest/{kind}": (media.JSON,) for kind in reconcile.SUGGESTED},
    "/robots.txt": (media.TEXT,),
    "/search": media.SELECT_TYPES,
    "/sitemap.xml": (XML,),
    "/sparql": RESULTS,
    "/sparql.{suffix}": (*RESULTS, pictures.MEDIA_TYPE),
    "/validate": (media.HTML,),
    "/versions": LISTS,
}
"""What an answer comes in at each address; documents and small facts are known by their path."""
DOCUMENTS = re.compile(r"/(describe|(doc|dataset|ontology|shapes|vocab|graph|rule)(?=[/.]|$))")
LEADS = re.compile(r"/(id/.*|dataset|(ontology|shapes|vocab|graph|rule)/.*)?")
"""Addresses of names, which lead to a document."""
LEADING = {"/dataset", "/shapes/{name}"}
"""Those that have no document of their own."""
EVERYWHERE = (400, 404, 406, 410, 414, 429, 431, 500, 502, 503, 504)
ANSWERED = {"get": (304, 413), "post": (411, 413, 415), "put": (411, 413, 415), "delete": ()}
WRITING = (401, 403, 409, 412, 422, 507)
BARE = {304: "Not modified", 414: "The address is too long", 431: "The head of the request is too long"}
"""Statuses whose answers have no body: the last two come before the request has been read."""
HEADERS: Mapping[str, Object] = {
    "Access-Control-Allow-Origin": {"required": True, "schema": {"type": "string", "enum": ["*"]}},
    "Cache-Control": {"required": True, "schema": TEXT},
    "Diplograph-Release": {"required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"}},
    "ETag": {"schema": TEXT},
    "Last-Modified": {"schema": TEXT},
    "Link": {"schema": TEXT},
    "Location": {"required": True, "schema": {"type": "string", "format": "uri-reference"}},
    "Result-Complete": {"schema": {"type": "string", "enum": ["true", "false"]}},
    "Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}},
    "Vary": {"required": True, "schema": TEXT},
    "WWW-Authenticate": {"required": True, "schema": TEXT},
    "X-Request-Id": {"required": True, "schema": TEXT},
}
ALWAYS = ("Access-Control-Allow-Origin", "Diplograph-Release", "X-Request-Id")
OF_STATUS: Mapping[int, tuple[str, ...]] = {
    200: ("Vary", "Cache-Control", "ETag", "Last-Modified", "Link", "Result-Complete"),
    201: ("Location", "Cache-Control", "Link"),
    204: ("Cache-Control", "Link"),
    206: ("ETag", "Last-Modified"),
    301: ("Location",),
    303: ("Location", "Link"),
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
DONE = {
    200: "The answer",
    201: "Made",
    204: "Done",
    206: "A part",
    301: "Moved for good",
    303: "See the document",
}


NAME: Object = {"type": "string", "minLength": 1}
QUERY: Object = {
    "type": "string",
    "contentMediaType": sparql.QUERY,
    "description": "A query in SPARQL 1.1, which only reads.",
}
GRAPHS: Object = {"type": "array", "items": dict(parameters.IRI)}


def in_query(name: str, schema: Object, description: str, **more: object) -> Object:
    """A parameter in the address that is not checked as a value: what it means is found out elsewhere."""
    return {"name": name, "in": "query", "schema": schema, "description": description} | more


def in_header(name: str, description: str) -> Object:
    """A field in the head of a request."""
    return {"name": name, "in": "header", "schema": TEXT, "description": description}


FILE: Object = {"type": "string", "contentMediaType": "application/octet-stream"}
GRAPH_BODIES: Object = {
    **{name: {"schema": TEXT} for name in media.GRAPH_TYPES},
    MULTIPART: {"schema": {"type": "object", "minProperties": 1, "additionalProperties": FILE}},
}
EXTENSION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "ids": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_IDS},
        "properties": {
            "type": "array",
            "maxItems": MOST_PROPERTIES,
            "items": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "examples": ["iso-3166-1-alpha-3"]},
                    "settings": {
                        "type": "object",
                        "properties": {"limit": {"type": "integer", "minimum": 0, "maximum": 9999}},
                        "additionalProperties": False,
                    },
                },
            },
        },
    },
}
BATCH: Object = {
    "type": "object",
    "maxProperties": MAX_BATCH,
    "description": "Queries by keys of the client's own (Reconciliation Service API 0.2); what is no query "
    "finds nothing, and the others are answered.",
    "examples": [{"q0": {"query": "Japan", "type": "State", "limit": 3}}],
}
DATASET = (
    in_query("default-graph-uri", GRAPHS, "The graphs that are merged into the default graph."),
    in_query("named-graph-uri", GRAPHS, "The graphs that GRAPH names."),
)
TIME = (parameters.TIMEOUT_OF_OTHERS.described(), parameters.VERSION.described())
NAMES_OF_TYPES = [name for known in media.SELECT_TYPES.items() for name in known]
FORMAT = in_query(
    "output",
    {
        "type": "object",
        "properties": {
            "format": parameters.or_empty({"type": "string", "enum": NAMES_OF_TYPES}),
            parameters.SPREADSHEET.name: parameters.SPREADSHEET.schema,
        },
        "maxProperties": 1,
        "additionalProperties": False,
    },
    "Either `format` with a suffix or a media type, which wins over Accept, or `_spreadsheet`, which is CSV; "
    "of a graph the suffixes and media types are those of graphs.",
    style="form",
    explode=True,
)
EVALUATION = (
    *(one.described() for one in sparql.OF_RESULTS if one is not parameters.SPREADSHEET),
    *(FORMAT, *TIME),
)
CHART = in_query(
    result_charts.NAME, TEXT, "A picture of the result, such as bar;x=status, where its columns allow it."
)
ASKED = (in_query("query", QUERY, "The query.", required=True), *DATASET, *EVALUATION, CHART)
DOCUMENT = (parameters.PROFILE.described(), parameters.VERSION.described())
TARGET = in_query(
    "target",
    {
        "type": "object",
        "properties": {"graph": dict(parameters.IRI), "default": {"type": "string", "enum": [""]}},
        "maxProperties": 1,
        "additionalProperties": False,
    },
    "Either `graph` with the name of a graph or `default` without a value; without either, all are listed.",
    style="form",
    explode=True,
)
GRAPH = in_query("graph", dict(parameters.IRI), "The graph that is written.", required=True)
CONDITIONS = (
    in_header("If-Match", "The write is done only while the graph has this ETag."),
    in_header("If-None-Match", "With *, the write is done only while there is no such graph."),
)
WRITE = (graph_store.MESSAGE.described(), graph_store.KEY.described(), *CONDITIONS)
TAKES: Mapping[tuple[str, str], Iterable[Object]] = {
    ("/editor.json", "get"): (parameters.LANG.described(),),
    ("/between/{one}/{other}", "get"): (parameters.VERSION.described(),),
    ("/changes", "get"): (changes.BEFORE.described(), changes.LENGTH.described()),
    **{(f"/{name}", "get"): (documents.WITHIN.described(),) for name in ("ontology", "shapes", "vocab")},
    ("/describe", "get"): (things.URI.described(), *DOCUMENT),
    ("/doc/{kind}/{slug}", "get"): DOCUMENT,
    **{(f"/dataset.{suffix}", "get"): DOCUMENT for suffix in media.DOCUMENT_TYPES.values()},
    ("/graphs", "get"): (TARGET, *TIME, parameters.LIMIT.described(), parameters.REWRITE.described()),
    ("/graphs", "put"): (GRAPH, *WRITE),
    ("/graphs", "post"): (GRAPH | {"required": False}, *WRITE),
    ("/graphs", "delete"): (GRAPH, *WRITE),
    ("/queries/{name}", "get"): [
        one.described() for one in canned_page.SERVICE if one not in (parameters.LANG, parameters.SPREADSHEET)
    ],
    ("/reconcile", "get"): [
        {
            "name": "queries",
            "in": "query",
            "content": {media.JSON: {"schema": BATCH}},
            "description": "A batch of queries; without it and extend, the service is described.",
        },
        {
            "name": "extend",
            "in": "query",
            "content": {media.JSON: {"schema": EXTENSION}},
            "description": "Things that are known, and the properties to tell of them.",
        },
    ],
    ("/reconcile/properties", "get"): (reconcile.TYPE.described(), reconcile.LIMIT.described()),
    ("/reconcile/preview", "get"): (reconcile.ID_OF_THING.described(),),
    **{
        (f"/reconcile/suggest/{kind}", "get"): (reconcile.PREFIX.described(), reconcile.CURSOR.described())
        for kind in reconcile.SUGGESTED
    },
    ("/search", "get"): (search.SOUGHT.described(), search.KIND.described()),
    ("/sparql", "get"): ASKED,
    ("/sparql", "post"): (*DATASET, *EVALUATION),
    ("/sparql.{suffix}", "get"): (*ASKED, parameters.LANG.described()),
    ("/validate", "post"): (validation.AGAINST.described(),),
}
"""The parameters of each address and method."""
UPLOAD: Object = {
    "type": "object",
    "properties": {
        "rdf": TEXT | {"description": "RDF in the syntax that `media` names."},
        "file": FILE | {"description": "The same as a file; the suffix of its name tells the syntax."},
        "media": parameters.or_empty(validation.MEDIA.schema),
        "against": parameters.or_empty(validation.AGAINST.schema),
    },
}
PASTED: Object = {"required": ["rdf"], "properties": UPLOAD["properties"] | {"rdf": TEXT | {"minLength": 1}}}
BODIES: Mapping[tuple[str, str], Object] = {
    ("/graphs", "put"): GRAPH_BODIES,
    ("/graphs", "post"): GRAPH_BODIES,
    ("/reconcile", "post"): {
        request_parsing.FORM: {
            "schema": {
                "type": "object",
                "properties": {
                    "queries": {"type": "string", "contentMediaType": media.JSON, "contentSchema": BATCH},
                    "extend": {"type": "string", "contentMediaType": media.JSON, "contentSchema": EXTENSION},
                },
                "anyOf": [{"required": ["queries"]}, {"required": ["extend"]}],
            }
        }
    },
    ("/sparql", "post"): {
        request_parsing.FORM: {
            "schema": {
                "type": "object",
                "properties": {"query": QUERY, **{one["name"]: one["schema"] for one in DATASET}},
                "required": ["query"],
                "not": {"required": ["update"]},
            }
        },
        sparql.QUERY: {"schema": TEXT},
    },
    ("/validate", "post"): {
        **{name: {"schema": TEXT} for name in media.RDF_TYPES},
        request_parsing.FORM: {"schema": UPLOAD | PASTED},
        MULTIPART: {"schema": UPLOAD | {"anyOf": [PASTED, {"required": ["file"]}]}},
    },
}
"""The body of each address and method, by its media type."""


def operation(path: str, method: str, names: Mapping[str, Object]) -> Object:
    """What an address takes and answers by one method; `names` are the schemas of the parts of its path."""
    given = [
        *(path_parameter(name, schema) for name, schema in names.items()),
        *TAKES.get((path, method), ()),
        *([parameters.LANG.described()] if media.HTML in offered_by_get(path, method) else ()),
    ]
    described: Object = {"parameters": given} if given else {}
    if (path, method) in BODIES:
        described["requestBody"] = {"required": True, "content": BODIES[path, method]}
    if is_write(path, method):
        described["security"] = [{"bearer": []}]
    return described | {"responses": answered(path, method)}


def offered_by_get(path: str, method: str) -> Collection[str]:
    """The media types of a page and its like; none for what is sent to the service."""
    return good(path, method).get(200, ()) if method == "get" else ()


def is_write(path: str, method: str) -> bool:
    """Whether a token is needed."""
    return path == "/graphs" and method != "get"


def answered(path: str, method: str) -> Object:
    """The answers by status."""
    statuses = [*EVERYWHERE, *ANSWERED[method], *(WRITING if is_write(path, method) else ())]
    found = {status: reference("responses", status_name(status)) for status in statuses}
    if is_write(path, method):
        found |= {status: response(status, ()) for status in (201, 204)}
    else:
        found |= {status: response(status, kinds) for status, kinds in good(path, method).items()}
    return {str(status): found[status] for status in sorted(found)}


def good(path: str, method: str) -> Mapping[int, Collection[str]]:
    """What success is at an address: its statuses with the media types of each."""
    found: dict[int, Collection[str]] = (
        {} if path in LEADING or path.startswith("/id/") else {200: offered(path, method)}
    )
    if LEADS.fullmatch(path):
        found[303] = (media.TEXT,)
    if path.startswith(("/between/", "/id/", "/doc/")):
        found[301] = (media.TEXT,)
    if path == "/dumps/{name}":
        found[206] = (GZIP,)
    return found


def offered(path: str, method: str) -> Collection[str]:
    """The media types of the answer at an address."""
    if (path, method) == ("/validate", "post"):
        return media.REPORT_TYPES
    if path in ANSWERS:
        return ANSWERS[path]
    if not DOCUMENTS.match(path):
        return responses.FACTS_TYPES
    suffix = path.rpartition(".")[2]
    one = [name for name, known in media.DOCUMENT_TYPES.items() if known == suffix]
    return one or media.DOCUMENT_TYPES


def response(status: int, kinds: Iterable[str]) -> Object:
    """A good answer, with its headers."""
    described: Object = {"description": f"{DONE[status]}.", "headers": headers(status)}
    content = {kind: CONTENT.get(kind, {}) for kind in kinds}
    return described | ({"content": content} if content else {})


def headers(status: int) -> Object:
    """The headers of an answer."""
    return {name: reference("headers", name) for name in (*ALWAYS, *OF_STATUS.get(status, ()))}


def problems() -> Object:
    """The answers that are no success, by the name of their status: one problem document for all of them."""
    statuses = sorted({kind.status for kind in problem_types().values()} | set(BARE))
    return {status_name(status): problem(status) for status in statuses}


def problem(status: int) -> Object:
    """The answer of one status: which problems have it."""
    if status in BARE:
        return {"description": f"{BARE[status]}."}
    titles = sorted(kind.title for kind in problem_types().values() if kind.status == status)
    content: Object = {
        media.PROBLEM: {"schema": reference("schemas", "Problem")},
        media.TEXT: {},
        media.HTML: {},
    }
    return {"description": f"{', '.join(titles)}.", "headers": headers(status), "content": content}


def status_name(status: int) -> str:
    """The name of a status among the components."""
    return f"Status{status}"


def reference(section: str, name: str) -> Object:
    """A reference to one of the components."""
    return {"$ref": f"#/components/{section}/{name}"}


CONTENT: Mapping[str, Object] = {media.RESULTS_JSON: {"schema": reference("schemas", "Results")}}


def path_parameter(name: str, schema: Object) -> Object:
    """One part of a path."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


def path_schemas(path: str, known: Mapping[str, Iterable[str]]) -> dict[str, Object]:
    """The schema of each part of a path; `known` are the names that there are at an address."""
    parts: Mapping[str, Object] = {
        "kind": {"type": "string", "enum": list(KINDS)},
        "number": {"type": "integer", "minimum": 0},
        "side": {"type": "string", "enum": list(changes.SIDES)},
        "suffix": {"type": "string", "enum": [*SUFFIXES, pictures.SUFFIX]},
    }
    names: Object = {"type": "string", "enum": list(known[path])} if path in known else NAME
    return {name: parts.get(name, names) for name in re.findall(r"{(\w+)}", path)}


def _columns_named(parameter: parameters.ServiceParameter, query: CannedQuery) -> parameters.ServiceParameter:
    """A parameter that takes the name of a column, with those that a query has."""
    names = [column.name for column in query.table(every=True)]
    if parameter is parameters.SORT:
        names += [f"-{name}" for name in names]
    elif parameter is not parameters.FILTER_IN:
        return parameter
    return replace(parameter, schema={"type": "string", "enum": names})


def canned_operation(query: CannedQuery) -> Object:
    """One canned query, with its own parameters and those of the service."""
    ours = [one for one in canned_page.SERVICE if query.form == "select" or one not in canned_page.OF_TABLES]
    address = "/queries/{name}"
    found = answered(address, "get") | {"200": response(200, answers.offers(query.form))}
    if any(parameter.names_things for parameter in query.parameters.values()):
        found["404"] = problem(404) | {
            "description": "A value names nothing in the release, or the release is not held."
        }
    return {
        "operationId": query.name,
        "summary": query.summary,
        "description": query.description or query.question,
        "tags": list(query.tags),
        "parameters": [
            *(query_parameter(parameter) for parameter in query.parameters.values()),
            *(_columns_named(one, query).described() for one in ours),
        ],
        "responses": found,
    }


DEFAULTS: Mapping[str, Callable[[str], object]] = {
    "boolean": lambda text: BOOLEANS[text] == "true",
    "integer": int,
}
"""How the text of a default is the value of its schema, where it is not that itself."""


def query_parameter(parameter: Parameter) -> Object:
    """One parameter of a canned query; one that can be left out can be left empty, too."""
    is_needed = not (parameter.optional or parameter.default)
    one: Object = dict(parameter.schema if is_needed else parameters.or_empty(parameter.schema))
    schema = {"type": "array", "items": one, "maxItems": MAX_VALUES} if parameter.multiple else one
    if parameter.default:
        read = DEFAULTS.get(parameter.type, str)
        values = [read(text) for text in parameter.default]
        schema["default"] = values if parameter.multiple else values[0]
    found = {"name": parameter.name, "in": "query", "required": is_needed, "schema": schema}
    return found | {"description": f"{parameter.description or parameter.label}: {parameter.expected}."}
