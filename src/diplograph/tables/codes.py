"""Codes of events: what a code of CAMEO or PLOVER says here, by the table of the ontology."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from diplograph.errors import InvalidParameter
from diplograph.sources import package

SCHEMES = ("cameo", "plover")
LONGEST = 4
"""How many digits the narrowest codes of CAMEO have."""


@dataclass(frozen=True, slots=True)
class Coded:
    """What a code says: a class, the concept of PLOVER, one more field with its value, and a topic."""

    group: str
    event: str = ""
    field: str = ""
    value: str = ""
    topic: str = ""


ANYTHING = Coded("Act")
"""What a code says that is none."""


def said(scheme: str, code: str, mode: str = "") -> Coded | None:
    """Return what a code says, None for one that the scheme has not.

    A code of CAMEO may lack its zero in front, as some releases have it. Where nothing tells the codes under
    a root apart, they say what the root does.
    Raises InvalidParameter for a scheme that is none.
    """
    if scheme not in SCHEMES:
        raise InvalidParameter(
            f"Events are coded by {' or '.join(SCHEMES)}, not {scheme!r}.", parameters=["map"]
        )
    known = _table()[scheme]
    if scheme == "plover":
        wanted = code.strip().upper()
        return known.get(f"{wanted}/{mode.strip().lower()}") or known.get(wanted)
    digits = code.strip()
    exact = known.get(digits) or known.get(f"0{digits}")
    if exact is not None or not digits.isdecimal() or len(digits) > LONGEST:
        return exact
    root = (digits if digits[0] in "012" and len(digits) != len("42") else f"0{digits}")[:2]
    is_whole = not any(one != root and one.startswith(root) for one in known)
    return known.get(root) if is_whole or digits.endswith("0") else None


@cache
def _table() -> Mapping[str, Mapping[str, Coded]]:
    found: dict[str, dict[str, Coded]] = {scheme: {} for scheme in SCHEMES}
    with (package().root / "ontology" / "codes.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            scheme, code = row["scheme"], row["code"]
            event = f"plover-{code.lower().replace('/', '-')}" if scheme == "plover" else ""
            is_named = row["property"] in {"form", "stance"}  # what else a code says is a thing of its own
            named = (row["property"], row["value"]) if is_named else ("", "")
            found[scheme][code] = Coded(row["class"], event, *named, row["topic"] or "")
    return found
