"""A change is taken in whole, with its report, its record and its release, or nothing has changed."""

import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse

import tiny_kb
from diplograph import release as releases
from diplograph.changes import apply
from diplograph.changes.accept import accept
from diplograph.changes.edits import Edit, Outcome, Request
from diplograph.changes.journal import Journal
from diplograph.changes.undo import undo
from diplograph.errors import Conflict, DoesNotConform, PreconditionFailed, ReadOnly
from diplograph.namespaces import DGG
from diplograph.rdf import Dataset
from diplograph.release import Release
from diplograph.settings import Settings

A1, A2 = str(DGG.a1), str(DGG.a2)
NEW = 'act:z a dg:Expulsion ; rdfs:label "Z"@en ; dg:actor state:y ; dg:target state:x .'
MORE = 'act:w a dg:Expulsion ; rdfs:label "W"@en ; dg:actor state:y ; dg:target state:x .'
BARE = "act:z a dg:Expulsion ; dg:actor state:y ."


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings.resolve(tiny_kb.write(tmp_path_factory.mktemp("ready") / "kb"))
    releases.build(settings)
    return settings


def triples(text: str) -> tuple[Triple, ...]:
    parsed = parse(tiny_kb.PROLOGUE + text, format=RdfFormat.TURTLE, rename_blank_nodes=True)
    return tuple(quad.triple for quad in parsed)


def put(settings: Settings, text: str, graph: str = A2, **more: object) -> Outcome:
    return accept(settings, Request([Edit(graph, "put", triples(text))], "Ada", **more))


def post(settings: Settings, text: str, graph: str = A2, **more: object) -> Outcome:
    return accept(settings, Request([Edit(graph, "patch", triples(text))], "Ada", **more))


def served(settings: Settings, graph: str = A2) -> set[Triple]:
    release = releases.current(settings)
    assert release is not None
    return {quad.triple for quad in Dataset.open_read_only(release.store_path).quads(graph)}


def everything(settings: Settings) -> dict[str, bytes]:
    """All files, but for those that change while nothing changes."""
    aside = {"build.lock", "change.lock", "LOG", "LOCK"}
    return {str(p): p.read_bytes() for p in settings.kb.rglob("*") if p.is_file() and p.name not in aside}


def test_an_accepted_change_is_in_file_journal_and_release_and_what_a_build_would_make(
    settings: Settings, tmp_path: Path
) -> None:
    before = releases.current(settings)
    outcome = put(settings, NEW, message="a third expulsion")

    change = outcome.change
    assert change is not None
    assert (change.number, change.who, change.message) == (1, "Ada", "a third expulsion")
    facts = change.graphs[A2]
    assert (facts.before, facts.added, facts.removed) == (None, 4, 0)
    assert served(settings) == set(triples(NEW))
    assert (settings.kb / "data/a2.ttl").read_text(encoding="utf-8").startswith("PREFIX act:")
    built = releases.build(Settings.resolve(settings.kb, state=tmp_path / "other"))
    current = releases.current(settings)
    assert current is not None
    assert before is not None
    assert (current.id, current.name) == (built.id, outcome.release)
    assert built.manifest["graphs"][A2]["hash"] == facts.after
    assert releases.up_to_date(settings)
    assert Journal(settings.state).applied() == 1


def test_data_that_does_not_conform_changes_nothing_and_comes_back_with_its_report(
    settings: Settings,
) -> None:
    before = everything(settings)

    with pytest.raises(DoesNotConform) as caught:
        put(settings, BARE)

    report = caught.value.facts["report"]
    assert [finding["message"] for finding in report["findings"]] == ["An act without a label."]
    assert everything(settings) == before


def test_triples_that_no_shape_covers_are_refused(settings: Settings) -> None:
    with pytest.raises(DoesNotConform) as caught:
        put(settings, NEW + '<urn:spam> <urn:x> "buy" .')

    assert caught.value.facts["report"]["uncovered"] == ['<urn:spam> <urn:x> "buy" .']


def test_taking_away_what_others_rest_on_is_refused(settings: Settings) -> None:
    with pytest.raises(DoesNotConform, match="less than expected"):
        accept(settings, Request([Edit(A1, "delete")], "Ada"))

    assert (settings.kb / "data/a1.ttl").exists()


def test_post_adds_and_delete_ends_a_graph(settings: Settings) -> None:
    put(settings, NEW)
    outcome = post(settings, MORE)
    assert served(settings) == set(triples(NEW + MORE))
    assert outcome.change is not None
    assert (outcome.change.graphs[A2].added, outcome.change.graphs[A2].removed) == (4, 0)

    gone = accept(settings, Request([Edit(A2, "delete")], "Ada")).change

    assert gone is not None
    assert (gone.graphs[A2].after, gone.graphs[A2].removed) == (None, 8)
    assert not (settings.kb / "data/a2.ttl").exists()
    assert served(settings) == set()


def test_the_same_again_changes_nothing_and_leaves_no_record(settings: Settings) -> None:
    put(settings, NEW)
    before = everything(settings)

    assert put(settings, NEW).change is None
    assert post(settings, NEW.split(";", maxsplit=1)[0] + ".").change is None
    assert everything(settings) == before


def test_a_graph_in_another_state_than_named_is_not_overwritten(settings: Settings) -> None:
    first = put(settings, NEW).change
    assert first is not None
    seen = first.graphs[A2].after
    post(settings, MORE, if_match=[seen])

    for wrong in ([seen], ["0" * 64], []):
        with pytest.raises(PreconditionFailed):
            put(settings, NEW, if_match=wrong)
    with pytest.raises(PreconditionFailed):
        put(settings, NEW, if_none_match=["*"])
    with pytest.raises(PreconditionFailed):
        put(settings, NEW, graph=str(DGG.a3), if_match=["*"])
    assert served(settings) == set(triples(NEW + MORE))


def test_a_request_sent_again_is_answered_again_and_done_once(settings: Settings) -> None:
    first = put(settings, NEW, key="k", digest="d")
    put(settings, MORE)

    assert put(settings, NEW, key="k", digest="d").change == first.change
    assert served(settings) == set(triples(MORE))
    with pytest.raises(Conflict, match="Idempotency-Key"):
        put(settings, NEW, key="k", digest="other")


@pytest.mark.parametrize(
    "graph", [str(DGG.ontology), str(DGG.closure), str(DGG["A b"]), "urn:x", f"{DGG}../a"]
)
def test_graphs_that_are_not_of_data_cannot_be_written(settings: Settings, graph: str) -> None:
    with pytest.raises(ReadOnly):
        put(settings, NEW, graph=graph)


def test_a_change_is_undone_and_the_undoing_too(settings: Settings) -> None:
    put(settings, NEW)
    before = releases.current(settings)
    post(settings, MORE)

    back = undo(settings, 2, "Bo").change
    assert back is not None
    assert (back.undoes, back.who, back.graphs[A2].removed) == (2, "Bo", 4)
    current = releases.current(settings)
    assert current is not None
    assert before is not None
    assert current.id == before.id

    undo(settings, 3, "Bo")
    assert served(settings) == set(triples(NEW + MORE))


def test_a_change_that_later_ones_touched_is_not_undone(settings: Settings) -> None:
    put(settings, NEW)
    put(settings, NEW.replace('"Z"', '"Zz"'))

    with pytest.raises(Conflict) as caught:
        undo(settings, 1, "Bo")

    assert caught.value.facts["hint"] == "Undo these first: 2."


def test_a_graph_with_blank_nodes_is_undone_as_long_as_it_is_the_last_change(settings: Settings) -> None:
    blank = '[] a dg:Expulsion ; rdfs:label "{}"@en ; dg:actor state:y ; dg:target state:x .'
    put(settings, blank.format("1"))
    first = releases.current(settings)
    post(settings, blank.format("2"))
    assert len(served(settings)) == 8

    undo(settings, 2, "Bo")

    current = releases.current(settings)
    assert current is not None
    assert first is not None
    assert current.id == first.id


def test_a_file_edited_by_hand_is_built_first_and_kept(settings: Settings) -> None:
    path = settings.kb / "data/a1.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("X expels", "X throws out"), encoding="utf-8")

    post(settings, MORE, graph=A1)

    assert "X throws out" in path.read_text(encoding="utf-8")
    assert "act:w" in path.read_text(encoding="utf-8")


def test_a_change_waits_until_files_edited_by_hand_make_a_release(settings: Settings) -> None:
    (settings.kb / "data/a3.ttl").write_text(tiny_kb.PROLOGUE + BARE, encoding="utf-8")

    with pytest.raises(Conflict, match="no release comes of them"):
        put(settings, NEW)

    assert not (settings.kb / "data/a2.ttl").exists()


def test_numbers_keep_their_spelling_in_the_file(settings: Settings) -> None:
    put(settings, NEW.replace(" .", ' ; rdfs:comment "08"^^xsd:integer .'))

    assert '"08"' in (settings.kb / "data/a2.ttl").read_text(encoding="utf-8") or " 08" in (
        settings.kb / "data/a2.ttl"
    ).read_text(encoding="utf-8")
    assert put(settings, NEW.replace(" .", ' ; rdfs:comment "08"^^xsd:integer .')).change is None


def cut_after_commit(settings: Settings, text: str) -> Release | None:
    """A process that takes a change in and is killed as soon as the change counts."""
    code = """
import os, signal, sys
sys.path[:0] = {path!r}
from changes.test_accept import put
from pathlib import Path
from diplograph.changes import apply
from diplograph.settings import Settings
apply.rename_staged = lambda staged: os.kill(os.getpid(), signal.SIGKILL)
put(Settings.resolve(Path(sys.argv[1])), sys.argv[2])
"""
    done = subprocess.run(
        [sys.executable, "-c", code.format(path=sys.path), str(settings.kb), text], check=False
    )
    assert done.returncode == -9
    return releases.current(settings)


def test_what_was_cut_short_after_it_counted_is_carried_out_at_the_next_start(settings: Settings) -> None:
    old = cut_after_commit(settings, NEW)
    assert not (settings.kb / "data/a2.ttl").exists()

    release = apply.prepare(settings)

    assert release != old
    assert served(settings) == set(triples(NEW))
    assert Journal(settings.state).pending() == []
    assert [path for path in (settings.kb / "data").iterdir() if path.name.endswith(".new")] == []


def test_what_was_cut_short_is_carried_out_before_the_next_change(settings: Settings) -> None:
    cut_after_commit(settings, NEW)

    assert post(settings, MORE).change is not None
    assert served(settings) == set(triples(NEW + MORE))


def test_a_read_only_knowledge_base_takes_nothing_in(settings: Settings) -> None:
    fixed = Settings(kb=settings.kb, state=settings.state, read_only=True)

    with pytest.raises(ReadOnly):
        put(fixed, NEW)
