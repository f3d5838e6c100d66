"""The ontology, the vocabulary, the shapes and the descriptions of graphs and rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flask import Blueprint, Response
from rdflib import Graph

from diplograph import media
from diplograph.errors import UnknownResource
from diplograph.publication import Publication
from diplograph.vocab import BASE
from diplograph.web import glossary, rdf, represent, service

Page = Callable[[Graph], Mapping[str, object]]
CONTEXT_TYPES = {media.JSON_LD: "jsonld", media.JSON: "json"}


@dataclass(frozen=True)
class Documents:
    """Publishes what the release says about its own terms."""

    publication: Publication
    _made: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def blueprint(self) -> Blueprint:
        """Mount the documents, each negotiated and with a suffix for every format."""
        pages = Blueprint("documents", __name__)
        for name, view in (("ontology", self.ontology), ("vocab", self.vocab), ("shapes", self.shapes)):
            pages.add_url_rule(f"/{name}", endpoint=name, view_func=view, defaults={"suffix": ""})
            for suffix in media.DOCUMENT_TYPES.values():
                rule = f"/{name}.{suffix}"
                pages.add_url_rule(rule, endpoint=name, view_func=view, defaults={"suffix": f".{suffix}"})
        pages.add_url_rule("/ontology/<path:name>", view_func=self.module)
        pages.add_url_rule("/context.jsonld", view_func=self.context)
        return pages

    def ontology(self, suffix: str) -> Response:
        """Sends the ontology: core, description logic module and alignments; as a page, its documentation."""
        return self._whole("ontology", suffix, self._ontology, glossary.ontology_page)

    def module(self, name: str) -> Response:
        """Sends one module of the ontology, by its name or by that of its version."""
        stem, chosen = represent.split(name, media.DOCUMENT_TYPES)
        if stem not in self._modules:
            raise UnknownResource("The ontology has no such module or version.", near=sorted(self._modules))
        return self._send(
            f"ontology/{stem}", chosen, self._modules[stem], "ontology.html", glossary.ontology_page
        )

    def vocab(self, suffix: str) -> Response:
        """Sends the concept schemes."""
        return self._whole("vocab", suffix, self._vocab, glossary.vocab_page)

    def shapes(self, suffix: str) -> Response:
        """Sends the shapes that data is checked against."""
        return self._whole("shapes", suffix, self._shapes, glossary.shapes_page)

    def context(self) -> Response:
        """Sends the JSON-LD context: prefixes and properties."""
        represent.accept(CONTEXT_TYPES)
        return represent.send(represent.dumps(service.context(self._ontology)), media.JSON_LD)

    def _whole(self, name: str, suffix: str, graph: Graph, page: Page) -> Response:
        _, chosen = represent.split(name + suffix, media.DOCUMENT_TYPES)
        if not graph:
            raise UnknownResource("What is served are loose files, without terms of their own.")
        return self._send(name, chosen, graph, f"{name}.html", page)

    def _send(self, name: str, chosen: str, graph: Graph, template: str, page: Page) -> Response:
        variants = represent.Variants(f"/{name}", media.DOCUMENT_TYPES, iri=f"{BASE}{name}")
        if chosen == media.HTML:
            return represent.page(template, variants, **page(graph))
        return represent.send(self._bytes(name, graph, chosen), chosen, variants)

    def _bytes(self, name: str, graph: Graph, chosen: str) -> bytes:
        """The document's bytes, made once: a release does not change."""
        key = (name, chosen)
        if key not in self._made:
            self._made[key] = rdf.serialise(graph, chosen)
        return self._made[key]

    @cached_property
    def _ontology(self) -> Graph:
        return service.ontology_of(self.publication.release.ontology_dir)

    @cached_property
    def _modules(self) -> dict[str, Graph]:
        return service.modules_of(self.publication.release.ontology_dir)

    @cached_property
    def _vocab(self) -> Graph:
        return service.vocab_of(self.publication.release.ontology_dir)

    @cached_property
    def _shapes(self) -> Graph:
        return service.shapes_of(self.publication.release.shapes_dir)
