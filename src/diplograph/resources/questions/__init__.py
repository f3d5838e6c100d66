"""What the page about a thing asks, by the kind of thing."""

from diplograph.resources.questions import acts, agents, measures, offices, places, source_documents
from diplograph.resources.sections import Question

BY_KIND: dict[str, tuple[Question, ...]] = {
    "act": acts.QUESTIONS,
    "agent": agents.BODY,
    "body": agents.BODY,
    "document": source_documents.QUESTIONS,
    "group": agents.GROUP,
    "list": measures.LIST,
    "measure": measures.MEASURE,
    "office": offices.QUESTIONS,
    "person": agents.PERSON,
    "place": places.QUESTIONS,
    "polity": agents.STATE,
    "state": agents.STATE,
}
"""Kinds that are not here have a page of statements only."""

__all__ = ["BY_KIND"]
