"""The focus nodes of shapes: where they come from, by the classes of the data."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode
from rdflib import RDF, RDFS
from rdflib.term import Node

from diplograph.store import Dataset

_SUBCLASSES = f"SELECT ?sub ?super WHERE {{ ?sub <{RDFS.subClassOf}> ?super }}"


@dataclass(frozen=True)
class Targets:
    """Where the focus nodes of a shape come from."""

    classes: frozenset[str]
    subjects: frozenset[str]
    objects: frozenset[str]
    nodes: frozenset[Node]

    def text(self, below: Mapping[str, set[str]]) -> str:
        """Write a pattern that binds ?this to each focus node in the data; `below` tells the subclasses."""
        kinds = {name for one in self.classes for name in {one, *below.get(one, ())}}
        parts = [f"?this <{RDF.type}> <{kind}> ." for kind in sorted(kinds)]
        parts += [f"?this <{predicate}> ?object ." for predicate in sorted(self.subjects)]
        parts += [f"?subject <{predicate}> ?this ." for predicate in sorted(self.objects)]
        if len(parts) == 1:
            return parts[0]
        return " UNION ".join(f"{{ {part} }}" for part in parts)


def subclasses(data: Dataset) -> dict[str, set[str]]:
    """Return the subclasses that the default graph of some data gives each class, however far below."""
    direct: dict[str, set[str]] = {}
    for row in data.select(_SUBCLASSES):
        if isinstance(row["sub"], NamedNode) and isinstance(row["super"], NamedNode):
            direct.setdefault(row["super"].value, set()).add(row["sub"].value)
    return {name: _below(name, direct) for name in direct}


def _below(name: str, direct: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        fresh = direct.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found
