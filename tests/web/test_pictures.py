"""Pictures of answers: what is drawn, what is open, what covers what, and that no label becomes markup."""

import csv
import io
from collections import Counter, defaultdict
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


def drawn(svg: str, tag: str, attribute: str, value: str = "") -> list[defaultdict[str, str]]:
    """The attributes of each element of a kind that has an attribute, or has it with a value."""
    found = minidom.parseString(svg).getElementsByTagName(tag)
    kept = [
        one for one in found if one.hasAttribute(attribute) and value in ("", one.getAttribute(attribute))
    ]
    return [defaultdict(str, one.attributes.items()) for one in kept]


def told(svg: str) -> str:
    """What is read out in place of a picture."""
    return str(minidom.parseString(svg).documentElement.getAttribute("aria-label"))


def texts(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Each text with the box that it fills: left, top, right, bottom; those that are turned are left out."""
    found = []
    for node in minidom.parseString(svg).getElementsByTagName("text"):
        lines = node.getElementsByTagName("tspan") or [node]
        for line in lines:
            if node.hasAttribute("transform") or not line.firstChild:
                continue
            text, x, y = line.firstChild.data, float(line.getAttribute("x")), float(line.getAttribute("y"))
            wide = len(text) * 6
            left = x - {"middle": wide / 2, "end": wide}.get(node.getAttribute("text-anchor"), 0)
            found.append((text, left, y - 9, left + wide, y + 2))
    return found


def rows_of(client: FlaskClient, name: str, values: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/queries/{name}.csv{values}").text)))


def test_picture_of_the_reciprocal_expulsions_tells_what_a_source_asserts_from_the_rest(client: FlaskClient):
    bases = [row["basis"] for row in rows_of(client, "reciprocal-expulsions")]

    answer = client.get("/queries/reciprocal-expulsions.svg")

    assert set(bases) == {"asserted", "answered"}
    assert answer.mimetype == "image/svg+xml"
    assert "style=" not in answer.text
    dashes = Counter(path["stroke-dasharray"] for path in drawn(answer.text, "path", "marker-end"))
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
    for svg in (picture.svg, picture.narrow):
        document = minidom.parseString(svg)
        assert document.getElementsByTagName("script") == []
        assert HOSTILE in document.documentElement.getAttribute("aria-label")
        assert any(HOSTILE in title for title in titles(svg)[1:])


def test_matrix_of_states_gives_the_sums_of_its_rows_as_text(client: FlaskClient):
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows_of(client, "acts-between-states"):
        sums[row["actorLabel"], row["targetLabel"]] += int(row["count"])

    found = titles(client.get("/queries/acts-between-states.svg").text)

    cells = [title for title in found if " – " in title]
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

    found = titles(client.get("/queries/claims-by-status.svg").text)[1:]

    numbers = sorted(int(title.rpartition(": ")[2].replace(",", "")) for title in found)
    assert numbers == sorted(statuses.values())


def test_timeline_draws_each_act_with_a_date_once(client: FlaskClient):
    acts = {row["act"] for row in rows_of(client, "timeline") if row["notBefore"] or row["notAfter"]}

    svg = client.get("/queries/timeline.svg").text

    assert svg.count('class="span"') + svg.count('class="fading"') == len(acts)
    assert "by 30 April 2022" in svg


def test_date_that_is_open_fades_towards_that_side_and_has_no_invented_end(app: Flask):
    rows = [["by", "", "", "", "", "2022-04-30"], ["since", "", "", "", "2022-04-30", ""]]
    rows.append(["known", "", "", "", "2022-04-30", "2022-04-30"])
    chart = {key: value for key, value in CHARTS["timeline"].items() if key != "group"}

    with app.test_request_context():
        picture = pictures.draw(shown(*rows, names=COLUMNS), chart, "Title")

    assert picture is not None
    [day] = drawn(picture.svg, "rect", "class", "span")
    by, since = sorted(drawn(picture.svg, "rect", "class", "fading"), key=lambda one: one["fill"])
    assert (by["fill"], since["fill"]) == ("url(#fade-left-wide)", "url(#fade-right-wide)")
    assert float(by["x"]) + float(by["width"]) <= float(day["x"]) + float(day["width"])
    assert float(since["x"]) == float(day["x"])
    assert float(since["x"]) + float(since["width"]) == canvas.WIDE.width - 2 * charts.SIDE
    assert "by, by 30 April 2022." in told(picture.svg)
    assert "2022-04" not in picture.svg


def test_tenures_run_to_an_open_end_and_tell_the_office(client: FlaskClient):
    rows = rows_of(client, "officials")
    tenures = {(row["person"], row["office"]) for row in rows}
    open_ones = {(row["person"], row["office"]) for row in rows if not row["notAfter"]}

    svg = client.get("/queries/officials.svg").text

    assert svg.count('fill="url(#fade-right-wide)"') == len(open_ones)
    assert svg.count('class="span"') == len(tenures) - len(open_ones)
    assert "Fumio Kishida: Prime Minister of Japan, since 4 October 2021, going on" in told(svg)
    assert {"Fumio Kishida", "Prime Minister of Japan"} <= {text for text, *_ in texts(svg)}


@pytest.mark.parametrize("name", ["timeline", "expulsions", "statements-and-protests", "dates-and-basis"])
def test_days_of_outside_reports_stand_beside_the_dates_of_the_articles(client: FlaskClient, name: str):
    svg = client.get(f"/queries/{name}.svg").text

    assert drawn(svg, "rect", "class", "report")
    assert drawn(svg, "path", "class", "arc account")


def test_exchange_shows_what_every_source_says_of_its_date(client: FlaskClient):
    accounts = [row for row in rows_of(client, "source-comparison") if row["date"] and not row["status"]]
    acts = {row[side] for row in rows_of(client, "reciprocal-expulsions") for side in ("first", "second")}
    outside = {(row["act"], row["document"]) for row in accounts if "/document/bg" in row["document"]}

    svg = client.get("/queries/reciprocal-expulsions.svg").text

    assert svg.count('class="report"') == len([act for act, _ in outside if act in acts]) > 2
    assert "Article on Russia-Japan relations, undated: between 1 and 26 April 2022" in titles(svg)
    words = told(svg)
    assert "Japan expels eight Russian officials, 8 April 2022; the answer (asserted): Russia expels" in words


def test_dates_of_sources_are_shown_in_the_editor_too(client: FlaskClient):
    query = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
        SELECT ?act ?day { ?act a dg:Expulsion ; dg:latestEnd ?day }"""

    svg = client.get("/sparql.svg", query_string={"query": query, "_chart": "timeline"}).text

    assert drawn(svg, "rect", "class", "report")
    assert f"{charts.OPEN} {charts.OUTSIDE}" in svg


def test_long_time_without_dates_is_cut_out_and_marked(app: Flask):
    days = ["1956-10-19", *(f"2022-0{month}-15" for month in range(1, 8))]
    rows = [[f"W{day}", "", "", "", day, day] for day in days]
    spans = [canvas.Span.of(date.fromisoformat(day), date.fromisoformat(day)) for day in days]
    scale = canvas.Scale.over([span for span in spans if span], 0, 600)

    with app.test_request_context():
        picture = pictures.draw(shown(*rows, names=COLUMNS), CHARTS["timeline"], "Title")

    assert scale.at(date(2022, 7, 15)) - scale.at(date(2022, 1, 15)) > 300
    assert picture is not None
    assert picture.svg.count("edge break") == 1
    assert "a time that is left out" in picture.caption
    words = {words for _, words in scale.marks()}
    assert {word[-4:] for word in words} == {"1956", "2022"}


def test_years_that_follow_each_other_evenly_are_not_cut():
    days = [date(year, 5, 1) for year in range(2000, 2020)]

    assert len(canvas.Scale.over([canvas.Span(day, day, "") for day in days], 0, 600).segments) == 1


PICTURED = [
    *("timeline", "expulsions", "officials", "dates-and-basis", "planned-visits", "statements-and-protests"),
    *("reciprocal-expulsions", "acts-between-states", "sanction-targets", "sanctions", "claims-by-status"),
    "source-comparison",
]


@pytest.mark.parametrize("name", PICTURED)
def test_no_text_covers_another_or_leaves_its_picture_in_either_form(client: FlaskClient, name: str):
    page = client.get(f"/queries/{name}", headers={"Accept": "text/html"}).text

    forms = ["<svg xmlns" + part.partition("</svg>")[0] + "</svg>" for part in page.split("<svg xmlns")[1:]]
    assert [titles(svg)[0] for svg in forms] == [titles(forms[0])[0]] * 2
    for svg, form in zip(forms, (canvas.WIDE, canvas.NARROW), strict=True):
        height = float(minidom.parseString(svg).documentElement.getAttribute("height"))
        boxes = texts(svg)
        assert boxes
        beyond = [box for box in boxes if box[1] < 0 or box[3] > form.width or not 0 < box[4] <= height]
        assert beyond == []
        over = [
            (one[0], other[0])
            for index, one in enumerate(boxes)
            for other in boxes[index + 1 :]
            if one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]
        ]
        assert over == []


def test_bars_of_sources_bear_the_names_of_their_documents(client: FlaskClient):
    names = {row["documentLabel"] for row in rows_of(client, "source-comparison")}

    found = [title.rpartition(": ")[0] for title in titles(client.get("/queries/source-comparison.svg").text)]

    assert set(found[1:]) == names
    lines = {text for text, *_ in texts(client.get("/queries/source-comparison.svg").text)}
    assert not any(line.startswith("http") for line in lines)


def test_matrix_of_many_states_shows_them_all_and_names_whom_it_leaves_out(app: Flask):
    def drawn_of(count: int) -> pictures.Picture:
        rows = [[f"S{n:02}", "actor", "kind", str(n + 1), "", ""] for n in range(count)]
        with app.test_request_context():
            picture = pictures.draw(shown(*rows, names=COLUMNS), CHARTS["matrix"], "Title")
        assert picture is not None
        return picture

    assert drawn_of(23).svg.count('<g class="cell">') == 23
    many = drawn_of(matrix.MOST_COLUMNS + 2)
    assert many.svg.count('<g class="cell">') == matrix.MOST_COLUMNS
    assert "Those with the least are left out: S00, S01." in many.caption
    assert f"actor – S{matrix.MOST_COLUMNS + 1:02}" in told(many.svg)


def test_reader_chooses_the_states_of_the_matrix(client: FlaskClient):
    rows = rows_of(client, "acts-between-states", "?state=ukraine&state=mongolia")

    assert {row["targetLabel"] for row in rows} == {"Ukraine", "Mongolia"}


def test_picture_of_a_result_is_drawn_for_a_phone_when_asked(client: FlaskClient):
    query = 'SELECT ?name ?n { VALUES (?name ?n) { ("one" 2) ("other" 3) } }'

    svg = client.get("/sparql.svg", query_string={"query": query, "_chart": "bar;form=narrow"}).text

    assert f'width="{canvas.NARROW.width}"' in svg


def test_acts_of_one_lane_at_one_time_stand_on_levels_of_their_own():
    acts = [exchange.exchanges(shown([ROW[0], f"A{n}", *ROW[2:]]), CHART, {})[0].first for n in range(3)]

    placed, heights = exchange.levels(acts, ["X"], exchange.scale_of(acts))

    assert sorted(placed.values()) == [0, 1, 2]
    assert heights == [3 * exchange.LEVEL + exchange.PAD]


def test_acts_without_a_date_or_a_state_are_not_drawn():
    without_date = [*ROW[:3], "", "", *ROW[5:]]
    without_state = [*ROW[:2], "", *ROW[3:]]

    assert exchange.exchanges(shown(without_date, without_state), CHART, {}) == []


@pytest.mark.parametrize("years", [(2022, 2022), (1956, 2026), (1, 9999)])
def test_dates_below_a_picture_are_as_many_as_there_is_room_for(years: tuple[int, int]):
    days = [date(years[0], 1, 1), date(years[1], 12, 31)]
    scale = canvas.Scale.over([canvas.Span(day, day, "") for day in days], 120, 930)

    assert 2 <= len(scale.marks()) <= 15
    assert 120 <= scale.at(days[0]) < scale.at(days[1]) <= 930


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
