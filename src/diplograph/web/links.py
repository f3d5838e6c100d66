"""Links: local addresses and short names of terms, and which IRIs may become links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from rdflib import Literal, URIRef
from rdflib.term import Node

from diplograph.documents import naming
from diplograph.engine.protocol import Engine
from diplograph.namespaces import DGV, PREFIXES, is_ours, short, spaces
from diplograph.web.addresses import address

LINKED_SCHEMES = {"http", "https", "mailto"}
NUMBERS = {PREFIXES["xsd"] + name for name in ("integer", "decimal", "double", "float")}
XSD_STRING = PREFIXES["xsd"] + "string"


@dataclass(frozen=True, slots=True)
class Cell:
    """One term ready for a page: its text, and where it leads if it leads anywhere, the IRI it names.

    A code has the scheme that it is of.
    """

    text: str
    href: str | None = None
    external: bool = False
    title: str | None = None
    lang: str | None = None
    number: bool = False
    parts: tuple[Cell, ...] = ()
    iri: str | None = None
    scheme: Cell | None = None


def path_of(iri: str) -> str | None:
    """The path of this service that stands for an IRI of ours, in ASCII; None for any other IRI."""
    base = next(filter(iri.startswith, spaces()), None)
    if base is None or iri in {base, f"{base}id/"}:  # the two are spaces of names, and no name
        return None
    return "/" + quote(iri.removeprefix(base), safe="/#~")


def page_of(iri: str) -> str | None:
    """Like `path_of`, but straight to the document of a thing, which saves a reader one redirect."""
    path = path_of(iri)
    if path is None or not path.startswith("/id/"):
        return path
    return "/doc/" + path.removeprefix("/id/")


def thing(engine: Engine, kind: str, slug: str) -> str:
    """The IRI of a thing by its address; it is only ever looked up, never opened."""
    return named(engine, "id", kind, slug)


def named(engine: Engine, *path: str) -> str:
    """The IRI that an address stands for: of the knowledge base itself, else of the package."""
    found = [f"{base}{'/'.join(path)}" for base in spaces()]
    there = naming.existing(engine, found) if len(found) > 1 else ()
    return next((iri for iri in found if iri in there), found[0])


def iri_cell(iri: str, label: str | None = None, lang: str | None = None) -> Cell:
    """An IRI for a page: ours lead here, http, https and mailto lead out, all others are plain text."""
    page = page_of(iri)
    text = label or short(iri)
    title = iri if text != iri else None
    if page is not None:
        return Cell(text, address(page), title=title, lang=lang, iri=iri)
    if may_link(iri):
        outside = quote(iri, safe=":/?#[]@!$&'()*+,;=%~")
        return Cell(text, outside, external=True, title=title, lang=lang, iri=iri)
    return Cell(text, title=title, lang=lang, iri=iri)


def may_link(iri: str) -> bool:
    """Whether an IRI of the data may stand in an href: no javascript:, data: or file: ever does."""
    try:
        return urlsplit(iri).scheme.lower() in LINKED_SCHEMES
    except ValueError:
        return False


def binding_cell(binding: Mapping[str, Any]) -> Cell:
    """One value of a SPARQL JSON result."""
    value = str(binding["value"])
    if binding["type"] == "uri":
        return iri_cell(value)
    if binding["type"] == "bnode":
        return Cell(f"_:{value}")
    if binding["type"] == "triple":
        return Cell(
            " ".join(binding_cell(binding["value"][part]).text for part in ("subject", "predicate", "object"))
        )
    return literal_cell(value, binding.get("xml:lang"), binding.get("datatype"))


def literal_cell(value: str, lang: str | None, datatype: str | None) -> Cell:
    """A literal: its text, with its datatype as the title; a list of IRIs of ours as so many links.

    The language of a text without a tag is not known, which HTML says by an empty one.
    """
    names = value.split()
    if names and all(map(is_ours, names)):
        return Cell(value, parts=tuple(iri_cell(name) for name in names))
    typed = datatype if datatype not in {None, XSD_STRING} and not lang else None
    title = short(typed) if typed else None
    scheme = iri_cell(typed) if typed and typed.startswith(DGV) else None
    tag = lang or ("" if typed is None else None)
    return Cell(value, title=title, lang=tag, number=typed in NUMBERS, scheme=scheme)


def term_cell(term: Node) -> Cell:
    """An rdflib term for a page."""
    if isinstance(term, URIRef):
        return iri_cell(str(term))
    if isinstance(term, Literal):
        return literal_cell(str(term), term.language, str(term.datatype) if term.datatype else None)
    return Cell(f"_:{term}")
