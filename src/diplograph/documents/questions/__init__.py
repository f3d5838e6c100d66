"""Questions of the pages about things, by kind."""

from diplograph.documents.questions import acts, agents, summaries, things
from diplograph.documents.sections import Question

BY_KIND: dict[str, tuple[Question, ...]] = {
    "account": summaries.ACCOUNT,
    "act": acts.ACT,
    "agent": agents.BODY,
    "body": agents.BODY,
    "document": things.DOCUMENT,
    "group": agents.GROUP,
    "list": things.LIST,
    "measure": things.MEASURE,
    "office": agents.OFFICE,
    "pair": summaries.PAIR,
    "person": agents.PERSON,
    "place": things.PLACE,
    "polity": agents.STATE,
    "state": agents.STATE,
}
"""Kinds that are not here have a page of statements only."""

__all__ = ["BY_KIND"]
