"""What can be reconciled, and how a candidate is described to a person who has to choose."""

from collections.abc import Iterable

from diplograph.names import Candidate, Names
from diplograph.vocab import DG, OWL, RDF, RDFS, SKOS

EXCLUDED = tuple(
    str(group)
    for group in (
        *(OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.Ontology),
        *(RDF.Property, RDFS.Class, RDFS.Datatype, SKOS.ConceptScheme, DG.Name),
    )
)
"""Terms and appellations: they have labels, but no table is about them."""
USUAL = ("Person", "State", "Organization", "Place", "Office", "Act", "StandingMatter")

Type = dict[str, str]


def types(names: Names, iris: Iterable[str]) -> list[Type]:
    """Return the classes of our ontology among some, each with its label."""
    ours = [iri for iri in iris if iri.startswith(DG)]
    return [{"id": iri, "name": names.label(iri)} for iri in ours]


def usual_types(names: Names) -> list[Type]:
    """Return the classes that most tables are about, where the graph has things of them."""
    return types(names, (group for name in USUAL if names.size(group := str(DG[name]))))


def described(names: Names, found: Candidate) -> str:
    """Return what a candidate is, and the name it was found by where that is not its label."""
    groups = types(names, found.classes[:8])
    parts = [groups[0]["name"]] if groups else []
    if found.name.text != found.label:
        parts.append(f"named “{found.name.text}”")
    return ", ".join(parts)
