"""Questions of the pages about things, by kind."""

import re
from collections.abc import Iterator

from diplograph.documents.questions import acts, agents, summaries, things
from diplograph.documents.sections import Question

BY_KIND: dict[str, tuple[Question, ...]] = {
    "account": summaries.ACCOUNT,
    "act": acts.ACT,
    "agent": agents.BODY,
    "asset": things.ASSET,
    "body": agents.BODY,
    "document": things.DOCUMENT,
    "group": agents.GROUP,
    "list": things.LIST,
    "matter": things.MATTER,
    "measure": things.MEASURE,
    "office": agents.OFFICE,
    "pair": summaries.PAIR,
    "person": agents.PERSON,
    "place": things.PLACE,
    "polity": agents.STATE,
    "state": agents.STATE,
}
"""Kinds that are not here have a page of statements only."""
WORDS = frozenset(
    text
    for questions in BY_KIND.values()
    for question in questions
    for text in re.findall(r'"([A-Za-z][^"]*[a-z])"', question.pattern)
)
"""The plain texts that patterns bind, which are of the questions themselves and not of the data."""


def messages(
    _file: object, _keywords: object, _tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield what the pages translate of the questions, as an extraction method of Babel."""
    del options
    for question in (one for asked in BY_KIND.values() for one in asked):
        texts = (question.heading, question.note, *question.columns.values())
        yield from ((1, "gettext", text, []) for text in texts if text)
    yield from ((1, "gettext", text, []) for text in sorted(WORDS))


__all__ = ["BY_KIND", "WORDS", "messages"]
