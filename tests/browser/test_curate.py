"""An article curated whole in the browser, by clicks and keys, and then asked; nobody else gets in."""

import json
import os
import re
import subprocess
import sys
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from diplograph.cli import init
from diplograph.namespaces import in_space
from diplograph.settings import Settings
from diplograph.sources import Marker
from diplograph.workbench.entries import Entry
from diplograph.workbench.workspace import Workspace

SECONDS = 30
expect.set_options(timeout=SECONDS * 1000)
MOST_ACTIONS = 12
TEXT = """\
🗾 Tokyo and Moscow at odds

On 8 April 2022 Japan announced the expulsion of eight Russian diplomats. Russia called the step unfounded.

On 27 April 2022 Russia ordered eight Japanese diplomats to leave by 10 May 2022. A month later \
Ruritania offered to mediate.
"""
SELECT = """bounds => {
  const place = document.querySelector("#article .words");
  const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  const found = bounds.map(() => null);
  for (let at = 0, node = texts.nextNode(); node; at += node.length, node = texts.nextNode())
    bounds.forEach((bound, i) => {
      if (bound >= at && bound <= at + node.length) found[i] = [node, bound - at];
    });
  const options = { bubbles: true, isPrimary: true, button: 0 };
  place.dispatchEvent(new PointerEvent("pointerdown", options));
  document.getSelection().setBaseAndExtent(...found[0], ...found[1]);
  document.dispatchEvent(new Event("selectionchange"));
  place.dispatchEvent(new PointerEvent("pointerup", options));
}"""
PREFIX = "PREFIX dg: <https://w3id.org/diplograph/ontology#> "
PROTESTS = f"{PREFIX}SELECT ?act {{ ?act a dg:Protest }}"
EXPULSIONS = (
    f"{PREFIX}SELECT (COUNT(DISTINCT ?act) AS ?acts) {{ ?act a dg:Expulsion ; dg:affects/dg:memberCount 8 }}"
)


@dataclass
class Desk:
    """A workbench that runs: its knowledge base, its address with the token, and its process."""

    kb: Path
    address: str

    @property
    def base(self) -> str:
        return self.address.partition("/?")[0]


def mixed_text() -> str:
    """Sentences over several scripts, with pairs of code units, joined emoji and marks that combine."""
    pieces = [
        "Tokyo 🗾 said so. ",
        "日本は抗議した。",
        "Россия ответила. ",
        "👩‍👩‍👧‍👦 left. ",
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 stays. ",
    ]
    pieces += [
        unicodedata.normalize("NFD", "Kuczyński wrote é. "),
        "قال الوزير ذلك. ",
        "हिन्दी में कहा। ",
        "\n\n",
    ]
    return "".join(Random(3).choices(pieces, k=60)) + "It ended. 🏁\n"


def diplograph(*arguments: str, kb: Path | None = None) -> str:
    environment = {**os.environ, **({"DIPLOGRAPH_KB": str(kb)} if kb else {})}
    command = [str(Path(sys.executable).parent / "diplograph"), *arguments]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return run.stdout


@contextmanager
def workbench(kb: Path, *options: str) -> Iterator[Desk]:
    """A workbench that runs over a knowledge base while the block lasts."""
    command = [str(Path(sys.executable).parent / "diplograph"), "curate", "--kb", str(kb), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield Desk(kb, process.stdout.readline().strip())
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0
        process.stdout.close()


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A workbench over a knowledge base of one's own with a text that is not recorded yet."""
    del browser  # without one there is nothing to start it for
    kb = tmp_path_factory.mktemp("desk") / "kb"
    diplograph("init", str(kb), "--base", "https://example.org/desk/")
    (kb / "sources" / "odds.txt").write_text(TEXT, encoding="utf-8")
    (kb / "sources" / "mixed.txt").write_text(mixed_text(), encoding="utf-8")
    with workbench(kb) as found:
        yield found


@pytest.fixture(scope="module")
def context(browser: Browser, desk: Desk) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=desk.base, viewport={"width": 1400, "height": 1000})
    opened.set_default_timeout(SECONDS * 1000)
    page = opened.new_page()
    page.goto(desk.address)
    page.close()
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
    yield opened
    opened.close()
    assert wrong == []


class Hands:
    """A curator's hands: each click, shortcut, pick and filled field counts as one action."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)

    def click(self, name: str) -> None:
        self.actions += 1
        expect(self.page.locator("#said, #record p")).not_to_have_text("Being checked …")
        self.page.get_by_role("button", name=name, exact=True).click()

    def pick(self, what: str, label: str) -> None:
        self.actions += 1
        self.page.locator(f"#{what}").select_option(label)

    def fill(self, field: str, *texts: str) -> None:
        """Fill a field; with several texts, the input that appears below each time."""
        for number, text in enumerate(texts):
            self.actions += 1
            self.page.locator(f"input[data-field='{field}']").nth(number).fill(text)

    def accept(self) -> int:
        """Accept the entry by its shortcut; how many actions it took from the passage on."""
        said = self.page.locator("#said")
        expect(said).to_have_text(re.compile("Nothing stands|Not right"))
        assert "Nothing" in said.inner_text(), self.page.locator(".remark").all_inner_texts()
        self.press("Control+Enter")
        expect(self.page.locator("#said")).to_contain_text("Accepted")
        taken, self.actions = self.actions, 0
        return taken


def record(page: Page, file: str, label: str) -> None:
    page.goto("/")
    page.get_by_role("row", name=file).get_by_role("link", name="Record this text").click()
    hands = Hands(page)
    hands.fill("label", label)
    hands.fill("copyright-notice", "none stated")
    hands.fill("in-language", "en")
    hands.fill("published", "2022-07-01")
    hands.click("Record it")
    page.wait_for_url("**/articles/*")
    expect(page.locator(".sentence.current")).to_have_count(1)


def choose(hands: Hands, words: str) -> None:
    """Choose the sentence with some words by keys alone."""
    for _ in range(10):
        if words in hands.page.locator(".sentence.current").inner_text():
            hands.press("Enter")
            expect(hands.page.locator("form.entry")).to_be_visible()
            return
        hands.press("n")
    raise AssertionError(f"no sentence has {words!r}")


def test_an_article_is_curated_whole_by_clicks_and_keys_and_then_answers(
    page: Page, desk: Desk, pictures: Path
):
    record(page, "odds.txt", "Tokyo and Moscow at odds")
    hands, taken = Hands(page), []
    for words, actor, target, day in (
        ("8 April 2022", "Japan", "RU", "2022-04-08"),
        ("27 April 2022", "Россия", "JPN", "2022-04-27"),
    ):
        choose(hands, words)
        hands.pick("class", "expulsion")
        for field, text in (("actor", actor), ("target", target), ("realisation", "ordered")):
            hands.fill(field, text)
        for field, text in (("when", day), ("count", "8"), ("role", "diplomat")):
            hands.fill(field, text)
        taken.append(hands.accept())
    page.screenshot(path=pictures / "curate-1400.png", full_page=True)

    choose(hands, "unfounded")
    hands.pick("sort", "claim")
    hands.fill("claimed-by", "Russia")
    hands.fill("claim-about", "act:japan-expulsion-russia-8-april-2022")
    hands.fill("epistemic-status", "attributed")
    hands.fill("proposition", "The expulsion is unfounded.")
    taken.append(hands.accept())

    choose(hands, "mediate")
    hands.pick("sort", "act")
    hands.pick("class", "mediation")
    hands.fill("actor", "Ruritania")
    hands.fill("target", "Japan", "Russia")
    hands.fill("realisation", "proposed")
    hands.fill("when", "2022-06")
    hands.click("new state")
    expect(page.locator("input[data-field='label']").first).to_have_value("Ruritania")
    taken.append(hands.accept())
    taken.append(hands.accept())

    choose(hands, "at odds")
    expect(page.locator("#said")).to_contain_text("Not right yet")
    assert max(taken) <= MOST_ACTIONS, taken
    answer = json.loads(diplograph("query", "--query", EXPULSIONS, "--results", "json", kb=desk.kb))
    assert answer["results"]["bindings"][0]["acts"]["value"] == "2"
    pairs = diplograph("run", "reciprocal-expulsions", "--results", "csv", kb=desk.kb)
    assert pairs.count("\n") == 2, "the head and the one pair"
    assert "0 violations, 0 warnings" in diplograph("check", kb=desk.kb)
    assert not re.search(
        "unfounded\\. *$", (desk.kb / "data" / "tokyo-and-moscow-at-odds.ttl").read_text(), re.M
    )


def test_what_is_wrong_stands_beside_its_field_as_one_types_and_an_entry_can_be_undone(
    page: Page, desk: Desk
):
    page.goto("/articles/tokyo-and-moscow-at-odds")
    page.locator(".sentence").first.click()
    hands = Hands(page)
    hands.pick("class", "protest")
    hands.fill("when", "8th of April")
    hands.fill("actor", "Atlantis")

    expect(page.locator(".field", has_text="when").get_by_role("status")).to_contain_text("is no date")
    expect(page.locator(".field", has_text="actor").get_by_role("status")).to_contain_text("nothing defines")
    hands.fill("actor", "Japan")
    hands.fill("when", "2022-04-08")
    expect(page.locator(".field .words").first).to_have_text("8 April 2022")
    hands.fill("target", "Russia")
    hands.fill("realisation", "carried-out")
    hands.accept()
    protests = partial(diplograph, "query", "--query", PROTESTS, "--results", "csv", kb=desk.kb)
    assert "japan-protest-russia-8-april-2022" in protests()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#said")).to_contain_text("Taken back")
    assert "protest" not in protests()


def coded(kb: Path, *acts: tuple[str, dict[str, list[str]]]) -> Path:
    """A knowledge base with a base of its own, the text under its own name, and acts, each on a sentence."""
    base, slug = f"https://example.org/{kb.name}/", f"odds-{kb.name}"
    init.write(kb, Marker(base=base, extends=version("diplograph")))
    (kb / "sources" / "odds.txt").write_text(TEXT, encoding="utf-8")
    facts = {"copyright-notice": ["none stated"], "in-language": ["en"], "published": ["2022-07-01"]}
    source = {"sort": "source", "class": "PinnedDocument", "label": f"Odds {kb.name}", "values": facts}
    with in_space(base):
        desk = Workspace(Settings.resolve(kb, environ={}), kb / "sources", "a coder")
        with desk.at_hand():
            desk.record("odds.txt", Entry.read(source, desk.form))
        for sentence, values in acts:
            start = TEXT.index(sentence)
            said = {
                "sort": "act",
                "class": "Expulsion",
                "values": values,
                "passages": [{"start": start, "end": start + len(sentence)}],
            }
            with desk.at_hand():
                desk.accept(Entry.read(said, desk.form), slug)
    return kb


def test_disagreements_of_two_coders_are_marked_and_listed_and_each_goes_to_its_passage(
    browser: Browser, tmp_path: Path, pictures: Path
):
    first = "On 8 April 2022 Japan announced the expulsion of eight Russian diplomats."
    second = "On 27 April 2022 Russia ordered eight Japanese diplomats to leave by 10 May 2022."
    one = {"actor": ["JP"], "target": ["RU"], "realisation": ["ordered"], "when": ["8 April 2022"]}
    two = {"actor": ["RU"], "target": ["JP"], "realisation": ["ordered"], "when": ["27 April 2022"]}
    ours = coded(tmp_path / "ours", (first, one), (second, two))
    theirs = coded(tmp_path / "theirs", (first, one | {"realisation": ["announced"]}))
    command = [str(Path(sys.executable).parent / "diplograph"), "agree", str(theirs), str(ours)]
    run = subprocess.run([*command, "--format", "json"], capture_output=True, check=False, timeout=120)
    assert run.returncode == 1, run.stderr
    (tmp_path / "d.json").write_bytes(run.stdout)

    with workbench(ours, "--disagreements", str(tmp_path / "d.json")) as desk:
        context = browser.new_context(base_url=desk.base, viewport={"width": 1400, "height": 1000})
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(desk.address)
        expect(page.get_by_role("row", name="odds.txt")).to_contain_text("2 differ")
        page.get_by_role("link", name="Odds ours").click()
        expect(page.locator(".sentence.differs")).to_have_text([first, second])
        lines = page.locator("#differences li")
        expect(lines).to_have_count(2)
        expect(lines.nth(0)).to_contain_text("stage: dgv:announced / dgv:ordered")
        expect(lines.nth(1)).to_contain_text("kind: nothing / Expulsion")

        page.locator("#article").focus()
        page.keyboard.press("d")
        expect(page.locator(".sentence.current.differs")).to_have_text(first)
        page.keyboard.press("d")
        expect(page.locator(".sentence.current.differs")).to_have_text(second)

        lines.nth(0).get_by_role("button").focus()
        page.keyboard.press("Enter")
        start = TEXT.index(first)
        expect(page.locator("#passage")).to_have_text(f"{start}-{start + len(first)}")
        expect(page.locator(".sentence.current")).to_have_text(first)
        expect(page.locator("#things")).to_contain_text("Japan: expulsion (Russia)")
        page.screenshot(path=pictures / "curate-disagreements-1400.png", full_page=True)
        context.close()
    assert wrong == []


def test_selections_over_any_script_have_the_offsets_that_python_counts(page: Page):
    record(page, "mixed.txt", "Mixed scripts")
    text, chance = mixed_text(), Random(7)
    for _ in range(200):
        start, end = sorted(chance.sample(range(len(text) + 1), 2))
        passage = text[start:end]
        if not passage.strip():
            continue
        units = [len(text[:bound].encode("utf-16-le")) // 2 for bound in (start, end)]
        page.evaluate(SELECT, units)
        first = start + len(passage) - len(passage.lstrip())
        last = end - (len(passage) - len(passage.rstrip()))
        expect(page.locator("#passage")).to_have_text(f"{first}-{last}")
        page.evaluate("() => new Promise(done => setTimeout(done, 20))")  # what is on its way has arrived


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 401),
        ("/?token=guessed", {}, 401),
        ("/articles/tokyo-and-moscow-at-odds/text", {}, 401),
        ("/static/style.css", {}, 401),
        ("/", {"Host": "evil.example"}, 403),
        ("/", {"Cookie": "{cookie}"}, 200),
        ("/", {"Cookie": "{cookie}", "Host": "evil.example"}, 403),
    ],
)
def test_only_who_has_the_token_gets_in_and_only_under_its_address(
    desk: Desk, path: str, headers: dict[str, str], status: int
):
    assert answered(desk, path, headers) == status


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1:1"])
def test_no_other_page_changes_anything(desk: Desk, origin: str | None):
    headers = {"Cookie": "{cookie}", "Content-Type": "application/json"}
    headers |= {"Origin": origin} if origin is not None else {}

    assert answered(desk, "/undo", headers, b'{"change": 1}') == 403


@pytest.mark.parametrize(
    "body", [b"", b"[", b"[]", b'{"change": "1"}', b'{"change": true}', b'{"change": -1}', b'{"change": 99}']
)
def test_a_body_that_names_no_change_is_refused(desk: Desk, body: bytes):
    headers = {"Cookie": "{cookie}", "Content-Type": "application/json", "Origin": desk.base}

    assert answered(desk, "/undo", headers, body) in {400, 404}


def answered(desk: Desk, path: str, headers: dict[str, str], body: bytes | None = None) -> int:
    """The status of the answer to a request; `{cookie}` stands for the one that the token gives."""
    port, token = desk.base.rpartition(":")[2], desk.address.partition("token=")[2]
    filled = {name: value.format(cookie=f"diplograph-{port}={token}") for name, value in headers.items()}
    request = urllib.request.Request(f"{desk.base}{path}", data=body, headers=filled)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)
