"""Coverage of a source: its sentences, and what rests on each of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sentencex
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.evidence.adding import recorded_text
from diplograph.evidence.records import Span, spans_of
from diplograph.namespaces import DCTERMS, DG, OA, SCHEMA


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a source by its bounds, in code points with the end excluded, and its words.

    `evidence` holds the evidence that points into it, `things` what rests on that.
    """

    start: int
    end: int
    text: str
    evidence: tuple[str, ...]
    things: tuple[str, ...]


def coverage(graph: Graph, sources: Path | None, source: URIRef) -> list[Sentence]:
    """Return the sentences of a source, with what a graph has resting on each.

    Raises InvalidParameter when no text is recorded for the source, BadRequest when it is not at hand,
    DoesNotConform when it is not the text that was recorded.
    """
    text = recorded_text(graph, sources, source)
    spans = spans_of(graph).get(source, [])
    language = graph.value(source, SCHEMA.inLanguage) or graph.value(source, DCTERMS.language)
    return [
        _sentence(graph, text, bounds, spans)
        for bounds in cut(text, str(language) if isinstance(language, Literal) else "en")
    ]


def cut(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the sentences of a text without the spaces around them.

    What has no letter, such as a row of dots, is none. These are for a reader who looks for passages: the
    numbers of sentences that are recorded are counted by `records.sentences`, which knows no abbreviations.
    """
    for found in sentencex.get_sentence_boundaries(language, text):
        start, end = found["start_index"], found["end_index"]
        words = text[start:end]
        if any(letter.isalpha() for letter in words):
            yield start + len(words) - len(words.lstrip()), end - (len(words) - len(words.rstrip()))


def percent(sentences: list[Sentence]) -> float:
    """Return of how many of a hundred sentences something rests, to one decimal place."""
    covered = sum(1 for sentence in sentences if sentence.things)
    return round(100 * covered / len(sentences), 1) if sentences else 0.0


def _sentence(graph: Graph, text: str, bounds: tuple[int, int], spans: list[Span]) -> Sentence:
    start, end = bounds
    within = [span.iri for span in spans if span.start < end and start < span.end]
    evidence = {proof for span in within for proof in graph.subjects(OA.hasTarget, span)}
    things = {thing for proof in evidence for thing in graph.subjects(DG.evidence, proof)}
    return Sentence(start, end, text[start:end], _iris(evidence), _iris(things))


def _iris(found: set[Node]) -> tuple[str, ...]:
    return tuple(sorted(map(str, found)))
