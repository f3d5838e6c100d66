"""Every kind of page: no error, no other host, nothing that keeps anybody out, no wider than a phone."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from browser.conftest import Watch
from diplograph.namespaces import ID, KINDS
from live import fetch

QUERIES = sorted(path.stem for path in (Path(__file__).parents[2] / "queries" / "canned").glob("*.rq"))
ADDRESSES = [
    *("/", "/about", "/changes", "/queries", "/sparql", "/versions", "/search", "/search?q=japan"),
    *("/search?q=japann-motoky", "/validate", "/graphs", "/dumps", "/docs", "/limits"),
    *("/ontology?q=expul", "/sparql?query=SELECT+%3Fa+%7B+%3Fa+%3Fb+%3Cx%3E+%7D"),
    *("/version", "/problems", "/problems/malformed-query", "/ontology.html", "/vocab.html", "/shapes.html"),
    *(
        "/graph/a1.html",
        "/dataset.html",
        "/vocab/alleged.html",
        "/queries/evidence-of",
        "/queries/sanctions?imposer=mongolia",
    ),
    *(
        "/doc/act/russia-expels-motoki-2022.html",
        "/doc/place/islands-1.html",
        "/doc/state/japan.html?_lang=ja",
    ),
    *("/queries/reciprocal-expulsions", "/queries/timeline"),
    *("/?_lang=ja", "/about?_lang=ru", "/limits?_lang=ru"),
    *("/queries/reciprocal-expulsions?_lang=ru", "/queries/acts-between-states?_lang=ru"),
    *("/between/japan/russia.html", "/between/japan/russia.html?_lang=ja", "/between/mongolia/russia.html"),
]
WAYS = ("desktop", "dark-phone")
WRONG = "<urn:example:act> a <https://w3id.org/diplograph/ontology#Expulsion> ."
THING = """SELECT (MIN(?thing) AS ?first) { ?thing a ?type FILTER(STRSTARTS(STR(?thing), "%s")) }"""
WIDER = "document.scrollingElement.scrollWidth - window.innerWidth"


@pytest.fixture
def sound(
    open_page: Callable[[str], Page], violations: Callable[[Page], list[str]], pictures: Path
) -> Callable[[str, str], None]:
    """Opens an address one way and holds the page to what every page is held to."""

    def check(address: str, way: str) -> None:
        page = open_page(way)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        assert page.locator("h1").count() == 1
        assert page.evaluate(WIDER) <= 0
        name = re.sub(r"[^\w-]+", "-", address).strip("-") or "home"
        page.screenshot(path=pictures / f"{name}-{way}.png")
        assert violations(page) == []

    return check


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_page_is_sound(address: str, way: str, sound: Callable[[str, str], None]):
    sound(address, way)


@pytest.mark.parametrize("name", QUERIES)
def test_page_of_every_canned_query_is_sound(name: str, sound: Callable[[str, str], None]):
    sound(f"/queries/{name}", "dark-phone")


@pytest.mark.parametrize("name", QUERIES)
def test_answer_of_every_canned_query_is_as_wide_as_the_page(name: str, open_page: Callable[[str], Page]):
    page = open_page("desktop")
    page.goto(f"/queries/{name}")

    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("way", WAYS)
def test_report_on_what_was_sent_is_sound(
    way: str, open_page: Callable[[str], Page], watch: Watch, pictures: Path
):
    watch.expected.append("ERR_FAILED")
    page = open_page(way)
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/validate")
    page.locator("textarea").first.fill(WRONG)
    page.locator("form button[type=submit]").first.click()

    assert page.locator(".finding").count() > 0
    assert page.evaluate(WIDER) <= 0
    page.screenshot(path=pictures / f"report-{way}.png", full_page=True)


@pytest.mark.parametrize("kind", KINDS)
def test_page_of_every_kind_of_thing_is_sound(kind: str, base: str, sound: Callable[[str, str], None]):
    space = f"{ID}{kind}/"
    address = f"{base}/sparql?{urlencode({'query': THING % space})}"
    found = json.loads(fetch(address))["results"]["bindings"][0]
    if not found:
        pytest.skip(f"the graph holds no {kind}")

    sound(f"/doc/{kind}/{found['first']['value'].removeprefix(space)}.html", "dark-phone")


@pytest.mark.parametrize(
    "address", ["/doc/act/japan-expels-nobody.html", "/queries/sanctions?imposer=jappan"]
)
def test_page_of_an_error_is_sound(
    address: str, open_page: Callable[[str], Page], watch: Watch, violations: Callable[[Page], list[str]]
):
    watch.expected.append("404")
    page = open_page("desktop")

    answer = page.goto(address)

    assert answer is not None
    assert answer.status == 404
    assert violations(page) == []
