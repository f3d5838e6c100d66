"""`diplograph init`, and the verbs in the folder that it makes."""

import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from click.testing import Result

import tiny_kb
from diplograph import release as releases
from diplograph.namespaces import PREFIXES, SPACE
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase, Marker

Run = Callable[..., Result]
OWN = "https://example.org/kb/"


@pytest.fixture
def base(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new base that extends a package of a dozen triples, in which one stands."""
    package = tiny_kb.write(tmp_path / "package")
    (package / "data" / "entities.ttl").rename(package / "data" / "reference.ttl")
    (package / "shapes" / "act.ttl").write_text(tiny_kb.PROLOGUE)
    monkeypatch.setattr("diplograph.sources.packaged", lambda: package)
    monkeypatch.delenv("DIPLOGRAPH_KB", raising=False)
    folder = tmp_path / "own"
    assert run("init", folder, "--base", OWN).exit_code == 0
    (folder / "diplograph.toml").write_text(Marker(False, OWN, version("diplograph")).text())
    monkeypatch.chdir(folder)
    return folder


def test_it_makes_the_folder_of_a_base_that_pins_what_it_extends(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new"

    told = run("init", folder, "--base", OWN)

    assert told.exit_code == 0
    assert KnowledgeBase(folder).marker == Marker(base=OWN, extends=version("diplograph"))
    for name in ("data", "sources", "shapes", "ontology", "queries/canned", "README.md"):
        assert (folder / name).exists(), name
    assert "sources/" in (folder / ".gitignore").read_text()
    for name in (".pre-commit-config.yaml", ".github/workflows/check.yml"):
        assert yaml.safe_load((folder / name).read_text())
    assert "$" not in (folder / "README.md").read_text().replace("$ diplograph", "")
    assert run("fmt", "--check", folder).exit_code == 0


@pytest.mark.parametrize(
    "iri",
    [
        *("https://example.org/kb", "urn:kb:", "https://example.org/k b/", 'https://e/"/'),
        *("https://example.org/%zz/", "https://example.org/../kb/"),
        *("https://w3id.org/", "https://w3id.org/diplograph/", "https://w3id.org/diplograph/id/"),
    ],
)
def test_it_wants_a_base_that_names_can_begin_with(run: Run, tmp_path: Path, iri: str) -> None:
    told = run("init", tmp_path / "new", "--base", iri)

    assert told.exit_code == 2
    assert not (tmp_path / "new").exists()


def test_it_writes_into_no_folder_that_holds_something(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()

    assert run("init", tmp_path, "--base", OWN).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_what_git_ignores_are_the_sources_and_what_is_built(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "new", "--base", OWN)
    (tmp_path / "new" / "sources" / "text.txt").touch()
    git = ["git", "-C", str(tmp_path / "new")]
    subprocess.run([*git, "init", "--quiet"], check=True)

    seen = subprocess.run(
        [*git, "status", "--porcelain", "-uall"], check=True, capture_output=True, text=True
    )

    assert "sources" not in seen.stdout
    assert "shapes/.gitkeep" in seen.stdout


def test_an_empty_base_conforms_and_is_built(run: Run, base: Path) -> None:
    assert run("check", "-q").exit_code == 0
    assert run("build").exit_code == 0
    assert run("check", "data/meta.ttl").exit_code == 0


def test_new_things_get_names_of_the_base(run: Run, base: Path) -> None:
    made = run("new", "act", "data/b1.ttl", "--label", "X acts")

    text = (base / "data" / "b1.ttl").read_text()
    assert made.exit_code == 0, made.output
    assert f"PREFIX act: <{OWN}id/act/>" in text
    assert run("fmt", "--check", "data").exit_code == 0
    assert SPACE.get() == "https://w3id.org/diplograph/"


def test_a_change_is_taken_in_and_back(run: Run, base: Path, tmp_path: Path) -> None:
    file = tmp_path / "b2.ttl"
    file.write_text(f"<{OWN}id/act/y> a <{PREFIXES['dg']}Act> .\n")

    taken = run("accept", file, "-m", "why")

    assert f"change 1: {OWN}graph/b2 +1 -0" in taken.stdout, taken.output
    assert "act:y" in (base / "data" / "b2.ttl").read_text()
    assert run("describe", "act:y").exit_code == 0
    assert run("diff", ".", "current", "-q").exit_code == 0
    assert run("undo", "1").exit_code == 0
    assert not (base / "data" / "b2.ttl").exists()


def test_a_name_that_no_address_answers_is_a_finding(run: Run, base: Path) -> None:
    (base / "data" / "b1.ttl").write_text(
        f"<{OWN}id/act/> a <urn:A> .\n<{OWN}id/state/x> a <urn:B> .\n<{OWN}id/act/good> a <urn:C> .\n"
    )

    found = run("check", "data/b1.ttl")

    assert f"An IRI under {OWN} is used that no address answers." in found.stdout
    assert "A thing of the package has the same kind and slug" in found.stdout
    assert "good" not in found.stdout


def test_its_articles_are_not_those_of_the_package(run: Run, base: Path) -> None:
    run("build")

    release = releases.current(Settings.resolve(base, {}))

    assert release is not None
    assert f"{PREFIXES['dgg']}a1" not in release.manifest["graphs"]


def test_the_graphs_that_are_taken_over_are_described_as_the_package_does(
    run: Run, base: Path, tmp_path: Path
) -> None:
    (tmp_path / "package" / "data" / "meta.ttl").write_text(
        tiny_kb.PROLOGUE
        + 'dgg:reference a void:Dataset ; rdfs:label "R"@en ; dg:graphKind dgv:k ; dcterms:creator <urn:x> .'
        + 'dgg:a1 a void:Dataset ; rdfs:label "A"@en .'
    )

    run("init", tmp_path / "other", "--base", OWN)

    text = (tmp_path / "other" / "data" / "meta.ttl").read_text()
    assert "dg:graphKind dgv:k ;" in text
    assert "urn:x" not in text
    assert "dgg:a1" not in text


def test_doctor_names_the_base_and_tells_of_another_version(run: Run, base: Path) -> None:
    assert f"{base}, which extends diplograph {version('diplograph')}" in run("doctor").stdout

    (base / "diplograph.toml").write_text(Marker(False, OWN, "0.0.1").text())

    assert "extends diplograph 0.0.1, and" in run("doctor").stdout
    assert run("build").stderr.count("warning: ") == 1
