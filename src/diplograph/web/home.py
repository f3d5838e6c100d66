"""Home page, and the page about the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from diplograph import media
from diplograph.queries.canned import CannedQuery
from diplograph.repository import Repository
from diplograph.translations import gettext
from diplograph.web import (
    answers,
    languages,
    overview,
    pictures,
    request_parsing,
    responses,
    service_description,
)
from diplograph.web.addresses import absolute, address


@dataclass(frozen=True, slots=True)
class HomePages:
    """The way in."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the pages."""
        pages = Blueprint("pages", __name__)
        pages.add_url_rule("/", view_func=self.home)
        pages.add_url_rule("/about", view_func=self.about)
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
        spoken = languages.preferred(request_parsing.fields(request.query_string))
        featured = overview.featured(self.repository.queries.values())
        return responses.page(
            "home.html",
            title=gettext("Diplomatic acts, each tied to its source"),
            scope=overview.overview(self.repository, spoken),
            newest=overview.newest(engine, spoken),
            not_done=overview.not_done(engine, spoken),
            themes=overview.by_theme(self.repository.queries.values()),
            featured=featured,
            picture=self._picture(featured, spoken) if featured else None,
        )

    def about(self) -> Response:
        """Says how the graph is made and from what, what it is not, how to cite it and to add to it."""
        responses.accept((media.HTML,))
        engine = self.repository.engine
        spoken = languages.preferred(request_parsing.fields(request.query_string))
        return responses.page(
            "about.html",
            title=gettext("About"),
            scope=overview.overview(self.repository, spoken),
            articles=overview.articles(engine, spoken),
            comparison=overview.comparison(self.repository.queries.values()),
            release=self.repository.release,
        )

    def _picture(self, query: CannedQuery, spoken: Sequence[str]) -> pictures.Picture | None:
        """The picture of an answer, without the values that a reader could choose."""
        values = self.repository.named_values(query, {})
        operation = query.operation(values, absolute("/sparql"))
        shown = answers.show(self.repository.engine, operation, answers.Policy(), spoken).translated()
        return pictures.of_query(self.repository.engine, query, shown, spoken)

    def _summary(self) -> Mapping[str, object]:
        return {
            "release": self.repository.release.id,
            "figures": overview.counts(self.repository),
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
