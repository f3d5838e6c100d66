"""Scaffolds of new things: canonical blocks with what is known; what is left out, the shapes ask for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.errors import BadRequest, DoesNotConform, InvalidParameter
from diplograph.evidence.records import digest_of
from diplograph.namespaces import DCTERMS, DG, EDTF, SCHEMA, own, short
from diplograph.rdf import turtle
from diplograph.rdf.terms import EdtfDate, fold

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Links = Mapping[URIRef, Sequence[URIRef]]


@dataclass(frozen=True, slots=True)
class Name:
    """What a new thing is called: its slug and its English label."""

    slug: str
    label: str

    @classmethod
    def of(cls, label: str, slug: str | None = None) -> "Name":
        """Return a name, its slug made of the label unless it is given; InvalidParameter when it is none."""
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


def act(name: Name, group: URIRef, links: Links, date: str | None = None) -> Graph:
    """Return an act, with its time span when a date is given, on the same evidence."""
    graph = thing("act", name, group, links)
    if date is not None:
        span = time_span(name.slug, date, links.get(DG.evidence, ()))
        graph += span
        graph.add((own("act", name.slug), DG.when, own("time", name.slug)))
    return graph


def sanction(name: Name, links: Links, types: Iterable[URIRef], date: str | None = None) -> Graph:
    """Return a sanction with the measure that it imposes, on the same targets and evidence."""
    graph = act(name, DG.Sanction, links, date)
    measure = thing(
        "measure",
        name,
        DG.RestrictiveMeasure,
        {
            DG.measureType: list(types),
            DG.measureTarget: links.get(DG.target, ()),
            DG.evidence: links.get(DG.evidence, ()),
        },
    )
    graph.add((own("act", name.slug), DG.imposes, own("measure", name.slug)))
    return graph + measure


def claim(name: Name, links: Links, proposition: str | None) -> Graph:
    """Return a claim, with the sentence that says what is claimed when it is given."""
    graph = thing("claim", name, DG.Claim, links)
    if proposition:
        graph.add((own("claim", name.slug), DG.proposition, Literal(proposition, lang="en")))
    return graph


def source(name: Name, path: Path, language: str | None) -> Graph:
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
    facts += [(SCHEMA.inLanguage, Literal(language))] if language else []
    for predicate, value in facts:
        graph.add((iri, predicate, value))
    return graph


def time_span(slug: str, date: str, evidence: Sequence[URIRef]) -> Graph:
    """Return the time span of one date of EDTF; how the date was obtained is left to be said."""
    told = EdtfDate.read(date.strip())
    if told is None:
        raise InvalidParameter(
            f"{date!r} is no date.",
            parameters=["date"],
            hint="Write 2022, 2022-21 (spring), 2022-04, 2022-04-08, 2022-04-08~ or 2022-04-08T12:30:00Z.",
        )
    graph, iri = Graph(), own("time", slug)
    graph.add((iri, RDF.type, DG.TimeSpan))
    graph.add((iri, DG.edtf, Literal(date.strip(), datatype=EDTF.EDTF)))
    for predicate, day in zip((DG.notBefore, DG.notAfter), (told.first, told.last), strict=True):
        graph.add((iri, predicate, Literal(day.isoformat(), datatype=XSD.date)))
    for proof in evidence:
        graph.add((iri, DG.evidence, proof))
    return graph


def taken(known: Graph, block: Graph) -> list[str]:
    """Return the subjects of a block that a graph says something about already."""
    return sorted(str(iri) for iri in set(block.subjects()) if (iri, None, None) in known)


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
