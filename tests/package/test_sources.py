"""Which files make which graph."""

from pathlib import Path

import pytest

from diplograph.errors import BuildFailed, ReadOnly
from diplograph.namespaces import DGG
from diplograph.sources import KnowledgeBase


@pytest.fixture
def kb(tmp_path):
    for name in (
        "data/a1.ttl",
        "data/entities.ttl",
        "data/expect.toml",
        "data/.a1.ttl.swp",
        "ontology/diplograph.ttl",
        "ontology/diplograph-dl.ttl",
        "ontology/vocab.ttl",
        "ontology/CHANGES.md",
        "shapes/act.ttl",
        "shapes/ontology-style.ttl",
        "queries/canned/acts.rq",
        "queries/rules/reciprocity.rq",
        "queries/checks/none-violation.rq",
        "queries/checks/notes.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return KnowledgeBase(tmp_path)


def names(paths):
    return [path.name for path in paths]


def test_each_data_file_is_the_graph_of_its_name_and_nothing_else(kb):
    assert {graph: names(paths) for graph, paths in kb.graphs().items()} == {
        str(DGG.ontology): ["diplograph.ttl", "diplograph-dl.ttl"],
        str(DGG.vocab): ["vocab.ttl"],
        str(DGG.a1): ["a1.ttl"],
        str(DGG.entities): ["entities.ttl"],
    }


def test_every_kind_of_file_is_found_in_its_folder(kb):
    assert names(kb.shape_files()) == ["act.ttl"]
    assert names(kb.rule_files()) == ["reciprocity.rq"]
    assert names(kb.check_files()) == ["none-violation.rq"]
    assert kb.expectations().is_file()


def test_inputs_are_what_a_release_depends_on(kb):
    before = kb.inputs()

    assert "data/a1.ttl" in before
    assert not [name for name in before if name.endswith((".md", ".txt", ".swp"))]
    assert list(before) == sorted(before)


def test_inputs_change_when_and_only_when_a_file_does(kb):
    before = kb.inputs()
    (kb.root / "ontology/CHANGES.md").write_text("other", encoding="utf-8")
    assert kb.inputs() == before

    (kb.root / "data/a1.ttl").write_text("other", encoding="utf-8")
    changed = {name for name, digest in kb.inputs().items() if before[name] != digest}
    assert changed == {"data/a1.ttl"}


@pytest.mark.parametrize("name", ["A1", "a_1", "a.b", "ontology", "inferred", "closure"])
def test_a_file_that_cannot_be_a_graph_stops_the_build(kb, name):
    (kb.root / f"data/{name}.ttl").touch()

    with pytest.raises(BuildFailed, match=name):
        kb.graphs()


def test_a_graph_of_data_has_its_file(kb):
    assert kb.graph_file(str(DGG.a1)) == kb.root / "data/a1.ttl"
    assert kb.graph_file(str(DGG["new-graph"])) == kb.root / "data/new-graph.ttl"


@pytest.mark.parametrize(
    "graph",
    [
        "http://example.org/a1",
        f"{DGG}../a1",
        f"{DGG}a1/b",
        f"{DGG}",
        f"{DGG}A",
        f"{DGG}ontology",
        f"{DGG}closure",
        f"{DGG}a1\n",
    ],
)
def test_no_other_graph_has_a_file_that_could_be_written(kb, graph):
    with pytest.raises(ReadOnly):
        kb.graph_file(graph)


def test_a_file_knows_the_graph_that_it_is(kb, tmp_path):
    assert kb.graph_of(kb.root / "data" / ".." / "data" / "a1.ttl") == str(DGG.a1)
    assert kb.graph_of(tmp_path / "elsewhere.ttl") is None


@pytest.mark.parametrize(
    ("text", "expected"), [("", True), ("coverage = true", True), ("coverage = false", False)]
)
def test_a_setting_says_whether_shapes_cover_everything(tmp_path: Path, text: str, expected: bool) -> None:
    if text:
        (tmp_path / "diplograph.toml").write_text(f"[check]\n{text}\n")

    assert KnowledgeBase(tmp_path).covers_everything() is expected
    assert ("diplograph.toml" in KnowledgeBase(tmp_path).inputs()) is bool(text)


@pytest.mark.parametrize(
    "text",
    [
        "coverage = 1",
        "[base]\niri = 'urn:a'",
        "[base]\nextends = 1",
        "base = 3",
        "[check]",
        "[check]\ncoverage = 'no'",
        "check = 3",
        "\x00",
    ],
)
def test_a_setting_that_says_something_else_stops_the_build(tmp_path: Path, text: str) -> None:
    (tmp_path / "diplograph.toml").write_text(text)

    with pytest.raises(BuildFailed, match=r"diplograph\.toml"):
        KnowledgeBase(tmp_path).covers_everything()
