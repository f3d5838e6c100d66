"""Terms of the graph as a page shows them: links under the label that the reader understands best."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from rdflib import Literal, URIRef
from rdflib.term import Node

from diplograph.engine.protocol import Engine
from diplograph.resources import known
from diplograph.resources.known import Labels
from diplograph.sparql import Row
from diplograph.vocab import BUILT_GRAPHS, LANGUAGES


@dataclass(frozen=True, slots=True)
class Link:
    """An IRI with the label to show for it and the language of that label (empty: none known)."""

    iri: str
    label: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One end of a triple: a link, or a literal with its language and datatype.

    `graphs` are the named graphs that the triple stands in; it is inferred when only the build wrote it.
    """

    text: str
    link: Link | None = None
    language: str = ""
    datatype: str = ""
    graphs: tuple[str, ...] = ()

    @property
    def inferred(self) -> bool:
        """Whether no source states the triple."""
        return are_built(self.graphs)


@dataclass(frozen=True, slots=True)
class Namer:
    """Turns terms into links and values, under the label in the first language that has one."""

    labels: Labels
    languages: Sequence[str] = field(default=LANGUAGES)

    @classmethod
    def of(cls, engine: Engine, iris: Iterable[str], languages: Sequence[str]) -> Self:
        """Look up the labels of some IRIs."""
        return cls(known.labels(engine, iris), languages)

    def link(self, iri: str) -> Link:
        """An IRI under its label."""
        return Link(iri, *known.best(self.labels.get(iri, {}), iri, self.languages))

    def maybe(self, term: Node | None) -> Link | None:
        """A term under its label when it is an IRI."""
        return self.link(str(term)) if isinstance(term, URIRef) else None

    def value(self, term: Node, graphs: Iterable[str] = ()) -> Value:
        """Any term, with the named graphs that state it."""
        where = tuple(sorted(graphs))
        if isinstance(term, URIRef):
            link = self.link(str(term))
            return Value(link.label, link, link.language, graphs=where)
        if isinstance(term, Literal):
            return Value(str(term), None, term.language or "", str(term.datatype or ""), where)
        return Value(str(term), graphs=where)


def are_built(graphs: Iterable[str]) -> bool:
    """Whether there are graphs, and the build wrote them all."""
    named = set(graphs)
    return bool(named) and named <= set(BUILT_GRAPHS)


def iris_in(rows: Iterable[Row]) -> set[str]:
    """The IRIs that some rows name."""
    return {str(term) for row in rows for term in row.values() if isinstance(term, URIRef)}
