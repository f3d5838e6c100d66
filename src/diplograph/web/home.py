"""Home page, and the search by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph
from flask import Blueprint, Response, request

from diplograph import media
from diplograph.engine.protocol import Operation
from diplograph.errors import BadRequest
from diplograph.namespaces import XSD
from diplograph.queries.canned import CannedQuery
from diplograph.repository import Repository
from diplograph.search import Candidate
from diplograph.search.index import LONGEST
from diplograph.web import answers, overview, pictures, request_parsing, responses, service_description
from diplograph.web.addresses import absolute, address
from diplograph.web.parameters import ServiceParameter

SOUGHT = ServiceParameter(
    "q",
    {"type": "string", "pattern": r"\S", "maxLength": LONGEST},
    f"a part of a name, of {LONGEST} characters at most",
    "What to search for: a part of a name in any language; spelling mistakes are forgiven.",
    required=True,
)
DECIMAL = pyoxigraph.NamedNode(f"{XSD}decimal")
SEARCH = "SELECT ?thing ?label ?name ?score WHERE {{ VALUES (?thing ?label ?name ?score) {{ {rows} }} }}"


@dataclass(frozen=True, slots=True)
class HomePages:
    """The way in."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the pages."""
        pages = Blueprint("pages", __name__)
        pages.add_url_rule("/", view_func=self.home)
        pages.add_url_rule("/about", view_func=self.about)
        pages.add_url_rule("/search", view_func=self.search)
        return pages

    def home(self) -> Response:
        """Says what is here: whom it is about, an answer with its picture, the questions, the newest acts."""
        graphs = tuple(media.GRAPH_TYPES) if service_description.is_described(self.repository) else ()
        chosen = responses.accept((media.HTML, media.JSON, *graphs))
        if chosen in media.GRAPH_TYPES:
            return responses.see_other(responses.Variants("/dataset", media.DOCUMENT_TYPES), chosen)
        if chosen == media.JSON:
            return responses.send(responses.dumps(self._summary()), chosen)
        engine = self.repository.engine
        featured = overview.featured(self.repository.queries.values())
        return responses.page(
            "home.html",
            title="Diplomatic acts, each tied to its source",
            scope=overview.overview(engine),
            newest=overview.newest(engine),
            not_done=overview.not_done(engine),
            themes=overview.by_theme(self.repository.queries.values()),
            featured=featured,
            picture=self._picture(featured) if featured else None,
        )

    def about(self) -> Response:
        """Says how the graph is made and from what, what it is not, how to cite it and to add to it."""
        responses.accept((media.HTML,))
        engine = self.repository.engine
        return responses.page(
            "about.html",
            title="About",
            scope=overview.overview(engine),
            articles=overview.articles(engine),
            comparison=overview.comparison(self.repository.queries.values()),
            release=self.repository.release,
        )

    def _picture(self, query: CannedQuery) -> pictures.Picture | None:
        """The picture of an answer, without the values that a reader could choose."""
        values = self.repository.named_values(query, {})
        operation = query.operation(values, absolute("/sparql"))
        shown = answers.show(self.repository.engine, operation, answers.Policy())
        return pictures.draw(shown, query.chart, query.summary)

    def search(self) -> Response:
        """Finds things by a name or a part of it, in any language and in spite of spelling."""
        given = request_parsing.fields(request.query_string)
        text = (request_parsing.single(given, "q") or "").strip()
        chosen = responses.accept(media.SELECT_TYPES)
        if not text:
            if chosen == media.HTML:
                return responses.page("search.html", title="Search", q="", result=None)
            raise BadRequest(
                "There is nothing to search for.", parameters=["q"], hint="Send ?q= with a part of a name."
            )
        operation = search_result(self.repository.names.find(text))
        if chosen == media.HTML:
            shown = answers.show(self.repository.engine, operation, answers.Policy())
            return responses.page("search.html", title=f"Search: {text}", q=text, result=shown)
        answer = answers.evaluate(self.repository.engine, operation, chosen, answers.Policy())
        return answers.send(answer, chosen)

    def _summary(self) -> Mapping[str, object]:
        return {
            "release": self.repository.release.id,
            "figures": overview.figures(self.repository.engine),
            "addresses": {
                "sparql": address("/sparql"),
                "queries": address("/queries"),
                "ontology": address("/ontology"),
                "void": address("/.well-known/void"),
                "openapi": address("/openapi.json"),
                "dumps": address("/dumps"),
            },
            "queries": {name: address(f"/queries/{name}") for name in self.repository.queries},
        }


def search_result(found: Iterable[Candidate]) -> Operation:
    """The things found as a query that lists them, so that they come in every format of results."""
    rows = (
        (
            pyoxigraph.NamedNode(one.iri),
            _text(one.label, one.language),
            _text(one.name.text, one.name.language),
            pyoxigraph.Literal(str(one.score), datatype=DECIMAL),
        )
        for one in found
    )
    listed = " ".join(f"({' '.join(map(str, row))})" for row in rows)
    return Operation(SEARCH.format(rows=listed), "select", ours=True)


def _text(text: str, language: str) -> pyoxigraph.Literal:
    return pyoxigraph.Literal(text, language=language or None)
