"""RDF of the test suites, read without any normalisation of its literals."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat

Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class Description:
    """The triples of one document, looked up by subject and predicate IRI."""

    def __init__(self, path: Path, base: str) -> None:
        """Read a Turtle file; relative IRIs are resolved against `base`."""
        self._objects: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in pyoxigraph.parse(path=str(path), format=RdfFormat.TURTLE, base_iri=base):
            self._objects[quad.subject][quad.predicate.value].append(quad.object)

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """Every value of a property."""
        return self._objects.get(subject, {}).get(predicate, [])

    def value(self, subject: Term, predicate: str) -> Term | None:
        """The one value of a property, or None."""
        found = self.objects(subject, predicate)
        assert len(found) <= 1, f"{subject} has {len(found)} values of {predicate}"
        return found[0] if found else None

    def text(self, subject: Term, predicate: str) -> str | None:
        """The IRI or the lexical form of the one value of a property, or None."""
        found = self.value(subject, predicate)
        return None if found is None else found.value

    def of_type(self, kind: str) -> list[Term]:
        """Every subject of a class."""
        return [term for term in self._objects if NamedNode(kind) in self.objects(term, RDF + "type")]

    def items(self, head: Term | None) -> Iterator[Term]:
        """The members of an RDF list."""
        while head is not None and head != NamedNode(RDF + "nil"):
            yield from self.objects(head, RDF + "first")
            head = self.value(head, RDF + "rest")
