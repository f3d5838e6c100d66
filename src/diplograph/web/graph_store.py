"""The Graph Store Protocol: graphs read by all, written with a token when the data conforms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import ETags, FileStorage
from werkzeug.exceptions import MethodNotAllowed

from diplograph import media
from diplograph.changes.edits import digest_of
from diplograph.changes.tokens import Tokens
from diplograph.changes.writer import Writer
from diplograph.documents import naming
from diplograph.engine.admission import Admission
from diplograph.engine.protocol import Operation
from diplograph.errors import (
    BadRequest,
    ReadOnly,
    Unauthorized,
    UnknownResource,
    UnsupportedMediaType,
)
from diplograph.namespaces import BUILT_GRAPHS, SPACE
from diplograph.rdf import reading
from diplograph.repository import Repository
from diplograph.sources import KnowledgeBase
from diplograph.translations import gettext
from diplograph.web import answers, links, request_parsing, responses, service_description
from diplograph.web.addresses import address
from diplograph.web.headers import NO_STORE
from diplograph.web.parameters import ServiceParameter
from diplograph.web.validation import OVERHEAD

WRONG_TOKENS = 10
"""How many wrong tokens a client may send at once, and a minute."""
UNLIMITED = 1_000_000
WRITES = ["PUT", "POST", "DELETE"]
ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
LIST_TYPES = {media.JSON: "json", media.HTML: "html"}
FOLLOW = "diplograph.follow"
"""Where the request carries what swaps the new release in, for a service that follows its knowledge base."""
READS = ["GET", "HEAD", "OPTIONS"]
UNTOLD = {"", "application/gzip", "application/octet-stream"}
"""Types of a part that do not tell its syntax."""
KEY = ServiceParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 255, "pattern": r"^[ -~\xa1-\xac\xae-\xff]+$"},
    "1 to 255 printable characters",
    "A request that is sent again with the key of an earlier one gets its answer, and changes nothing.",
    place="header",
)
MESSAGE = ServiceParameter(
    "message",
    {
        "type": "string",
        "maxLength": 1000,
        "pattern": r"^[^\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*$",
    },
    "one line of at most 1000 characters",
    "What the journal is to say about the change.",
)


@dataclass(frozen=True, slots=True)
class GraphStore:
    """Reads the named graphs of the release, and its default graph, which is their merge."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the graph store."""
        pages = Blueprint("graphs", __name__)
        pages.add_url_rule("/graphs", endpoint="read", view_func=self.read, methods=["GET"])
        return pages

    def read(self) -> Response:
        """Sends the graph named by `graph`, or the `default` graph; without either, lists the graphs."""
        given = request_parsing.fields(request.query_string)
        policy = answers.Policy.of(given, "timeout", "_timeout")
        answers.this_release(given, self.repository.release.id, "version", "_version")
        if not {"graph", "default"} & set(given):
            return self._list()
        name = graph_name(given)
        if name is not None:
            self._require_graph(name)
        chosen = responses.accept(media.GRAPH_TYPES)
        answer = answers.evaluate(self.repository.engine, whole(name), chosen, policy)
        response = answers.mark(answers.send(answer, chosen), whole(name), complete=answer.complete)
        return self._tagged(response, name, chosen)

    def _list(self) -> Response:
        chosen = responses.accept(LIST_TYPES)
        sizes = sorted(service_description.graph_sizes(self.repository).items())
        if chosen == media.HTML:
            return responses.page("graphs.html", title=gettext("Graphs"), parts=self._parts(sizes))
        return responses.send(
            responses.dumps([{"graph": iri, "triples": size} for iri, size in sizes]), chosen
        )

    def _parts(self, sizes: Sequence[tuple[str, int]]) -> list[tuple[str, list[tuple[str, links.Cell, int]]]]:
        """The graphs with their sizes, by their labels: those that files state, and those of the build."""
        labels = naming.labels(self.repository.engine, [iri for iri, _ in sizes])
        rows = [
            (iri, links.iri_cell(iri, *naming.best(labels.get(iri, {}), iri)), size) for iri, size in sizes
        ]
        stated = [row for row in rows if row[0] not in BUILT_GRAPHS]
        built = [row for row in rows if row[0] in BUILT_GRAPHS]
        return [(gettext("Stated"), stated), (gettext("Derived from these by the build"), built)]

    def _require_graph(self, name: str) -> None:
        graphs = service_description.graph_sizes(self.repository)
        if name not in graphs:
            raise UnknownResource("The dataset holds no graph of this name.", near=naming.alike(name, graphs))

    def _tagged(self, response: Response, name: str | None, chosen: str) -> Response:
        """The validator of a named graph begins with the hash of that graph alone."""
        digest = self.repository.release.manifest.get("graphs", {}).get(name, {}).get("hash")
        if digest and response.headers["Result-Complete"] == "true":
            response.set_etag(f"{digest}-{media.GRAPH_TYPES[chosen]}-identity")
        return response


def graph_name(given: request_parsing.Fields) -> str | None:
    """The graph that a request means, None for the default graph. Raises BadRequest."""
    graph = request_parsing.single(given, "graph")
    default = request_parsing.single(given, "default")
    if graph is not None and default is not None:
        raise BadRequest(
            "A request names one graph or the default graph, not both.", parameters=["graph", "default"]
        )
    return graph


def whole(name: str | None) -> Operation:
    """The query for all triples of a graph, which is the whole dataset that it sees."""
    return Operation(ALL, "construct", default_graphs=(name,) if name is not None else None)


@dataclass(frozen=True, slots=True)
class Writing:
    """Takes changes to the graphs of a knowledge base and hands them to the one process that writes.

    `guesses` are the accounts of clients, of which wrong tokens are taken.
    """

    repository: Repository
    writer: Writer
    guesses: Admission = field(
        default_factory=lambda: Admission(UNLIMITED, WRONG_TOKENS, WRONG_TOKENS, unit="wrong tokens")
    )

    def blueprint(self) -> Blueprint:
        """Mount the writes, and the address of graphs that are named by path, which takes no method."""
        pages = Blueprint("writing", __name__)
        pages.add_url_rule("/graphs", endpoint="write", view_func=self.write, methods=WRITES)
        pages.add_url_rule("/graphs/<path:name>", endpoint="direct", methods=[])
        return pages

    def write(self) -> Response:
        """Replaces (PUT), adds to (POST) or removes (DELETE) the graph `graph`, for who holds a token."""
        who = holder(self.repository, self.guesses)
        self._require_writable()
        request_parsing.require_length(request)
        given = request_parsing.fields(request.query_string)
        graph = self._target(given, who)
        parts = self._parts()
        told = self.writer.accept(
            {
                "graph": graph,
                "mode": request.method.lower(),
                "media": [kind for kind, _ in parts],
                "who": who,
                "message": request_parsing.value(given, MESSAGE) or "",
                "if_match": hashes(request.if_match, "If-Match"),
                "if_none_match": hashes(request.if_none_match, "If-None-Match"),
                "key": key(),
                "digest": digest_of(
                    request.method.encode(),
                    graph.encode(),
                    *(p for kind, body in parts for p in (kind.encode(), body)),
                ),
                **{f"part{number}": body for number, (_, body) in enumerate(parts)},
            }
        )
        self._follow()
        return answer(told, graph, minted="graph" not in given)

    def _require_writable(self) -> None:
        settings = self.repository.settings
        if settings.read_only or not service_description.is_described(self.repository):
            raise ReadOnly("What is served here cannot be written.")
        if settings.engine is not None:
            raise ReadOnly(
                "The release is held by an engine elsewhere.",
                hint="Use `diplograph accept` and `diplograph push`.",
            )

    def _target(self, given: request_parsing.Fields, who: str) -> str:
        """The graph that is meant, or a new name for one that is POSTed to the store itself."""
        if "default" in given:
            raise MethodNotAllowed(valid_methods=READS)
        graph = graph_name(given)
        if graph is None and request.method != "POST":
            raise BadRequest("A graph is named with `graph`.", parameters=["graph"])
        if graph is None:
            graph = f"{SPACE.get()}graph/g-{hashlib.sha256(f'{who} {key()}'.encode()).hexdigest()[:16]}"
        KnowledgeBase(self.repository.settings.kb).graph_file(graph)
        return graph

    def _parts(self) -> list[tuple[str, bytes]]:
        """The body as media types and bytes: one, or the files of a form; DELETE has none that counts."""
        limit = self.repository.settings.max_upload
        if request.method == "DELETE":
            request_parsing.read(request, limit)
            return []
        if request.mimetype == request_parsing.MULTIPART:
            return form_parts(request_parsing.read(request, limit + OVERHEAD), limit)
        kind = syntax(request.mimetype)
        request_parsing.media_type(request)
        return [(kind, request_parsing.read(request, limit))]

    def _follow(self) -> None:
        """Let what is answered from now on come from the new release."""
        follow: Callable[[], object] | None = request.environ.get(FOLLOW)
        if follow is not None:
            follow()


def holder(repository: Repository, guesses: Admission) -> str:
    """The name of whoever holds the token that the request carries.

    Raises Unauthorized, and Busy for a client that has sent too many wrong tokens, whatever it sends now.
    """
    scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    found = None
    if scheme.lower() == "bearer":
        with guesses.admitted() as account:
            found = Tokens(repository.settings.state).holder(secret.strip().encode("utf-8", "replace"))
            account.spent = float(found is None)
    if found is None:
        raise Unauthorized("Writing needs a token that this service knows.")
    return found


def syntax(kind: str) -> str:
    """The syntax of RDF that a media type means. Raises UnsupportedMediaType."""
    found = media.JSON_LD if kind == media.JSON else kind
    if found not in media.GRAPH_TYPES:
        raise UnsupportedMediaType(
            f"A graph is not read from {kind or 'a body without a type'}.",
            offers=[*media.GRAPH_TYPES, request_parsing.MULTIPART],
        )
    return found


def form_parts(body: bytes, limit: int) -> list[tuple[str, bytes]]:
    """The files of a form, each in the syntax that its part names, or its name; unpacked to a limit."""
    fields, files = request_parsing.form(request, body)
    if fields:
        raise BadRequest("A part of the form has no file name, so it would be left out.")
    parts = [_part(file, limit) for _, file in files.items(multi=True)]
    if not parts:
        raise BadRequest("The form holds no file.")
    return parts


def _part(file: FileStorage, limit: int) -> tuple[str, bytes]:
    name = file.filename or ""
    content = reading.unpacked(name, file.read(), limit)
    told = reading.syntax_of(name, content).media_type if reading.is_rdf(name) else ""
    return syntax(told if file.mimetype in UNTOLD and told else file.mimetype), content


def key() -> str:
    """What makes this request the same when it is sent again; without a key of its own each is another."""
    found = request.headers.get(KEY.name)
    return f"request {g.request_id}" if found is None else f"key {KEY.checked(found).strip()}"


def hashes(condition: ETags, header: str) -> list[str] | None:
    """The hashes of graphs in a condition: what stands before the first dash of each tag."""
    if header not in request.headers:
        return None
    return ["*"] if condition.star_tag else [tag.partition("-")[0] for tag in sorted(condition.as_set())]


def answer(told: dict[str, object], graph: str, *, minted: bool) -> Response:
    """201 for a graph that is new, else 204: the change is on disk."""
    response = Response(status=201 if told["created"] else 204)
    if told["created"]:
        response.headers["Location"] = graph if minted else address(f"/graphs?{urlencode({'graph': graph})}")
    if told["change"] is not None:
        change = address(f"/changes/{told['change']}")
        response.headers.add("Link", f'<{change}>; rel="describedby"')
    response.headers["Diplograph-Release"] = str(told["release"])
    response.headers["Cache-Control"] = NO_STORE
    return response
