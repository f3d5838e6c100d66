"""The document about a thing as a graph: what it says, what points at it, its evidence; or in schema.org."""

from rdflib import RDF, Graph, Literal, URIRef

from diplograph.documents import naming
from diplograph.engine import operations
from diplograph.engine.protocol import Engine
from diplograph.namespaces import DG, FOAF, PREFIXES, RDFS, SCHEMA, SPACE, VOID, is_ours, kind_of, split

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
    "schema:sameAs": "sameAs",
    "foaf:page": "url",
    "schema:sha256": "sha256",
    "schema:inLanguage": "inLanguage",
}
"""Paths of ours and the property that says as much; `name` and the like in every language there is."""
NAMED = ("agent", "participant", "author", "about", "location", "subjectOf")
PROFILES = ("full", "core", "evidence", "schema")
"""How much a document tells, the default first."""
INCOMING = 500
"""How many incoming triples a document lists; it says so when there are more."""
_PROLOGUE = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("dg", "oa", "rdfs", "skos"))


def describe_in_schema_org(engine: Engine, iri: str) -> Graph:
    """Return what is known about a thing as far as schema.org has words for it; empty when it has none."""
    this = operations.values("this", [naming.checked(iri)])
    found = _construct_schema_org(engine, f"CONSTRUCT {{ ?this a ?class }} WHERE {{ {this} {_classes()} }}")
    if not found:
        return found
    found += _construct_schema_org(engine, f"CONSTRUCT {{ ?this ?p ?o }} WHERE {{ {this} {_properties()} }}")
    found += _construct_schema_org(
        engine,
        f"""CONSTRUCT {{ ?this schema:startTime ?day }} WHERE {{ {this}
              {{ ?this dg:earliestBegin ?day ; dg:latestBegin ?day }} UNION
              {{ ?this dg:when ?time . ?time dg:notBefore ?day ; dg:notAfter ?day
                 FILTER NOT EXISTS {{ ?this dg:summaryStage|dg:summaryDate ?any }} }} }}""",
    )
    ends = {str(o) for name in NAMED for o in found.objects(None, SCHEMA[name])}
    for batch in naming.batches(ends):
        found += _construct_schema_org(
            engine,
            f"""CONSTRUCT {{ ?x schema:name ?name }} WHERE {{
                  {operations.values("x", batch)} ?x rdfs:label ?name }}""",
        )
    return found


def _classes() -> str:
    pairs = " ".join(f"(dg:{ours} schema:{theirs})" for ours, theirs in CLASSES.items())
    return f"VALUES (?kind ?class) {{ {pairs} }} ?this a ?kind"


def _properties() -> str:
    arms = [f"{{ ?this {path} ?o BIND(schema:{name} AS ?p) }}" for path, name in PROPERTIES.items()]
    return " UNION ".join(arms)


def _construct_schema_org(engine: Engine, text: str) -> Graph:
    prefixes = ("dcterms", "dg", "foaf", "oa", "rdfs", "schema", "skos")
    prologue = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in prefixes)
    return operations.graph(engine, prologue + text)


def describe(engine: Engine, iri: str, profile: str = "full") -> Graph:
    """Return the graph of the document about an IRI, in one of the PROFILES.

    `core` holds every triple with the IRI as subject; `evidence` its evidence too, down to passage and
    source; `full` also the triples with it as object, up to a bound, and of an act the accounts and pairs
    with the times that they give. Each has the labels and types of
    everything mentioned. `schema` is what schema.org has words for. UnknownResource, with near names, when
    nothing is known of the IRI.
    """
    this = naming.checked(iri)
    if profile == "schema":
        return describe_in_schema_org(engine, this)
    found = _outgoing(engine, this)
    arriving = _incoming(engine, this)
    size = _size(engine, this)
    if not (found or arriving or size):
        raise naming.unknown(engine, iri)
    if profile == "full":
        found += arriving
        found += _summed_up(engine, this)
    if profile != "core":
        found += _evidence(engine, this)
    if size:
        found.add((URIRef(this), VOID.triples, Literal(size)))
    if profile == "full" and len(arriving) == INCOMING:
        _say_cut(found, this)
    for batch in naming.batches(_mentioned(found)):
        found += _names(engine, batch)
    return found


def document_of(iri: str) -> str:
    """Return the address, under our base, of the document about a thing."""
    if is_ours(iri) and (kind := kind_of(iri)):
        return f"{SPACE.get()}doc/{kind}/{split(iri)[1]}"
    return f"{SPACE.get()}describe?uri={iri}"


def _outgoing(engine: Engine, iri: str) -> Graph:
    """Return the triples about the thing, with those about blank nodes that it names."""
    return _construct(
        engine,
        f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{
              {{ {operations.values("s", [iri])} ?s ?p ?o }} UNION
              {{ {operations.values("thing", [iri])} ?thing ?via ?s FILTER(isBlank(?s)) ?s ?p ?o }} }}""",
    )


def _summed_up(engine: Engine, iri: str) -> Graph:
    """Return the accounts and pairs of an act, and the time spans of accounts; none for anything else."""
    this = operations.values("act", [iri])
    found = f"""{{ SELECT DISTINCT ?s WHERE {{ {{ {this} ?s dg:accountOf ?act }} UNION
        {{ {this} ?s dg:firstAct ?act }} UNION {{ {this} ?s dg:secondAct ?act }} UNION
        {{ {this} ?account dg:accountOf ?act ; dg:accountTime ?s }} }} ORDER BY ?s LIMIT {INCOMING} }}"""
    return _construct(engine, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {found} ?s ?p ?o }}")


def summarised(subject: str, predicate: str) -> str:
    """Return the expression for whether only a summary can have a triple: what is stated must come first.

    It looks at names, since a look-up of each triple in the graph takes several times as long.
    """
    of_ours = " || ".join(f'CONTAINS(STR({subject}), "/id/{kind}/")' for kind in ("account", "pair"))
    return f'({of_ours} || STRSTARTS(STR({predicate}), "{DG}summary"))'


def _incoming(engine: Engine, iri: str) -> Graph:
    """Return the triples that point here from things with a name: a blank node would tell nothing."""
    return _construct(
        engine,
        f"""CONSTRUCT {{ ?s ?p ?thing }} WHERE {{ {{ SELECT ?s ?p ?thing WHERE {{
              {operations.values("thing", [iri])} ?s ?p ?thing FILTER(isIRI(?s)) }}
              ORDER BY {summarised("?s", "?p")} ?p ?s LIMIT {INCOMING} }} }}""",
    )


def _evidence(engine: Engine, iri: str) -> Graph:
    """Return the evidence of the thing: the node, the passage, where it stands and in which document."""
    steps = ("", "/oa:hasTarget", "/oa:hasTarget/oa:hasSelector", "/oa:hasTarget/oa:hasSource")
    arms = " UNION ".join(f"{{ ?thing dg:evidence{step} ?s }}" for step in steps)
    chain = f"{{ SELECT DISTINCT ?s WHERE {{ {operations.values('thing', [iri])} {arms} }} }}"
    return _construct(engine, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {chain} ?s ?p ?o }}")


def _size(engine: Engine, iri: str) -> int:
    """Return how many triples the named graph of this name holds."""
    text = f"SELECT (COUNT(*) AS ?size) WHERE {{ {operations.values('g', [iri])} GRAPH ?g {{ ?s ?p ?o }} }}"
    return int(str(operations.select(engine, text).rows[0]["size"]))


def _names(engine: Engine, iris: list[str]) -> Graph:
    return _construct(
        engine,
        f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {operations.values("s", iris)}
              {{ VALUES ?p {{ rdfs:label skos:prefLabel }} ?s ?p ?o
                 FILTER(lang(?o) IN ("", "en", "ja", "ru")) }}
              UNION {{ BIND(<{RDF.type}> AS ?p) ?s a ?o }} }}""",
    )


def _mentioned(graph: Graph) -> set[str]:
    """Return what the triples speak of, and our own properties; those of others explain themselves."""
    things = {str(term) for triple in graph for term in triple[::2] if isinstance(term, URIRef)}
    return things | {str(predicate) for predicate in graph.predicates() if is_ours(str(predicate))}


def _say_cut(graph: Graph, iri: str) -> None:
    """State that the document does not list all that points here, about the document and not the thing."""
    page = URIRef(document_of(iri))
    remark = f"Lists the first {INCOMING} statements that point here; there may be more."
    graph.add((page, FOAF.primaryTopic, URIRef(iri)))
    graph.add((page, RDFS.comment, Literal(remark, lang="en")))


def _construct(engine: Engine, text: str) -> Graph:
    return operations.graph(engine, _PROLOGUE + text)
