"""Graphs of ours as bytes: the same graph gives the same bytes in every process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph
from markupsafe import Markup
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph import media, turtle
from diplograph.terms import to_oxigraph
from diplograph.vocab import PREFIXES

NAMESPACE = re.compile(rb' xmlns:[\w-]+="[^"]*"')
Triples = list[tuple[Node, Node, Node]]


def serialise(graph: Graph, media_type: str) -> bytes:
    """A graph in one of the graph media types, its statements in a fixed order."""
    if media_type == media.TURTLE:
        return turtle.canonical(graph).encode("utf-8")
    triples: Triples = sorted(graph, key=lambda triple: [term.n3() for term in triple])
    if media_type == media.N_TRIPLES:
        return _written(triples, pyoxigraph.RdfFormat.N_TRIPLES, {})
    prefixes = used_prefixes(triples)
    if media_type == media.JSON_LD:
        return _json_ld(triples, prefixes)
    return _in_fixed_order(_written(triples, pyoxigraph.RdfFormat.RDF_XML, prefixes))


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
        for prefix, base in PREFIXES.items()
        if prefix not in schemes and any(iri.startswith(base) for iri in iris | datatypes)
    }


def _written(triples: Triples, syntax: pyoxigraph.RdfFormat, prefixes: dict[str, str]) -> bytes:
    ours = [
        pyoxigraph.Triple(to_oxigraph(s), to_oxigraph(p), to_oxigraph(o))  # type: ignore[arg-type]
        for s, p, o in triples
    ]
    return pyoxigraph.serialize(ours, format=syntax, prefixes=prefixes) or b""


def _in_fixed_order(xml: bytes) -> bytes:
    """The namespaces of the root element sorted: the serialiser writes them in an order of chance."""
    start = xml.find(b"<rdf:RDF")
    end = xml.find(b">", start)
    declared = sorted(NAMESPACE.findall(xml[start:end]))
    return xml[:start] + b"<rdf:RDF" + b"".join(declared) + xml[end:]


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
