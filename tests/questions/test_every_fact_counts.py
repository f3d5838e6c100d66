"""No fact that a source tells changes unseen: put another in its place, and an expected answer differs."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from timeit import timeit

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from answers import evidence_queries, queries
from diplograph import summary
from diplograph.namespaces import DG, DGG, ID, OA, PROV, RDF, RDFS, SCHEMA, SKOS
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta

DOCUMENTS = f"SELECT ?document {{ ?document a <{DG.PinnedDocument}> }}"
KINDS_WITH_FACTS = {
    RDF.type: {"act"},
    DG.evidence: {"act", "claim"},
    DG.concerns: {"act", "discrepancy", "gap"},
    # Texts of our own on a thing, and codes of another scheme.
    RDFS.label: set(),
    SKOS.note: set(),
    DG.eventCode: set(),
    SKOS.notation: set(),
    # What is the same for all, and what arithmetic and hashes check in tests/data.
    OA.motivatedBy: set(),
    DG.notBefore: set(),
    DG.notAfter: set(),
    OA.hasSelector: set(),
    OA.hasSource: set(),
    SCHEMA.sha256: set(),
    DG.sentenceNumber: set(),
    DG.sentenceCount: set(),
    # What follows from other statements: the same pair the other way round, the islands, who made the list.
    DG.reciprocalWith: set(),
    DG.disputeOver: set(),
    PROV.wasAttributedTo: set(),
}
ALWAYS_HIGH = ("background", str(DG.certainty))


class Answers:
    """The answers to all questions and canned queries, with their evidence."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        texts = [*queries().values(), *evidence_queries()]
        seconds = {query: timeit(lambda q=query: dataset.select(q), number=3) for query in texts}
        self.queries = sorted(seconds, key=seconds.__getitem__)
        self.expected = {query: dataset.select(query) for query in self.queries}
        self.noticing: defaultdict[NamedNode, set[str]] = defaultdict(set)

    def differ(self, predicate: NamedNode) -> bool:
        """Whether any answer is another one; what showed such a change before, and what is quick, first."""
        before = self.noticing[predicate]
        for query in sorted(self.queries, key=lambda query: query not in before):
            if self.dataset.select(query) != self.expected[query]:
                before.add(query)
                return True
        return False


def facts(dataset: Dataset) -> list[Quad]:
    """What the articles and the background tell, but for properties that tell no fact of their own.

    What dgg:entities and dgg:reference say is no source's fact: most of it no question can ask for, since
    no source names it, and tests/data holds it.
    """
    kinds = {str(predicate): kinds for predicate, kinds in KINDS_WITH_FACTS.items()}
    names = [row["document"].value.removeprefix(ID["document/"]) for row in dataset.select(DOCUMENTS)]
    return [
        quad
        for name in [*names, "background"]
        for quad in dataset.quads(DGG[name])
        if kind(quad.subject) in kinds.get(quad.predicate.value, {kind(quad.subject)})
        and (name, quad.predicate.value) != ALWAYS_HIGH
    ]


def kind(thing: NamedNode) -> str:
    return thing.value.removeprefix(ID).partition("/")[0]


def another(term: NamedNode | Literal) -> NamedNode | Literal:
    if isinstance(term, NamedNode):
        return NamedNode("urn:x:another")
    return (
        Literal("another", language=term.language)
        if term.language
        else Literal("2001", datatype=term.datatype)
    )


@contextmanager
def changed(dataset: Dataset, fact: Quad) -> Iterator[None]:
    """The dataset with another value in place of one, in its graph and in the merge."""
    old = [Quad(fact.subject, fact.predicate, fact.object, g) for g in (fact.graph_name, DefaultGraph())]
    new = [Quad(q.subject, q.predicate, another(q.object), q.graph_name) for q in old]
    dataset.remove(old)
    dataset.extend(new)
    yield
    dataset.remove(new)
    dataset.extend(old)


@contextmanager
def summed_up(dataset: Dataset, fact: Quad) -> Iterator[None]:
    """The dataset with the summaries of the acts that a fact tells of made anew."""
    acts = summary.touched(dataset, Delta(frozenset({fact})))
    applied = dataset.apply_merged(summary.acts_change(dataset, acts))
    yield
    dataset.apply(applied.inverse)


@pytest.mark.slow
def test_any_single_fact_that_changes_changes_an_expected_answer(curated: Dataset):
    dataset = Dataset.memory()
    dataset.fill(curated.quads())
    answers = Answers(dataset)
    unnoticed = []

    for fact in facts(dataset):
        with changed(dataset, fact):
            if not answers.differ(fact.predicate):
                with summed_up(dataset, fact):
                    if not answers.differ(fact.predicate):
                        unnoticed.append(str(fact))

    assert unnoticed == []
