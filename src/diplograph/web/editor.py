"""Data of the editor: prefixes, the terms in use with their counts, canned queries as examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response
from rdflib import Graph, URIRef
from rdflib.namespace import VOID
from rdflib.term import Node

from diplograph import media
from diplograph.documents import naming
from diplograph.engine import operations
from diplograph.namespaces import BASE, PREFIXES, short
from diplograph.queries import CannedQuery, canned
from diplograph.repository import Repository
from diplograph.web import responses, service_description

DATASET = URIRef(f"{BASE}dataset")
PARTITIONS = (
    ("class", VOID.classPartition, VOID["class"], VOID.entities),
    ("property", VOID.propertyPartition, VOID.property, VOID.triples),
)


@dataclass(frozen=True, slots=True)
class Editor:
    """Publishes what completes a query."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the one document."""
        pages = Blueprint("editor", __name__)
        pages.add_url_rule("/editor.json", view_func=self.offers)
        return pages

    def offers(self) -> Response:
        """Lists what the editor completes: prefixes, classes and properties in use, and example queries."""
        chosen = responses.accept((media.JSON,))
        found = {
            "release": self.repository.release.name,
            "prefixes": dict(sorted(PREFIXES.items())),
            "terms": self._terms(),
            "examples": [self._example(query) for query in self.repository.queries.values()],
        }
        return responses.send(responses.dumps(found), chosen)

    def _terms(self) -> list[dict[str, object]]:
        """The classes and properties of the release's VoID partitions, the most used first."""
        if not service_description.is_described(self.repository):
            return []
        counted = in_use(service_description.void(self.repository))
        iris = [iri for _, iri, _ in counted]
        labels = naming.labels(self.repository.engine, iris)
        notes = self._definitions(iris)
        return [
            {
                "name": short(iri),
                "kind": kind,
                "label": naming.best(labels.get(iri, {}), iri)[0],
                "note": notes.get(iri, ""),
                "uses": uses,
            }
            for kind, iri, uses in counted
        ]

    def _definitions(self, iris: Iterable[str]) -> Mapping[str, str]:
        """What the ontology says, in English, that each term means."""
        found: dict[str, str] = {}
        for batch in naming.batches(iris):
            text = f"""
                PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX skos: <{PREFIXES["skos"]}>
                SELECT ?term ?text WHERE {{
                  {operations.values("term", batch)} ?term skos:definition|rdfs:comment ?text
                  FILTER(LANG(?text) = "en")
                }} ORDER BY ?term ?text"""
            for row in operations.select(self.repository.engine, text).rows:
                found.setdefault(str(row["term"]), str(row["text"]))
        return found

    def _example(self, query: CannedQuery) -> dict[str, str]:
        """A canned query as a start: its text, with example values only where it cannot do without."""
        needed = {p.name for p in query.parameters.values() if not (p.optional or p.default)}
        values = {name: value for name, value in query.example_values().items() if name in needed}
        text = query.bind(canned.resolved(self.repository.engine, query, values))
        return {"name": query.name, "summary": query.summary, "text": text}


def in_use(void: Graph) -> list[tuple[str, str, int]]:
    """Kind, IRI and number of uses of each term that the dataset's partitions name."""
    found = [
        (kind, str(term), int(str(void.value(part, size) or 0)))
        for kind, partition, name, size in PARTITIONS
        for part in void.objects(DATASET, partition)
        if (term := _named(void, part, name)) is not None
    ]
    return sorted(found, key=lambda entry: (-entry[2], entry[1]))


def _named(graph: Graph, part: Node, name: Node) -> URIRef | None:
    term = graph.value(part, name)
    return term if isinstance(term, URIRef) else None
