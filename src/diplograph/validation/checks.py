"""Checks outside SHACL: queries over named graphs, disjoint classes, uncovered triples."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from pyoxigraph import DefaultGraph, Literal, NamedNode, Triple
from rdflib import Graph

from diplograph.namespaces import (
    DCAT,
    DCTERMS,
    DG,
    DGS,
    FOAF,
    GEO,
    OA,
    OWL,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SH,
    SKOS,
    VOID,
)
from diplograph.rdf import Dataset
from diplograph.rdf.terms import OxigraphTerm, to_oxigraph, to_rdflib
from diplograph.reasoning import clashes
from diplograph.validation.report import Finding
from diplograph.validation.shacl import worded, written
from diplograph.validation.shapes import CheckQuery, Shapes
from diplograph.validation.validation_graph import ValidationGraph

_REUSED = tuple(map(str, (DCAT, DCTERMS, FOAF, GEO, OA, PROV, SCHEMA, SKOS, VOID)))
_ANNOTATIONS = (RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy, OWL.versionInfo, OWL.deprecated)
# they say nothing about what follows
_REUSED_TERMS = frozenset(map(str, (RDF.type, RDF.value, *_ANNOTATIONS)))
_SCHEMA = (str(OWL), str(RDFS), str(SH))
_TYPE = NamedNode(str(RDF.type))
_LABEL = NamedNode(str(RDFS.label))
_SPARQL = str(SH.SPARQLConstraintComponent)


def queried(
    loaded: Dataset, checks: Iterable[CheckQuery], focus: OxigraphTerm | None = None
) -> list[Finding]:
    """Return what the check queries find in a dataset that holds its closure, or say of one focus node."""
    return [finding for check in checks for finding in _rows(loaded, check, focus)]


def _rows(loaded: Dataset, check: CheckQuery, focus: OxigraphTerm | None) -> Iterator[Finding]:
    bindings = {} if focus is None else {"focus": focus}
    for row in loaded.select(check.text, bindings):
        terms = {name: written(to_rdflib(term)) for name, term in row.items()}
        words = {name: term.value for name, term in row.items() if isinstance(term, Literal)}
        yield Finding(
            severity=check.severity,
            shape=check.shape,
            component=_SPARQL,
            focus=terms.get("focus"),
            path=terms.get("path"),
            value=terms.get("value"),
            message=worded(check.message, words),
            cure=check.cure,
        )


_SPLIT = (
    "Split the node in two, or correct the property whose domain or range makes it one of them; where sources"
    " differ on what it is, keep one class and put the other into a dg:Claim about it."
)


def disjoint(loaded: Dataset, axioms: Graph, among: Iterable[OxigraphTerm] | None = None) -> list[Finding]:
    """Return the members of classes that can have none in common (rule cax-dw of OWL 2 RL)."""
    return [
        Finding(
            severity="violation",
            shape=str(DGS.DisjointClasses),
            component=str(SH.NotConstraintComponent),
            focus=clash.individual,
            path=str(RDF.type),
            value=clash.second,
            message=f"Nothing is both {_local(clash.first)} and {_local(clash.second)}.",
            cure=_SPLIT,
        )
        for clash in clashes(loaded, axioms, among)
    ]


def uncovered(
    submitted: Iterable[Triple], judged: ValidationGraph, axioms: Graph, shapes: Shapes
) -> list[str]:
    """Return the triples, in N-Triples, that no shape looks at.

    Such is a triple whose subject is of no class that a shape targets, whose predicate is unknown, or that
    gives a class of ours which the ontology does not define. Schema axioms are findings and not listed here.
    """
    if not shapes.cover_everything:
        return []
    known = {str(term) for term in axioms.subjects(RDF.type)}
    covered, is_plain = _covering(judged, shapes), _plain(known)
    found = {
        f"{triple} ."
        for triple in submitted
        if not (covered(triple.subject) and (is_plain(triple.predicate) or _is_known(triple, known)))
        and not _is_axiom(triple.predicate.value)
    }
    return sorted(found)


def _covering(judged: ValidationGraph, shapes: Shapes) -> Callable[[OxigraphTerm], bool]:
    """Return what tells the members of the classes that a shape targets."""
    classes = set(map(to_oxigraph, shapes.target_classes))

    @cache
    def is_covered(subject: OxigraphTerm) -> bool:
        return any(quad.object in classes for quad in judged.data.matching(subject, _TYPE, None))

    return is_covered


def _plain(known: set[str]) -> Callable[[NamedNode], bool]:
    """Return what tells the predicates that are known whatever their object is."""

    @cache
    def is_plain(predicate: NamedNode) -> bool:
        name = predicate.value
        return predicate != _TYPE and (name in known or name in _REUSED_TERMS or name.startswith(_REUSED))

    return is_plain


def _is_axiom(predicate: str) -> bool:
    return predicate.startswith(_SCHEMA) and predicate not in _REUSED_TERMS


def _is_known(triple: Triple, known: set[str]) -> bool:
    predicate = triple.predicate.value
    if predicate == str(RDF.type):
        kind = triple.object.value if isinstance(triple.object, NamedNode) else ""
        return not kind.startswith(str(DG)) or kind in known
    return predicate in known or predicate in _REUSED_TERMS or predicate.startswith(_REUSED)


def nothing(submitted: Iterable[Triple]) -> list[Finding]:
    """Return a finding when a submission holds no triple: that is never what was meant."""
    if any(True for _ in submitted):
        return []
    return [
        Finding(
            severity="violation",
            shape=str(DGS.EmptySubmission),
            component=str(SH.MinCountConstraintComponent),
            focus=None,
            path=None,
            value=None,
            message="There is nothing to check: the file holds no triple.",
            cure="Send the statements; an empty file changes nothing.",
        )
    ]


def labels(judged: ValidationGraph, findings: Iterable[Finding]) -> dict[str, str]:
    """Return the English labels of what findings name."""
    found: dict[str, str] = {}
    for name in {term for finding in findings for term in (finding.focus, finding.value) if term}:
        if name.startswith(("_:", '"')):
            continue
        for quad in judged.data.matching(NamedNode(name), _LABEL, None, DefaultGraph()):
            if isinstance(quad.object, Literal) and quad.object.language == "en":
                found[name] = quad.object.value
    return found


def _local(iri: str) -> str:
    return NamedNode(iri).value.rsplit("#", 1)[-1]
