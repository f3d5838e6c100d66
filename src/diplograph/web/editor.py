"""Data of the editor: prefixes, the terms in use with their counts, examples, and names that nothing has."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from flask import Blueprint, Response, request
from rdflib import Graph, URIRef
from rdflib.namespace import VOID
from rdflib.term import Node

from diplograph import media, translations
from diplograph.documents import naming
from diplograph.engine import operations
from diplograph.engine.protocol import Engine
from diplograph.errors import MemoryLimit, QueryTimeout, ResultTooLarge
from diplograph.namespaces import LANGUAGES, PREFIXES, SPACE, is_ours, prefixes, short, split
from diplograph.queries import CannedQuery, canned
from diplograph.repository import Repository
from diplograph.sparql.lexer import Lexer, Token
from diplograph.translations import gettext_noop
from diplograph.web import languages, request_parsing, responses, service_description
from diplograph.web.parameters import LANG

PARTITIONS = (
    ("class", VOID.classPartition, VOID["class"], VOID.entities),
    ("property", VOID.propertyPartition, VOID.property, VOID.triples),
)
MOST_NAMES, MOST_TOLD = 100, 3
"""Names of a query that are looked up, and those of which near names are looked for."""


def prologue(names: Iterable[str]) -> str:
    """Prefixes of ours as SPARQL writes them."""
    return "".join(f"PREFIX {name}: <{prefixes()[name]}>\n" for name in names)


SHORT = (
    (
        gettext_noop("Acts that took place"),
        prologue(["dg", "rdfs"])
        + """SELECT ?act ?label WHERE {
  ?act a dg:RealisedAct ; rdfs:label ?label .
  FILTER(LANG(?label) = "en")
}
""",
    ),
    (
        gettext_noop("Who acted towards whom, and how often"),
        prologue(["dg"])
        + """SELECT ?actor ?target (COUNT(*) AS ?acts) WHERE {
  ?act a dg:RealisedAct ; dg:actor ?actor ; dg:target ?target .
}
GROUP BY ?actor ?target
ORDER BY DESC(?acts) ?actor ?target
""",
    ),
    (
        gettext_noop("When it was, as a timeline"),
        prologue(["dg"])
        + """SELECT ?act ?from ?to WHERE {
  ?act a dg:RealisedAct ; dg:when ?time .
  ?time dg:notBefore ?from ; dg:notAfter ?to .
}
ORDER BY ?from ?act
""",
    ),
    (
        gettext_noop("Which act answers which"),
        prologue(["dg"]) + "SELECT ?answer ?act WHERE { ?answer dg:inResponseTo ?act }\n",
    ),
    (
        gettext_noop("Places on a map"),
        prologue(["dg"]) + "SELECT ?place WHERE { ?place a dg:Place }\n",
    ),
)
"""Queries of few lines to begin with, by what they ask."""


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
        given = request_parsing.fields(request.query_string)
        with translations.in_language(languages.of_page(given) if LANG.name in given else LANGUAGES[0]):
            found = {
                "release": self.repository.release.name,
                "prefixes": dict(sorted(prefixes().items())),
                "terms": self._terms(),
                "examples": [
                    *(_example(name, name, text, is_short=True) for name, text in SHORT),
                    *(self._canned(query) for query in self.repository.queries.values()),
                ],
            }
        return responses.send(responses.dumps(found), chosen)

    def _terms(self) -> list[dict[str, object]]:
        """The classes and properties of the release's VoID partitions, the most used first."""
        if not service_description.is_described(self.repository):
            return []
        counted = in_use(service_description.void(self.repository))
        iris = [iri for _, iri, _ in counted]
        labels = naming.labels(self.repository.engine, iris)
        notes, spoken = self._definitions(iris), (translations.LANGUAGE.get(),)
        return [
            {
                "name": short(iri),
                "kind": kind,
                "label": naming.best(labels.get(iri, {}), iri, spoken)[0],
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

    def _canned(self, query: CannedQuery) -> dict[str, object]:
        """A canned query as a start: its text, with example values only where it cannot do without."""
        needed = {p.name for p in query.parameters.values() if not (p.optional or p.default)}
        values = {name: value for name, value in query.example_values().items() if name in needed}
        text = query.bind(canned.resolved(self.repository.engine, query, values))
        return _example(query.name, query.summary, text, is_short=False)


def _example(name: str, summary: str, text: str, *, is_short: bool) -> dict[str, object]:
    return {"name": name, "summary": translations.translated(summary), "text": text, "is_short": is_short}


def in_use(void: Graph) -> list[tuple[str, str, int]]:
    """Kind, IRI and number of uses of each term that the dataset's partitions name."""
    found = [
        (kind, str(term), int(str(void.value(part, size) or 0)))
        for kind, partition, name, size in PARTITIONS
        for part in void.objects(URIRef(f"{SPACE.get()}dataset"), partition)
        if (term := _named(void, part, name)) is not None
    ]
    return sorted(found, key=lambda entry: (-entry[2], entry[1]))


def _named(graph: Graph, part: Node, name: Node) -> URIRef | None:
    term = graph.value(part, name)
    return term if isinstance(term, URIRef) else None


@dataclass(frozen=True, slots=True)
class AbsentName:
    """A name of a query that no triple of the release has, as it is written there, and near names."""

    query: str
    written: str
    near: tuple[str, ...]

    def mended(self, name: str) -> str:
        """The query with another name in its place."""
        return re.sub(rf"{re.escape(self.written)}(?![\w-])", lambda _: name, self.query)


def absent(engine: Engine, query: str) -> list[AbsentName]:
    """The names in our namespaces that a query has and no triple; none where time was too short for it."""
    found = dict(islice(names_in(query), MOST_NAMES))
    try:
        there = naming.existing(engine, found.values())
        missing = [(written, iri) for written, iri in found.items() if iri not in there][:MOST_TOLD]
        return [AbsentName(query, written, _near(engine, written, iri)) for written, iri in missing]
    except (QueryTimeout, MemoryLimit, ResultTooLarge):
        return []


def names_in(query: str) -> Iterator[tuple[str, str]]:
    """Each name in our namespaces as a query writes it, and its IRI; the query has passed the guard."""
    prefixes: dict[str, str] = {}
    last: deque[Token] = deque(maxlen=2)
    for token in Lexer(query):
        if token.kind == "iri" and len(last) > 1 and last[0].says("prefix"):
            prefixes[last[1].text] = token.text[1:-1]
        elif token.kind == "iri" and is_ours(token.text[1:]) and "\\" not in token.text:
            yield token.text, token.text[1:-1]
        elif token.kind == "name" and not (last and last[-1].says("prefix")):
            prefix, colon, local = token.text.partition(":")
            iri = prefixes.get(prefix + colon, "") + local.replace("\\", "")
            if is_ours(iri) and "\\" not in iri:
                yield token.text, iri
        last.append(token)


def _near(engine: Engine, written: str, iri: str) -> tuple[str, ...]:
    """Near names as the query would write them, classes first for what is named like a class."""
    near = sorted(naming.near(engine, iri), key=lambda one: split(one)[1][:1].isupper() != is_class(iri))
    space, prefix = split(iri)[0], written[: len(written) - len(split(iri)[1])]
    return tuple(
        prefix + split(one)[1] if split(one)[0] == space and ":" in prefix[-1:] else f"<{one}>"
        for one in near[:MOST_TOLD]
    )


def is_class(iri: str) -> bool:
    """Whether a term of ours is named like a class."""
    return split(iri)[1][:1].isupper()
