"""Dates in words: as exact as they are known, in the reader's language."""

import pytest

from diplograph.documents.dates import LANGUAGES, between, in_words


@pytest.mark.parametrize(
    ("edtf", "words"),
    [
        ("2022-04-08", "8 April 2022"),
        ("2022-04", "April 2022"),
        ("2022", "2022"),
        ("2022-04-08~", "about 8 April 2022"),
        ("[2022-04-01..2022-04-26]", "between 1 and 26 April 2022"),
        ("[2022-09-26..2022-10-04]", "between 26 September and 4 October 2022"),
        ("[2021-12-30..2022-01-02]", "between 30 December 2021 and 2 January 2022"),
        ("[..2022-10-31]", "by 31 October 2022"),
        ("[2022-04-30..]", "on or after 30 April 2022"),
        ("2018-03-14T12:30:00Z", "14 March 2018 at 12:30 UTC"),
        ("2018-03-14T12:30:05", "14 March 2018 at 12:30:05"),
        ("2018-03-14T12:30:00+09:00", "14 March 2018 at 12:30 UTC+9"),
        ("2018-03-14T12:30:00-03:30", "14 March 2018 at 12:30 UTC-3:30"),
        ("2018-03-14?", "perhaps 14 March 2018"),
        ("2018-03%", "perhaps about March 2018"),
        ("2018-21", "spring 2018"),
        ("2018-24", "winter 2018\N{EN DASH}2019"),
        ("2018-22~/2018-23", "from about summer 2018 to autumn 2018"),
        ("2022-09-30/2022-10-04", "from 30 September to 4 October 2022"),
        ("2022-04-29~/2022-05-10~", "from about 29 April to about 10 May 2022"),
        ("2022-02/2022-05-10", "from February 2022 to 10 May 2022"),
        ("2022-02-24/..", "since 24 February 2022, going on"),
        ("2022-02-24/", "from 24 February 2022, its end not known"),
        ("/2022-02-24", "until 24 February 2022, its begin not known"),
    ],
)
def test_date_is_told_in_words_as_exactly_as_it_is_known(edtf: str, words: str) -> None:
    assert in_words(edtf) == words


@pytest.mark.parametrize(
    ("edtf", "japanese", "russian"),
    [
        ("2022-04-08", "2022年4月8日", "8 апреля 2022\N{NO-BREAK SPACE}г."),
        ("2022-04", "2022年4月", "апрель 2022\N{NO-BREAK SPACE}г."),
        ("2022-04~", "2022年4月頃", "около апреля 2022\N{NO-BREAK SPACE}г."),
        (
            "[2022-04-01..2022-04-26]",
            "2022年4月1日から26日までの間",
            "в период с 1 по 26 апреля 2022\N{NO-BREAK SPACE}г.",
        ),
        ("2018-03-14T12:30:00Z", "2018年3月14日 12:30 UTC", "14 марта 2018\N{NO-BREAK SPACE}г. в 12:30 UTC"),
        ("2018-03-14?", "おそらく2018年3月14日", "предположительно 14 марта 2018\N{NO-BREAK SPACE}г."),
        ("2018-21", "2018年春", "весна 2018\N{NO-BREAK SPACE}г."),
        ("2018-21~", "2018年春頃", "около весны 2018\N{NO-BREAK SPACE}г."),
        (
            "2018-23/2018-24",
            "2018年秋から2018年から2019年にかけての冬まで",
            "с осени 2018\N{NO-BREAK SPACE}г. по зиму 2018\N{EN DASH}2019\N{NO-BREAK SPACE}гг.",
        ),
        ("[..2022-10-31]", "2022年10月31日以前", "не позднее 31 октября 2022\N{NO-BREAK SPACE}г."),
        (
            "2022-02/2022-04",
            "2022年2月から2022年4月まで",
            "с февраля 2022\N{NO-BREAK SPACE}г. по апрель 2022\N{NO-BREAK SPACE}г.",
        ),
    ],
)
def test_date_is_told_in_the_language_of_the_reader(edtf: str, japanese: str, russian: str) -> None:
    assert in_words(edtf, "ja") == japanese
    assert in_words(edtf, "ru-RU") == russian


def test_date_is_told_in_english_where_the_language_is_none_of_ours() -> None:
    assert in_words("2022-04-08", "de") == "8 April 2022"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2022-04-08", "2022-04-08", "8 April 2022"),
        ("2022-04-01", "2022-04-26", "between 1 and 26 April 2022"),
        ("", "2022-04-26", "by 26 April 2022"),
        ("2022-04-26", "", "on or after 26 April 2022"),
    ],
)
def test_date_is_told_by_its_bounds(first: str, last: str, words: str) -> None:
    assert between(first, last) == words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[..]",
        "/",
        "2022-13",
        "2022-00",
        "2022-25",
        "2022-04-08T12",
        "2022-04-08T24:00:00Z",
        "soon",
        "<b>",
        "[2022-1..x]",
        "a/b/c",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_that_is_no_date_stays_as_it_is(text: str, language: str) -> None:
    assert in_words(text, language) == text
