"""Somebody who never wrote SPARQL: from the home page to the two exchanges and what they rest on."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect


def test_two_exchanges_with_their_evidence_are_three_clicks_from_home(page: Page, pictures: Path):
    page.goto("/")

    page.get_by_role("link", name="All reciprocal expulsions", exact=True).click()
    picture = page.get_by_role("img", name="All reciprocal expulsions")
    expect(picture.locator("path.arc[marker-end]")).to_have_count(2)
    expect(picture.locator("path.arc[marker-end][stroke-dasharray]")).to_have_count(1)
    rows = page.get_by_role("table").first.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("asserted")
    expect(rows.nth(1)).to_contain_text("answered")
    said = page.get_by_role("region", name="Evidence", exact=True)
    expect(said).to_contain_text("Japan expels eight Russian officials")
    expect(said).to_contain_text("Japan orders a Russian diplomat in Sapporo to leave")
    expect(said).to_contain_text("Sentence 28 of 46")
    page.screenshot(path=pictures / "two-exchanges.png", full_page=True)
    rows.nth(0).get_by_role("link", name="Japan expels eight Russian officials").first.click()

    expect(page.get_by_role("heading", name="Japan expels eight Russian officials")).to_be_visible()
    page.get_by_role("region", name="Evidence").get_by_role(
        "link", name="Sentence 28 of 46", exact=True
    ).click()

    expect(page.get_by_role("heading", name="What it says, in our words")).to_be_visible()


def test_form_is_filled_in_by_choosing(page: Page):
    page.goto("/queries/sanctions")

    page.get_by_role("group", name="Imposed by").get_by_label("Japan").check()
    page.locator("#p-type").select_option("import ban")
    page.get_by_role("button", name="Ask").click()

    expect(page.get_by_role("region", name="Result").locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="CSV, 1 row", exact=True)).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV for a spreadsheet").click()
    assert saved.value.suggested_filename == "sanctions.csv"


def test_main_paths_work_with_the_keyboard_alone(page: Page):
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Questions", exact=True)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Questions", exact=True)).to_be_visible()


def test_question_is_answered_without_sparql_in_two_clicks(page: Page):
    page.goto("/")

    page.get_by_role("link", name="Expulsions of officials", exact=True).click()
    expect(page.locator("[data-count]").first).to_contain_text("row")


def test_evidence_of_a_fact_is_at_most_three_clicks_from_home(page: Page):
    page.goto("/")

    page.get_by_role("link", name="Japan orders a Russian diplomat in Sapporo to leave").first.click()
    page.get_by_role("link", name="Evidence", exact=True).first.click()
    expect(page.locator("#evidence")).to_be_in_viewport()


def test_answer_is_cited_in_at_most_three_clicks_from_home(page: Page):
    page.goto("/")

    page.get_by_role("link", name=re.compile("the answer with its evidence")).click()
    page.get_by_role("link", name="Cite", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="BibTeX", exact=True).click()
    assert saved.value.suggested_filename == "reciprocal-expulsions.bib"
