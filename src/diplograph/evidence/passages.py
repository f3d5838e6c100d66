"""How a curator names a passage: by its bounds, or by a few words that occur once."""

import re

from diplograph.errors import InvalidParameter

RANGE = "Name a phrase that occurs once, as the source spells it, or the range."
LISTED = 20
"""How many places are listed when a phrase is not enough."""


def by_range(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds, in code points with the end excluded.

    Raises InvalidParameter when they are outside the text, hold nothing, or begin or end with a space.
    """
    if not 0 <= start < end <= len(text):
        raise InvalidParameter(
            f"{start}-{end} is no passage of a source with {len(text)} characters.",
            parameters=["range"],
            hint="Count code points from 0, the end excluded.",
        )
    passage = text[start:end]
    if passage != passage.strip():
        begins = start + len(passage) - len(passage.lstrip())
        ends = max(begins, end - (len(passage) - len(passage.rstrip())))
        raise InvalidParameter(
            f"The passage {start}-{end} begins or ends with a space.",
            parameters=["range"],
            hint=f"Without spaces it is {begins}-{ends}." if begins < ends else "It holds no word.",
        )
    return start, end


def by_phrase(text: str, phrase: str) -> tuple[int, int]:
    """Return the bounds of a phrase that occurs once in a text, letter by letter.

    Raises InvalidParameter when it does not occur or occurs more than once; `problems` has the places,
    those of other spellings (case, spaces, line ends) when there is none.
    """
    if not phrase.strip():
        raise InvalidParameter("A phrase has at least one word.", parameters=["phrase"], hint=RANGE)
    exact = [(found.start(), found.end()) for found in re.finditer(re.escape(phrase), text)]
    if len(exact) == 1:
        return exact[0]
    if exact:
        detail = f"The phrase occurs {len(exact)} times; name a longer one, or the range."
        raise InvalidParameter(detail, parameters=["phrase"], problems=_listed(exact), hint=RANGE)
    loose = r"\s+".join(re.escape(word) for word in phrase.split())
    near = [(found.start(), found.end()) for found in re.finditer(loose, text, re.IGNORECASE)]
    detail = "The phrase does not occur in the source."
    if near:
        detail = "The phrase occurs with other capitals or spaces only; name the range."
    raise InvalidParameter(detail, parameters=["phrase"], problems=_listed(near), hint=RANGE)


def _listed(places: list[tuple[int, int]]) -> list[str]:
    more = [f"and {len(places) - LISTED} more"] if len(places) > LISTED else []
    return [f"{start}-{end}" for start, end in places[:LISTED]] + more
