"""Each shape lets the good examples pass and stops the bad one named after it, and nothing else does.

`good/{NodeShape}.ttl` serves every property shape of that node shape, `good/{NodeShape}--{what}.ttl` is one
more that conforms. `bad/{PropertyShape}--{what}.ttl` breaks that shape alone, `bad/{CheckQuery}--{what}.ttl`
that check query. What only shows in several graphs is TriG.
"""

from pathlib import Path

import pytest
from rdflib import URIRef

from diplograph.namespaces import DGS, SH
from diplograph.rdf import turtle
from diplograph.validation import Report, Shapes
from diplograph.validation.report import Finding

HERE = Path(__file__).parent
GOOD = sorted(HERE.glob("good/*"))
BAD = sorted(HERE.glob("bad/*"))
BUILT_IN = {"DisjointClasses", "UndefinedName"}
TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
TOO_FAR = {"NoSchemaInData--subclass"}  # axioms change what everything is judged by
REFUSED = (
    "Act-epistemicStatus--opinion",
    "Act-evidence-opinion--opinion-as-act",
    "Act-epistemicStatus--allegation",
    "Act-evidence-allegation--allegation-as-done",
    "AssertedAct-realisation-alleged--only-the-accuser",
    "Linked-sameAs--wikidata",
)


def stem(path: Path) -> str:
    return path.stem


def named(path: Path) -> str:
    return path.stem.split("--")[0]


def new(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.change == "new"]


@pytest.mark.parametrize("path", GOOD, ids=stem)
def test_good_example_breaks_nothing(path, judge):
    report = judge(path)

    assert [(finding.shape, finding.focus) for finding in new(report)] == []
    assert report.uncovered == []


@pytest.mark.parametrize("path", BAD, ids=stem)
def test_bad_example_breaks_only_the_shape_it_names(path, judge):
    report = judge(path)

    assert {finding.shape.removeprefix(DGS) for finding in new(report)} == {named(path)}
    assert report.uncovered == []


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in BAD if path.stem not in TOO_FAR], ids=stem)
def test_bad_example_breaks_that_shape_where_only_what_it_changes_is_judged(path, judge_change, standing):
    found = {finding.key: finding.shape for finding in judge_change(path).findings}
    come = found.keys() - {finding.key for finding in standing.findings}

    assert {found[key].removeprefix(DGS) for key in come} == {named(path)}


@pytest.mark.parametrize("name", REFUSED)
def test_opinion_as_act_allegation_as_fact_and_same_as_are_refused(name, judge):
    report = judge(HERE / "bad" / f"{name}.ttl")

    assert {finding.severity for finding in new(report)} == {"violation"}
    assert not report.conforms


@pytest.fixture(scope="module")
def properties(shapes: Shapes) -> set[URIRef]:
    """The property shapes of shapes with a target: what a finding can name."""
    targeted = {node for predicate in TARGETS for node in shapes.graph.subjects(predicate)}
    found = {shape for node in targeted for shape in shapes.graph.objects(node, SH.property)}
    return {shape for shape in found if isinstance(shape, URIRef)}


def test_every_property_shape_and_check_query_has_a_bad_example(shapes: Shapes, properties: set[URIRef]):
    wanted = {str(shape) for shape in properties} | {check.shape for check in shapes.checks}

    assert {named(path) for path in BAD} == {iri.removeprefix(DGS) for iri in wanted} | BUILT_IN


def test_every_property_shape_has_a_good_example_with_a_focus_node(shapes: Shapes, properties: set[URIRef]):
    unused = [shape for shape in properties if not has_good_example(shapes, shape)]

    assert unused == []


def test_every_good_example_is_named_after_a_node_shape(shapes: Shapes):
    assert [path.stem for path in GOOD if (DGS[named(path)], None, None) not in shapes.graph] == []


def has_good_example(shapes: Shapes, shape: URIRef) -> bool:
    """Whether the example of the node shape uses a property of the path, where that is allowed at all."""
    node = next(shapes.graph.subjects(SH.property, shape))
    path = HERE / "good" / f"{node.removeprefix(DGS)}.ttl"
    if not path.is_file():
        return False
    if forbidden(shapes, shape):
        return True
    used = {str(predicate) for predicate in turtle.read(path).predicates()}
    written = shapes.path(shapes.graph.value(shape, SH.path)) or ""
    return any(predicate in written for predicate in used)


def forbidden(shapes: Shapes, shape: URIRef) -> bool:
    most = shapes.graph.value(shape, SH.maxCount)
    return most is not None and int(most) == 0
