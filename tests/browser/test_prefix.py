"""The pages with scripts under a path of the host: what they fetch, and where they lead, stays under it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.conftest import Watch, serving
from live import free_port

TRIPLES = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
CONSTRUCT { ?act dg:actor ?state } WHERE { ?act a dg:Expulsion ; dg:actor ?state }"""
PAIRS = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
SELECT ?act ?state WHERE { ?act a dg:Expulsion ; dg:actor ?state } ORDER BY ?act LIMIT 4"""


@pytest.fixture(scope="module")
def root(browser: Browser, kb: Path) -> Iterator[str]:
    """The base URL of a service that stands under a path."""
    with serving(kb, f"http://127.0.0.1:{free_port()}/kg") as url:
        yield url


@pytest.fixture
def under(browser: Browser, root: str, watch: Watch) -> Iterator[Page]:
    """A page that may ask for nothing outside the path."""
    page = browser.new_page()
    watch.on(page, root)
    yield page
    page.close()
    assert watch.wrong == []
    assert len(watch.requests) > 3


def ask(page: Page, query: str) -> None:
    page.get_by_role("textbox", name="Query").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(query)
    page.get_by_role("button", name="Run").click()


def test_editor_completes_asks_and_draws(under: Page, root: str):
    under.goto(f"{root}/sparql")
    expect(under.get_by_role("combobox", name="Example")).to_be_visible()

    ask(under, PAIRS)
    expect(under.locator(".actions").get_by_role("status")).to_contain_text("4 rows in")
    under.get_by_role("button", name="Chart").click()
    expect(under.locator("figure svg.picture")).to_be_visible()
    ask(under, TRIPLES)
    under.get_by_role("button", name="Graph").click()
    expect(under.locator("figure .network")).to_be_visible()


def test_thing_is_completed_by_its_label(under: Page, root: str):
    under.goto(f"{root}/sparql")
    expect(under.get_by_role("combobox", name="Example")).to_be_visible()
    under.get_by_role("textbox", name="Query").click()
    under.keyboard.press("Control+A")
    under.keyboard.insert_text("SELECT ?act WHERE { ?act dg:actor ")
    under.keyboard.press("Control+End")
    under.keyboard.insert_text("japa")

    expect(under.get_by_role("option").filter(has_text="state:japan").first).to_be_visible()


def test_canned_query_is_drawn_and_leads_on(under: Page, root: str):
    under.goto(f"{root}/queries/timeline")
    under.get_by_role("link", name="Japan", exact=True).first.click()

    expect(under).to_have_url(f"{root}/doc/state/japan")
    under.locator("[data-neighbourhood]").scroll_into_view_if_needed()
    expect(under.locator("figure .network").first).to_be_visible()
    under.get_by_role("link", name="diplograph", exact=True).click()
    expect(under).to_have_url(f"{root}/")


def test_messages_of_scripts_are_fetched_below_it(under: Page, root: str, watch: Watch):
    with under.expect_response(f"{root}/static/messages/ja-*.json") as found:
        under.goto(f"{root}/queries/timeline?_lang=ja")

    assert found.value.ok


def test_validation_finds_what_is_wrong(under: Page, root: str):
    under.goto(f"{root}/validate")
    under.get_by_role("textbox", name="Paste RDF").click()
    under.keyboard.insert_text(
        "<https://w3id.org/diplograph/id/act/x> a <https://w3id.org/diplograph/ontology#Act> ."
    )
    under.get_by_role("button", name="Check").click()

    expect(under.get_by_role("status")).to_contain_text("in what you sent", timeout=40_000)
