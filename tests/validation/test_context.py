"""Files and uploads in the context of a knowledge base, the door to pySHACL, and the task of a worker."""

import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from closures import entailed
from diplograph import incremental
from diplograph.errors import MalformedRdf
from diplograph.incremental import validate_task, validation_graph_of
from diplograph.incremental.checking import validate_on_release
from diplograph.namespaces import DG, DGG, DGS, ID
from diplograph.rdf import Dataset
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, Shapes, check, in_context, validate
from diplograph.validation.inputs import Graphs, dataset, of_files, ontology
from diplograph.validation.rdf_parsing import UPLOAD, parse
from diplograph.validation.shacl import validate_all

PREFIXES = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
PREFIX office: <https://w3id.org/diplograph/id/office/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX state: <https://w3id.org/diplograph/id/state/>
"""
OFFICE = PREFIXES + "\noffice:example\n    a dg:Office ;\n"
LABELLED = OFFICE + '    rdfs:label "example office"@en ;\n    dg:officeIn state:japan ;\n.\n'
KNOWN = LABELLED.replace("office:example", "office:known").replace("example office", "known office")
WITHOUT_LABEL = OFFICE + "    dg:officeIn state:japan ;\n.\n"


@pytest.fixture(scope="module")
def kb(root: Path, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A knowledge base with the entities alone: small enough to be checked many times."""
    folder = tmp_path_factory.mktemp("kb")
    for name in ("ontology", "shapes", "queries"):
        shutil.copytree(root / name, folder / name)
    (folder / "data").mkdir()
    (folder / "data" / "entities.ttl").write_text(KNOWN)
    (folder / "data" / "states.ttl").write_text(
        PREFIXES + 'state:japan a dg:State ; rdfs:label "Japan"@en .\n'
    )
    return KnowledgeBase(folder)


def new(report: Report) -> list[tuple[str, str | None]]:
    return [(f.shape.removeprefix(DGS), f.focus) for f in report.findings if f.change == "new"]


def store_in(path: Path, graphs: Graphs) -> None:
    store = Dataset.create(path)
    for name, triples in graphs.items():
        store.extend(Quad(t.subject, t.predicate, t.object, NamedNode(name)) for t in triples)
    store.flush()
    store.close()


def written(folder: Path, text: str) -> Path:
    path = folder / "upload.ttl"
    path.write_text(text, encoding="utf-8")
    return path


def test_whole_knowledge_base_is_checked_when_no_file_is_given(kb):
    report = check(kb)

    assert (report.conforms, report.findings) == (True, [])


def test_added_file_is_judged_together_with_what_is_known(kb, tmp_path):
    assert check(kb, [written(tmp_path, LABELLED)]).conforms


def test_finding_names_file_line_and_cure(kb, tmp_path):
    path = written(tmp_path, WITHOUT_LABEL)

    (finding,) = check(kb, [path]).findings

    assert (finding.shape, finding.focus) == (str(DGS["Labelled-label"]), str(ID["office/example"]))
    assert (finding.file, finding.line, finding.column) == (str(path), 7, 1)
    assert finding.cure.startswith("Add one rdfs:label@en")


def test_value_of_another_datatype_is_told_once_whatever_else_the_shape_asks_of_it(kb, tmp_path):
    group = f'<{ID["group/crowd"]}> a <{DG.Group}> ; <{DG.memberCount}> "about 150" .\n'
    report = check(kb, [written(tmp_path, group)])

    found = [one for one in report.findings if one.shape == str(DGS["Group-memberCount"])]
    assert [(one.change, one.component.rpartition("#")[2]) for one in found] == [
        ("new", "DatatypeConstraintComponent")
    ]


def test_file_alone_does_not_see_the_knowledge_base(kb, tmp_path):
    path = written(tmp_path, LABELLED)

    assert new(check(kb, [path], against="none")) == [("UndefinedName", str(ID["state/japan"]))]


def test_file_that_is_a_graph_replaces_it_and_repairs_are_told(kb):
    shapes, base = Shapes.of(kb), of_files(kb)
    broken = {**base, str(DGG.entities): []}
    state = base[str(DGG.states)]

    report = in_context(
        {**broken, str(DGG.states): state[:1]}, {str(DGG.states): state}, shapes, against="release"
    )

    assert [(f.shape.removeprefix(DGS), f.change) for f in report.findings] == [
        ("Labelled-label", "repaired")
    ]
    assert report.conforms


def test_graph_option_says_which_graph_a_file_is(kb, tmp_path):
    path = written(tmp_path, PREFIXES + 'state:japan a dg:State ; rdfs:label "Nippon"@en .\n')

    assert check(kb, [path], graph=str(DGG.states)).conforms
    assert new(check(kb, [path])) == [("Labelled-label-one", str(ID["state/japan"]))]


def test_untyped_subject_is_uncovered_beside_what_is_undefined(kb, tmp_path):
    text = (
        LABELLED
        + "office:example dg:invented 1 .\n<urn:spam> rdfs:label 'x'@en .\noffice:example a dg:Ofice .\n"
    )

    report = check(kb, [written(tmp_path, text)])

    assert not report.conforms
    assert new(report) == [("UndefinedName", str(DG.Ofice)), ("UndefinedName", str(DG.invented))]
    assert [triple.split(" ")[0] for triple in report.uncovered] == ["<urn:spam>"]
    assert report.consequences == 2


def test_schema_axioms_in_data_are_a_finding_of_their_own(kb, tmp_path):
    text = LABELLED + "dg:Group rdfs:subClassOf dg:State .\ndg:when a owl:FunctionalProperty .\n"

    report = check(kb, [written(tmp_path, text)])

    assert {shape for shape, _ in new(report)} == {"NoSchemaInData"}
    assert len(new(report)) == 2


def test_shapes_inside_the_data_are_not_used(kb, tmp_path):
    text = LABELLED + (
        "<http://www.w3.org/ns/shacl#x> a <http://www.w3.org/ns/shacl#NodeShape> ;"
        " <http://www.w3.org/ns/shacl#targetClass> dg:State ;"
        " <http://www.w3.org/ns/shacl#nodeKind> <urn:none> .\n"
    )

    assert {shape for shape, _ in new(check(kb, [written(tmp_path, text)]))} == {"NoSchemaInData"}


def test_empty_file_is_not_what_anybody_meant(kb, tmp_path):
    assert new(check(kb, [written(tmp_path, "")])) == [("EmptySubmission", None)]


def test_file_that_is_not_turtle_is_named_with_its_position(kb, tmp_path):
    with pytest.raises(MalformedRdf) as caught:
        check(kb, [written(tmp_path, "office:example a .")])

    assert caught.value.facts["file"].endswith("upload.ttl")


def test_types_that_only_a_range_yields_do_not_satisfy_a_class_check(kb, tmp_path):
    text = LABELLED.replace("state:japan", "<https://example.org/nowhere>")

    assert new(check(kb, [written(tmp_path, text)])) == [("Office-officeIn", str(ID["office/example"]))]


def test_pyshacl_is_given_graphs_only(kb):
    with pytest.raises(TypeError):
        validate_all("/etc/passwd", Shapes.of(kb))  # type: ignore[arg-type]


def test_worker_task_answers_with_the_members_of_the_report(kb, tmp_path):
    release = tmp_path / "release"
    for name in ("shapes", "queries"):
        shutil.copytree(kb.root / name, release / name)
    store_in(release / "store", of_files(kb))
    (release / "report.json").write_text(Report.of([]).to_json())

    answer = validate_task(
        {
            "rdf": WITHOUT_LABEL.encode(),
            "media": "text/turtle",
            "release": str(release),
            "name": "0123456789abcdef",
        }
    )

    assert (answer["conforms"], answer["release"]) == (False, "0123456789abcdef")
    assert new(Report.from_json(answer)) == [("Labelled-label", str(ID["office/example"]))]


STATES = str(DGG.states)
SUBMITTED: dict[str, tuple[str, str]] = {
    "a thing that is as it should be": (UPLOAD, LABELLED),
    "a thing without its label": (UPLOAD, WITHOUT_LABEL),
    "a second label for what is known": (UPLOAD, PREFIXES + 'state:japan rdfs:label "Nippon"@en .'),
    "axioms": (UPLOAD, PREFIXES + "dg:Group rdfs:subClassOf dg:State ."),
    "a known graph without what another one points to": (STATES, PREFIXES + 'state:x rdfs:label "X"@en .'),
    "a known graph without a label": (STATES, PREFIXES + "state:japan a dg:State ."),
    "nothing": (UPLOAD, ""),
}


@pytest.fixture(scope="module")
def release(kb: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a release of the knowledge base keeps for those who check."""
    folder = tmp_path_factory.mktemp("releases") / "release"
    folder.mkdir()
    graphs = of_files(kb)
    whole = dataset(graphs)
    entailed(whole, ontology(graphs))
    for name, made in (("store", whole), ("judged", validation_graph_of(whole))):
        store = Dataset.create(folder / name)
        store.extend(made.quads())
        store.flush()
        store.close()
    return folder


@pytest.mark.parametrize(("graph", "text"), SUBMITTED.values(), ids=SUBMITTED)
def test_report_on_top_of_a_release_is_the_report_on_everything(kb, release, graph, text):
    shapes, base = Shapes.of(kb), of_files(kb)
    standing = validate(base, shapes, {})
    submitted = parse(text.encode(), "ttl", graph)

    whole = in_context(base, submitted, shapes, against="release", standing=standing)
    found = validate_on_release(release, submitted, shapes, standing)

    if found is None:
        assert any("subClassOf" in str(triple) for triple in submitted[graph])
    else:
        assert {(f.key, f.change) for f in found.findings} == {(f.key, f.change) for f in whole.findings}
        assert (found.uncovered, found.conforms) == (whole.uncovered, whole.conforms)


def test_file_is_checked_on_top_of_a_release_without_reading_the_other_files(
    kb, release, tmp_path, monkeypatch
):
    monkeypatch.setattr("diplograph.validation.inputs.of_files", None)
    path = written(tmp_path, WITHOUT_LABEL)

    report = incremental.check(kb, [path], standing=Report.of([]), base=release, least=0)

    assert new(report) == [("Labelled-label", str(ID["office/example"]))]
    assert [path.name for path in release.parent.iterdir()] == ["release"]


def test_report_on_graphs_covers_all_that_describe_the_world(kb):
    assert validate(of_files(kb), Shapes.of(kb)).uncovered == []
