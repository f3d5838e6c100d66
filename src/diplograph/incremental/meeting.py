"""The way from a focus node to another thing that has some values in common with it.

Followed step by step, from an act to its actor and on to all that this actor did, such a way reaches much of
the data; followed for all the values at once it reaches the few things that share them all.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from pyoxigraph import BlankNode, Literal, NamedNode

from diplograph.incremental.matching import Match
from diplograph.terms import OxigraphTerm
from diplograph.validation.prefilter.paths import InexpressibleError, Path, Step
from diplograph.validation.prefilter.patterns import THIS, Pattern, sides

MOST = 64
"""How many combinations of values one thing may have that others are looked for by."""
Select = Callable[[str, dict[str, OxigraphTerm]], list[dict[str, OxigraphTerm]]]
Link = tuple[str, str]
"""A property and the variable of its value."""


class UnfoundError(Exception):
    """A thing whose values no query can name, or that has too many of them."""


@dataclass(frozen=True)
class Meeting(Path):
    """From $this to what has the values of the variables that the links of both give."""

    here: tuple[Link, ...]
    there: tuple[Link, ...]

    @cached_property
    def text(self) -> str:
        """Say what meets; no path of SPARQL says it."""
        return f"{self.here} = {self.there}"

    def inverse(self) -> Path:
        """Raise InexpressibleError: it is followed backwards alone."""
        raise InexpressibleError

    def reads(self) -> Iterator[tuple[Path, str]]:
        """Raise InexpressibleError: what it reads, the patterns of both sides say."""
        raise InexpressibleError

    def back(self, end: OxigraphTerm, match: Match, select: Select) -> Iterator[OxigraphTerm]:
        """Yield what meets a thing: `match` finds its values, `select` whatever has them.

        Raises UnfoundError.
        """
        values = self._values(end, match)
        names = sorted({name for _, name in self.here})
        pattern = " ".join(f"{THIS} <{iri}> {name} ." for iri, name in self.here)
        choices = list(product(*(sorted(values[name], key=str) for name in names)))
        if len(choices) > MOST or any(isinstance(term, BlankNode) for row in choices for term in row):
            raise UnfoundError
        wanted = f"SELECT DISTINCT {THIS} {' '.join(names)} WHERE {{ {pattern} }}"
        for row in choices:
            bound = {name[1:]: term for name, term in zip(names, row, strict=True)}
            for found in select(wanted, bound):
                yield found[THIS[1:]]

    def _values(self, end: OxigraphTerm, match: Match) -> dict[str, set[OxigraphTerm]]:
        found: dict[str, set[OxigraphTerm]] = {}
        for iri, name in self.there:
            own = set() if isinstance(end, Literal) else {t.object for t in match(end, NamedNode(iri), None)}
            found[name] = found[name] & own if name in found else own
        return found


def between(patterns: Sequence[Pattern]) -> tuple[str, Meeting] | None:
    """Return the variable of what $this meets in some patterns, and how; None where it is otherwise."""
    halves = sides(patterns)
    if len(halves) != 2:
        return None
    here, there = sorted(halves, key=lambda half: not any(THIS in one.variables for one in half))
    shared = {name for one in here for name in one.variables} & {
        name for one in there for name in one.variables
    }
    own, others = _links(here, shared), _links(there, shared)
    subjects = {pattern.subject for pattern in there if shared & pattern.variables}
    if not shared or own is None or others is None or not _is_of_this(here, shared):
        return None
    return next(iter(subjects)), Meeting(own, others)


def _is_of_this(half: Iterable[Pattern], shared: set[str]) -> bool:
    return all(pattern.subject == THIS for pattern in half if shared & pattern.variables)


def _links(half: Iterable[Pattern], shared: set[str]) -> tuple[Link, ...] | None:
    """Return the links to shared values; None where one is no plain property of one thing."""
    meeting = [pattern for pattern in half if shared & pattern.variables]
    plain = [one for one in meeting if isinstance(one.path, Step) and not one.path.backwards]
    if len(plain) < len(meeting) or any(one.value not in shared or one.subject in shared for one in plain):
        return None
    if len({one.subject for one in plain}) != 1:
        return None
    return tuple((one.path.iri, one.value) for one in plain if isinstance(one.path, Step))
