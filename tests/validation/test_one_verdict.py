"""One verdict: a change is judged alike by `check`, where it is accepted, and where the whole is built.

Each is asked both ways: with everything judged anew, and with only what the change can touch.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from answers import ROOT, held
from diplograph import incremental
from diplograph.changes import edits
from diplograph.changes.edits import Edit, Edited
from diplograph.incremental import validation_graph_of
from diplograph.namespaces import DGG, DGS, ID, PREFIXES
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.release.builder import report_on, write_store
from diplograph.release.derivation import overlay
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, Shapes, rdf_parsing

EXAMPLES = sorted((ROOT / "tests" / "shapes").glob("[gb]*d/*.t*"))
WAYS = {"followed": 0, "everything": 1 << 40}
GRAPH = str(DGG.x3)
PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
SAID = (
    '{act} dg:when time:n . time:n a dg:TimeSpan ; dg:edtf "{day}"^^edtf:EDTF .',
    "{act} dg:realisation dgv:{stage} ; dg:evidence ev:bg01 .",
    "{act} dg:affects group:n . group:n a dg:Group ; dg:memberCount 9 .",
    "{act} dg:actingBody body:fsb .",
    "{act} a dg:Visit .",
    "{act} a dg:Place .",
    '{act} rdfs:label "another"@en .',
    "{act} dg:reciprocalWith {other} .",
    "{act} dg:retaliatesFor {other} .",
    "{act} dg:topic dgv:nothing-of-the-kind .",
    "claim:n a dg:Claim ; dg:claimAbout {act} ; dg:claimedStage dgv:{stage} ; dg:evidence ev:bg01 .",
    "claim:n a dg:ResponseClaim ; dg:claimedResponse {act} ; dg:claimedCause {other} .",
    "claim:bg24 dg:contradicts claim:bg25 . claim:bg20 dg:claimedTimeOf {act} .",
    "{other} dg:discontinues {act} . doc:bg01 dg:relays {act} .",
    "_:x dg:concerns {act} .",
)
"""What may be said of acts, rightly or wrongly."""

PROTEST = """act:w a dg:Protest ; rdfs:label "Japan protests"@en ; dg:realisation dgv:carried-out ;
    dg:actor state:japan ; dg:target state:russia ; dg:when time:a1-this-week ; dg:evidence ev:a2-s13 ."""

Verdict = tuple[bool, frozenset[tuple[str, str]], frozenset[str]]
"""Whether a change conforms, what it breaks where, and what of it no shape covers."""


def verdict(report: Report, standing: Report) -> Verdict:
    """Which shapes are newly broken and where, and what no shape covers that was not there before."""
    before = {finding.key for finding in standing.findings}
    broken = {
        (finding.shape.removeprefix(DGS), _named(finding.focus or ""))
        for finding in report.findings
        if finding.severity == "violation" and finding.change != "repaired" and finding.key not in before
    }
    bare = frozenset(map(_named, report.uncovered)) - frozenset(map(_named, standing.uncovered))
    return not (broken or bare), frozenset(broken), bare


def _named(text: str) -> str:
    """A term or triple without the label of its blank node, which each reader gives anew."""
    return " ".join("_:" if part.startswith("_:") else part for part in text.split(" "))


@dataclass(frozen=True)
class Base:
    """A knowledge base and what a release of it holds, to which a change comes."""

    kb: KnowledgeBase
    release: Path
    standing: Report
    shapes: Shapes

    @classmethod
    def of(cls, root: Path, release: Path) -> "Base":
        kb, dataset = KnowledgeBase(root), held(root)
        for name, made in (("store", dataset), ("judged", validation_graph_of(dataset))):
            write_store(made, release / name)
        return cls(kb, release, report_on(kb), Shapes.of(kb))

    def verdicts(self, path: Path) -> dict[str, Verdict]:
        """What each way says of a file, which is a graph, or holds several."""
        edited = self._edited(path)
        found = {}
        for way, least in WAYS.items():
            found[f"check, {way}"] = verdict(self._checked(path, least), self.standing)
            found[f"accept, {way}"] = verdict(self._accepted(edited, least), self.standing)
        found["build"] = verdict(self._built(edited), self.standing)
        return found

    def _checked(self, path: Path, least: int) -> Report:
        return incremental.check(
            self.kb, [path], graph=GRAPH, standing=self.standing, limit=None, base=self.release, least=least
        )

    def _edited(self, path: Path) -> list[Edited]:
        """The files of a change that puts each graph of a file in the place of what there is."""
        store = Dataset.open_read_only(self.release / "store")
        read = rdf_parsing.parse(path.read_bytes(), path.suffix, GRAPH)
        asked = [Edit(graph, "put", tuple(triples)) for graph, triples in read.items()]
        found = [edits.applied(edit, self.kb, store, is_base=True) for edit in asked]
        store.close()
        return found

    def _accepted(self, edited: Iterable[Edited], least: int) -> Report:
        deltas = [each.judged for each in edited]
        whole = Delta(
            frozenset(quad for delta in deltas for quad in delta.added),
            frozenset(quad for delta in deltas for quad in delta.removed),
        )
        return incremental.changed(self.release, whole, self.shapes, self.standing, least=least)

    def _built(self, edited: Iterable[Edited]) -> Report:
        files = {each.path: None if each.text is None else each.text.encode() for each in edited}
        with TemporaryDirectory() as folder:
            return report_on(overlay(self.kb.root, files, Path(folder)))


def differing(verdicts: dict[str, Verdict]) -> dict[str, Verdict]:
    """All verdicts, where there is more than one."""
    return verdicts if len(set(verdicts.values())) > 1 else {}


@pytest.fixture(scope="module")
def entities(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Base:
    """The ontology, its schemes and the entities: what examples of shapes come to."""
    folder = tmp_path_factory.mktemp("kb")
    for name in ("ontology", "shapes", "queries"):
        (folder / name).symlink_to(root / name)
    (folder / "data").mkdir()
    (folder / "data" / "entities.ttl").symlink_to(root / "data" / "entities.ttl")
    return Base.of(folder, tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="module")
def whole(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Base:
    return Base.of(root, tmp_path_factory.mktemp("state"))


@pytest.mark.slow
def test_example_of_a_shape_is_judged_alike_everywhere(entities: Base, pytestconfig: pytest.Config) -> None:
    chosen = Random(12).sample(EXAMPLES, min(len(EXAMPLES), pytestconfig.getoption("--cases") // 50))

    assert {path.stem: found for path in chosen if (found := differing(entities.verdicts(path)))} == {}


@pytest.mark.slow
def test_what_another_source_says_is_judged_alike_everywhere(
    whole: Base, curated: Dataset, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    acts = sorted({f"<{q.subject.value}>" for q in curated.quads() if f"{ID}act/" in str(q.subject)})
    random, path, differ = Random(12), tmp_path / "x3.ttl", {}
    for _ in range(pytestconfig.getoption("--cases") // 100):
        text = said(random, acts)
        path.write_text(PROLOGUE + text, encoding="utf-8")
        if found := differing(whole.verdicts(path)):
            differ[text] = found

    assert differ == {}


@pytest.mark.parametrize("least", WAYS.values(), ids=WAYS)
def test_act_that_was_taken_in_can_be_taken_back(root: Path, tmp_path: Path, least: int) -> None:
    folder, state = tmp_path / "kb", tmp_path / "state"
    shutil.copytree(root / "data", folder / "data")
    for name in ("ontology", "shapes", "queries"):
        (folder / name).symlink_to(root / name)
    (folder / "data" / "x3.ttl").write_text(PROLOGUE + PROTEST, encoding="utf-8")
    base = Base.of(folder, state)
    store = Dataset.open_read_only(state / "store")
    edited = edits.applied(Edit(GRAPH, "delete"), base.kb, store, is_base=True)
    store.close()

    assert base.standing.conforms
    assert verdict(base._accepted([edited], least), base.standing) == (True, frozenset(), frozenset())


def said(random: Random, acts: list[str]) -> str:
    """Some of what may be said of acts."""
    found = []
    for text in random.sample(SAID, random.randint(1, 3)):
        act, other = random.sample(acts, 2)
        day = random.choice(("2022-04-08", "2023-01-01", "no day"))
        stage = random.choice(("planned", "carried-out", "abandoned", "realisation-unknown"))
        found.append(text.format(act=act, other=other, day=day, stage=stage))
    return "\n".join(found)
