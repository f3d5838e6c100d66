"""Fixes: for each finding of the closed list a real broken file, the proposal, and the file checked again."""

from pathlib import Path
from typing import NamedTuple

import pytest

from diplograph.rdf import turtle
from diplograph.sources import KnowledgeBase
from diplograph.validation import check, fixes
from diplograph.validation.report import Edit, Fix

BAD = Path("tests/shapes/bad")


class Case(NamedTuple):
    """A bad example, changed or not; the shape that objects; and what its fix is like."""

    name: str
    shape: str
    title: str
    text: str
    safe: bool = False
    old: str = ""
    new: str = ""
    content: bool = True


CASES = (
    Case("Act-evidence--none", "Act-evidence", "evidence add", "ev:SOURCE-START-END", content=False),
    Case("TimeSpan-edtf--plain-text", "TimeSpan-edtf", "Write", '"2022-04-27"^^<http', safe=True),
    Case(
        *("TimeSpan-edtf--plain-text", "TimeSpan-notBefore", "Write", 'notBefore "2022-04-27"^^xsd:date'),
        *(True, 'notBefore "2022-04-27"^^xsd:date', 'notBefore "2022-04-27"'),
    ),
    Case("TimeSpan-notBefore--date-time", "TimeSpan-notBefore", "Write", 'Before "2022-04-27"^^xsd:date'),
    Case("Group-memberCount--text", "Group-memberCount", "Write 2", "Count 2 ;", True, '"two"', '"2"'),
    Case("Name-nameText--no-language", "Name-nameText", "English", 'Co"@en'),
    Case(
        *("UndefinedName--thing", "UndefinedName", "state:indonesia meant?", "dg:target state:indonesia ;"),
        *(False, "state:atlantis", "state:indonesa", False),
    ),
    Case(
        *("TimeSpan-notBefore-order--reversed", "TimeSpan-notBefore-order", "change places"),
        'dg:notAfter "2022-04-28"',
    ),
    Case(
        *("TimeSpan-notBefore-order--reversed", "TimeSpan-notBefore-order", "change places"),
        *('dg:notAfter "2022-04-28"', True, '-27"^^edtf:EDTF ;', '-27/2022-04-28"^^edtf:EDTF ;'),
    ),
    Case(
        *("Position-start-order--reversed", "Position-start-order", "change places", "oa:start 60"),
        *(False, "oa:start 60", "oa:start 80"),
    ),
    Case(
        *("Scheme-topic--another-scheme", "UndefinedName", "dgv:ukraine-war", "dg:topic dgv:ukraine-war ;"),
        *(False, "topic dgv:high", "topic dgv:ukraine-warr"),
    ),
    Case("Scheme-realisation--heading", "Scheme-realisation", "meant?", "dg:realisation dgv:"),
)
HOPELESS = ("TimeSpan-notBefore--no-such-day", "Group-memberCount--text", "Position-start-order--reversed")


def findings(root, paths):
    """What is found in files, judged together with the ontology alone, by file."""
    found = check(KnowledgeBase(root), list(paths), against="none").findings
    return {path: [f for f in found if f.file == str(path)] for path in paths}


def of_shape(found, shape):
    return [f for f in found if f.shape.endswith(f"#{shape}")]


@pytest.fixture(scope="module")
def checked(root, tmp_path_factory):
    """Each case with its fix, its file with the fix made, and what the shape finds in that.

    The files are judged in one run: what they call example gets a name of its own in each.
    """
    folder = tmp_path_factory.mktemp("fixes")
    paths = [folder / f"{number}.ttl" for number, _ in enumerate((*CASES, *HOPELESS))]
    named = [(case.name, case.old, case.new) for case in CASES] + [(name, "", "") for name in HOPELESS]
    for number, (path, (name, old, new)) in enumerate(zip(paths, named, strict=True)):
        text = (root / BAD / f"{name}.ttl").read_text(encoding="utf-8")
        assert old in text
        text = text.replace(old, new) if old else text
        path.write_text(text.replace("example", f"case{number}"), encoding="utf-8")
    before = findings(root, paths)
    proposed = []
    for path, case in zip(paths, CASES, strict=False):
        (finding,) = [f for f in of_shape(before[path], case.shape) if f.fix]
        text, made = fixes.applied(path.read_text(encoding="utf-8"), [finding.fix])
        assert made == [finding.fix]
        path.write_text(text, encoding="utf-8")
        proposed.append(finding.fix)
    after = findings(root, paths)
    left = [of_shape(after[path], case.shape) for path, case in zip(paths, CASES, strict=False)]
    hopeless = [f.fix for path in paths[len(CASES) :] for f in before[path]]
    return list(zip(proposed, paths, left, strict=False)), hopeless


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{n}-{c.shape}" for n, c in enumerate(CASES)])
def test_a_fix_mends_what_was_found(checked, number):
    case, (fix, path, left) = CASES[number], checked[0][number]

    assert case.title in fix.title
    assert fix.safe is case.safe
    assert any(line.startswith("+") for line in fix.diff.splitlines())
    assert case.text in path.read_text(encoding="utf-8")
    if case.content:
        assert left == []


@pytest.mark.slow
def test_what_nobody_can_know_gets_no_fix(checked):
    assert checked[1]
    assert not any(checked[1])


def edit(line, column, end_line, end_column, text):
    return Fix("x", (Edit(line, column, end_line, end_column, text),), safe=True)


def test_edits_are_made_at_their_places_whatever_their_order():
    text, made = fixes.applied(
        "ab\n日本\nef\n", [edit(3, 1, 3, 2, "E"), edit(2, 2, 2, 3, "X\nY"), edit(1, 3, 1, 3, "!")]
    )

    assert text == "ab!\n日X\nY\nEf\n"
    assert len(made) == 3


@pytest.mark.parametrize("other", [edit(1, 2, 1, 4, "Y"), edit(1, 1, 1, 3, "Y"), edit(1, 1, 1, 2, "Y")])
def test_of_two_fixes_for_the_same_characters_the_first_is_made(other):
    text, made = fixes.applied("abcdef", [edit(1, 1, 1, 3, "X"), other])

    assert (text, made) == ("Xcdef", [edit(1, 1, 1, 3, "X")])


def test_a_name_is_written_short_only_where_its_prefix_is_declared():
    declared = fixes.declared_in(
        "@prefix s: <https://example.org/s/> .\nPREFIX t: <https://example.org/t/>\n"
    )

    assert fixes.iri("https://example.org/s/a-1", declared) == "s:a-1"
    assert fixes.iri("https://example.org/t/a.b", declared) == "<https://example.org/t/a.b>"
    assert fixes.iri("https://example.org/u/a", declared) == "<https://example.org/u/a>"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# head\nPREFIX a: <urn:a:>\n# more\na:b a:c 1 .\n", []),
        ("a:b a:c 1 . # tail\n", [1]),
        ("# head\n<urn:a> <urn:b> '#no', <urn:x#y> ;\n  # inside\n  <urn:c> 1 .\n# end\n", [3, 5]),
    ],
)
def test_comments_that_the_canonical_form_loses_are_known_by_line(text, lines):
    assert [found.line for found in turtle.remarks(text) if not found.in_head] == lines
