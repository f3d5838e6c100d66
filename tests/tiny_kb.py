"""A knowledge base of a dozen triples, so that what is tested about building and serving is fast."""

from pathlib import Path

from diplograph.namespaces import PREFIXES

STATE_Z = PREFIXES["state"] + "z"
PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())

ONTOLOGY = """
<https://w3id.org/diplograph/ontology> a owl:Ontology .
dg:Act a owl:Class .
dg:Expulsion a owl:Class ; rdfs:subClassOf dg:Act ,
  [ a owl:Restriction ; owl:onProperty dg:actor ; owl:someValuesFrom owl:Thing ] .
dg:State a owl:Class ; owl:disjointWith dg:Act .
dg:actor a owl:ObjectProperty .
dg:target a owl:ObjectProperty .
dg:inferredReciprocalWith a owl:ObjectProperty , owl:SymmetricProperty .
"""
ENTITIES = """
state:x a dg:State ; rdfs:label "X"@en , "エックス"@ja .
state:y a dg:State ; rdfs:label "Y"@en .
"""
A1 = """
act:x-expels a dg:Expulsion ; rdfs:label "X expels"@en ; dg:actor state:x ; dg:target state:y .
act:y-expels a dg:Expulsion ; rdfs:label "Y expels"@en ; dg:actor state:y ; dg:target state:x .
"""
REFERENCE = """
state:x a dg:State ; rdfs:label "X"@en , "エックス"@ja ; skos:notation "XX"^^dgv:iso-3166-1-alpha-2 .
state:z a dg:State ; rdfs:label "Z"@en ; skos:altLabel "Zedland"@en ;
  skos:notation "ZZ"^^dgv:iso-3166-1-alpha-2 .
body:government-of-z a dg:PublicBody ; rdfs:label "Government of Z"@en ; dg:organOf state:z .
"""
META = """
dgg:reference a void:Dataset ; dg:graphKind dgv:reference-graph .
dgg:entities a void:Dataset ; dg:graphKind dgv:entities-graph .
"""
SHAPES = """
<https://w3id.org/diplograph/shapes> a owl:Ontology .
dgs:Act a sh:NodeShape ; sh:targetClass dg:Act ; sh:property dgs:Act-label .
dgs:Act-label a sh:PropertyShape ; sh:path rdfs:label ; sh:minCount 1 ; sh:severity sh:Violation ;
  sh:message "An act without a label."@en ; sh:description "Give it one rdfs:label in English."@en .
dgs:State a sh:NodeShape ; sh:targetClass dg:State ; sh:property dgs:State-label .
dgs:State-label a sh:PropertyShape ; sh:path rdfs:label ; sh:minCount 1 ; sh:severity sh:Violation ;
  sh:message "A state without a label."@en ; sh:description "Give it one rdfs:label in English."@en .
"""
CANNED = """\
#+ summary: Acts
#+ question: Which acts did a state do?
#+ tags: [acts]
#+ key: [act, actor]
#+ statements: [act]
#+ parameters:
#+   actor:
#+     type: iri
#+     kind: state
#+     label: Actor
#+     example: x
#+     optional: true
#+     multiple: true
PREFIX dg: <https://w3id.org/diplograph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?act ?label ?actor WHERE {
  VALUES ?actor { UNDEF }
  ?act a dg:Act ; dg:actor ?actor ; rdfs:label ?label .
}
ORDER BY ?act
"""
RULE = """\
#+ name: swapped-1
#+ version: 1
#+ summary: Swapped roles
#+ description: Two acts with the roles swapped.
PREFIX dg: <https://w3id.org/diplograph/ontology#>
CONSTRUCT { ?a dg:inferredReciprocalWith ?b } WHERE {
  GRAPH ?g { ?a dg:actor ?one ; dg:target ?two . ?b dg:actor ?two ; dg:target ?one }
  FILTER(STR(?a) < STR(?b))
}
"""
EXPECT = """\
[Act]
min = 2
why = "one each"
"""


REFERENCE_TERMS = """
dgv:reference-graph a skos:Concept . dgv:entities-graph a skos:Concept .
dg:PublicBody a owl:Class . dg:organOf a owl:ObjectProperty . dg:graphKind a owl:ObjectProperty .
"""
REFERENCE_SHAPES = """
dgs:Body a sh:NodeShape ; sh:targetClass dg:PublicBody .
dgs:Dataset a sh:NodeShape ; sh:targetClass void:Dataset .
"""


def write_reference(root: Path) -> Path:
    """Writes the knowledge base with reference entities: X, which acts, and Z, which no source mentions."""
    write(root)
    files = {
        "data/reference": REFERENCE,
        "data/meta": META,
        "ontology/diplograph": ONTOLOGY + REFERENCE_TERMS,
        "shapes/reference": REFERENCE_SHAPES,
    }
    for name, text in files.items():
        (root / f"{name}.ttl").write_text(PROLOGUE + text, encoding="utf-8")
    return root


def write(root: Path) -> Path:
    """Writes the knowledge base into a folder."""
    files = {
        "ontology/diplograph.ttl": PROLOGUE + ONTOLOGY,
        "data/entities.ttl": PROLOGUE + ENTITIES,
        "data/a1.ttl": PROLOGUE + A1,
        "data/expect.toml": EXPECT,
        "shapes/act.ttl": PROLOGUE + SHAPES,
        "queries/canned/acts.rq": CANNED,
        "queries/rules/swapped-1.rq": RULE,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
