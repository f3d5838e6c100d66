"""Arithmetic on begin and end: narrowed where accounts agree, a hull where they do not, never invented."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diplograph.summary.intervals import (
    Interval,
    Number,
    Range,
    combined,
    combined_number,
    conflicts,
    farthest,
    interval,
    lag,
)

DAYS = st.dates(date(2022, 1, 1), date(2022, 3, 1))


def moment(first: str | None, last: str | None = None) -> Interval:
    return interval(None, first, last or first)


def lasting(text: str) -> Interval:
    begin, end = text.split("/")
    return interval(text, begin if begin.strip(".") else None, end if end.strip(".") else None)


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    one, two = sorted((draw(DAYS), draw(DAYS)))
    return Range(draw(st.sampled_from((one, None))), draw(st.sampled_from((two, None))))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    if draw(st.booleans()):
        return Interval.moment(draw(ranges()))
    begin = draw(ranges())
    after = max(day for day in (begin.earliest, begin.latest, date(2022, 1, 1)) if day is not None)
    end = Range(after, draw(st.sampled_from((None, after + timedelta(9)))))
    return Interval(begin, end, lasts=True)


many = st.lists(intervals(), min_size=1, max_size=5)


@pytest.mark.parametrize("text", ["2022-05/2022-05-10", "2022/2022-03", "2022-03-10/2022-03"])
def test_begin_lies_before_the_end_also_within_one_expression(text):
    found = interval(text, f"{text.partition('/')[0]}-01-01"[:10], None)

    assert found.begin.latest <= found.end.latest
    assert found.begin.earliest <= found.end.earliest
    both, agree = combined([found, moment("2022-12-31")])
    assert not agree
    assert both.begin.latest <= both.end.latest


@pytest.mark.parametrize(
    ("edtf", "before", "after", "begin", "end"),
    [
        ("2022-04-27", "2022-04-27", "2022-04-27", "2022-04-27", "2022-04-27"),
        ("[2022-04-01..2022-04-26]", "2022-04-01", "2022-04-26", None, None),
        ("2022-05-01/2022-05-10", "2022-05-01", "2022-05-10", "2022-05-01", "2022-05-10"),
        ("2012/2024-05", "2012-01-01", "2024-05-31", "2012", "2024-05"),
        ("2022-02-24/..", "2022-02-24", None, "2022-02-24", None),
        ("2022-02-24~/2022-03?", "2022-02-24", "2022-03-31", "2022-02-24~", "2022-03?"),
    ],
)
def test_sides_of_an_expression_are_read(edtf, before, after, begin, end):
    found = interval(edtf, before, after)

    assert (found.begin.text, found.end.text) == (begin, end)
    assert found.lasts == ("/" in edtf)


@pytest.mark.parametrize(
    "text",
    ["2022-04-27", "2022-04", "2022", "[2022-04-01..2022-04-26]", "[..2022-10-31]", "2022-02-24/..",
     "2022-02-24/", "2022-05-01/2022-05-10", "2012/2024-05", "2022-02-24~/2022-03?", "2022-21/2022-23"],
)  # fmt: skip
def test_interval_is_written_as_it_was_read(text):
    before = {"2022-04-27": "2022-04-27", "2022-04": "2022-04-01", "2022": "2022-01-01"}.get(text)
    after = {"2022-04-27": "2022-04-27", "2022-04": "2022-04-30", "2022": "2022-12-31"}.get(text)
    if text.startswith("["):
        before, after = (side or None for side in text.strip("[]").split(".."))

    assert interval(text, before, after).edtf == text


MARCH, DAY, WINTER = ("2018-03-01", "2018-03-31"), ("2018-03-14", "2018-03-14"), ("2018-12-01", "2019-02-28")


@pytest.mark.parametrize(
    ("bounds", "texts", "told"),
    [
        (DAY, ["2018-03-14T12:30:00Z"], "2018-03-14T12:30:00Z"),
        (DAY, ["2018-03-14T12:30:00Z", "2018-03-14"], "2018-03-14T12:30:00Z"),
        (DAY, ["2018-03-14T12:30:00Z", "2018-03-14T14:00:00Z", "2018-03-14T12:30:00Z"], "2018-03-14"),
        (DAY, ["2018-03-14?"], "2018-03-14?"),
        (DAY, ["2018-03-14?", "2018-03-14"], "2018-03-14"),
        (DAY, ["2018-03-14?", "2018-03-14~"], "2018-03-14%"),
        (MARCH, ["2018-03~", "2018-03~"], "2018-03~"),
        (WINTER, ["2018-24", "2018-24?"], "2018-24"),
        (WINTER, ["2018-24?", "2018-24~"], "2018-24%"),
    ],
)
def test_what_is_written_beyond_the_days_is_kept_as_far_as_accounts_agree(bounds, texts, told):
    found, agree = combined([interval(text, *bounds) for text in texts])

    assert agree
    assert found.edtf == told


def test_qualifier_stays_with_the_side_that_accounts_agree_on():
    one, two = (
        interval("2018-03-14~/2018-03-20", "2018-03-14", "2018-03-20"),
        lasting("2018-03-14~/2018-04-01"),
    )
    found, agree = combined([one, interval(two.edtf, "2018-03-14", "2018-04-01")])

    assert not agree
    assert found.edtf.startswith("2018-03-14~/")


def test_bounds_that_say_less_or_other_than_the_expression_are_not_told_by_it():
    assert interval("2018-21", "2018-04-01", "2018-05-31").edtf == "[2018-04-01..2018-05-31]"
    assert interval("2018-03-14?", "2018-03-15", "2018-03-15").edtf == "2018-03-15"


def test_side_that_is_known_to_some_days_only_is_written_as_approximate():
    found, _ = combined([lasting("2022-04-29/2022-05-06"), lasting("2022-05-01/2022-05-10")])

    assert found.edtf == "2022-04-29~/2022-05-10~"


@pytest.mark.parametrize("text", ["nonsense", "2022-13-40", "2022-02-30/2022-02-31", "Y17E8/..", "//"])
def test_what_is_no_day_counts_as_open(text):
    found = interval(text, text, text)

    assert (found.begin, found.end) == (Range(), Range())


def test_accounts_that_agree_are_narrowed():
    found, agree = combined([moment("2022-04-01", "2022-04-26"), moment("2022-04-08")])

    assert agree
    assert found == moment("2022-04-08")


def test_act_that_lasts_is_never_cut_to_a_day():
    found, agree = combined([interval("[..2022-04-30]", None, "2022-04-30"), lasting("2022-02-24/..")])

    assert agree
    assert (found.edtf, found.lasts) == ("2022-02-24/..", True)


def test_day_and_span_that_begins_elsewhere_differ():
    found, agree = combined([moment("2022-04-08"), lasting("2022-04-10/2022-04-12")])

    assert not agree
    assert (found.begin, found.end) == (
        Range(date(2022, 4, 8), date(2022, 4, 10)),
        Range(date(2022, 4, 8), date(2022, 4, 12)),
    )


def test_account_that_says_less_does_not_widen_a_dispute():
    wide = interval("[..2022-10-31]", None, "2022-10-31")
    found, agree = combined([wide, moment("2022-09-22"), moment("2022-09-26")])

    assert not agree
    assert found.edtf == "[2022-09-22..2022-09-26]"


def test_lag_is_open_where_a_date_is():
    day, late = moment("2022-04-08"), interval(None, "2022-04-20", "2022-04-27")

    assert lag(day, late) == (12, 19)
    assert farthest(late, day) == 19
    assert lag(interval(None, None, "2022-10-31"), late) == (-194, None)
    assert farthest(interval(None, None, "2022-10-31"), late) is None


@given(many)
def test_order_of_accounts_does_not_matter(accounts):
    assert combined(accounts) == combined(accounts[::-1])


@given(intervals())
def test_one_account_is_taken_as_it_is_but_for_days_that_cannot_be(account):
    found, agree = combined([account])
    possible = Range(None, account.end.latest) if account.lasts else account.begin

    assert agree
    assert (found.begin, found.lasts) == (account.begin & possible, account.lasts)


def test_nothing_ends_before_it_begins():
    found, agree = combined([interval("../2022", None, None), interval("2022-03-01/2022-12-31", None, None)])

    assert agree
    assert (found.begin, found.end) == (
        Range(date(2022, 3, 1), date(2022, 3, 1)),
        Range(date(2022, 12, 31), date(2022, 12, 31)),
    )


@given(many)
def test_bounds_of_an_end_lie_after_those_of_the_begin(accounts):
    found, agree = combined(accounts)
    earliest, latest = (found.begin.earliest, found.end.earliest), (found.begin.latest, found.end.latest)

    assert not agree or None in earliest or earliest[0] <= earliest[1]
    assert not agree or None in latest or latest[0] <= latest[1]


@given(many)
def test_same_account_twice_changes_nothing(accounts):
    assert combined([*accounts, accounts[0]]) == combined(accounts)


@given(many)
def test_what_agrees_lies_within_every_account(accounts):
    found, agree = combined(accounts)

    if agree:
        assert all(found.begin in account.begin for account in accounts)
        assert all(found.end in account.end for account in accounts if account.lasts)
    else:
        assert any(conflicts(one, two) for one in accounts for two in accounts)


@given(many)
def test_accounts_that_last_make_an_act_that_lasts(accounts):
    assert combined(accounts)[0].lasts == any(account.lasts for account in accounts)


@given(intervals(), intervals())
def test_lag_bounds_the_distance_of_any_two_days(one, two):
    least, most = lag(one, two)

    assert least is None or most is None or least <= most
    assert lag(two, one) == (None if most is None else -most, None if least is None else -least)


@given(ranges(), ranges())
def test_hull_contains_and_intersection_is_contained(one, two):
    hull, shared = one | two, one & two

    assert one in hull
    assert two in hull
    assert shared is None or (shared in one and shared in two)


EXACT, LEAST, MOST, ABOUT = (
    Number(147, 147),
    Number(140, None),
    Number(None, 160),
    Number(150, 150, is_about=True),
)


@pytest.mark.parametrize(
    ("numbers", "expected", "agree"),
    [
        ([ABOUT], ABOUT, True),
        ([LEAST], LEAST, True),
        ([MOST], MOST, True),
        ([ABOUT, EXACT], EXACT, True),
        ([LEAST, EXACT], EXACT, True),
        ([LEAST, MOST], Number(140, 160), True),
        ([LEAST, ABOUT], ABOUT, True),
        ([Number(155, None), ABOUT], Number(155, None), True),
        ([Number(166, None), ABOUT], Number(150, None, is_about=True), False),
        ([ABOUT, Number(165, 165)], Number(165, 165), True),
        ([ABOUT, Number(166, 166)], Number(150, 166, is_about=True), False),
        ([Number(8, 8, is_about=True), Number(9, 9)], Number(9, 9), True),
        ([Number(8, 8, is_about=True), Number(10, 10)], Number(8, 10, is_about=True), False),
        ([ABOUT, Number(160, 160, is_about=True)], Number(150, 160, is_about=True), True),
        ([Number(80, 80), Number(81, 81)], Number(80, 81), False),
        ([Number(200, None), EXACT], Number(147, None), False),
        ([Number(None, 100), EXACT], Number(None, 147), False),
    ],
)
def test_numbers_are_narrowed_where_they_agree_and_have_no_bound_that_no_source_gives(
    numbers, expected, agree
):
    assert combined_number(numbers) == combined_number(numbers[::-1]) == (expected, agree)
