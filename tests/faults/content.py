"""The changes that are taken in while something breaks: the n-th one puts a graph that says so."""

import re
from functools import cache

from pyoxigraph import RdfFormat, parse

import tiny_kb
from diplograph.changes.edits import Edit, written
from diplograph.namespaces import DGG

GRAPHS = 3
NUMBER = re.compile(r'"Number (\d+)"')


def graph(number: int) -> str:
    """The graph that a change is about."""
    return str(DGG[f"b{number % GRAPHS}"])


def turtle(number: int) -> str:
    """The new content of the graph: an act, and a second one that holds the same number."""
    names = (f"act:one-{number % GRAPHS}", f"act:two-{number % GRAPHS}")
    return tiny_kb.PROLOGUE + "".join(
        f'{name} a dg:Expulsion ; rdfs:label "Number {number}"@en ; dg:actor state:x ; dg:target state:y .\n'
        for name in names
    )


def edit(number: int) -> Edit:
    """The change as it is asked for."""
    quads = parse(turtle(number), format=RdfFormat.TURTLE)
    return Edit(graph(number), "put", tuple(quad.triple for quad in quads))


@cache
def file_text(number: int) -> str:
    """What the file of the graph holds afterwards."""
    return written(edit(number).added, "", graph(number))


def number_in(text: str) -> int:
    """The number of the change that a file or an answer is of; fails for a mixture of two."""
    found = set(NUMBER.findall(text))
    assert len(found) == 1, f"changes {sorted(found)} in one graph"
    return int(found.pop())
