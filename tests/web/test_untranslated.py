"""No word of English stands on a page in Japanese or Russian, unless it is marked as such or is a name."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from diplograph.namespaces import ID, KINDS
from diplograph.translations import catalogue

ENGINES = ("embedded",)
SPOKEN = ("aria-label", "alt", "placeholder", "title", "data-label")
SILENT = {"code", "pre", "script", "style", "textarea", "option", "metadata"}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")
ADDRESS = re.compile(r"\S*[:/_=?#@]\S*|\S*\.\w+\S*|\S*\d\S*")
NAMES = {
    *("diplograph", "SPARQL", "RDF", "CSV", "TSV", "JSON", "JSON-LD", "XML", "Turtle", "TriG", "N-Triples"),
    *("N-Quads", "BibTeX", "CSL-JSON", "SVG", "PNG", "SHA", "IRI", "API", "OpenAPI", "PLOVER", "GDELT", "LD"),
    *(
        "Wikidata",
        "OpenSanctions",
        "CC",
        "BY",
        "Unicode",
        "SHACL",
        "GET",
        "POST",
        "HEAD",
        "OPTIONS",
        "Python",
    ),
    *(
        "JavaScript",
        "curl",
        "UTC",
        "gzip",
        "URL",
        "CURIE",
        "EDTF",
        "Accept",
        "English",
        "en",
        "ja",
        "ru",
        "kB",
    ),
    *("ar", "es", "fr", "zh"),
    *(
        "MB",
        "GB",
        "KiB",
        "MiB",
        "GiB",
        "JP",
        "N-Triples",
        "PUT",
        "DELETE",
        "R",
        "Markdown",
        "Ctrl",
        "Enter",
        "Space",
        "Natural",
        "Earth",
        "true",
        "false",
    ),
}
"""Names of formats, tools and projects, which are the same in every language."""
ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "/",
    "/about",
    "/queries",
    "/search",
    "/search?q=%E6%97%A5%E6%9C%AC",
    "/search?q=%E3%81%82%E3%81%82%E3%81%82%E3%81%82",
    "/sparql",
    "/validate",
    "/ontology",
    "/ontology?q=%E6%97%A5",
    "/vocab",
    "/shapes",
    "/graphs",
    "/docs",
    "/dumps",
    "/versions",
    "/changes",
    "/limits",
    "/problems",
    "/problems/busy",
    "/version",
    "/nowhere",
    "/doc/state/japan",
    "/doc/act/japan-expels-eight-russians-2022-04",
    "/doc/place/islands-1",
    "/doc/span/a1-s28",
    "/doc/document/a1",
    "/vocab/stated.html",
    "/graph/a1.html",
    "/rule/reciprocity-1.html",
    "/between/japan/russia",
    "/sparql?query=SELECT+%2A+%7B+%3Fs+a+%3Fo+%7D+LIMIT+3",
    "/sparql?query=ASK+%7B+%3Fs+a+%3Fo+%7D",
    *(f"/queries/{path.stem}" for path in sorted((ROOT / "queries" / "canned").glob("*.rq"))),
    "/queries/sanctions?imposer=%E6%97%A5",
    "/queries/timeline?_columns=all&_filter=%E3%81%82%E3%81%82",
    "/queries/evidence-of?act=%E6%97%A5",
]
THING = """SELECT (MIN(?thing) AS ?first) { ?thing a ?type FILTER(STRSTARTS(STR(?thing), "%s")) }"""


MESSAGES = {message.id for message in catalogue("ja")}
"""What may not stand in a picture; the labels of the data in it have no language of their own."""


class Words(HTMLParser):
    """The texts of a page with an English word in them that nothing marks as English, or as a name."""

    def __init__(self, page: str, language: str) -> None:
        super().__init__(convert_charrefs=True)
        self.language = language
        self.open: list[tuple[str, str | None]] = []
        self.found: set[str] = set()
        self.feed(page)

    @property
    def here(self) -> str | None:
        """The language at this place, empty where nothing is said."""
        if any(tag in SILENT for tag, _ in self.open):
            return ""
        return next((lang for _, lang in reversed(self.open) if lang is not None), self.language)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.open.append((tag, "" if given.get("translate") == "no" else given.get("lang")))
        for name in SPOKEN:
            text = given.get(name) or ""
            if text.isascii():  # else a label of the data stands within a text that is translated
                self.look(text)
        if tag in VOID:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.look(data)

    def look(self, text: str) -> None:
        words = [word for word in WORD.findall(ADDRESS.sub(" ", text)) if word not in NAMES]
        text = " ".join(text.split())
        if self.here != self.language or all(word.isupper() for word in words):
            return
        is_drawn = any(tag == "svg" for tag, _ in self.open)
        if not is_drawn or (" " in text and text in MESSAGES):
            self.found.add(text[:200])


@pytest.mark.parametrize("language", ["ja", "ru"])
@pytest.mark.parametrize("path", PAGES)
def test_no_english_word_stands_on_a_page_in_another_language(
    client: FlaskClient, path: str, language: str
) -> None:
    assert english(client, path, language) == []


@pytest.mark.parametrize("language", ["ja", "ru"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_english_word_stands_on_the_page_of_a_thing_of_any_kind(
    client: FlaskClient, kind: str, language: str
) -> None:
    answer = client.get("/sparql.json", query_string={"query": THING % f"{ID}{kind}/"})
    found = answer.get_json()["results"]["bindings"][0]
    if "first" not in found:
        pytest.skip(f"no {kind} is in the data")
    first = found["first"]["value"]

    assert english(client, f"/doc/{first.removeprefix(ID)}.html", language) == []


@pytest.mark.parametrize("language", ["ja", "ru"])
def test_no_english_word_stands_on_a_report(client: FlaskClient, language: str) -> None:
    wrong = "<urn:x:act> a <https://w3id.org/diplograph/ontology#Expulsion> ."
    answer = client.post(
        "/validate",
        data={"rdf": wrong, "media": "text/turtle"},
        headers={"Accept": "text/html", "Accept-Language": language},
    )

    assert sorted(Words(answer.text, language).found) == []


def english(client: FlaskClient, path: str, language: str) -> list[str]:
    """The texts of a page with an English word that should not be there."""
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    assert answer.headers["Content-Language"] == language
    return sorted(Words(answer.text, language).found)
