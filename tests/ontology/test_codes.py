"""Every code of PLOVER and CAMEO can be said: the table of codes names classes and concepts that exist."""

import csv
import re
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef

from diplograph.namespaces import DG, DGV

CAMEO_ROOTS = {f"{number:02}" for number in range(1, 21)}
CLASS_VALUED = {"threatens", "envisages", "discontinues"}
"""Properties of acts whose value is an act or a matter; the table names the class of it."""
SCHEMES = {
    "aidType": DGV.aid,
    "changeKind": DGV.change,
    "form": DGV.form,
    "outcome": DGV.outcome,
    "stance": DGV.stance,
}
Row = dict[str, str]


@pytest.fixture(scope="module")
def rows(root: Path) -> list[Row]:
    with (root / "ontology/codes.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def codes(rows: list[Row], scheme: str) -> set[str]:
    return {row["code"] for row in rows if row["scheme"] == scheme}


def test_every_type_and_mode_of_plover_has_a_row(rows: list[Row], vocabulary: Graph) -> None:
    concepts = vocabulary.subjects(SKOS.inScheme, DGV.plover)

    assert codes(rows, "plover") == {str(vocabulary.value(each, SKOS.notation)) for each in concepts}


def test_every_root_of_cameo_has_a_row_and_every_code_has_its_root(rows: list[Row]) -> None:
    found = codes(rows, "cameo")

    assert found >= CAMEO_ROOTS
    assert {code[:2] for code in found} == CAMEO_ROOTS
    assert all(re.fullmatch(r"[0-9]{2,4}", code) for code in found)
    assert len(found) == len([row for row in rows if row["scheme"] == "cameo"])


def test_table_holds_every_code_of_the_published_lists(rows: list[Row], root: Path) -> None:
    published = root.parent / "shared" / "codes"
    if not published.is_dir():
        pytest.skip("the published lists are not at hand")
    with (published / "plover.tsv").open(encoding="utf-8") as file:
        plover = {"/".join(filter(None, line[:2])) for line in csv.reader(file, delimiter="\t")} - {
            "type/mode"
        }
    with (published / "cameo-to-plover.tsv").open(encoding="utf-8") as file:
        cameo = {line[0] for line in csv.reader(file, delimiter="\t")} - {"cameo"}

    assert plover - codes(rows, "plover") == set()
    assert cameo - codes(rows, "cameo") == set()


def test_every_row_names_a_class_and_a_value_that_exist(
    rows: list[Row], core: Graph, vocabulary: Graph
) -> None:
    for row in rows:
        assert (DG[row["class"]], RDF.type, OWL.Class) in core, row
        assert bool(row["property"]) == bool(row["value"]), row
        for topic in row["topic"].split():
            assert (DGV[topic], SKOS.inScheme, DGV.topic) in vocabulary, row
        if row["property"] in CLASS_VALUED:
            assert (DG[row["value"]], RDF.type, OWL.Class) in core, row
        elif row["property"]:
            assert (DGV[row["value"]], SKOS.inScheme, SCHEMES[row["property"]]) in vocabulary, row


def test_every_form_and_kind_of_change_in_the_table_is_one_of_its_class(
    rows: list[Row], core: Graph, vocabulary: Graph
) -> None:
    for row in rows:
        heading = vocabulary.value(DGV[row["value"]], SKOS.broader) if row["value"] else None
        allowed = set(vocabulary.objects(heading, RDFS.seeAlso)) if heading else set()
        if allowed:
            assert allowed & set(above(core, DG[row["class"]])), row


def above(core: Graph, term: URIRef) -> list[URIRef]:
    """A class and all above it."""
    return [each for each in core.transitive_objects(term, RDFS.subClassOf) if isinstance(each, URIRef)]


def test_documentation_shows_the_table_of_plover(rows: list[Row], root: Path) -> None:
    text = (root / "docs/codes.md").read_text(encoding="utf-8")
    shown = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    wanted = [[f"`{row['code']}`", said(row)] for row in rows if row["scheme"] == "plover"]

    assert shown == wanted


def said(row: Row) -> str:
    """A row as the documentation has it."""
    if not row["property"]:
        return f"`dg:{row['class']}`"
    value = f"a `dg:{row['value']}`" if row["property"] in CLASS_VALUED else f"`dgv:{row['value']}`"
    return f"`dg:{row['class']}`, `dg:{row['property']}` {value}"
