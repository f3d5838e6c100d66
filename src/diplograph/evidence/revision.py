"""What has to be read again when a source is revised."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rdflib import RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.evidence.checking import SpanStatus
from diplograph.vocab import DG, ID, OA, short

FIRST = ("act", "claim")
"""The kinds that are listed before the others."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """A thing whose review is open again, with the passages or documents it rests on that have changed."""

    thing: str
    label: str
    changed: tuple[str, ...]


def reopened(graph: Graph, statuses: Iterable[SpanStatus]) -> list[Reopened]:
    """Return the things that rest on a passage that is not in its source any more, acts and claims first.

    What rests on a source as a whole, such as the statement that it is silent on something, is open again
    after any change to it. A passage that only moved says what it said.
    """
    changed = {target for status in statuses for target in _changed(status)}
    reasons: dict[Node, set[str]] = {}
    for target in changed:
        for evidence in graph.subjects(OA.hasTarget, URIRef(target)):
            for thing in graph.subjects(DG.evidence, evidence):
                reasons.setdefault(thing, set()).add(target)
    found = [Reopened(str(thing), _label(graph, thing), tuple(sorted(why))) for thing, why in reasons.items()]
    return sorted(found, key=_order)


def _changed(status: SpanStatus) -> Iterator[str]:
    if status.status == "changed":
        yield status.span
    if status.as_recorded is False:
        yield status.document


def _label(graph: Graph, thing: Node) -> str:
    labels = (label for label in graph.objects(thing, RDFS.label) if isinstance(label, Literal))
    return next(
        (str(label) for label in sorted(labels, key=lambda label: label.language != "en")), short(str(thing))
    )


def _order(found: Reopened) -> tuple[int, str]:
    kind = found.thing.removeprefix(ID).partition("/")[0]
    return (FIRST.index(kind) if kind in FIRST else len(FIRST)), found.thing
