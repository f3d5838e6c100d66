"""The neighbourhood of a thing for a page: a table of edges, which a script draws the graph from."""

from __future__ import annotations

from dataclasses import dataclass

from diplograph.engine.protocol import Engine
from diplograph.resources import Link, ResourceView
from diplograph.resources.neighbourhood import neighbourhood
from diplograph.web import links
from diplograph.web.links import Cell


@dataclass(frozen=True, slots=True)
class End:
    """One end of an edge."""

    iri: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Edge:
    """One row of the table."""

    source: End
    target: End
    relations: tuple[str, ...]
    how: str


@dataclass(frozen=True, slots=True)
class Around:
    """What the page shows: the thing, a name for files, the edges, how many neighbours are not among them."""

    this: str
    name: str
    edges: tuple[Edge, ...]
    left_out: int


def around(engine: Engine, view: ResourceView) -> Around:
    """What stands around the thing of a view."""
    found = neighbourhood(engine, view)
    edges = tuple(Edge(_end(one.source), _end(one.target), one.relations, one.how) for one in found.edges)
    return Around(view.iri, f"around-{view.slug or 'thing'}", edges, found.left_out)


def _end(link: Link) -> End:
    return End(link.iri, links.iri_cell(link.iri, link.label, link.language or None))
