"""What a summary says of a thing, in short names."""

from pyoxigraph import NamedNode

from diplograph import summary
from diplograph.namespaces import DG, DGV, ID
from diplograph.rdf import Dataset


def told(dataset: Dataset, thing: NamedNode) -> dict[str, set[str]]:
    """What the summary says of a thing: values without their namespaces, each property by its local name."""
    found: dict[str, set[str]] = {}
    for quad in dataset.matching(thing, None, None, summary.SUMMARY):
        value = quad.object.value.removeprefix(str(DGV)).removeprefix(str(DG)).removeprefix(str(ID))
        found.setdefault(quad.predicate.value.removeprefix(str(DG)), set()).add(value)
    return found
