"""A report on what a change leaves: only what it can touch is judged, the rest stands as it was."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from pyoxigraph import Literal, NamedNode, Triple
from rdflib.term import Node

from diplograph.incremental.matching import Match
from diplograph.incremental.query_reads import Footprint, UnboundedError
from diplograph.incremental.shape_walk import Terms, Together, TooManyError, Walk, named, together
from diplograph.incremental.state import Changed, State, finder
from diplograph.namespaces import DGS, RDF, RDFS
from diplograph.rdf.dataset import Delta
from diplograph.rdf.terms import OxigraphTerm, to_rdflib
from diplograph.validation import checks
from diplograph.validation.prefilter import Unit
from diplograph.validation.prefilter.plan import subclasses
from diplograph.validation.report import Finding, Report, Timing
from diplograph.validation.shacl import DataGraph, judge, written
from diplograph.validation.shapes import CheckQuery, Shapes
from diplograph.validation.validation_graph import ValidationGraph, View

_TYPE, _LABEL = NamedNode(str(RDF.type)), NamedNode(str(RDFS.label))
Kinds = Callable[[OxigraphTerm], frozenset[str]]
_CLASHES = str(DGS.DisjointClasses)


def after(  # noqa: PLR0913 - what stands, what comes, and what is told of it
    state: State,
    delta: Delta,
    shapes: Shapes,
    standing: Iterable[Finding],
    submitted: Iterable[Triple],
    *,
    timings: dict[str, Timing] | None = None,
) -> Report:
    """Return the report on a state with a change, which is put back afterwards.

    `standing` are all findings on the state as it is; `submitted` are the triples that have to be covered;
    `timings` takes up what each shape that is judged cost. Raises TooFarError for a change after which
    everything has to be judged.
    """
    before = [finding for finding in standing if finding.change != "repaired"]
    with state.changed(delta) as change:
        found = [
            *_by_shapes(state, change, shapes, before, timings if timings is not None else {}),
            *_by_queries(state, change, shapes.checks, before),
            *_clashes(state, change, before),
        ]
        bare = checks.uncovered(submitted, state.judged, state.axioms, shapes)
        kept = list(dict.fromkeys(found))
        return Report.of(kept, bare, labels=checks.labels(state.judged, kept) | shapes.names)


def _by_shapes(
    state: State, change: Changed, shapes: Shapes, before: Sequence[Finding], timings: dict[str, Timing]
) -> Iterator[Finding]:
    """Yield what the shapes find, that of untouched focus nodes as it stands."""
    walk = Walk(change.judged, finder(state.judged.data, change.gone), state.judged.data.select)
    below = subclasses(state.judged.data)
    kinds = _kinds(state.judged)
    view = DataGraph(store=View(state.judged), bind_namespaces="none")
    for group in together(shapes):
        reached = group.reached(walk)
        yield from _standing(before, group, reached)
        if reached is None or reached:
            for unit in group.units:
                began = time.perf_counter()
                candidates = _candidates(unit, state.judged, below, reached, kinds)
                chosen = shapes.alone(unit.shape, candidates) if candidates else None
                yield from judge(view, shapes, chosen) if chosen is not None else ()
                timings[str(unit.shape)] = Timing(time.perf_counter() - began, len(candidates))


def _standing(before: Iterable[Finding], group: Together, reached: Terms | None) -> Iterator[Finding]:
    """Yield the findings that a change leaves as they are."""
    if reached is None:
        return
    names = {written(to_rdflib(term)) for term in reached}
    yield from (f for f in before if f.shape in group.shapes and f.focus not in names)


def _kinds(judged: ValidationGraph) -> Kinds:
    """Return what tells the classes of a node, each looked up once."""

    @cache
    def kinds(node: OxigraphTerm) -> frozenset[str]:
        found = (quad.object for quad in judged.data.matching(node, _TYPE, None))
        return frozenset(kind.value for kind in found if isinstance(kind, NamedNode))

    return kinds


def _candidates(
    unit: Unit, judged: ValidationGraph, below: Mapping[str, set[str]], reached: Terms | None, kinds: Kinds
) -> set[Node]:
    """Return the focus nodes among those reached that may break a shape."""
    if reached is None:
        return unit.settled(judged.data.ask).candidates(judged.data, below)
    focus = {term for term in reached if _is_target(unit, judged, below, term, kinds)}
    if unit.condition == "true":
        return set(map(to_rdflib, focus))
    asked = {t for t in focus if isinstance(t, NamedNode) and to_rdflib(t) not in unit.targets.nodes}
    return {to_rdflib(term) for term in focus - asked} | unit.among(judged.data, asked)


def _is_target(
    unit: Unit, judged: ValidationGraph, below: Mapping[str, set[str]], term: OxigraphTerm, kinds: Kinds
) -> bool:
    targets, data = unit.targets, judged.data
    if to_rdflib(term) in targets.nodes:
        return True
    if any(_any(data.matching(None, NamedNode(name), term)) for name in targets.objects):
        return True
    if isinstance(term, Literal):
        return False
    if any(_any(data.matching(term, NamedNode(name), None)) for name in targets.subjects):
        return True
    names = kinds(term) if targets.classes else frozenset()
    return any(one in names or not names.isdisjoint(below.get(one, ())) for one in targets.classes)


def _any(found: Iterator[object]) -> bool:
    return any(True for _ in found)


def _by_queries(
    state: State, change: Changed, queries: Iterable[CheckQuery], before: Sequence[Finding]
) -> Iterator[Finding]:
    """Yield what the check queries find, asked only of the focus nodes that the change touches."""
    match = finder(state.loaded, change.gone)
    for query in queries:
        focus = _asked(query, change, match)
        if focus is None:
            yield from checks.queried(state.loaded, [query])
            continue
        names = {written(to_rdflib(term)) for term in focus}
        yield from (f for f in before if f.shape == query.shape and f.focus not in names)
        for term in focus:
            yield from checks.queried(state.loaded, [query], focus=term)


def _asked(query: CheckQuery, change: Changed, match: Match) -> Terms | None:
    """Return the focus nodes of a query that a change may matter to, None for all of them."""
    try:
        return named(_footprint(query.text).bound("focus", change.named, match))
    except (UnboundedError, TooManyError):
        return None


@lru_cache(maxsize=64)
def _footprint(text: str) -> Footprint:
    """Read a query once. Raises UnboundedError when anything may matter to it."""
    return Footprint(text)


def _clashes(state: State, change: Changed, before: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the members of disjoint classes, looked for among what changes its classes."""
    touched = {t.subject for t in change.named if t.predicate == _TYPE}
    names = {written(to_rdflib(term)) for term in touched}
    yield from (f for f in before if f.shape == _CLASHES and f.focus not in names)
    yield from checks.disjoint(state.loaded, state.axioms, touched)
