"""Edits: what a request asks of a graph, and what the graph and its file are afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import Literal as OneOf

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Quad, Triple

from diplograph.errors import DoesNotConform, MalformedRdf
from diplograph.namespaces import XSD, split
from diplograph.rdf import Dataset, turtle
from diplograph.rdf.dataset import Delta
from diplograph.rdf.terms import to_rdflib
from diplograph.release.assemble import with_stable_labels
from diplograph.sources import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diplograph.changes.journal import Change
    from diplograph.validation import Report


STRING = NamedNode(str(XSD.string))
_ANY = NamedNode("urn:diplograph:any")
Mode = OneOf["put", "patch", "delete"]


@dataclass(frozen=True, slots=True)
class Edit:
    """The new content of a graph (put), what it gains and loses (patch), or its end (delete)."""

    graph: str
    mode: Mode
    added: tuple[Triple, ...] = ()
    removed: tuple[Triple, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """A graph after an edit: the text of its file, None without one, and the change to its triples.

    `recorded` is against the file as it was, lexical forms kept; `judged` against the store, which keeps
    values: a number that was only spelled differently is not changed there.
    """

    path: str
    text: str | None
    recorded: Delta
    judged: Delta


def applied(edit: Edit, kb: KnowledgeBase, store: Dataset, *, is_base: bool) -> Edited:
    """Carry an edit out, on paper. `is_base` tells whether the file on disk is what the store was built from.

    Raises ReadOnly for a graph that is not of data/, MalformedRdf for what no Turtle file can hold,
    DoesNotConform for a graph that is put empty.
    """
    path = kb.graph_file(edit.graph)
    before = set(store.quads(edit.graph))
    old = path.read_text(encoding="utf-8") if path.is_file() and edit.mode != "delete" else None
    known = (
        set(labelled(path.read_text(encoding="utf-8"), edit.graph)) if is_base and path.is_file() else before
    )
    text = _text(edit, known, old)
    after = set() if text is None else set(labelled(text, edit.graph))
    return Edited(
        path.relative_to(kb.root).as_posix(),
        text,
        Delta.between(known, after),
        _by_value(before, after),
    )


def labelled(text: str, graph: str) -> list[Quad]:
    """The quads of a Turtle text as a graph, its blank nodes named as a build names them."""
    name = NamedNode(graph)
    parsed = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE, base_iri=graph)
    quads = [Quad(quad.subject, quad.predicate, quad.object, name) for quad in parsed]
    return with_stable_labels(quads, split(graph)[1])


def _text(edit: Edit, known: Iterable[Quad], old: str | None) -> str | None:
    if edit.mode == "delete":
        return None
    triples = list(edit.added)
    if edit.mode == "put" and not triples:
        raise DoesNotConform("There is no triple to put.", hint="DELETE ends a graph.")
    if edit.mode == "patch":
        lost = set(edit.removed)
        triples += [quad.triple for quad in known if quad.triple not in lost]
    return written(triples, old or "", edit.graph) if triples else None


def written(triples: Iterable[Triple], old: str, graph: str) -> str:
    """The canonical Turtle of some triples, under the head and with the prefixes of the file as it was."""
    made = {(to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)) for t in triples}
    text = turtle.comments(old) + turtle.canonical_of(made, _prefixes(old, graph))
    if len(set(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE, base_iri=graph))) != len(made):
        raise MalformedRdf("The triples cannot be written as Turtle without loss.")
    return text


def _prefixes(text: str, graph: str) -> Iterator[tuple[str, str]]:
    """Yield the prefixes of a Turtle text, with their namespaces. Raises MalformedRdf."""
    try:
        parser = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE, base_iri=graph)
        for _ in parser:
            pass
    except SyntaxError as error:
        raise turtle.malformed(error) from error
    yield from parser.prefixes.items()


def _by_value(before: set[Quad], after: set[Quad]) -> Delta:
    """The change to a graph of the store; a value that is only spelled differently stands on neither side."""
    added = {quad: _as_stored(quad) for quad in after - before}
    stored = set(added.values())
    new = frozenset(quad for quad, value in added.items() if value not in before)
    return Delta(new, frozenset(before - after - stored))


def _as_stored(quad: Quad) -> Quad:
    """The quad as the store gives it back."""
    if not isinstance(quad.object, Literal) or quad.object.datatype == STRING:
        return quad
    return Quad(quad.subject, quad.predicate, _stored(quad.object), quad.graph_name)


@lru_cache(maxsize=100_000)
def _stored(literal: Literal) -> Literal:
    """The literal as the store gives it back."""
    dataset = Dataset.memory()
    dataset.extend([Quad(_ANY, _ANY, literal)])
    found = next(dataset.quads()).object
    return found if isinstance(found, Literal) else literal


@dataclass(frozen=True, slots=True)
class Request:
    """A change that somebody asks for.

    `if_match` and `if_none_match` are hashes of the first graph, or `*`. `key` makes a request that is sent
    again the same request; `digest` tells whether it is. `in_place` are files of data/ that hold the new
    content already. `undoes` is the number of the change that this one takes back.
    """

    edits: Sequence[Edit]
    who: str
    message: str = ""
    if_match: Sequence[str] | None = None
    if_none_match: Sequence[str] | None = None
    key: str | None = None
    digest: str | None = None
    in_place: frozenset[str] = frozenset()
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: the change, None when there was nothing to change, and the release then."""

    change: Change | None
    release: str
    report: Report | None = None


def digest_of(*parts: bytes) -> str:
    """What tells one request from another: a hash over its parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
