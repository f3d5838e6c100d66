"""The SPARQL 1.1 endpoint: three forms of request, one answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Request, Response, request

from diplograph import media, sparql
from diplograph.engine.guard import MAX_QUERY
from diplograph.engine.protocol import Operation
from diplograph.errors import BadRequest, UnknownResource, UnsupportedMediaType, UpdateDisabled
from diplograph.publication import Publication
from diplograph.vocab import PREFIXES
from diplograph.web import (
    answers,
    bodies,
    enriched,
    pictures,
    programs,
    rdf,
    represent,
    service,
    spreadsheet,
    views,
)
from diplograph.web.enriched import Wanted

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
SAMPLE = """
SELECT ?act ?label WHERE {
  ?act a dg:Expulsion ; rdfs:label ?label .
}
ORDER BY ?act
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Answers queries over the release in service."""

    publication: Publication

    def blueprint(self) -> Blueprint:
        """Mount the endpoint."""
        pages = Blueprint("sparql", __name__)
        pages.add_url_rule("/sparql", endpoint="get", view_func=self.get, methods=["GET"])
        pages.add_url_rule("/sparql.<suffix>", view_func=self.download)
        pages.add_url_rule("/sparql", endpoint="post", view_func=self.post, methods=["POST"])
        return pages

    def get(self) -> Response:
        """Evaluates `query`; without one, the form for a browser or the service description."""
        given = bodies.fields(request.query_string)
        if "query" not in given and "update" not in given:
            return self._without_query(given)
        return self._answer(given)

    def download(self, suffix: str) -> Response:
        """Evaluates `query` and sends the result in the format of the suffix, or as a picture: `.svg`."""
        given = bodies.fields(request.query_string)
        return self._picture(given) if suffix == pictures.SUFFIX else self._answer(given, suffix)

    def post(self) -> Response:
        """Evaluates a query sent as a form or as the body itself."""
        return self._answer(posted(request))

    def _answer(self, given: bodies.Fields, suffix: str | None = None) -> Response:
        answers.this_release(given, self.publication.release.id, "version", "_version")
        policy = answers.Policy.of(given, "timeout", "_timeout")
        operation = self.operation(given)
        offered = answers.offers(operation.form)
        chosen = media.by_suffix(suffix, offered) if suffix else represent.accept(offered)
        if chosen == media.HTML:
            return self._page(operation, policy, given)
        if spreadsheet.is_wanted(given, chosen):
            answer = spreadsheet.evaluate(self.publication.engine, operation, policy)
            response = spreadsheet.attach(answers.send(answer, chosen), "result")
        elif operation.form == "select" and (wanted := Wanted.of(given)):
            answer = enriched.evaluate(self.publication.engine, operation, chosen, policy, wanted)
            response = answers.send(answer, chosen)
        else:
            answer = answers.evaluate(self.publication.engine, operation, chosen, policy)
            response = answers.send(answer, chosen)
        return answers.mark(response, operation, complete=answer.complete)

    def _picture(self, given: bodies.Fields) -> Response:
        """The result as `_chart` says. Raises InvalidParameter for one that its columns do not allow."""
        answers.this_release(given, self.publication.release.id, "version", "_version")
        asked = bodies.single(given, views.NAME) or views.DRAWN_HERE[0]
        operation = self.operation(given)
        policy = answers.Policy.of(given, "timeout", "_timeout")
        shown = answers.show(self.publication.engine, operation, policy).labelled()
        picture = pictures.draw(shown, views.chart(asked, shown), "Result")
        if picture is None:
            raise UnknownResource("There is nothing to draw in this answer.", near=[])
        response = represent.send(picture.svg, pictures.MEDIA_TYPE)
        return answers.mark(response, operation, complete=shown.complete)

    def operation(self, given: bodies.Fields) -> Operation:
        """The query of a request with its dataset. Raises BadRequest, or what the guard finds."""
        text = query_text(given)
        default, named = given.get("default-graph-uri"), given.get("named-graph-uri")
        chosen = default is not None or named is not None
        return sparql.operation(
            text,
            tuple(default or ()) if chosen else None,
            tuple(named or ()) if chosen else None,
            f"{self.publication.settings.public_url}/sparql",
        )

    def _page(self, operation: Operation, policy: answers.Policy, given: bodies.Fields) -> Response:
        shown = answers.show(self.publication.engine, operation, policy).labelled()
        fields = urlencode({name: values for name, values in given.items() if values}, doseq=True)
        downloads = represent.Variants("/sparql", answers.offers(operation.form), fields)
        endpoint = f"{self.publication.settings.public_url}/sparql"
        response = self._form(
            operation.text,
            result=shown,
            downloads=downloads.alternates(media.HTML),
            views=views.fitting(shown),
            fields=fields,
            programs=programs.programs(endpoint, operation.text, operation.form),
        )
        return answers.mark(response, operation, complete=shown.complete)

    def _form(self, text: str, **shown: Any) -> Response:
        return represent.page(
            "sparql.html",
            title="SPARQL",
            text=text,
            prefixes=prologue(sorted(PREFIXES)),
            queries=self.publication.queries.values(),
            **shown,
        )

    def _without_query(self, given: bodies.Fields) -> Response:
        if represent.prefers_html():
            return self._form(prologue(("dg", "dgv", "rdfs", "state")) + SAMPLE)
        if not given and (chosen := represent.named_type(media.GRAPH_TYPES)):
            graph = service.description(self.publication)
            return represent.send(rdf.serialise(graph, chosen), chosen)
        raise BadRequest(
            "There is no query.", parameters=["query"], hint="Send ?query=, or open /sparql in a browser."
        )


def posted(sent: Request) -> dict[str, list[str]]:
    """The fields of a query sent by POST, its text among them.

    Raises UnsupportedMediaType for a body that is neither a form nor a query.
    """
    kind = bodies.media_type(sent)
    given = bodies.fields(sent.query_string)
    if kind == UPDATE:
        raise UpdateDisabled("This endpoint only reads.")
    if kind == QUERY:
        text = bodies.text(bodies.read(sent, MAX_QUERY))
        return given | {"query": [*given.get("query", ()), text]}
    if kind == FORM:
        form = bodies.fields(bodies.read(sent, 3 * MAX_QUERY + (64 << 10)))
        return {name: given.get(name, []) + form.get(name, []) for name in given | form}
    raise UnsupportedMediaType(
        f"A query is not read from {kind or 'a body without a type'}.", offers=[QUERY, FORM]
    )


def query_text(given: bodies.Fields) -> str:
    """The one query of a request. Raises BadRequest when it is missing, repeated or beside an update."""
    queries = given.get("query", [])
    if "update" in given and queries:
        raise BadRequest("A request holds a query or an update, not both.", parameters=["query", "update"])
    if "update" in given:
        raise UpdateDisabled("This endpoint only reads.")
    if len(queries) != 1:
        found = "no query" if not queries else f"{len(queries)} queries"
        raise BadRequest(f"The request holds {found}; it has to hold one.", parameters=["query"])
    return queries[0]


def prologue(names: Iterable[str]) -> str:
    """Prefixes of ours as SPARQL writes them."""
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in names)
