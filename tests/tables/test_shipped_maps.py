"""Maps that are shipped: of a file of the published layout all good rows go in, all bad ones are named."""

import re

import pytest

from diplograph import incremental
from diplograph.changes.blocks import KnownTerms, form_of
from diplograph.namespaces import in_space
from diplograph.rdf import turtle
from diplograph.tables import mapping
from diplograph.tables.importing import import_table
from table_layouts import GOOD, LAYOUTS

ROW = re.compile(r"row (\d+)")


def imported(base, tmp_path, name, layout):
    path = tmp_path / layout.file
    path.write_text(layout.text, encoding="utf-8")
    with in_space(base.base):
        terms = KnownTerms(base.root, base.root / "data" / f"{name}.ttl")
        return import_table(path, mapping.read(name), terms, form_of(base), sources=tmp_path / "sources")


def only_good(layout):
    """The layout without its bad rows."""
    if layout.file.endswith(".xml"):
        head, *entities = re.split(r"(?=<sanctionEntity)", layout.text.removesuffix("</export>"))
        return "".join([head, *entities[:GOOD], "</export>"])
    lines = layout.text.splitlines(keepends=True)
    return "".join(line for number, line in enumerate(lines, start=1) if number not in layout.wrong)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_bad_row_is_named_and_no_good_one_is(base, tmp_path, name):
    layout = LAYOUTS[name]()

    report = imported(base, tmp_path, name, layout).report

    assert {int(ROW.match(one.message)[1]) for one in report.findings} == layout.wrong, report.findings


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_good_row_goes_in_and_what_it_says_conforms(base, tmp_path, name):
    layout = LAYOUTS[name]()
    good = type(layout)(layout.file, only_good(layout), frozenset())

    made = imported(base, tmp_path, name, good)

    assert not made.report.findings
    assert (made.counts.rows, made.counts.untaken) == (GOOD, 0)
    with in_space(base.base):
        path = tmp_path / f"{name}.ttl"
        path.write_text(turtle.canonical_of(made.triples), encoding="utf-8")
        report = incremental.check(base, [path], graph=base.graph_named(name), limit=20)
    assert not [one for one in report.findings if one.severity == "violation"]
    assert not report.uncovered


def test_there_is_a_layout_for_every_map_that_is_shipped():
    assert sorted(LAYOUTS) == mapping.shipped()
