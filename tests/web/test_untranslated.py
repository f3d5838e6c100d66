"""No word of English stands on a page in Japanese or Russian, unless it is marked as such or is a name."""

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

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
    *("MB", "GB", "KiB", "MiB", "GiB", "JP", "N-Triples", "PUT", "DELETE", "R"),
}
"""Names of formats, tools and projects, which are the same in every language."""
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
]


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
        words = WORD.findall(ADDRESS.sub(" ", text))
        if self.here == self.language and any(word not in NAMES and not word.isupper() for word in words):
            self.found.add(" ".join(text.split())[:200])


@pytest.mark.parametrize("language", ["ja", "ru"])
@pytest.mark.parametrize("path", PAGES)
def test_no_english_word_stands_on_a_page_in_another_language(
    client: FlaskClient, path: str, language: str
) -> None:
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})

    assert answer.headers["Content-Language"] == language
    assert sorted(Words(answer.text, language).found) == []
