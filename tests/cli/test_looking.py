"""The verbs that look at releases and at the machine: diff, stats, doctor."""

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from pyoxigraph import RdfFormat, Store

from diplograph import release
from diplograph.cli import doctor
from diplograph.settings import Settings

Run = Callable[..., Result]
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
A1 = "https://w3id.org/diplograph/graph/a1"


# diff


def test_diff_of_two_releases_names_the_triples_of_each_graph(run: Run, own_kb: Path) -> None:
    run("build", kb=own_kb)
    first = release.current(Settings.resolve(own_kb, {}))
    data = own_kb / "data" / "a1.ttl"
    data.write_text(data.read_text("utf-8").replace('"X expels"', '"X expels two"'), "utf-8")
    run("build")
    assert first is not None

    result = run("diff", first.name, "current")
    counted = run("diff", first.name, "current", "-r", "counts", "--graph", "dgg:a1")

    act = "<https://w3id.org/diplograph/id/act/x-expels>"
    assert result.exit_code == 1
    assert f'+ {act} <{LABEL}> "X expels two"@en <{A1}> .' in result.stdout.splitlines()
    assert f'- {act} <{LABEL}> "X expels"@en <{A1}> .' in result.stdout.splitlines()
    assert [line.split() for line in counted.stdout.splitlines() if "dgg:a1" in line] == [
        ["dgg:a1", "+1", "-1"]
    ]
    assert (run("diff", "current", "current").exit_code, run("diff", "current", "0" * 8).exit_code) == (0, 2)


def test_sources_and_the_release_built_from_them_do_not_differ(run: Run, shared_kb: Path) -> None:
    run("build", kb=shared_kb)

    result = run("diff", shared_kb, "current")

    assert (result.exit_code, result.stdout) == (0, "")
    assert run("diff", shared_kb, "current", "-r", "counts").stdout == ""


def test_patch_turns_one_file_into_the_other(run: Run, tmp_path: Path) -> None:
    before, after = tmp_path / "before.nq", tmp_path / "after.nq"
    before.write_text('<urn:s> <urn:p> "a" <urn:g> .\n<urn:s> <urn:p> "both" .\n')
    after.write_text('<urn:s> <urn:p> "b\\n日本"@ja <urn:g> .\n<urn:s> <urn:p> "both" .\n')

    patch = run("diff", before, after, "-r", "patch").stdout.splitlines()

    assert (patch[0], patch[-1]) == ("TX .", "TC .")
    store = Store()
    store.load(before.read_bytes(), RdfFormat.N_QUADS)
    for line in patch[1:-1]:
        letter, _, quad = line.partition(" ")
        changed = Store()
        changed.load(quad.encode(), RdfFormat.N_QUADS)
        for one in changed:
            store.remove(one) if letter == "D" else store.add(one)
    wanted = Store()
    wanted.load(after.read_bytes(), RdfFormat.N_QUADS)
    assert set(store) == set(wanted)


def test_blank_nodes_and_spellings_of_numbers_are_no_difference(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<urn:s> <urn:p> [ <urn:q> 08 ] .")
    (tmp_path / "b.nt").write_text(
        '_:x <urn:q> "8"^^<http://www.w3.org/2001/XMLSchema#integer> .\n<urn:s> <urn:p> _:x .'
    )

    assert run("diff", tmp_path / "a.ttl", tmp_path / "b.nt").exit_code == 0


def test_folder_of_files_is_what_the_files_hold_together(run: Run, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    for name in "ab":
        (tmp_path / "all" / f"{name}.nt").write_text(f"<urn:{name}> <urn:p> <urn:o> .\n")

    result = run("diff", tmp_path / "all" / "a.nt", tmp_path / "all")

    assert result.stdout == "+ <urn:b> <urn:p> <urn:o> .\n"


# stats


def test_stats_count_graphs_classes_and_evidence(run: Run, own_kb: Path) -> None:
    data = own_kb / "data" / "a1.ttl"
    text = (
        "act:x-expels dg:evidence ev:e . ev:e a dg:Evidence ; oa:hasTarget doc:d ; dg:certainty dgv:high .\n"
    )
    data.write_text(data.read_text("utf-8") + text, "utf-8")
    (own_kb / "diplograph.toml").write_text("[check]\ncoverage = false\n")
    run("build", kb=own_kb)

    table, found = run("stats"), json.loads(run("stats", "-r", "json").stdout)

    expulsion = found["classes"]["https://w3id.org/diplograph/ontology#Expulsion"]
    assert expulsion == {"things": 2, "with_evidence": 1}
    assert found["evidence"] == {"records": 1, "passages": 0, "documents": 1, "certainty": {"high": 1}}
    assert found["triples"]["graphs"][A1] == 12
    assert ["dg:Expulsion", "2", "1", "(50%)"] in [line.split() for line in table.stdout.splitlines()]


# doctor


def test_doctor_finds_a_machine_fit_that_builds(run: Run, shared_kb: Path) -> None:
    run("build", kb=shared_kb)

    found = run("doctor", "--port", free_port(), "-r", "json")

    states = {finding["subject"]: finding["state"] for finding in json.loads(found.stdout)}
    assert found.exit_code == 0
    assert "fail" not in states.values()
    assert {"Python", "release", "journal", "port", "folder"} <= {
        name for name, it in states.items() if it == "ok"
    }


def test_doctor_fails_with_the_cure_for_a_port_in_use_and_a_damaged_release(run: Run, own_kb: Path) -> None:
    run("build", kb=own_kb)
    found = release.current(Settings.resolve(own_kb, {}))
    assert found is not None
    (found.path / "void.ttl").write_text("spoilt")
    journal = own_kb / ".diplograph" / "journal" / "changes"
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.write_bytes(b"diplograph-change 1 2 3 nonsense\n" + b"x" * 9 + b"\ndiplograph-change 2 ")

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        result = run("doctor", "--port", listening.getsockname()[1])

    assert result.exit_code == 1
    assert f"fail  release: {found.name} is damaged: void.ttl" in result.stdout
    assert "fail  journal: " in result.stdout
    assert "Choose another --port" in result.stdout


def test_doctor_warns_where_there_is_no_release_and_little_room(
    own_kb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(own_kb)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=300 << 20))
    settings = Settings.resolve(own_kb, {})

    assert doctor.release(settings).state == "warn"
    assert doctor.disk(settings).state == "warn"
    assert "prune" in doctor.disk(settings).cure


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
