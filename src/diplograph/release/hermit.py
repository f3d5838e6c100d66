"""Consistency by HermiT, as an extra of the build for machines with Java."""

from diplograph.errors import BuildFailed
from diplograph.reasoning import classify
from diplograph.release.assemble import load_graphs
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.store import Dataset


def require_consistency(settings: Settings) -> None:
    """Classifies ontology and data together.

    Raises BuildFailed when they contradict each other, when a class can have no member, or without Java.
    """
    dataset = Dataset.memory()
    load_graphs(KnowledgeBase(settings.kb), dataset)
    found = classify(dataset.to_rdflib(dataset.graph_names()), settings.java_home)
    if not found.consistent:
        raise BuildFailed("HermiT finds the ontology and the data inconsistent.", findings=True)
    if found.unsatisfiable:
        problems = [f"{iri} can have no member" for iri in found.unsatisfiable]
        raise BuildFailed("HermiT finds classes without meaning.", problems=problems, findings=True)
