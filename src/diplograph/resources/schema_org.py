"""A thing in the words of schema.org, for search engines and general clients.

The classes follow `ontology/alignments.ttl`. A date is given only where the day is known: schema.org has no
way to say less.
"""

from rdflib import Graph

from diplograph import sparql
from diplograph.engine.protocol import Engine
from diplograph.resources import known
from diplograph.vocab import PREFIXES, SCHEMA

CLASSES = {
    "Act": "Action",
    "Claim": "Claim",
    "Person": "Person",
    "State": "Country",
    "Organization": "Organization",
    "Place": "Place",
    "SourceDocument": "Article",
}
"""Classes of ours and what they are in schema.org; one that stands for several of ours is given once."""
PROPERTIES = {
    "rdfs:label": "name",
    "skos:definition": "description",
    "dg:proposition": "text",
    "dg:actor": "agent",
    "dg:claimedBy": "author",
    "dg:target": "participant",
    "dg:claimAbout": "about",
    "dg:occursAt": "location",
    "dg:organOf": "parentOrganization",
    "dg:evidence/oa:hasTarget/oa:hasSource": "subjectOf",
    "skos:exactMatch": "sameAs",
    "foaf:page": "url",
    "schema:sha256": "sha256",
    "dcterms:language": "inLanguage",
}
"""Paths of ours and the property that says as much; `name` and the like in every language there is."""
NAMED = ("agent", "participant", "author", "about", "location", "subjectOf")


def describe(engine: Engine, iri: str) -> Graph:
    """Return what is known about a thing as far as schema.org has words for it; empty when it has none."""
    this = sparql.values("this", [known.checked(iri)])
    found = _construct(engine, f"CONSTRUCT {{ ?this a ?class }} WHERE {{ {this} {_classes()} }}")
    if not found:
        return found
    found += _construct(engine, f"CONSTRUCT {{ ?this ?p ?o }} WHERE {{ {this} {_properties()} }}")
    found += _construct(
        engine,
        f"""CONSTRUCT {{ ?this schema:startTime ?day }} WHERE {{ {this}
              ?this dg:when ?time . ?time dg:notBefore ?day ; dg:notAfter ?day }}""",
    )
    ends = {str(o) for name in NAMED for o in found.objects(None, SCHEMA[name])}
    for batch in known.batches(ends):
        found += _construct(
            engine,
            f"""CONSTRUCT {{ ?x schema:name ?name }} WHERE {{
                  {sparql.values("x", batch)} ?x rdfs:label ?name }}""",
        )
    return found


def _classes() -> str:
    pairs = " ".join(f"(dg:{ours} schema:{theirs})" for ours, theirs in CLASSES.items())
    return f"VALUES (?kind ?class) {{ {pairs} }} ?this a ?kind"


def _properties() -> str:
    arms = [f"{{ ?this {path} ?o BIND(schema:{name} AS ?p) }}" for path, name in PROPERTIES.items()]
    return " UNION ".join(arms)


def _construct(engine: Engine, text: str) -> Graph:
    prefixes = ("dcterms", "dg", "foaf", "oa", "rdfs", "schema", "skos")
    prologue = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in prefixes)
    return sparql.graph(engine, prologue + text)
