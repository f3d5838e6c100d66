"""The page that checks RDF: a file or a paste, findings beside the lines, fixes by click."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import Watch

BAD = """@prefix act: <https://w3id.org/diplograph/id/act/> .
@prefix dg: <https://w3id.org/diplograph/ontology#> .
@prefix state: <https://w3id.org/diplograph/id/state/> .

act:example-expels-one a dg:Expulsion ;
    dg:actor state:japann ;
    dg:colour "<b>red</b>" .
"""
FIX = """<section id="answer"><p data-count>1 new</p>
<ul><li class="finding violation" data-severity="violation" data-message="Not known">
<a class="place" data-line="6" data-column="14" data-end-line="6" data-end-column="26">line 6</a>
<p class="fix" data-edits='[
{"line": 6, "column": 14, "end_line": 6, "end_column": 26, "text": "state:japan"}
]'></p></li></ul></section>"""
MILLISECONDS = 40_000


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "new.ttl"
    file.write_text(BAD, encoding="utf-8")
    return file


@pytest.fixture
def form(page: Page, bad: Path) -> Page:
    page.goto("/validate")
    page.get_by_label("Syntax").select_option("application/n-triples")
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.get_by_role("textbox", name="Paste RDF")).to_contain_text("act:example-expels-one")
    return page


def test_findings_stand_beside_the_lines_of_a_file(
    form: Page, violations: Callable[[Page], list[str]], pictures: Path
):
    assert form.get_by_label("Syntax").input_value() == "text/turtle"
    form.get_by_role("button", name="Check").click()

    expect(form.get_by_role("status")).to_contain_text("in what you sent", timeout=MILLISECONDS)
    finding = form.get_by_role("listitem").filter(has_text="state:japann is defined nowhere")
    expect(form.locator(".cm-lintRange-error", has_text="state:japann")).to_have_count(1)
    expect(form.locator(".cm-lint-marker-error")).to_have_count(3)
    finding.get_by_role("link", name="line 6").click()
    expect(form.locator(".cm-activeLine")).to_contain_text("state:japann")
    form.screenshot(path=pictures / "validate.png", full_page=True)
    assert violations(form) == []


def test_syntax_error_is_marked_at_its_line(form: Page, watch: Watch):
    watch.expected.append("400")
    form.get_by_role("textbox", name="Paste RDF").click()
    form.keyboard.press("Control+A")
    form.keyboard.insert_text(BAD.replace("a dg:Expulsion ;", "a dg:Expulsion dg:Act ;"))
    form.get_by_role("button", name="Check").click()

    expect(form.get_by_role("alert")).to_contain_text("Malformed RDF", timeout=MILLISECONDS)
    expect(form.get_by_role("button", name="Line 5")).to_be_visible()


def test_fix_of_a_finding_is_applied_by_a_click_and_the_text_checked_again(form: Page):
    form.route("**/validate?*", lambda route: route.fulfill(body=FIX, content_type="text/html"))
    form.get_by_role("button", name="Check").click()
    with form.expect_response("**/validate?*"):
        form.get_by_role("button", name="Apply").click()

    assert "dg:actor state:japan ;" in form.locator("textarea#rdf").input_value()


def test_page_works_without_scripts(browser: Browser, base: str, bad: Path):
    context = browser.new_context(base_url=base, java_script_enabled=False)
    page = context.new_page()
    page.goto("/validate")
    page.get_by_label("or choose a file").set_input_files(bad)
    page.get_by_role("button", name="Check").click(timeout=MILLISECONDS)

    expect(page.get_by_text("The data does not conform.")).to_be_visible(timeout=MILLISECONDS)
    expect(page.get_by_role("row", name="6 dg:actor state:japann ; violation")).to_be_visible()
    context.close()
