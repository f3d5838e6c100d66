"""The words of scripts: each is in the catalogues, and a page names them at an address that lasts."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from diplograph import translations
from diplograph.namespaces import LANGUAGES
from diplograph.web import built, languages
from diplograph.web.static_site import FileNames, Rewriter
from script_texts import SOURCES, messages

ENGINES = ("embedded",)
CALL = re.compile(r'(?<![\w.])tn?\(\s*("(?:[^"\\]|\\.)*")')
LINK = re.compile(r'<link rel="preload" as="fetch"[^>]* href="([^"]+)" id="messages">')
has_scripts = pytest.mark.skipif(not built(), reason="the scripts of the pages are not built")
PAGES = ("/sparql", "/validate", "/queries/names-of-places", "/doc/state/japan.html")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_message_of_a_script_is_found_by_the_extraction(path: Path) -> None:
    written = {json.loads(text) for text in CALL.findall(path.read_text(encoding="utf-8"))}

    assert {message for message, *_ in messages(path)} == written


@pytest.mark.parametrize("language", ["ja", "ru"])
def test_every_message_of_the_scripts_is_in_the_catalogue(language: str) -> None:
    wanted = {message for message, *_ in messages(*SOURCES)}
    known = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in translations.catalogue(language)
        if any(languages.SCRIPTS in path for path, _ in message.locations)
    }

    assert wanted - known == set(), "run make messages"
    assert len(wanted) > 60


@has_scripts
@pytest.mark.parametrize("path", PAGES)
def test_page_names_the_messages_of_its_language_at_an_address_to_keep_for_ever(
    client: FlaskClient, path: str
) -> None:
    link = LINK.search(client.get(path, query_string={"_lang": "ja"}, headers={"Accept": "text/html"}).text)
    assert link is not None
    answer = client.get(link[1])

    assert re.fullmatch(r"/static/messages/ja-[0-9a-f]{16}\.json", link[1])
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.data) == translations.messages_of("ja", languages.SCRIPTS)


@pytest.mark.parametrize("path", ["/sparql?_lang=en", "/about?_lang=ja"])
def test_page_in_english_or_without_a_script_names_none(client: FlaskClient, path: str) -> None:
    assert 'id="messages"' not in client.get(path, headers={"Accept": "text/html"}).text


@pytest.mark.parametrize("name", ["ja-0123456789abcdef", "en-0123456789abcdef", "ja-", "ja"])
def test_messages_that_never_were_are_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/messages/{name}.json").status_code == 404


@has_scripts
def test_static_site_takes_the_messages_along(client: FlaskClient) -> None:
    page = client.get("/doc/state/japan.html?_lang=ru", headers={"Accept": "text/html"}).text
    rewriter = Rewriter("/doc/state/japan.html", names=FileNames(LANGUAGES), language="ru")
    path, _ = languages.of_scripts("ru")

    link = LINK.search(rewriter.page(page))
    assert link is not None
    assert link[1] == f"../../..{path}"
    assert (path, "ru") in rewriter.found


def test_only_messages_that_are_translated_whole_are_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ru.po").write_text(
        """
#: src/frontend/src/a.ts
msgid "Apply"
msgstr "Применить"

#: src/frontend/src/a.ts
msgid "Close"
msgstr ""

#: src/frontend/src/a.ts
msgid "%(n)s row"
msgid_plural "%(n)s rows"
msgstr[0] "%(n)s строка"
msgstr[1] "%(n)s строки"
msgstr[2] "%(n)s строк"

#: src/frontend/src/a.ts
msgid "%(n)s thing"
msgid_plural "%(n)s things"
msgstr[0] "%(n)s вещь"
msgstr[1] ""
msgstr[2] ""

#: src/a.py
msgid "Page"
msgstr "Страница"
""",
        encoding="utf-8",
    )
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    translations.catalogue.cache_clear()
    try:
        assert translations.messages_of("ru", languages.SCRIPTS) == {
            "Apply": "Применить",
            "%(n)s row": ["%(n)s строка", "%(n)s строки", "%(n)s строк"],
        }
    finally:
        translations.catalogue.cache_clear()
