"""Shapes and graphs made up at random, as Turtle: few names, so that they meet."""

from dataclasses import dataclass
from random import Random

PROLOGUE = """
@prefix ex: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DECLARED = 'ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .'
IRIS = ("ex:a", "ex:b", "ex:c", "ex:d")
NODES = (*IRIS, "_:x", "_:y")
CLASSES = ("ex:C", "ex:D", "ex:E")
PROPERTIES = ("ex:p", "ex:q", "ex:r")
LITERALS = (
    *('"x"', '"yy"', '""', '"Ärger zwei"', '"x"@en', '"y"@en', '"z"@de', '"z"@en-gb', '"line\\nbreak"'),
    *("1", "2", "-3", "1.5", '"08"^^xsd:integer', '"8"^^xsd:positiveInteger', '"x"^^xsd:integer', "1e0"),
    *('"2022-04-08"^^xsd:date', '"2022-02-30"^^xsd:date', '"2022-04-09Z"^^xsd:date', "true"),
    *('"1"^^xsd:boolean', '"2022-04-08T00:00:00"^^xsd:dateTime', '"x"^^ex:own', '"1.50"^^xsd:decimal'),
    *('"2022"^^xsd:gYear', "8"),
)
DATATYPES = (
    *("xsd:integer", "xsd:string", "xsd:date", "xsd:boolean", "xsd:decimal", "xsd:dateTime"),
    *("rdf:langString", "ex:own", "xsd:gYear", "xsd:positiveInteger", "xsd:double"),
)
KINDS = ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
PATTERNS = ("^x", "^\\\\S+$", "[0-9]{2}", "^\\\\w+$", "a|e", "^[a-z]*$", "(?i)X", "x$", "^.$")
LANGUAGES = ('"en"', '"de" "en-GB"')
BOUNDS = ("1", "2", "1.5", '"2022-04-08"^^xsd:date', '"x"')
QUERIES = (
    "SELECT $this WHERE { $this ex:p ?v . FILTER NOT EXISTS { ?v ex:q $this } }",
    "SELECT $this ?value WHERE { $this ex:p ?value . $this ex:q ?w . FILTER (?value < ?w) }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this ex:r ?any } }",
    "SELECT $this ?value WHERE { $this ex:q ?value . FILTER (?value != ex:a) }",
    "SELECT DISTINCT $this WHERE { { $this ex:p ?v } UNION { $this ^ex:q ?v } ?v a ex:C }",
    """SELECT $this WHERE { $this ex:p/ex:q+ ?v .
      FILTER EXISTS { ?v (ex:r|^ex:p)/ex:q ?w FILTER NOT EXISTS { ?w ex:p $this } } }""",
    "SELECT $this WHERE { $this ex:p ?v OPTIONAL { ?v ex:q ?w FILTER (?w = $this) } FILTER (!BOUND(?w)) }",
    "SELECT $this ?value WHERE { $this ex:q ?value . FILTER (isLiteral(?value) && STRLEN(STR(?value)) > 1) }",
    """SELECT $this WHERE {
      { SELECT $this (COUNT(DISTINCT ?v) AS ?n) WHERE { $this ex:p ?v } GROUP BY $this } FILTER (?n > 1) }""",
    "SELECT $this WHERE { BIND (1 AS ?one) $this ex:p ?v . FILTER (?v = ?one) }",
    "SELECT $this WHERE { $this ex:p ?v . FILTER (LANG(?v) IN ('en', 'de') || ?v = 1) }",
    "SELECT $this WHERE { $this ex:p ?v . FILTER NOT EXISTS { $this ex:q ?w . FILTER (?w > ?v) } }",
)
PATHED = "SELECT $this ?value WHERE { $this $PATH ?value . FILTER (?value != ex:a) }"


@dataclass
class Maker:
    """Makes things up with a source of chance."""

    chance: Random

    def one(self, options):
        return self.chance.choice(options)

    def graph(self):
        """A graph of up to twenty triples."""
        return "\n".join(self.triple() for _ in range(self.chance.randint(0, 20)))

    def triple(self):
        kind = self.chance.randint(0, 6)
        if kind == 0:
            return f"{self.one(CLASSES)} rdfs:subClassOf {self.one(CLASSES)} ."
        if kind <= 2:
            return f"{self.one(NODES)} a {self.one(CLASSES)} ."
        value = self.one(NODES) if kind <= 4 else self.one(LITERALS)
        return f"{self.one(NODES)} {self.one(PROPERTIES)} {value} ."

    def shapes(self):
        """One to three shapes with targets."""
        return "\n".join([DECLARED, *(self.shape(number) for number in range(self.chance.randint(1, 3)))])

    def shape(self, number):
        is_property = self.one((True, False))
        kind = "sh:PropertyShape" if is_property else "sh:NodeShape"
        extra = self.one(("", "", "", " ; sh:deactivated true", " ; sh:severity sh:Warning"))
        targets = " ; ".join(self.target() for _ in range(self.chance.randint(1, 2)))
        return f"ex:S{number} a {kind} ; {targets} ; {self.body(0, is_property)}{extra} ."

    def target(self):
        return self.one(
            (
                f"sh:targetClass {self.one(CLASSES)}",
                f"sh:targetSubjectsOf {self.one(PROPERTIES)}",
                f"sh:targetObjectsOf {self.one(PROPERTIES)}",
                f"sh:targetNode {self.one(IRIS)}",
            )
        )

    def body(self, depth, is_property):
        chosen = {}
        for _ in range(self.chance.randint(1, 3)):
            constraint = self.constraint(depth, is_property)
            chosen[constraint.split()[0]] = constraint
        return " ; ".join([f"sh:path {self.path()}"] * is_property + list(chosen.values()))

    def inner(self, depth):
        return f"[ {self.body(depth + 1, False)} ]"

    def path(self, depth=0):
        kind = self.chance.randint(0, 6) if depth < 2 else 0
        if kind <= 2:
            return self.one(PROPERTIES)
        listed = f"( {self.path(depth + 1)} {self.path(depth + 1)} )"
        repeated = self.one(("zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"))
        return {
            3: f"[ sh:inversePath {self.path(depth + 1)} ]",
            4: listed,
            5: f"[ sh:alternativePath {listed} ]",
            6: f"[ sh:{repeated} {self.one(PROPERTIES)} ]",
        }[kind]

    def constraint(self, depth, is_property):
        """One constraint, as a predicate with its value."""
        options = [self.of_values]
        if is_property:
            options.append(self.of_sets)
        if depth < 2:
            options.append(lambda: self.of_shapes(depth, is_property))
        if depth == 0:
            options.append(lambda: self.of_query(is_property))
        return self.one(options)()

    def of_values(self):
        length, bound = self.one(("minLength", "maxLength")), self.one(("min", "max"))
        side, pair = self.one(("Inclusive", "Exclusive")), self.one(("equals", "disjoint"))
        some = " ".join(self.one(IRIS + LITERALS) for _ in range(self.chance.randint(1, 3)))
        return self.one(
            (
                f"sh:class {self.one(CLASSES)}",
                f"sh:datatype {self.one(DATATYPES)}",
                f"sh:nodeKind sh:{self.one(KINDS)}",
                f"sh:in ( {some} )",
                f"sh:hasValue {self.one(IRIS + LITERALS)}",
                f"sh:{length} {self.chance.randint(0, 3)}",
                f'sh:pattern "{self.one(PATTERNS)}"',
                'sh:pattern "X" ; sh:flags "i"',
                f"sh:languageIn ( {self.one(LANGUAGES)} )",
                f"sh:{bound}{side} {self.one(BOUNDS)}",
                f"sh:{pair} {self.one(PROPERTIES)}",
                f"sh:closed true ; sh:ignoredProperties ( rdf:type {self.one(PROPERTIES)} )",
            )
        )

    def of_sets(self):
        number, order = self.chance.randint(0, 3), self.one(("lessThan", "lessThanOrEquals"))
        return self.one(
            (
                f"sh:minCount {number}",
                f"sh:maxCount {number}",
                "sh:uniqueLang true",
                f"sh:{order} {self.one(PROPERTIES)}",
            )
        )

    def of_shapes(self, depth, is_property):
        many, limit = self.one(("and", "or", "xone")), self.one(("qualifiedMinCount", "qualifiedMaxCount"))
        options = [
            lambda: f"sh:node {self.inner(depth)}",
            lambda: f"sh:not {self.inner(depth)}",
            lambda: f"sh:property [ {self.body(depth + 1, True)} ]",
            lambda: f"sh:{many} ( {self.inner(depth)} {self.inner(depth)} )",
        ]
        if is_property:
            options.append(
                lambda: f"sh:qualifiedValueShape {self.inner(depth)} ; sh:{limit} {self.chance.randint(0, 3)}"
            )
        return self.one(options)()

    def of_query(self, is_property):
        query = self.one((*QUERIES, PATHED) if is_property else QUERIES)
        return f'sh:sparql [ a sh:SPARQLConstraint ; sh:prefixes ex: ; sh:select """{query}""" ]'
