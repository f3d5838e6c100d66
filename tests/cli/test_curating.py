"""The verbs that a curator works with before and while writing: find, new, evidence."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rdflib import Literal

import tiny_kb
from diplograph.namespaces import DG, ID, OA, short
from diplograph.rdf import turtle

Run = Callable[..., Result]


def test_find_tells_what_is_named_like_a_text(run: Run, shared_kb: Path) -> None:
    result = run("find", "エックス", kb=shared_kb)

    assert result.exit_code == 0
    assert result.stdout == "100.0  state:x  X  (エックス)\n"


def test_find_narrows_by_kind_and_gives_json(run: Run, shared_kb: Path) -> None:
    result = run("find", "expels x", "--kind", "act", "-r", "json", kb=shared_kb)

    found = json.loads(result.stdout)
    assert found[0]["label"] == "X expels"
    assert {short(one["iri"]).partition(":")[0] for one in found} == {"act"}


def test_find_of_nothing_exits_1_and_says_what_may_have_been_meant(run: Run, shared_kb: Path) -> None:
    unknown = run("find", "unheard of", kb=shared_kb)
    misspelled = run("find", "expolls", kb=shared_kb)

    assert (unknown.exit_code, unknown.stdout) == (misspelled.exit_code, misspelled.stdout) == (1, "")
    assert "nothing is named like this; names are searched" in unknown.stderr
    assert "did you mean act:x-expels (X expels)?" in misspelled.stderr


def test_find_that_shows_a_part_says_of_how_many(run: Run, shared_kb: Path) -> None:
    run("build", kb=shared_kb)
    some = run("find", "expels", "-n", "1", kb=shared_kb)
    every = run("find", "expels", kb=shared_kb)

    assert some.stdout == every.stdout.splitlines(keepends=True)[0]
    assert "the first 1 of 3 that are named like this" in some.stderr
    assert "the first" not in every.stderr


def test_find_reads_sources_that_do_not_conform_and_the_release_where_they_are_unreadable(
    run: Run, own_kb: Path
) -> None:
    assert run("build", kb=own_kb).exit_code == 0
    release = run("find", "Y expels", kb=own_kb)
    more = own_kb / "data" / "more.ttl"
    text = 'act:bare a dg:Act ; skos:altLabel "Bare words"@en .'
    more.write_text(tiny_kb.PROLOGUE + text, encoding="utf-8")
    refused = run("build", kb=own_kb)
    sources = run("find", "bare words", kb=own_kb)
    more.write_text("no Turtle", encoding="utf-8")
    unreadable = run("find", "Y expels", kb=own_kb)

    assert refused.exit_code != 0
    assert "act:y-expels" in release.stdout
    assert "searched" not in release.stderr
    assert "act:bare" in sources.stdout
    assert "searched: the sources" in sources.stderr
    assert unreadable.stdout == release.stdout
    assert "searched: release" in unreadable.stderr


def written(run: Run, kb: Path, file: Path, *arguments: str) -> str:
    """What a verb puts into a file, which has to stay canonical."""
    result = run(*arguments, kb=kb)
    assert result.exit_code == 0, result.stderr
    assert run("fmt", "--check", file).exit_code == 0
    return file.read_text(encoding="utf-8")


# evidence: from a source to a span, and back when the source is revised

TEXT = "The envoy left. Никто не ответил. 大使は帰国した。 The envoy came back."


@pytest.fixture
def sourced(run: Run, own_kb: Path, tmp_path: Path) -> tuple[Path, Path, Path]:
    """A knowledge base with a source of its own, the folder of sources, and the file of its graph."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "s.txt").write_bytes(TEXT.encode())
    file = own_kb / "data" / "s.ttl"
    terms = (
        "dg:evidence a owl:ObjectProperty ; schema:domainIncludes dg:Act .\n"
        "dg:PinnedDocument a owl:Class . dg:codePointLength a owl:DatatypeProperty .\n"
    )
    (own_kb / "ontology" / "terms.ttl").write_text(tiny_kb.PROLOGUE + terms, encoding="utf-8")
    arguments = ("--label", "A source", "--slug", "s", "--text", str(folder / "s.txt"))
    written(run, own_kb, file, "new", "source", str(file), *arguments)
    return own_kb, folder, file


def add(run: Run, sourced: tuple[Path, Path, Path], *arguments: str) -> Result:
    kb, folder, file = sourced
    return run("evidence", "add", file, "--source", "s", "--sources", folder, *arguments, kb=kb)


def test_evidence_is_made_from_a_phrase_and_holds_no_word_of_it(
    run: Run, sourced: tuple[Path, Path, Path]
) -> None:
    kb, folder, file = sourced
    made = add(run, sourced, "--phrase", "大使は帰国した")

    text = file.read_text(encoding="utf-8")
    assert made.exit_code == 0
    assert "大使" not in text
    assert "ev:s-34-41" in text
    assert turtle.read(file).value(ID["span/s-34-41"], DG.sentenceNumber) == Literal(3)
    assert run("fmt", "--check", file).exit_code == 0
    checked = run("evidence", "check", "--sources", folder, kb=kb)
    assert (checked.exit_code, checked.stdout) == (0, "1 spans: 1 matching\n")


def test_a_span_that_is_known_is_used_again(run: Run, sourced: tuple[Path, Path, Path]) -> None:
    add(run, sourced, "--range", "0", "15")
    graded = add(run, sourced, "--phrase", "The envoy left.", "--certainty", "low")
    again = add(run, sourced, "--range", "0", "15")

    graph = turtle.read(sourced[2])
    assert graded.exit_code == 0
    assert set(graph.subjects(OA.hasTarget, ID["span/s-0-15"])) == {
        ID["evidence/s-0-15"],
        ID["evidence/s-0-15-low"],
    }
    assert (again.exit_code, again.stdout) == (0, "ev:s-0-15\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--phrase", "The envoy"), "The phrase occurs 2 times"),
        (("--phrase", "The envoy", "--which", "3"), "The phrase occurs 2 times"),
        (("--phrase", "The minister"), "does not occur"),
        (("--phrase", " "), "at least one word"),
        (("--range", "0", "16"), "Without spaces it is 0-15"),
        (("--range", "5", "5"), "is no passage"),
        (("--range", "0", "999"), "is no passage"),
        (("--range", "-4", "5"), "is no passage"),
        ((), "one of them"),
        (("--range", "0", "3", "--phrase", "The"), "one of them"),
    ],
)
def test_a_passage_that_is_not_one_is_refused_with_the_places(
    run: Run, sourced: tuple[Path, Path, Path], arguments: tuple[str, ...], said: str
) -> None:
    before = sourced[2].read_bytes()
    result = add(run, sourced, *arguments)

    assert result.exit_code == 2
    assert said in result.stderr
    assert sourced[2].read_bytes() == before
    if "2 times" in said:
        assert "0-9\n43-52\n" in result.stderr


def test_of_a_phrase_that_occurs_twice_the_one_that_is_named_is_taken(
    run: Run, sourced: tuple[Path, Path, Path]
) -> None:
    assert add(run, sourced, "--phrase", "The envoy", "--which", "2").exit_code == 0
    assert "ev:s-43-52" in sourced[2].read_text(encoding="utf-8")


def test_a_terminal_is_asked_which_of_two_places_is_meant(sourced: tuple[Path, Path, Path]) -> None:
    kb, folder, file = sourced
    ours, theirs = os.openpty()
    os.write(ours, b"2\n")
    command = [sys.executable, "-m", "diplograph.cli", "evidence", "add", file, "--source", "s"]
    options = ["--kb", kb, "--sources", folder, "--phrase", "The envoy"]
    done = subprocess.run([*command, *options], stdin=theirs, stderr=subprocess.PIPE, check=False)
    os.close(ours)
    os.close(theirs)

    assert done.returncode == 0
    assert "2: 43-52  … t. Никто не ответил. 大使は帰国した。 The envoy came back. …" in done.stderr.decode()
    assert "ev:s-43-52" in file.read_text(encoding="utf-8")


def test_evidence_is_attached_to_what_the_file_describes(run: Run, sourced: tuple[Path, Path, Path]) -> None:
    kb, _, file = sourced
    for label in ("Act 1", "Act 2"):
        written(run, kb, file, "new", "act", str(file), "--label", label)
    both = ("--for", "act:act-1", "--for", "act:act-2")
    made = add(run, sourced, "--range", "0", "15", *both)

    assert made.exit_code == 0
    things = set(turtle.read(file).subjects(DG.evidence, ID["evidence/s-0-15"]))
    assert things == {ID["act/act-1"], ID["act/act-2"]}
    assert run("fmt", "--check", file).exit_code == 0
    assert add(run, sourced, "--range", "0", "15", *both).stdout == "ev:s-0-15\n"


def test_evidence_that_is_known_is_attached_to_one_more_thing(
    run: Run, sourced: tuple[Path, Path, Path]
) -> None:
    kb, _, file = sourced
    add(run, sourced, "--range", "0", "15")
    written(run, kb, file, "new", "act", str(file), "--label", "Act 1")

    assert add(run, sourced, "--range", "0", "15", "--for", "act:act-1").exit_code == 0
    assert turtle.read(file).value(ID["act/act-1"], DG.evidence) == ID["evidence/s-0-15"]


def test_commands_that_write_one_file_at_once_all_leave_what_they_made(
    run: Run, sourced: tuple[Path, Path, Path]
) -> None:
    kb, folder, file = sourced
    place = ("evidence", "add", file, "--source", "s", "--kb", kb, "--sources", folder)
    commands: list[tuple[object, ...]] = [
        *(("new", "act", file, "--label", f"Act {number}", "--kb", kb) for number in range(4)),
        *((*place, "--range", 0, end) for end in (3, 9, 14, 15)),
        *([("fmt", file)] * 2),
    ]
    program = (sys.executable, "-m", "diplograph.cli")
    started = [
        subprocess.Popen([*program, *map(str, one)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for one in commands
    ]
    ended = [(one.communicate()[1], one.returncode) for one in started]

    assert [code for _, code in ended] == [0] * len(commands), ended
    made = set(turtle.read(file).subjects())
    assert {ID[f"act/act-{number}"] for number in range(4)} <= made
    assert {ID[f"evidence/s-0-{end}"] for end in (3, 9, 14, 15)} <= made
    assert run("fmt", "--check", file).exit_code == 0


def test_evidence_is_attached_to_nothing_that_the_file_does_not_describe(
    run: Run, sourced: tuple[Path, Path, Path]
) -> None:
    before = sourced[2].read_bytes()
    elsewhere = add(run, sourced, "--range", "0", "15", "--for", "act:x-expels")
    arguments = ("--source", "s", "--sources", sourced[1], "--range", 0, 15, "--for", "act:x-expels")
    nowhere = run("evidence", "add", *arguments, kb=sourced[0])

    assert "The file says nothing of act:x-expels" in elsewhere.stderr
    assert "name it" in nowhere.stderr
    assert (elsewhere.exit_code, nowhere.exit_code) == (2, 2)
    assert sourced[2].read_bytes() == before


def test_list_shows_the_sentences_of_a_source_and_what_rests_on_each(
    run: Run, sourced: tuple[Path, Path, Path]
) -> None:
    kb, folder, file = sourced
    written(run, kb, file, "new", "act", str(file), "--label", "Act 1")
    add(run, sourced, "--phrase", "the ENVOY left", "--for", "act:act-1")
    add(run, sourced, "--phrase", "Никто")
    arguments = ("evidence", "list", "s", "--sources", folder)

    told = run(*arguments, kb=kb).stdout.splitlines()
    facts = json.loads(run(*arguments, "--json", "--open").stdout)

    assert told[0] == "0-15\t1\tThe envoy left."
    assert told[1] == "16-33\t-\tНикто не ответил."
    assert told[-1] == "4 sentences, 1 of them evidence for something: 25.0 %"
    assert (facts["source"], facts["total"], facts["percent"]) == (str(ID["document/s"]), 4, 25.0)
    assert [one["start"] for one in facts["sentences"]] == [16, 34, 43]
    assert facts["sentences"][0]["evidence"] == [str(ID["evidence/s-16-21"])]


def test_list_needs_the_text(run: Run, sourced: tuple[Path, Path, Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    absent = run("evidence", "list", "s", "--sources", tmp_path / "empty", kb=sourced[0])

    assert (absent.exit_code, "s.txt is not in" in absent.stderr) == (2, True)


def test_evidence_is_not_made_for_a_source_that_is_absent_revised_or_unrecorded(
    run: Run, sourced: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    kb, folder, _ = sourced
    (tmp_path / "empty").mkdir()
    absent = run("evidence", "add", "--source", "s", "--sources", tmp_path / "empty", "--range", 0, 3, kb=kb)
    unrecorded = run("evidence", "add", "--source", "t", "--sources", folder, "--range", 0, 3, kb=kb)
    (folder / "s.txt").write_bytes(TEXT.encode() + b"!")
    revised = add(run, sourced, "--range", "0", "3")

    assert "s.txt is not in" in absent.stderr
    assert "No text is recorded" in unrecorded.stderr
    assert "is not the text that was recorded" in revised.stderr
    assert {absent.exit_code, unrecorded.exit_code, revised.exit_code} == {2}


def test_a_revised_source_opens_the_review_of_what_rests_on_the_change(
    run: Run, sourced: tuple[Path, Path, Path]
) -> None:
    kb, folder, file = sourced
    for place in (("0", "15"), ("43", "63")):
        add(run, sourced, "--range", *place)
    for number, proof in enumerate(("ev:s-0-15", "ev:s-43-63")):
        label = f"Act {number}"
        written(run, kb, file, "new", "act", str(file), "--label", label, "--evidence", proof)
    (folder / "s.txt").write_bytes(TEXT.replace("left", "stayed").encode())

    told = run("evidence", "check", "--sources", folder, kb=kb)
    facts = json.loads(run("evidence", "check", "--sources", folder, "--format", "json", kb=kb).stdout)

    assert told.exit_code == 1
    assert "act:act-0  Act 0  rests on span:s-0-15" in told.stdout
    assert "act:act-1" not in told.stdout
    assert "s.txt:43-63: moved, now at 45-65" in told.stdout
    assert [one["thing"] for one in facts["review"]] == [str(ID["act/act-0"])]


DATED = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
PREFIX person: <https://w3id.org/diplograph/id/person/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX time: <https://w3id.org/diplograph/id/time/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
time:example a dg:TimeSpan ; dg:notBefore "2022-04-27" , "2022-04-28T00:00:00"^^xsd:dateTime .
person:example a dg:Person ; rdfs:label "Example"@en .
"""


@pytest.mark.slow
def test_fix_makes_what_changes_no_meaning_formats_and_says_so(run: Run, root: Path, tmp_path: Path) -> None:
    file = tmp_path / "dated.ttl"
    file.write_text(DATED, encoding="utf-8")

    result = run("check", file, "--fix", "--against", "none", "--format", "json", kb=root)

    text = file.read_text(encoding="utf-8")
    assert f'{file}:6: Write "2022-04-27"^^xsd:date\n{file}: formatted\n' in result.stderr
    assert '"2022-04-27"^^xsd:date' in text
    assert "dateTime" in text
    assert run("fmt", "--check", file).exit_code == 0
    lines = {one["line"] for one in json.loads(result.stdout)["findings"]}
    assert max(lines) > 6
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.slow
def test_fix_keeps_comments_that_formatting_would_lose(run: Run, root: Path, tmp_path: Path) -> None:
    file = tmp_path / "dated.ttl"
    file.write_text(f"{DATED}# to be continued\n", encoding="utf-8")

    result = run("check", file, "--fix", "--against", "none", kb=root)

    assert "not formatted, for it would lose the comments in line 8" in result.stderr
    assert (
        file.read_text(encoding="utf-8")
        == DATED.replace('"2022-04-27"', '"2022-04-27"^^xsd:date') + "# to be continued\n"
    )


def test_fix_needs_files_to_mend(run: Run, shared_kb: Path) -> None:
    for arguments in ((), ("-",)):
        result = run("check", *arguments, "--fix", kb=shared_kb, stdin="")
        assert (result.exit_code, "--fix mends files" in result.stderr) == (2, True)
