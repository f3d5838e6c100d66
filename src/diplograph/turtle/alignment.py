"""Statements with places against the engine's quads of the same text: they have to be the same graph.

Labels are kept by both, so only nodes without a label need matching, and those form trees: a node is known
by what its tree says. That takes time in proportion to the text, whatever it holds.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from diplograph.errors import MalformedRdf
from diplograph.turtle.statements import ANONYMOUS, Statement

Row = tuple[str, str, str, str | None]


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
