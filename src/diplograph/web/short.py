"""Short links to queries at `/q/{hash}`, where the service was given a folder for them."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from diplograph import media, sparql
from diplograph.errors import BadRequest, ShortLinksDisabled, UnknownResource
from diplograph.publication import Publication
from diplograph.shortlinks import Link, ShortLinks
from diplograph.web import represent
from diplograph.web.headers import NO_STORE
from diplograph.web.sparql import DATASET, QUERY, posted, query_text


@dataclass(frozen=True, slots=True)
class Short:
    """Keeps queries and gives them back."""

    publication: Publication

    def blueprint(self) -> Blueprint:
        """Mount the links."""
        pages = Blueprint("short", __name__)
        pages.add_url_rule("/q", view_func=self.create, methods=["POST"])
        pages.add_url_rule("/q/<name>", view_func=self.follow)
        return pages

    def create(self) -> Response:
        """Keeps a query under a short address that names the release in service."""
        links = self._links()
        chosen = represent.accept((media.JSON,))
        given = posted(request, self.publication.settings.max_query)
        text = query_text(given)
        if not DATASET.isdisjoint(given):
            raise BadRequest(
                "A short link holds a query and nothing beside it.",
                parameters=sorted(DATASET.intersection(given)),
                hint="Name the graphs in the query, with FROM and FROM NAMED.",
            )
        sparql.operation(text, max_query=self.publication.settings.max_query)
        link = Link(text, self.publication.release.name)
        is_new = links.keep(link)
        address = f"/q/{link.name}"
        response = represent.send(represent.dumps({"address": address, "release": link.release}), chosen)
        response.status_code = 201 if is_new else 200
        response.headers["Location"] = address
        response.headers["Cache-Control"] = NO_STORE
        return response

    def follow(self, name: str) -> Response:
        """Leads to the editor with the query in it, or gives the query itself."""
        link = self._links().find(name)
        if link is None:
            raise UnknownResource("There is no query under this short link.", near=[])
        chosen = represent.accept((media.HTML, QUERY))
        if chosen == QUERY:
            return represent.send(link.query, QUERY)
        address = f"/sparql#{fragment(link)}"
        response = represent.send(f"{address}\n", media.TEXT)
        response.status_code = 303
        response.headers["Location"] = address
        return response

    def _links(self) -> ShortLinks:
        settings = self.publication.settings
        if settings.links is None:
            raise ShortLinksDisabled("This service keeps no short links.")
        return ShortLinks(settings.links, settings.max_links)


def fragment(link: Link) -> str:
    """A link as the editor writes it into the address: the query deflated (RFC 1951), in base64url."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(link.query.encode()) + packer.flush()
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return urlencode({"query": text, "release": link.release})
