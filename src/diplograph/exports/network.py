"""Networks: edges as a directed multigraph of networkx, and as GraphML and GEXF."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from diplograph.exports.edges import COLUMNS, Edge, Party

if TYPE_CHECKING:
    import networkx as nx

SIDES = ("sender", "receiver")
OF_EDGES = tuple(
    name for name in COLUMNS if name.partition("_")[0] not in SIDES or name.endswith(("3", "cow"))
)
"""The columns that an edge keeps: what is said of the parties alone stands at the nodes."""


def network(found: Iterable[Edge]) -> nx.MultiDiGraph[str]:
    """Return parties as nodes, named by their IRIs, and acts from one to another, with their IRIs as keys.

    A node has `label`, `kind` and its codes in the year of its last act, `iso3` and `cow`; an edge has the
    columns of the table. Raises ImportError without the extra `network`.
    """
    made: nx.MultiDiGraph[str] = library("networkx", "network").MultiDiGraph()
    for edge in sorted(found, key=lambda edge: edge.year or 0):
        for party in (edge.sender, edge.receiver):
            made.add_node(party.iri, **_node(party, edge.year))
        cells = edge.row()
        about = {name: cells[name] for name in OF_EDGES}
        made.add_edge(edge.sender.iri, edge.receiver.iri, key=cells["act"], **about)
    return made


def graphml(found: Iterable[Edge]) -> bytes:
    """Return edges as GraphML (http://graphml.graphdrawing.org). Raises ImportError."""
    return _written("write_graphml_xml", found)


def gexf(found: Iterable[Edge]) -> bytes:
    """Return edges as GEXF 1.2draft, which Gephi reads. Raises ImportError."""
    return _written("write_gexf", found)


def library(name: str, extra: str) -> Any:
    """Import a library that an extra brings; ImportError says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(f"{name} is not installed: pip install 'diplograph[{extra}]'") from error


def _node(party: Party, year: int | None) -> dict[str, str]:
    codes = {"iso3": party.code("iso-3166-1-alpha-3", year), "cow": party.code("cow", year)}
    return {"label": party.label, "kind": party.kind} | codes


def _written(writer: str, found: Iterable[Edge]) -> bytes:
    stream = BytesIO()
    getattr(library("networkx", "network"), writer)(network(found), stream)
    return stream.getvalue()
