"""Responses: the media type settled, the body sent whole, its relatives linked; graphs as stable bytes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import pyoxigraph
from flask import Response, render_template, request
from markupsafe import Markup
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph import media
from diplograph.errors import NotAcceptable
from diplograph.namespaces import FOREIGN_PREFIXES, prefixes
from diplograph.rdf import rdf_xml, turtle
from diplograph.rdf.terms import to_oxigraph
from diplograph.translations import SOURCE, gettext, gettext_noop, is_translated, number
from diplograph.web import languages
from diplograph.web.addresses import address
from diplograph.web.headers import NO_STORE

Triples = list[tuple[Node, Node, Node]]
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
SUFFIXES = frozenset(suffix for known in media.MEDIA_TYPES for suffix in known.suffixes)
FACTS_TYPES = {media.JSON: "json", media.TEXT: "txt", media.HTML: "html"}
FORMAT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        media.RESULTS_JSON: "JSON",
        media.RESULTS_XML: "XML",
        media.CSV: "CSV",
        media.TSV: "TSV",
        media.TURTLE: "Turtle",
        media.N_TRIPLES: "N-Triples",
        media.JSON_LD: "JSON-LD",
        media.RDF_XML: "RDF/XML",
        media.MARKDOWN: "Markdown",
    }
)
Pairs = Sequence[tuple[str, object]]
UNITS = gettext_noop(("bytes", "kB", "MB", "GB"))
BINARY_UNITS = gettext_noop(("bytes", "KiB", "MiB", "GiB"))


def serialise(graph: Graph, media_type: str, first: str | None = None) -> bytes:
    """A graph in one of the graph media types, its statements in a fixed order.

    In Turtle, which people read, those about the IRI `first` come before all others, and terms of other
    vocabularies are written short, too.

    Raises NotAcceptable for another type, and for what RDF/XML cannot hold.
    """
    if media_type == media.TURTLE:
        for prefix, namespace in FOREIGN_PREFIXES.items():
            graph.bind(prefix, namespace, override=False)
        return turtle.canonical(graph, first).encode("utf-8")
    triples: Triples = sorted(graph, key=lambda triple: [term.n3() for term in triple])
    if media_type == media.N_TRIPLES:
        return pyoxigraph.serialize(_ours(triples), format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
    prefixes = used_prefixes(triples)
    if media_type == media.JSON_LD:
        return _json_ld(triples, prefixes)
    if media_type == media.RDF_XML:
        return b"".join(rdf_xml.serialised(_ours(triples), prefixes))
    raise NotAcceptable(f"A graph is not written as {media_type}.", offers=list(media.GRAPH_TYPES))


def embedded(graph: Graph) -> Markup:
    """A graph as JSON-LD for a page: no text in it can end the element that it stands in."""
    text = serialise(graph, media.JSON_LD).decode("utf-8")
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - nothing is markup


def used_prefixes(triples: Iterable[tuple[Node, Node, Node]]) -> dict[str, str]:
    """Our prefixes that shorten an IRI of some triples, but none that is the scheme of another IRI."""
    iris = {str(term) for triple in triples for term in triple if isinstance(term, URIRef)}
    datatypes = {str(triple[2].datatype) for triple in triples if isinstance(triple[2], Literal)}
    schemes = {iri.partition(":")[0] for iri in iris}
    return {
        prefix: base
        for prefix, base in prefixes().items()
        if prefix not in schemes and any(iri.startswith(base) for iri in iris | datatypes)
    }


def _ours(triples: Triples) -> Iterator[pyoxigraph.Triple]:
    for s, p, o in triples:
        yield pyoxigraph.Triple(to_oxigraph(s), to_oxigraph(p), to_oxigraph(o))  # type: ignore[arg-type]


def _json_ld(triples: Triples, prefixes: Mapping[str, str]) -> bytes:
    nodes: dict[str, dict[str, Any]] = {}
    for subject, predicate, value in triples:
        name = _compact(subject, prefixes)
        node = nodes.setdefault(name, {"@id": name})
        if predicate == RDF.type and not isinstance(value, Literal):
            node.setdefault("@type", []).append(_compact(value, prefixes))
        else:
            node.setdefault(_compact(predicate, prefixes), []).append(_value(value, prefixes))
    document = {"@context": prefixes, "@graph": list(nodes.values())}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _compact(term: Node, prefixes: Mapping[str, str]) -> str:
    if not isinstance(term, URIRef):
        return f"_:{term}"
    iri = str(term)
    fitting = [(len(base), prefix) for prefix, base in prefixes.items() if iri.startswith(base)]
    if not fitting:
        return iri
    length, prefix = max(fitting)
    return iri if iri[length:].startswith("//") else f"{prefix}:{iri[length:]}"


def _value(term: Node, prefixes: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(term, Literal):
        return {"@id": _compact(term, prefixes)}
    if term.language:
        return {"@value": str(term), "@language": term.language}
    if term.datatype:
        return {"@value": str(term), "@type": _compact(term.datatype, prefixes)}
    return {"@value": str(term)}


@dataclass(frozen=True, slots=True)
class Variants:
    """The representations of one resource: its path without a suffix, and what it is offered in.

    `iri` is what the resource is about, where that is not the document itself; `query` is the query
    string that goes with each address.
    """

    path: str
    offers: Mapping[str, str]
    query: str = ""
    iri: str | None = None

    def address(self, media_type: str | None = None) -> str:
        """The address of one representation, or of the resource that is negotiated."""
        suffix = f".{self.offers[media_type]}" if media_type else ""
        return address(f"{self.path}{suffix}") + (f"?{self.query}" if self.query else "")

    def alternates(self, but: str | None = None) -> list[tuple[str, str]]:
        """Address and media type of each representation, the one at hand left out."""
        return [(self.address(name), name) for name in self.offers if name != but]


def accept(offers: Collection[str]) -> str:
    """The media type among the offers that this request likes best. Raises NotAcceptable."""
    return _negotiated(request.environ.get("HTTP_ACCEPT"), tuple(offers))


@lru_cache(maxsize=1024)
def _negotiated(accept_header: str | None, offers: tuple[str, ...]) -> str:
    return media.negotiate(accept_header, offers)


def prefers_html() -> bool:
    """Whether the client names text/html and likes nothing else better: a browser."""
    named = [value for value, _ in request.accept_mimetypes]
    return media.HTML in named and accept([media.JSON, media.TURTLE, media.HTML, media.TEXT]) == media.HTML


def named_type(offers: Collection[str]) -> str | None:
    """The offer that the request likes best and names itself, not by a wildcard alone."""
    named = {value.partition(";")[0].strip().lower() for value, _ in request.accept_mimetypes}
    ours = [offer for offer in offers if offer in named]
    return accept(ours) if ours else None


def split(name: str, offers: Collection[str]) -> tuple[str, str]:
    """A name without its suffix, and the media type: the suffix wins over Accept.

    Raises UnknownResource for the suffix of a type that is not offered, NotAcceptable without one.
    """
    stem, dot, suffix = name.rpartition(".")
    if dot and stem and suffix.lower() in SUFFIXES:
        return stem, media.by_suffix(suffix, offers)
    return name, accept(offers)


def send(body: bytes | str, media_type: str, variants: Variants | None = None) -> Response:
    """A response with a whole body, linked to its other representations."""
    raw = body.encode("utf-8") if isinstance(body, str) else body
    response = Response(raw, content_type=_content_type(media_type))
    if variants is not None:
        response.headers["Content-Location"] = variants.address(media_type)
        link(response, variants, media_type)
    return response


def link(response: Response, variants: Variants, media_type: str | None = None) -> None:
    """Add the links of a resource: alternates, description, licence, canonical address, topic."""
    for alternate, name in variants.alternates(media_type):
        response.headers.add("Link", f'<{alternate}>; rel="alternate"; type="{name}"')
    response.headers.add("Link", f'<{address("/.well-known/void")}>; rel="describedby"')
    response.headers.add("Link", f'<{LICENSE}>; rel="license"')
    response.headers.add("Link", f'<{variants.address()}>; rel="canonical"')
    if variants.iri:
        response.headers.add("Link", f'<{variants.iri}>; rel="describes"')


def see_other(variants: Variants, chosen: str, anchor: str = "") -> Response:
    """The one redirect from a thing to its document, by path, with the document's relatives linked.

    `anchor` names the place of the thing within the document.
    """
    place = languages.with_language(variants.address(chosen)) + (f"#{quote(anchor)}" if anchor else "")
    response = send(f"{place}\n", media.TEXT)
    response.status_code = 303
    response.headers["Location"] = place
    link(response, variants)
    return response


def moved(address: str) -> Response:
    """The redirect from a thing that was merged into another, for good."""
    response = send(f"{address}\n", media.TEXT)
    response.status_code = 301
    response.headers["Location"] = address
    return response


def page(template: str, variants: Variants | None = None, **context: Any) -> Response:
    """An HTML page."""
    alternates = variants.alternates(media.HTML) if variants else []
    html = languages.kept(render_template(template, alternates=alternates, **context))
    return languages.mark(send(html, media.HTML, variants))


@dataclass(frozen=True, slots=True)
class Facts:
    """A small set of facts that is sent as JSON, as lines of text or as a page."""

    title: str
    values: Mapping[str, Any]
    lead: str = ""

    def respond(self, *, keep: bool = True) -> Response:
        """The facts in the media type that the request likes best; not to be stored unless `keep`."""
        response = self._render(accept(FACTS_TYPES))
        if not keep:
            response.headers["Cache-Control"] = NO_STORE
        return response

    def _render(self, chosen: str) -> Response:
        if chosen == media.HTML:
            return page(
                "facts.html",
                title=gettext(self.title),
                title_language=None if is_translated(self.title) else SOURCE,
                lead=self.lead,
                facts=flat(self.values),
            )
        if chosen == media.TEXT:
            return send("".join(f"{name}: {value}\n" for name, value in flat(self.values)), media.TEXT)
        return send(dumps(self.values), chosen)


def dumps(value: object) -> str:
    """JSON as people can read it, the same bytes for the same value."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def size(count: int) -> str:
    """A number of bytes for people: in KiB, MiB or GiB where it is a round number of them, else in kB or MB.

    Specification: IEC 80000-13.
    """
    step, units = (1024, BINARY_UNITS) if count % 1024 == 0 else (1000, UNITS)
    amount, power = float(count), 0
    while amount >= step and power + 1 < len(units):
        amount, power = amount / step, power + 1
    told = number(float(f"{amount:.3g}") if amount < 1000 else round(amount))
    return f"{told} {gettext(units[power])}"


def flat(values: Mapping[str, Any], prefix: str = "") -> Pairs:
    """Nested facts as pairs of a dotted name and a value."""
    pairs: list[tuple[str, object]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            pairs.extend(flat(value, f"{prefix}{name}."))
        else:
            pairs.append((f"{prefix}{name}", value))
    return pairs


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
