"""New evidence for a passage, named by its bounds or by a few words: offsets and hash, never its text."""

import re
from collections.abc import Callable
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
from diplograph.namespaces import DG, DGV, OA, SCHEMA, own, split

CERTAINTIES = ("high", "moderate", "low")
Place = Callable[[str], tuple[int, int]]
"""Finds the bounds of a passage in a text."""
RANGE = "Name a phrase that occurs once, as the source spells it, or the range."
LISTED = 20
"""How many places are listed when a phrase is not enough."""


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
    text = _text(graph, sources, source)
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


def _text(graph: Graph, sources: Path | None, source: URIRef) -> str:
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


def by_phrase(text: str, phrase: str) -> tuple[int, int]:
    """Return the bounds of a phrase that occurs once in a text, letter by letter.

    Raises InvalidParameter when it does not occur or occurs more than once; `problems` has the places,
    those of other spellings (case, spaces, line ends) when there is none.
    """
    if not phrase.strip():
        raise InvalidParameter("A phrase has at least one word.", parameters=["phrase"], hint=RANGE)
    exact = [(found.start(), found.end()) for found in re.finditer(re.escape(phrase), text)]
    if len(exact) == 1:
        return exact[0]
    if exact:
        detail = f"The phrase occurs {len(exact)} times; name a longer one, or the range."
        raise InvalidParameter(detail, parameters=["phrase"], problems=_listed(exact), hint=RANGE)
    loose = r"\s+".join(re.escape(word) for word in phrase.split())
    near = [(found.start(), found.end()) for found in re.finditer(loose, text, re.IGNORECASE)]
    detail = "The phrase does not occur in the source."
    if near:
        detail = "The phrase occurs with other capitals or spaces only; name the range."
    raise InvalidParameter(detail, parameters=["phrase"], problems=_listed(near), hint=RANGE)


def _listed(places: list[tuple[int, int]]) -> list[str]:
    more = [f"and {len(places) - LISTED} more"] if len(places) > LISTED else []
    return [f"{start}-{end}" for start, end in places[:LISTED]] + more
