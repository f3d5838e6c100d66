"""What is asked of another engine has the answer that the embedded one gives."""

import json
from urllib.parse import urlencode

import httpx
import pytest

from diplograph.engine.local import LocalEngine
from diplograph.engine.protocol import Engine, Operation
from diplograph.engine.remote import RemoteEngine
from diplograph.repository import Repository

ENGINES = ("oxigraph", "virtuoso")
PREFIX = (
    "PREFIX dg: <https://w3id.org/diplograph/ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)
A1 = "<https://w3id.org/diplograph/graph/a1>"
A2 = "<https://w3id.org/diplograph/graph/a2>"
QUERIES = {
    "everything": "SELECT ?s ?p ?o { ?s ?p ?o }",
    "everything by graph": "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }",
    "one graph": f"SELECT ?s ?p ?o FROM {A1} {{ ?s ?p ?o }}",
    "two graphs merged": f"SELECT ?s ?p ?o FROM {A1} FROM {A2} {{ ?s ?p ?o }}",
    "named only": f"SELECT ?g ?s FROM NAMED {A2} {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}",
    "a graph that is not there": "SELECT ?s ?p ?o FROM <urn:none> { ?s ?p ?o }",
    "join": PREFIX + "SELECT ?a ?l { ?a a dg:Expulsion ; dg:actor/rdfs:label ?l }",
    "path": PREFIX + "SELECT ?c ?d { ?c rdfs:subClassOf+ ?d FILTER(isIRI(?c) && isIRI(?d)) }",
    "alternatives": PREFIX + "SELECT ?a ?s { ?a dg:actor|dg:target|dg:actor ?s . ?a a dg:Expulsion }",
    "optional": PREFIX + "SELECT ?a ?b { ?a a dg:Act OPTIONAL { ?a dg:inResponseTo ?b } }",
    "minus": PREFIX + "SELECT ?a { ?a a dg:Act MINUS { ?a a dg:Expulsion } }",
    "not exists": PREFIX + "SELECT ?a { ?a a dg:Act FILTER NOT EXISTS { ?a dg:target ?t } }",
    "group": PREFIX
    + "SELECT ?t (COUNT(DISTINCT ?a) AS ?n) { ?a a dg:Act ; a ?t } GROUP BY ?t HAVING (?n > 1)",
    "values": PREFIX + "SELECT ?x ?l { VALUES (?x) { (dg:Act) (dg:Claim) (UNDEF) } ?x rdfs:label ?l }",
    "bind": PREFIX + "SELECT ?u { ?a a dg:Expulsion ; rdfs:label ?l BIND(UCASE(STR(?l)) AS ?u) }",
    "dates": f"{PREFIX} PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"
    "SELECT ?t ?d { ?t dg:notBefore ?d FILTER(?d > '2022-04-01'^^xsd:date) }",
    "languages": PREFIX + 'SELECT ?l { ?s rdfs:label ?l FILTER(LANGMATCHES(LANG(?l), "ja")) }',
    "strings": PREFIX
    + 'SELECT ?l { ?s rdfs:label ?l FILTER(CONTAINS(LCASE(STR(?l)), "русск") || REGEX(?l, "^Jap", "i")) }',
    "relative": "SELECT (<x> AS ?iri) (IRI('y') AS ?other) {}",
    "arithmetic": "SELECT (1 + 2.5 AS ?a) (7 / 2 AS ?b) (1e3 * 2 AS ?c) (ABS(-3) AS ?d) {}",
    "hash": "SELECT (SHA256('abc') AS ?h) (STRLEN('日本😀') AS ?n) (SUBSTR('日本語', 2, 1) AS ?s) {}",
    "subselect": PREFIX
    + "SELECT ?a ?n { { SELECT ?a (COUNT(?x) AS ?n) { ?a dg:actor ?x } GROUP BY ?a } ?a a dg:Act }",
    "ask": PREFIX + "ASK { ?a a dg:Expulsion }",
}


@pytest.fixture(scope="module")
def embedded(published: Repository) -> Engine:
    engine = LocalEngine(published.release.store_path, published.settings)
    yield engine
    engine.close()


def answer(engine: Engine, text: str) -> object:
    """The solutions in a fixed order; blank nodes have no name that two engines share."""
    form = "ask" if text.endswith("ASK") or " ASK " in text else "select"
    operation = Operation(text, form, "https://data.example.org/sparql")
    if form == "ask":
        return json.loads(engine.evaluate(operation, "application/sparql-results+json").body)["boolean"]
    body = engine.evaluate(operation, "text/tab-separated-values").body.decode()
    rows = [
        ["_" if cell.startswith("_:") else cell for cell in line.split("\t")] for line in body.splitlines()
    ]
    return rows[0], sorted(rows[1:])


@pytest.mark.parametrize("name", QUERIES)
def test_query_has_the_answer_of_the_embedded_engine(
    published: Repository, embedded: Engine, engine_name: str, name: str
):
    theirs, ours = answer(published.engine, QUERIES[name]), answer(embedded, QUERIES[name])
    if engine_name == "virtuoso":
        theirs, ours = without_geometry(theirs), without_geometry(ours)
    assert theirs == ours


def without_geometry(found: object) -> object:
    """An answer without points: Virtuoso keeps them as numbers of 32 bits, with a datatype of its own."""
    if isinstance(found, bool):
        return found
    names, rows = found
    return names, [row for row in rows if not any(cell.startswith('"POINT(') for cell in row)]


def test_canned_queries_have_the_answers_of_the_embedded_engine(published: Repository, embedded: Engine):
    differ = []
    for query in published.queries.values():
        for values in ({}, query.example_values()):
            operation = Operation(query.bind(values), query.form, "https://data.example.org/sparql")
            media = "application/sparql-results+json" if query.form == "select" else "application/n-triples"
            ours, theirs = (engine.evaluate(operation, media).body for engine in (embedded, published.engine))
            if table(ours, query.form) != table(theirs, query.form):
                differ.append((query.name, values))
    assert differ == []


def table(body: bytes, form: str) -> list[str]:
    """The lines of a graph; the rows of a table, in which what is unbound is not what is empty."""
    if form != "select":
        return sorted(body.decode().splitlines())
    rows = json.loads(body)["results"]["bindings"]
    values = ({name: term["value"] for name, term in row.items()} for row in rows)
    return sorted(json.dumps(row, sort_keys=True) for row in values)


def test_flat_canned_queries_have_the_same_rows_when_the_engine_is_asked_straight(
    published: Repository, embedded: Engine
):
    differ = []
    for query in published.queries.values():
        for values in ({}, *({name: value} for name, value in query.example_values().items())):
            text = query.bind(values)
            ours = embedded.evaluate(Operation(text, "select"), "application/sparql-results+json").body
            if rows(ours) != rows(asked_straight(published, text)):
                differ.append((query.name, values))
    assert differ == []


def asked_straight(published: Repository, text: str) -> bytes:
    """What the endpoint says to the text as it stands; nothing is asked of local workers."""
    assert isinstance(published.engine, RemoteEngine)
    found = published.engine.endpoint_check()
    fields = [("query", text), *(("default-graph-uri", iri) for iri in found.default or ())]
    fields += [("named-graph-uri", iri) for iri in found.named or ()]
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}
    answer = httpx.post(str(published.settings.engine), content=urlencode(fields), headers=form, timeout=60)
    assert answer.is_success, f"{text}\n{answer.text}"
    return answer.content


def rows(body: bytes) -> set[str]:
    """The rows as sets of terms, numbers by their value."""
    found = json.loads(body)["results"]["bindings"]
    return {json.dumps({name: told(term) for name, term in row.items()}, sort_keys=True) for row in found}


def told(term: dict[str, str]) -> list[object]:
    is_number = term.get("datatype", "").endswith(("#integer", "#decimal", "#double"))
    return [float(term["value"]) if is_number else term["value"], term.get("xml:lang", "").lower()]
