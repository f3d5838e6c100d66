"""How much a reader has to fetch: what the browser is sent, packed as it asks."""

from playwright.sync_api import Page

LIGHT = 150_000
EDITOR = 1_200_000


def sent(page: Page, address: str) -> int:
    """The bytes that cross the wire until the network is quiet, heads included."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert len(sizes) >= 3, "page, style and icon or script"
    return int(sum(sizes))


def test_home_is_light(page: Page):
    assert sent(page, "/") < LIGHT


def test_editor_with_all_it_fetches_at_the_start_is_within_its_budget(page: Page):
    assert 50_000 < sent(page, "/sparql") < EDITOR
