"""A large graph is hashed after a change by its sorted lines, as it would be by reading all of it."""

import hashlib
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from diplograph.rdf import Dataset
from diplograph.release import lines
from diplograph.release.lines import SortedLines

GRAPH = "urn:graph"
LABEL = NamedNode("urn:label")


def triple(number: int, text: str = "x") -> Triple:
    return Triple(NamedNode(f"urn:{number}"), LABEL, Literal(text))


TRIPLES = [triple(number) for number in range(0, 200, 2)]
CHANGES = {
    "one more in the middle": ([], [triple(101)]),
    "the first and the last go": ([triple(0), triple(98)], []),
    "more before and behind all": ([], [triple(-1, ""), Triple(NamedNode("urn:z"), LABEL, Literal("é\n"))]),
    "one in the place of another": ([triple(50)], [triple(50, "y")]),
    "all go": (TRIPLES, []),
    "neighbours": ([triple(10), triple(12)], [triple(11), triple(13)]),
    "nothing": ([], []),
}


def stored(triples: list[Triple]) -> Dataset:
    made = Dataset.memory()
    made.extend(Quad(t.subject, t.predicate, t.object, NamedNode(GRAPH)) for t in triples)
    return made


def kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[SortedLines, str]:
    monkeypatch.setattr(lines, "LEAST", 1)
    found = stored(TRIPLES).canonical_lines(GRAPH)
    made = SortedLines(folder)
    made.keep(found)
    return made, hashlib.sha256(b"".join(found)).hexdigest()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_hash_after_a_change_is_that_of_the_graph_with_it(
    change: tuple[list[Triple], list[Triple]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, digest = kept(tmp_path, monkeypatch)
    gone, come = change
    after = stored([*(t for t in TRIPLES if t not in gone), *come])

    expected = hashlib.sha256(b"".join(after.canonical_lines(GRAPH))).hexdigest()
    assert made.changed(digest, gone, come) == expected


def test_lines_of_one_change_are_what_the_next_one_begins_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, digest = kept(tmp_path, monkeypatch)
    between = made.changed(digest, [triple(4)], [triple(5)])
    assert between is not None
    made.forget(but={between})

    assert made.changed(between, [triple(5)], [triple(4)]) == digest
    assert made.changed(digest, [], [triple(5)]) is not None
    assert sorted(path.suffix for path in (tmp_path / "lines").iterdir()) == [".nt"] * 3


def test_no_hash_comes_of_lines_that_are_missing_damaged_or_of_another_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, digest = kept(tmp_path, monkeypatch)
    assert made.changed("0" * 64, [], [triple(1)]) is None
    assert made.changed(digest, [triple(1)], []) is None
    assert made.changed(digest, [], [triple(2)]) is None
    assert made.changed(digest, [], [Triple(BlankNode("b"), LABEL, Literal("x"))]) is None

    path = tmp_path / "lines" / f"{digest}.nt"
    path.write_bytes(path.read_bytes()[:-1])
    assert made.changed(digest, [], [triple(1)]) is None
