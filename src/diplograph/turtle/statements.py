"""The statements of a Turtle, TriG, N-Triples or N-Quads text, each with its place.

One pass over the terms, without recursion. The text is one that pyoxigraph has accepted, and whoever asks
compares the statements with its; so the grammar is only followed here, not enforced.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from diplograph.turtle.terms import Item, items
from diplograph.vocab import RDF

ANONYMOUS = "_:["
_FIRST, _REST, _NIL = str(RDF.first), str(RDF.rest), str(RDF.nil)
Span = tuple[int, int]


class Statement(NamedTuple):
    """A statement and where its subject and its object stand, as offsets in code points.

    A term is an IRI as it is, `_:label`, `_:[n` for a node without a label, or a literal in N-Triples. The
    default graph is None.
    """

    subject: str
    predicate: str
    object: str
    graph: str | None
    subject_span: Span
    object_span: Span


def statements(text: str, base: str | None = None) -> Iterator[Statement]:
    """Yield the statements of a Turtle, TriG or N-Triples text; MalformedRdf for what is not RDF 1.1."""
    reader = _Reader()
    for item in items(text, base):
        yield from reader.read(item)


def quads(text: str) -> Iterator[Statement]:
    """Yield the statements of an N-Quads text."""
    terms: list[Item] = []
    for item in items(text):
        if not item.is_mark:
            terms.append(item)
            continue
        subject, predicate, value, *graph = terms
        name = graph[0].text if graph else None
        yield Statement(subject.text, predicate.text, value.text, name, subject[1:3], value[1:3])
        terms = []


@dataclass(slots=True)
class _Frame:
    """What is being read: a sentence, the properties of a blank node, or a collection."""

    opening: Item | None = None
    subject: Item | None = None
    predicate: str | None = None
    head: Item | None = None


@dataclass(slots=True)
class _Reader:
    graph: str | None = None
    frames: list[_Frame] = field(default_factory=lambda: [_Frame()])
    numbers: Iterator[int] = field(default_factory=count)

    def read(self, item: Item) -> Iterator[Statement]:
        """Take the next term or mark, and yield the statements that it completes."""
        frame = self.frames[-1]
        if not item.is_mark:
            yield from self._take(item)
        elif item.text == ";":
            frame.predicate = None
        elif item.text in ".{}":
            self._end_sentence(item, frame)
        elif item.text == "[":
            self.frames.append(_Frame(item, self._blank(item)))
        elif item.text == "(":
            self.frames.append(_Frame(item))
        elif item.text in "])":
            yield from self._close(item)

    def _end_sentence(self, item: Item, frame: _Frame) -> None:
        if item.text == "{":
            self.graph = frame.subject.text if frame.subject else None
        elif item.text == "}":
            self.graph = None
        self.frames = [_Frame()]

    def _take(self, term: Item) -> Iterator[Statement]:
        """Take a term where the innermost frame needs one."""
        frame = self.frames[-1]
        if frame.opening and frame.opening.text == "(":
            yield from self._append(frame, term)
        elif frame.subject is None:
            frame.subject = term
        elif frame.predicate is None:
            frame.predicate = term.text
        else:
            yield self._statement(frame.subject, frame.predicate, term)

    def _append(self, frame: _Frame, term: Item) -> Iterator[Statement]:
        """Add a cell to a collection; the last cell so far is the frame's subject."""
        cell = self._blank(term)
        if frame.subject:
            yield self._statement(frame.subject, _REST, cell)
        yield self._statement(cell, _FIRST, term)
        frame.head, frame.subject = frame.head or cell, cell

    def _close(self, item: Item) -> Iterator[Statement]:
        """End a blank node or a collection, which then is a term of the frame around it."""
        frame = self.frames.pop()
        opening = frame.opening or item
        node = frame.subject
        if opening.text == "(":
            if node:
                yield self._statement(node, _REST, Item(_NIL, item.start, item.end))
            node = frame.head or Item(_NIL, 0, 0)
        if node:
            yield from self._take(Item(node.text, opening.start, item.end))

    def _statement(self, subject: Item, predicate: str, value: Item) -> Statement:
        return Statement(subject.text, predicate, value.text, self.graph, subject[1:3], value[1:3])

    def _blank(self, item: Item) -> Item:
        return Item(f"{ANONYMOUS}{next(self.numbers)}", item.start, item.end)
