"""Answers and their pictures in the language of the page: names, dates, numbers, and what falls back."""

import re
from datetime import date
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient

from diplograph.translations import in_language
from diplograph.web import pictures
from diplograph.web.answers import Shown
from diplograph.web.links import Cell
from diplograph.web.pictures import canvas

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
        ("ru", {"Япония", "Россия"}, "8 апреля 2022 г."),
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
