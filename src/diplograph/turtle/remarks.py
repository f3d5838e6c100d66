"""The comments of a Turtle text: those above the first statement stay, the canonical form has no others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from diplograph.turtle.tokens import tokens

_COMMENT = re.compile(r"#[^\n\r]*")
_NAMES = {"PREFIX": 2, "BASE": 1}


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment with the line that it stands on, counted from one."""

    text: str
    line: int
    in_head: bool


def remarks(text: str) -> Iterator[Remark]:
    """Yield the comments of a text that is Turtle; the head ends where the first statement begins."""
    end, line, awaited, in_head = 0, 1, 0, True
    for token in tokens(text):
        for found in _COMMENT.finditer(text, end, token.start):
            yield Remark(found[0].strip(), line + text.count("\n", end, found.start()), in_head)
        line += text.count("\n", end, token.end)
        end = token.end
        word = token.text.upper().removeprefix("@")
        if awaited:
            awaited -= 1
        elif token.kind in ("word", "at") and word in _NAMES:
            awaited = _NAMES[word]
        elif token.text != ".":
            in_head = False
