"""A knowledge base of a dozen triples, so that what is tested about building and serving is fast."""

from pathlib import Path

from diplograph.namespaces import PREFIXES

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
