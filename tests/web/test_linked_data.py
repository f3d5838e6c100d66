"""Linked data as its consumers meet it: profiles of a document, names that were given up, links followed."""

import json
import re
from collections import deque
from collections.abc import Iterator

import pyoxigraph
import pytest
from flask.testing import FlaskClient
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF, VOID

import tiny_kb
from diplograph import repository
from diplograph.rdf import Dataset
from diplograph.settings import Settings
from diplograph.web import create_app

USUAL_ENGINES = ("embedded",)
DG = Namespace("https://w3id.org/diplograph/ontology#")
ID = "https://w3id.org/diplograph/id/"
SCHEMA = Namespace("https://schema.org/")
ACT = "/doc/act/russia-expels-motoki-2022"
SUBJECT = URIRef(f"{ID}act/russia-expels-motoki-2022")
WITHDRAWN = """
act:x-expels-again a prov:Entity ; rdfs:label "X expels, kept twice"@en ; owl:deprecated true ;
  dcterms:isReplacedBy act:x-expels ; skos:changeNote "The same expulsion."@en .
act:x-invades a prov:Entity ; rdfs:label "X invades"@en ; owl:deprecated true ;
  skos:changeNote "The passage speaks of another state."@en .
"""
ENTITY = """
<https://w3id.org/diplograph/shapes/entity> a owl:Ontology .
dgs:Entity a sh:NodeShape ; sh:targetClass prov:Entity ; sh:property dgs:Entity-label .
dgs:Entity-label a sh:PropertyShape ; sh:path rdfs:label ; sh:minCount 1 ; sh:severity sh:Violation ;
  sh:message "An entity without a label."@en ; sh:description "Give it one rdfs:label in English."@en .
"""


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A service over a small knowledge base of which one act was merged and one withdrawn."""
    root = tiny_kb.write(tmp_path_factory.mktemp("kb"))
    entities = root / "data" / "entities.ttl"
    entities.write_text(entities.read_text(encoding="utf-8") + WITHDRAWN, encoding="utf-8")
    (root / "shapes" / "entity.ttl").write_text(tiny_kb.PROLOGUE + ENTITY, encoding="utf-8")
    settings = Settings.resolve(root, environ={}, workers=1)
    with repository.load(settings) as published:
        yield create_app(published).test_client()


def document(client: FlaskClient, profile: str) -> Graph:
    return Graph().parse(data=client.get(f"{ACT}.nt?_profile={profile}").data, format="nt")


def test_profiles_tell_more_or_less_of_the_same(client: FlaskClient) -> None:
    core, evidence, full = (set(document(client, name)) for name in ("core", "evidence", "full"))
    assert core < evidence < full
    assert set(Graph().parse(data=client.get(f"{ACT}.nt").data, format="nt")) == full
    assert not any(p == URIRef("http://www.w3.org/ns/oa#hasTarget") for _, p, _ in core)
    assert any(p == URIRef("http://www.w3.org/ns/oa#start") for _, p, _ in evidence)
    assert {s for s, _, o in full if o == SUBJECT} > {s for s, _, o in evidence if o == SUBJECT}


def test_profile_of_schema_org_speaks_its_words_alone(client: FlaskClient) -> None:
    found = document(client, "schema")
    assert (SUBJECT, RDF.type, SCHEMA.Action) in found
    assert set(found.objects(SUBJECT, SCHEMA.agent)) == {URIRef(f"{ID}state/russia")}
    assert {p for p in found.predicates() if p != RDF.type and p not in SCHEMA} == set()


def test_unknown_profile_is_refused_with_those_there_are(client: FlaskClient) -> None:
    answer = client.get(f"{ACT}.ttl?_profile=everything")
    assert answer.status_code == 400
    assert "core" in answer.json["detail"]


def test_page_holds_its_thing_in_the_words_of_schema_org(client: FlaskClient) -> None:
    page = client.get(f"{ACT}.html").get_data(as_text=True)
    text = re.search(r'<script type="application/ld\+json">\s*(.*?)</script>', page, re.DOTALL)
    assert text
    found = pyoxigraph.parse(json.dumps(json.loads(text[1])), format=pyoxigraph.RdfFormat.JSON_LD)
    schema = client.get(f"{ACT}.nt?_profile=schema").data
    assert {quad.triple for quad in found} == {
        quad.triple for quad in pyoxigraph.parse(schema, format=pyoxigraph.RdfFormat.N_TRIPLES)
    }


def test_merged_thing_leads_to_the_one_that_took_its_place(revised: FlaskClient) -> None:
    answer = revised.get("/id/act/x-expels-again")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/id/act/x-expels")
    answer = revised.get("/doc/act/x-expels-again.ttl")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/doc/act/x-expels.ttl")
    assert revised.get("/id/act/x-expels-again", follow_redirects=True).status_code == 200


def test_withdrawn_thing_is_gone_with_the_reason(revised: FlaskClient) -> None:
    for path in ("/id/act/x-invades", "/doc/act/x-invades", "/doc/act/x-invades.ttl"):
        answer = revised.get(path)
        assert answer.status_code == 410
        assert "another state" in answer.json["detail"]
        assert answer.json["type"] == "/problems/withdrawn-resource"
    assert revised.get("/problems/withdrawn-resource").status_code == 200


def test_client_that_follows_links_from_void_alone_reaches_every_act(
    client: FlaskClient, curated: Dataset
) -> None:
    """It knows RDF, VoID and how to follow a link, and nothing of this service's addresses."""
    described = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
    space = str(next(described.objects(None, VOID.uriSpace)))
    waiting = deque(str(root) for root in described.objects(None, VOID.rootResource))
    wanted = {row["act"].value for row in curated.select(f"SELECT ?act WHERE {{ ?act a <{DG.Act}> }}")}
    seen, acts = set(waiting), set[str]()
    while waiting and acts != wanted:
        path = waiting.popleft().removeprefix("https://w3id.org/diplograph")
        answer = client.get(path, headers={"Accept": "application/n-triples"}, follow_redirects=True)
        assert answer.status_code == 200, path
        found = Graph().parse(data=answer.data, format="nt")
        acts |= {str(act) for act in found.subjects(RDF.type, DG.Act)}
        named = {str(term) for triple in found for term in triple[::2] if isinstance(term, URIRef)}
        fresh = sorted(iri for iri in named - seen if iri.startswith(space))
        seen.update(fresh)
        waiting.extend(fresh)
    assert acts == wanted


def test_turtle_of_a_thing_begins_with_what_it_says_and_writes_terms_short(client: FlaskClient) -> None:
    text = client.get(f"{ACT}.ttl").text
    head, _, body = text.partition("\n\n")

    assert body.startswith("act:russia-expels-motoki-2022\n")
    prefixes = re.findall(r"^PREFIX (\w+):", head, re.MULTILINE)
    assert "sem" in prefixes
    assert [name for name in prefixes if not re.search(rf"(?<![\w:]){name}:", body)] == []
    written_out = re.findall(r"^\s+(?:a )?<([^>]*)>", body, re.MULTILINE)
    assert [iri for iri in written_out if re.search(r"[/#][A-Za-z]\w*$", iri)] == []
