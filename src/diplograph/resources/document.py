"""The document about a thing as a graph: what it says, what points at it, its evidence, every name."""

from rdflib import RDF, Graph, Literal, URIRef

from diplograph import sparql
from diplograph.engine.protocol import Engine
from diplograph.resources import known, schema_org
from diplograph.vocab import BASE, FOAF, ID, PREFIXES, RDFS, VOID

PROFILES = ("full", "core", "evidence", "schema")
"""How much a document tells, the default first."""
INCOMING = 500
"""How many incoming triples a document lists; it says so when there are more."""

_PROLOGUE = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("dg", "oa", "rdfs", "skos"))


def describe(engine: Engine, iri: str, profile: str = "full") -> Graph:
    """Return the graph of the document about an IRI, in one of the PROFILES.

    `core` holds every triple with the IRI as subject; `evidence` its evidence too, down to passage and
    source; `full` also the triples with it as object, up to a bound. Each has the labels and types of
    everything mentioned. `schema` is what schema.org has words for. UnknownResource, with near names, when
    nothing is known of the IRI.
    """
    this = known.checked(iri)
    if profile == "schema":
        return schema_org.describe(engine, this)
    found = _outgoing(engine, this)
    arriving = _incoming(engine, this)
    size = _size(engine, this)
    if not (found or arriving or size):
        raise known.unknown(engine, iri)
    if profile == "full":
        found += arriving
    if profile != "core":
        found += _evidence(engine, this)
    if size:
        found.add((URIRef(this), VOID.triples, Literal(size)))
    if profile == "full" and len(arriving) == INCOMING:
        _say_cut(found, this)
    for batch in known.batches(_mentioned(found)):
        found += _names(engine, batch)
    return found


def document_of(iri: str) -> str:
    """Return the address, under our base, of the document about a thing."""
    return f"{BASE}doc/{iri.removeprefix(ID)}" if iri.startswith(ID) else f"{BASE}describe?uri={iri}"


def _outgoing(engine: Engine, iri: str) -> Graph:
    """Return the triples about the thing, with those about blank nodes that it names."""
    return _construct(
        engine,
        f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{
              {{ {sparql.values("s", [iri])} ?s ?p ?o }} UNION
              {{ {sparql.values("thing", [iri])} ?thing ?via ?s FILTER(isBlank(?s)) ?s ?p ?o }} }}""",
    )


def _incoming(engine: Engine, iri: str) -> Graph:
    """Return the triples that point here from things with a name: a blank node would tell nothing."""
    return _construct(
        engine,
        f"""CONSTRUCT {{ ?s ?p ?thing }} WHERE {{ {{ SELECT ?s ?p ?thing WHERE {{
              {sparql.values("thing", [iri])} ?s ?p ?thing FILTER(isIRI(?s)) }}
              ORDER BY ?p ?s LIMIT {INCOMING} }} }}""",
    )


def _evidence(engine: Engine, iri: str) -> Graph:
    """Return the evidence of the thing: the node, the passage, where it stands and in which document."""
    steps = ("", "/oa:hasTarget", "/oa:hasTarget/oa:hasSelector", "/oa:hasTarget/oa:hasSource")
    arms = " UNION ".join(f"{{ ?thing dg:evidence{step} ?s }}" for step in steps)
    chain = f"{{ SELECT DISTINCT ?s WHERE {{ {sparql.values('thing', [iri])} {arms} }} }}"
    return _construct(engine, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {chain} ?s ?p ?o }}")


def _size(engine: Engine, iri: str) -> int:
    """Return how many triples the named graph of this name holds."""
    text = f"SELECT (COUNT(*) AS ?size) WHERE {{ {sparql.values('g', [iri])} GRAPH ?g {{ ?s ?p ?o }} }}"
    return int(str(sparql.select(engine, text).rows[0]["size"]))


def _names(engine: Engine, iris: list[str]) -> Graph:
    return _construct(
        engine,
        f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {sparql.values("s", iris)}
              {{ VALUES ?p {{ rdfs:label skos:prefLabel }} ?s ?p ?o
                 FILTER(lang(?o) IN ("", "en", "ja", "ru")) }}
              UNION {{ BIND(<{RDF.type}> AS ?p) ?s a ?o }} }}""",
    )


def _mentioned(graph: Graph) -> set[str]:
    """Return what the triples speak of, and our own properties; those of others explain themselves."""
    things = {str(term) for triple in graph for term in triple[::2] if isinstance(term, URIRef)}
    return things | {str(predicate) for predicate in graph.predicates() if str(predicate).startswith(BASE)}


def _say_cut(graph: Graph, iri: str) -> None:
    """State that the document does not list all that points here, about the document and not the thing."""
    page = URIRef(document_of(iri))
    remark = f"Lists the first {INCOMING} statements that point here; there may be more."
    graph.add((page, FOAF.primaryTopic, URIRef(iri)))
    graph.add((page, RDFS.comment, Literal(remark, lang="en")))


def _construct(engine: Engine, text: str) -> Graph:
    return sparql.graph(engine, _PROLOGUE + text)
