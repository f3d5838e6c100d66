"""Agreement of two coders on one text: units matched by passage, percent, kappa and alpha of each feature."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from types import MappingProxyType

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.namespaces import DG, OA, RDF

Distance = Callable[[Hashable, Hashable], float]
Span = tuple[str, int, int]
"""A source, and where a passage begins and ends in it, in code points."""
NONE = "nothing"
"""The kind that the other coder gave to what only one of them recorded."""
NAMES: Mapping[str, URIRef] = MappingProxyType(
    {"actor": DG.actor, "target": DG.target, "stage": DG.realisation, "status": DG.epistemicStatus}
)
FEATURES = ("kind", *NAMES, "date")


@dataclass(frozen=True, slots=True)
class Unit:
    """An act or claim that a coder recorded: its passages, and a value of each feature that it has."""

    iri: str
    spans: frozenset[Span]
    values: Mapping[str, Hashable]

    def overlap(self, other: "Unit") -> int:
        """How many code points both rest on."""
        pairs = ((a, b) for a, b in product(self.spans, other.spans) if a[0] == b[0])
        return sum(max(0, min(a[2], b[2]) - max(a[1], b[1])) for a, b in pairs)


Pair = tuple[Unit | None, Unit | None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two coders agree on one feature of `units` pairs; None where it is not defined."""

    feature: str
    units: int
    percent: float | None
    kappa: float | None
    alpha: float | None


def units(graph: Graph) -> list[Unit]:
    """Return the acts and claims of a graph that rest on passages."""
    found = []
    for subject in sorted(set(graph.subjects(DG.evidence)), key=str):
        values = dict(_values(graph, subject))
        spans = frozenset(_spans(graph, subject))
        if spans and values.keys() & {"stage", "status"}:
            found.append(Unit(str(subject), spans, values))
    return found


def pairs(first: Sequence[Unit], second: Sequence[Unit]) -> list[Pair]:
    """Match units of two coders, each once: by passage and kind, then by passage; the rest stands alone."""
    shared = [(a, b) for a, b in product(first, second) if a.overlap(b)]
    shared.sort(
        key=lambda pair: (pair[0].values["kind"] != pair[1].values["kind"], -pair[0].overlap(pair[1]))
    )
    matched: list[Pair] = []
    taken: set[tuple[int, str]] = set()
    for a, b in shared:
        if not taken & (both := {(0, a.iri), (1, b.iri)}):
            taken |= both
            matched.append((a, b))
    alone: list[Pair] = [(a, None) for a in first if (0, a.iri) not in taken]
    return [*matched, *alone, *((None, b) for b in second if (1, b.iri) not in taken)]


def agreements(matched: Iterable[Pair]) -> list[Agreement]:
    """Return the figures of each feature.

    What one coder alone recorded counts against `kind`; other features are compared where both give a value.
    """
    found = list(matched)
    return [_agreement(feature, coded(feature, found)) for feature in FEATURES]


def coded(feature: str, matched: Iterable[Pair]) -> list[tuple[Hashable, Hashable]]:
    """Return what both coders say of a feature, pair by pair."""
    if feature == "kind":
        return [(a.values["kind"] if a else NONE, b.values["kind"] if b else NONE) for a, b in matched]
    both = ((a, b) for a, b in matched if a and b)
    return [
        (a.values[feature], b.values[feature]) for a, b in both if feature in a.values and feature in b.values
    ]


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Return Cohen's kappa; None where chance alone would have both agree on everything."""
    total = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = sum(a == b for a, b in pairs) / total
    expected = sum(first[value] * second[value] for value in first) / total**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def alpha(pairs: Sequence[tuple[Hashable, Hashable]], distance: Distance) -> float | None:
    """Return Krippendorff's alpha; None where all values are one."""
    pooled = Counter(value for pair in pairs for value in pair)
    total = 2 * len(pairs)
    observed = sum(distance(a, b) for a, b in pairs) / len(pairs)
    unlike = sum(pooled[a] * pooled[b] * distance(a, b) for a, b in combinations(pooled, 2))
    expected = 2 * unlike / (total * (total - 1))
    return None if expected == 0 else 1 - observed / expected


def nominal(a: Hashable, b: Hashable) -> float:
    """Return 0 for equal values, else 1."""
    return float(a != b)


def interval(a: Hashable, b: Hashable) -> float:
    """Return the square of the difference of two numbers."""
    return float((a - b) ** 2) if isinstance(a, int | float) and isinstance(b, int | float) else 1.0


def masi(a: Hashable, b: Hashable) -> float:
    """Return the MASI distance of two sets (Passonneau 2006)."""
    if not isinstance(a, frozenset) or not isinstance(b, frozenset):
        return nominal(a, b)
    if a == b:
        return 0.0
    shared = len(a & b)
    weight = 2 / 3 if shared == min(len(a), len(b)) else 1 / 3 if shared else 0.0
    return 1 - shared / len(a | b) * weight


DISTANCES: Mapping[str, Distance] = MappingProxyType({"actor": masi, "target": masi, "date": interval})


def middle(value: float) -> str:
    """Return the day in the middle of a time span, as units have it, as a date."""
    return date.fromordinal(int(value)).isoformat()


def _agreement(feature: str, found: Sequence[tuple[Hashable, Hashable]]) -> Agreement:
    if not found:
        return Agreement(feature, 0, None, None, None)
    percent = 100 * sum(a == b for a, b in found) / len(found)
    return Agreement(
        feature, len(found), percent, kappa(found), alpha(found, DISTANCES.get(feature, nominal))
    )


def _values(graph: Graph, subject: Node) -> Iterator[tuple[str, Hashable]]:
    classes = {str(kind).removeprefix(DG) for kind in graph.objects(subject, RDF.type)}
    yield "kind", " ".join(sorted(classes))
    for name, term in NAMES.items():
        if found := frozenset(str(value) for value in graph.objects(subject, term)):
            yield name, found if DISTANCES.get(name) is masi else " ".join(sorted(found))
    days = [_day(graph.value(graph.value(subject, DG.when), term)) for term in (DG.notBefore, DG.notAfter)]
    if held := [day for day in days if day is not None]:
        yield "date", sum(held) / len(held)


def _day(term: Node | None) -> int | None:
    return date.fromisoformat(str(term)).toordinal() if isinstance(term, Literal) else None


def _spans(graph: Graph, subject: Node) -> Iterator[Span]:
    for evidence in graph.objects(subject, DG.evidence):
        for span in graph.objects(evidence, OA.hasTarget):
            selector = graph.value(span, OA.hasSelector)
            start, end = (graph.value(selector, term) for term in (OA.start, OA.end))
            if start is not None and end is not None:
                yield str(graph.value(span, OA.hasSource)), int(str(start)), int(str(end))
