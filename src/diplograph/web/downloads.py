"""Whole-graph downloads, and the files that tell machines what there is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, render_template, send_file

from diplograph import media, sparql
from diplograph.errors import UnknownResource
from diplograph.publication import Publication
from diplograph.web import links, rdf, represent, service

GZIP = "application/gzip"
LIST_TYPES = {media.JSON: "json", media.HTML: "html"}
SITEMAP_LIMIT = 50_000
THINGS = """
SELECT DISTINCT ?thing WHERE {
  ?thing a ?type
  FILTER(STRSTARTS(STR(?thing), "https://w3id.org/diplograph/id/"))
}
ORDER BY ?thing
LIMIT 50000
"""


@dataclass(frozen=True, slots=True)
class Downloads:
    """Publishes dumps, VoID, query examples and the site map of a release."""

    publication: Publication

    def blueprint(self) -> Blueprint:
        """Mount the downloads."""
        pages = Blueprint("downloads", __name__)
        pages.add_url_rule("/dumps", view_func=self.list_dumps)
        pages.add_url_rule("/dumps/<name>", view_func=self.dump)
        pages.add_url_rule("/.well-known/void", view_func=self.void)
        pages.add_url_rule("/.well-known/sparql-examples", view_func=self.examples)
        pages.add_url_rule("/sitemap.xml", view_func=self.sitemap)
        return pages

    def list_dumps(self) -> Response:
        """Lists the whole-graph downloads with sizes and checksums."""
        chosen = represent.accept(LIST_TYPES)
        service.require_description(self.publication)
        files = [self._entry(name, path) for name, path in self.publication.release.dumps.items()]
        if chosen == media.HTML:
            return represent.page("dumps.html", title="Downloads", files=files)
        return represent.send(represent.dumps(files), chosen)

    def dump(self, name: str) -> Response:
        """Sends one download; parts of it by Range. The file is compressed, the transfer is not."""
        service.require_description(self.publication)
        dumps = self.publication.release.dumps
        if name not in dumps:
            raise UnknownResource("There is no download of this name.", near=list(dumps))
        etag = str(self._entry(name, dumps[name])["sha256"])
        response = send_file(
            dumps[name],
            mimetype=GZIP,
            etag=etag,
            last_modified=service.created(self.publication),
            conditional=True,
        )
        del response.headers["Cache-Control"]
        return response

    def void(self) -> Response:
        """Describes the dataset: VoID and DCAT, downloads, counts, licence."""
        chosen = represent.accept(media.GRAPH_TYPES)
        service.require_description(self.publication)
        return represent.send(rdf.serialise(service.void(self.publication), chosen), chosen)

    def examples(self) -> Response:
        """Sends the canned queries as `sh:SPARQLExecutable`, for editors."""
        chosen = represent.accept(media.GRAPH_TYPES)
        return represent.send(rdf.serialise(service.examples(self.publication), chosen), chosen)

    def sitemap(self) -> Response:
        """Lists the pages for crawlers."""
        base = self.publication.settings.public_url
        fixed = ["/", "/queries", "/sparql", "/ontology", "/vocab", "/shapes", "/graphs", "/docs"]
        canned = [f"/queries/{name}" for name in self.publication.queries]
        paths = [*fixed, *canned, *self._things()][:SITEMAP_LIMIT]
        xml = render_template("sitemap.xml", addresses=[base + path for path in paths])
        return represent.send(xml, "application/xml")

    def _things(self) -> list[str]:
        found = sparql.select(self.publication.engine, THINGS)
        return [links.page_of(str(row["thing"])) or "" for row in found.rows]

    def _entry(self, name: str, path: Path) -> dict[str, object]:
        recorded = self.publication.release.manifest.get("dumps", [])
        known = next((dict(entry) for entry in recorded if entry.get("file") == name), {})
        digest = known.get("sha256") or hashlib.sha256(path.read_bytes()).hexdigest()
        return known | {
            "file": name,
            "address": f"/dumps/{name}",
            "size": path.stat().st_size,
            "sha256": digest,
        }
