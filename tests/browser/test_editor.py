"""The editor: run, error at its place, fix, completion, examples, and addresses that hold a query."""

import csv
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browser.conftest import Watch
from live import fetch

EXPULSIONS = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
SELECT ?act ?state WHERE { ?act a dg:Expulsion ; dg:actor ?state } ORDER BY ?act LIMIT 4"""


IN_TIME = re.compile(r"^4 rows in (\d+ ms|\d+\.\d s)$")


def status(page: Page) -> Locator:
    """What the editor says of the last query, beside its buttons."""
    return page.locator(".actions").get_by_role("status")


@pytest.fixture
def editor(page: Page) -> Page:
    page.goto("/sparql")
    expect(page.get_by_role("combobox", name="Example")).to_be_visible()
    return page


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Query").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def test_query_runs_in_place_and_shows_things_by_their_labels(editor: Page):
    write(editor, EXPULSIONS)
    editor.get_by_role("button", name="Run").click()

    expect(status(editor)).to_have_text(IN_TIME)
    row = editor.get_by_role("row", name="Japan expels eight Russian officials")
    expect(row.get_by_role("link", name="Japan", exact=True)).to_have_attribute("href", "/doc/state/japan")


def test_error_is_marked_where_it_is_and_goes_when_it_is_mended(
    editor: Page, watch: Watch, violations: Callable[[Page], list[str]], pictures: Path
):
    watch.expected.append("400")
    write(editor, EXPULSIONS.replace("ORDER", "ODER"))
    editor.keyboard.press("Control+Enter")

    expect(editor.get_by_role("alert")).to_contain_text("Malformed query")
    expect(editor.locator(".cm-lintRange-error")).to_have_text("ODER")
    assert violations(editor) == []
    editor.screenshot(path=pictures / "editor-error.png")
    editor.get_by_role("button", name=re.compile("Line 2, column")).click()
    for _ in "ODER":
        editor.keyboard.press("Delete")
    editor.keyboard.type("ORDER")
    editor.keyboard.press("Control+Enter")

    expect(status(editor)).to_have_text(IN_TIME)
    expect(editor.get_by_role("alert")).to_have_count(0)
    expect(editor.locator(".cm-lintRange-error")).to_have_count(0)
    assert violations(editor) == []


def test_class_is_completed_and_its_prefix_declared(editor: Page):
    write(editor, "SELECT ?act WHERE { ?act a ")
    editor.keyboard.press("Control+End")
    editor.keyboard.type("expul")
    editor.get_by_role("option", name="dg:Expulsion").click()

    text = editor.locator("textarea#query").input_value()
    assert text.startswith("PREFIX dg: <https://w3id.org/diplograph/ontology#>\n")
    assert text.endswith("?act a dg:Expulsion")


@pytest.mark.parametrize(
    ("before", "typed", "offered", "left_out"),
    [
        ("?act a dg:Act ; ", "acto", "dg:actor", "dg:ActSeries"),
        ("?act a dg:Act . ?act ", "acto", "dg:actor", "dg:ActSeries"),
        ("?act dg:actor/", "orga", "dg:organOf", "dg:Organization"),
        ("?act a ", "orga", "dg:Organization", "dg:organOf"),
    ],
)
def test_what_may_stand_at_a_place_alone_is_offered_there(
    editor: Page, before: str, typed: str, offered: str, left_out: str
):
    write(editor, f"SELECT * WHERE {{ {before}")
    editor.keyboard.press("Control+End")
    editor.keyboard.type(typed)

    expect(editor.get_by_role("option", name=re.compile(f"^{offered}")).first).to_be_visible()
    expect(editor.get_by_role("option", name=re.compile(f"^{left_out}"))).to_have_count(0)


def test_error_goes_when_the_text_changes(editor: Page, watch: Watch):
    watch.expected.append("400")
    write(editor, EXPULSIONS.replace("ORDER", "ODER"))
    editor.keyboard.press("Control+Enter")
    expect(editor.get_by_role("alert")).to_be_visible()
    editor.keyboard.type(" ")

    expect(editor.get_by_role("alert")).to_have_count(0)
    expect(editor.locator(".cm-lintRange-error")).to_have_count(0)


def test_misspelt_property_is_told_with_the_one_that_was_meant(editor: Page):
    write(editor, EXPULSIONS.replace("dg:actor", "dg:actr"))
    editor.keyboard.press("Control+Enter")

    note = editor.get_by_role("note")
    expect(note).to_contain_text("No triple has dg:actr; dg:actor")
    note.get_by_role("link", name="dg:actor", exact=True).click()
    expect(editor.get_by_text("4 rows", exact=True)).to_be_visible()


def test_history_is_kept_offers_a_query_again_and_can_be_cleared(editor: Page, watch: Watch):
    write(editor, EXPULSIONS)
    editor.keyboard.press("Control+Enter")
    expect(status(editor)).to_have_text(IN_TIME)
    editor.goto("/sparql")
    history = editor.get_by_text(re.compile("^History: "))
    history.click()
    editor.get_by_role("button", name=re.compile("^SELECT \\?act \\?state")).first.click()

    expect(editor.get_by_role("textbox", name="Query")).to_contain_text("dg:Expulsion ; dg:actor")
    editor.get_by_role("button", name="Clear the history").click()
    expect(history).to_be_hidden()
    assert editor.evaluate("localStorage.getItem('diplograph.queries')") == "[]"


def test_rows_are_filtered_by_a_text(editor: Page, violations: Callable[[Page], list[str]]):
    write(editor, EXPULSIONS)
    editor.keyboard.press("Control+Enter")
    editor.get_by_label("Filter rows").fill("japan EXPELS")

    table = editor.get_by_role("region", name="Result")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(editor.get_by_text("1 of 4 rows")).to_be_visible()
    assert violations(editor) == []
    editor.get_by_label("Filter rows").fill("")
    expect(table.get_by_role("row")).to_have_count(5)


def test_column_of_places_becomes_a_map(editor: Page, violations: Callable[[Page], list[str]]):
    editor.get_by_role("combobox", name="Example").select_option("Places on a map")
    editor.keyboard.press("Tab")
    editor.get_by_role("button", name="Run").click()
    editor.get_by_role("button", name="Map", exact=True).click()

    expect(editor.locator("#answer circle.dot")).to_have_count(7)  # a group is a frame and no point
    assert violations(editor) == []


@pytest.mark.parametrize("typed", ["japa", "日本"])
def test_thing_is_completed_by_its_label_in_any_language(editor: Page, typed: str):
    write(editor, "SELECT ?act WHERE { ?act dg:actor ")
    editor.keyboard.press("Control+End")
    editor.keyboard.insert_text(typed)
    editor.get_by_role("option").filter(has_text="state:japan").first.click()

    assert editor.locator("textarea#query").input_value().endswith("state:japan")


def test_canned_query_is_an_example_that_runs(editor: Page):
    editor.get_by_role("combobox", name="Example").select_option("All reciprocal expulsions")
    editor.get_by_role("button", name="Run").click()

    expect(status(editor)).to_have_text(re.compile("^2 rows in "))


def test_address_holds_the_query_and_names_the_release(
    editor: Page, base: str, open_page: Callable[[str], Page]
):
    write(editor, f"{EXPULSIONS} # 日本")
    editor.keyboard.press("Control+Enter")
    expect(status(editor)).to_have_text(IN_TIME)
    address = editor.url

    other = open_page("desktop")
    other.goto(address)
    expect(other.get_by_role("textbox", name="Query")).to_contain_text("# 日本")
    other.goto("about:blank")
    other.goto(address.partition("&release=")[0] + "&release=0123456789abcdef")
    expect(other.get_by_text("This link was made on release 0123456789abcdef")).to_be_visible()
    other.goto("about:blank")
    other.goto(address.partition("#")[0] + "#query=zzzz")
    expect(other.get_by_text("a query that is damaged")).to_be_visible()


def test_copied_link_holds_a_query_that_was_not_run(editor: Page, open_page: Callable[[str], Page]):
    editor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    write(editor, f"{EXPULSIONS} # 日本")
    editor.get_by_role("button", name="Copy link").click()
    expect(status(editor)).to_have_text("Link copied")

    other = open_page("desktop")
    other.goto(editor.evaluate("navigator.clipboard.readText()"))
    expect(other.get_by_role("textbox", name="Query")).to_contain_text("# 日本")


def test_download_is_a_plain_link_to_the_whole_result(editor: Page, base: str):
    write(editor, EXPULSIONS)
    editor.keyboard.press("Control+Enter")
    link = editor.get_by_role("link", name="CSV", exact=True)

    address = str(link.get_attribute("href"))
    assert address.startswith("/sparql.csv?")
    assert len(list(csv.DictReader(io.StringIO(fetch(base + address))))) == 4


def test_answer_becomes_a_chart_whose_columns_can_be_chosen(
    editor: Page, violations: Callable[[Page], list[str]], pictures: Path
):
    write(editor, EXPULSIONS)
    editor.keyboard.press("Control+Enter")
    editor.get_by_role("button", name="Chart", exact=True).click()

    chart = editor.locator("#answer figure svg.picture")
    expect(chart.locator("rect.bar")).to_have_count(2)
    expect(chart).to_contain_text("Japan")
    editor.get_by_label("Bars").select_option("act")
    expect(chart.locator("rect.bar")).to_have_count(4)
    expect(editor.get_by_role("row", name="Japan expels eight Russian officials")).to_be_visible()
    editor.screenshot(path=pictures / "editor-chart.png", full_page=True)
    assert violations(editor) == []
    editor.get_by_role("button", name="Table", exact=True).click()
    expect(chart).to_have_count(0)


def test_rows_with_points_become_a_map(editor: Page):
    write(
        editor,
        """PREFIX geo: <http://www.opengis.net/ont/geosparql#>
        SELECT ?place ?point { ?place geo:hasDefaultGeometry/geo:asWKT ?point }""",
    )
    editor.keyboard.press("Control+Enter")
    editor.get_by_role("button", name="Map", exact=True).click()

    expect(editor.locator("#answer circle.dot")).to_have_count(8)
    expect(editor.locator("#answer rect.frame")).to_have_count(1)


def test_triples_become_a_graph(editor: Page, violations: Callable[[Page], list[str]]):
    write(
        editor,
        """PREFIX dg: <https://w3id.org/diplograph/ontology#>
        CONSTRUCT { ?a dg:inResponseTo ?b } { ?a dg:inResponseTo ?b }""",
    )
    editor.keyboard.press("Control+Enter")
    editor.get_by_role("button", name="Graph", exact=True).click()

    expect(editor.get_by_role("img", name=re.compile(r"A graph of \d+ things"))).to_be_visible()
    with editor.expect_download() as download:
        editor.get_by_role("button", name="SVG").click()
    assert "<title>answer: in response to</title>" in Path(download.value.path()).read_text()
    assert violations(editor) == []


def test_python_program_on_the_page_runs_as_it_stands(editor: Page, base: str):
    write(editor, EXPULSIONS)
    editor.keyboard.press("Control+Enter")
    editor.get_by_text("The same query from a program").click()
    program = editor.get_by_role("region", name="Python").inner_text()

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.count("'state': 'https://w3id.org/diplograph/id/state/") == 4


def test_page_works_without_scripts(browser: Browser, base: str):
    context = browser.new_context(base_url=base, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sparql")
    page.get_by_label("Query").fill(EXPULSIONS)
    page.get_by_role("button", name="Run").click()

    expect(page.get_by_text("4 rows")).to_be_visible()
    context.close()
