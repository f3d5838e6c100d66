"""Agreement of two coders of one text: units matched by passage, percent, kappa and alpha of each feature."""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, product
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.errors import InvalidParameter
from diplograph.namespaces import DG, OA, RDF, SCHEMA, short
from diplograph.rdf import turtle
from diplograph.sources import INHERITED_DATA

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


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A feature of one unit that two coders say differently, in short names.

    `unit` has the names that both gave the unit, `spans` the passages that it rests on.
    """

    feature: str
    first: str
    second: str
    unit: str
    spans: tuple[Span, ...]

    @property
    def passages(self) -> str:
        """The passages in words."""
        return "; ".join(f"{short(source)} {start}-{end}" for source, start, end in self.spans)


def recorded_disagreements(path: Path) -> tuple[list[Disagreement], dict[str, str]]:
    """Read the JSON that `diplograph agree` wrote: disagreements, and of each article the hash of its text.

    Raises InvalidParameter for a file that is none.
    """
    try:
        members = json.loads(path.read_text(encoding="utf-8"))
        hashes = {str(one["article"]): str(one["sha256"]) for one in members["articles"]}
        return [_disagreement(one) for one in members["disagreements"]], hashes
    except (KeyError, TypeError, ValueError) as error:
        hint = "Write one with diplograph agree A B --format json."
        raise InvalidParameter(f"{path} holds no disagreements.", hint=hint) from error


def _disagreement(members: Mapping[str, Any]) -> Disagreement:
    feature, first, second, unit = (str(members[name]) for name in ("feature", "A", "B", "unit"))
    spans = tuple((str(one["source"]), int(one["start"]), int(one["end"])) for one in members["spans"])
    return Disagreement(feature, first, second, unit, spans)


@dataclass(frozen=True, slots=True)
class Coding:
    """What a coder recorded: the units, and of each article the hash of its text, empty for none."""

    units: Sequence[Unit]
    articles: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> "Coding":
        """Read a Turtle file, or the data of a knowledge base in a folder. Raises MalformedRdf."""
        graph = Graph()
        for each in _files(path):
            graph += turtle.read(each)
        found = units(graph)
        spanned = {span[0]: "" for unit in found for span in unit.spans}
        recorded = graph.subject_objects(SCHEMA.sha256)
        lengths = set(graph.subjects(DG.codePointLength))
        return cls(found, spanned | {str(iri): str(sha) for iri, sha in recorded if iri in lengths})

    def named_as_in(self, other: "Coding") -> "Coding":
        """Return the same with articles of the same text under the names that another coder gives them."""
        theirs = {sha: iri for iri, sha in sorted(other.articles.items(), reverse=True) if sha}
        new = {
            iri: iri if iri in other.articles else theirs.get(sha, iri) for iri, sha in self.articles.items()
        }
        renamed = [
            replace(unit, spans=frozenset((new[source], start, end) for source, start, end in unit.spans))
            for unit in self.units
        ]
        return Coding(renamed, {new[iri]: sha for iri, sha in self.articles.items()})

    def within(self, article: str) -> list[Unit]:
        """Return the units that rest on an article, with their passages in it alone."""
        found = (
            replace(unit, spans=frozenset(span for span in unit.spans if span[0] == article))
            for unit in self.units
        )
        return [unit for unit in found if unit.spans]


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


def by_article(first: Coding, second: Coding, articles: Iterable[str]) -> dict[str, list[Pair]]:
    """Match the units of two coders, article by article."""
    return {one: pairs(first.within(one), second.within(one)) for one in articles}


def agreements(matched: Iterable[Pair]) -> list[Agreement]:
    """Return the figures of each feature.

    What one coder alone recorded counts against `kind`; other features are compared where both give a value.
    """
    found = list(matched)
    return [_agreement(feature, coded(feature, found)) for feature in FEATURES]


def disagreements(pair: Pair) -> Iterator[Disagreement]:
    """Yield what two coders say differently of one unit."""
    there = [unit for unit in pair if unit]
    spans = tuple(sorted({span for unit in there for span in unit.spans}))
    names = ", ".join(dict.fromkeys(short(unit.iri) for unit in there))
    for feature in FEATURES if all(pair) else ("kind",):
        one, other = (_value(unit, feature) for unit in pair)
        if one != other:
            yield Disagreement(feature, _said(one), _said(other), names, spans)


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


def _files(path: Path) -> list[Path]:
    """The file, or those in data/ of a knowledge base; what it takes over of another holds no coding."""
    if path.is_file():
        return [path]
    found = (path / "data").glob("*.ttl")
    return sorted(each for each in found if f"data/{each.name}" not in INHERITED_DATA)


def _value(unit: Unit | None, feature: str) -> Hashable:
    return unit.values.get(feature, "") if unit else NONE


def _said(value: Hashable) -> str:
    """A value as it is told: names short, the middle of a time span as a date."""
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(short, value)))
    if isinstance(value, float):
        return date.fromordinal(int(value)).isoformat()
    return " ".join(map(short, str(value).split()))


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
