"""Canned queries: the list, a form for each, and its result under an address of its own."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from markupsafe import Markup

from diplograph import media, sparql
from diplograph.engine.protocol import Operation
from diplograph.errors import InvalidParameter, UnknownResource
from diplograph.publication import Publication
from diplograph.queries import CannedQuery, Parameter
from diplograph.web import answers, bodies, pictures, represent

RESERVED = {"_limit", "_rewrite", "_timeout", "_version"}
TEXT_SUFFIX = ".rq"
PICTURE_SUFFIX = ".svg"
SVG = "image/svg+xml"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter as a form shows it: what is offered, and what stands in it now."""

    parameter: Parameter
    values: tuple[str, ...]
    options: tuple[tuple[str, str], ...]

    @property
    def boxes(self) -> tuple[str, ...]:
        """What stands in each box: one more than is filled where several values may be given."""
        return (*self.values, "") if self.parameter.multiple else (self.values or ("",))[:1]


@dataclass(frozen=True, slots=True)
class Canned:
    """Publishes the canned queries of a release."""

    publication: Publication

    def blueprint(self) -> Blueprint:
        """Mount the list and the queries."""
        pages = Blueprint("queries", __name__)
        pages.add_url_rule("/queries", view_func=self.list_queries)
        pages.add_url_rule("/queries/<name>", view_func=self.run_query)
        return pages

    def list_queries(self) -> Response:
        """Lists the canned queries with what they answer and which parameters they take."""
        chosen = represent.accept((media.JSON, media.HTML))
        queries = list(self.publication.queries.values())
        if chosen == media.HTML:
            return represent.page("queries.html", title="Canned queries", queries=queries)
        return represent.send(represent.dumps([summary(query) for query in queries]), chosen)

    def run_query(self, name: str) -> Response:
        """Runs one canned query; the suffix wins over Accept, `.rq` is its text."""
        if name.endswith(TEXT_SUFFIX):
            return represent.send(self._query(name.removesuffix(TEXT_SUFFIX)).text, media.TEXT)
        if name.endswith(PICTURE_SUFFIX):
            return self._picture(self._query(name.removesuffix(PICTURE_SUFFIX)))
        query = self._query(self._stem(name))
        offered = answers.offers(query.form)
        _, chosen = represent.split(name, offered)
        variants = represent.Variants(f"/queries/{query.name}", offered, _query_string())
        given = bodies.fields(request.query_string)
        answers.this_release(given, self.publication.release.id, "_version")
        if chosen == media.HTML:
            return self._page(query, given, variants)
        return self._result(query, given, chosen, variants)

    def _picture(self, query: CannedQuery) -> Response:
        """The picture that the query's header asks for. Raises UnknownResource where there is none."""
        given = bodies.fields(request.query_string)
        answers.this_release(given, self.publication.release.id, "_version")
        policy = answers.Policy.of(given, "_timeout")
        operation = self._operation(query, given, policy.rows_shown)
        shown = answers.show(self.publication.engine, operation, policy)
        svg = pictures.exchange(shown, query.chart, query.summary)
        if svg is None:
            raise UnknownResource("There is no picture of this answer.", near=[query.name])
        return answers.mark(represent.send(svg, SVG), operation, complete=shown.complete)

    def _stem(self, name: str) -> str:
        stem, dot, suffix = name.rpartition(".")
        return stem if dot and suffix.lower() in represent.SUFFIXES else name

    def _query(self, name: str) -> CannedQuery:
        book = self.publication.queries
        if name not in book:
            near = difflib.get_close_matches(name, list(book), n=5, cutoff=0.3)
            raise UnknownResource("There is no canned query of this name.", near=near or list(book))
        return book[name]

    def _operation(self, query: CannedQuery, given: bodies.Fields, limit: int | None) -> Operation:
        text = query.bind(parameters(given), limit)
        return sparql.operation(text, None, None, f"{self.publication.settings.public_url}/sparql")

    def _result(
        self, query: CannedQuery, given: bodies.Fields, chosen: str, variants: represent.Variants
    ) -> Response:
        policy = answers.Policy.of(given, "_timeout")
        operation = self._operation(query, given, policy.limit)
        answer = answers.evaluate(self.publication.engine, operation, chosen, policy)
        response = answers.send(answer, chosen, variants)
        return answers.mark(response, operation, complete=answer.complete)

    def _page(self, query: CannedQuery, given: bodies.Fields, variants: represent.Variants) -> Response:
        if needs_values(query, given):
            return self._render(query, given, variants, text=query.body)
        policy = answers.Policy.of(given, "_timeout")
        operation = self._operation(query, given, policy.rows_shown)
        shown = answers.show(self.publication.engine, operation, policy)
        picture = pictures.exchange(shown, query.chart, query.summary)
        response = self._render(
            query,
            given,
            variants,
            text=query.bind(parameters(given)),
            result=shown.labelled(),
            picture=Markup(picture) if picture else None,  # noqa: S704 - a template of ours, escaped
        )
        return answers.mark(response, operation, complete=shown.complete)

    def _render(
        self,
        query: CannedQuery,
        given: bodies.Fields,
        variants: represent.Variants,
        *,
        text: str,
        **answer: Any,
    ) -> Response:
        fields = [self._field(parameter, given) for parameter in query.parameters.values()]
        return represent.page(
            "query.html",
            variants,
            title=query.summary,
            query=query,
            fields=fields,
            query_string=variants.query,
            text=text,
            editor="/sparql?" + urlencode({"query": text}),
            **answer,
        )

    def _field(self, parameter: Parameter, given: bodies.Fields) -> Field:
        values = tuple(given.get(parameter.name, () if _sent(given) else parameter.default))
        options = tuple((option.value, option.label) for option in parameter.options)
        return Field(parameter, values, options or self._suggested(parameter))

    def _suggested(self, parameter: Parameter) -> tuple[tuple[str, str], ...]:
        if parameter.options_query is None:
            return ()
        found = sparql.select(self.publication.engine, parameter.options_query)
        return tuple((str(row["value"]), str(row.get("label", row["value"]))) for row in found.rows)


def parameters(given: bodies.Fields) -> dict[str, list[str]]:
    """The query's own parameters; names that begin with an underscore are the service's."""
    unknown = sorted(name for name in given if name.startswith("_") and name not in RESERVED)
    if unknown:
        raise InvalidParameter(
            f"{unknown[0][:40]!r} is not a parameter. Expected: {', '.join(sorted(RESERVED))}.",
            parameters=unknown,
        )
    return {name: values for name, values in given.items() if name not in RESERVED}


def needs_values(query: CannedQuery, given: bodies.Fields) -> bool:
    """Whether nothing was filled in yet and something has to be."""
    required = [p for p in query.parameters.values() if not (p.optional or p.default)]
    return bool(required) and not parameters(given)


def summary(query: CannedQuery) -> dict[str, object]:
    """What the list says about a query."""
    return {
        "name": query.name,
        "address": f"/queries/{query.name}",
        "summary": query.summary,
        "question": query.question,
        "description": query.description,
        "tags": list(query.tags),
        "form": query.form,
        "columns": list(query.variables),
        "parameters": [describe(parameter) for parameter in query.parameters.values()],
    }


def describe(parameter: Parameter) -> dict[str, object]:
    """What the list says about a parameter."""
    return {
        "name": parameter.name,
        "type": parameter.type,
        "label": parameter.label,
        "description": parameter.description,
        "expected": parameter.expected,
        "default": list(parameter.default),
        "example": list(parameter.example),
        "multiple": parameter.multiple,
        "optional": parameter.optional,
    }


def _sent(given: bodies.Fields) -> bool:
    return any(not name.startswith("_") for name in given)


def _query_string() -> str:
    """The query string in ASCII, as it may stand in a header."""
    pairs = [
        (name, value) for name, values in bodies.fields(request.query_string).items() for value in values
    ]
    return urlencode(pairs)
