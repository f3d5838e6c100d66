"""Statements of a Turtle, TriG, N-Triples or N-Quads text with their positions, held against its quads."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import NamedTuple

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from diplograph.errors import MalformedRdf
from diplograph.namespaces import RDF
from diplograph.rdf.turtle_tokens import Item, items

ANONYMOUS = "_:["
_FIRST, _REST, _NIL = str(RDF.first), str(RDF.rest), str(RDF.nil)
Span = tuple[int, int]
Row = tuple[str, str, str, str | None]


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


def written(term: NamedNode | BlankNode | Literal | Triple) -> str:
    """Return a term as statements write it."""
    return term.value if isinstance(term, NamedNode) else str(term)


def aligned(found: Sequence[Statement], reference: Sequence[Quad]) -> Mapping[str, str]:
    """Return what the engine calls each blank node of the statements.

    Raises MalformedRdf when the statements and the quads are not the same graph.
    """
    ours = [statement[:4] for statement in found]
    theirs = [_row(quad) for quad in reference]
    labels = {t for row in ours for t in row if t and t.startswith("_:") and not t.startswith(ANONYMOUS)}
    our_trees = _trees(ours, {t for row in ours for t in row if t and t.startswith(ANONYMOUS)})
    loose = {t for row in theirs for t in row if t and t.startswith("_:")} - labels
    their_trees = _trees(theirs, loose)
    if _keyed(ours, our_trees) != _keyed(theirs, their_trees):
        raise MalformedRdf("Two parsers read this text as two different graphs, so no place can be named.")
    return dict(zip(_ordered(ours, our_trees), _ordered(theirs, their_trees), strict=True))


def _row(quad: Quad) -> Row:
    graph = None if isinstance(quad.graph_name, DefaultGraph) else written(quad.graph_name)
    return written(quad.subject), quad.predicate.value, written(quad.object), graph


def _trees(rows: Iterable[Row], nodes: set[str]) -> Mapping[str, str]:
    """Return for each node a digest of the tree below it, the leaves done first."""
    about: dict[str, list[Row]] = {node: [] for node in nodes}
    above: dict[str, list[str]] = defaultdict(list)
    waiting: Counter[str] = Counter()
    for row in rows:
        if row[0] in about:
            about[row[0]].append(row)
            if row[2] in about:
                above[row[2]].append(row[0])
                waiting[row[0]] += 1
    digests: dict[str, str] = {}
    ready = [node for node in about if not waiting[node]]
    while ready:
        node = ready.pop()
        digests[node] = _digest(about[node], digests)
        for parent in above[node]:
            waiting[parent] -= 1
            if not waiting[parent]:
                ready.append(parent)
    return digests


def _digest(rows: Iterable[Row], digests: Mapping[str, str]) -> str:
    lines = sorted(f"{p} {digests.get(o, o)} {digests.get(g, g) if g else ''}" for _, p, o, g in rows)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _keyed(rows: Iterable[Row], trees: Mapping[str, str]) -> Counter[Row]:
    known = trees.get
    return Counter((known(s, s), p, known(o, o), known(g, g) if g else None) for s, p, o, g in rows)


def _ordered(rows: Iterable[Row], trees: Mapping[str, str]) -> list[str]:
    """Return the nodes by their trees, and by where they first occur among those with equal trees."""
    terms = dict.fromkeys(chain.from_iterable((row[0], row[2], row[3] or "") for row in rows))
    return sorted((term for term in terms if term in trees), key=trees.__getitem__)
