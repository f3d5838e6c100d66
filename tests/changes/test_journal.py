"""The journal: what is in it is whole, and what a crash or a full disk left is not in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from diplograph.changes.journal import Change, Content, GraphChange, Journal
from diplograph.errors import EngineUnavailable, UnknownResource

GRAPH = "https://w3id.org/diplograph/graph/a1"


def change(number: int, **more: object) -> Change:
    facts = {GRAPH: GraphChange(None, "ab" * 32, 2, 0)}
    return Change(number, "2024-01-01T00:00:00+00:00", "Ada", "éclair\n", facts, "0" * 16, **more)


def content(number: int) -> Content:
    return Content({"data/a1.ttl": f"# {number} ü\n", "data/b.ttl": None}, f'<urn:a> <urn:b> "{number}" .\n')


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    made = Journal(tmp_path)
    for number in (1, 2, 3):
        made.append(change(number, key="k"), content(number))
    return made


@pytest.fixture
def file(journal: Journal) -> Path:
    return journal.state / "journal" / "changes"


def test_changes_come_back_as_they_went_in(journal: Journal) -> None:
    again = Journal(journal.state)

    assert again.changes() == [change(number, key="k") for number in (1, 2, 3)]
    assert [again.content(record) for record in again.records()] == [content(n) for n in (1, 2, 3)]


def test_an_empty_state_has_an_empty_journal(tmp_path: Path) -> None:
    assert (Journal(tmp_path).changes(), Journal(tmp_path).applied()) == ([], 0)


def test_what_is_not_marked_as_applied_is_pending(journal: Journal) -> None:
    journal.mark(2)

    assert [record.change.number for record in journal.pending()] == [3]
    with pytest.raises(UnknownResource):
        journal.find(4)


def test_a_torn_last_record_is_dropped_at_whatever_byte_it_was_cut(journal: Journal, file: Path) -> None:
    whole = file.read_bytes()
    for end in range(journal.records()[2].start, len(whole)):
        file.write_bytes(whole[:end])
        assert [c.number for c in journal.changes()] == [1, 2]

    journal.append(change(3), content(7))

    assert [journal.content(record) for record in journal.records()] == [content(n) for n in (1, 2, 7)]


@pytest.mark.parametrize("tail", [b"\0" * 4096, b"diplograph-change 4 5 5 zz", b"\xff\xfe\n\n", b"\n"])
def test_blocks_that_were_never_written_are_dropped(journal: Journal, file: Path, tail: bytes) -> None:
    with file.open("ab") as stream:
        stream.write(tail)

    assert len(journal.changes()) == 3


def test_a_last_record_of_the_right_length_with_a_hole_in_it_is_dropped(journal: Journal, file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[-40:-20] = b"\0" * 20
    file.write_bytes(whole)

    assert len(journal.changes()) == 2


@pytest.mark.parametrize("offset", [0, 20, 100])
def test_damage_before_the_last_record_is_reported_and_nothing_is_taken_for_torn(
    journal: Journal, file: Path, offset: int
) -> None:
    start = journal.records()[1].start
    whole = bytearray(file.read_bytes())
    whole[start + offset : start + offset + 20] = b"#" * 20
    file.write_bytes(whole)

    with pytest.raises(EngineUnavailable, match="damaged"):
        journal.append(change(4), content(4))
    assert file.read_bytes() == bytes(whole)


def test_content_that_changed_on_disk_is_not_given_out(journal: Journal, file: Path) -> None:
    record = journal.records()[0]
    whole = file.read_bytes()
    file.write_bytes(whole[: record.body] + whole[record.body :].replace(b"# 1", b"# 9", 1))

    with pytest.raises(EngineUnavailable, match="damaged"):
        journal.content(journal.records()[0])


FULL = f"""
import resource, signal, sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from changes.test_journal import change, content
from diplograph.errors import NoSpace
from diplograph.changes.journal import Content, Journal
journal = Journal(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    journal.append(change(4), Content({{"data/a1.ttl": "x" * 50_000}}))
except NoSpace as error:
    print(error)
journal.append(change(4), content(4))
"""


def test_a_full_disk_leaves_the_journal_as_it_was(journal: Journal) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(journal.state)], capture_output=True, text=True, check=True
    )

    assert done.stdout == "The disk is full; nothing was changed.\n"
    assert journal.content(journal.find(4)) == content(4)
