"""What people see on a terminal of 80 columns: labels, dates in words, no word cut, links; and Ctrl-C."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rich.cells import cell_len

from diplograph.cli import STOPPED, VERBS

Run = Callable[..., Result]
Shown = Callable[..., str]
CONTROLS = re.compile(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;?]*[A-Za-z]")
EDTF = re.compile(r"\d{4}-\d{2}(-\d{2})?(\.\.|/|~|\])|\[\.\.")
ACT = "act:japan-expels-eight-russians-2022-04"


def plain(text: str) -> str:
    """The text without colours and links."""
    return CONTROLS.sub("", text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("describe", ACT),
        ("describe", "state:japan"),
        ("describe", "doc:a1"),
        ("find", "japan", "-n", "50"),
        ("tell", "japan", "russia"),
        ("tell", "japan", "russia", "--lang", "ru"),
        ("stats",),
        ("run", "--list"),
        ("doctor", "--port", "1"),
        (),
    ],
    ids=" ".join,
)
def test_no_line_is_wider_than_the_terminal_and_no_word_is_cut(
    on_terminal: Shown, root: Path, arguments: tuple[str, ...]
) -> None:
    narrow, wide = (plain(on_terminal(*arguments, kb=root, columns=columns)) for columns in (80, 500))

    assert set(narrow.split()) == set(wide.split())
    assert [line for line in narrow.splitlines() if len(line) > 80] == []
    assert not EDTF.search(narrow)


@pytest.mark.slow
def test_thing_is_described_by_labels_with_dates_in_words_and_links(on_terminal: Shown, root: Path) -> None:
    text = on_terminal("describe", ACT, kb=root)

    assert "\x1b]8;" in text
    assert "https://w3id.org/diplograph/id/state/russia\x1b\\Russia" in text
    lines = [line.split("  ", 1) for line in map(str.strip, plain(text).splitlines())]
    told = {name: value.strip() for name, value in (line for line in lines if len(line) == 2)}
    assert (told["target"], told["when"], told["stage"]) == (
        "Russia",
        "between 1 and 26 April 2022",
        "carried out",
    )


def test_description_goes_to_programs_in_turtle(run: Run, shared_kb: Path, tmp_path: Path) -> None:
    assert run("describe", "state:x", kb=shared_kb).stdout.startswith("@prefix")
    assert "What points here" in run("describe", "state:x", "-r", "text", kb=shared_kb).stdout
    assert run("describe", "state:x", "-r", "text", "-o", tmp_path / "x", kb=shared_kb).exit_code == 2


def test_description_of_what_is_no_iri_names_what_may_be_meant(run: Run, shared_kb: Path) -> None:
    result = run("describe", "エックス", kb=shared_kb)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Did you mean state:x (X)?" in result.stderr
    assert "diplograph find" in run("describe", "unheard of", kb=shared_kb).stderr


@pytest.mark.slow
def test_story_is_told_in_japanese_within_the_width(on_terminal: Shown, root: Path) -> None:
    lines = plain(on_terminal("tell", "JP", "Россия", "--lang", "ja", kb=root)).splitlines()

    assert lines[0] == "日本とロシア"
    assert any("2022年4月8日、日本はロシアの政府職員を国外に追放した。" in line for line in lines)
    assert [line for line in lines if cell_len(line) > 80] == []


@pytest.mark.parametrize("names", [("x", "y"), ("Y", "エックス"), ("state:x", "state:y")])
def test_states_of_a_story_are_named_in_any_way_and_a_pipe_gets_markdown(
    run: Run, shared_kb: Path, names: tuple[str, str]
) -> None:
    result = run("tell", *names, kb=shared_kb)

    assert result.exit_code == 0
    assert result.stdout.startswith("# X and Y\n")
    assert "[X expels](https://w3id.org/diplograph/id/act/x-expels)" in result.stdout


def test_story_of_what_is_no_state_exits_2(run: Run, shared_kb: Path) -> None:
    unknown, same = run("tell", "x", "act:x-expels", kb=shared_kb), run("tell", "x", "X", kb=shared_kb)

    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "There is no state 'act:x-expels'." in unknown.stderr
    assert (same.exit_code, same.stdout) == (2, "")


def test_things_are_found_by_label_with_their_class(on_terminal: Shown, shared_kb: Path) -> None:
    assert plain(on_terminal("find", "エックス", kb=shared_kb)) == "X  dg:State · state:x · エックス\n"


@pytest.mark.slow
def test_stats_tell_what_took_place_apart_from_what_was_only_intended(
    on_terminal: Shown, run: Run, root: Path
) -> None:
    text = " ".join(plain(on_terminal("stats", kb=root)).split())
    acts = json.loads(run("stats", "-r", "json", kb=root).stdout)["acts"]

    assert f"acts: {acts['took_place']} took place, {acts['only_intended']} were only planned" in text
    stages = acts["stages"]
    assert acts["took_place"] == stages["carried-out"] + stages["in-effect"] + stages["ordered"]
    assert acts["took_place"] + acts["only_intended"] + stages["announced"] == sum(stages.values())


def test_change_is_shown_by_graph_and_thing_under_labels(on_terminal: Shown, own_kb: Path) -> None:
    before = own_kb.parent / "before"
    shutil.copytree(own_kb, before)
    data = own_kb / "data" / "a1.ttl"
    text = data.read_text("utf-8").replace(
        "dg:target state:y", 'dg:target state:x ; dg:note "2022-04"^^edtf:EDTF'
    )
    data.write_text(text, "utf-8")

    assert plain(on_terminal("diff", before, own_kb, kb=own_kb)).splitlines() == [
        "dgg:a1",
        "  X expels",
        "    + dg:note: April 2022",
        "    + dg:target: X",
        "    - dg:target: Y",
    ]


# the command alone, and a verb that is none


def test_command_alone_says_in_eight_lines_what_every_verb_is_for(run: Run) -> None:
    result = run()

    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 8)
    assert set(VERBS) <= set(re.findall(r"[a-z]+", result.stdout))
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize(("verb", "said"), [("sevre", "Did you mean serve?"), ("xyzzy", "--help` lists")])
def test_verb_that_is_none_is_answered_with_near_ones(run: Run, verb: str, said: str) -> None:
    result = run(verb)

    assert result.exit_code == 2
    assert said in result.stderr


# Ctrl-C


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["build", "check"])
@pytest.mark.parametrize("after", [0.2, 0.4, 0.6, 0.8])
def test_ctrl_c_ends_a_command_at_once_without_a_word(
    root: Path, tmp_path: Path, verb: str, after: float
) -> None:
    for name in ("ontology", "data", "shapes", "queries"):
        shutil.copytree(root / name, tmp_path / name)
    command = [sys.executable, "-m", "diplograph.cli", verb, "--kb", str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as process:
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        code = process.wait(5)
        output, errors = process.communicate()

    # Python ends by the signal itself, which is 130 in shells, where one interrupted the making of a class
    assert code in (STOPPED, -signal.SIGINT)
    assert output == ""
    assert errors in ("", f"knowledge base {tmp_path}\n")  # what a verb that writes says first
