"""Home page, and the search by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph
from flask import Blueprint, Response, request

from diplograph import media
from diplograph.engine import operations
from diplograph.engine.protocol import Operation
from diplograph.errors import BadRequest
from diplograph.namespaces import XSD
from diplograph.repository import Repository
from diplograph.search import Candidate
from diplograph.search.index import LONGEST
from diplograph.web import answers, request_parsing, responses, service_description
from diplograph.web.addresses import address
from diplograph.web.parameters import ServiceParameter

FIGURES = """
PREFIX dg: <https://w3id.org/diplograph/ontology#>
SELECT ?acts ?claims ?evidence ?documents ?agents ?triples WHERE {
  { SELECT (COUNT(DISTINCT ?a) AS ?acts) WHERE { ?a a dg:Act } }
  { SELECT (COUNT(DISTINCT ?c) AS ?claims) WHERE { ?c a dg:Claim } }
  { SELECT (COUNT(DISTINCT ?e) AS ?evidence) WHERE { ?e a dg:Evidence } }
  { SELECT (COUNT(DISTINCT ?d) AS ?documents) WHERE { ?d a dg:SourceDocument } }
  { SELECT (COUNT(DISTINCT ?g) AS ?agents) WHERE { ?g a dg:Agent } }
  { SELECT (COUNT(*) AS ?triples) WHERE { ?s ?p ?o } }
}
"""
NEWEST = """
PREFIX dg: <https://w3id.org/diplograph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?act ?label (MIN(?edtf) AS ?date) WHERE {
  ?act a dg:Act ; rdfs:label ?label FILTER(LANG(?label) = "en")
  { ?act dg:summaryDate ?expression ; dg:earliestBegin ?day } UNION
  { ?act dg:when ?when . ?when dg:notBefore ?day ; dg:edtf ?expression
    FILTER NOT EXISTS { ?act dg:summaryDate ?any } }
  BIND(STR(?expression) AS ?edtf)
}
GROUP BY ?act ?label
ORDER BY DESC(MAX(?day)) ?act
LIMIT 8
"""
SOUGHT = ServiceParameter(
    "q",
    {"type": "string", "pattern": r"\S", "maxLength": LONGEST},
    f"a part of a name, of {LONGEST} characters at most",
    "What to search for: a part of a name in any language; spelling mistakes are forgiven.",
    required=True,
)
DECIMAL = pyoxigraph.NamedNode(f"{XSD}decimal")
SEARCH = "SELECT ?thing ?label ?name ?score WHERE {{ VALUES (?thing ?label ?name ?score) {{ {rows} }} }}"


@dataclass(frozen=True, slots=True)
class HomePages:
    """The way in."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the pages."""
        pages = Blueprint("pages", __name__)
        pages.add_url_rule("/", view_func=self.home)
        pages.add_url_rule("/search", view_func=self.search)
        return pages

    def home(self) -> Response:
        """Says what is here: figures, canned queries, the newest acts."""
        graphs = tuple(media.GRAPH_TYPES) if service_description.is_described(self.repository) else ()
        chosen = responses.accept((media.HTML, media.JSON, *graphs))
        if chosen in media.GRAPH_TYPES:
            return responses.see_other(responses.Variants("/dataset", media.DOCUMENT_TYPES), chosen)
        figures = self._counts()
        if chosen == media.JSON:
            return responses.send(responses.dumps(self._summary(figures)), chosen)
        newest = answers.show(
            self.repository.engine, Operation(NEWEST, "select", ours=True), answers.Policy()
        )
        return responses.page(
            "home.html",
            title="Diplomatic acts, each tied to its source",
            figures=figures,
            newest=newest.rows,
            queries=self.repository.queries.values(),
        )

    def search(self) -> Response:
        """Finds things by a name or a part of it, in any language and in spite of spelling."""
        given = request_parsing.fields(request.query_string)
        text = (request_parsing.single(given, "q") or "").strip()
        chosen = responses.accept(media.SELECT_TYPES)
        if not text:
            if chosen == media.HTML:
                return responses.page("search.html", title="Search", q="", result=None)
            raise BadRequest(
                "There is nothing to search for.", parameters=["q"], hint="Send ?q= with a part of a name."
            )
        operation = search_result(self.repository.names.find(text))
        if chosen == media.HTML:
            shown = answers.show(self.repository.engine, operation, answers.Policy())
            return responses.page("search.html", title=f"Search: {text}", q=text, result=shown)
        answer = answers.evaluate(self.repository.engine, operation, chosen, answers.Policy())
        return answers.send(answer, chosen)

    def _counts(self) -> Mapping[str, int]:
        row = operations.select(self.repository.engine, FIGURES).rows[0]
        return {name: int(str(value)) for name, value in row.items()}

    def _summary(self, figures: Mapping[str, int]) -> Mapping[str, object]:
        return {
            "release": self.repository.release.id,
            "figures": figures,
            "addresses": {
                "sparql": address("/sparql"),
                "queries": address("/queries"),
                "ontology": address("/ontology"),
                "void": address("/.well-known/void"),
                "openapi": address("/openapi.json"),
                "dumps": address("/dumps"),
            },
            "queries": {name: address(f"/queries/{name}") for name in self.repository.queries},
        }


def search_result(found: Iterable[Candidate]) -> Operation:
    """The things found as a query that lists them, so that they come in every format of results."""
    rows = (
        (
            pyoxigraph.NamedNode(one.iri),
            _text(one.label, one.language),
            _text(one.name.text, one.name.language),
            pyoxigraph.Literal(str(one.score), datatype=DECIMAL),
        )
        for one in found
    )
    listed = " ".join(f"({' '.join(map(str, row))})" for row in rows)
    return Operation(SEARCH.format(rows=listed), "select", ours=True)


def _text(text: str, language: str) -> pyoxigraph.Literal:
    return pyoxigraph.Literal(text, language=language or None)
