"""Building releases: what is in one, what stops one, and that nothing is ever half-done."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import RDF, Graph, Literal, URIRef

import tiny_kb
from diplograph import release as releases
from diplograph.errors import BuildFailed, EngineUnavailable, UnknownResource
from diplograph.namespaces import DG, DGG, PREFIXES, VOID
from diplograph.rdf import Dataset
from diplograph.release import Release, build
from diplograph.release.compare import build_from_files
from diplograph.release.durable import build_lock
from diplograph.release.folder import file_hash
from diplograph.settings import Settings

ACT = PREFIXES["act"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.resolve(tiny_kb.write(tmp_path / "kb"))


@pytest.fixture
def built(settings: Settings) -> Release:
    return build(settings)


def triples(release: Release, graph: str) -> set[str]:
    return {str(quad.triple) for quad in Dataset.open_read_only(release.store_path).quads(graph)}


def edit(settings: Settings, name: str, old: str, new: str) -> None:
    path = settings.kb / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def problems(settings: Settings) -> list[str]:
    with pytest.raises(BuildFailed) as caught:
        build(settings)
    found = caught.value.facts.get("problems", [])
    assert isinstance(found, list)
    return found


def everything(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# What a release holds


def test_release_is_named_by_its_id_and_inputs(built: Release) -> None:
    assert len(built.id) == 64
    assert built.path.name.startswith(f"{built.id[:16]}-")
    assert len(built.path.name) == 16 + 1 + 8


def test_release_holds_everything_that_it_needs(built: Release) -> None:
    held = {path.name for path in built.path.iterdir()}

    assert held == {
        *("store", "judged", "dumps", "shapes", "queries", "ontology", "diplograph.toml"),
        *("void.ttl", "report.json", "report.ttl", "manifest.json", "statistics.json", "unmentioned.txt"),
    }


def test_closure_holds_only_what_stands_in_no_other_graph(built: Release) -> None:
    closure = triples(built, str(DGG.closure))

    assert f"<{ACT}x-expels> <{RDF.type}> <{DG.Act}>" in closure
    assert not closure & triples(built, str(DGG.a1))


def test_inferred_pair_holds_both_ways_in_its_own_graph(built: Release) -> None:
    pair = DG.inferredReciprocalWith
    found = triples(built, str(DGG.inferred))

    assert f"<{ACT}x-expels> <{pair}> <{ACT}y-expels>" in found
    assert f"<{ACT}y-expels> <{pair}> <{ACT}x-expels>" in found


def test_default_graph_is_the_merge_with_each_triple_once(built: Release) -> None:
    store = Dataset.open_read_only(built.store_path)
    named = {str(quad.triple) for name in store.graph_names() for quad in store.quads(name)}
    (row,) = store.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")

    assert row["n"].value == str(len(named))


def test_build_without_reasoning_has_no_closure_and_another_folder(
    settings: Settings, built: Release
) -> None:
    plain = build(settings, reason=False)

    assert str(DGG.closure) not in plain.manifest["graphs"]
    assert plain.path != built.path


def test_manifest_has_the_hash_of_every_input(settings: Settings, built: Release) -> None:
    inputs = built.manifest["inputs"]["files"]

    assert inputs["data/a1.ttl"] == file_hash(settings.kb / "data/a1.ttl")
    assert set(inputs) == {p.relative_to(settings.kb).as_posix() for p in source_files(settings.kb)}


def source_files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file() and ".diplograph" not in path.parts)


def test_dumps_hold_the_named_graphs_and_their_merge(built: Release) -> None:
    nquads = gzip.decompress(built.dumps["diplograph.nq.gz"].read_bytes()).decode()
    merged = Graph().parse(
        data=gzip.decompress(built.dumps["diplograph.ttl.gz"].read_bytes()), format="turtle"
    )

    assert f"<{ACT}x-expels> <{RDF.type}> <{DG.Expulsion}> <{DGG.a1}> ." in nquads.splitlines()
    assert (URIRef(f"{ACT}x-expels"), RDF.type, DG.Act) in merged


def test_manifest_tells_size_and_hash_of_each_dump(built: Release) -> None:
    for dump in built.manifest["dumps"]:
        path = built.dumps[dump["file"]]
        assert (dump["size"], dump["sha256"]) == (path.stat().st_size, file_hash(path))


def test_dumps_are_the_same_bytes_whenever_they_are_made(
    settings: Settings, built: Release, tmp_path: Path
) -> None:
    other = build(Settings.resolve(settings.kb, state=tmp_path / "other"))

    assert other.id == built.id
    for name, path in built.dumps.items():
        assert other.dumps[name].read_bytes() == path.read_bytes()


def test_void_counts_what_the_default_graph_holds(built: Release) -> None:
    graph = Graph().parse(built.path / "void.ttl", format="turtle", publicID="https://example.org/void")
    dataset = URIRef("https://w3id.org/diplograph/dataset")
    acts = next(p for p in graph.objects(dataset, VOID.classPartition) if (p, VOID["class"], DG.Act) in graph)

    assert graph.value(acts, VOID.entities) == Literal(2)
    assert URIRef("https://example.org/sparql") in graph.objects(dataset, VOID.sparqlEndpoint)
    assert len(list(graph.objects(dataset, VOID.dataDump))) == 3


def test_report_of_the_validation_is_kept(built: Release) -> None:
    report = json.loads((built.path / "report.json").read_text(encoding="utf-8"))

    assert report["conforms"] is True
    assert report["release"] == built.name


def test_progress_goes_up_through_the_phases(settings: Settings) -> None:
    seen: list[tuple[str, float]] = []
    build(settings, lambda phase, fraction: seen.append((phase, fraction)))

    assert seen[0] == ("parsing", 0.0)
    assert [fraction for _, fraction in seen] == sorted(fraction for _, fraction in seen)


# Identity


def test_same_inputs_give_the_same_folder_untouched(settings: Settings, built: Release) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.path.rglob("*")}

    assert build(settings).path == built.path
    assert {path: path.stat().st_mtime_ns for path in built.path.rglob("*")} == before


def test_id_depends_on_content_and_not_on_how_it_is_written(settings: Settings, built: Release) -> None:
    edit(
        settings,
        "data/a1.ttl",
        'rdfs:label "X expels"@en ; dg:actor state:x',
        'dg:actor state:x ; rdfs:label "X expels"@en',
    )
    again = build(settings)

    assert again.id == built.id
    assert again.path != built.path
    assert again.manifest["created"] == built.manifest["created"]


def test_changed_fact_gives_another_id(settings: Settings, built: Release) -> None:
    edit(settings, "data/a1.ttl", "X expels", "X throws out")

    assert build(settings).id != built.id


def test_description_of_the_dataset_does_not_change_the_id(settings: Settings, built: Release) -> None:
    (settings.kb / "data/meta.ttl").write_text(tiny_kb.PROLOGUE + 'state:x rdfs:label "X again"@en .')

    assert build(settings).id == built.id


def test_damaged_release_is_built_again(settings: Settings, built: Release) -> None:
    (built.path / "void.ttl").write_text("", encoding="utf-8")
    assert built.damaged() == ["void.ttl"]

    assert build(settings).damaged() == []


def test_serving_does_not_damage_the_store(built: Release) -> None:
    Dataset.open_read_only(built.store_path).close()

    assert built.damaged() == []


# Failure


def test_syntax_error_is_named_with_file_line_and_column(settings: Settings) -> None:
    edit(settings, "data/a1.ttl", "dg:actor state:x", "dg:actor state:x state:y")
    line = next(
        number
        for number, text in enumerate((settings.kb / "data/a1.ttl").read_text().splitlines(), 1)
        if "state:x state:y" in text
    )

    (problem,) = problems(settings)
    assert problem.startswith(f"data/a1.ttl:{line}:")


def test_every_file_with_a_syntax_error_is_named(settings: Settings) -> None:
    (settings.kb / "data/a1.ttl").write_text("act:x")
    (settings.kb / "data/entities.ttl").write_text("<a")

    assert [problem.split(":")[0] for problem in problems(settings)] == ["data/a1.ttl", "data/entities.ttl"]


def test_violation_is_named_with_file_line_and_cure(settings: Settings) -> None:
    edit(settings, "data/a1.ttl", 'rdfs:label "X expels"@en ; ', "")

    (problem,) = problems(settings)
    assert problem.startswith("data/a1.ttl:")
    assert "An act without a label. Give it one rdfs:label in English." in problem


def test_too_few_of_a_class_stop_the_build(settings: Settings) -> None:
    edit(settings, "data/expect.toml", "min = 2", "min = 3")

    assert problems(settings) == [
        f"data/expect.toml: {DG.Act}: 2 instances, expected at least 3: if the loss is meant, say so there"
    ]


def test_rule_that_cannot_be_used_stops_the_build(settings: Settings) -> None:
    edit(settings, "queries/rules/swapped-1.rq", "CONSTRUCT {", "CONSTRUCT {{")

    assert "swapped-1.rq" in problems(settings)[0]


def test_failed_build_leaves_everything_as_it_was(settings: Settings, built: Release) -> None:
    before = everything(settings.state)
    edit(settings, "data/a1.ttl", 'rdfs:label "X expels"@en ; ', "")
    problems(settings)

    after = everything(settings.state)
    assert {**after, "build.lock": b""} == {**before, "build.lock": b""}
    assert releases.current(settings) == built


def test_second_build_at_the_same_time_is_told_who_is_at_work(settings: Settings) -> None:
    settings.state.mkdir()
    with build_lock(settings.state), pytest.raises(BuildFailed, match=f"process {os.getpid()}"):
        build(settings)


def test_second_build_may_wait_for_the_first(settings: Settings) -> None:
    settings.state.mkdir()
    script = (
        "import sys, time; from pathlib import Path; from diplograph.release.durable import build_lock\n"
        "with build_lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(0.5)"
    )
    with subprocess.Popen([sys.executable, "-c", script, settings.state], stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        built = build(settings, wait=30)

    assert releases.current(settings) == built


def test_killed_build_leaves_the_old_release_and_the_next_one_cleans_up(
    settings: Settings, built: Release
) -> None:
    edit(settings, "data/a1.ttl", "X expels", "X throws out")
    script = (
        "import sys, time; from pathlib import Path\n"
        "from diplograph.release import build; from diplograph.settings import Settings\n"
        "def stop(phase, fraction):\n"
        "    if phase == 'freezing': print('ready', flush=True); time.sleep(60)\n"
        "build(Settings.resolve(Path(sys.argv[1])), stop)"
    )
    with subprocess.Popen([sys.executable, "-c", script, settings.kb], stdout=subprocess.PIPE) as victim:
        assert victim.stdout
        assert victim.stdout.readline() == b"ready\n"
        assert releases.current(settings) == built
        victim.send_signal(signal.SIGKILL)
        victim.wait()

    assert releases.current(settings) == built
    leftovers = list((settings.state / "releases").glob(".building-*"))
    assert len(leftovers) == 1
    fresh = build(settings)
    assert fresh.id != built.id
    assert not leftovers[0].exists()


# The current release


def test_release_is_up_to_date_until_a_source_changes(settings: Settings, built: Release) -> None:
    assert releases.up_to_date(settings)
    edit(settings, "data/a1.ttl", "X expels", "X throws out")
    assert not releases.up_to_date(settings)


def test_going_back_to_earlier_sources_goes_back_to_their_release(settings: Settings, built: Release) -> None:
    edit(settings, "data/a1.ttl", "X expels", "X throws out")
    build(settings)
    edit(settings, "data/a1.ttl", "X throws out", "X expels")

    assert build(settings).path == built.path
    assert releases.current(settings) == built


@pytest.mark.parametrize("damage", ["", "{", '{"id": 1', "[]", "null"])
def test_corrupted_manifest_counts_as_no_release(settings: Settings, built: Release, damage: str) -> None:
    (built.path / "manifest.json").write_text(damage, encoding="utf-8")

    assert releases.current(settings) is None
    with pytest.raises(EngineUnavailable, match="manifest"):
        Release.open(built.path)
    assert build(settings).id == built.id


def test_pointer_to_nowhere_counts_as_no_release(settings: Settings, built: Release) -> None:
    (settings.state / "current").write_text("gone\n", encoding="utf-8")

    assert releases.current(settings) is None


# Loose files


def test_loose_files_fill_the_default_graph_and_the_named_ones(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:p> 1 .")
    (tmp_path / "b.nq").write_text("<urn:b> <urn:p> <urn:o> <urn:g> .")
    files = [str(tmp_path / "a.ttl"), str(tmp_path / "b.nq"), f"urn:h={tmp_path / 'a.ttl'}"]
    release = build_from_files(files, tmp_path / "release")
    store = Dataset.open_read_only(release.store_path)

    assert store.graph_names() == ["urn:g", "urn:h"]
    assert len(store.select("SELECT * WHERE { ?s ?p ?o }")) == 1


def test_loose_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownResource, match=r"none\.ttl"):
        build_from_files([str(tmp_path / "none.ttl")], tmp_path / "release")
