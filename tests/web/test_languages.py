"""Languages of pages: one of three, settled before the cache, told in the answer, kept by links."""

import re

import pytest
from flask.testing import FlaskClient

from diplograph import translations
from diplograph.web import languages

USUAL_ENGINES = ("embedded",)
HREF = re.compile(r'<a [^>]*?href="([^"]+)"')


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("ja-JP", "ja"),
        ("ru-RU, ru;q=0.9, en;q=0.8", "ru"),
        ("de, ja;q=.3, en;q=0.2", "ja"),
        ("de", "en"),
        ("ja;q=0, ru;q=0.1", "ru"),
        ("*", "en"),
        ("ja\t,,;q=x", "ja"),
        ("x" * 300 + ", ja", "en"),
        (f"en;q=0.9,{'x' * 240},ru;q=0.01", "en"),
        ("\x00ж, %", "en"),
    ],
)
def test_one_of_three_languages_is_settled_on(header: str, language: str) -> None:
    environ = {languages.ACCEPT_LANGUAGE: header}
    languages.settle(environ)
    assert environ[languages.ACCEPT_LANGUAGE] == language


def test_answer_is_kept_once_for_each_language_however_it_is_asked_for(client: FlaskClient) -> None:
    sent = ["ja", "ja-JP,ja;q=0.9,en-US;q=0.8", "ru", "de-CH, ja;q=0.4", "ru;q=1.0", "", "en-GB", "fr"]

    timings = [
        client.get("/about?once", headers={"Accept-Language": header}).headers["Server-Timing"]
        for header in sent
    ]

    assert ["hit" in timing for timing in timings] == [False, True, False, True, True, False, True, True]


@pytest.mark.parametrize(
    "path", ["/", "/about", "/queries", "/doc/state/japan", "/search?q=japan", "/limits"]
)
def test_page_says_which_language_it_is_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "ru", "Accept": "text/html"})
    named = client.get(f"{path}{'&' if '?' in path else '?'}_lang=ja", headers={"Accept": "text/html"})

    assert answer.headers["Content-Language"] == "ru"
    assert "Accept-Language" in answer.vary
    assert '<html lang="ru">' in answer.get_data(as_text=True)
    assert named.headers["Content-Language"] == "ja"
    assert "Accept-Language" not in named.vary


def test_language_of_an_address_is_kept_by_every_link_to_a_page_and_by_forms(client: FlaskClient) -> None:
    page = client.get("/?_lang=ja", headers={"Accept": "text/html"}).get_data(as_text=True)

    own = [link for link in HREF.findall(page) if link.startswith("/")]
    without = [link for link in own if "_lang=" not in link]
    assert [link for link in without if not languages.FILES.search(link.partition("?")[0])] == []
    assert '<input type="hidden" name="_lang" value="ja">' in page
    assert len(own) > len(without)


def test_link_without_a_chosen_language_has_none(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept": "text/html", "Accept-Language": "ja"}).get_data(as_text=True)

    assert [link for link in HREF.findall(page) if "_lang=" in link] == ["/?_lang=en", "/?_lang=ru"]


def test_switch_keeps_what_else_the_address_says(client: FlaskClient) -> None:
    page = client.get("/search?q=a%26b&_lang=ja", headers={"Accept": "text/html"}).get_data(as_text=True)

    assert "/search?q=a%26b&amp;_lang=ru" in page


def test_redirect_keeps_the_language(client: FlaskClient) -> None:
    answer = client.get("/id/state/japan?_lang=ja", headers={"Accept": "text/html"})

    assert answer.headers["Location"].endswith("/doc/state/japan.html?_lang=ja")


@pytest.mark.parametrize("query", ["_lang=", "_lang", "%5Flang=", "_l%61ng="])
@pytest.mark.parametrize("path", ["/about", "/doc/state/japan", "/between/japan/russia.md", "/queries"])
def test_address_that_names_no_language_after_all_depends_on_the_reader(
    client: FlaskClient, path: str, query: str
) -> None:
    kinds = {"Accept": "text/html, text/markdown"}
    japanese = client.get(f"{path}?{query}", headers=kinds | {"Accept-Language": "ja"})
    russian = client.get(f"{path}?{query}", headers=kinds | {"Accept-Language": "ru"})

    assert (japanese.headers["Content-Language"], russian.headers["Content-Language"]) == ("ja", "ru")
    assert "Accept-Language" in japanese.vary


@pytest.mark.parametrize("query", ["_lang=ru", "%5Flang=ru", "_l%61ng=ru", "%5f%6C%61%6E%67=%72u"])
def test_language_of_an_address_is_read_however_it_is_written(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/doc/state/japan?{query}", headers={"Accept": "text/html", "Accept-Language": "ja"})

    assert answer.headers["Content-Language"] == "ru"
    assert "Accept-Language" not in answer.vary
    assert '<html lang="ru">' in answer.text
    assert 'href="/doc/state/russia?_lang=ru"' in answer.text


def test_other_formats_in_words_keep_the_language_of_the_address(client: FlaskClient) -> None:
    page = client.get("/between/japan/russia?_lang=ja", headers={"Accept": "text/html"})
    story = client.get("/between/japan/russia.md?_lang=ja")

    assert 'href="/between/japan/russia.md?_lang=ja"' in page.text
    assert story.headers["Content-Location"] == "/between/japan/russia.md?_lang=ja"
    assert story.headers["Content-Language"] == "ja"


@pytest.mark.parametrize("path", ["/", "/docs", "/about", "/validate", "/vocab"])
def test_language_that_is_none_is_refused_everywhere(client: FlaskClient, path: str) -> None:
    assert client.get(f"{path}?_lang=ja,,x").status_code == 400


def test_what_programs_read_is_the_same_in_every_language(client: FlaskClient) -> None:
    for path in ("/openapi.json", "/queries", "/nowhere"):
        bodies = {
            re.sub(rb'"request_id.*', b"", client.get(path, headers={"Accept-Language": tag}).data)
            for tag in ("en", "ja", "ru")
        }
        assert len(bodies) == 1


@pytest.mark.parametrize("tag", ['"><script>', "ja en"])
def test_hostile_language_reaches_no_page(client: FlaskClient, tag: str) -> None:
    answer = client.get("/", query_string={"_lang": tag}, headers={"Accept": "text/html"})

    assert answer.status_code == 400
    assert "<script>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "listed"), [("en", "a, b and c"), ("ja", "a、b、c"), ("ru", "a, b и c")]
)
def test_list_in_words_is_as_the_language_has_it(language: str, listed: str) -> None:
    with translations.in_language(language):
        assert translations.listed(["a", "b", "c"]) == listed
        assert languages.enumeration(["<", "b"]).startswith("&lt;")


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Ukrainian"), ("ja", "ウクライナ語"), ("ru", "украинский")]
)
def test_language_is_named_in_the_one_of_the_page(language: str, name: str) -> None:
    with translations.in_language(language):
        assert languages.name_of("uk") == name
        assert languages.name_of("x-none") is None


@pytest.mark.parametrize("language", ["en", "ja"])
def test_value_may_have_any_name_and_no_text_is_no_message(language: str) -> None:
    with translations.in_language(language):
        assert languages.message("of %(text)s", text="<") == "of &lt;"
        assert (
            translations.ngettext("%(n)s of %(message)s", "%(n)s of %(message)s", 2, message="m") == "2 of m"
        )
        assert translations.translated("") == ""
