"""A report on what a change leaves: only what it can touch is judged, the rest stands as it was."""

import time
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from pyoxigraph import NamedNode, Quad, Triple

from diplograph.incremental.patterns import UnboundedError, finder
from diplograph.incremental.query_reads import footprint
from diplograph.incremental.shape_reads import together
from diplograph.incremental.state import Changed, State
from diplograph.incremental.walk import Terms, Walk
from diplograph.namespaces import DGS, RDF
from diplograph.rdf.dataset import Delta
from diplograph.rdf.terms import OxigraphTerm, to_rdflib
from diplograph.validation import checks, undefined
from diplograph.validation.prefilter.plan import subclasses
from diplograph.validation.report import Finding, Report, Timing
from diplograph.validation.shacl import DataGraph, judge, written
from diplograph.validation.shapes import CheckQuery, Shapes
from diplograph.validation.undefined import ASSUMED, UNDEFINED, Assumption
from diplograph.validation.validation_graph import View

_TYPE = NamedNode(str(RDF.type))
_CLASHES = str(DGS.DisjointClasses)


def after(
    state: State, delta: Delta, shapes: Shapes, standing: Iterable[Finding], submitted: Iterable[Triple]
) -> Report:
    """Return the report on a state with a change, which is put back afterwards, and what each shape cost.

    `standing` are all findings on the state as it is; `submitted` are the triples that have to be covered.
    Raises UnboundedError for a change after which everything has to be judged.
    """
    before = [finding for finding in standing if finding.change != "repaired"]
    new = list(submitted)
    plain, assumption = _validated(state, delta, shapes, before, new)
    if not assumption.names:
        return plain
    assumed = frozenset(
        Quad(t.subject, t.predicate, t.object, NamedNode(ASSUMED)) for t in assumption.triples
    )
    other, _ = _validated(state, Delta(delta.added | assumed, delta.removed), shapes, before, new)
    return assumption.settled(plain, other)


def _validated(
    state: State, delta: Delta, shapes: Shapes, before: Sequence[Finding], submitted: Iterable[Triple]
) -> tuple[Report, Assumption]:
    """Return the report, and what to assume of the names that nothing defines."""
    timings: dict[str, Timing] = {}
    with state.changed(delta) as change:
        found = [
            *_by_shapes(state, change, shapes, before, timings),
            *_by_queries(state, change, shapes.checks, before),
            *_clashes(state, change, before),
            *(_undefined(state, change, before) if shapes.cover_everything else ()),
        ]
        bare = checks.uncovered(submitted, state.judged, state.axioms, shapes)
        kept = list(dict.fromkeys(found))
        labels = checks.labels(state.judged, kept) | shapes.names
        report = replace(Report.of(kept, bare, labels=labels), timings=timings)
        return report, Assumption.on(report, partial(_instances, state), state.axioms)


def _instances(state: State, group: str) -> Iterator[str]:
    """Yield the things that are said to be of a class."""
    for quad in state.loaded.matching(None, _TYPE, NamedNode(group)):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject.value


def _by_shapes(
    state: State, change: Changed, shapes: Shapes, before: Sequence[Finding], timings: dict[str, Timing]
) -> Iterator[Finding]:
    """Yield what the shapes find, that of untouched focus nodes as it stands."""
    data = state.judged.data
    walk, below = Walk(finder(data, change.gone), change.judged), subclasses(data)
    view = DataGraph(store=View(state.judged), bind_namespaces="none")
    for group in together(shapes):
        reached = group.reached(walk)
        yield from _standing(before, group.shapes, reached)
        for unit in group.units if reached is None or reached else ():
            began = time.perf_counter()
            if reached is None:
                candidates = unit.settled(data.ask).suspects(data, below)
            else:
                candidates = unit.among(data, below, reached)
            view.suspects = candidates
            if candidates:
                yield from judge(view, shapes, shapes.alone(unit.shape, candidates))
            timings[str(unit.shape)] = Timing(time.perf_counter() - began, len(candidates))


def _standing(before: Iterable[Finding], shapes: Container[str], reached: Terms | None) -> Iterator[Finding]:
    """Yield the findings of some shapes that a change leaves as they are."""
    if reached is not None:
        names = {written(to_rdflib(term)) for term in reached}
        yield from (f for f in before if f.shape in shapes and f.focus not in names)


def _by_queries(
    state: State, change: Changed, queries: Iterable[CheckQuery], before: Sequence[Finding]
) -> Iterator[Finding]:
    """Yield what the check queries find, asked only of the focus nodes that the change touches."""
    walk = Walk(finder(state.loaded, change.gone), change.named)
    for query in queries:
        focus = _reached_by_query(query, walk)
        yield from _standing(before, {query.shape}, focus)
        for term in (None,) if focus is None else focus:
            yield from checks.queried(state.loaded, [query], focus=term)


def _reached_by_query(query: CheckQuery, walk: Walk) -> Terms | None:
    """Return the focus nodes of a query that a change may matter to, None for all of them."""
    try:
        reached = footprint(query.text, "focus").reached(walk)
    except UnboundedError:
        return None
    return frozenset(term for _, term in reached)


def _clashes(state: State, change: Changed, before: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the members of disjoint classes, looked for among what changes its classes."""
    touched = frozenset[OxigraphTerm](t.subject for t in change.named if t.predicate == _TYPE)
    yield from _standing(before, {_CLASHES}, touched)
    yield from checks.disjoint(state.loaded, state.axioms, touched)


def _undefined(state: State, change: Changed, before: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the names that nothing defines, looked for among the terms that the change touches."""
    touched = frozenset(term for triple in change.named for term in triple)
    yield from _standing(before, {UNDEFINED}, touched)
    yield from undefined.found(state.loaded, state.axioms, touched)
