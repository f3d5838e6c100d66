"""A check against a revision in git: deletions count, and what stood before is told apart."""

import shutil
import subprocess
from pathlib import Path

import pytest

import tiny_kb
from diplograph.errors import UnknownResource
from diplograph.namespaces import DGS
from diplograph.sources import KnowledgeBase
from diplograph.validation import since

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Curator", "-c", "user.email=curator@example.org")
    subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small knowledge base in a repository of its own, one state without its label."""
    folder = tiny_kb.write(tmp_path / "kb")
    entities = folder / "data" / "entities.ttl"
    entities.write_text(entities.read_text().replace('; rdfs:label "Y"@en ', ""))
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "as it was")
    return folder


def told(root: Path, revision: str = "HEAD") -> set[tuple[str, str, str]]:
    report = since(KnowledgeBase(root), revision)
    return {
        (f.shape.removeprefix(DGS), (f.focus or "").rpartition("/")[2], f.change) for f in report.findings
    }


def test_without_a_change_all_that_is_found_stood_before(root):
    assert told(root) == {("State-label", "y", "standing")}


def test_deleted_line_is_a_new_finding_and_an_added_one_a_repair(root):
    entities = root / "data" / "entities.ttl"
    text = entities.read_text().replace("state:y a dg:State", 'state:y a dg:State ; rdfs:label "Y"@en')
    entities.write_text(text.replace('; rdfs:label "X"@en , "エックス"@ja', ""))

    assert told(root) == {("State-label", "x", "new"), ("State-label", "y", "repaired")}


def test_deleted_file_is_a_change_as_well(root):
    (root / "data" / "entities.ttl").unlink()

    assert ("State-label", "y", "repaired") in told(root)


@pytest.mark.parametrize("revision", ["no-such-branch", "--output=x", "HEAD~7"])
def test_unknown_revision_is_named(root, revision):
    with pytest.raises(UnknownResource, match=revision):
        since(KnowledgeBase(root), revision)


def test_folder_outside_git_knows_no_revision(tmp_path):
    with pytest.raises(UnknownResource, match="HEAD"):
        since(KnowledgeBase(tiny_kb.write(tmp_path / "kb")), "HEAD")
