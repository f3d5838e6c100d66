"""The SPARQL 1.1 endpoint: three forms of request, one answer; and the same request as a program."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Request, Response, render_template, request

from diplograph import media
from diplograph.engine import operations
from diplograph.engine.protocol import Operation
from diplograph.errors import BadRequest, UnknownResource, UnsupportedMediaType, UpdateDisabled
from diplograph.namespaces import prefixes
from diplograph.repository import Repository
from diplograph.sparql.guard import MAX_QUERY
from diplograph.translations import LANGUAGE, gettext, translated
from diplograph.web import (
    answers,
    editor,
    extra_columns,
    languages,
    parameters,
    pictures,
    request_parsing,
    responses,
    result_charts,
    service_description,
)
from diplograph.web.addresses import absolute, address
from diplograph.web.editor import prologue
from diplograph.web.extra_columns import Wanted
from diplograph.web.pictures import canvas

PROGRAM_LANGUAGES = ("curl", "Python", "R", "JavaScript")
ACCEPTS = {"select": media.CSV, "ask": media.RESULTS_JSON}
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
OF_RESULTS = (parameters.LABELS, parameters.LIMIT, parameters.REWRITE, parameters.SPREADSHEET)
"""What a result may be asked for with, beside the query, its dataset, `timeout` and `version`."""
SAMPLE = """
SELECT ?act ?label WHERE {
  ?act a dg:Expulsion ; rdfs:label ?label .
}
ORDER BY ?act
"""


def programs(endpoint: str, query: str, form: str) -> list[tuple[str, str]]:
    """Name and text of each program that sends a query of some form to an endpoint."""
    lines = query.replace("\r\n", "\n").rstrip("\n").split("\n")
    facts = {
        "endpoint": endpoint,
        "form": form,
        "tabular": form == "select",
        "accept": ACCEPTS.get(form, media.TURTLE),
        "lines": lines,
        "quoted": [json.dumps(line, ensure_ascii=False) for line in lines],
        "mark": mark(lines),
    }
    return [(name, render_template(f"programs/{name.lower()}.txt", **facts)) for name in PROGRAM_LANGUAGES]


def mark(lines: Sequence[str]) -> str:
    """A word that ends a here-document and is no line of the query."""
    return next(word for number in count() if (word := f"SPARQL{number or ''}") not in lines)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Answers queries over the release in service."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the endpoint."""
        pages = Blueprint("sparql", __name__)
        pages.add_url_rule("/sparql", endpoint="get", view_func=self.get, methods=["GET"])
        pages.add_url_rule("/sparql.<suffix>", view_func=self.download)
        pages.add_url_rule("/sparql", endpoint="post", view_func=self.post, methods=["POST"])
        return pages

    def get(self) -> Response:
        """Evaluates `query`; without one, the form for a browser or the service description."""
        given = request_parsing.fields(request.query_string)
        if "query" not in given and "update" not in given:
            return self._without_query(given)
        return self._answer(given)

    def download(self, suffix: str) -> Response:
        """Evaluates `query` and sends the result in the format of the suffix, or as a picture: `.svg`."""
        given = request_parsing.fields(request.query_string)
        return self._picture(given) if suffix == pictures.SUFFIX else self._answer(given, suffix)

    def post(self) -> Response:
        """Evaluates a query sent as a form or as the body itself."""
        return self._answer(posted(request))

    def _answer(self, given: request_parsing.Fields, suffix: str | None = None) -> Response:
        request_parsing.check(given, OF_RESULTS)
        answers.this_release(given, self.repository.release.id, "version", "_version")
        policy = answers.Policy.of(given, "timeout", "_timeout")
        operation = self.operation(given)
        offered = answers.offers(operation.form)
        offered = offered if suffix else extra_columns.offered(given, offered)
        chosen = media.by_suffix(suffix, offered) if suffix else chosen_type(given, offered)
        if chosen == media.HTML:
            return self._page(operation, policy, given)
        if extra_columns.is_spreadsheet(given, chosen):
            written = extra_columns.before_spreadsheet(operation)
            answer = answers.evaluate(self.repository.engine, operation, written, policy)
            answer = extra_columns.for_spreadsheet(answer)
            response = extra_columns.attach(answers.send(answer, chosen), "result")
        elif operation.form == "select" and (wanted := Wanted.of(given)):
            answer = extra_columns.evaluate(self.repository.engine, operation, chosen, policy, wanted)
            response = answers.send(answer, chosen)
        else:
            answer = answers.evaluate(self.repository.engine, operation, chosen, policy)
            response = answers.send(answer, chosen)
        return answers.mark(response, operation, complete=answer.complete)

    def _picture(self, given: request_parsing.Fields) -> Response:
        """The result as `_chart` says. Raises InvalidParameter for one that its columns do not allow."""
        answers.this_release(given, self.repository.release.id, "version", "_version")
        asked = request_parsing.single(given, result_charts.NAME) or result_charts.DRAWN_HERE[0]
        operation = self.operation(given)
        policy = answers.Policy.of(given, "timeout", "_timeout")
        spoken = languages.preferred(given)
        shown = answers.show(self.repository.engine, operation, policy, spoken).labelled(spoken)
        chart, is_narrow = result_charts.chart(asked, shown), result_charts.is_narrow(asked)
        accounts = canvas.accounts_of(self.repository.engine, shown, chart, spoken)
        picture = pictures.draw(shown, chart, gettext("Result"), accounts)
        if picture is None:
            raise UnknownResource("There is nothing to draw in this answer.", near=[])
        svg = picture.narrow if is_narrow else picture.svg
        response = languages.mark(responses.send(svg, pictures.MEDIA_TYPE))
        return answers.mark(response, operation, complete=shown.complete)

    def operation(self, given: request_parsing.Fields) -> Operation:
        """The query of a request with its dataset; a graph without a name counts as not sent.

        Raises BadRequest, or what the guard finds.
        """
        text = query_text(given)
        default = [iri for iri in given.get("default-graph-uri", ()) if iri]
        named = [iri for iri in given.get("named-graph-uri", ()) if iri]
        with self.repository.engine.charged():
            return operations.operation(
                text,
                default if default or named else None,
                named if default or named else None,
                absolute("/sparql"),
            )

    def _page(self, operation: Operation, policy: answers.Policy, given: request_parsing.Fields) -> Response:
        spoken = languages.preferred(given)
        shown = answers.show(self.repository.engine, operation, policy, spoken).labelled(spoken)
        fields = urlencode({name: values for name, values in given.items() if values}, doseq=True)
        downloads = responses.Variants("/sparql", answers.offers(operation.form), fields)
        endpoint = absolute("/sparql")
        places = canvas.of_answer(self.repository.engine, shown, result_charts.place_column(shown))
        response = self._form(
            operation.text,
            result=shown.dated(LANGUAGE.get()),
            downloads=downloads.alternates(media.HTML),
            views=[view for view in result_charts.fitting(shown) if places or "place" not in view.chart],
            places=places,
            places_name="result",
            absent=self._absent(operation, shown),
            fields=fields,
            programs=programs(endpoint, operation.text, operation.form),
        )
        return answers.mark(response, operation, complete=shown.complete)

    def _absent(self, operation: Operation, shown: answers.Shown) -> list[tuple[str, list[tuple[str, str]]]]:
        """Names of the query that no triple has, each with near ones and the query that has these instead.

        A graph may be made of new names; so they are told only where it is empty.
        """
        if shown.text:
            return []
        found = editor.absent(self.repository.engine, operation.text)
        return [
            (
                one.written,
                [(name, address(f"/sparql?{urlencode({'query': one.mended(name)})}")) for name in one.near],
            )
            for one in found
        ]

    def _form(self, text: str, **shown: Any) -> Response:
        return responses.page(
            "sparql.html",
            title="SPARQL",
            text=text,
            prefixes=prologue(sorted(prefixes())),
            queries=self.repository.queries.values(),
            short=[
                (translated(name), address(f"/sparql?{urlencode({'query': text})}"))
                for name, text in editor.SHORT
            ],
            **shown,
        )

    def _without_query(self, given: request_parsing.Fields) -> Response:
        if responses.prefers_html():
            return self._form(prologue(("dg", "dgv", "rdfs", "state")) + SAMPLE)
        if not given and (chosen := responses.named_type(media.GRAPH_TYPES)):
            graph = service_description.description(self.repository)
            return responses.send(responses.serialise(graph, chosen), chosen)
        raise BadRequest(
            "There is no query.", parameters=["query"], hint="Send ?query=, or open this in a browser."
        )


def chosen_type(given: request_parsing.Fields, offered: Collection[str]) -> str:
    """The media type that `format` says, else the one that Accept likes best.

    Raises InvalidParameter for a name of none that is offered, and NotAcceptable.
    """
    named = request_parsing.single(given, "format")
    return media.by_parameter("format", named, offered) if named else responses.accept(offered)


def posted(sent: Request) -> dict[str, list[str]]:
    """The fields of a query sent by POST, its text among them.

    Raises UnsupportedMediaType for a body that is neither a form nor a query.
    """
    kind = request_parsing.media_type(sent)
    given = request_parsing.fields(sent.query_string)
    if kind == UPDATE:
        raise UpdateDisabled("This endpoint only reads.")
    if kind == QUERY:
        text = request_parsing.text(request_parsing.read(sent, MAX_QUERY))
        return given | {"query": [*given.get("query", ()), text]}
    if kind == request_parsing.FORM:
        form = request_parsing.fields(request_parsing.read(sent, request_parsing.MAX_FORM))
        return {name: given.get(name, []) + form.get(name, []) for name in given | form}
    raise UnsupportedMediaType(
        f"A query is not read from {kind or 'a body without a type'}.", offers=[QUERY, request_parsing.FORM]
    )


def query_text(given: request_parsing.Fields) -> str:
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
