"""Importing: rows become acts that rest on them, another edition changes them, and nothing is dropped."""

import csv
import hashlib
import io
import json

import pytest
from rdflib import DCTERMS, RDF, RDFS, Literal, URIRef
from rdflib.namespace import SKOS

from diplograph import incremental
from diplograph.changes.blocks import KnownTerms, form_of
from diplograph.errors import BadRequest, InvalidParameter
from diplograph.namespaces import DG, DGV, OA, PROV, SCHEMA, in_space
from diplograph.rdf import turtle
from diplograph.tables import mapping
from diplograph.tables.importing import import_table
from table_layouts import BASE

SOURCE = "source: {slug: ex, label: Example table, publisher: Example, published: 2020-01-01}\n"
MAP = f"""{SOURCE}
row:
  key: ${{id}}
  class: Expulsion
  actor: ${{sender|state}}
  target: ${{target|state}}
  affects: {{count: "${{count}}", role: diplomat}}
  when: {{edtf: "${{date}}", wording: "${{wording}}"}}
  realisation: ordered
  answers: {{row: "${{answers}}", relation: retaliatesFor}}
lookups: {{state: {{Britain: GB}}}}
"""
HEADS = ["id", "sender", "target", "count", "date", "wording", "answers"]
ROWS = [
    ["1", "Britain", "Russia", "23", "2018-03-14", "on Wednesday", ""],
    ["2", "Russia", "United Kingdom", "23", "2018-03-17", "", "1"],
    ["3", "Japan", "Россия", "8", "[2022-04-01..2022-04-26]", "earlier this month", ""],
]


def text_of(rows, heads=HEADS):
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([heads, *rows])
    return stream.getvalue()


def iri(kind, name):
    return URIRef(f"{BASE}id/{kind}/{name}")


class Importer:
    """Imports tables into a base, one edition after the other."""

    def __init__(self, base, folder):
        self.base, self.folder = base, folder
        self.file = folder / "ex.ttl"

    def __call__(self, table, text=MAP, *, name="ex.csv", withdraw=False, **options):
        path = self.folder / name
        path.write_bytes(table if isinstance(table, bytes) else table.encode())
        with in_space(BASE):
            terms = KnownTerms(self.base.root, self.file)
            table_map = mapping.parse(text, "map.yaml")
            sources = self.folder / "sources"
            made = import_table(
                path, table_map, terms, form_of(self.base), sources=sources, withdraw=withdraw, **options
            )
            if not made.report.findings:
                self.file.write_text(turtle.canonical_of(made.triples), encoding="utf-8")
        return made

    @property
    def graph(self):
        return turtle.read(self.file)

    def report(self):
        with in_space(BASE):
            return incremental.check(self.base, [self.file], graph=self.base.graph_named("ex"))


@pytest.fixture
def importer(base, tmp_path):
    return Importer(base, tmp_path)


def said(made):
    return [one.message for one in made.report.findings]


def test_rows_become_acts_that_conform(importer):
    made = importer(text_of(ROWS))

    graph, act = importer.graph, iri("act", "ex-2")
    assert (made.counts.rows, made.counts.new) == (3, 3)
    assert graph.value(act, RDF.type) == DG.Expulsion
    assert str(graph.value(act, DG.target)).endswith("/state/united-kingdom")
    assert str(graph.value(iri("act", "ex-3"), DG.target)).endswith("/state/russia")
    assert graph.value(iri("group", "ex-2"), DG.memberCount) == Literal(23)
    assert graph.value(iri("time", "ex-3"), DG.wording) == Literal("earlier this month", lang="en")
    report = importer.report()
    assert report.conforms, [one.message for one in report.findings]


def test_each_act_rests_on_its_row_by_code_points_and_by_the_row(importer):
    table = text_of([["1", "日本 🇯🇵", "Russia", "8", "2022-04-08", "é\u0301", ""]])
    table = table.replace("日本 🇯🇵", "日本")

    importer(table)

    graph = importer.graph
    span = graph.value(graph.value(iri("act", "ex-1"), DG.evidence), OA.hasTarget)
    place = graph.value(span, OA.hasSelector)
    start, end = (graph.value(place, one).value for one in (OA.start, OA.end))
    row = table.splitlines()[1]
    assert table[start:end] == row
    assert str(graph.value(span, SCHEMA.sha256)) == hashlib.sha256(row.encode()).hexdigest()
    assert str(graph.value(place, RDF.value)) == "row=2"
    document = graph.value(span, OA.hasSource)
    assert str(graph.value(document, SCHEMA.sha256)) == hashlib.sha256(table.encode()).hexdigest()
    assert graph.value(document, DG.codePointLength) == Literal(len(table))


def test_an_answer_is_a_link_with_a_claim_of_whoever_coded_it(importer):
    importer(text_of(ROWS))

    graph, claim = importer.graph, iri("claim", "ex-2-answers")
    assert graph.value(iri("act", "ex-2"), DG.retaliatesFor) == iri("act", "ex-1")
    assert graph.value(claim, DG.claimedCause) == iri("act", "ex-1")
    assert graph.value(claim, DG.claimedBy) == iri("agent", "ex-coders")
    assert graph.value(claim, DG.epistemicStatus) == DGV.reported


def test_everything_that_is_wrong_is_told_at_once_by_row_and_column(importer):
    rows = [
        ["1", "Brittain", "Russia", "23", "2018-03-14", "", ""],
        ["2", "Russia", "Britain", "some", "43185", "", "9"],
        ["3", "Japan", "Russia", "8", "3/4/2018", "", ""],
        ["3", "Japan", "Russia", "9", "2018", "", ""],
        ["", "Japan", "Russia", "9", "26-Mar", "", ""],
    ]

    made = importer(text_of(rows))

    places = {(one.line, one.column) for one in made.report.findings}
    assert places == {(2, 2), (3, 4), (3, 5), (4, 5), (5, 1), (6, 1)}
    text = " ".join(said(made))
    assert "2018-03-26, or 2022-03-27 from 1904 on" in text
    assert "2018-04-03 (dmy) or 2018-03-04 (mdy)" in text
    assert not importer.file.exists()


def test_what_is_near_an_unknown_name_is_told(importer):
    made = importer(text_of([["1", "Ukrane", "Russia", "1", "2018", "", ""]]))

    [message] = said(made)
    assert "'Ukrane'" in message
    assert "state:ukraine" in message


def test_the_same_table_again_changes_nothing(importer):
    importer(text_of(ROWS))
    before = importer.file.read_text()

    made = importer(text_of(ROWS))

    assert (made.counts.new, made.counts.changed, made.counts.same) == (0, 0, 3)
    assert importer.file.read_text() == before


def test_rows_in_another_order_are_the_same_acts(importer):
    importer(text_of(ROWS))

    made = importer(text_of(ROWS[::-1]))

    assert (made.counts.new, made.counts.changed, made.counts.same) == (0, 0, 3)


def test_a_row_that_vanished_is_kept_with_the_edition_it_rests_on_until_it_is_withdrawn(importer):
    importer(text_of(ROWS))
    row = list(ROWS[0])
    row[3] = "24"

    made = importer(text_of([row, ROWS[1]]))

    assert (made.counts.changed, made.counts.same) == (1, 1)
    assert made.counts.gone == [str(iri("act", "ex-3"))]
    graph = importer.graph
    span = graph.value(graph.value(iri("act", "ex-3"), DG.evidence), OA.hasTarget)
    assert str(graph.value(graph.value(span, OA.hasSource), SCHEMA.sha256)) == digest(text_of(ROWS))
    assert importer.report().conforms
    withdrawn = importer(text_of([row, ROWS[1]]), withdraw=True)
    assert withdrawn.counts.withdrawn == 1
    assert (iri("act", "ex-3"), None, None) not in importer.graph
    assert set(importer.graph.subjects(RDF.type, DG.PinnedDocument)) == {iri("document", "ex")}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_without_a_key_a_row_is_what_it_says_and_two_equal_ones_are_told(importer):
    keyless = MAP.replace("  key: ${id}\n", "").replace("  answers", "  # answers")
    table = text_of([[*ROWS[0][:5], "", ""], [*ROWS[0][:5], "", ""]])

    made = importer(table, keyless)

    assert said(made) == ["row 3: Row 3 says the same as row 2."]
    merged = importer(table, f"{keyless}duplicates: merge\n")
    assert (merged.counts.new, merged.counts.merged) == (1, 1)


def test_a_row_that_names_its_page_rests_on_that_and_came_by_the_table(importer):
    text = MAP + "  \n"
    text = text.replace("  realisation", "  source: ${page}\n  realisation")
    page = "https://news.example.org/2018/expulsions.html"
    rows = [[*one, page] for one in ROWS]

    importer(text_of(rows, [*HEADS, "page"]), text)

    graph = importer.graph
    evidence = graph.value(iri("act", "ex-1"), DG.evidence)
    document = graph.value(evidence, OA.hasTarget)
    assert str(graph.value(document, URIRef("http://xmlns.com/foaf/0.1/page"))) == page
    assert graph.value(evidence, PROV.wasDerivedFrom) == iri("span", "ex-1")
    assert len(set(graph.subjects(RDF.type, DG.SourceDocument))) == 1
    assert importer.report().conforms
    written = importer.file.read_text()
    again = importer(text_of(rows, [*HEADS, "page"]), text)
    assert again.counts.same == 3
    assert importer.file.read_text().splitlines() == written.splitlines()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_usual_encodings_and_delimiters_are_told_from_the_file(importer, encoding, delimiter):
    rows = [["1", "Россия", "Япония", "8", "2022-04-27", "в среду", ""]]
    table = text_of(rows).replace(",", delimiter)

    made = importer(table.encode(encoding), MAP.replace("\nrow:", f"\ntable: {{encoding: {encoding}}}\nrow:"))

    assert not said(made)
    assert str(importer.graph.value(iri("act", "ex-1"), DG.actor)).endswith("/state/russia")
    assert importer.report().conforms


def test_an_encoding_that_is_not_said_is_found(importer):
    rows = [[str(n), "Россия", "Япония", "8", "2022-04-27", "в среду утром", ""] for n in range(40)]

    made = importer(text_of(rows).encode("cp1251"))

    assert not said(made)
    assert made.counts.new == 40


def test_a_workbook_is_pinned_by_its_hash_and_each_row_by_its_cells(importer, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "acts"
    for row in [[*HEADS, "private"], ["1", "Japan", "Russia", 8, "2022-04-08", None, None, "not to be kept"]]:
        book.active.append(row)
    path = tmp_path / "made.xlsx"
    book.save(path)
    content = path.read_bytes()

    made = importer(content, name="ex.xlsx")

    graph = importer.graph
    extract = made.extract.read_text(encoding="utf-8")
    span = graph.value(graph.value(iri("act", "ex-1"), DG.evidence), OA.hasTarget)
    document = graph.value(span, OA.hasSource)
    original = graph.value(document, PROV.wasDerivedFrom)
    assert str(graph.value(original, SCHEMA.sha256)) == hashlib.sha256(content).hexdigest()
    assert str(graph.value(document, SCHEMA.sha256)) == digest(extract)
    place = graph.value(span, OA.hasSelector)
    line = extract[graph.value(place, OA.start).value : graph.value(place, OA.end).value]
    kept = json.loads(line)
    assert (kept["row"], kept["sheet"]) == (2, "acts")
    said = {"id": "1", "sender": "Japan", "target": "Russia", "count": "8", "date": "2022-04-08"}
    assert kept["cells"] == said
    assert str(graph.value(place, RDF.value)) == "line=0,1"
    assert importer.report().conforms


def test_a_workbook_with_something_wrong_leaves_nothing_behind(importer, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [HEADS, ["1", "Jappan", "Russia", 8, "2022-04-08"]]:
        book.active.append(row)
    book.save(tmp_path / "made.xlsx")

    made = importer((tmp_path / "made.xlsx").read_bytes(), name="ex.xlsx")

    assert said(made)
    assert list((tmp_path / "sources").iterdir()) == []


def test_a_code_means_the_state_of_its_year(importer):
    text = MAP.replace("${sender|state}", "${sender|state:cow}")
    rows = [
        ["1", "365", "Japan", "1", "1975", "", ""],
        ["2", "365", "Japan", "1", "1991", "", ""],
        ["3", "0365", "Japan", "1", "2010", "", ""],
    ]

    importer(text_of(rows), text)

    found = [importer.graph.value(iri("act", f"ex-{n}"), DG.actor) for n in (1, 2, 3)]
    actors = [str(one).rpartition("/")[2] for one in found]
    assert actors == ["soviet-union", "soviet-union", "russia"]


def test_norway_is_a_state_and_no_boolean(importer):
    text = MAP.replace("{state: {Britain: GB}}", "{state: {Norge: NO}}")

    importer(text_of([["1", "Norge", "Russia", "1", "2018", "", ""]]), text)

    assert str(importer.graph.value(iri("act", "ex-1"), DG.actor)).endswith("/state/norway")


def test_cells_over_several_lines_keep_their_bounds(importer):
    table = text_of([ROWS[0], ["2", "Russia", "Britain", "1", "2018", 'a "quoted"\nline', ""], ROWS[2]])

    importer(table)

    graph = importer.graph
    for key, beginning in (("ex-2", "2,Russia"), ("ex-3", "3,Japan")):
        span = graph.value(graph.value(iri("act", key), DG.evidence), OA.hasTarget)
        place = graph.value(span, OA.hasSelector)
        passage = table[graph.value(place, OA.start).value : graph.value(place, OA.end).value]
        assert passage.startswith(beginning)
        assert digest(passage) == str(graph.value(span, SCHEMA.sha256))


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("id,id\n1,2\n", "two columns called 'id'"),
        ("id,sender\n1,2\n", "no column"),
        (b'{"id": 1}\nnot json\n', "not JSON"),
        (b"[1, 2]\n", "no JSON object"),
        ("", "has no row"),
        ("id,sender,target,count,date,wording,answers\n", "has no row"),
        ('id\n1,"open\n', "no table"),
        (f"id\n{'x' * 1_000_001}\n", "no table"),
    ],
)
def test_what_is_no_such_table_is_refused(importer, table, wrong):
    name = "ex.jsonl" if isinstance(table, bytes) else "ex.csv"

    with pytest.raises((BadRequest, InvalidParameter), match=wrong):
        importer(table, MAP, name=name)


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("ex.xlsx", b"PK\x03\x04 no archive", "no workbook"),
        ("ex.xml", b"<a><record></a>", "no XML that is read"),
        ("ex.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a><record>&b;</record></a>', "no XML that is read"),
        ("ex.xml", b"<a/>", "has no row"),
        ("ex.csv", bytes(range(128, 256)) * 20 + b"\x81\x00\xff", "encoding|no row"),
        ("ex.pdf", b"%PDF", "format of this table"),
    ],
)
def test_files_that_are_not_what_their_names_say_are_refused(importer, name, content, wrong):
    text = MAP.replace("\nrow:", "\ntable: {record: record}\nrow:")

    with pytest.raises((BadRequest, InvalidParameter), match=wrong):
        importer(content, text, name=name)
    assert not importer.file.exists()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("- 1", "no names with values"),
        ("source: {slug: a}", "no label"),
        (SOURCE, "by `row:`"),
        (f"{SOURCE}row: {{actor: x}}", "has one class"),
        (f"{SOURCE}row: {{class: Expulsion}}\nlookup: {{}}", "lookups may be meant"),
        (f"{SOURCE}row: {{class: Expulsion, affects: {{number: 3}}}}", "means nothing there"),
        (f"{SOURCE}row: {{class: Expulsionn}}", "near: Expulsion"),
        (f"{SOURCE}row: {{class: Expulsion, actr: '${{id}}'}}", "near: actor"),
        (f"{SOURCE}row: {{class: Expulsion, actor: '${{id|stat}}'}}", "no filter 'stat'"),
        (f"{SOURCE}row: {{class: Expulsion, actor: '${{sendr}}'}}", "no column 'sendr'"),
        ("source: [", "no YAML"),
    ],
)
def test_what_a_map_says_wrongly_is_told(importer, text, wrong):
    with pytest.raises(InvalidParameter, match=wrong):
        importer(text_of(ROWS), text)


def test_a_row_with_more_cells_than_heads_is_told(importer):
    table = text_of(ROWS) + "4,Japan,Russia,3,2018,,,one more\n"

    assert said(importer(table)) == ["row 5: The row has more cells than there are heads."]


def test_labels_say_who_does_what_to_whom(importer):
    importer(text_of(ROWS[:1]))

    label = importer.graph.value(iri("act", "ex-1"), RDFS.label)
    assert str(label) == "United Kingdom: expulsion (Russia), 14 March 2018"


def test_terms_of_use_are_recorded(importer):
    text = MAP.replace("published: 2020-01-01", "published: 2020-01-01, rights: All rights kept")

    importer(text_of(ROWS), text)

    document = importer.graph.value(None, RDF.type, DG.PinnedDocument)
    assert str(importer.graph.value(document, SCHEMA.copyrightNotice)) == "All rights kept"
    assert str(importer.graph.value(document, DCTERMS.identifier)) == "ex.csv"
    assert importer.graph.value(document, SKOS.note) is None
