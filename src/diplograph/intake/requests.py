"""What somebody asks to be changed, and what became of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diplograph.intake.edits import Edit
    from diplograph.intake.journal import Change
    from diplograph.validation import Report


@dataclass(frozen=True, slots=True)
class Request:
    """A change that somebody asks for.

    `if_match` and `if_none_match` are hashes of the first graph, or `*`. `key` makes a request that is sent
    again the same request; `digest` tells whether it is. `in_place` are files of data/ that hold the new
    content already. `undoes` is the number of the change that this one takes back.
    """

    edits: Sequence[Edit]
    who: str
    message: str = ""
    if_match: Sequence[str] | None = None
    if_none_match: Sequence[str] | None = None
    key: str | None = None
    digest: str | None = None
    in_place: frozenset[str] = frozenset()
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: the change, None when there was nothing to change, and the release then."""

    change: Change | None
    release: str
    report: Report | None = None


def digest_of(*parts: bytes) -> str:
    """What tells one request from another: a hash over its parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
