"""The curated data broken in many ways: every one is found, by the right shape, at the right line.

Several mutations of different subjects are made at once and checked together in context, which tells the
same in a fraction of the time: the data as it is has no finding.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from diplograph import incremental
from diplograph.errors import MalformedRdf
from diplograph.release import Release, build
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, check
from validation.mutations import MUTATIONS, SLIPS, Mutation, Slip

ROOT = Path(__file__).resolve().parents[2]
OWL = "PREFIX owl: <http://www.w3.org/2002/07/owl#>\n"
TOGETHER = 17

pytestmark = pytest.mark.slow

Found = set[tuple[str, str | None, int | None]]


def broken(folder: Path, mutations: tuple[Mutation, ...]) -> dict[str, str]:
    """Copies the knowledge base with the mutations made; the text of each changed file."""
    for name in ("ontology", "shapes", "queries"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "data", folder / "data")
    texts: dict[str, str] = {}
    for mutation in mutations:
        name = mutation.file
        before = texts.get(name) or (ROOT / "data" / f"{name}.ttl").read_text(encoding="utf-8")
        head = OWL if "owl:" in mutation.new and "PREFIX owl:" not in before else ""
        texts[name] = mutation.applied(head + before)
    for name, text in texts.items():
        (folder / "data" / f"{name}.ttl").write_text(text, encoding="utf-8")
    return texts


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mutation], tuple[Found, int]]:
    """What is found in the files that a mutation is made in, and the line on which it should be."""
    answers: dict[str, tuple[Found, dict[str, str]]] = {}
    for start in range(0, len(MUTATIONS), TOGETHER):
        together = MUTATIONS[start : start + TOGETHER]
        folder = tmp_path_factory.mktemp("kb")
        texts = broken(folder, together)
        files = [folder / "data" / f"{name}.ttl" for name in texts]
        report = check(KnowledgeBase(folder), files, standing=Report.of([]), limit=None)
        found = {(f.shape.partition("#")[2], stem(f.file), f.line) for f in report.findings}
        found |= {("uncovered", stem(at.file), at.line) for at in report.uncovered_at if at}
        answers |= {mutation.name: (found, texts) for mutation in together}

    def of(mutation: Mutation) -> tuple[Found, int]:
        found, texts = answers[mutation.name]
        return found, mutation.line(texts[mutation.file])

    return of


def stem(file: str | None) -> str | None:
    return None if file is None else Path(file).stem


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_mutation_is_found_by_its_shape_at_its_line(mutation: Mutation, judged):
    found, line = judged(mutation)

    assert (mutation.shape, mutation.file, line) in found


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of the data as it is."""
    return build(Settings.resolve(ROOT, state=tmp_path_factory.mktemp("state")))


@pytest.mark.parametrize("start", range(0, len(MUTATIONS), TOGETHER))
def test_mutations_are_told_alike_when_only_what_they_touch_is_judged(
    start: int, release: Release, tmp_path: Path
):
    texts = broken(tmp_path, MUTATIONS[start : start + TOGETHER])
    kb, files = KnowledgeBase(tmp_path), [tmp_path / "data" / f"{name}.ttl" for name in texts]
    standing = Report.from_json((release.path / "report.json").read_text(encoding="utf-8"))

    everything, followed = (
        incremental.check(kb, files, standing=standing, limit=None, base=release.path, least=least)
        for least in (1 << 40, 0)
    )

    assert told(followed) == told(everything)
    assert followed.uncovered == everything.uncovered


def told(report: Report) -> set[tuple[str, ...]]:
    return {tuple(map(str, (f.key, f.change, f.message, f.file, f.line))) for f in report.findings}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_slip_in_the_syntax_is_an_error_at_its_line(slip: Slip, tmp_path: Path):
    content, line = slip.applied((ROOT / "data" / "a1.ttl").read_bytes())
    path = tmp_path / "a1.ttl"
    path.write_bytes(content)

    with pytest.raises(MalformedRdf) as caught:
        check(KnowledgeBase(ROOT), [path])

    assert caught.value.facts["file"] == str(path)
    assert caught.value.facts["position"]["line"] == line


def test_there_are_more_than_sixty_ways_and_each_is_one_of_its_own():
    ways = {(m.file, m.subject, m.old, m.new) for m in MUTATIONS} | {slip.name for slip in SLIPS}

    assert len({m.name for m in MUTATIONS}) == len(MUTATIONS)
    assert len(ways) == len(MUTATIONS) + len(SLIPS) > 60
