"""Undo: the inverse of a change, on the same way in and checked like any other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat

from diplograph.changes.accept import accept_locked
from diplograph.changes.apply import catch_up, writing
from diplograph.changes.edits import Edit, Outcome, Request, labelled
from diplograph.changes.journal import Journal
from diplograph.errors import Conflict
from diplograph.release import durable
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase


def undo(settings: Settings, number: int, who: str, message: str = "") -> Outcome:
    """Take a change back.

    Raises UnknownResource, Conflict where later changes stand in the way, and what `accept` raises: what
    rests on the change has to be taken back first.
    """
    with durable.disk_errors_told(), writing(settings):
        catch_up(settings)
        edits, text = _inverse(settings, number)
        return accept_locked(settings, Request(edits, who, message or text, undoes=number))


def _inverse(settings: Settings, number: int) -> tuple[list[Edit], str]:
    """The edits that take a change back, and what they may be called."""
    journal = Journal(settings.state)
    record = journal.find(number)
    content = journal.content(record)
    added, removed = _by_graph(content.added), _by_graph(content.removed)
    graphs = sorted(record.change.graphs)
    _require_as_left(settings, number, graphs, added, removed)
    edits = [
        Edit(
            graph,
            "patch",
            tuple(quad.triple for quad in removed[graph]),
            tuple(quad.triple for quad in added[graph]),
        )
        for graph in graphs
    ]
    return edits, f"Undo change {number}: {record.change.message}".rstrip(": ")


def _require_as_left(
    settings: Settings,
    number: int,
    graphs: Iterable[str],
    added: Mapping[str, set[Quad]],
    removed: Mapping[str, set[Quad]],
) -> None:
    """What the change added must be there, and what it removed must not. Raises Conflict."""
    kb = KnowledgeBase(settings.kb)
    for graph in graphs:
        path = kb.graph_file(graph)
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        now = set(labelled(text, graph))
        gone, back = added[graph] - now, removed[graph] & now
        if gone or back:
            later = _later(Journal(settings.state), number, graph)
            raise Conflict(
                f"Change {number} cannot be undone: later changes touch the same triples of {graph}.",
                hint=f"Undo these first: {later}."
                if later
                else "Edit the graph itself: its file was edited.",
            )


def _later(journal: Journal, number: int, graph: str) -> str:
    changes = journal.changes()
    return ", ".join(str(c.number) for c in reversed(changes) if c.number > number and graph in c.graphs)


def _by_graph(text: str) -> dict[str, set[Quad]]:
    found: dict[str, set[Quad]] = defaultdict(set)
    for quad in pyoxigraph.parse(text, format=RdfFormat.N_QUADS):
        if isinstance(quad.graph_name, NamedNode):
            found[quad.graph_name.value].add(quad)
    return found
