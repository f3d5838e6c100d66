"""Things and their documents: one 303 from a name to the right document about it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import pyoxigraph
from flask import Blueprint, Response, request

from diplograph import media, resources
from diplograph.errors import BadRequest, InvalidParameter, WithdrawnResource
from diplograph.publication import Publication
from diplograph.resources import known
from diplograph.vocab import BASE, DGG, DGV, RULE
from diplograph.web import answers, bodies, links, rdf, represent, thing_page

NAMED = {"": BASE, "vocab": str(DGV), "graph": str(DGG), "rule": str(RULE)}
"""Names outside /id/ that are not documents either: their documents stand at the same path with a suffix."""


@dataclass(frozen=True, slots=True)
class Resources:
    """Publishes every thing of the release under the name that the data gives it."""

    publication: Publication

    def blueprint(self) -> Blueprint:
        """Mount names and documents."""
        pages = Blueprint("resources", __name__)
        pages.add_url_rule("/id/<kind>/<slug>", view_func=self.thing)
        pages.add_url_rule("/doc/<kind>/<slug>", view_func=self.document)
        for name, view in (("vocab", self.concept), ("graph", self.graph), ("rule", self.rule)):
            pages.add_url_rule(f"/{name}/<name>", endpoint=name, view_func=view)
        for suffix in ("", *(f".{suffix}" for suffix in media.DOCUMENT_TYPES.values())):
            pages.add_url_rule(f"/dataset{suffix}", view_func=self.dataset, defaults={"suffix": suffix})
        pages.add_url_rule("/describe", view_func=self.describe)
        return pages

    def thing(self, kind: str, slug: str) -> Response:
        """Redirects from a thing to the document about it, straight to the right format.

        A thing that was merged into another redirects to that one for good; one that was withdrawn is gone.
        """
        iri = links.thing(kind, slug)
        self._exists(iri)
        if (replacement := self._replacement(iri)) is not None:
            return represent.moved(links.path_of(replacement) or replacement)
        chosen = represent.accept(media.DOCUMENT_TYPES)
        return represent.see_other(represent.Variants(_path("doc", kind, slug), media.DOCUMENT_TYPES), chosen)

    def document(self, kind: str, slug: str) -> Response:
        """Sends the document about a thing; the suffix wins over Accept."""
        stem, chosen = represent.split(slug, media.DOCUMENT_TYPES)
        iri = links.thing(kind, stem)
        self._exists(iri)
        if (replacement := self._replacement(iri)) is not None:
            return represent.moved((links.page_of(replacement) or replacement) + slug.removeprefix(stem))
        return self._document(
            iri, chosen, represent.Variants(_path("doc", kind, stem), media.DOCUMENT_TYPES, iri=iri)
        )

    def concept(self, name: str) -> Response:
        """Redirects from a concept to its document, or sends that by its suffix."""
        return self._named("vocab", name)

    def graph(self, name: str) -> Response:
        """Redirects from a named graph to its description, or sends that by its suffix."""
        return self._named("graph", name)

    def rule(self, name: str) -> Response:
        """Redirects from a rule of inference to its description, or sends that by its suffix."""
        return self._named("rule", name)

    def dataset(self, suffix: str) -> Response:
        """Redirects from the dataset to the document about it, or sends that by its suffix."""
        return self._named("", f"dataset{suffix}")

    def describe(self) -> Response:
        """Sends a document about any IRI that the graph mentions."""
        given = bodies.fields(request.query_string)
        answers.this_release(given, self.publication.release.id, "version", "_version")
        iri = bodies.single(given, "uri")
        if iri is None:
            raise BadRequest("There is no IRI to describe.", parameters=["uri"], hint="Send ?uri=.")
        self._exists(checked(iri))
        chosen = represent.accept(media.DOCUMENT_TYPES)
        return self._document(iri, chosen, None)

    def _named(self, collection: str, name: str) -> Response:
        stem, chosen = represent.split(name, media.DOCUMENT_TYPES)
        iri = NAMED[collection] + stem
        self._exists(iri)
        variants = represent.Variants(_path(collection, stem), media.DOCUMENT_TYPES, iri=iri)
        return (
            represent.see_other(variants, chosen) if stem == name else self._document(iri, chosen, variants)
        )

    def _document(self, iri: str, chosen: str, variants: represent.Variants | None) -> Response:
        given = bodies.fields(request.query_string)
        answers.this_release(given, self.publication.release.id, "version", "_version")
        if chosen == media.HTML:
            return thing_page.respond(self.publication, iri, variants)
        graph = resources.describe(self.publication.engine, iri, profile(given))
        return represent.send(rdf.serialise(graph, chosen), chosen, variants)

    def _replacement(self, iri: str) -> str | None:
        """The IRI of what took a thing's place, None for one that stands. Raises WithdrawnResource."""
        found = known.withdrawal(self.publication.engine, iri)
        if found is None:
            return None
        if found.replacement is None:
            raise WithdrawnResource(f"{iri} was withdrawn. {found.reason}".strip())
        return found.replacement

    def _exists(self, iri: str) -> None:
        """Raises UnknownResource, with near names, for an IRI that no triple mentions."""
        if not known.exists(self.publication.engine, iri):
            raise known.unknown(self.publication.engine, iri)


def profile(given: bodies.Fields) -> str:
    """How much of a thing is asked for. Raises InvalidParameter, naming the profiles."""
    chosen = bodies.single(given, "_profile") or resources.PROFILES[0]
    if chosen not in resources.PROFILES:
        expected = ", ".join(resources.PROFILES)
        raise InvalidParameter(f"_profile has to be one of {expected}.", parameters=["_profile"])
    return chosen


def checked(iri: str) -> str:
    """An IRI that a caller sent. Raises InvalidParameter for what is none."""
    try:
        return pyoxigraph.NamedNode(iri).value
    except ValueError as error:
        raise InvalidParameter("uri has to be an absolute IRI.", parameters=["uri"]) from error


def _path(*parts: str) -> str:
    return "/" + "/".join(quote(part, safe="") for part in parts if part)
