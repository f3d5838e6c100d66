"""Pictures in the browser: drawn, saved as files, and told in words to those who do not see them."""

import struct
from pathlib import Path

from playwright.sync_api import Page, expect

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
    expect(picture.locator("g.cell").first).to_contain_text("expulsion")
    picture.screenshot(path=pictures / "matrix.png")
    width, height = picture.evaluate("svg => [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height]")
    assert size_of(saved(page, "PNG")) == (width * 2, height * 2)
    assert saved(page, "SVG").startswith(b"<svg xmlns=")
