"""Where a shape is asked for in an expression, and how the expressions of several are joined."""

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib.term import Node

from diplograph.validation.prefilter import paths
from diplograph.validation.prefilter.leaves import either, negation
from diplograph.validation.prefilter.paths import Path
from diplograph.validation.prefilter.patterns import Pattern, chain


@dataclass(frozen=True)
class Place:
    """A shape at a node: the variable of the node, and the path to its value nodes if it has one."""

    shape: Node
    focus: str
    path: Path | None
    depth: int


def reached(place: Place, value: str, condition: str) -> str:
    """Return the expression that a value node, named by a variable, meets a condition."""
    test = "" if condition == "true" else f"FILTER({condition})"
    steps = [Pattern(place.focus, place.path or paths.HERE, value)]
    return f"EXISTS {{ {chain(steps, frozenset({place.focus}), test)} }}"


def both(parts: Iterable[str]) -> str:
    """Return the expression that all of some expressions are true."""
    return negation(either(negation(part) for part in parts))
