"""Pictures in the browser: drawn, saved as files, and told in words to those who do not see them."""

import re
import struct
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from urllib.parse import urlencode

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
    assert dots.count() + picture.locator("rect.group").count() == page.locator("tr[data-latitude]").count()
    assert len(set(dots.evaluate_all("all => all.map(dot => dot.getAttribute('fill'))"))) == 1
    assert picture.evaluate("svg => svg.clientWidth <= window.innerWidth")
    picture.screenshot(path=pictures / f"map-{way}.png")
    assert violations(page) == []
    assert len([one for one in watch.requests if "/static/built/" in one]) < 12


SIZES = ({"width": 1400, "height": 1000}, {"width": 390, "height": 844})
BOXES = """nodes => nodes.map(node => {
    const box = node.getBoundingClientRect();
    return [node.textContent, box.left, box.top, box.right, box.bottom];
})"""


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size["width"])
@pytest.mark.parametrize("name", ["names-of-places", "territorial-claims"])
def test_no_name_on_the_map_covers_another_or_a_point_and_every_leader_reaches(
    page: Page, name: str, size: dict[str, int]
):
    page.set_viewport_size(size)
    page.goto(f"/queries/{name}")
    picture = page.get_by_role("img", name="A map of")
    picture.wait_for()

    names = picture.locator("g.place text").evaluate_all(BOXES)
    dots = picture.locator("circle.dot").evaluate_all(BOXES)
    assert [(one[0], other[0]) for one, other in combinations(names, 2) if overlap(one, other)] == []
    assert [(one[0], dot) for one in names for dot in dots if overlap(one, dot)] == []
    edge = picture.evaluate_all(BOXES)[0]
    assert all(
        edge[1] <= box[1] and box[3] <= edge[3] and edge[2] <= box[2] and box[4] <= edge[4] for box in names
    )
    gaps = picture.locator("g.place").evaluate_all(
        """groups => groups.map(group => {
            const line = group.querySelector("line"), box = group.querySelector("text").getBBox();
            const [x, y] = [Number(line.getAttribute("x2")), Number(line.getAttribute("y2"))];
            const wide = Math.max(box.x - x, 0, x - box.x - box.width);
            return Math.hypot(wide, Math.max(box.y - y, 0, y - box.y - box.height));
        })"""
    )
    assert max(gaps) < 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def overlap(one: list[float], other: list[float]) -> bool:
    """Whether two boxes, each after its text, have more than an edge in common."""
    return one[1] + 1 < other[3] and other[1] + 1 < one[3] and one[2] + 2 < other[4] and other[2] + 2 < one[4]


def test_names_of_a_group_stand_apart_from_those_of_its_members(page: Page):
    page.goto("/queries/names-of-places")
    picture = page.get_by_role("img", name="A map of")
    picture.wait_for()

    frame = picture.locator("g.place:has(rect.group)")
    expect(frame).to_contain_text("Northern Territories (Japan)")
    expect(frame).to_contain_text("Southern Kurils (Russia)")
    inside = frame.locator("rect.group").evaluate_all(BOXES)[0]
    assert not overlap(frame.locator("text").evaluate_all(BOXES)[0], inside)
    weights = picture.locator("g.place text").evaluate_all(
        "texts => texts.map(text => getComputedStyle(text).font + getComputedStyle(text).fill)"
    )
    assert len(set(weights)) == 1


PICTURED = ("timeline", "officials", "reciprocal-expulsions", "acts-between-states", "sanctions", "responses")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size["width"])
@pytest.mark.parametrize("name", PICTURED)
def test_picture_is_seen_whole_on_a_page_and_on_a_phone(page: Page, name: str, size: dict[str, int]):
    page.set_viewport_size(size)
    page.goto(f"/queries/{name}")

    picture = page.locator("figure [role=img]").first
    picture.wait_for(state="attached")
    seen = page.locator("figure svg.picture:visible, figure .network:visible").first
    box = seen.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= size["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("figure svg.picture.wide:visible").count() <= (size["width"] > 704)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size["width"])
def test_arrows_run_from_act_to_answer_and_end_at_the_edge_of_a_box(page: Page, size: dict[str, int]):
    page.set_viewport_size(size)
    page.goto("/queries/responses")
    graph = page.get_by_role("img", name=re.compile(r"A graph of \d+ things"))
    graph.locator("canvas").first.wait_for()
    words = graph.get_attribute("aria-label") or ""
    assert (
        "Japan expels eight Russian officials → answer: retaliates for (asserted) → Russia expels eight"
        in words
    )
    svg = saved(page, "SVG").decode()

    boxes, heads = page.evaluate(
        """text => {
            const svg = new DOMParser().parseFromString(text, "image/svg+xml");
            const numbers = (node, ...names) => names.map(name => Number(node.getAttribute(name)));
            const rects = [...svg.querySelectorAll("g > rect")];
            return [rects.map(node => numbers(node, "x", "y", "width", "height")),
                [...svg.querySelectorAll("line[marker-end]")].map(node => numbers(node, "x2", "y2"))];
        }""",
        svg,
    )
    assert len(heads) > 5
    within = [
        head
        for head in heads
        for x, y, width, height in boxes
        if x + 2 < head[0] < x + width - 2 and y + 2 < head[1] < y + height - 2
    ]
    assert within == []
    framed = [[0, x, y, x + width, y + height] for x, y, width, height in boxes]
    assert [pair for pair in combinations(framed, 2) if overlap(*pair)] == []


def test_graph_of_few_things_is_left_to_the_table(page: Page):
    page.goto("/doc/office/prime-minister-of-japan.html")
    table = page.locator("[data-neighbourhood]")
    table.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")

    assert table.locator("tr[data-from]").count() > 0
    assert page.locator(".network").count() == 0


def test_graph_of_a_construct_bears_the_labels_of_things(page: Page):
    query = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
        CONSTRUCT { ?answer dg:retaliatesFor ?act } WHERE { ?answer dg:retaliatesFor ?act }"""
    page.goto(f"/sparql?{urlencode({'query': query})}")
    page.get_by_role("button", name="Graph").click()

    graph = page.get_by_role("img", name=re.compile(r"A graph of \d+ things"))
    graph.wait_for()
    words = graph.get_attribute("aria-label") or ""
    assert "Japan expels eight Russian officials → answer: retaliates for → Russia expels eight" in words


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
    is_part = way == "dark-phone"
    assert 0 < svg.count("marker-end=") < edges.count() + (not is_part)
    assert len(re.findall(r"<text transform=[^>]*>[^<]", svg)) == svg.count("marker-end=")
    more = caption.get_by_role("button", name=re.compile(r"More: \d+ things"))
    assert more.count() == is_part
    if is_part:
        more.click()
    with page.expect_download() as download:
        caption.get_by_role("button", name="SVG").click()
    svg = Path(download.value.path()).read_text()
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
