"""Answers and their pictures in the language of the page: names, dates, numbers, and what falls back."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient

from diplograph.queries import QueryBook
from diplograph.repository import Repository
from diplograph.translations import in_language
from diplograph.web import canned, create_app, pictures, validation
from diplograph.web.answers import Shown
from diplograph.web.links import Cell
from diplograph.web.pictures import canvas, exchange

USUAL_ENGINES = ("embedded",)
TEXT = re.compile(r"<text[^>]*>([^<]+)</text>")
MONTHS = {
    "en": r"[A-Z][a-z]{2} \d{4}",
    "ja": r"\d{4}年\d{1,2}月",
    "ru": "[а-я]{3,4}\\.? \\d{4}\u202fг\\.",
}


def picture(client: FlaskClient, path: str, language: str) -> str:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("language", MONTHS)
def test_months_of_a_picture_are_written_as_the_language_writes_them(client: FlaskClient, language: str):
    svg = picture(client, "/queries/timeline.svg", language)

    assert [text for text in TEXT.findall(svg) if re.fullmatch(MONTHS[language], text)]
    other = next(pattern for tag, pattern in MONTHS.items() if tag != language)
    assert not [text for text in TEXT.findall(svg) if re.fullmatch(other, text)]


@pytest.mark.parametrize(
    ("language", "states", "day"),
    [
        ("en", {"Japan", "Russia"}, "8 April 2022"),
        ("ja", {"日本", "ロシア"}, "2022年4月8日"),
        ("ru", {"Япония", "Россия"}, "8 апреля 2022\N{NO-BREAK SPACE}г."),
    ],
)
def test_picture_names_states_and_tells_dates_in_the_language(
    client: FlaskClient, language: str, states: set[str], day: str
):
    svg = picture(client, "/queries/reciprocal-expulsions.svg", language)

    assert states <= set(TEXT.findall(svg))
    assert f'lang="{language}"' in svg
    assert day in svg


def test_picture_by_itself_is_kept_once_for_each_language(client: FlaskClient):
    answer = client.get("/queries/expulsions.svg", headers={"Accept-Language": "ru"})
    named = client.get("/queries/expulsions.svg?_lang=ja", headers={"Accept-Language": "ru"})

    assert (answer.headers["Content-Language"], named.headers["Content-Language"]) == ("ru", "ja")
    assert "Accept-Language" in answer.vary
    assert "Accept-Language" not in named.vary
    assert "日本" in named.text


def test_picture_of_any_result_names_things_in_the_language(client: FlaskClient):
    query = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
        SELECT ?state { ?act a dg:Expulsion ; dg:actor ?state }"""

    answer = client.get("/sparql.svg", query_string={"query": query, "_lang": "ja"})

    assert answer.headers["Content-Language"] == "ja"
    assert {"日本", "ロシア"} <= set(TEXT.findall(answer.text))


@pytest.mark.parametrize(("language", "number"), [("en", "1,234"), ("ja", "1,234"), ("ru", "1\xa0234")])
def test_numbers_of_a_picture_are_grouped_as_the_language_groups_them(app: Flask, language: str, number: str):
    shown = Shown(["what", "n"], [[Cell("word"), Cell("1234", number=True)]])

    with app.test_request_context(), in_language(language):
        drawn = pictures.draw(shown, {"type": "bar", "x": "what", "y": "n"}, "Title")
        matrix = pictures.draw(
            shown, {"type": "matrix", "row": "what", "column": "what", "size": "n"}, "Title"
        )

    assert drawn is not None
    assert matrix is not None
    assert number in TEXT.findall(drawn.svg)
    assert number in TEXT.findall(matrix.svg)


@pytest.mark.parametrize("language", MONTHS)
@pytest.mark.parametrize("days", [60, 200, 800])
def test_months_along_a_scale_do_not_cover_each_other(language: str, days: int):
    first = date(2022, 1, 10)
    span = canvas.Span(first, canvas.moved(first, days), "")

    with in_language(language):
        marks = canvas.Scale.over([span], 0, 600).marks()

    assert len(marks) > 1
    for (left, text), (right, _) in pairwise(marks):
        assert left + 3 + canvas.width_of(text) <= right


def test_japanese_breaks_after_any_sign_and_latin_words_stay_whole():
    text = "日本政府はSanctions Act 2022に基づく追加制裁を発表した"

    lines = canvas.lines(text, 100, 9)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(canvas.width_of(line) <= 100 for line in lines)
    assert any("Sanctions" in line for line in lines)
    assert canvas.lines(text, 100, 2)[1].endswith(canvas.MORE)
    assert len(canvas.lines(text, 100, 2)) == 2


def page(client: FlaskClient, path: str, language: str) -> str:
    answer = client.get(path, headers={"Accept-Language": language, "Accept": "text/html"})
    assert answer.headers["Content-Language"] == language
    return answer.text


@pytest.mark.parametrize(("language", "japan"), [("en", ">Japan<"), ("ja", ">日本<"), ("ru", ">Япония<")])
def test_form_offers_things_of_ours_by_their_labels_in_the_language(
    client: FlaskClient, language: str, japan: str
):
    html = page(client, "/queries/timeline", language)

    assert f'<option value="japan" selected{japan}' in html


def test_options_stand_in_the_order_of_the_labels_that_are_shown(client: FlaskClient):
    for language in ("en", "ru"):
        form = (
            page(client, "/queries/timeline", language).partition('name="one"')[2].partition("</select>")[0]
        )
        labels = re.findall(r"<option[^>]*>([^<]+)<", form)

        assert len(labels) > 3
        assert labels == sorted(labels, key=str.casefold)


def test_option_without_a_label_in_the_language_says_which_it_is_in(client: FlaskClient):
    chosen = re.compile(r'<option value="yoshimasa-hayashi"([^>]*)>([^<]*)<')

    assert chosen.findall(page(client, "/queries/planned-visits", "en")) == [("", "Yoshimasa Hayashi")]
    assert chosen.findall(page(client, "/queries/planned-visits", "ja")) == [
        (' lang="en"', "Yoshimasa Hayashi")
    ]


def test_value_that_is_a_text_is_offered_as_it_is(published: Repository):
    query = published.queries["timeline"]
    parameter = replace(
        query.parameters["one"],
        type="string",
        kinds=(),
        options_query='SELECT ?value { VALUES ?value { "x" } }',
    )

    assert canned.offered(published, parameter, ("ja",)) == (canned.Choice("x", "x"),)


def test_table_shows_names_and_dates_in_the_language_and_marks_what_falls_back(client: FlaskClient):
    html = page(client, "/queries/planned-visits", "ja")

    assert re.search(
        r'<a href="/doc/state/mongolia"[^>]* lang="ja">モンゴル</a>(?! <span class="kind")', html
    )
    assert re.search(r' lang="en">Yoshimasa Hayashi</a> <span class="kind" title="英語">en</span>', html)
    assert "5月10日" in html


def test_table_is_sorted_by_the_labels_that_it_shows(client: FlaskClient):
    names = {
        language: re.findall(r'data-label="[^"]*"><a href="/doc/state/[^"]*"[^>]*>([^<]*)</a>', html)
        for language in ("en", "ru")
        for html in [page(client, "/queries/acts-between-states?_sort=target&state=japan", language)]
    }

    for found in names.values():
        targets = found[1::2]
        assert targets == sorted(targets, key=str.casefold)
    assert names["en"][1] != names["ru"][1]


def test_texts_of_a_foreign_knowledge_base_are_marked_as_english(published: Repository):
    known = published.queries["expulsions"]
    by = replace(known.parameters["by"], label="Foreign label")
    query = replace(
        known,
        summary="Of <another> base",
        question="Who & whom?",
        heads={"act": "Foreign head"},
        parameters={"by": by},
    )
    client = create_app(replace(published, queries=QueryBook({"expulsions": query}))).test_client()

    html, english = (page(client, "/queries/expulsions?_columns=all", tag) for tag in ("ja", "en"))

    assert '<h1><span lang="en">Of &lt;another&gt; base</span></h1>' in html
    assert '<span lang="en">Who &amp; whom?</span>' in html
    assert '<legend><span lang="en">Foreign label</span>' in html
    assert '<option value="act" lang="en">Foreign head</option>' in html
    assert '<td data-label="Foreign head">' in html
    assert "<h1>Of &lt;another&gt; base</h1>" in english


@pytest.mark.parametrize(
    ("language", "kinds"),
    [
        ("en", "state or polity"),
        ("ja", "国家または政治体"),
        ("ru", "государство или политическое образование"),
    ],
)
def test_hint_of_a_form_lists_kinds_as_the_language_lists_them(
    published: Repository, language: str, kinds: str
):
    parameter = published.queries["timeline"].parameters["one"]

    with in_language(language):
        hint = canned.Field(parameter, ()).expected

    assert kinds in hint
    assert parameter.expected.endswith("state or polity")


def test_value_that_names_nothing_is_answered_with_near_names_in_the_language(client: FlaskClient):
    answer = client.get("/queries/timeline?one=japn&_lang=ja", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert re.search(r'<p class="verdict bad".*>日本</a>', answer.text)


def test_first_page_names_states_in_the_language_and_marks_acts_that_have_no_name_in_it(client: FlaskClient):
    html = page(client, "/", "ja")

    assert re.search(r' lang="ja">日本</a>、<a [^>]* lang="ja">ロシア</a>', html)
    assert re.search(
        r'<li><a href="/doc/act/[^>]* lang="en">[^<]+</a> <span class="kind" title="英語">en<', html
    )


def test_hits_of_a_search_are_named_and_dated_in_the_language(client: FlaskClient):
    html = page(client, "/search?q=japan&kind=act", "ja")

    assert re.search(
        r'<span class="kind">国外追放</span> <span class="kind" title="2022-04-08">2022年4月8日<', html
    )


def test_releases_are_counted_and_dated_in_the_language(client: FlaskClient):
    html = page(client, "/versions", "ru")

    assert re.search(r'<td class="number">\d+\xa0\d{3}<span class="unit">', html)
    assert re.search(r">\d{1,2} [а-я]+ \d{4}\xa0г\., \d\d:\d\d UTC</time>", html)


def test_words_of_the_shapes_are_marked_as_english_on_other_pages(client: FlaskClient):
    bad = "<https://w3id.org/diplograph/id/act/x> a <https://w3id.org/diplograph/ontology#Expulsion> ."
    reports = [
        client.post(
            f"/validate?_lang={language}",
            data=bad,
            headers={"Accept": "text/html", "Content-Type": "text/turtle"},
        ).text
        for language in ("en", "ru")
    ]

    assert [bool(re.search(r"<p><strong>[A-Z]", one)) for one in reports] == [True, False]
    assert ['<p><strong><span lang="en">' in one for one in reports] == [False, True]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "No problems in what you sent; it repairs none and leaves none open elsewhere."),
        ({"new": 1}, "1 problem in what you sent; it repairs none and leaves none open elsewhere."),
        (
            {"new": 1200, "repaired": 2, "standing": 3},
            "1,200 problems in what you sent; it repairs 2 and leaves 3 open elsewhere.",
        ),
    ],
)
def test_sentence_of_a_report_counts_what_was_found(changes: dict[str, int], said: str):
    assert validation.told(changes) == said


def test_name_of_a_lane_leaves_room_for_what_stands_in_it():
    day = canvas.Span(date(2022, 4, 1), date(2022, 4, 1), "")
    acts = [exchange.Act("act", name, day) for name in ("Соединенные Штаты", "Япония")]

    assert (
        exchange.scale_of(acts).left
        > exchange.SIDE + canvas.width_of("Соединенные Штаты") * exchange.LANE - 1
    )
    assert exchange.scale_of(acts[1:]).left == exchange.LEFT


@pytest.mark.parametrize("path", ["/?", "/queries/planned-visits?", "/search?q=japan&kind=act&"])
def test_dates_are_in_the_language_of_the_page_whatever_labels_are_wanted_in(client: FlaskClient, path: str):
    answer = client.get(f"{path}_lang=de,ja", headers={"Accept": "text/html"})

    assert answer.headers["Content-Language"] == "ja"
    assert re.search(r">\d{4}年\d{1,2}月\d{1,2}日", answer.text)
    assert not re.search(r">\d{1,2} [A-Z][a-z]+ \d{4}<", answer.text)
