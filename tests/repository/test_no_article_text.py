"""No run of eight words of an article stands in the repository, but in a title, by which it is cited."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

RUN = 8
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
BINARY = {".png", ".woff2", ".ico", ".gz"}
TITLE = re.compile(r'^    dcterms:title "[^"\n]*"@en ;$', re.MULTILINE)

pytestmark = pytest.mark.sources


def words(text: str) -> list[str]:
    """The words of a text in lower case, whatever stands between them."""
    return [word.lower().replace("’", "'") for word in WORD.findall(text)]


def runs(text: str) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return (tuple(found[start : start + RUN]) for start in range(len(found) - RUN + 1))


@pytest.fixture(scope="module")
def forbidden(sources_dir: Path) -> set[tuple[str, ...]]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(sources_dir.glob("[0-9][0-9][0-9]_*.txt"))]
    return {run for text in texts for run in runs(text)}


@pytest.fixture(scope="module")
def files(root: Path) -> list[Path]:
    """Every file that is, or with the next commit could be, part of the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout, so what belongs to it is not known")
    return [root / name for name in listed.split("\0") if name]


def test_both_articles_are_looked_for(forbidden):
    assert len(forbidden) > 1000


def test_a_shared_run_is_seen_through_other_case_line_ends_and_punctuation(sources_dir, forbidden):
    article = next(iter(sorted(sources_dir.glob("000_*.txt")))).read_text(encoding="utf-8")
    passage = " ".join(words(article)[40:52]).upper().replace(" ", ",\n ", 3)

    assert forbidden & set(runs(passage))


def test_no_file_shares_a_run_of_words_with_an_article(root, files, forbidden):
    shared = {}
    for path in files:
        if path.is_file() and path.suffix not in BINARY:
            text = TITLE.sub("", path.read_text(encoding="utf-8", errors="replace"))
            found = forbidden.intersection(runs(text))
            if found:
                shared[path.relative_to(root).as_posix()] = " ".join(min(found))
    assert shared == {}
    assert len(files) > 50
