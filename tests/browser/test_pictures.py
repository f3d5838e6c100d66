"""Pictures in the browser: drawn, saved as files, and told in words to those who do not see them."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Watch

PNG = b"\x89PNG\r\n\x1a\n"


def saved(page: Page, name: str) -> bytes:
    """What a button or link in the caption of the first picture saves."""
    caption = page.locator("figcaption").first
    with page.expect_download() as download:
        caption.get_by_text(name, exact=True).click()
    return Path(download.value.path()).read_bytes()


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(PNG)
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_matrix_is_a_picture_with_numbers_that_is_saved_as_svg_and_png(page: Page, pictures: Path):
    page.goto("/queries/acts-between-states")

    picture = page.get_by_role("img", name="Who acted against whom")
    expect(picture.locator("g.cell").first).to_be_visible()
    expect(picture.locator("g.cell").filter(has_text="expulsion").first).to_be_visible()
    picture.screenshot(path=pictures / "matrix.png")
    width, height = picture.evaluate("svg => [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height]")
    assert size_of(saved(page, "PNG")) == (width * 2, height * 2)
    assert saved(page, "SVG").startswith(b"<svg xmlns=")


@pytest.mark.parametrize("way", ["desktop", "dark-phone"])
def test_map_shows_the_islands_with_the_names_of_every_user(
    way: str,
    open_page: Callable[[str], Page],
    violations: Callable[[Page], list[str]],
    watch: Watch,
    pictures: Path,
):
    page = open_page(way)
    page.goto("/queries/names-of-places")

    picture = page.get_by_role("img", name="A map of")
    expect(picture.locator("path.land").first).to_have_attribute("d", re.compile("^M.{1000}"))
    iturup = picture.locator("g.place").filter(has_text="Итуруп (Russia)")
    expect(iturup).to_contain_text("択捉島 (Japan)")
    dots = picture.locator("circle.dot")
    assert dots.count() == page.locator("tr[data-latitude]").count()
    assert len(set(dots.evaluate_all("all => all.map(dot => dot.getAttribute('fill'))"))) == 1
    assert picture.evaluate("svg => svg.clientWidth <= window.innerWidth")
    picture.screenshot(path=pictures / f"map-{way}.png")
    assert violations(page) == []
    assert len([one for one in watch.requests if "/static/built/" in one]) < 12


def test_map_is_saved_as_svg_and_png(page: Page):
    page.goto("/queries/territorial-claims")
    page.get_by_role("img", name="A map of").wait_for()

    assert size_of(saved(page, "PNG"))[0] >= 1800
    assert "Шикотан".encode() in saved(page, "SVG")


@pytest.mark.parametrize("way", ["desktop", "dark-phone"])
def test_neighbourhood_of_a_thing_is_a_graph_beside_its_table(
    way: str, open_page: Callable[[str], Page], violations: Callable[[Page], list[str]], pictures: Path
):
    page = open_page(way)
    page.goto("/doc/act/japan-expels-eight-russians-2022-04.html")
    page.locator("[data-neighbourhood]").scroll_into_view_if_needed()

    graph = page.get_by_role("img", name=re.compile(r"A graph of \d+ things"))
    expect(graph.locator("canvas").first).to_be_visible()
    caption = page.locator("figcaption", has_text="inferred")
    expect(caption).to_contain_text("claimed")
    caption.get_by_role("button", name="Closer").click()
    graph.screenshot(path=pictures / f"graph-{way}.png")
    assert violations(page) == []
    with page.expect_download() as download:
        caption.get_by_role("button", name="SVG").click()
    svg = Path(download.value.path()).read_text()
    edges = page.locator("tr[data-from]")
    assert svg.count("marker-end=") == edges.count()
    assert svg.count("(inferred)</title>") == page.locator("tr[data-how=inferred]").count() > 0


def test_acts_and_what_they_answer_are_a_graph_that_tells_what_is_only_claimed(
    page: Page, violations: Callable[[Page], list[str]]
):
    page.goto("/queries/responses")

    graph = page.get_by_role("img", name=re.compile(r"A graph of \d+ things"))
    expect(graph.locator("canvas").first).to_be_visible()
    svg = saved(page, "SVG").decode()
    rows = page.get_by_role("region", name="Result").locator("tbody tr")
    assert svg.count("marker-end=") == rows.count()
    edge = rows.locator("td:nth-child(3)").all_inner_texts()
    assert svg.count("(claimed)</title>") == len([text for text in edge if not text.strip()]) > 0
    assert violations(page) == []
