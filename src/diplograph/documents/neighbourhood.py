"""Neighbourhood of a thing: its neighbours, and the statements that join them to it and to each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from diplograph.documents import naming
from diplograph.documents.naming import Link
from diplograph.documents.resource_view import ResourceView
from diplograph.engine import operations
from diplograph.engine.protocol import Engine
from diplograph.namespaces import BUILT_GRAPHS, PREFIXES, kind_of

DRAWN = frozenset(
    {"act", "agent", "body", "claim", "group", "list", "matter", "measure"}
    | {"office", "person", "place", "polity", "state"}
)
"""Kinds of things that are neighbours; evidence, spans, times and names are about one thing alone."""
MOST = 40
"""The most neighbours that are told, those first that the thing itself points to."""
SYMMETRIC = frozenset({f"{PREFIXES['dg']}{name}" for name in ("reciprocalWith", "inferredReciprocalWith")})
ANSWERS = frozenset(
    f"{PREFIXES['dg']}{name}" for name in ("inResponseTo", "motivatedBy", "protestsAgainst", "retaliatesFor")
)
"""Properties that an answer has: a picture points from the act to it."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Two things and what is said between them.

    `how` is "asserted" when a source states it, "claimed" when it is part of what somebody claims, and
    "inferred" when only the build does. `is_answer` tells that the source is an answer to the target.
    """

    source: Link
    target: Link
    relations: tuple[str, ...]
    how: str
    is_answer: bool


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The edges around a thing, and how many neighbours were left out."""

    edges: tuple[Edge, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Said:
    source: str
    predicate: str
    target: str
    inferred: bool


def neighbourhood(engine: Engine, view: ResourceView, left_out: Collection[str] = ()) -> Neighbourhood:
    """Return what stands around the thing of a view, some things left out unless it is one of them."""
    links = {view.iri: Link(view.iri, view.label, view.language)}
    star = list(_star(view, links))
    if view.iri not in left_out:
        star = [said for said in star if not {said.source, said.target} & set(left_out)]
    near = list(dict.fromkeys(iri for said in star for iri in (said.source, said.target)))
    kept = [iri for iri in near if iri != view.iri][:MOST]
    among = _among(engine, kept)
    wanted = {view.iri, *kept}
    said = [one for one in (*star, *among) if {one.source, one.target} <= wanted]
    labels = naming.labels(engine, {one.predicate for one in said})
    edges = tuple(_edges(said, links, labels))
    return Neighbourhood(edges, max(len(near) - 1 - len(kept), 0))


def _star(view: ResourceView, links: dict[str, Link]) -> Iterator[_Said]:
    """The statements of the thing itself, then those that point to it, as far as they join drawn kinds.

    A summary says nothing that its sources do not.
    """
    for outwards, properties in ((True, view.outgoing), (False, view.incoming)):
        for entry in properties:
            for value in entry.values:
                if value.link is None or value.computed or value.link.iri == view.iri:
                    continue
                if kind_of(value.link.iri) not in DRAWN:
                    continue
                links[value.link.iri] = value.link
                ends = (view.iri, value.link.iri) if outwards else (value.link.iri, view.iri)
                yield _Said(ends[0], entry.predicate.iri, ends[1], value.inferred)


def _among(engine: Engine, iris: Sequence[str]) -> list[_Said]:
    """What the neighbours say about each other."""
    if len(iris) < 2:
        return []
    text = f"""SELECT ?source ?predicate ?target ?graph WHERE {{
        {operations.values("source", iris)} {operations.values("target", iris)} ?source ?predicate ?target
        OPTIONAL {{ GRAPH ?graph {{ ?source ?predicate ?target }} }} }}"""
    found: dict[tuple[str, str, str], bool] = {}
    for row in operations.select(engine, text).rows:
        ends = (str(row["source"]), str(row["predicate"]), str(row["target"]))
        if ends[0] != ends[2] and str(row.get("graph")) != naming.SUMMARY:
            built = "graph" in row and str(row["graph"]) in BUILT_GRAPHS
            found[ends] = found.get(ends, True) and built
    return [_Said(*ends, inferred) for ends, inferred in found.items()]


def _edges(said: Iterable[_Said], links: dict[str, Link], labels: naming.Labels) -> Iterator[Edge]:
    """One edge for each pair and way of knowing; what a source states is not told again as inferred."""
    grouped: dict[tuple[str, str, str, bool], dict[str, None]] = {}
    stated = {frozenset((one.source, one.target)) for one in said if not one.inferred}
    for one in said:
        ends = (one.source, one.target)
        if one.predicate in SYMMETRIC and ends[0] > ends[1]:
            ends = (ends[1], ends[0])
        if one.inferred and frozenset(ends) in stated and one.predicate not in SYMMETRIC:
            continue
        relation = naming.best(labels.get(one.predicate, {}), one.predicate)[0]
        grouped.setdefault((*ends, _how(one), one.predicate in ANSWERS), {})[relation] = None
    for (source, target, how, is_answer), relations in grouped.items():
        yield Edge(links[source], links[target], tuple(relations), how, is_answer)


def _how(said: _Said) -> str:
    if said.inferred:
        return "inferred"
    return "claimed" if "claim" in {kind_of(said.source), kind_of(said.target)} else "asserted"
