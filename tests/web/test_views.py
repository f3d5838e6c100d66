"""Pictures of any result at /sparql: which ones fit, what they are drawn from, and what is refused."""

import json
import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit
from xml.dom import minidom

import pytest
from flask.testing import FlaskClient

from diplograph.errors import InvalidParameter
from diplograph.web import result_charts
from diplograph.web.answers import Shown
from diplograph.web.links import Cell

USUAL_ENGINES = ("embedded",)
HTML = {"Accept": "text/html"}
THING, TEXT = (
    Cell("Japan", "/doc/state/japan", iri="https://w3id.org/diplograph/id/state/japan"),
    Cell("word"),
)
NUMBER, DATE = Cell("3", title="xsd:integer", number=True), Cell("2022-04-01", title="xsd:date")
PLACE = Cell("Iturup", "/doc/place/iturup", iri="https://w3id.org/diplograph/id/place/iturup")
POINT = Cell("POINT(146.1 43.5)", title="geo:wktLiteral")
ACTS = """PREFIX dg: <https://w3id.org/diplograph/ontology#>
SELECT ?act ?state ?from ?to { ?act a dg:Sanction ; dg:actor ?state ; dg:when ?time .
  OPTIONAL { ?time dg:notBefore ?from } OPTIONAL { ?time dg:notAfter ?to } }"""
VALUES = 'SELECT ?name ?n { VALUES (?name ?n) { ("<b>&" 2) ("other" 3) } }'


def fits(**columns: Cell | None) -> dict[str, dict[str, str]]:
    shown = Shown(list(columns), [list(columns.values())])
    return {view.kind: dict(view.chart) for view in result_charts.fitting(shown)}


def test_pictures_fit_by_what_the_columns_hold():
    assert fits(n=NUMBER) == {}
    assert fits(what=TEXT, n=NUMBER) == {"bar": {"x": "what", "y": "n", "group": ""}}
    assert fits(what=TEXT, day=DATE)["timeline"] == {"label": "what", "from": "day", "to": "day", "group": ""}
    assert fits(a=THING, b=THING, n=NUMBER)["matrix"] == {"row": "a", "column": "b", "group": "", "size": "n"}
    assert fits(a=THING, p=THING, b=THING)["graph"] == {"from": "a", "to": "b", "says": "p"}
    assert fits(what=TEXT, where=POINT)["map"] == {"point": "where", "label": "what"}
    assert fits(lat=NUMBER, long=NUMBER)["map"] == {"latitude": "lat", "longitude": "long"}
    assert set(fits(a=THING, list=Cell("", parts=(THING,)), nothing=None)) == {"bar"}


def test_graph_result_fits_a_graph_alone():
    assert [view.kind for view in result_charts.fitting(Shown([], [], text="<a> <b> <c> ."))] == ["graph"]


@pytest.mark.parametrize(
    "asked", ["pie", "map", "timeline", "bar;x=nothing", "bar;x=", "bar;height=what", "bar;'>=what"]
)
def test_picture_that_does_not_fit_is_refused_with_what_would(asked: str):
    shown = Shown(["what", "n"], [[TEXT, NUMBER]])

    with pytest.raises(InvalidParameter) as refused:
        result_charts.chart(asked, shown)

    assert refused.value.facts["parameters"] == ["_chart"]


def test_roles_that_are_named_take_the_place_of_those_that_fit():
    shown = Shown(["what", "n", "other"], [[TEXT, NUMBER, TEXT]])

    assert result_charts.chart("bar;x=other;y=", shown) == {"type": "bar", "x": "other"}
    assert result_charts.chart("bar", shown) == {"type": "bar", "x": "what", "y": "n"}


def test_page_of_a_result_links_its_pictures_without_scripts(client: FlaskClient):
    page = client.get("/sparql", query_string={"query": ACTS}, headers=HTML).text

    addresses = [unescape(part.partition('"')[0]) for part in page.split('href="/sparql.svg')[1:]]
    kinds = [parse_qs(urlsplit(address).query)["_chart"][0].partition(";")[0] for address in addresses]
    assert kinds == ["bar", "timeline", "matrix"]
    for address in addresses:
        picture = client.get(f"/sparql.svg{address}")
        assert picture.mimetype == "image/svg+xml"
        minidom.parseString(picture.data)


def test_picture_of_a_result_escapes_what_the_query_says(client: FlaskClient):
    answer = client.get("/sparql.svg", query_string={"query": VALUES})

    assert "&lt;b&gt;&amp;: 2</title>" in answer.text
    assert "<b>" not in answer.text


def test_problem_of_a_picture_names_the_parameter(client: FlaskClient):
    answer = client.get("/sparql.svg", query_string={"query": VALUES, "_chart": "timeline"})

    assert (answer.status_code, json.loads(answer.data)["parameters"]) == (400, ["_chart"])
    assert client.get("/sparql.svg", query_string={"query": "ASK {}"}).status_code == 400


def test_places_are_offered_as_a_map_where_they_have_points(client: FlaskClient):
    for query, is_offered in (("?place a dg:Place", True), ("?place dg:actor ?act", False)):
        text = f"PREFIX dg: <https://w3id.org/diplograph/ontology#> SELECT ?place {{ {query} }}"
        page = client.get("/sparql", query_string={"query": text}, headers=HTML).text

        assert ('data-view="map"' in page) is is_offered
        assert (page.count("data-latitude=") > 5) is is_offered
    assert fits(a=PLACE, b=THING)["map"] == {"place": "a"}
    assert "map" not in fits(a=THING, b=THING)
    assert fits(a=PLACE, point=POINT)["map"] == {"point": "point", "label": "a"}


def test_bars_are_not_offered_of_numbers_below_zero(client: FlaskClient) -> None:
    query = "SELECT ?thing ?days { VALUES (?thing ?days) { (<urn:example:a> -3) (<urn:example:b> 4) } }"
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"}).text

    assert "y=days" not in unquote(page)
    for link in re.findall(r'href="(/sparql\.svg[^"]*)"', page):
        assert client.get(unescape(link)).status_code == 200
