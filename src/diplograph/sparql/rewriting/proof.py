"""Proof that a rewritten query means the same: its SPARQL algebra, as rdflib translates it.

A join of sub-selects that hide nothing is the basic graph pattern of all their triples (SPARQL 1.1, 18.3).
"""

import gc
import signal
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

_ASIDE = ("_vars", "lazy")
"""What rdflib notes for its own evaluation."""


SECONDS = 1.0
"""Processor time after which a text counts as not understood."""


def same(plain: str, rewritten: str) -> bool:
    """Tell whether two queries have the same algebra once sub-selects are merged back into patterns.

    Runs in the main thread, and gives up after a second of processor time.
    """
    try:
        with _limited():
            return algebra(plain) == algebra(rewritten)
    except Exception:  # noqa: BLE001 - what rdflib cannot read it says by a bare Exception, among others
        return False


@contextmanager
def _limited() -> Iterator[None]:
    """Raise TimeoutError in what runs here once its time is over.

    The garbage collector rests meanwhile: an error raised inside one of its callbacks is lost, and the proof
    goes on.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    collecting = gc.isenabled()
    gc.disable()
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if collecting:
            gc.enable()


def algebra(text: str) -> Hashable:
    """Return the algebra of a query as a value to compare; blank nodes are never equal."""
    return _form(translateQuery(parseQuery(text)).algebra)


def _form(node: Any) -> Hashable:
    if isinstance(node, CompValue):
        return _operation(node)
    if isinstance(node, list | tuple):
        return tuple(_form(each) for each in node)
    if isinstance(node, set | frozenset):
        return frozenset(_form(each) for each in node)
    if isinstance(node, dict):
        return frozenset((key, _form(value)) for key, value in node.items())
    return node if isinstance(node, Hashable) else repr(node)


def _operation(node: CompValue) -> Hashable:
    if node.name == "BGP":
        return ("BGP", frozenset(node.triples))
    if node.name == "ToMultiSet" and (pattern := _hidden_nowhere(node)):
        return _form(pattern)
    if node.name == "Join":
        return _joined(_form(node.p1), _form(node.p2))
    members = {key: value for key, value in node.items() if key not in _ASIDE}
    if "PV" in members:  # of SELECT * the order is rdflib's own
        members["PV"] = set(members["PV"])
    return (node.name, frozenset((key, _form(value)) for key, value in members.items()))


def _hidden_nowhere(node: CompValue) -> CompValue | None:
    """Return the pattern of a sub-select that is one basic graph pattern and shows all its variables."""
    inner = node.p
    if inner.name != "Project" or inner.p.name != "BGP":
        return None
    return inner.p if set(inner.PV) == set(inner.p["_vars"]) else None


def _joined(one: Any, two: Any) -> Hashable:
    if one[0] == two[0] == "BGP":
        return ("BGP", one[1] | two[1])
    return ("Join", one, two)
