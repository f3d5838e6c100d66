"""Validation graph: the triples that SHACL judges, with literals as they were written."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pyoxigraph import DefaultGraph, Literal, Quad, Triple
from rdflib import Graph
from rdflib import Literal as RdflibLiteral
from rdflib.store import Store as RdflibStore
from rdflib.term import Node

from diplograph.namespaces import XSD
from diplograph.rdf import Dataset
from diplograph.rdf.terms import to_oxigraph, to_rdflib

_DATE = r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"
_KEPT: Mapping[str, re.Pattern[str]] = {
    str(XSD.integer): re.compile(r"0|-?[1-9][0-9]{0,17}"),
    str(XSD.boolean): re.compile("true|false"),
    str(XSD.date): re.compile(_DATE),
    str(XSD.gYear): re.compile("[1-9][0-9]{3}"),
    str(XSD.dateTime): re.compile(rf"{_DATE}T(?:[01][0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}}Z?"),
    str(XSD.string): re.compile(""),
    str(XSD.anyURI): re.compile(""),
}
"""Forms of datatypes that stay as they are; an empty expression stands for all of them."""
Found = Iterator[tuple[tuple[Node, Node, Node], Iterator[Any]]]
_rdf = lru_cache(maxsize=1 << 16)(to_rdflib)


def is_kept(literal: Literal) -> bool:
    """Tell whether the store gives a literal back as it was written."""
    name = literal.datatype.value
    if not name.startswith(str(XSD)):
        return True
    form = _KEPT.get(name)
    if form is not None and (not form.pattern or form.fullmatch(literal.value)):
        return True
    return stored(literal) == literal


def stored(literal: Literal) -> Literal:
    """Return a literal as the store gives it back."""
    scratch, node = Dataset.memory(), literal.datatype
    scratch.extend([Quad(node, node, literal, DefaultGraph())])
    found = next(scratch.quads()).object
    return found if isinstance(found, Literal) else literal


@dataclass
class ValidationGraph:
    """The default graph of a dataset, and where the store writes literals otherwise than the text did.

    `altered` holds the triples as they were written, `hidden` those that the store has in their place and
    that nobody wrote.
    """

    data: Dataset
    altered: set[Triple] = field(default_factory=set)
    hidden: set[Triple] = field(default_factory=set)

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> "ValidationGraph":
        """Return a graph in memory."""
        judged = cls(Dataset.memory())
        judged.add(list(triples))
        return judged

    def add(self, triples: list[Triple]) -> None:
        """Add triples as they were parsed."""
        fresh = {
            triple for triple in triples if type(triple.object) is Literal and not is_kept(triple.object)
        }
        if fresh:
            self._note(fresh, triples)
        elif self.hidden:
            self.hidden.difference_update(triples)
        self.data.fill(Quad(t.subject, t.predicate, t.object) for t in triples)

    def _note(self, fresh: set[Triple], triples: list[Triple]) -> None:
        replaced = {
            Triple(t.subject, t.predicate, stored(t.object)) for t in fresh if isinstance(t.object, Literal)
        }
        known = {t for t in replaced - self.hidden if self._holds(t)}
        self.altered |= fresh
        self.hidden |= replaced - known
        self.hidden.difference_update(triples)

    def _holds(self, triple: Triple) -> bool:
        found = self.data.matching(triple.subject, triple.predicate, triple.object, DefaultGraph())
        return any(True for _ in found)

    def matching(self, subject: Any, predicate: Any, value: Any) -> Iterator[Triple]:
        """Yield the triples that match, as they were written; None stands for any term."""
        literal = isinstance(value, Literal)
        for quad in self.data.matching(subject, predicate, value, DefaultGraph()):
            triple = quad.triple
            if (self.hidden and triple in self.hidden) or (literal and triple.object != value):
                continue
            yield triple
        for triple in self.altered:
            terms = zip((subject, predicate, value), triple, strict=True)
            if all(wanted is None or own == wanted for wanted, own in terms):
                yield triple


class View(RdflibStore):
    """A read-only store for rdflib over a validation graph: nothing is copied."""

    context_aware = True  # pySHACL wraps every graph in a Dataset, which asks for both
    graph_aware = True

    def __init__(self, judged: ValidationGraph) -> None:
        """Look at a graph, which is not expected to change."""
        super().__init__()
        self._judged = judged
        self._length: int | None = None
        self._graph = Graph(store=self, bind_namespaces="none")

    def triples(self, pattern: Any, context: Any = None) -> Found:  # noqa: ARG002
        """Yield the triples that match, all in the one graph that there is."""
        if isinstance(pattern[0], RdflibLiteral):
            return
        try:
            terms = [None if term is None else to_oxigraph(term) for term in pattern]
        except (TypeError, ValueError):  # no term of any data
            return
        for triple in self._judged.matching(*terms):
            yield (_rdf(triple.subject), _rdf(triple.predicate), _rdf(triple.object)), iter((self._graph,))

    def __len__(self, context: Any = None) -> int:
        """Count the triples, once: pySHACL takes the length of a graph for its truth, and asks often."""
        if self._length is None:
            judged = self._judged
            self._length = len(judged.data) - len(judged.hidden) + len(judged.altered)
        return self._length
