"""Places on a page: a table with every name and who uses it, which a script draws the map from."""

import re

import pytest
from flask.testing import FlaskClient

from diplograph.documents.locations import places, point
from diplograph.namespaces import ID
from diplograph.repository import Repository

USUAL_ENGINES = ("embedded",)
HTML = {"Accept": "text/html"}
ROW = re.compile(r'<tr data-latitude="([-\d.]+)" data-longitude="([-\d.]+)"[^>]*>(.*?)</tr>', re.DOTALL)


@pytest.mark.parametrize(
    ("wkt", "expected"),
    [
        ("POINT(146.133 43.500)", (43.5, 146.133)),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(-1 -2)", (-2.0, -1.0)),
        ("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(43 146)", None),
        ("POINT(200 10)", None),
        ("POINT(1.2.3 10)", None),
        ("LINESTRING(1 2, 3 4)", None),
        ("POINT EMPTY", None),
    ],
)
def test_only_a_point_in_degrees_of_longitude_and_latitude_is_read(
    wkt: str, expected: tuple[float, float] | None
):
    assert point(wkt) == expected


def test_places_within_a_place_come_with_it_and_names_go_by_their_users(published: Repository):
    found = places(published.engine, [f"{ID}place/islands-1", f"{ID}place/four-regions"])

    islands = {"habomai", "islands-1", "iturup", "kunashir", "shikotan"}
    assert {place.iri.removeprefix(f"{ID}place/") for place in found} == islands
    assert [place.label for place in found] == sorted((place.label for place in found), key=str.casefold)
    group = f"{ID}place/islands-1"
    assert {place.iri for place in found if place.within == group} == {place.iri for place in found} - {group}
    iturup = next(place for place in found if place.iri.endswith("/iturup"))
    assert [(name.users, name.language) for name in iturup.names] == [
        ((("Japan", "en"),), "ja"),
        ((("Russia", "en"),), "ru"),
    ]


@pytest.mark.parametrize("name", ["names-of-places", "territorial-claims"])
def test_page_of_a_query_about_places_holds_their_points_without_scripts(client: FlaskClient, name: str):
    page = client.get(f"/queries/{name}", headers=HTML).text

    rows = ROW.findall(page)
    habomai = next(row for row in rows if "Habomai Islands" in row[2])
    assert habomai[:2] == ("43.5047", "146.1545")
    assert re.findall(r'data-name lang="(\w+)"', habomai[2]) == ["ja", "ru"]
    assert f'data-places="{name}"' in page


def test_page_of_another_query_has_no_places(client: FlaskClient):
    assert "data-places" not in client.get("/queries/officials", headers=HTML).text
