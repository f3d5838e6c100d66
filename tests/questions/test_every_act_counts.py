"""No act of the articles is there for nothing: take one away, and an answer changes."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from diplograph.queries import QueryBook
from diplograph.rdf import Dataset

ROOT = Path(__file__).resolve().parents[2]
ACTS = "SELECT ?act { GRAPH ?graph { ?act a ?class } ?act a <https://w3id.org/diplograph/ontology#Act> }"


def without(dataset: Dataset, act: NamedNode) -> Dataset:
    """The dataset as it would be had nobody recorded the act."""
    copy = Dataset.memory()
    copy.extend(
        Quad(quad.subject, quad.predicate, quad.object, quad.graph_name)
        for quad in dataset.quads()
        if act not in (quad.subject, quad.object)
    )
    return copy


@pytest.mark.slow
def test_removing_any_single_act_changes_an_expected_answer(curated: Dataset):
    overview = QueryBook.read(ROOT / "queries" / "canned")["source-comparison"].bind({})
    whole = curated.select(overview)
    acts = {row["act"] for row in curated.select(ACTS)}

    unnoticed = [act.value for act in acts if without(curated, act).select(overview) == whole]

    assert len(acts) >= 45
    assert unnoticed == []
