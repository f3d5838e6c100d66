"""Scaffolds of new things: canonical blocks with what is known; what is left out, the shapes ask for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rdflib import RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.errors import BadRequest, DoesNotConform, InvalidParameter
from diplograph.evidence.records import digest_of
from diplograph.namespaces import DCTERMS, DG, EDTF, SCHEMA, own, short
from diplograph.rdf import turtle
from diplograph.rdf.terms import EdtfDate, fold

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MASKED = re.compile(r"(\d{2,3})([Xxu]{1,2})")
"""A year whose last digits are left open (EDTF level 1), of which no bounds are made."""
Links = Mapping[URIRef, Sequence[URIRef]]


@dataclass(frozen=True, slots=True)
class Name:
    """What a new thing is called: its slug and its English label."""

    slug: str
    label: str

    @classmethod
    def of(cls, label: str, slug: str | None = None) -> "Name":
        """Return a name, its slug made of the label unless it is given; InvalidParameter when it is none."""
        if label != " ".join(label.split()):
            raise InvalidParameter(
                "The label is not one line of words.", parameters=["label"], hint="Write it so."
            )
        made = slug or fold(label).replace(" ", "-")
        if not SLUG.fullmatch(made):
            raise InvalidParameter(
                f"{made!r} is no slug.", parameters=["slug"], hint="Say --slug, of a-z, 0-9 and hyphens."
            )
        return cls(made, label)


def thing(kind: str, name: Name, group: URIRef, links: Links) -> Graph:
    """Return a thing of a class with its label and its links to others."""
    graph, iri = Graph(), own(kind, name.slug)
    graph.add((iri, RDF.type, group))
    graph.add((iri, RDFS.label, Literal(name.label, lang="en")))
    for predicate, values in links.items():
        for value in values:
            graph.add((iri, predicate, value))
    return graph


def source(name: Name, path: Path) -> Graph:
    """Return a document whose text is in a file, pinned by its hash and length.

    Raises BadRequest when the file is not UTF-8 or holds nothing.
    """
    try:
        text = path.read_bytes().decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{path} is not UTF-8: {error.reason} at byte {error.start}.") from error
    if not text.strip():
        raise BadRequest(f"{path} holds no text.")
    graph, iri = thing("document", name, DG.PinnedDocument, {}), own("document", name.slug)
    facts: list[tuple[URIRef, Node]] = [
        (DCTERMS["format"], Literal("text/plain")),
        (DCTERMS.identifier, Literal(path.name)),
        (SCHEMA.sha256, Literal(digest_of(text))),
        (DG.codePointLength, Literal(len(text))),
    ]
    for predicate, value in facts:
        graph.add((iri, predicate, value))
    return graph


def time_span(slug: str, edtf: str, basis: URIRef | None = None) -> Graph:
    """Return the time span of a date in EDTF, with the days that bound it and how it was obtained.

    Raises InvalidParameter for a text that is no date, or one whose bounds cannot be told.
    """
    text = edtf.strip()
    first, last = bounds(text)
    graph, iri = Graph(), own("time", slug)
    graph.add((iri, RDF.type, DG.TimeSpan))
    graph.add((iri, DG.edtf, Literal(text, datatype=EDTF.EDTF)))
    for predicate, day in ((DG.notBefore, first), (DG.notAfter, last)):
        if day is not None:
            graph.add((iri, predicate, Literal(day.isoformat(), datatype=XSD.date)))
    if basis is not None:
        graph.add((iri, DG.dateBasis, basis))
    return graph


def bounds(edtf: str) -> tuple[date | None, date | None]:
    """Return the first and the last day of an EDTF expression, None for an open side.

    Taken are dates, moments, seasons, intervals `a/b`, and sets `[a..b]`, `[a, b]`. Raises InvalidParameter
    for anything else. Specification: https://www.loc.gov/standards/datetime/
    """
    inner = edtf[1:-1] if edtf[:1] + edtf[-1:] in ("[]", "{}") else edtf
    separator = "/" if inner == edtf else ".."
    ends = [part.strip() for part in inner.split(separator)] if separator in inner else inner.split(",")
    if separator in inner and len(ends) != 2:
        raise _no_date(edtf)
    read = [None if end in ("", "..") else EdtfDate.read(end.strip()) for end in ends]
    if all(one is None for one in read):
        raise _no_date(edtf)
    if any(one is None and end not in ("", "..") for one, end in zip(read, ends, strict=True)):
        raise _no_date(edtf)
    begin, end = read[0], read[-1]
    if begin and end and begin.first > end.last:
        raise _no_date(edtf)
    return begin.first if begin else None, end.last if end else None


def _no_date(text: str) -> InvalidParameter:
    masked = _MASKED.fullmatch(text)
    years = [text[: masked.end(1)] + end * len(masked[2]) for end in "09"] if masked else []
    instead = f" Write [{years[0]}..{years[1]}] for a year among these." if years else ""
    return InvalidParameter(
        f"{text!r} is no date that is taken here.{instead}",
        parameters=["date"],
        hint="Write 2022, 2022-04, 2022-04-08, 2022-04-08T12:30:00Z, 2022-21 for spring, "
        "2022-05-01/2022-05-06 for a duration, [2022-04-01..2022-04-26] for one day in a range, "
        "[2020..2029] for a decade, 2022~ for about, 2022? for perhaps.",
    )


def insert(text: str, block: Graph) -> str:
    """Return a canonical Turtle text with a block put in, canonical again.

    Raises DoesNotConform when the text is not canonical: to make it so may lose comments, and is not what
    was asked for.
    """
    if turtle.format_text(text) != text:
        raise DoesNotConform(
            "The file is not in canonical form.", hint="Run diplograph fmt on it first, then again this."
        )
    graph = turtle.parse(text)
    for triple in block:
        graph.add(triple)
    return turtle.comments(text) + turtle.canonical(graph)


def names_of(block: Graph) -> str:
    """Return the subjects of a block by their short names."""
    return ", ".join(sorted(short(str(iri)) for iri in set(block.subjects())))
