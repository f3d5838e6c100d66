"""Statistics of a release: how many triples each property has, and how many things each class."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SMALL = 50_000
"""Triples below which every query is quick enough as it is."""
FILE = "statistics.json"
"""The name of the file beside a store."""


class Property(NamedTuple):
    """How many triples have a property, and how many subjects and objects they have."""

    triples: int
    subjects: int
    objects: int

    @property
    def fan_out(self) -> float:
        """Objects of a subject, on average."""
        return self.triples / max(1, self.subjects)

    @property
    def fan_in(self) -> float:
        """Subjects of an object, on average."""
        return self.triples / max(1, self.objects)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The counts of a default graph; keys are IRIs."""

    properties: Mapping[str, Property]
    classes: Mapping[str, int]

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read the file beside a store; None where there is none, as before it was written."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        properties = {iri: Property(*counts) for iri, counts in found["properties"].items()}
        return cls(properties, found["classes"])

    @property
    def triples(self) -> int:
        """Triples in all."""
        return sum(each.triples for each in self.properties.values())

    def of(self, predicate: str) -> Property:
        """Return the counts of a predicate as it stands in a triple; of a variable those of all triples."""
        if predicate.startswith("<"):
            return self.properties.get(predicate[1:-1], Property(0, 0, 0))
        every = self.properties.values()
        subjects = max((each.subjects for each in every), default=0)
        return Property(self.triples, subjects, max((each.objects for each in every), default=0))

    def instances(self, term: str) -> int:
        """Return how many things have the class of a term."""
        return self.classes.get(term[1:-1], 0)
