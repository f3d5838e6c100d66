"""Exchanges as a picture: what is drawn, what is open, and that nothing in a label becomes markup."""

from datetime import date
from xml.dom import minidom

import pytest
from flask import Flask
from flask.testing import FlaskClient

from diplograph.web import pictures
from diplograph.web.answers import Shown
from diplograph.web.links import Cell

USUAL_ENGINES = ("embedded",)
CHART = {"type": "exchange", "from": "one", "to": "two", "group": "basis"}
ENDS = ("Label", "State", "NotBefore", "NotAfter", "Reported")
NAMES = ["basis", *(f"{side}{end}" for side in ("one", "two") for end in ENDS)]
ROW = ["asserted", "A <b>&", "X", "2022-04-01", "2022-04-26", "", "B", "Y", "", "2022-05-01", "2022-04-20"]


def shown(*rows: list[str]) -> Shown:
    return Shown(NAMES, [[Cell(text) if text else None for text in row] for row in rows])


def test_picture_of_the_reciprocal_expulsions_tells_asserted_from_inferred(client: FlaskClient):
    answer = client.get("/queries/reciprocal-expulsions.svg")

    assert answer.mimetype == "image/svg+xml"
    assert "style=" not in answer.text
    drawn = minidom.parseString(answer.data).getElementsByTagName("path")
    paths = [path for path in drawn if path.hasAttribute("marker-end")]
    assert sorted(path.getAttribute("stroke-dasharray") for path in paths) == ["", "5 4"]
    assert answer.text.count('class="span"') == 4
    only = client.get("/queries/reciprocal-expulsions.svg?only=inferred")
    assert only.text.count('class="span"') == 2


def test_picture_stands_on_the_page_above_the_table_that_holds_the_same(client: FlaskClient):
    page = client.get("/queries/reciprocal-expulsions?state=japan", headers={"Accept": "text/html"}).text

    assert page.index("<svg xmlns") < page.index("<tbody>")
    assert 'href="/queries/reciprocal-expulsions.svg?state=japan"' in page


@pytest.mark.parametrize("name", ["timeline", "officials"])
def test_answer_without_a_picture_is_404(client: FlaskClient, name: str):
    assert client.get(f"/queries/{name}.svg").status_code == 404


def test_span_is_as_wide_as_its_bounds_and_an_open_side_is_said(app: Flask):
    pair = pictures.exchanges(shown(ROW), CHART)[0]

    assert (pair.first.begins, pair.first.ends, pair.first.open) == (
        date(2022, 4, 1),
        date(2022, 4, 26),
        False,
    )
    assert (pair.second.ends, pair.second.open, pair.second.when) == (
        date(2022, 5, 1),
        True,
        "open to 2022-05-01",
    )
    assert pair.second.reported == date(2022, 4, 20)
    with app.test_request_context():
        svg = pictures.exchange(shown(ROW), CHART, "Title")
    assert svg is not None
    assert "A &lt;b&gt;&amp;" in svg
    minidom.parseString(svg)


def test_acts_of_one_lane_at_one_time_stand_on_levels_of_their_own():
    acts = [pictures.exchanges(shown([ROW[0], f"A{n}", *ROW[2:]]), CHART)[0].first for n in range(3)]

    placed, heights = pictures._placed(acts, ["X"], pictures.Scale.over(acts))

    assert sorted(placed.values()) == [0, 1, 2]
    assert heights == [3 * pictures.LEVEL + pictures.PAD]


def test_acts_without_a_date_or_a_state_are_not_drawn():
    without_date = [*ROW[:3], "", "", "", *ROW[6:]]
    without_state = [*ROW[:2], "", *ROW[3:]]

    assert pictures.exchanges(shown(without_date, without_state), CHART) == []


def test_months_below_a_long_picture_are_a_dozen_at_most():
    scale = pictures.Scale(date(1956, 1, 1), date(2026, 1, 1))

    assert 2 <= len(scale.months()) <= 15
    assert (
        scale.at(date(1956, 1, 1)) < scale.at(date(1990, 1, 1)) < scale.at(date(2026, 1, 1)) <= pictures.WIDTH
    )
