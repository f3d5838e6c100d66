"""What is checked outside SHACL: queries over named graphs, disjoint classes, uncovered triples."""

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Triple
from rdflib import Graph
from rdflib.term import Node

from diplograph.closure import clashes
from diplograph.store import Dataset
from diplograph.terms import to_rdflib
from diplograph.validation.report import Finding
from diplograph.validation.run import written
from diplograph.validation.shapes import CheckQuery, Shapes
from diplograph.vocab import (
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

_REUSED = tuple(map(str, (DCAT, DCTERMS, FOAF, GEO, OA, PROV, SCHEMA, SKOS, VOID)))
_REUSED_TERMS = {
    *(RDF.type, RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy),
    *(OWL.versionInfo, OWL.deprecated),  # annotations: they say nothing about what follows
}
_SCHEMA = (str(OWL), str(RDFS), str(SH))
_SPARQL = str(SH.SPARQLConstraintComponent)


def queried(loaded: Dataset, checks: Iterable[CheckQuery]) -> list[Finding]:
    """Return what the check queries find in a dataset that holds its closure."""
    return [finding for check in checks for finding in _rows(loaded, check)]


def _rows(loaded: Dataset, check: CheckQuery) -> Iterator[Finding]:
    for row in loaded.select(check.text):
        terms = {name: written(to_rdflib(term)) for name, term in row.items()}
        yield Finding(
            severity=check.severity,
            shape=check.shape,
            component=_SPARQL,
            focus=terms.get("focus"),
            path=terms.get("path"),
            value=terms.get("value"),
            message=check.message,
            cure=check.cure,
        )


def disjoint(loaded: Dataset, axioms: Graph) -> list[Finding]:
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
            cure="Split the node in two, or correct the property whose domain or range makes it one of them.",
        )
        for clash in clashes(loaded, axioms)
    ]


def uncovered(submitted: Iterable[Triple], data: Graph, axioms: Graph, shapes: Shapes) -> list[str]:
    """Return the triples, in N-Triples, that no shape looks at.

    Such is a triple whose subject is of no class that a shape targets, whose predicate is unknown, or that
    gives a class of ours which the ontology does not define. Schema axioms are findings and not listed here.
    """
    if not shapes.cover_everything:
        return []
    known = set(axioms.subjects(RDF.type))
    found = []
    for triple in submitted:
        subject, predicate = to_rdflib(triple.subject), to_rdflib(triple.predicate)
        if str(predicate).startswith(_SCHEMA) and predicate not in _REUSED_TERMS:
            continue
        target = to_rdflib(triple.object)
        if not _is_covered(subject, data, shapes) or not _is_known(predicate, target, known):
            found.append(f"{triple} .")
    return sorted(set(found))


def _is_covered(subject: Node, data: Graph, shapes: Shapes) -> bool:
    return any(kind in shapes.target_classes for kind in data.objects(subject, RDF.type))


def _is_known(predicate: Node, target: Node, known: set[Node]) -> bool:
    if predicate == RDF.type:
        return not str(target).startswith(str(DG)) or target in known
    return predicate in known or predicate in _REUSED_TERMS or str(predicate).startswith(_REUSED)


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


def _local(iri: str) -> str:
    return NamedNode(iri).value.rsplit("#", 1)[-1]
