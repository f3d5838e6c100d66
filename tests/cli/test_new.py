"""`diplograph new`: whatever the shapes know is made from options, and refused where it does not fit."""

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rdflib import RDF, RDFS, Literal, URIRef

from diplograph.changes.drafting import SORTS
from diplograph.cli import main, new
from diplograph.namespaces import DG, DGV, EDTF
from diplograph.rdf import turtle
from diplograph.sources import KnowledgeBase

Run = Callable[..., Result]
OWN = "https://example.org/kg/"
TEXT = "On Wednesday the ministry told the embassy. The envoy left the next day.\n"


@pytest.fixture(scope="module")
def based(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base that extends the package, with the text of a source; nothing writes into it."""
    folder = tmp_path_factory.mktemp("based") / "kb"
    new_base(folder)
    return folder


def new_base(folder: Path) -> None:
    made = CliRunner().invoke(main, ["init", str(folder), "--base", OWN])
    assert made.exit_code == 0, made.stderr
    (folder / "sources" / "gazette.txt").write_text(TEXT, encoding="utf-8")


@pytest.fixture
def own_base(based: Path, tmp_path: Path) -> Path:
    """One that the test may spoil."""
    return shutil.copytree(based, tmp_path / "own")


def own(kind: str, slug: str) -> URIRef:
    return URIRef(f"{OWN}id/{kind}/{slug}")


def made(run: Run, kb: Path, *arguments: object) -> Result:
    result = run("new", *arguments, kb=kb)
    assert result.exit_code == 0, result.stderr + result.stdout
    return result


ACT = ("--actor", "JP", "--target", "RU", "--date", "2022-04-27", "--realisation", "carried-out")


def test_a_block_that_is_shown_is_canonical_and_names_and_codes_stand_for_things(
    run: Run, based: Path, tmp_path: Path
) -> None:
    shown = made(run, based, "act", "--class", "Protest", "--label", "Japan protests", *ACT).stdout
    file = tmp_path / "shown.ttl"
    file.write_text(shown, encoding="utf-8")
    graph = turtle.read(file)
    act, time = own("act", "japan-protests"), own("time", "japan-protests")

    assert run("fmt", "--check", file, kb=based).exit_code == 0
    assert (act, RDF.type, DG.Protest) in graph
    assert str(graph.value(act, DG.actor)).endswith("/id/state/japan")
    assert graph.value(act, DG.realisation) == DGV["carried-out"]
    assert graph.value(time, DG.edtf) == Literal("2022-04-27", datatype=EDTF.EDTF)
    assert graph.value(time, DG.dateBasis) == DGV.stated


@pytest.mark.parametrize(
    ("date", "first", "last"),
    [
        ("2022-04", "2022-04-01", "2022-04-30"),
        ("2022-04-27T12:30:00Z", "2022-04-27", "2022-04-27"),
        ("[2022-04-01..2022-04-26]", "2022-04-01", "2022-04-26"),
        ("2022-04-29/2022-05-06", "2022-04-29", "2022-05-06"),
        ("[..2022-10-31]", None, "2022-10-31"),
        ("2022-21", "2022-03-01", "2022-05-31"),
        ("8 April 2022", "2022-04-08", "2022-04-08"),
        ("between 1 and 26 March 2018", "2018-03-01", "2018-03-26"),
        ("2022年4月", "2022-04-01", "2022-04-30"),
    ],
)
def test_dates_are_words_or_edtf_and_their_bounds_follow(
    run: Run, based: Path, date: str, first: str | None, last: str
) -> None:
    given = ("--actor", "JP", "--target", "RU", "--realisation", "carried-out", "--date", date)
    shown = made(run, based, "act", "--class", "Meeting", "--label", "Talks", *given).stdout
    graph = turtle.parse(shown)
    bounds = [graph.value(own("time", "talks"), bound) for bound in (DG.notBefore, DG.notAfter)]

    assert [str(day) if day else None for day in bounds] == [first, last]


def test_a_date_in_words_becomes_edtf_and_is_told(run: Run, based: Path) -> None:
    given = ("--actor", "JP", "--target", "RU", "--realisation", "carried-out", "--date")
    told = made(run, based, "act", "--class", "Meeting", "--label", "Talks", *given, "8-10 April 2022")

    edtf = turtle.parse(told.stdout).value(own("time", "talks"), DG.edtf)
    assert str(edtf) == "2022-04-08/2022-04-10"
    assert "8-10 April 2022: 2022-04-08/2022-04-10, from 8 to 10 April 2022" in told.stderr


def test_a_date_that_may_be_two_is_refused_with_both(run: Run, based: Path) -> None:
    given = ["03/04/2022" if one == "2022-04-27" else one for one in ACT]
    result = run("new", "act", "--class", "Protest", "--label", "Talks", *given, kb=based)

    assert result.exit_code == 2
    assert "2022-04-03 (3 April 2022) or 2022-03-04 (4 March 2022)" in " ".join(result.stderr.split())


def test_a_block_goes_into_a_file_and_keeps_what_is_there(run: Run, based: Path, tmp_path: Path) -> None:
    file = tmp_path / "more.ttl"
    made(run, based, "person", file, "--label", "Some Body", "--represents", "Japan")
    file.write_text("# reviewed\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    told = made(
        run, based, "claim", file, "--label", "A claim", "--by", "person:some-body", "--status", "attributed",
        "--proposition", "Relations are bad.",
    )  # fmt: skip
    text = file.read_text(encoding="utf-8")

    assert text.startswith("# reviewed\n")
    assert "dg:claimedBy person:some-body" in text
    assert "evidence add" in told.stderr
    assert "--for claim:a-claim" in told.stderr


def test_what_is_known_is_refused_and_named(run: Run, own_base: Path) -> None:
    file = own_base / "data" / "b1.ttl"
    made(run, own_base, "person", file, "--label", "Some Body", "--represents", "JP")
    before = file.read_bytes()
    again = run("new", "person", file, "--label", "Some Body", "--represents", "JP", kb=own_base)
    other = run(
        "new", "person", file, "--label", "Some Body", "--slug", "another", "--represents", "JP", kb=own_base
    )

    assert again.exit_code == 2
    assert "person:some-body: known already" in again.stderr
    assert other.exit_code == 0
    assert "named alike: person:some-body" in other.stderr
    assert file.read_bytes() != before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("person", "--label", "日本"), "Say --slug"),
        (("person", "--label", "A", "--slug", "Bad/Slug"), "is no slug"),
        (("act", "--label", "A", *ACT, "--class", "Sanctoin"), "is none of"),
        (("act", "--label", "A", "--actor", "Atlantis"), "--actor is Atlantis, which nothing defines"),
        (("act", "--label", "A", "--actor", "state:atlantis"), "which nothing defines"),
        (("act", "--label", "A", "--actor", "AUS"), "the name of several: say which"),
        (("act", "--label", "A", "--date", "2022-13"), "is no date"),
        (("act", "--label", "A", "--date", "soon"), "is no date"),
        (("act", "--label", "A", "--realisation", "done"), "which is none of these"),
        (("act", "--label", "A", "--target-count", "some"), "no whole number"),
        (("act", "--label", "A", "--role", "diplomat"), "--count"),
        (("person",), "Missing option '--label'"),
        (("act", "--label", "A"), "--acting-body: Nobody acts here."),
        (("act", "--class", "Vote", "--label", "A", *ACT), "--concerns: It is not said what the vote is on."),
        (
            ("act", "--class", "MissionChange", "--label", "A", *ACT, "--change-kind", "relations-severed"),
            "which is none of these",
        ),
        (
            ("act", "--label", "A", "--actor", "JP", "--target", "RU", "--realisation", "carried-out"),
            "--when: This act has no time.",
        ),
        (("act", "--label", "A", *ACT, "--date-basis", "nope"), "which is none of these"),
        (("act", "--label", "A", *ACT, "--date", "2021"), "--when is said once"),
        (("act", "--label", "A", "--date", "[2022..2021]"), "is no date"),
        (("act", "--label", "A\nB"), "not one line"),
        (("act", "--label", "A", "--actor", "act:foo", "--with-entities"), "of a kind that fits"),
        (("act", "--label", "A", "--actor", "vessel:foo"), "vessels and aircraft are assets, so asset:foo"),
        (("act", "--class", "ListingChange", "--label", "A", "--changes", "list:foo"), "--lists MEMBER"),
        (("act", "--label", "A", "--date", "202X"), "Write [2020..2029] for"),
        (("act", "--label", "A", "--date", "19XX"), "Write [1900..1999] for"),
        (("act", "--label", "A", "--amount", "1,000,000"), "no number: write 1000000"),
        (("act", "--label", "A", "--actor", "state:foo", "--with-entities"), "of this knowledge base"),
        (
            ("act", "--class", "Meeting", "--label", "A", "--participant", "person:ABC", "--with-entities"),
            "which nothing defines",
        ),
        (("concept", "--scheme", "nothing", "--label", "A", "--definition", "B."), "is no scheme"),
    ],
)
def test_what_is_wrong_or_missing_is_said_with_its_option_and_nothing_is_written(
    run: Run, based: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "new.ttl"
    result = run("new", arguments[0], file, *arguments[1:], kb=based)

    assert result.exit_code in (1, 2)
    assert said in " ".join(result.output.split())
    assert not file.exists()


def test_only_what_is_called_so_is_named_alike(run: Run, based: Path) -> None:
    def told(label: str) -> str:
        return made(run, based, "polity", "--label", label).stderr

    assert "named alike: state:indonesia" in told("Indonesa")
    assert "named alike" not in told("Union of Indonesians")


@pytest.mark.parametrize(("actor", "year"), [("Soviet Union", "2020"), ("Russia", "1985")])
def test_a_state_outside_its_years_is_remarked(run: Run, based: Path, actor: str, year: str) -> None:
    given = ("--label", "Talks", "--actor", actor, "--target", "JP", "--date", year)
    told = made(run, based, "act", "--class", "Meeting", *given, "--realisation", "carried-out").stderr

    assert "info: --actor: The act is of" in told
    assert "the years of Soviet Union are 1922 to 1991" in " ".join(told.split())


def test_ambiguous_codes_list_what_they_may_mean(run: Run, based: Path) -> None:
    told = run("new", "act", "--label", "A", "--actor", "AUS", kb=based).stderr

    assert "state:australia" in told
    assert "state:austria" in told


@pytest.mark.parametrize(
    ("arguments", "listed", "absent"),
    [
        (("act", "--class", "MilitaryAct", "--values", "form"), "air-strike  air strike: ", "amnesty"),
        (("act", "--class", "Expulsion", "--values", "--role"), "diplomat  diplomat: ", "stated"),
        (("sanction", "--values", "measure"), "travel-ban  travel ban: ", "diplomat"),
        (("act", "--values", "realisation"), "carried-out  carried out: ", "form-of"),
    ],
)
def test_all_values_of_an_option_are_listed_with_what_they_mean(
    run: Run, based: Path, arguments: tuple[str, ...], listed: str, absent: str
) -> None:
    lines = made(run, based, *arguments).stdout.splitlines()

    assert any(line.startswith(listed) for line in lines)
    assert not any(line.startswith(absent) for line in lines)
    assert len(lines) > new.NAMED


def test_forms_of_another_class_are_not_offered(run: Run, based: Path) -> None:
    def forms(group: str) -> set[str]:
        lines = made(run, based, "act", "--class", group, "--values", "form").stdout.splitlines()
        return {line.split()[0] for line in lines}

    assert {"persona-non-grata", "order-to-leave"} <= forms("Expulsion")
    assert {"statement", "note-verbale"} <= forms("Declaration")
    others = {"persona-non-grata", "order-to-leave", "statement", "message", "note-verbale"}
    assert others.isdisjoint(forms("Vote"))


def test_options_without_a_list_of_values_are_refused_with_those_that_have_one(run: Run, based: Path) -> None:
    told = run("new", "act", "--values", "actor", kb=based).stderr

    assert "'actor' is none of" in told
    assert "realisation" in told


def test_what_nothing_defines_is_made_when_that_is_asked_for(run: Run, based: Path) -> None:
    given = ("--label", "Talks", *ACT, "--participant", "person:some-minister")
    shown = made(run, based, "act", "--class", "Meeting", *given, "--with-entities").stdout
    graph = turtle.parse(shown)

    assert (own("person", "some-minister"), RDF.type, DG.Person) in graph
    assert graph.value(own("person", "some-minister"), RDFS.label) == Literal("Some minister", lang="en")


def test_on_a_terminal_what_is_missing_is_asked_for(
    run: Run, based: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = {"kind of change": "ambassador-recalled", "receiving side": "RU"}

    def prompt(text: str, **_: object) -> str:
        asked.append(text)
        return next((answer for title, answer in answers.items() if text.startswith(title)), "")

    monkeypatch.setattr(new, "is_terminal", lambda: True)
    monkeypatch.setattr(new.click, "prompt", prompt)
    given = ("--actor", "JP", "--date", "2022-04-27", "--realisation", "carried-out")
    shown = made(run, based, "act", "--class", "MissionChange", "--label", "A recall", *given).stdout

    assert "dg:changeKind dgv:ambassador-recalled" in shown
    assert any("mission-closed" in text or "accreditation-refused" in text for text in asked)
    assert not any(text.startswith("who acts") for text in asked)


def test_a_file_that_is_not_canonical_is_left_alone(run: Run, based: Path, tmp_path: Path) -> None:
    file = tmp_path / "loose.ttl"
    file.write_text("<urn:a> <urn:b> 1 . # a remark\n", encoding="utf-8")
    result = run("new", "person", file, "--label", "Some Body", "--represents", "JP", kb=based)

    assert result.exit_code == 2
    assert f"{file}: The file is not in canonical form" in result.stderr
    assert file.read_text(encoding="utf-8").endswith("# a remark\n")


def test_a_concept_of_ones_own_joins_a_scheme(run: Run, own_base: Path) -> None:
    file = own_base / "ontology" / "terms.ttl"
    words = ("--label", "gift", "--also", "贈り物@ja", "--definition", "A kind of aid that is a gift.")
    made(run, own_base, "concept", file, "--scheme", "aid", *words)
    graph = turtle.read(file)

    assert (
        URIRef(f"{OWN}vocab/gift"),
        RDF.type,
        URIRef("http://www.w3.org/2004/02/skos/core#Concept"),
    ) in graph
    again = run("new", "concept", file, "--scheme", "aid", *words, kb=own_base)
    assert "known already" in again.stderr


# Every kind, from options to a file that conforms: the commands of the codebook


def commands(root: Path) -> list[list[str]]:
    """The commands of the codebook, without the name of the program."""
    text = (root / "docs/codebook.md").read_text(encoding="utf-8").replace("\\\n", " ")
    return [shlex.split(line)[2:] for line in text.splitlines() if line.startswith("$ diplograph")]


@pytest.mark.slow
@pytest.mark.timeout(1200)  # four score of commands, each of which judges what it makes
def test_new_and_evidence_leave_check_nothing_to_say_for_every_kind(
    run: Run, own_base: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own_base / "data")
    file, text = Path("acts.ttl"), own_base / "sources/gazette.txt"
    told = ("--language", "en", "--copyright-notice", "none stated", "--published", "2022-04-28")
    made(run, own_base, "source", file, "--label", "A gazette", "--text", text, *told)
    needy: set[str] = set()
    for command in commands(root):
        assert command[0] == "new"
        needy |= asked_for(made(run, own_base, *command[1:]))
    things = [part for one in sorted(needy) for part in ("--for", one)]
    where = ("--source", "a-gazette", "--sources", text.parent, "--phrase", "The envoy left")
    added = run("evidence", "add", file, *where, *things, kb=own_base)
    report = json.loads(run("check", file, "--format", "json", kb=own_base).stdout)

    assert added.exit_code == 0, added.stderr
    assert [(one["shape"], one["focus"], one["message"]) for one in report["findings"]] == []
    assert report["uncovered"] == []


def asked_for(result: Result) -> set[str]:
    """What the command says to add evidence for."""
    words = result.stderr.split()
    return {words[number + 1] for number, word in enumerate(words) if word == "--for"}


def test_codebook_has_every_sort_and_every_class_of_acts(based: Path, root: Path) -> None:
    form = new.form_of(KnowledgeBase(based))
    acts = {one.removeprefix(str(DG)) for one in form.classes(DG.Act)} - {"Change", "Sanction"}
    given = commands(root)
    classes = {command[command.index("--class") + 1] for command in given if command[1] == "act"}

    assert {command[1] for command in given} == {*SORTS, "concept"} - {"source"}
    assert classes == acts
