"""Downloads of the whole graph, and the files that tell machines what there is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, render_template, send_file

from diplograph import media
from diplograph.documents import exchanges, naming
from diplograph.engine import operations
from diplograph.errors import UnknownResource
from diplograph.namespaces import spaces
from diplograph.repository import Repository
from diplograph.translations import gettext, gettext_noop
from diplograph.web import between, links, responses, service_description
from diplograph.web.addresses import absolute, address

GZIP = "application/gzip"
LIST_TYPES = {media.JSON: "json", media.HTML: "html"}
SITEMAP_LIMIT = 50_000
KINDS_OF_DUMP = {
    media.N_QUADS: gettext_noop("N-Quads, a line for each statement, with its graph"),
    media.TRIG: gettext_noop("TriG, graph by graph"),
    media.TURTLE: gettext_noop("Turtle, all graphs merged into one"),
}
THINGS = """
SELECT DISTINCT ?thing WHERE {
  $SPACES ?thing a ?type
  FILTER(STRSTARTS(STR(?thing), STR(?space)))
}
ORDER BY ?thing
LIMIT 50000
"""


@dataclass(frozen=True, slots=True)
class Downloads:
    """Publishes dumps, VoID, query examples and the site map of a release."""

    repository: Repository

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
        chosen = responses.accept(LIST_TYPES)
        service_description.require_description(self.repository)
        files = [self._entry(name, path) for name, path in self.repository.release.dumps.items()]
        if chosen == media.HTML:
            return responses.page(
                "dumps.html",
                title=gettext("Downloads"),
                files=files,
                kinds=KINDS_OF_DUMP,
                size=responses.size,
            )
        return responses.send(responses.dumps(files), chosen)

    def dump(self, name: str) -> Response:
        """Sends one download; parts of it by Range. The file is compressed, the transfer is not."""
        service_description.require_description(self.repository)
        dumps = self.repository.release.dumps
        if name not in dumps:
            near = [address(f"/dumps/{one}") for one in naming.alike(name, dumps)]
            raise UnknownResource("There is no download of this name.", near=near)
        etag = str(self._entry(name, dumps[name])["sha256"])
        response = send_file(
            dumps[name],
            mimetype=GZIP,
            etag=etag,
            last_modified=service_description.created(self.repository),
            conditional=True,
        )
        del response.headers["Cache-Control"]
        return response

    def void(self) -> Response:
        """Describes the dataset: VoID and DCAT, downloads, counts, licence."""
        chosen = responses.accept(media.GRAPH_TYPES)
        service_description.require_description(self.repository)
        return responses.send(responses.serialise(service_description.void(self.repository), chosen), chosen)

    def examples(self) -> Response:
        """Sends the canned queries as `sh:SPARQLExecutable`, for editors."""
        chosen = responses.accept(media.GRAPH_TYPES)
        return responses.send(
            responses.serialise(service_description.examples(self.repository), chosen), chosen
        )

    def sitemap(self) -> Response:
        """Lists the pages for crawlers."""
        fixed = ["/", "/about", "/queries", "/sparql", "/ontology", "/vocab", "/shapes", "/graphs", "/docs"]
        canned = [f"/queries/{name}" for name in self.repository.queries]
        told = [between.path(*pair) for pair in exchanges.pairs(self.repository.engine)]
        paths = [*fixed, *canned, *told, *self._things()][:SITEMAP_LIMIT]
        xml = render_template("sitemap.xml", addresses=[absolute(path) for path in paths])
        return responses.send(xml, "application/xml")

    def _things(self) -> list[str]:
        bases = operations.values("space", [f"{base}id/" for base in spaces()])
        rows = operations.select(self.repository.engine, THINGS.replace("$SPACES", bases)).rows
        found = (str(row["thing"]) for row in rows)
        return [links.page_of(iri) or "" for iri in found if iri not in self.repository.unmentioned]

    def _entry(self, name: str, path: Path) -> dict[str, object]:
        recorded = self.repository.release.manifest.get("dumps", [])
        known = next((dict(entry) for entry in recorded if entry.get("file") == name), {})
        digest = known.get("sha256") or hashlib.sha256(path.read_bytes()).hexdigest()
        return known | {
            "file": name,
            "address": address(f"/dumps/{name}"),
            "size": path.stat().st_size,
            "sha256": digest,
        }
