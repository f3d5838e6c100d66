"""Rules compiled from an ontology's own axioms.

Each rule is a SPARQL CONSTRUCT query, named after the rule of the OWL 2 RL/RDF rule set that it comes from
(https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules) and after its terms.
Equality is left out: a functional property never makes two things one here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from rdflib import OWL, RDF, RDFS, BNode, Graph, URIRef, Variable
from rdflib.collection import Collection
from rdflib.term import Node

from diplograph.namespaces import short

Pattern = tuple[Node, Node, Node]
X, Y, Z = Variable("x"), Variable("y"), Variable("z")


@dataclass(frozen=True, slots=True)
class Rule:
    """If the body holds, so does the head.

    `validation` tells whether its conclusions may be used to validate data: those of domains and ranges may
    not, or every check of a class on a property with a range would pass.
    """

    name: str
    body: tuple[Pattern, ...] = field(repr=False)
    head: Pattern = field(repr=False)
    validation: bool

    @property
    def reads(self) -> frozenset[str]:
        """The IRIs of the classes in the body, and of its properties but for `rdf:type`."""
        return frozenset(map(_term, self.body))

    @property
    def makes(self) -> str:
        """The IRI of the class, or else of the property, in the head."""
        return _term(self.head)

    @property
    def news(self) -> str:
        """What the head needs and does not hold yet, as a group of SPARQL: each row is a new triple.

        A head of fewer variables than the body is looked up once and not once for each way to it.
        """
        body, head = " ".join(map(_text, self.body)), _text(self.head)
        wanted = [term.n3() for term in self.head if isinstance(term, Variable)]
        used = {term for pattern in self.body for term in pattern if isinstance(term, Variable)}
        if len(set(wanted)) < len(used):
            body = f"{{ SELECT DISTINCT {' '.join(wanted)} WHERE {{ {body} }} }}"
        return f"{{ {body} FILTER NOT EXISTS {{ {head} }} }}"

    def insertion(self, graph: str) -> str:
        """The SPARQL update that adds what is new to the default graph and to a named graph."""
        head = _text(self.head)
        return f"INSERT {{ {head} GRAPH {URIRef(graph).n3()} {{ {head} }} }} WHERE {self.news}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule before it is written: patterns of variables and terms of the ontology."""

    kind: str
    body: Sequence[Pattern]
    head: Pattern
    validation: bool = True

    def is_sayable(self) -> bool:
        """Whether it holds no blank node, such as the inverse of a property that has no name."""
        return not any(isinstance(term, BNode) for pattern in [*self.body, self.head] for term in pattern)

    def written(self) -> Rule:
        """Give the rule its name."""
        name = f"{self.kind} {' & '.join(map(_atom, self.body))} > {_atom(self.head)}"
        return Rule(name, tuple(self.body), self.head, self.validation)


def compile_rules(ontology: Graph) -> list[Rule]:
    """Return the rules that the axioms of an ontology amount to, sorted by name."""
    rules = {draft.written() for draft in _drafts(ontology) if draft.is_sayable()}
    return sorted(rules, key=lambda rule: rule.name)


def disjoint_classes(ontology: Graph) -> set[tuple[str, str]]:
    """Return the pairs of named classes that are said to be disjoint, each in the order of its IRIs."""
    groups = list(ontology.subject_objects(OWL.disjointWith))
    for axiom in ontology.subjects(RDF.type, OWL.AllDisjointClasses):
        groups += combinations(_members(ontology, ontology.value(axiom, OWL.members)), 2)
    return {(min(str(a), str(b)), max(str(a), str(b))) for a, b in groups}


def _drafts(ontology: Graph) -> Iterator[Draft]:
    yield from _class_drafts(ontology)
    yield from _hierarchy_drafts(ontology)
    yield from _characteristic_drafts(ontology)
    yield from _typing_drafts(ontology)


def _class_drafts(ontology: Graph) -> Iterator[Draft]:
    """cax-sco and cax-eqc, with the rules for hasValue, someValuesFrom, intersections and unions inside."""
    for sub, sup in _inclusions(ontology, RDFS.subClassOf, OWL.equivalentClass):
        for body, head in product(_bodies(ontology, sub, X), _heads(ontology, sup, X)):
            yield Draft("cax-sco", body, head)


def _hierarchy_drafts(ontology: Graph) -> Iterator[Draft]:
    """prp-spo1, prp-eqp1, prp-eqp2 and prp-spo2."""
    for sub, sup in _inclusions(ontology, RDFS.subPropertyOf, OWL.equivalentProperty):
        yield Draft("prp-spo1", [(X, sub, Y)], (X, sup, Y))
    for prop, chain in ontology.subject_objects(OWL.propertyChainAxiom):
        steps = _members(ontology, chain)
        nodes = [Variable(f"u{number}") for number in range(len(steps) + 1)]
        body = [(nodes[i], step, nodes[i + 1]) for i, step in enumerate(steps)]
        yield Draft("prp-spo2", body, (nodes[0], prop, nodes[-1]))


def _characteristic_drafts(ontology: Graph) -> Iterator[Draft]:
    """prp-inv1, prp-inv2, prp-symp and prp-trp."""
    for one, other in ontology.subject_objects(OWL.inverseOf):
        yield Draft("prp-inv", [(X, one, Y)], (Y, other, X))
        yield Draft("prp-inv", [(X, other, Y)], (Y, one, X))
    for prop in ontology.subjects(RDF.type, OWL.SymmetricProperty):
        yield Draft("prp-symp", [(X, prop, Y)], (Y, prop, X))
    for prop in ontology.subjects(RDF.type, OWL.TransitiveProperty):
        yield Draft("prp-trp", [(X, prop, Y), (Y, prop, Z)], (X, prop, Z))


def _typing_drafts(ontology: Graph) -> Iterator[Draft]:
    """prp-dom and prp-rng; the ranges of data properties say nothing about individuals."""
    for prop, domain in ontology.subject_objects(RDFS.domain):
        for head in _heads(ontology, domain, X):
            yield Draft("prp-dom", [(X, prop, Y)], head, validation=False)
    for prop, value_range in ontology.subject_objects(RDFS.range):
        if (prop, RDF.type, OWL.ObjectProperty) in ontology:
            for head in _heads(ontology, value_range, Y):
                yield Draft("prp-rng", [(X, prop, Y)], head, validation=False)


def _inclusions(ontology: Graph, sub: URIRef, same: URIRef) -> Iterator[tuple[Node, Node]]:
    yield from ontology.subject_objects(sub)
    for one, other in ontology.subject_objects(same):
        yield one, other
        yield other, one


def _bodies(ontology: Graph, expression: Node, subject: Variable) -> list[list[Pattern]]:
    """Return the alternative patterns that make the subject a member of a subclass expression.

    An expression that OWL 2 RL does not allow on the left side has none.
    """
    if isinstance(expression, URIRef):
        return [] if expression in (OWL.Thing, OWL.Nothing) else [[(subject, RDF.type, expression)]]
    if union := ontology.value(expression, OWL.unionOf):
        return [b for part in _members(ontology, union) for b in _bodies(ontology, part, subject)]
    if intersection := ontology.value(expression, OWL.intersectionOf):
        parts = [_bodies(ontology, part, subject) for part in _members(ontology, intersection)]
        return [[p for body in choice for p in body] for choice in product(*parts)]
    return _restriction_bodies(ontology, expression, subject)


def _restriction_bodies(ontology: Graph, expression: Node, subject: Variable) -> list[list[Pattern]]:
    prop = ontology.value(expression, OWL.onProperty)
    value = ontology.value(expression, OWL.hasValue)
    filler = ontology.value(expression, OWL.someValuesFrom)
    if prop is None or (value is None and filler is None):
        return []
    if value is not None:
        return [[(subject, prop, value)]]
    inner = Variable(f"{subject}_")
    if filler is None or filler == OWL.Thing:
        return [[(subject, prop, inner)]]
    return [[(subject, prop, inner), *body] for body in _bodies(ontology, filler, inner)]


def _heads(ontology: Graph, expression: Node, subject: Variable) -> list[Pattern]:
    """Return what membership in a superclass expression says in single triples; nothing of a disjunction."""
    if isinstance(expression, URIRef):
        return [] if expression in (OWL.Thing, OWL.Nothing) else [(subject, RDF.type, expression)]
    if intersection := ontology.value(expression, OWL.intersectionOf):
        return [h for part in _members(ontology, intersection) for h in _heads(ontology, part, subject)]
    prop = ontology.value(expression, OWL.onProperty)
    value = ontology.value(expression, OWL.hasValue)
    return [] if prop is None or value is None else [(subject, prop, value)]


def _members(ontology: Graph, head: Node | None) -> list[Node]:
    return [] if head is None else list(Collection(ontology, head))


def _atom(pattern: Pattern) -> str:
    """Name a pattern by its class, its property, or its property and value."""
    _, prop, value = pattern
    if prop == RDF.type:
        return _short(value)
    return _short(prop) if isinstance(value, Variable) else f"{_short(prop)}={_short(value)}"


def _term(pattern: Pattern) -> str:
    return str(pattern[2] if pattern[1] == RDF.type else pattern[1])


def _short(term: Node) -> str:
    name = short(str(term)) if isinstance(term, URIRef) else str(term)
    return term.n3() if name == str(term) else name


def _text(pattern: Pattern) -> str:
    return " ".join(term.n3() for term in pattern) + " ."
