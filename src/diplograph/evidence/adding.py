"""New evidence for a passage, named by its bounds or by a few words: offsets and hash, never its text."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, XSD, Graph, Literal, URIRef

from diplograph.errors import BadRequest, DoesNotConform, InvalidParameter
from diplograph.evidence.records import (
    digest_of,
    document,
    is_recorded,
    sentence_of,
    sentences,
    spans_of,
    text_of,
)
from diplograph.namespaces import DG, DGV, OA, SCHEMA, own, short, split

CERTAINTIES = ("high", "moderate", "low")
Bounds = tuple[int, int]
Place = Callable[[str], Bounds]
"""Finds the bounds of a passage in a text."""
Choice = Callable[[str, Sequence[Bounds]], Bounds | None]
"""Chooses one of several passages of a text, None for no choice."""
RANGE = "Name a phrase that occurs once, which of its places is meant, or the range."
LISTED = 20
"""How many places are listed when a phrase is not enough."""
_QUOTES = "\"'`´“”„‟‘’‚‛«»‹›″′「」『』〝〞〟＂＇"
_DASHES = "-\u00ad‐‑‒–—―−﹣－"
_PIECES = re.compile(rf"(?P<space>\s+)|(?P<quote>[{_QUOTES}])|(?P<dash>[{re.escape(_DASHES)}])|(?P<other>.)")


@dataclass(frozen=True, slots=True)
class Addition:
    """Evidence for a passage: its IRI, the span it points to, and the triples that are not known yet."""

    evidence: str
    span: str
    triples: Graph


def add(
    graph: Graph, sources: Path | None, source: URIRef, place: Place, certainty: str = "high"
) -> Addition:
    """Return the evidence for a passage of a source, those parts of it that a graph knows left out.

    Raises InvalidParameter when there is no such source or passage, BadRequest when the source is not at
    hand, DoesNotConform when it is not the text that was recorded or an IRI is taken.
    """
    text = recorded_text(graph, sources, source)
    start, end = place(text)
    triples = Graph()
    span = _known_span(graph, source, start, end)
    if span is None:
        span = _new_span(graph, triples, source, (start, end), digest_of(text[start:end]))
        _number_sentence(graph, triples, span, sentence_of(sentences(text), start, end))
    evidence = _known_evidence(graph, span, certainty)
    if evidence is None:
        evidence = _new_evidence(graph, triples, span, certainty)
    return Addition(str(evidence), str(span), triples)


def attached(graph: Graph, made: Addition, things: Iterable[URIRef]) -> Addition:
    """Return the addition with the statements that things rest on it, those left out that a graph has.

    Raises InvalidParameter for a thing that the graph says nothing of.
    """
    for thing in things:
        if (thing, None, None) not in graph:
            raise InvalidParameter(
                f"The file says nothing of {short(thing)}.",
                parameters=["for"],
                hint="Name what the file describes, or make it first: diplograph new.",
            )
        if (thing, DG.evidence, URIRef(made.evidence)) not in graph:
            made.triples.add((thing, DG.evidence, URIRef(made.evidence)))
    return made


def recorded_text(graph: Graph, sources: Path | None, source: URIRef) -> str:
    """Return the text of a source, which is the one that was recorded; raises as `add` does."""
    if (source, SCHEMA.sha256, None) not in graph:
        raise InvalidParameter(
            f"No text is recorded for {source}.",
            parameters=["source"],
            hint="Record the text first: diplograph new source.",
        )
    known = document(graph, source)
    text = text_of(known, sources)
    if text is None:
        where = f"in {sources}" if sources else "at hand"
        raise BadRequest(f"{known.file} is not {where}.", hint="Say --sources DIR.")
    if not is_recorded(known, text):
        raise DoesNotConform(
            f"{known.file} is not the text that was recorded, so its offsets would mean another one.",
            hint="Look at diplograph evidence check, mend the spans and record the new text.",
        )
    return text


def _known_span(graph: Graph, source: URIRef, start: int, end: int) -> URIRef | None:
    for span in spans_of(graph).get(source, ()):
        if (span.start, span.end) == (start, end):
            return URIRef(str(span.iri))
    return None


def _known_evidence(graph: Graph, span: URIRef, certainty: str) -> URIRef | None:
    graded = (
        iri for iri in graph.subjects(OA.hasTarget, span) if (iri, DG.certainty, DGV[certainty]) in graph
    )
    return URIRef(found) if (found := min(map(str, graded), default=None)) else None


def _new_span(graph: Graph, triples: Graph, source: URIRef, bounds: tuple[int, int], digest: str) -> URIRef:
    slug = f"{split(source)[1]}-{bounds[0]}-{bounds[1]}"
    span, position = _free(graph, own("span", slug)), _free(graph, own("span", f"{slug}-position"))
    triples.add((span, RDF.type, OA.SpecificResource))
    triples.add((span, OA.hasSource, source))
    triples.add((span, OA.hasSelector, position))
    triples.add((span, SCHEMA.sha256, Literal(digest)))
    triples.add((position, RDF.type, OA.TextPositionSelector))
    for predicate, offset in zip((OA.start, OA.end), bounds, strict=True):
        triples.add((position, predicate, Literal(str(offset), datatype=XSD.integer)))
    return span


def _number_sentence(graph: Graph, triples: Graph, span: URIRef, number: int | None) -> None:
    """Say which sentence a passage is part of, unless it stands after those that the document counts."""
    count = graph.value(triples.value(span, OA.hasSource), DG.sentenceCount)
    last = count.value if isinstance(count, Literal) and isinstance(count.value, int) else number
    if number is not None and last is not None and number <= last:
        triples.add((span, DG.sentenceNumber, Literal(number)))


def _new_evidence(graph: Graph, triples: Graph, span: URIRef, certainty: str) -> URIRef:
    suffix = "" if certainty == CERTAINTIES[0] else f"-{certainty}"
    evidence = _free(graph, own("evidence", f"{split(span)[1]}{suffix}"))
    triples.add((evidence, RDF.type, DG.Evidence))
    triples.add((evidence, OA.hasTarget, span))
    triples.add((evidence, OA.motivatedBy, OA.linking))
    triples.add((evidence, DG.certainty, DGV[certainty]))
    return evidence


def _free(graph: Graph, iri: URIRef) -> URIRef:
    if (iri, None, None) in graph:
        raise DoesNotConform(f"{iri} is taken by something else.", hint="Mend the record that has its name.")
    return iri


def by_range(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds, in code points with the end excluded.

    Raises InvalidParameter when they are outside the text, hold nothing, or begin or end with a space.
    """
    if not 0 <= start < end <= len(text):
        raise InvalidParameter(
            f"{start}-{end} is no passage of a source with {len(text)} characters.",
            parameters=["range"],
            hint="Count code points from 0, the end excluded.",
        )
    passage = text[start:end]
    if passage != passage.strip():
        begins = start + len(passage) - len(passage.lstrip())
        ends = max(begins, end - (len(passage) - len(passage.rstrip())))
        raise InvalidParameter(
            f"The passage {start}-{end} begins or ends with a space.",
            parameters=["range"],
            hint=f"Without spaces it is {begins}-{ends}." if begins < ends else "It holds no word.",
        )
    return start, end


def by_phrase(text: str, phrase: str, choose: Choice | None = None) -> Bounds:
    """Return the bounds of a phrase in a text: as it stands, else with other quotes, dashes, spaces and case.

    `choose` is asked which is meant when it occurs more than once. Raises InvalidParameter when it does not
    occur, or when nothing chooses; `problems` has the places.
    """
    if not phrase.strip():
        raise InvalidParameter("A phrase has at least one word.", parameters=["phrase"], hint=RANGE)
    exact, tolerant = re.compile(re.escape(phrase)), re.compile(_spelled_otherwise(phrase), re.IGNORECASE)
    found = [place.span() for place in exact.finditer(text)]
    found = found or [place.span() for place in tolerant.finditer(text)]
    if not found:
        detail = "The phrase does not occur in the source."
        raise InvalidParameter(detail, parameters=["phrase"], hint=RANGE)
    chosen = found[0] if len(found) == 1 else choose and choose(text, found)
    if not chosen:
        detail = f"The phrase occurs {len(found)} times; name a longer one, which is meant, or the range."
        raise InvalidParameter(detail, parameters=["phrase"], problems=_listed(found), hint=RANGE)
    return chosen


def _spelled_otherwise(phrase: str) -> str:
    """Return an expression for a phrase with any quotes, dashes and spaces."""
    classes = {"space": r"\s+", "quote": f"[{_QUOTES}]", "dash": f"[{re.escape(_DASHES)}]"}
    pieces = _PIECES.finditer(phrase.strip())
    return "".join(classes.get(piece.lastgroup or "", re.escape(piece[0])) for piece in pieces)


def _listed(places: list[tuple[int, int]]) -> list[str]:
    more = [f"and {len(places) - LISTED} more"] if len(places) > LISTED else []
    return [f"{start}-{end}" for start, end in places[:LISTED]] + more
