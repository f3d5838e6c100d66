"""`diplograph import`: a table put into a base of one's own, accepted, and asked."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from diplograph import release as releases
from diplograph.namespaces import in_space
from diplograph.rdf import turtle
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase

Run = Callable[..., Result]
ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "salisbury-2018"
PAIRS = 16
TABLE = "sources/salisbury-2018.csv"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, in which the test stands."""
    folder = tmp_path / "salisbury-2018"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".diplograph"))
    monkeypatch.delenv("DIPLOGRAPH_KB", raising=False)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def empty(example: Path) -> Path:
    """The same as it was before anything was imported."""
    (example / "data" / "salisbury-2018.ttl").unlink()
    meta = example / "data" / "meta.ttl"
    blocks = meta.read_text().split("\n\n")
    rest = "\n\n".join(one for one in blocks if not one.startswith("graph:"))
    meta.write_text(turtle.format_text(rest))
    return example


def test_the_example_is_what_its_table_and_its_map_make(run: Run, example: Path) -> None:
    file = example / "data" / "salisbury-2018.ttl"
    before = file.read_text()

    told = run("import", TABLE, "--map", "map.yaml")

    assert told.exit_code == 0, told.output
    assert "39 rows: 0 new, 0 changed, 39 as before" in told.stderr
    assert file.read_text() == before


def test_a_table_is_imported_accepted_and_asked(run: Run, empty: Path) -> None:
    imported = run("import", TABLE, "--map", "map.yaml")
    next_command = imported.stderr.rpartition("next: diplograph ")[2].split()
    accepted = run(*next_command)

    assert imported.exit_code == 0, imported.output
    assert accepted.exit_code == 0, accepted.output
    pairs = list(csv.DictReader(io.StringIO(run("run", "reciprocal-expulsions", "-r", "csv").stdout)))
    assert len(pairs) == PAIRS
    assert {one["basis"] for one in pairs} == {"answered"}
    with in_space(KnowledgeBase(empty).base):
        release = releases.current(Settings.resolve(empty))
    assert release is not None
    report = json.loads((release.path / "report.json").read_text())
    assert [one for one in report["findings"] if one["severity"] != "info"] == []


def test_its_rows_are_compared_with_the_table_as_sentences_are(run: Run, example: Path) -> None:
    told = run("evidence", "check", "--sources", "sources")

    assert told.exit_code == 0, told.output
    assert "39 spans: 39 matching" in told.output
    (example / TABLE).write_text((example / TABLE).read_text().replace("Croatia", "Kroatia"))
    assert run("evidence", "check", "--sources", "sources").exit_code == 1


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ("text", "salisbury-2018.csv:3:2: violation"),
        ("json", '"line": 3'),
        ("sarif", '"startLine": 3'),
        ("github", "line=3,endLine=3,col=2"),
    ],
)
def test_a_cell_that_means_nothing_is_told_in_the_formats_of_check(
    run: Run, empty: Path, form: str, place: str
) -> None:
    table = empty / TABLE
    table.write_text(table.read_text().replace("2,Britain", "2,Brittania"))

    told = run("import", TABLE, "--map", "map.yaml", "--format", form)

    assert told.exit_code == 1
    assert place in told.stdout
    assert "Brittania" in told.stdout
    assert not (empty / "data" / "salisbury-2018.ttl").exists()


def test_check_says_what_would_come_of_it_and_writes_nothing(run: Run, empty: Path) -> None:
    before = {path: path.read_bytes() for path in empty.rglob("*") if path.is_file()}

    told = run("import", TABLE, "--map", "map.yaml", "--check")

    assert told.exit_code == 0, told.output
    assert "conforms: 0 violations" in told.stdout
    assert {path: path.read_bytes() for path in empty.rglob("*") if path.is_file()} == before


def test_columns_and_rows_that_are_not_taken_are_told(run: Run, empty: Path) -> None:
    path = empty / "map.yaml"
    text = path.read_text().replace("  key:", "  if: {sender: [Russia]}\n  key:")
    path.write_text(text.replace(', wording: "${wording}"', "").replace("  answers:", "  # answers:"))

    told = run("import", TABLE, "--map", "map.yaml", "--check")

    assert "columns that the map does not take: wording, answers" in told.stderr
    assert "rows that no rule of the map is for: 19" in told.stderr


def test_a_graph_says_of_which_table_it_is_and_under_which_licence(run: Run, empty: Path) -> None:
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"

    run("import", TABLE, "--map", "map.yaml", "--set", f"licence={licence}")

    meta = (empty / "data" / "meta.ttl").read_text()
    block = next(one for one in meta.split("\n\n") if one.startswith("graph:salisbury-2018"))
    assert "prov:wasDerivedFrom doc:salisbury-2018 ;" in block
    assert f"dcterms:license <{licence}> ;" in block


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "Name the TABLE"),
        ((TABLE,), "Name the TABLE"),
        ((TABLE, "--map", "nothing.yaml"), "cannot be read"),
        ((TABLE, "--map", "map.yaml", "--set", "colour=red"), "'colour' is none of"),
        (("--template", "Expulsionn"), "no class of acts"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, empty: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run("import", *arguments)

    assert done.exit_code == 2
    assert told in " ".join(done.stderr.split())
    assert empty.exists()


def test_a_sheet_has_notes_and_pick_lists_and_is_read_by_its_map(run: Run, empty: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    path = empty / "acts.xlsx"
    assert run("import", "--template", "Expulsion", "-o", path).exit_code == 0

    book = openpyxl.load_workbook(path)
    sheet = book["acts"]
    heads = [cell.value for cell in sheet[1]]
    assert all(cell.comment for cell in sheet[1])
    lists = {
        cell.value: [row.value for row in column[1:]]
        for column in book["lists"].columns
        for cell in column[:1]
    }
    assert "Expulsion" in lists["class"]
    assert "Japan" in lists["actor"]
    assert "Soviet Union" not in lists["actor"]
    places = {str(one.sqref).split(":")[0].rstrip("2") for one in sheet.data_validations.dataValidation}
    assert len(places) == len({head for head in lists if head})
    row = {"id": 1, "class": "Expulsion", "actor": "Japan; France", "target": "Russia", "stage": "ordered"}
    row |= {"count": 8, "role": "diplomat", "date": "2022-04-08"}
    for head, value in row.items():
        sheet.cell(row=2, column=heads.index(head) + 1, value=value)
    book.save(path)

    told = run("import", path, "--map", "sheet", "--set", "slug=mine", "--check")

    assert told.exit_code == 0, told.output
    assert "1 row: 1 new" in told.stderr


def test_the_maps_that_are_shipped_are_listed(run: Run) -> None:
    lines = run("import", "--maps").stdout.splitlines()

    assert any(line.startswith("icews ") for line in lines)
