"""The verbs that change a knowledge base: accept, changes, undo, token."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import tiny_kb
from diplograph.namespaces import DG, ID, RDFS

Run = Callable[..., Result]

GOOD = tiny_kb.PROLOGUE + (
    'act:z a dg:Expulsion ; rdfs:label "Z"@en ; dg:actor state:y ; dg:target state:x .\n'
)
BARE = tiny_kb.PROLOGUE + "act:z a dg:Expulsion ; dg:actor state:y .\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a2.ttl"
    path.write_text(GOOD)
    return path


def test_a_file_is_accepted_listed_shown_and_undone(run: Run, own_kb: Path, file: Path) -> None:
    run("build", kb=own_kb)
    accepted = run("accept", file, "-m", "a third expulsion")
    listed, shown = run("changes"), run("changes", 1)
    undone = run("undo", 1)

    assert (accepted.exit_code, accepted.stdout) == (
        0,
        "change 1: https://w3id.org/diplograph/graph/a2 +4 -0\n",
    )
    assert "a third expulsion" in listed.stdout
    assert [line[:1] for line in shown.stdout.splitlines()] == ["+"] * 4
    assert (undone.exit_code, undone.stdout) == (
        0,
        "change 2: https://w3id.org/diplograph/graph/a2 +0 -4\n",
    )
    assert not (own_kb / "data/a2.ttl").exists()
    assert run("undo", 1).exit_code == 2


def test_what_does_not_conform_is_shown_and_not_taken(run: Run, own_kb: Path, file: Path) -> None:
    file.write_text(BARE)
    result = run("accept", file, kb=own_kb)

    assert result.exit_code == 1
    assert "An act without a label." in result.stdout
    assert "nothing was changed" in result.stderr
    assert not (own_kb / "data/a2.ttl").exists()


def test_json_ld_with_a_key_that_means_nothing_is_shown_where_it_stands_and_not_taken(
    run: Run, own_kb: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a2.jsonld"
    context = {"@context": {"dg": str(DG), "rdfs": str(RDFS)}}
    said = {
        "@id": ID["act/z"],
        "@type": "dg:Expulsion",
        "rdfs:label": {"@value": "Z", "@language": "en"},
        "dg:actor": {"@id": ID["state/y"]},
    }
    path.write_text(json.dumps(context | said | {"note": "lost"}, indent=1))
    line = path.read_text().splitlines().index(' "note": "lost"') + 1

    for verb in ("check", "accept"):
        result = run(verb, path, kb=own_kb)

        assert result.exit_code == 1
        assert result.stdout.startswith(f"{path}:{line}:2: violation  act:z")
        assert 'The key "note" of JSON-LD means nothing' in result.stdout
    assert not (own_kb / "data/a2.ttl").exists()
    path.write_text(json.dumps(context | said))
    assert [run(verb, path, kb=own_kb).exit_code for verb in ("check", "accept")] == [0, 0]


def test_a_packed_file_is_accepted_as_the_graph_of_its_name(run: Run, own_kb: Path, tmp_path: Path) -> None:
    path = tmp_path / "a2.ttl.gz"
    path.write_bytes(gzip.compress(GOOD.encode()))

    assert run("accept", path, kb=own_kb).exit_code == 0
    assert "act:z" in (own_kb / "data/a2.ttl").read_text()


def test_a_file_of_data_that_was_edited_in_place_is_accepted(run: Run, own_kb: Path) -> None:
    run("build", kb=own_kb)
    path = own_kb / "data/a1.ttl"
    path.write_text(path.read_text().replace("X expels", "X throws out"))

    assert run("accept", path).stdout == "change 1: https://w3id.org/diplograph/graph/a1 +1 -1\n"
    assert "X throws out" in path.read_text()
    path.write_text(path.read_text().replace("X throws out", "X expels"))
    (own_kb / "data/entities.ttl").write_text((own_kb / "data/entities.ttl").read_text() + "\n")
    refused = run("accept", path)
    assert (refused.exit_code, "Other files" in refused.stderr) == (2, True)


def test_check_with_add_judges_a_file_together_with_what_its_graph_holds(
    run: Run, own_kb: Path, tmp_path: Path
) -> None:
    more = tmp_path / "a1.ttl"
    more.write_text(f"{tiny_kb.PROLOGUE}act:x-expels a dg:Expulsion ; dg:target state:x .", encoding="utf-8")
    graph = ("--graph", "https://w3id.org/diplograph/graph/a1")
    run("build", kb=own_kb)

    assert "An act without a label." in run("check", more, *graph).stdout
    assert run("check", more, *graph, "--add").exit_code == 0
    assert run("check", more, "--add").exit_code == 0
    assert run("check", "--add").exit_code == 2


def test_add_keeps_what_the_graph_holds(run: Run, own_kb: Path, file: Path) -> None:
    run("build", kb=own_kb)

    result = run("accept", file, "--graph", "https://w3id.org/diplograph/graph/a1", "--add")

    assert result.stdout == "change 1: https://w3id.org/diplograph/graph/a1 +4 -0\n"
    assert "X expels" in (own_kb / "data/a1.ttl").read_text()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ontology.ttl", "is not a graph of data/"),
        ("closure.ttl", "is not a graph of data/"),
        ("Big Name.ttl", "a-z, 0-9 and hyphens"),
    ],
)
def test_a_name_that_is_no_graph_of_data_is_refused(
    run: Run, own_kb: Path, tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / name).write_text(GOOD)

    result = run("accept", tmp_path / name, kb=own_kb)

    assert (result.exit_code, said in result.stderr) == (2, True)


def test_a_token_is_printed_once_listed_by_name_and_revoked(run: Run, own_kb: Path) -> None:
    made = run("token", "--name", "Ada", kb=own_kb)
    listed = run("token", "--list")

    assert re.fullmatch(r"dg_[\w-]{43}\n", made.stdout)
    assert "Ada" in listed.stdout
    assert made.stdout.strip() not in listed.stdout
    assert run("token", "--revoke", "Ada").exit_code == 0
    assert "Ada" not in run("token", "--list").stdout
    assert [run("token", "--revoke", "Ada").exit_code, run("token").exit_code] == [2, 2]


def test_prune_keeps_the_newest_and_the_current_release(run: Run, own_kb: Path, file: Path) -> None:
    run("build", kb=own_kb)
    run("accept", file)
    run("undo", 1)
    current = (own_kb / ".diplograph/current").read_text().strip()

    pruned = run("prune", "--keep", 1)

    left = [path.name for path in (own_kb / ".diplograph/releases").iterdir()]
    assert pruned.exit_code == 0
    assert current in left
    assert set(left) | {line.removeprefix("removed ") for line in pruned.stdout.splitlines()} > {current}
    assert run("prune").exit_code == 2
