"""How much a reader has to fetch: what the browser is sent, packed as it asks."""

from playwright.sync_api import Page, expect

HOME = 60_000
LIGHT = 150_000
EDITOR_AT_START = 290_000
EDITOR = 1_200_000
VIEWS = ("Chart", "Timeline", "Matrix", "Map", "Graph")
EVERYTHING = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
SELECT ?place ?within ?point ?day { ?place dg:within ?within ; geo:hasDefaultGeometry/geo:asWKT ?point .
  ?act dg:when/dg:notBefore ?day } LIMIT 20"""


def counted(page: Page) -> list[float]:
    """Sizes of what crosses the wire from now on, heads included; the browser keeps nothing."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return sizes


def sent(page: Page, address: str) -> int:
    """The bytes that cross the wire until the network is quiet."""
    sizes = counted(page)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert len(sizes) >= 3, "page, style and icon or script"
    return int(sum(sizes))


def test_home_is_light(page: Page):
    assert sent(page, "/") < HOME


def test_editor_with_all_it_fetches_at_the_start_is_within_its_budget(page: Page):
    assert 50_000 < sent(page, "/sparql") < EDITOR_AT_START


def test_editor_with_every_picture_opened_is_within_its_budget(page: Page):
    sizes = counted(page)
    page.goto("/sparql")
    page.get_by_role("textbox", name="Query").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(EVERYTHING)
    page.keyboard.press("Control+Enter")
    for name in VIEWS:
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator("#answer figure")).to_be_visible()
        page.wait_for_load_state("networkidle")

    assert 150_000 < sum(sizes) < EDITOR


def test_page_with_a_map_fetches_the_land_that_it_shows_alone(page: Page):
    assert sent(page, "/queries/names-of-places") < LIGHT
