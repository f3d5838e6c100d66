"""The words of scripts in the language of the page: where a catalogue has other words, no English is left."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from browser.conftest import Watch
from script_texts import SOURCES, messages

CATALOGUE = "**/static/messages/*.json"
VALUE = re.compile(r"%\(\w+\)s")
FORMS = {"ja": 1, "ru": 3}
BAD = "<https://w3id.org/diplograph/id/act/x> a <https://w3id.org/diplograph/ontology#Act> ."
PAIRS = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
SELECT ?act ?state WHERE { ?act a dg:Expulsion ; dg:actor ?state } ORDER BY ?act LIMIT 4"""
TRIPLES = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
CONSTRUCT { ?a dg:inResponseTo ?b } { ?a dg:inResponseTo ?b }"""
POINTS = """PREFIX geo: <http://www.opengis.net/ont/geosparql#>
SELECT ?place ?point { ?place geo:hasDefaultGeometry/geo:asWKT ?point }"""
MILLISECONDS = 40_000
SAID = """() => {
  const NAMES = ["aria-label", "title", "alt", "placeholder", "label"];
  const found = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (["SCRIPT", "STYLE", "TEXTAREA"].includes(node.tagName) || node.lang === "en") return;
      for (const name of NAMES) found.push(node.getAttribute(name) ?? "");
      if (node.shadowRoot) walk(node.shadowRoot);
    }
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return found;
}"""


def filled(known: dict[str, object], language: str) -> dict[str, object]:
    """A catalogue whose gaps are filled with words that are no English, so that it has every message."""
    made = dict(known)
    for message, *plural in messages(*SOURCES):
        told = f"«{' '.join(VALUE.findall(message)) or 'ю'}»"
        made.setdefault(message, [told] * FORMS[language] if plural else told)
    return made


def english(catalogue: dict[str, object]) -> set[str]:
    """What would be English on a page: of each message the parts of two or more words around its values."""
    changed = [texts for texts in messages(*SOURCES) if catalogue[texts[0]] != texts[0]]
    parts = {part.strip(" .:") for texts in changed for text in texts for part in VALUE.split(text)}
    return {part for part in parts if len(part.split()) > 1}


Speak = Callable[[str, str], tuple[Page, set[str]]]


@pytest.fixture
def speak(open_page: Callable[[str], Page]) -> Speak:
    """Opens an address in a language with a whole catalogue; what must not stand on it comes with it."""

    def opened(path: str, language: str) -> tuple[Page, set[str]]:
        page, sent = open_page("desktop"), []

        def fill(route: Route) -> None:
            answer = route.fetch()
            sent.append(filled(answer.json(), language))
            route.fulfill(response=answer, body=json.dumps(sent[0]))

        page.goto("/limits")
        page.evaluate("localStorage.clear()")  # what was run before tells its outcome in English
        page.route(CATALOGUE, fill)
        page.goto(f"{path}?_lang={language}")
        page.wait_for_load_state("networkidle")
        assert len(sent) == 1
        return page, english(sent[0])

    return opened


def left(page: Page, unwanted: set[str]) -> list[str]:
    """The English of scripts that stands on a page or is read out, but for what is marked as English."""
    said = "\n".join(page.evaluate(SAID))
    return sorted(text for text in unwanted if text in said)


def ask(page: Page, query: str) -> None:
    """Run a query in the editor and draw its answer as the last of the pictures that fit."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(query)
    with page.expect_response("**/sparql?*"):
        page.keyboard.press("Control+Enter")
    page.locator("[data-views] button").last.click()
    page.locator("#answer figure").wait_for()
    page.wait_for_load_state("networkidle")


def open_search(page: Page) -> None:
    """Open the panel that searches in the text."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+F")
    page.locator(".cm-search").wait_for()


@pytest.fixture(params=["ja", "ru"])
def language(request: pytest.FixtureRequest) -> str:
    """A language of pages that is not English."""
    return str(request.param)


def test_editor_speaks_it(speak: Speak, language: str):
    page, unwanted = speak("/sparql", language)
    assert len(unwanted) > 30
    page.locator(".actions select").wait_for()
    open_search(page)

    assert left(page, unwanted) == []


@pytest.mark.parametrize("query", [PAIRS, POINTS, TRIPLES], ids=["pairs", "points", "triples"])
def test_answer_in_the_editor_and_its_picture_speak_it(speak: Speak, language: str, query: str):
    page, unwanted = speak("/sparql", language)
    ask(page, query)
    page.locator("#editor details summary").first.click()

    assert left(page, unwanted) == []


def test_what_is_asked_for_comes_in_the_language_that_the_address_names(speak: Speak, watch: Watch):
    page, _ = speak("/sparql", "ja")
    ask(page, PAIRS)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("SELECT ?act WHERE { ?act a ")
    page.keyboard.press("Control+End")
    page.keyboard.type("expul")

    expect(page.get_by_role("option", name="dg:Expulsion")).to_contain_text("国外追放")
    asked = [one for one in watch.requests if re.search(r"/(sparql|editor\.json)(\?|$)", one)]
    assert len(asked) >= 3
    assert [one for one in asked if "_lang=ja" not in one] == []


@pytest.mark.parametrize("path", ["/queries/names-of-places", "/queries/responses"])
def test_page_with_a_map_or_a_graph_speaks_it(speak: Speak, language: str, path: str):
    page, unwanted = speak(path, language)
    page.locator("figure [role=img]").first.wait_for()
    page.wait_for_load_state("networkidle")

    assert left(page, unwanted) == []


def test_page_that_checks_speaks_it(speak: Speak, language: str):
    page, unwanted = speak("/validate", language)
    page.locator(".cm-content").click()
    page.keyboard.insert_text(BAD)
    page.locator("form#validate button[type=submit]").click()
    page.locator(".finding").first.wait_for(timeout=MILLISECONDS)
    open_search(page)

    assert left(page, unwanted) == []


def test_problem_of_the_service_is_marked_as_english(speak: Speak, language: str, watch: Watch):
    watch.expected.append("400")
    page, unwanted = speak("/sparql", language)
    page.locator(".cm-content").click()
    page.keyboard.insert_text("ODER ")
    page.keyboard.press("Control+Enter")

    alert = page.get_by_role("alert")
    expect(alert.locator("[lang=en]").first).to_have_text("Malformed query")
    page.locator(".cm-lintRange-error").hover()
    expect(page.locator(".cm-tooltip-lint p")).to_have_attribute("lang", "en")
    assert left(page, unwanted) == []


@pytest.mark.parametrize(
    ("count", "told"), [(1, "1 запрос"), (2, "2 запроса"), (5, "5 запросов"), (21, "21 запрос")]
)
def test_number_has_its_form_in_russian(page: Page, count: int, told: str):
    forms = ["%(n)s запрос", "%(n)s запроса", "%(n)s запросов"]
    page.route(CATALOGUE, lambda route: route.fulfill(json={"History: %(n)s query": forms}))
    page.goto("/sparql?_lang=ru")
    ran = [{"query": f"ASK {{}} # {n}", "told": "", "at": "2026-01-01T00:00:00Z"} for n in range(count)]
    page.evaluate("ran => localStorage.setItem('diplograph.queries', JSON.stringify(ran))", ran)
    page.reload()

    expect(page.locator("#editor summary")).to_have_text(told)
    page.evaluate("localStorage.clear()")


def test_scripts_speak_english_where_there_is_no_catalogue(page: Page, watch: Watch):
    watch.expected.append("Failed to load resource")
    page.route(CATALOGUE, lambda route: route.fulfill(status=404))
    page.goto("/sparql?_lang=ja")

    expect(page.get_by_role("button", name="Copy link")).to_be_visible()


def test_english_page_asks_for_no_catalogue(page: Page, watch: Watch):
    for path in ("/sparql", "/validate", "/queries/names-of-places"):
        page.goto(path)
        page.wait_for_load_state("networkidle")

    assert len(watch.requests) > 10
    assert [one for one in watch.requests if "/static/messages/" in one] == []


def test_switch_of_language_keeps_the_query_of_the_editor(page: Page):
    page.goto("/sparql?_lang=ru")
    expect(page.locator(".cm-editor")).to_be_visible()
    page.evaluate("location.hash = 'query=here'")

    page.get_by_role("link", name="日本語").click()

    expect(page).to_have_url(re.compile(r"/sparql\?_lang=ja#query=here$"))
