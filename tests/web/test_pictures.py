"""Pictures of answers: what is drawn, what is open, and that nothing in a label becomes markup."""

import csv
import io
from collections import Counter
from datetime import date
from xml.dom import minidom

import pytest
from flask import Flask
from flask.testing import FlaskClient

from diplograph.web import pictures
from diplograph.web.answers import Shown
from diplograph.web.links import Cell
from diplograph.web.pictures import canvas, charts, exchange, matrix

USUAL_ENGINES = ("embedded",)
CHART = {"type": "exchange", "from": "one", "to": "two", "group": "basis"}
ENDS = ("Label", "State", "NotBefore", "NotAfter")
NAMES = ["basis", *(f"{side}{end}" for side in ("one", "two") for end in ENDS)]
ROW = ["asserted", "A <b>&", "X", "2022-04-01", "2022-04-26", "B", "Y", "", "2022-05-01"]
HOSTILE = '</text><script>alert(1)</script>"]]>&'
CHARTS = {
    "exchange": CHART,
    "timeline": {"type": "timeline", "label": "what", "from": "from", "to": "to", "group": "who"},
    "bar": {"type": "bar", "x": "what", "group": "who"},
    "matrix": {"type": "matrix", "row": "who", "column": "what", "group": "kind", "size": "count"},
}
COLUMNS = ["what", "who", "kind", "count", "from", "to"]


def shown(*rows: list[str], names: list[str] = NAMES) -> Shown:
    return Shown(names, [[Cell(text) if text else None for text in row] for row in rows])


def titles(svg: str) -> list[str]:
    found = minidom.parseString(svg).getElementsByTagName("title")
    return [node.firstChild.data for node in found if node.firstChild]


def rows_of(client: FlaskClient, name: str, values: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/queries/{name}.csv{values}").text)))


def test_picture_of_the_reciprocal_expulsions_tells_what_a_source_asserts_from_the_rest(client: FlaskClient):
    bases = [row["basis"] for row in rows_of(client, "reciprocal-expulsions")]

    answer = client.get("/queries/reciprocal-expulsions.svg")

    assert set(bases) == {"asserted", "answered"}
    assert answer.mimetype == "image/svg+xml"
    assert "style=" not in answer.text
    drawn = minidom.parseString(answer.data).getElementsByTagName("path")
    paths = [path for path in drawn if path.hasAttribute("marker-end")]
    dashes = Counter(path.getAttribute("stroke-dasharray") for path in paths)
    assert dashes == {"": bases.count("asserted"), "5 4": bases.count("answered")}
    assert answer.text.count('class="span"') == 2 * len(bases)
    only = client.get("/queries/reciprocal-expulsions.svg?only=answered")
    assert only.text.count('class="span"') == 2 * bases.count("answered")


def test_picture_stands_on_the_page_above_the_table_that_holds_the_same(client: FlaskClient):
    page = client.get("/queries/reciprocal-expulsions?state=japan", headers={"Accept": "text/html"}).text

    assert page.index("<svg xmlns") < page.index("<tbody>")
    assert 'href="/queries/reciprocal-expulsions.svg?state=japan"' in page


@pytest.mark.parametrize("name", ["contradictions", "territorial-claims"])
def test_answer_without_a_picture_is_404(client: FlaskClient, name: str):
    assert client.get(f"/queries/{name}.svg").status_code == 404


@pytest.mark.parametrize("kind", CHARTS)
def test_hostile_label_stays_text_in_every_picture(app: Flask, kind: str):
    row = [HOSTILE] * 3 + ["2", "2022-04-01", ""]
    table = shown([ROW[0], HOSTILE, HOSTILE, *ROW[3:]]) if kind == "exchange" else shown(row, names=COLUMNS)

    with app.test_request_context():
        picture = pictures.draw(table, CHARTS[kind], f"Title {HOSTILE}")

    assert picture is not None
    document = minidom.parseString(picture.svg)
    assert document.getElementsByTagName("script") == []
    assert HOSTILE in document.documentElement.getAttribute("aria-label")
    assert any(HOSTILE in title for title in titles(picture.svg)[1:])


def test_matrix_of_states_gives_the_sums_of_its_rows_as_text(client: FlaskClient):
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows_of(client, "acts-between-states"):
        sums[row["actorLabel"], row["targetLabel"]] += int(row["count"])

    drawn = titles(client.get("/queries/acts-between-states.svg").text)

    cells = [title for title in drawn if " – " in title]
    assert len(cells) > 3
    wanted = tuple(f"{actor} – {target}: {number}, " for (actor, target), number in sums.items())
    assert all(cell.startswith(wanted) for cell in cells)


def test_sanctions_stand_as_measures_against_targets(client: FlaskClient):
    one = "?sanction=japan-additional-sanctions-2022-10"
    pairs = {(row["targetLabel"], row["measure"]) for row in rows_of(client, "sanction-targets", one)}

    svg = client.get(f"/queries/sanction-targets.svg{one}").text

    assert svg.count('<g class="cell">') == len(pairs)
    assert any(title.endswith(": kinship") and "Family of" in title for title in titles(svg))


def test_bars_count_the_rows_of_the_answer(client: FlaskClient):
    statuses = Counter(row["status"] for row in rows_of(client, "claims-by-status"))

    drawn = titles(client.get("/queries/claims-by-status.svg").text)[1:]

    numbers = sorted(int(title.rpartition(": ")[2].replace(",", "")) for title in drawn)
    assert numbers == sorted(statuses.values())


def test_timeline_draws_each_act_with_a_date_once(client: FlaskClient):
    acts = {row["act"] for row in rows_of(client, "timeline") if row["notBefore"] or row["notAfter"]}

    svg = client.get("/queries/timeline.svg").text

    assert svg.count('class="span"') == len(acts)
    assert "open to 2022-04-30" in svg


def test_span_is_as_wide_as_its_bounds_and_an_open_side_is_said(app: Flask):
    pair = exchange.exchanges(shown(ROW), CHART)[0]

    assert pair.first.span == canvas.Span(
        date(2022, 4, 1), date(2022, 4, 26), "2022-04-01 to 2022-04-26", open=False
    )
    assert (pair.second.span.ends, pair.second.span.open, pair.second.span.when) == (
        date(2022, 5, 1),
        True,
        "open to 2022-05-01",
    )


def test_acts_of_one_lane_at_one_time_stand_on_levels_of_their_own():
    acts = [exchange.exchanges(shown([ROW[0], f"A{n}", *ROW[2:]]), CHART)[0].first for n in range(3)]

    placed, heights = exchange.levels(acts, ["X"], exchange.scale_of(acts))

    assert sorted(placed.values()) == [0, 1, 2]
    assert heights == [3 * exchange.LEVEL + exchange.PAD]


def test_acts_without_a_date_or_a_state_are_not_drawn():
    without_date = [*ROW[:3], "", "", *ROW[5:]]
    without_state = [*ROW[:2], "", *ROW[3:]]

    assert exchange.exchanges(shown(without_date, without_state), CHART) == []


@pytest.mark.parametrize("years", [(2022, 2022), (1956, 2026), (1, 9999)])
def test_dates_below_a_picture_are_as_many_as_there_is_room_for(years: tuple[int, int]):
    days = [date(years[0], 1, 1), date(years[1], 12, 31)]
    scale = canvas.Scale.over(days, 120, 30)

    assert 2 <= len(scale.months()) <= 15
    assert 120 <= scale.at(days[0]) < scale.after(days[1]) <= canvas.WIDTH


def test_what_there_is_no_room_for_is_counted(app: Flask):
    most = {"timeline": charts.MOST_LINES, "bar": charts.MOST_BARS, "matrix": matrix.MOST_ROWS}
    rows = [["what", f"W{n}", "kind", "1", "2022-04-01", "2022-04-02"] for n in range(200)]

    for kind, limit in most.items():
        chart = CHARTS[kind] | ({"x": "who", "group": "kind"} if kind == "bar" else {})
        with app.test_request_context():
            picture = pictures.draw(shown(*rows, names=COLUMNS), chart, "Title")
        assert picture is not None
        assert f">{200 - limit} more in the table</text>" in picture.svg


def test_texts_of_east_asia_are_given_twice_the_room():
    assert canvas.cut("日本の島々", 40) == "日本…"
    assert canvas.cut("Japan", 40) == "Japan"
