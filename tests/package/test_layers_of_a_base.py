"""A knowledge base that extends the one of the package: what it takes over, adds and overrides."""

from importlib.metadata import version
from pathlib import Path

import pytest

import tiny_kb
from diplograph.errors import ReadOnly
from diplograph.namespaces import DGG
from diplograph.release import build
from diplograph.release.derivation import overlay
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase, Marker

IRI = "https://example.org/kb/"
THINGS = f"@prefix state: <{IRI}id/state/> .\nstate:z a <urn:State> .\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a dozen triples, in place of the one that is installed."""
    folder = tiny_kb.write(tmp_path / "package")
    (folder / "data" / "reference.ttl").write_text((folder / "data" / "entities.ttl").read_text())
    (folder / "data" / "entities.ttl").unlink()
    monkeypatch.setattr("diplograph.sources.packaged", lambda: folder)
    return folder


@pytest.fixture
def own(tmp_path: Path, package: Path) -> KnowledgeBase:
    """A base that extends it, with one graph."""
    return based(tmp_path / "own")


def based(folder: Path, extends: str = version("diplograph")) -> KnowledgeBase:
    (folder / "data").mkdir(parents=True)
    (folder / "diplograph.toml").write_text(Marker(base=IRI, extends=extends).text())
    (folder / "data" / "b1.ttl").write_text(
        tiny_kb.PROLOGUE.replace(f"@prefix act: <{tiny_kb.PREFIXES['act']}>", f"@prefix act: <{IRI}id/act/>")
        + tiny_kb.A1
    )
    return KnowledgeBase(folder)


def test_it_has_the_terms_rules_and_things_of_the_package_but_not_its_articles(
    own: KnowledgeBase, package: Path
) -> None:
    assert own.graphs() == {
        str(DGG.ontology): [package / "ontology" / "diplograph.ttl"],
        f"{IRI}graph/b1": [own.root / "data" / "b1.ttl"],
        str(DGG.reference): [package / "data" / "reference.ttl"],
    }
    assert own.shape_files() == [package / "shapes" / "act.ttl"]
    assert own.rule_files() == [package / "queries" / "rules" / "swapped-1.rq"]
    assert own.canned_files() == [package / "queries" / "canned" / "acts.rq"]
    assert not own.expectations().exists()


def test_a_file_of_its_own_takes_the_place_of_one_of_the_same_name_and_others_are_added(
    own: KnowledgeBase, package: Path
) -> None:
    for name in ("shapes/act.ttl", "shapes/more.ttl", "ontology/more.ttl", "ontology/vocab-more.ttl"):
        path = own.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")

    assert own.shape_files() == [own.root / "shapes" / "act.ttl", own.root / "shapes" / "more.ttl"]
    assert own.graphs()[str(DGG.ontology)] == [
        package / "ontology" / "diplograph.ttl",
        own.root / "ontology" / "more.ttl",
    ]
    assert own.graphs()[str(DGG.vocab)] == [own.root / "ontology" / "vocab-more.ttl"]


def test_what_it_takes_over_counts_among_its_inputs(own: KnowledgeBase, package: Path) -> None:
    before = own.inputs()
    (package / "data" / "a1.ttl").write_text("# an article of the package\n")
    assert own.inputs() == before

    (package / "shapes" / "act.ttl").write_text("# other shapes\n")
    assert own.inputs()["shapes/act.ttl"] != before["shapes/act.ttl"]


def test_its_graphs_can_be_written_and_those_of_the_package_only_replaced(own: KnowledgeBase) -> None:
    assert own.graph_file(f"{IRI}graph/b2") == own.root / "data" / "b2.ttl"
    for graph in (DGG.reference, DGG.a1, DGG.ontology, f"{IRI}graph/ontology"):
        with pytest.raises(ReadOnly):
            own.graph_file(str(graph))

    (own.root / "data" / "reference.ttl").write_text(THINGS)
    assert own.graph_file(str(DGG.reference)) == own.root / "data" / "reference.ttl"


def test_a_change_is_laid_over_it_as_over_any_other(own: KnowledgeBase, tmp_path: Path) -> None:
    changed = overlay(own.root, {"data/b2.ttl": b""}, tmp_path / "changed")

    assert changed.inputs() == own.inputs() | {"data/b2.ttl": changed.inputs()["data/b2.ttl"]}
    assert set(changed.graphs()) - set(own.graphs()) == {f"{IRI}graph/b2"}


def test_it_is_built_with_what_the_ontology_and_rules_of_the_package_say(own: KnowledgeBase) -> None:
    release = build(Settings.resolve(own.root, {}))

    assert {str(DGG.inferred), str(DGG.closure), f"{IRI}graph/b1"} <= set(release.manifest["graphs"])
    assert (release.path / "shapes" / "act.ttl").is_file()
    assert KnowledgeBase(release.path).marker == Marker(base=IRI)


def test_a_release_keeps_the_shapes_that_it_was_built_with(own: KnowledgeBase, package: Path) -> None:
    release = build(Settings.resolve(own.root, {}))
    (package / "shapes" / "later.ttl").write_text("")

    assert [path.name for path in KnowledgeBase(release.path).shape_files()] == ["act.ttl"]


def test_another_version_than_the_pinned_one_is_told_with_what_to_do(tmp_path: Path, package: Path) -> None:
    told = based(tmp_path / "old", "0.0.1").outdated()

    assert told is not None
    assert "0.0.1" in told
    assert f'extends = "{version("diplograph")}"' in told
    assert based(tmp_path / "new").outdated() is None
