"""A change to a dataset, judged together with what it changes."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from diplograph.incremental import changed
from diplograph.namespaces import DGG, DGS, ID, RDFS
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, Shapes, validate
from diplograph.validation.inputs import Graphs, dataset, of_files

LABEL = NamedNode(str(RDFS.label))
JAPAN = NamedNode(str(ID["state/japan"]))
ENTITIES = NamedNode(str(DGG.entities))


@pytest.fixture(scope="module")
def base(root: Path) -> Graphs:
    """The ontology, its schemes and the entities."""
    graphs = of_files(KnowledgeBase(root))
    return {name: graphs[name] for name in (str(DGG.ontology), str(DGG.vocab), str(DGG.entities))}


@pytest.fixture(scope="module")
def shapes(root: Path) -> Shapes:
    """The shapes of the repository."""
    return Shapes.read(root)


@pytest.fixture(scope="module")
def standing(base: Graphs, shapes: Shapes) -> Report:
    """What the shapes say before any change."""
    return validate(base, shapes, {})


@pytest.fixture(scope="module")
def before(base: Graphs) -> Dataset:
    """The same as a dataset."""
    return dataset(base)


def label(text: str, language: str) -> Quad:
    return Quad(JAPAN, LABEL, Literal(text, language=language), ENTITIES)


def told(report: Report) -> set[tuple[str, str]]:
    return {
        (finding.shape.removeprefix(DGS), finding.change)
        for finding in report.findings
        if finding.focus == JAPAN.value
    }


def test_added_triple_that_breaks_a_shape_is_a_new_finding(before, shapes, standing):
    report = changed(before, Delta(frozenset({label("Nippon", "en")}), frozenset()), shapes, standing)

    assert told(report) == {("Labelled-label-one", "new")}


def test_removed_triple_that_was_needed_is_a_new_finding(before, shapes, standing):
    report = changed(before, Delta(frozenset(), frozenset({label("Japan", "en")})), shapes, standing)

    assert told(report) == {("Labelled-label", "new")}


def test_replaced_triple_repairs_what_stood(before, base, shapes):
    twice = dataset(base)
    twice.extend([label("Nippon", "en")])
    standing = changed(before, Delta(frozenset({label("Nippon", "en")}), frozenset()), shapes, Report.of([]))

    report = changed(twice, Delta(frozenset(), frozenset({label("Nippon", "en")})), shapes, standing)

    assert told(report) == {("Labelled-label-one", "repaired")}


def test_added_triple_of_an_unknown_property_is_uncovered(before, shapes, standing):
    spam = Quad(JAPAN, NamedNode("http://example.org/buys"), Literal("x"), ENTITIES)

    report = changed(before, Delta(frozenset({spam}), frozenset()), shapes, standing)

    assert report.uncovered == [f"{spam.triple} ."]
