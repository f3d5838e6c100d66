"""A change to a dataset, judged together with what it changes."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from closures import entailed
from diplograph.incremental import changed, validation_graph_of
from diplograph.namespaces import DGG, DGS, ID, PREFIXES, RDFS
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, Shapes, validate
from diplograph.validation.inputs import Graphs, dataset, of_files, ontology

LABEL = NamedNode(str(RDFS.label))
JAPAN = NamedNode(str(ID["state/japan"]))
REFERENCE = NamedNode(str(DGG.reference))


@pytest.fixture(scope="module")
def base(root: Path) -> Graphs:
    """The ontology, its schemes, and the things that all speak of."""
    graphs = of_files(KnowledgeBase(root))
    return {name: graphs[name] for name in map(str, (DGG.ontology, DGG.vocab, DGG.entities, DGG.reference))}


@pytest.fixture(scope="module")
def shapes(root: Path) -> Shapes:
    """The shapes of the repository."""
    return Shapes.read(root)


@pytest.fixture(scope="module")
def standing(base: Graphs, shapes: Shapes) -> Report:
    """What the shapes say before any change."""
    return validate(base, shapes, {})


def release_of(base: Dataset, folder: Path) -> Path:
    """The folder of a release with what it keeps for those who judge a change."""
    for name, made in (("store", base), ("judged", validation_graph_of(base))):
        store = Dataset.create(folder / name)
        store.extend(made.quads())
        store.flush()
        store.close()
    return folder


@pytest.fixture(scope="module")
def before(base: Graphs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a release."""
    made = dataset(base)
    entailed(made, ontology(base))
    return release_of(made, tmp_path_factory.mktemp("release"))


@pytest.fixture(params=[0, 1 << 40], ids=["followed", "everything"])
def least(request: pytest.FixtureRequest) -> int:
    """From how many triples on a change is followed: it is told the same either way."""
    return request.param


def label(text: str, language: str) -> Quad:
    return Quad(JAPAN, LABEL, Literal(text, language=language), REFERENCE)


def told(report: Report) -> set[tuple[str, str]]:
    return {
        (finding.shape.removeprefix(DGS), finding.change)
        for finding in report.findings
        if finding.focus == JAPAN.value
    }


def test_added_triple_that_breaks_a_shape_is_a_new_finding(before, shapes, standing, least):
    delta = Delta(frozenset({label("Nippon", "en")}))

    assert told(changed(before, delta, shapes, standing, least=least)) == {("Labelled-label-one", "new")}


def test_removed_triple_that_was_needed_is_a_new_finding(before, shapes, standing, least):
    delta = Delta(removed=frozenset({label("Japan", "en")}))

    assert told(changed(before, delta, shapes, standing, least=least)) == {("Labelled-label", "new")}


def test_replaced_triple_repairs_what_stood(before, base, shapes, least, tmp_path):
    delta = Delta(frozenset({label("Nippon", "en")}))
    twice = dataset(base)
    entailed(twice, ontology(base))
    twice.extend(delta.added)
    standing = changed(before, delta, shapes, Report.of([]))

    report = changed(release_of(twice, tmp_path), delta.inverse, shapes, standing, least=least)

    assert told(report) == {("Labelled-label-one", "repaired")}


def test_added_triple_of_an_unknown_property_is_uncovered(before, shapes, standing, least):
    spam = Quad(JAPAN, NamedNode("http://example.org/buys"), Literal("x"), REFERENCE)

    report = changed(before, Delta(frozenset({spam})), shapes, standing, least=least)

    assert report.uncovered == [f"{spam.triple} ."]


def test_two_acts_that_may_be_one_are_found(before, shapes, standing, least):
    text = (
        "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
        + """
        act:one a dg:Expulsion ; dg:actor state:japan ; dg:target state:russia ; dg:when time:day .
        act:two a dg:Expulsion ; dg:actor state:japan ; dg:target state:russia ; dg:when time:day .
        time:day dg:notBefore "2022-04-08"^^xsd:date ; dg:notAfter "2022-04-08"^^xsd:date ."""
    )
    parsed = parse(text.encode(), format=RdfFormat.TURTLE)
    delta = Delta(frozenset(Quad(*quad.triple, NamedNode(str(DGG.a1))) for quad in parsed))

    report = changed(before, delta, shapes, standing, least=least)

    named = {
        (f.shape.removeprefix(DGS), f.focus.removeprefix(ID), f.change) for f in report.findings if f.focus
    }
    assert ("Act-when-duplicate", "act/one", "new") in named
