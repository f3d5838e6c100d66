"""One service and one browser for the whole folder; each page watched for errors and for other hosts."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hatch_build
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from live import fetch, free_port, wait_for

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ALIKE = "tbody tr:nth-child(n+6), .term:nth-of-type(n+6), main li:nth-child(n+12)"
SECONDS = 30
DESKTOP = {"viewport": {"width": 1400, "height": 1000}, "color_scheme": "light"}
DARK_PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@dataclass
class Watch:
    """What went wrong on a page; a failed request that a test provokes is expected by its status."""

    expected: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def on(self, page: Page, base: str) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self._request(request.url, base))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(text in message.text for text in self.expected):
            self.wrong.append(message.text)

    def _request(self, url: str, base: str) -> None:
        self.requests.append(url)
        if not url.startswith((f"{base}/", "blob:")):
            self.wrong.append(f"asked another host: {url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("needs chromium")
    if not hatch_build.is_fresh(ROOT):
        pytest.skip("the scripts of the pages are not built: install the package, or run hatch_build.py")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=options)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the knowledge base."""
    folder = tmp_path_factory.mktemp("browser") / "kb"
    for name in ("ontology", "data", "shapes", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def base(browser: Browser, kb: Path) -> Iterator[str]:
    """The address of a service over it."""
    with serving(kb, f"http://127.0.0.1:{free_port()}") as url:
        yield url


@contextmanager
def serving(kb: Path, url: str) -> Iterator[str]:
    """A service under a base URL of this machine."""
    command = [
        str(Path(sys.executable).parent / "diplograph"),
        "serve",
        "--port",
        str(urlsplit(url).port),
        "--timeout",
        "60",
        "--base-url",
        url,
    ]
    environment = {**os.environ, "DIPLOGRAPH_KB": str(kb)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"{url}/health/ready", process, 120)
        fetch(f"{url}/queries", "*/*")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def contexts(browser: Browser, base: str) -> Iterator[dict[str, BrowserContext]]:
    """The two ways that every page is looked at."""
    ways = {"desktop": DESKTOP, "dark-phone": DARK_PHONE}
    opened = {name: browser.new_context(base_url=base, **options) for name, options in ways.items()}
    for context in opened.values():
        context.set_default_timeout(SECONDS * 1000)
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def open_page(
    contexts: dict[str, BrowserContext], base: str, watch: Watch
) -> Iterator[Callable[[str], Page]]:
    """Opens a page one way or the other; at the end nothing may have gone wrong on it."""
    pages = []

    def opened(way: str = "desktop") -> Page:
        page = contexts[way].new_page()
        watch.on(page, base)
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert watch.wrong == []


@pytest.fixture
def page(open_page: Callable[[str], Page]) -> Page:
    return open_page("desktop")


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core, as the lock file pins it."""
    work = ROOT / hatch_build.WORK
    hatch_build.install(ROOT, work, tests=True)
    return (work / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def violations(axe: str) -> Callable[[Page], list[str]]:
    """What axe finds on a page against the levels A and AA, each with the first element it is about."""

    def found(page: Page) -> list[str]:
        page.evaluate(axe)
        report: Any = page.evaluate(
            "levels => axe.run({runOnly: levels, resultTypes: ['violations']})", LEVELS
        )
        return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in report["violations"]]

    return found


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures of the pages are left for a person to look at."""
    return tmp_path_factory.mktemp("pictures")
