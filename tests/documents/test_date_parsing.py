"""Dates in words as EDTF: what is meant, nothing guessed, and the way back from what is told."""

import pytest

from diplograph.documents.date_parsing import edtf_of
from diplograph.documents.dates import in_words
from diplograph.errors import InvalidParameter

WORDINGS = """\
8 April 2022 | 2022-04-08
8th April 2022 | 2022-04-08
the 8th of April 2022 | 2022-04-08
on 8 April, 2022 | 2022-04-08
April 8, 2022 | 2022-04-08
April 8th 2022 | 2022-04-08
Apr. 8, 2022 | 2022-04-08
8 Sept 2021 | 2021-09-08
29 February 2024 | 2024-02-29
27/04/2022 | 2022-04-27
04/27/2022 | 2022-04-27
27.04.2022 | 2022-04-27
04/04/2022 | 2022-04-04
2022/4/8 | 2022-04-08
2022.04.08 | 2022-04-08
April 2022 | 2022-04
in April 2022 | 2022-04
April, 2022 | 2022-04
2022 | 2022
in 2022 | 2022
spring 2018 | 2018-21
the summer of 2018 | 2018-22
autumn 2018 | 2018-23
fall 2018 | 2018-23
winter 2018-2019 | 2018-24
winter 2018/19 | 2018-24
early 2022 | [2022-01..2022-04]
mid-2022 | [2022-05..2022-08]
late 2022 | [2022-09..2022-12]
in early April 2022 | [2022-04-01..2022-04-10]
the middle of April 2022 | [2022-04-11..2022-04-20]
late February 2022 | [2022-02-21..2022-02-28]
the first half of 2022 | [2022-01..2022-06]
the second half of April 2022 | [2022-04-16..2022-04-30]
the 1990s | [1990..1999]
8-10 April 2022 | 2022-04-08/2022-04-10
8–10 April 2022 | 2022-04-08/2022-04-10
8 to 10 April 2022 | 2022-04-08/2022-04-10
April 8-10, 2022 | 2022-04-08/2022-04-10
from 8 April to 3 May 2022 | 2022-04-08/2022-05-03
8 April – 3 May 2022 | 2022-04-08/2022-05-03
from 30 December 2021 until 2 January 2022 | 2021-12-30/2022-01-02
from April to June 2022 | 2022-04/2022-06
2014-2022 | 2014/2022
between 1 and 26 March 2018 | [2018-03-01..2018-03-26]
between March 1 and 26, 2018 | [2018-03-01..2018-03-26]
between 26 September and 4 October 2022 | [2022-09-26..2022-10-04]
between 2014 and 2016 | [2014..2016]
between about March and June 2018 | [2018-03~..2018-06]
before 2014 | [..2013]
before April 2022 | [..2022-03]
before 1 January 2022 | [..2021-12-31]
after 2014 | [2015..]
after 31 December 2021 | [2022-01-01..]
by 31 October 2022 | [..2022-10-31]
no later than October 2022 | [..2022-10]
on or after 30 April 2022 | [2022-04-30..]
since 24 February 2022 | 2022-02-24/..
until 24 February 2022 | /2022-02-24
about 1905 | 1905~
c. 1905 | 1905~
circa April 1905 | 1905-04~
ca. 1905 | 1905~
between 2018-03~ and 2018-06 | [2018-03~..2018-06]
perhaps 14 March 2018 | 2018-03-14?
perhaps about March 2018 | 2018-03%
2022年4月8日 | 2022-04-08
2022年4月8日 | 2022-04-08
2022 年 4 月 8 日 | 2022-04-08
2022年4月 | 2022-04
2022年 | 2022
2018年春 | 2018-21
2018年から2019年にかけての冬 | 2018-24
2022年4月上旬 | [2022-04-01..2022-04-10]
2022年4月下旬 | [2022-04-21..2022-04-30]
2022年初め | [2022-01..2022-04]
2022年4月8日から10日まで | 2022-04-08/2022-04-10
2022年4月8日から5月3日まで | 2022-04-08/2022-05-03
2022年4月8日〜10日 | 2022-04-08/2022-04-10
2022年4月1日から26日までの間 | [2022-04-01..2022-04-26]
1905年頃 | 1905~
2022年10月31日以前 | [..2022-10-31]
2014年より前 | [..2013]
2022年4月30日以降 | [2022-04-30..]
1990年代 | [1990..1999]
8 апреля 2022 | 2022-04-08
8 апреля 2022 г. | 2022-04-08
8 апреля 2022 года | 2022-04-08
апрель 2022 | 2022-04
в апреле 2022 года | 2022-04
в 2022 году | 2022
весной 2018 года | 2018-21
зимой 2018-2019 гг. | 2018-24
в начале 2022 года | [2022-01..2022-04]
в конце апреля 2022 г. | [2022-04-21..2022-04-30]
8-10 апреля 2022 года | 2022-04-08/2022-04-10
с 8 апреля по 3 мая 2022 года | 2022-04-08/2022-05-03
между 1 и 26 марта 2018 года | [2018-03-01..2018-03-26]
в период с 1 по 26 марта 2018 г. | [2018-03-01..2018-03-26]
около 1905 года | 1905~
не позднее 31 октября 2022 г. | [..2022-10-31]
не ранее 30 апреля 2022 г. | [2022-04-30..]
после 2014 года | [2015..]
с 24 февраля 2022 года | 2022-02-24/..
1990-е | [1990..1999]
"""
TABLE = [tuple(line.split(" | ")) for line in WORDINGS.splitlines()]


@pytest.mark.parametrize(("words", "edtf"), TABLE)
def test_words_are_the_date_that_they_mean(words: str, edtf: str) -> None:
    assert edtf_of(words) == edtf


@pytest.mark.parametrize("edtf", ["2022-04-08", "2022~", "[2022-04-01..2022-04-26]", "2018-03-14T12:30:00Z"])
def test_edtf_stays_as_it_is(edtf: str) -> None:
    assert edtf_of(f" {edtf} ") == edtf


@pytest.mark.parametrize("language", ["en", "ja", "ru"])
@pytest.mark.parametrize(
    "edtf",
    [
        *("2022-04-08", "2022-04", "2022", "2022-04-08~", "2018-03-14?", "2018-21", "2018-24"),
        *("[2022-04-01..2022-04-26]", "[2021-12-30..2022-01-02]", "[..2022-10-31]", "[2022-04-30..]"),
        *("2022-09-30/2022-10-04", "2022-04-08/2022-04-10"),
    ],
)
def test_a_date_as_pages_tell_it_is_read_back(edtf: str, language: str) -> None:
    assert edtf_of(in_words(edtf, language)) == edtf


@pytest.mark.parametrize(
    ("words", "readings"),
    [
        ("03/04/2022", ("2022-04-03", "2022-03-04")),
        ("3.4.2022", ("2022-04-03", "2022-03-04")),
        ("before 03-04-2022", ("3 April 2022", "4 March 2022")),
        ("between 01/02/2022 and 28/02/2022", ("2022-02-01", "2022-01-02")),
        ("winter 2018", ("2017-24", "2018-24")),
        ("зима 2018", ("2017-24", "2018-24")),
        ("до 2014 года", ("[..2013]", "/2014")),
    ],
)
def test_what_may_be_two_dates_is_refused_with_both(words: str, readings: tuple[str, str]) -> None:
    with pytest.raises(InvalidParameter) as raised:
        edtf_of(words)

    assert all(one in raised.value.detail for one in readings)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("8 April", "without a year"),
        ("8th of April", "without a year"),
        ("4月8日", "without a year"),
        ("8 апреля", "without a year"),
        ("between 10 December and 3 January 2022", "ends before it begins"),
        ("30 February 2022", "is no date"),
        ("31/13/2022", "is no date"),
        ("8 April 22", "is no date"),
        ("last Friday", "is no date"),
        ("a month later", "is no date"),
        ("2018-20", "is no date"),
        ("April 2022 to May", "is no date"),
        ("before 0001", "is no date"),
        ("after 9999", "is no date"),
        ("early", "is no date"),
        ("2022年上旬", "is no date"),
        ("", "is no date"),
        ("2022 or so", "is no date"),
        ("c." * 50 + "頃" * 50, "is no date"),
        ("1 " * 5000, "is no date"),
    ],
)
def test_what_is_not_understood_is_said(words: str, said: str) -> None:
    with pytest.raises(InvalidParameter, match=said):
        edtf_of(words)
