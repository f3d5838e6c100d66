"""RDF dataset of a query, when a request or the text names graphs (SPARQL 1.1, 13.2).

Oxigraph reads several default graphs one after the other, so a triple that stands in two of them counts
twice. Their RDF merge is therefore written into a store of its own before the query is asked.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad

from diplograph.errors import InvalidParameter
from diplograph.sparql.lexer import Lexer, Token

_FROM = re.compile("from", re.IGNORECASE)
_FORMS = ("select", "ask", "construct", "describe")

Graphs = Sequence[str] | None


class Datasets:
    """Finds the store and the options with which a query is evaluated."""

    def __init__(self, store: pyoxigraph.Store) -> None:
        """Answer over an open store; the last merge made is kept."""
        self.store = store
        self._merged: tuple[tuple[frozenset[str], frozenset[str]], pyoxigraph.Store] | None = None

    def of(
        self, text: str, base: str | None, default: Graphs, named: Graphs
    ) -> tuple[pyoxigraph.Store, dict[str, Any]]:
        """Return the store and the dataset options of a query.

        Either list given replaces both (SPARQL 1.1 Protocol, 2.1.4); without them FROM in the text holds.
        """
        if default is None and named is None:
            default, named = self._from_text(text, base)
        if default is None and named is None:
            return self.store, {}
        wanted = _nodes(default or ()), _nodes(named or ())
        if len(set(wanted[0])) < 2:
            return self.store, {"default_graph": wanted[0], "named_graphs": wanted[1]}
        return self._merge(*wanted), {"default_graph": [DefaultGraph()], "named_graphs": wanted[1]}

    def _from_text(self, text: str, base: str | None) -> tuple[Graphs, Graphs]:
        """Return the graphs of FROM and FROM NAMED, when more than one graph is merged by default."""
        if len(_FROM.findall(text)) < 2:
            return None, None
        tokens = list(Lexer(text))
        clauses = list(_clauses(tokens))
        default = [token.text for is_named, token in clauses if not is_named]
        named = [token.text for is_named, token in clauses if is_named]
        if len(default) < 2:
            return None, None
        prologue = text[: next(token.start for token in tokens if token.says(*_FORMS))]
        return self._resolve(prologue, default, base), self._resolve(prologue, named, base)

    def _resolve(self, prologue: str, names: Iterable[str], base: str | None) -> list[str]:
        """Let the engine expand prefixed names and relative IRIs as it would where they stand."""
        return _resolved(self.store, prologue, names, base)

    def _merge(self, default: list[NamedNode], named: list[NamedNode]) -> pyoxigraph.Store:
        """Return a store with the merge as its default graph and the named graphs as they are."""
        key = frozenset(node.value for node in default), frozenset(node.value for node in named)
        if self._merged is None or self._merged[0] != key:
            store = pyoxigraph.Store()
            store.bulk_extend(self._quads(default, merge=True))
            store.bulk_extend(self._quads(named, merge=False))
            self._merged = key, store
        return self._merged[1]

    def _quads(self, graphs: Iterable[NamedNode], *, merge: bool) -> Iterator[Quad]:
        for graph in set(graphs):
            for quad in self.store.quads_for_pattern(None, None, None, graph):
                name = DefaultGraph() if merge else quad.graph_name
                yield Quad(quad.subject, quad.predicate, quad.object, name)


@dataclass(frozen=True, slots=True)
class Clauses:
    """The graphs of FROM and of FROM NAMED, None for both without either, and the text without them."""

    text: str
    default: list[str] | None = None
    named: list[str] | None = None


def columns(text: str, base: str | None) -> list[str]:
    """Return the columns of a SELECT query as the engine orders them; none for a text that it refuses."""
    try:
        found = pyoxigraph.Store().query(text, base_iri=base)
    except (SyntaxError, RuntimeError, ValueError):  # told of when the text is evaluated
        return []
    return [each.value for each in found.variables] if isinstance(found, pyoxigraph.QuerySolutions) else []


def from_clauses(store: pyoxigraph.Store, text: str, base: str | None) -> Clauses:
    """Take the dataset clauses out of a query that parses; other positions in the text stay as they are."""
    if not _FROM.search(text):
        return Clauses(text)
    tokens = list(Lexer(text))
    found = list(_clauses(tokens))
    if not found:
        return Clauses(text)
    prologue = text[: next(token.start for token in tokens if token.says(*_FORMS))]
    default, named = (
        _resolved(store, prologue, [token.text for is_named, token in found if is_named is wanted], base)
        for wanted in (False, True)
    )
    return Clauses(_without(text, tokens, {token.start for _, token in found}), default, named)


def _without(text: str, tokens: Iterable[Token], graphs: Container[int]) -> str:
    """Put spaces where FROM, NAMED and the graphs at these positions stand."""
    start = 0
    for token in tokens:
        if token.says("from"):
            start = token.start
        if token.start in graphs:
            end = token.start + len(token.text)
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def _resolved(store: pyoxigraph.Store, prologue: str, names: Iterable[str], base: str | None) -> list[str]:
    query = f"{prologue} SELECT ?graph WHERE {{ VALUES ?graph {{ {' '.join(names)} }} }}"
    solutions: Any = store.query(query, base_iri=base)
    return [solution["graph"].value for solution in solutions]


def _clauses(tokens: Iterable[Token]) -> Iterator[tuple[bool, Token]]:
    """Yield the graph of each dataset clause and whether it is a named one."""
    depth = 0
    before: list[Token] = []
    for token in tokens:
        depth += (token.text in ("{", "(")) - (token.text in ("}", ")"))
        if not depth and token.kind in ("iri", "name") and before:
            if before[-1].says("from"):
                yield False, token
            elif before[-1].says("named"):
                yield True, token
        before = [token]


def _nodes(iris: Iterable[str]) -> list[NamedNode]:
    try:
        return [NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise InvalidParameter(f"A graph of the dataset is not an IRI: {error}") from error
