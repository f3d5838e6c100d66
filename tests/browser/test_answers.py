"""Tables of answers: nothing out of sight without a hint, the first column stays, cards on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Watch

QUERIES = sorted(path.stem for path in (Path(__file__).parents[2] / "queries" / "canned").glob("*.rq"))
WIDER = "document.scrollingElement.scrollWidth - window.innerWidth"
BESIDE = "region => region.scrollWidth - region.clientWidth"
TALLEST = "table => Math.max(...[...table.tBodies[0].rows].map(row => row.offsetHeight))"
WIDE = {"width": 1400, "height": 1000}
LINE = 25
"""How tall a line of a table is, in pixels."""


@pytest.mark.parametrize("name", QUERIES)
def test_headline_fits_and_columns_out_of_sight_make_no_row_taller(name: str, page: Page) -> None:
    page.set_viewport_size(WIDE)
    page.goto(f"/queries/{name}")
    result = page.get_by_role("region", name="Result")
    assert (page.evaluate(WIDER), result.evaluate(BESIDE)) == (0, 0)
    tallest = result.locator("table").evaluate(TALLEST)

    page.goto(f"/queries/{name}?_columns=all")
    assert page.evaluate(WIDER) == 0
    assert result.locator("table").evaluate(TALLEST) <= tallest + 2 * LINE


@pytest.mark.parametrize("name", QUERIES)
def test_on_a_phone_each_row_is_a_card_with_all_that_is_asked_for(
    name: str, open_page: Callable[[str], Page]
) -> None:
    page = open_page("dark-phone")
    page.goto(f"/queries/{name}?_columns=all")
    result = page.get_by_role("region", name="Result")

    assert (page.evaluate(WIDER), result.evaluate(BESIDE)) == (0, 0)
    assert (
        result.locator("td").nth(1).evaluate("cell => getComputedStyle(cell, '::before').content") != "none"
    )


def test_the_first_column_stays_while_the_others_move(page: Page) -> None:
    page.set_viewport_size(WIDE)
    page.goto("/queries/reciprocal-expulsions?_columns=all")
    result = page.get_by_role("region", name="Result")
    cell = result.locator("tbody td").first
    before = cell.bounding_box()
    result.evaluate("region => { region.scrollLeft = 900 }")

    assert cell.bounding_box() == before
    assert "gradient" in result.evaluate("region => getComputedStyle(region).backgroundImage")


def test_rows_are_filtered_sorted_and_shown_whole_by_form_and_links(page: Page, watch: Watch) -> None:
    page.goto("/queries/timeline?one=japan&other=russia")
    page.get_by_label("Only rows with").fill("expels")
    page.locator("[name=_filter_in]").select_option(label="Act")
    page.locator("[name=_sort]").select_option(label="Date, from the end")
    page.get_by_role("button", name="Show").click()

    rows = page.get_by_role("region", name="Result").locator("tbody tr")
    expect(rows).to_have_count(6)
    assert "one=japan" in page.url
    page.get_by_role("link", name="Date", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Date ↑")
    page.get_by_role("link", name="Show every row").click()
    expect(rows).to_have_count(25)
    page.get_by_role("link", name="Show all 9 columns").click()
    expect(page.get_by_role("region", name="Result").locator("th")).to_have_count(9)
    assert watch.wrong == []
