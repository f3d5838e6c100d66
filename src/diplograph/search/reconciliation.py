"""Reconciliation: candidates scored by name and by what else is known, matched only when that is safe."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

import pyoxigraph
from rdflib import Literal, URIRef
from rdflib.term import Node

from diplograph.documents.naming import batches
from diplograph.engine import operations
from diplograph.engine.protocol import Engine
from diplograph.namespaces import DG, OWL, RDF, RDFS, SKOS
from diplograph.queries.parameters import read_iri
from diplograph.rdf.terms import days, fold, overlap
from diplograph.search.index import (
    EXACT,
    LEAST,
    REORDERED,
    Appellation,
    Candidate,
    NameIndex,
    Role,
    Scope,
    begins_words,
    likeness,
)
from diplograph.search.reconcile_requests import MAX_VALUES, Hint, Query, Value

EXCLUDED = tuple(
    str(group)
    for group in (
        *(OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.Ontology),
        *(RDF.Property, RDFS.Class, RDFS.Datatype, SKOS.ConceptScheme, DG.Name),
    )
)
"""Terms and appellations: they have labels, but no table is about them."""
USUAL = ("Person", "State", "Organization", "Place", "Office", "Act", "StandingMatter")

Type = dict[str, str]
POOL = 50
"""How many candidates by name are compared with what else is known."""
HINT_WEIGHT, HINTS_WEIGHT = 0.2, 0.5
"""The share of the score that one property has, and all of them together have at most."""
UNTOLD = 50.0
"""What a property counts when the graph says nothing on it: neither for nor against."""
AGREES, CONTRADICTS = 80.0, 0.0
RIVAL = 90.0
"""From which likeness on another candidate keeps a match from being safe."""


def types(names: NameIndex, iris: Iterable[str]) -> list[Type]:
    """Return the classes of our ontology among some, each with its label."""
    ours = [iri for iri in iris if iri.startswith(DG)]
    return [{"id": iri, "name": names.label(iri)[0]} for iri in ours]


def usual_types(names: NameIndex) -> list[Type]:
    """Return the classes that most tables are about, where the graph has things of them."""
    return types(names, (group for name in USUAL if names.size(group := str(DG[name]))))


def described(names: NameIndex, found: Candidate) -> str:
    """Return what a candidate is, the name or the code it was found by, and whether a source mentions it."""
    groups = types(names, found.classes[:8])
    parts = [groups[0]["name"]] if groups else []
    if found.name.scheme:
        parts.append(f"{names.label(found.name.scheme)[0]} “{found.name.text}”")
    elif found.name.text != found.label:
        parts.append(f"named “{found.name.text}”")
    if not found.is_mentioned:
        parts.append("no source mentions it")
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Fact:
    """One value that a thing has for a property, with the bounds of a time span."""

    value: Node
    begin: Node | None
    end: Node | None


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate with its score (0-100) and what it was made of; `certain` when no doubt is left."""

    candidate: Candidate
    score: float
    features: Mapping[str, float]
    certain: bool = False


Facts = Mapping[tuple[str, str], list[Fact]]


def reconcile(names: NameIndex, engine: Engine, queries: Mapping[str, Query]) -> dict[str, list[Match]]:
    """Return the candidates for each query, the best first.

    A query that is the IRI of a thing finds that alone; one without a name finds what has the properties.
    """
    identified = _identified(names, engine, queries.values())
    found = {key: _candidates(names, engine, query, identified) for key, query in queries.items()}
    facts = _facts(engine, found, queries)
    judge = _Judge(names, facts)
    return {key: judge.ranked(query, found[key]) for key, query in queries.items()}


def _identified(names: NameIndex, engine: Engine, queries: Iterable[Query]) -> dict[str, Candidate]:
    """Return what the texts of queries identify by an IRI, in full or with a prefix of ours."""
    asked = {query.text: iri for query in queries if (iri := _iri(query.text)) is not None}
    candidates = _described(names, engine, asked.values(), EXACT)
    return {text: candidates[iri] for text, iri in asked.items() if iri in candidates}


def _iri(text: str) -> str | None:
    try:
        return read_iri(text).value
    except ValueError:
        return None


def _described(names: NameIndex, engine: Engine, iris: Iterable[str], score: float) -> dict[str, Candidate]:
    """Return those of some IRIs that are things of the graph, named or not, as candidates with a score."""
    classes: dict[str, list[str]] = {}
    for batch in batches(iris):
        text = f"SELECT ?thing ?class WHERE {{ {operations.values('thing', batch)} ?thing a ?class }}"
        for row in operations.select(engine, text).rows:
            classes.setdefault(str(row["thing"]), []).append(str(row["class"]))
    found = {}
    for iri, groups in classes.items():
        label, language = names.label(iri)
        ordered = tuple(sorted(groups, key=lambda group: (names.size(group) or math.inf, group)))
        name = Appellation(label, language, Role.LABEL)
        found[iri] = Candidate(iri, label, language, name, score, ordered, names.is_mentioned(iri))
    return found


def _candidates(
    names: NameIndex, engine: Engine, query: Query, identified: Mapping[str, Candidate]
) -> list[Candidate]:
    asked = () if query.strict == "should" else query.classes
    scope = Scope(classes=asked, without=EXCLUDED)
    if query.text in identified:
        found = _within(scope, [identified[query.text]])
    elif query.text:
        found = names.find(query.text, scope, POOL)
    else:
        found = _within(scope, _described(names, engine, _having(names, engine, query), 0.0).values())
    if query.strict == "all":
        return [one for one in found if set(query.classes) <= set(one.classes)]
    return found


def _within(scope: Scope, candidates: Iterable[Candidate]) -> list[Candidate]:
    return [one for one in candidates if scope.allows(frozenset(one.classes))]


def _having(names: NameIndex, engine: Engine, query: Query) -> list[str]:
    """Return the things of which most properties of a query are true, by IRI, by name, by text or by date.

    Looks at as many values as a property may have: each name costs a search, and a batch holds 50 queries.
    """
    wanted = [
        value for each in zip_longest(*(hint.values for hint in query.hints)) for value in each if value
    ]
    wanted = wanted[:MAX_VALUES]
    named = (one.iri for value in wanted for one in names.find(value.text, least=REORDERED))
    things = dict.fromkeys([*(value.iri for value in wanted if value.iri), *named])
    texts = ", ".join(str(pyoxigraph.Literal(value.text)) for value in wanted)
    spans = [span for value in wanted if (span := days(value.text)) is not None]
    dated = " || ".join(f'(STR(?end) >= "{first}" && STR(?begin) <= "{last}")' for first, last in spans)
    text = f"""PREFIX dg: <{DG}> SELECT ?thing (COUNT(DISTINCT ?property) AS ?count) WHERE {{
        {operations.values("property", (hint.predicate for hint in query.hints))}
        {{ {operations.values("value", things)} ?thing ?property ?value }}
        UNION {{ ?thing ?property ?value FILTER(isLiteral(?value) && STR(?value) IN ({texts})) }}
        UNION {{ ?thing ?property ?value . ?value dg:notBefore ?begin ; dg:notAfter ?end
            FILTER({dated or "false"}) }}
        FILTER(isIRI(?thing)) }} GROUP BY ?thing ORDER BY DESC(?count) ?thing LIMIT {POOL}"""
    return [str(row["thing"]) for row in operations.select(engine, text).rows]


def _facts(engine: Engine, found: Mapping[str, list[Candidate]], queries: Mapping[str, Query]) -> Facts:
    """Return what the graph says about all candidates on the properties that any query names."""
    predicates = sorted({hint.predicate for query in queries.values() for hint in query.hints})
    hinted = {one.iri for key, query in queries.items() if query.hints for one in found[key]}
    facts: dict[tuple[str, str], list[Fact]] = {}
    for things in batches(hinted) if predicates else ():
        text = f"""PREFIX dg: <{DG}> SELECT ?thing ?property ?value ?begin ?end WHERE {{
            {operations.values("thing", things)} {operations.values("property", predicates)}
            ?thing ?property ?value
            OPTIONAL {{ ?value dg:notBefore ?begin }} OPTIONAL {{ ?value dg:notAfter ?end }} }}"""
        for row in operations.select(engine, text).rows:
            key = (str(row["thing"]), str(row["property"]))
            facts.setdefault(key, []).append(Fact(row["value"], row.get("begin"), row.get("end")))
    return facts


class _Judge:
    """Scores candidates; names of values are read once."""

    def __init__(self, names: NameIndex, facts: Facts) -> None:
        self._names = names
        self._facts = facts
        self._folded: dict[str, list[tuple[str, Role]]] = {}

    def ranked(self, query: Query, candidates: Iterable[Candidate]) -> list[Match]:
        """Return the best candidates of a query, the first one certain when nothing speaks against it."""
        scored = sorted((self._scored(query, one) for one in candidates), key=lambda match: -match.score)
        if scored and _is_certain(scored[0], scored[1:]):
            first = scored[0]
            scored[0] = Match(first.candidate, first.score, first.features, certain=True)
        return scored[: query.limit]

    def _scored(self, query: Query, candidate: Candidate) -> Match:
        features = {"name": candidate.score} if query.text else {}
        if query.classes and query.strict == "should":
            features["type"] = 100.0 if set(query.classes) & set(candidate.classes) else CONTRADICTS
        told = {hint.pid: self._agreement(hint, candidate.iri) for hint in query.hints if hint.values}
        features |= {pid: value for pid, value in told.items() if value is not None}
        beside = [UNTOLD if value is None else value for value in told.values()]
        beside += [features["type"]] if "type" in features else []
        weight = min(HINT_WEIGHT * len(beside), HINTS_WEIGHT) if query.text else 1.0
        score = candidate.score * (1 - weight) + weight * sum(beside) / max(len(beside), 1)
        return Match(candidate, round(score, 1), features)

    def _agreement(self, hint: Hint, iri: str) -> float | None:
        """Return how well the graph agrees with a hint, None when it says nothing on the property."""
        facts = self._facts.get((iri, hint.predicate), ())
        found = [value for fact in facts for wanted in hint.values for value in self._compared(wanted, fact)]
        return max(found, default=None)

    def _compared(self, wanted: Value, fact: Fact) -> Iterator[float]:
        if wanted.iri is not None:
            yield 100.0 if str(fact.value) == wanted.iri else CONTRADICTS
        elif fact.begin is not None or fact.end is not None:
            if (span := days(wanted.text)) is not None:
                yield 100.0 if overlap(span, _day(fact.begin, 0), _day(fact.end, 1)) else CONTRADICTS
        else:
            text = fold(wanted.text)
            names = self._folded_names(fact.value)
            yield max((_like(text, name, role) for name, role in names), default=CONTRADICTS)

    def _folded_names(self, value: Node) -> list[tuple[str, Role]]:
        """Return the folded names of a thing, or a literal's text, each with what kind of name it is."""
        if isinstance(value, URIRef):
            if (iri := str(value)) not in self._folded:
                self._folded[iri] = [(fold(name.text), name.role) for name in self._names.names(iri)]
            return self._folded[iri]
        return [(fold(str(value)), Role.LABEL)] if isinstance(value, Literal) else []


def _like(wanted: str, name: str, role: Role) -> float:
    score = likeness(wanted, name, role)
    return score if score >= LEAST else CONTRADICTS


def _day(bound: Node | None, last: int) -> date | None:
    span = days(str(bound)) if bound is not None else None
    return span[last] if span else None


def _is_certain(first: Match, others: Iterable[Match]) -> bool:
    """Whether the best candidate has just this name, nothing against it, and nobody else could be meant.

    A name used for something else (a capital for a government) never decides. A name that is not the
    label decides only where no other name of the kind has it as a part, as "Prime Minister" is of many.
    """
    candidate = first.candidate
    if candidate.score < REORDERED or candidate.name.role is Role.METONYM:
        return False
    if any(value < AGREES for value in first.features.values()):
        return False
    return not any(_is_rival(other, candidate) for other in others)


def _is_rival(other: Match, chosen: Candidate) -> bool:
    """Whether a text that is a name of the chosen one may mean the other as well."""
    if any(value == CONTRADICTS for value in other.features.values()):
        return False
    if other.candidate.score >= RIVAL:
        return True
    same_kind = other.candidate.kind == chosen.kind
    wanted, name = fold(chosen.name.text), fold(other.candidate.name.text)
    return chosen.name.role is Role.NAME and same_kind and begins_words(wanted, name)
